//! Every maximum of this domain.

/// Lots of one tender.
pub const LOTS_MAX: usize = 64;
/// Criteria of one tender.
pub const CRITERIA_MAX: usize = 64;
/// Tenders whose bodies fall due that are looked at after one block, the first in time. Every one of them can be opened
/// and makes room for the next: the number of tenders that wait has no bound.
pub const WAITING_TENDERS_MAX: usize = 1024;
/// Slots at whose ends tenders are due that are covered at one time, the next ones first.
pub const COVERED_SLOTS_MAX: usize = 4096;
/// Complaints about one project.
pub const COMPLAINTS_MAX: usize = 200;
