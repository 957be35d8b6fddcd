//! What nodes say to each other outside consensus. Borsh; a request carries all that waits for one peer, for each
//! costs a stream of its own.

use biaozheng_ledger::limits::{ENVELOPE_JSON_BYTES_MAX, NOTE_BYTES_MAX};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::peers::from_peer::Misfit;

/// Longest line of a cosigner, and longest label and part of a group's signature, bytes. The honest ones are shorter.
const SMALL_BYTES_MAX: usize = 1024;

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
    /// The sender's clock, read when the message leaves.
    Clock { time_ms: u64 },
}

impl Message {
    /// Whether it is within the bounds of an honest node's message. What it says is judged by who uses it.
    ///
    /// # Errors
    /// [`Misfit`] naming what is too long.
    pub fn within_bounds(&self) -> Result<(), Misfit> {
        let within = match self {
            Self::Records(envelopes) => envelopes.iter().all(|one| one.len() <= ENVELOPE_JSON_BYTES_MAX),
            Self::Cosignature { line, .. } => line.len() <= SMALL_BYTES_MAX,
            Self::Checkpoint(note) => note.len() <= NOTE_BYTES_MAX,
            Self::Partial { label, partial } => label.len().max(partial.len()) <= SMALL_BYTES_MAX,
            Self::Wake { .. } | Self::WantCheckpoint | Self::Clock { .. } => true,
        };
        if within { Ok(()) } else { Err(Misfit("a message is longer than an honest one")) }
    }

    /// About the bytes it takes on the wire.
    pub(super) fn bytes(&self) -> usize {
        let content = match self {
            Self::Records(envelopes) => {
                envelopes.iter().fold(0, |sum: usize, one| sum.saturating_add(one.len()).saturating_add(4))
            }
            Self::Cosignature { line, .. } => line.len(),
            Self::Checkpoint(note) => note.len(),
            Self::Partial { label, partial } => label.len().saturating_add(partial.len()),
            Self::Wake { .. } | Self::WantCheckpoint | Self::Clock { .. } => 8,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Every arm at its bound and one byte beyond.
    #[test]
    fn every_message_ends_where_an_honest_one_does() {
        type Make = fn(usize) -> Message;
        let arms: [(usize, Make); 5] = [
            (ENVELOPE_JSON_BYTES_MAX, |bytes| Message::Records(vec![vec![], vec![0; bytes]])),
            (SMALL_BYTES_MAX, |bytes| Message::Cosignature { size: u64::MAX, line: "x".repeat(bytes) }),
            (NOTE_BYTES_MAX, |bytes| Message::Checkpoint("x".repeat(bytes))),
            (SMALL_BYTES_MAX, |bytes| Message::Partial { label: vec![0; bytes], partial: vec![] }),
            (SMALL_BYTES_MAX, |bytes| Message::Partial { label: vec![], partial: vec![0; bytes] }),
        ];
        for (most, make) in arms {
            assert_eq!(make(most).within_bounds(), Ok(()));
            assert_eq!(make(0).within_bounds(), Ok(()));
            assert!(make(most + 1).within_bounds().is_err(), "{most}");
        }
        let (wake, clock) = (Message::Wake { height: u64::MAX }, Message::Clock { time_ms: u64::MAX });
        for free in [Message::WantCheckpoint, wake, clock, Message::Records(vec![])] {
            assert_eq!(free.within_bounds(), Ok(()));
        }
    }
}
