//! Scenes: worlds in memory in which the contracts run without a node, and whole projects played in them.
//!
//! Tests of every crate above the contracts are built from these, and the demo plays the same scenes on a real chain. A
//! development dependency only: no program that anybody installs links it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a scene that differs from the rules ends the test that plays it"
)]

#[cfg(feature = "ocds")]
pub mod auctions;
pub mod bodies;
pub mod draft;
pub mod law;
pub mod live;
pub mod memory;
pub mod play;
#[cfg(feature = "ocds")]
pub mod process;
pub mod refusals;
pub mod registers;
pub mod remote;
pub mod setting;
pub mod tender;
pub mod threshold;
pub mod world;
