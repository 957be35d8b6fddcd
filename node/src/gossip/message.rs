//! What nodes say to each other outside consensus. Borsh, one message a request.

use borsh::{BorshDeserialize, BorshSerialize};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Message {
    /// Binary envelopes, in the sender's order of arrival.
    Records(Vec<Vec<u8>>),
    /// A cosigner's line for the history tree of `size` leaves.
    Cosignature { size: u64, line: String },
    /// A checkpoint with its quorum.
    Checkpoint(String),
    /// "I start the next height": wakes those who wait for work.
    Wake { height: u64 },
    /// Asks for the newest complete checkpoint.
    WantCheckpoint,
    /// A member's part of the group's signature over a label that is due. Both are bounded when they are read.
    Partial { label: Vec<u8>, partial: Vec<u8> },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Reply {
    Taken,
    /// The pool is full: keep the records and come again.
    Full,
    Checkpoint(Option<String>),
}
