//! One block, one atomic batch, one sync.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use biaozheng_ledger::block::Block;
use biaozheng_ledger::ids::{BlockHash, ProjectId, RecordId};
use biaozheng_ledger::merkle::{Frontier, Hash, NodePlace};
use biaozheng_ledger::state_tree::bucket_hash;
use rocksdb::WriteBatch;

use crate::error::StoreError;
use crate::open::{Store, Tip, TipRow, synced};
use crate::schema::{
    BLOCKS, BUCKETS, CERTIFICATES, HISTORY, LEAVES, META, META_TIP, PENDING, PROJECTS, RECORDS, STATE,
    height_key, node_key, project_key, record_key,
};

/// A record of a block with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedRecord {
    pub id: RecordId,
    pub leaf_index: u64,
    pub project: Option<(ProjectId, u64)>,
}

/// Everything a block writes.
#[derive(Debug)]
pub struct CommitBatch<'a> {
    pub block: &'a Block,
    pub hash: BlockHash,
    /// The consensus engine's proof that the block was decided; opaque here.
    pub certificate: &'a [u8],
    pub records: &'a [CommittedRecord],
    pub new_nodes: &'a [(NodePlace, Hash)],
    pub frontier: &'a Frontier,
    pub state_changes: &'a BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    pub buckets: &'a BTreeMap<u16, Vec<u8>>,
}

impl Store {
    /// Writes a block with all it changes, atomically and synced.
    ///
    /// # Errors
    /// [`StoreError::OutOfOrder`] unless the block follows the newest one; else the disk's.
    pub fn commit(&self, commit: CommitBatch<'_>) -> Result<(), StoreError> {
        let tip = self.tip();
        let header = &commit.block.header;
        if header.height != tip.height.next() || header.previous != tip.hash {
            return Err(StoreError::OutOfOrder { found: header.height, tip: tip.height });
        }
        if commit.records.len() != commit.block.envelopes.len()
            || commit.frontier.size() != header.history_size
        {
            return Err(StoreError::corrupt("a commit whose parts do not belong together"));
        }
        let mut batch = WriteBatch::default();
        let mut row = header.encode();
        commit.records.iter().for_each(|record| row.extend_from_slice(record.id.bytes()));
        batch.put_cf(self.family(BLOCKS)?, height_key(header.height), row);
        batch.put_cf(self.family(CERTIFICATES)?, height_key(header.height), commit.certificate);
        let (records, leaves) = (self.family(RECORDS)?, self.family(LEAVES)?);
        let (projects, pending) = (self.family(PROJECTS)?, self.family(PENDING)?);
        for (position, (record, envelope)) in (0u32..).zip(commit.records.iter().zip(&commit.block.envelopes))
        {
            let mut row = Vec::with_capacity(envelope.encoded_len().saturating_add(28));
            row.extend_from_slice(&header.height.get().to_be_bytes());
            row.extend_from_slice(&position.to_be_bytes());
            row.extend_from_slice(&record.leaf_index.to_be_bytes());
            row.extend_from_slice(&header.time.get().to_be_bytes());
            envelope.encode(&mut row);
            batch.put_cf(records, record_key(&record.id), row);
            batch.put_cf(leaves, record.leaf_index.to_be_bytes(), record.id.bytes());
            batch.delete_cf(pending, record_key(&record.id));
            if let Some((project, position)) = &record.project {
                batch.put_cf(projects, project_key(project, *position), record.id.bytes());
            }
        }
        let history = self.family(HISTORY)?;
        for (place, hash) in commit.new_nodes {
            batch.put_cf(history, node_key(*place), hash);
        }
        let state = self.family(STATE)?;
        for (key, value) in commit.state_changes {
            match value {
                Some(value) => batch.put_cf(state, key, value),
                None => batch.delete_cf(state, key),
            }
        }
        let buckets = self.family(BUCKETS)?;
        for (index, list) in commit.buckets {
            if list.is_empty() {
                batch.delete_cf(buckets, index.to_be_bytes());
            } else {
                // The hash in front lets a reader check the list, and the tree be rebuilt without hashing it.
                batch.put_cf(buckets, index.to_be_bytes(), [bucket_hash(list).as_slice(), list].concat());
            }
        }
        let row = TipRow {
            height: header.height,
            hash: commit.hash,
            time: header.time,
            history_size: header.history_size,
            history_root: header.history_root,
            state_root: header.state_root,
        };
        batch.put_cf(self.family(META)?, META_TIP, borsh::to_vec(&row).map_err(StoreError::corrupt)?);
        self.0.db.write_opt(batch, &synced())?;
        let tip = Tip {
            height: row.height,
            hash: row.hash,
            time: row.time,
            history_size: row.history_size,
            history_root: row.history_root,
            state_root: row.state_root,
            header: Some(header.clone()),
        };
        *self.0.moving.write().unwrap_or_else(PoisonError::into_inner) = (tip, commit.frontier.clone());
        Ok(())
    }
}
