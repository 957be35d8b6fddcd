//! Every maximum of this domain.

/// The body of a bid as revealed, bytes.
pub const BID_BYTES_MAX: usize = 16 * 1024;
/// Bonds received for one project.
pub const BONDS_MAX: usize = 10_000;
/// IFC versions a notice accepts.
pub const MODEL_SCHEMAS_MAX: usize = 8;
/// The largest building model a notice may ask for, bytes.
pub const MODEL_BYTES_MAX: u64 = 64 << 30;
