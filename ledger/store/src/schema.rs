//! Column families and their keys. Numbers in keys are big-endian: order on disk is order in the chain.
//!
//! Every value but a bucket ends with a seal (see `seal`), not shown here:
//! ```text
//! meta          "format"                        u32
//!               "chain"                         chain id, borsh
//!               "genesis"                       JSON
//!               "tip"                           height u64 ‖ block hash 32
//!               "kept" ‖ record id 32           tree size u64 ‖ signed note
//! blocks        height u64                      header ‖ record count × record id 32
//! certificates  height u64                      the consensus engine's commit certificate
//! envelopes     height u64 ‖ position u32       binary envelope
//! records       record id 32                    height u64 ‖ position u32 ‖ leaf index u64 ‖ block time u64
//! leaves        leaf index u64                  record id 32 (none for leaf 0, the genesis)
//! history       level u8 ‖ index u64            hash 32
//! state         the contracts' key              the contracts' value
//! buckets       bucket u16                      state tree's list, unsealed: the state root commits to it
//! projects      project ‖ 0 ‖ position u64      record id 32
//! checkpoints   tree size u64                   signed note
//! undecided     height u64 ‖ round u32 ‖ id 32  proposer's key (borsh option) ‖ body
//! pending       arrival u64                     record id 32 ‖ received u64 ms ‖ binary envelope
//! outcomes      record id 32                    sequence u64 ‖ JSON
//! ```
//! Bodies lie in the order of the chain, apart from the index by record id: a block is read in one sweep, and
//! whether a record is known is answered from a small, filtered table.

use biaozheng_ledger::ids::{BlockHash, Height, ProjectId, RecordId};
use biaozheng_ledger::merkle::NodePlace;

/// The format this program writes, and the newest it reads.
pub const FORMAT_VERSION: u32 = 1;

pub(crate) const META_FORMAT: &[u8] = b"format";
pub(crate) const META_CHAIN: &[u8] = b"chain";
pub(crate) const META_GENESIS: &[u8] = b"genesis";
pub(crate) const META_TIP: &[u8] = b"tip";
const META_KEPT: &[u8] = b"kept";

/// RocksDB makes this family by itself; it stays empty.
pub(crate) const UNUSED_FAMILY: &str = "default";

/// A column family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Meta,
    Blocks,
    Certificates,
    Envelopes,
    Records,
    Leaves,
    History,
    State,
    Buckets,
    Projects,
    Checkpoints,
    Undecided,
    Pending,
    Outcomes,
}

impl Family {
    pub(crate) const ALL: [Self; 14] = [
        Self::Meta,
        Self::Blocks,
        Self::Certificates,
        Self::Envelopes,
        Self::Records,
        Self::Leaves,
        Self::History,
        Self::State,
        Self::Buckets,
        Self::Projects,
        Self::Checkpoints,
        Self::Undecided,
        Self::Pending,
        Self::Outcomes,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Blocks => "blocks",
            Self::Certificates => "certificates",
            Self::Envelopes => "envelopes",
            Self::Records => "records",
            Self::Leaves => "leaves",
            Self::History => "history",
            Self::State => "state",
            Self::Buckets => "buckets",
            Self::Projects => "projects",
            Self::Checkpoints => "checkpoints",
            Self::Undecided => "undecided",
            Self::Pending => "pending",
            Self::Outcomes => "outcomes",
        }
    }

    /// How a message names a row.
    pub(crate) fn row(self, key: &[u8]) -> String {
        let shown: String =
            key.iter().flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
        let number = || key.try_into().map(u64::from_be_bytes);
        match (self, number()) {
            (Self::Blocks, Ok(height)) => format!("block {height}"),
            (Self::Certificates, Ok(height)) => format!("the commit certificate of block {height}"),
            (Self::Checkpoints, Ok(size)) => format!("the checkpoint of size {size}"),
            (Self::Leaves, Ok(index)) => format!("leaf {index}"),
            _ => format!("{} row {shown:.200}", self.name()),
        }
    }
}

pub(crate) const fn height_key(height: Height) -> [u8; 8] {
    height.get().to_be_bytes()
}

pub(crate) fn kept_key(record: &RecordId) -> Vec<u8> {
    [META_KEPT, record.digest().bytes()].concat()
}

pub(crate) fn envelope_key(height: Height, position: u32) -> Vec<u8> {
    [height_key(height).as_slice(), &position.to_be_bytes()].concat()
}

pub(crate) fn node_key(place: NodePlace) -> Vec<u8> {
    [[place.level].as_slice(), &place.index.to_be_bytes()].concat()
}

/// An identifier has no zero byte, so one project's prefix is never another's.
pub(crate) fn project_prefix(project: &ProjectId) -> Vec<u8> {
    [project.as_str().as_bytes(), &[0]].concat()
}

pub(crate) fn project_key(project: &ProjectId, position: u64) -> Vec<u8> {
    [project_prefix(project).as_slice(), &position.to_be_bytes()].concat()
}

pub(crate) fn undecided_key(height: Height, round: u32, id: &BlockHash) -> Vec<u8> {
    [height_key(height).as_slice(), &round.to_be_bytes(), id.bytes()].concat()
}

/// The smallest key above all that begin with `prefix`; `None` when there is none.
pub(crate) fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if let Some(next) = last.checked_add(1) {
            end.push(next);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_prefix_lies_above_all_its_keys() {
        assert_eq!(prefix_end(b"ab"), Some(b"ac".to_vec()));
        assert_eq!(prefix_end(&[1, 0xff, 0xff]), Some(vec![2]));
        assert_eq!(prefix_end(&[0xff]), None);
        assert_eq!(prefix_end(b""), None);
    }
}
