//! What nodes say to each other outside consensus. Borsh; a request carries all that waits for one peer, for each
//! costs a stream of its own.

use borsh::{BorshDeserialize, BorshSerialize};

/// One of a request's messages.
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

impl Message {
    /// About the bytes it takes on the wire.
    pub(super) fn bytes(&self) -> usize {
        let content = match self {
            Self::Records(envelopes) => {
                envelopes.iter().fold(0, |sum: usize, one| sum.saturating_add(one.len()).saturating_add(4))
            }
            Self::Cosignature { line, .. } => line.len(),
            Self::Checkpoint(note) => note.len(),
            Self::Partial { label, partial } => label.len().saturating_add(partial.len()),
            Self::Wake { .. } | Self::WantCheckpoint => 8,
        };
        content.saturating_add(16)
    }
}

/// The answer to a request: of its messages, the one that asks for most.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Reply {
    Taken,
    /// The pool is full: keep the records and come again.
    Full,
    Checkpoint(Option<String>),
}
