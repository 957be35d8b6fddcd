//! Every maximum of this domain.

/// Members of an evaluation committee.
pub const COMMITTEE_MAX: usize = 31;
/// Bids of one lot.
pub const BIDS_PER_LOT_MAX: usize = 2000;
/// A rulebook's TOML, bytes.
pub const RULEBOOK_BYTES_MAX: usize = 32 * 1024;
/// What holds for one project, written as a rulebook with its calendars, bytes.
pub const EFFECTIVE_RULEBOOK_BYTES_MAX: usize = 256 * 1024;
/// Ended projects of one publication of indicators, and of one page of a view.
pub const INDICATOR_PROJECTS_MAX: usize = 10_000;
/// Parties that contribute randomness to one draw.
pub const DRAW_PARTIES_MAX: usize = 16;
/// Bidder numbers of one listing.
pub const LISTING_NUMBERS_MAX: usize = 500;
/// Leaves of every list of the admitted: a power of two, the same for all, so that a list's size tells nothing.
pub const ADMISSION_LEAVES: usize = 256;
