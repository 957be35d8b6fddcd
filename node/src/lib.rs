//! A node of the consortium: mempool, consensus, execution, checkpoints, API.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

pub mod application;
pub mod backend;
pub mod checkpointer;
pub mod clock;
pub mod clocks;
pub mod commands;
pub mod config;
pub mod consensus;
pub mod consortium;
pub mod control;
pub mod damage;
pub mod descriptors;
pub mod documents;
pub mod executor;
pub mod folders;
pub mod from_peer;
pub mod gossip;
pub mod ingest;
pub mod journal;
pub mod keyring;
pub mod keys;
pub mod logging;
pub mod mempool;
pub mod metrics;
pub mod misbehaviour;
pub mod node;
pub mod peering;
pub mod project_order;
pub mod reach;
pub mod recent;
pub mod sealing;
pub mod settlements;
pub mod shared;
pub mod timestamping;
pub mod webhook;
pub mod witnessing;
