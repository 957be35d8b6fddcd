//! Where the chain stands: the newest committed block, and the history tree's right edge after it.

use biaozheng_ledger::block::Header;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{BlockHash, Height, StateRoot, TimeMs};
use biaozheng_ledger::merkle::{Frontier, Hash};
use biaozheng_ledger::state_tree::StateTree;

use crate::error::StoreError;

/// The newest committed block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// 0 before the first block.
    pub height: Height,
    /// What the next block names as its previous one: the header's hash; at the genesis the chain id's digest.
    pub hash: BlockHash,
    /// The block's time; at the genesis the time of its making.
    pub time: TimeMs,
    /// Leaves of the history tree.
    pub history_size: u64,
    /// Root of the history tree.
    pub history_root: Hash,
    /// Commits to all state; at the genesis to none.
    pub state_root: StateRoot,
    /// `None` at the genesis.
    pub header: Option<Header>,
}

impl Tip {
    /// The tip before the first block. `frontier` holds the genesis entry alone.
    pub(crate) fn at_genesis(genesis: &Genesis, frontier: &Frontier) -> Self {
        Self {
            height: Height::GENESIS,
            hash: BlockHash::new(*genesis.chain_id().digest()),
            time: genesis.rest.created_at_ms,
            history_size: frontier.size(),
            history_root: frontier.root(),
            state_root: StateTree::empty().root(),
            header: None,
        }
    }

    pub(crate) fn of(header: Header, hash: BlockHash) -> Self {
        Self {
            height: header.height,
            hash,
            time: header.time,
            history_size: header.history_size,
            history_root: header.history_root,
            state_root: header.state_root,
            header: Some(header),
        }
    }

    /// `height u64 ‖ block hash 32`: the rest stands in the block.
    pub(crate) fn encode(&self) -> Vec<u8> {
        [self.height.get().to_be_bytes().as_slice(), self.hash.bytes()].concat()
    }

    pub(crate) fn decode(row: &[u8]) -> Result<(Height, BlockHash), StoreError> {
        let (height, hash) =
            row.split_first_chunk().ok_or_else(|| StoreError::corrupt("the tip is cut short"))?;
        let hash = hash.try_into().map_err(|_| StoreError::corrupt("the tip is cut short"))?;
        Ok((Height::new(u64::from_be_bytes(*height)), BlockHash::new(Digest::sha256(hash))))
    }
}

/// Tip and frontier move together.
#[derive(Debug)]
pub(crate) struct Position {
    pub(crate) tip: Tip,
    pub(crate) frontier: Frontier,
}
