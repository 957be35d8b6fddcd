//! Every maximum of the contracts.

/// Lots of one tender.
pub const LOTS_MAX: usize = 64;
/// Members of an evaluation committee.
pub const COMMITTEE_MAX: usize = 31;
/// Criteria of one tender.
pub const CRITERIA_MAX: usize = 64;
/// Roles and keys of one participant.
pub const ROLES_MAX: usize = 8;
/// Keys a participant ever had.
pub const KEYS_MAX: usize = 64;
/// Bids of one lot.
pub const BIDS_PER_LOT_MAX: usize = 2000;
/// Free text: titles, reasons, questions. Bytes.
pub const TEXT_BYTES_MAX: usize = 4000;
/// A rulebook's TOML, bytes.
pub const RULEBOOK_BYTES_MAX: usize = 32 * 1024;
/// The body of a bid as revealed, bytes.
pub const BID_BYTES_MAX: usize = 16 * 1024;
/// Records and organisations each that one alert names.
pub const ALERT_NAMES_MAX: usize = 200;
/// A rule's id, bytes.
pub const RULE_ID_BYTES_MAX: usize = 60;
