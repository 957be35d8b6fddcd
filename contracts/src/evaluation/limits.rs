//! Every maximum of this domain.

/// Experts ever enrolled in the pool.
pub const POOL_MAX: usize = 50_000;
/// Specialities of one expert.
pub const POOL_SPECIALITIES_MAX: usize = 16;
/// Equity or relatives' commitments of one expert.
pub const POOL_LINKS_MAX: usize = 64;
/// Quotas of one draw.
pub const DRAW_QUOTAS_MAX: usize = 16;
/// Recusals of one draw.
pub const RECUSALS_MAX: usize = 256;
/// Picks of one draw, replacements included.
pub const DRAW_PICKS_MAX: usize = 256;
/// The drawn list as JSON text, bytes.
pub const DRAW_LIST_BYTES_MAX: usize = 32 * 1024;
/// Venues of one evaluation.
pub const VENUES_MAX: usize = 16;
/// Points one correction of a result changes.
pub const CORRECTIONS_MAX: usize = 1000;
