//! Every maximum of this domain.

/// An OCID, bytes.
pub const OCID_BYTES_MAX: usize = 256;
