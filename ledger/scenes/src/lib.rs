//! Scenes of the ledger: small chains in memory with real keys, and what hangs on them.
//!
//! Tests and examples of every crate around the ledger are built from these. A development dependency only: no program
//! that anybody installs links it. Each feature brings one scene, so that a crate's tests build no more than they use.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a scene that does not come about ends the test that needs it"
)]

#[cfg(feature = "authority")]
pub mod authority;
pub mod chain;
pub mod family;
#[cfg(feature = "archive")]
pub mod project;
#[cfg(feature = "seal")]
pub mod sealed;
