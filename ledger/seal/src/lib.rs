//! All cryptography of sealed bids that open themselves, and of the random beacon.
//!
//! A group of nodes holds one private key in shares. A bid is encrypted to a *label*; the group's signature over that
//! label, which a quorum makes once the deadline's block is final, is the key that opens it.
//!
//! **Invariant:** nothing here knows a disk, a clock, a socket or a source of randomness; a [`seed::Seed`] comes in from
//! the caller. Every function whose result goes on chain is a deterministic map from its arguments. No type of the
//! library underneath is visible outside, and every type has its own bytes.
//!
//! It refuses to know what a deadline is: which label may be signed when is the node's business.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod beacon;
pub mod bytes;
pub mod dkg;
pub mod group;
pub mod label;
pub mod limits;
pub mod sealing;
pub mod seed;
pub mod tokens;
