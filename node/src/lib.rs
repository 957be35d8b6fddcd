//! A node of the consortium, laid out by what it does:
//!
//! | | |
//! | --- | --- |
//! | [`run`] | puts a node together, with its configuration, keys, log, numbers and clock |
//! | [`intake`] | how a record comes in, and where it waits for its block |
//! | [`chain`] | how blocks are decided, executed and written |
//! | [`log`] | what is said of decided blocks: checkpoints, outside witnesses, timestamps, certificates |
//! | [`peers`] | what nodes send each other, and what is made of it |
//! | [`sealing`] | this node's part in the groups of sealed bids |
//! | [`serve`] | the node behind the API, documents and webhooks |
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod chain;
pub mod commands;
pub mod consortium;
pub mod folders;
pub mod intake;
pub mod log;
pub mod peers;
pub mod run;
pub mod sealing;
pub mod serve;
