//! The pure heart of Biaozheng: keys, records, blocks, the RFC 6962 history tree, C2SP checkpoints,
//! certificates and their verification.
//!
//! **Invariant:** nothing here knows a disk, a clock, a socket or a runtime. Every function is a
//! deterministic map from its arguments, so a node, an offline verifier and a test agree to the bit.
//!
//! It refuses to know what a tender is: that is the business of the `contracts` crate.

#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod block;
pub mod certificate;
pub mod checkpoint;
pub mod commit;
pub mod date;
pub mod digest;
pub mod entry;
pub mod envelope;
pub mod genesis;
pub mod ids;
pub mod json;
pub mod key;
pub mod limits;
pub mod merkle;
pub mod misbehaviour;
pub mod note;
pub mod payload;
pub mod policy;
pub mod receipt;
pub mod record;
pub mod refusal;
pub mod state_tree;
pub mod statement;
pub mod tlog_proof;
pub mod validator;
pub mod witness_chain;

pub mod evidence;
pub mod tiles;
pub mod witness;

pub mod anchoring;
pub mod policy_history;

#[cfg(feature = "schema")]
pub mod schema;
