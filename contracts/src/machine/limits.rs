//! Every maximum of this domain.

/// Free text: titles, reasons, questions. Bytes.
pub const TEXT_BYTES_MAX: usize = 4000;
