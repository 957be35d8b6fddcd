//! Draws that anyone runs again: of experts, of K, of blind codes, from one seed that nobody chooses.
//!
//! The contracts execute these functions on every node, and the offline verifier replays a draw with the very same
//! ones; golden vectors in `contracts/tests/vectors/draw.json` hold both.
//!
//! **Invariant:** pure. It knows no state, no key of a group and no signature: whether randomness is genuine is decided
//! by an injected [`randomness::BeaconVerifier`].

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

mod blind;
mod drawing;
mod list;
mod names;
pub mod randomness;
mod ratio;
pub mod records;
mod secrets;
mod stream;

pub use blind::{BlindCode, code};
pub use drawing::{DrawError, Drawing, Pick, PoolExpert, Quota, Snapshot, draw, private_seed};
pub use list::{DrawnList, DrawnPick, Replaces, ReplayError, SeatOpening, list_commitment, session_identity};
pub use names::{ExpertId, Ground, Region, Speciality};
pub use randomness::Seed;
pub use ratio::{KRange, draw_k};
pub use secrets::{Secret, secret_commitment};
pub use stream::Stream;
