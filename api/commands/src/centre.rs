//! What a trading centre types: openings, rulebooks, archives, sittings, and the records its centres sign together.

pub(crate) mod anchor;
pub(crate) mod archive;
pub(crate) mod import;
pub(crate) mod open;
pub(crate) mod rulebook;
pub(crate) mod sealing;
pub(crate) mod validators;
pub(crate) mod witness;
