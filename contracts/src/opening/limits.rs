//! Every maximum of this domain.

/// Layers that one record opens.
pub const OPENED_PER_RECORD_MAX: usize = 512;
