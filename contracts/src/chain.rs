//! Whose nodes vote, who misbehaved, and other chains that are anchored here.

pub mod anchoring;
pub mod change;
pub mod limits;
pub mod misbehaviour;
pub(crate) mod refusals;
pub(crate) mod state_key;
pub mod validators;
pub mod view;
