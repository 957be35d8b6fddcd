//! What a member of an evaluation committee types.

pub(crate) mod score;
