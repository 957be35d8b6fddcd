//! What commands say and ask at a terminal, and how they go on for days.

pub(crate) mod confirm;
pub(crate) mod moments;
pub(crate) mod naming;
pub mod output;
pub(crate) mod progress;
pub(crate) mod rounds;
