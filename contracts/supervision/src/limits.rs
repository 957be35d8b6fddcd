//! Every maximum of supervision.

/// Compiled releases of one calculation.
pub const RELEASES_MAX: usize = 1_000_000;
/// Bids and awards each of one release: 64 lots of 2,000 bids.
pub const BIDS_PER_RELEASE_MAX: usize = 128_000;
/// A supervision rulebook's TOML, bytes.
pub const RULES_BYTES_MAX: usize = 32 * 1024;
