//! The log's entries: what the public history tree holds about a record.
//!
//! ```text
//! biaozheng/entry/v1\n
//! <record id, 64 hex>\n<height, decimal>\n<block time, milliseconds, decimal>\n<position in block, decimal>\n
//! ```
//! An entry names neither type, project nor author: an open stream of typed entries would tell how many
//! bids a tender has before its opening (招标投标法 22). Height and time stand in the entry, so an inclusion
//! proof alone proves them.

use crate::ids::{ChainId, Height, RecordId, TimeMs};
use crate::merkle::{Hash, leaf_hash};

/// One record's line in the history tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub record: RecordId,
    pub height: Height,
    pub time: TimeMs,
    /// Counts the block's records from 0.
    pub position: u32,
}

impl LogEntry {
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        format!(
            "biaozheng/entry/v1\n{}\n{}\n{}\n{}\n",
            self.record.digest().hex(),
            self.height,
            self.time,
            self.position
        )
        .into_bytes()
    }

    #[must_use]
    pub fn leaf_hash(&self) -> Hash {
        leaf_hash(&self.encode())
    }
}

/// Entry 0 of every log: `biaozheng/genesis/v1\n<chain id, 64 hex>\n`.
#[must_use]
pub fn genesis_entry(chain: &ChainId) -> Vec<u8> {
    format!("biaozheng/genesis/v1\n{}\n", chain.digest().hex()).into_bytes()
}
