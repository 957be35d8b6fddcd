//! The check at every opening: the newest block is whole, follows its predecessor, and its header's roots are
//! those of the history and the state on disk.

use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::ids::{BlockHash, Height};
use biaozheng_ledger::merkle::{NodePlace, NodeReader as _, leaf_hash};

use crate::blocks::block_row;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::schema::Family;
use crate::tip::Position;

impl Store {
    /// # Errors
    /// [`StoreError::Corrupt`] naming the first thing that does not fit.
    pub(crate) fn check_position(&self) -> Result<(), StoreError> {
        let position = self.position();
        let tip = &position.tip;
        if position.frontier.root() != tip.history_root {
            return Err(StoreError::corrupt("the history tree has another root than the newest block says"));
        }
        let first = self.0.database.node(NodePlace { level: 0, index: 0 })?;
        if first != leaf_hash(&genesis_entry(&self.0.chain)) {
            return Err(StoreError::corrupt("the history tree does not begin with this chain's genesis"));
        }
        if tip.height > Height::GENESIS {
            self.check_newest_block(&position)?;
        }
        for family in [Family::Blocks, Family::Certificates] {
            let last = self.0.database.last_key(family)?;
            let expected = (tip.height > Height::GENESIS).then(|| tip.height.get().to_be_bytes());
            if last.as_deref() != expected.as_ref().map(<[u8; 8]>::as_slice) {
                return Err(StoreError::corrupt(format!("{} do not end at the tip", family.name())));
            }
        }
        let tree = self.read_state_tree()?;
        if tree.root() != tip.state_root {
            return Err(StoreError::corrupt("the state has another root than the newest block says"));
        }
        *lock(&self.0.state_tree) = Some(tree);
        Ok(())
    }

    fn check_newest_block(&self, position: &Position) -> Result<(), StoreError> {
        let height = position.tip.height;
        let what = |text: &str| StoreError::corrupt(format!("block {height}: {text}"));
        let block = self.block(height)?.ok_or_else(|| what("is missing"))?;
        let header = &block.header;
        if header.chain != self.0.chain {
            return Err(what("belongs to another chain"));
        }
        let previous = match height.previous() {
            None | Some(Height::GENESIS) => BlockHash::new(*self.0.chain.digest()),
            Some(below) => block_row(&self.0.database, below)?
                .ok_or_else(|| what("its predecessor is missing"))?
                .0
                .hash(),
        };
        if header.previous != previous {
            return Err(what("does not follow the block before it"));
        }
        let ids = self.block_record_ids(height)?.unwrap_or_default();
        let first = header.history_size.saturating_sub(u64::from(header.record_count));
        for (position, id) in (0u32..).zip(&ids) {
            let record = self.record(id)?.ok_or_else(|| what(&format!("record {id} is missing")))?;
            let leaf_index = first.saturating_add(u64::from(position));
            let entry = LogEntry { record: *id, height, time: header.time, position };
            let here = (record.height, record.position, record.leaf_index, record.time)
                == (height, position, leaf_index, header.time)
                && self.record_at_leaf(leaf_index)? == Some(*id)
                && self.0.database.node(NodePlace { level: 0, index: leaf_index })? == entry.leaf_hash();
            if !here {
                return Err(what(&format!("record {id} is filed elsewhere")));
            }
        }
        Ok(())
    }
}
