//! What a regulator types: exports, and the rules of supervision applied to the records.

pub(crate) mod export;
pub(crate) mod supervise;
