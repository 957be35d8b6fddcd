//! Scenes of the API: a public log in memory behind the API's own routes, for tests and for verifiers nobody here wrote.
//!
//! A development dependency only: no program that anybody installs links it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a scene that does not come about ends the test that needs it"
)]

pub mod log;
