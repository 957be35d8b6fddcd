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

/// Longest entry of this log, bytes: its widest numbers.
pub const LOG_ENTRY_BYTES_MAX: usize = 256;

/// An entry read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Genesis(ChainId),
    Record(LogEntry),
}

/// Why bytes are no entry of a Biaozheng log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an entry: biaozheng/entry/v1 with record id, height, time and position, or biaozheng/genesis/v1"
)]
pub struct EntryError;

impl Entry {
    /// Reads an entry; one meaning has one spelling.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > LOG_ENTRY_BYTES_MAX {
            return Err(EntryError);
        }
        let text = str::from_utf8(bytes).map_err(|_| EntryError)?;
        let lines: Vec<&str> = text.split('\n').collect();
        let digest = |digits: &str| format!("sha256:{digits}").parse().map_err(|_| EntryError);
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| EntryError);
        let (entry, spelling) = match lines.as_slice() {
            ["biaozheng/genesis/v1", chain, ""] => {
                let chain = ChainId::new(digest(chain)?);
                (Self::Genesis(chain), genesis_entry(&chain))
            }
            ["biaozheng/entry/v1", record, height, time, position, ""] => {
                let entry = LogEntry {
                    record: RecordId::new(digest(record)?),
                    height: Height::new(number(height)?),
                    time: TimeMs::new(number(time)?),
                    position: position.parse().map_err(|_| EntryError)?,
                };
                (Self::Record(entry), entry.encode())
            }
            _ => return Err(EntryError),
        };
        if spelling == bytes { Ok(entry) } else { Err(EntryError) }
    }

    /// True when this entry may follow `earlier`: heights and times never fall, positions count a block's
    /// records from 0, and a block has one time.
    #[must_use]
    pub fn may_follow(&self, earlier: &Self) -> bool {
        let Self::Record(this) = self else { return false };
        match earlier {
            Self::Genesis(_) => this.position == 0 && this.height > Height::GENESIS,
            Self::Record(before) if before.height == this.height => {
                before.time == this.time && before.position.checked_add(1) == Some(this.position)
            }
            Self::Record(before) => {
                this.height > before.height && this.time >= before.time && this.position == 0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn entry(height: u64, time: u64, position: u32) -> Entry {
        let record = RecordId::new(Digest::of(&height.to_be_bytes()));
        Entry::Record(LogEntry { record, height: Height::new(height), time: TimeMs::new(time), position })
    }

    #[test]
    fn entries_read_back_in_one_spelling() {
        let chain = ChainId::new(Digest::of(b"chain"));
        assert_eq!(Entry::decode(&genesis_entry(&chain)), Ok(Entry::Genesis(chain)));
        let Entry::Record(record) = entry(3, 17, 0) else { panic!("a record") };
        let bytes = record.encode();
        assert_eq!(Entry::decode(&bytes), Ok(Entry::Record(record)));
        let text = String::from_utf8(bytes).unwrap();
        for bad in [
            text.replace("\n17\n", "\n017\n"),
            text.replace("\n17\n", "\n+17\n"),
            text.replace("v1", "v2"),
            format!("{text}\n"),
            text.trim_end().to_owned(),
            text.to_uppercase(),
            String::new(),
        ] {
            assert_eq!(Entry::decode(bad.as_bytes()), Err(EntryError), "{bad:?}");
        }
    }

    #[test]
    fn order_is_height_time_and_position() {
        let genesis = Entry::Genesis(ChainId::new(Digest::of(b"chain")));
        assert!(entry(1, 5, 0).may_follow(&genesis) && !entry(1, 5, 1).may_follow(&genesis));
        assert!(entry(1, 5, 1).may_follow(&entry(1, 5, 0)) && entry(4, 5, 0).may_follow(&entry(1, 5, 7)));
        for wrong in [entry(1, 5, 0), entry(1, 5, 2), entry(1, 6, 1), entry(2, 4, 0), entry(2, 6, 1)] {
            assert!(!wrong.may_follow(&entry(1, 5, 0)), "{wrong:?}");
        }
        assert!(!genesis.may_follow(&entry(1, 5, 0)));
    }
}
