//! Reading, with every hash checked on the way.

use biaozheng_ledger::block::{Block, HEADER_BYTES, Header};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{Height, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader};
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_ledger::state_tree::{BucketReader, StateTree, bucket_hash};
use rocksdb::{Direction, IteratorMode};

use crate::error::StoreError;
use crate::open::Store;
use crate::schema::{
    BLOCKS, BUCKETS, CERTIFICATES, CHECKPOINTS, HISTORY, LEAVES, META, META_GENESIS, PROJECTS, RECORDS,
    STATE, height_key, node_key, project_key, project_prefix, record_key,
};

/// Checkpoints kept; an older record is certified under a newer one.
const CHECKPOINTS_MAX: u64 = 10_000;

/// A committed record with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    pub id: RecordId,
    pub height: Height,
    pub position: u32,
    pub leaf_index: u64,
    pub time: TimeMs,
    pub envelope: Envelope,
}

fn id_from(bytes: &[u8], what: &str) -> Result<RecordId, StoreError> {
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| StoreError::corrupt(what))?;
    Ok(RecordId::new(Digest::sha256(bytes)))
}

fn number(bytes: &mut &[u8], what: &RecordId) -> Result<u64, StoreError> {
    let (head, rest) =
        bytes.split_first_chunk::<8>().ok_or_else(|| StoreError::corrupt(format!("record {what}")))?;
    *bytes = rest;
    Ok(u64::from_be_bytes(*head))
}

impl Store {
    /// The genesis document this store was made with.
    ///
    /// # Errors
    /// The disk's.
    pub fn genesis(&self) -> Result<String, StoreError> {
        let text = self.get(META, META_GENESIS)?.ok_or_else(|| StoreError::corrupt("no genesis"))?;
        String::from_utf8(text).map_err(StoreError::corrupt)
    }

    fn block_row(&self, height: Height) -> Result<Option<(Header, Vec<RecordId>)>, StoreError> {
        let Some(row) = self.get(BLOCKS, &height_key(height))? else { return Ok(None) };
        let what = || StoreError::corrupt(format!("block {height}"));
        let (head, ids) = row.split_at_checked(HEADER_BYTES).ok_or_else(what)?;
        let header = Header::decode(head).map_err(|_| what())?;
        let ids =
            ids.chunks(32).map(|id| id_from(id, "a block's record id")).collect::<Result<Vec<_>, _>>()?;
        if header.height != height || u32::try_from(ids.len()).ok() != Some(header.record_count) {
            return Err(what());
        }
        Ok(Some((header, ids)))
    }

    /// # Errors
    /// The disk's, or [`StoreError::Corrupt`].
    pub fn header(&self, height: Height) -> Result<Option<Header>, StoreError> {
        Ok(self.block_row(height)?.map(|(header, _)| header))
    }

    /// # Errors
    /// As [`Store::header`].
    pub fn block_record_ids(&self, height: Height) -> Result<Option<Vec<RecordId>>, StoreError> {
        Ok(self.block_row(height)?.map(|(_, ids)| ids))
    }

    /// The whole block, its records held against the header's root again.
    ///
    /// # Errors
    /// As [`Store::header`].
    pub fn block(&self, height: Height) -> Result<Option<Block>, StoreError> {
        let Some((header, ids)) = self.block_row(height)? else { return Ok(None) };
        let mut envelopes = Vec::with_capacity(ids.len());
        for id in &ids {
            let record =
                self.record(id)?.ok_or_else(|| StoreError::corrupt(format!("record {id} is missing")))?;
            envelopes.push(record.envelope);
        }
        let block = Block { header, envelopes };
        if biaozheng_ledger::block::records_root(&block.envelopes) != block.header.records_root {
            return Err(StoreError::corrupt(format!(
                "the records of block {height} are not those it commits to"
            )));
        }
        Ok(Some(block))
    }

    /// The consensus engine's proof for a block.
    ///
    /// # Errors
    /// The disk's.
    pub fn certificate(&self, height: Height) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(CERTIFICATES, &height_key(height))
    }

    /// A record, its id computed again from its bytes.
    ///
    /// # Errors
    /// The disk's, or [`StoreError::Corrupt`] naming the record.
    pub fn record(&self, id: &RecordId) -> Result<Option<StoredRecord>, StoreError> {
        let Some(row) = self.get(RECORDS, record_key(id))? else { return Ok(None) };
        let what = || StoreError::corrupt(format!("record {id}"));
        let mut bytes = row.as_slice();
        let height = Height::new(number(&mut bytes, id)?);
        let (position, rest) = bytes.split_first_chunk::<4>().ok_or_else(what)?;
        let position = u32::from_be_bytes(*position);
        bytes = rest;
        let leaf_index = number(&mut bytes, id)?;
        let time = TimeMs::new(number(&mut bytes, id)?);
        let (envelope, rest) = Envelope::decode(bytes, RECORD_PAYLOAD_TYPE).map_err(|_| what())?;
        let found = RecordId::new(Digest::of(&envelope.pre_authentication_encoding()));
        if found != *id || !rest.is_empty() {
            return Err(what());
        }
        Ok(Some(StoredRecord { id: *id, height, position, leaf_index, time, envelope }))
    }

    /// # Errors
    /// The disk's.
    pub fn contains(&self, id: &RecordId) -> Result<bool, StoreError> {
        let family = self.family(RECORDS)?;
        if !self.0.db.key_may_exist_cf(family, record_key(id)) {
            return Ok(false);
        }
        Ok(self.0.db.get_pinned_cf(family, record_key(id))?.is_some())
    }

    /// Which record is this leaf of the history tree; `None` for the genesis and beyond the tree.
    ///
    /// # Errors
    /// The disk's.
    pub fn record_at_leaf(&self, leaf: u64) -> Result<Option<RecordId>, StoreError> {
        self.get(LEAVES, &leaf.to_be_bytes())?.map(|id| id_from(&id, "a leaf's record id")).transpose()
    }

    /// A project's records in order, after a position.
    ///
    /// # Errors
    /// The disk's.
    pub fn project_records(
        &self,
        project: &ProjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, RecordId)>, StoreError> {
        let prefix = project_prefix(project);
        let start = project_key(project, after.map_or(0, |after| after.saturating_add(1)));
        let mode = IteratorMode::From(&start, Direction::Forward);
        let mut found = Vec::new();
        for item in self.0.db.iterator_cf(self.family(PROJECTS)?, mode).take(limit) {
            let (key, id) = item?;
            let Some(position) = key.strip_prefix(prefix.as_slice()) else { break };
            let position: [u8; 8] =
                position.try_into().map_err(|_| StoreError::corrupt("a project's index"))?;
            found.push((u64::from_be_bytes(position), id_from(&id, "a project's record id")?));
        }
        Ok(found)
    }

    /// # Errors
    /// The disk's.
    pub fn state_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(STATE, key)
    }

    /// State entries whose key begins with `prefix`, in order, after a key.
    ///
    /// # Errors
    /// The disk's.
    #[allow(clippy::type_complexity, reason = "key and value, nothing to name")]
    pub fn state_scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StoreError> {
        let start = after.map_or_else(|| prefix.to_vec(), |after| [after, &[0]].concat());
        let mode = IteratorMode::From(&start, Direction::Forward);
        let mut found = Vec::new();
        for item in self.0.db.iterator_cf(self.family(STATE)?, mode).take(limit) {
            let (key, value) = item?;
            if !key.starts_with(prefix) {
                break;
            }
            found.push((key.into_vec(), value.into_vec()));
        }
        Ok(found)
    }

    /// The state tree, from its buckets' hashes.
    ///
    /// # Errors
    /// The disk's.
    pub fn load_state_tree(&self) -> Result<StateTree, StoreError> {
        let mut hashes = Vec::new();
        for item in self.0.db.iterator_cf(self.family(BUCKETS)?, IteratorMode::Start) {
            let (index, row) = item?;
            let index: [u8; 2] = index.as_ref().try_into().map_err(|_| StoreError::corrupt("a bucket"))?;
            let hash = row.first_chunk::<32>().ok_or_else(|| StoreError::corrupt("a bucket"))?;
            hashes.push((u16::from_be_bytes(index), *hash));
        }
        Ok(StateTree::load(hashes))
    }

    /// Stores a complete checkpoint.
    ///
    /// # Errors
    /// The disk's.
    pub fn put_checkpoint(&self, size: u64, note: &str) -> Result<(), StoreError> {
        let family = self.family(CHECKPOINTS)?;
        self.0.db.put_cf(family, size.to_be_bytes(), note)?;
        if size.is_multiple_of(1000) && size > CHECKPOINTS_MAX {
            let end = size.saturating_sub(CHECKPOINTS_MAX).to_be_bytes();
            self.0.db.delete_range_cf(family, [0; 8], end)?;
        }
        Ok(())
    }

    fn checkpoint_in(&self, mode: IteratorMode<'_>) -> Result<Option<(u64, String)>, StoreError> {
        let Some(item) = self.0.db.iterator_cf(self.family(CHECKPOINTS)?, mode).next() else {
            return Ok(None);
        };
        let (size, note) = item?;
        let size: [u8; 8] =
            size.as_ref().try_into().map_err(|_| StoreError::corrupt("a checkpoint's size"))?;
        let note = String::from_utf8(note.into_vec()).map_err(StoreError::corrupt)?;
        Ok(Some((u64::from_be_bytes(size), note)))
    }

    /// The newest complete checkpoint with its size.
    ///
    /// # Errors
    /// The disk's.
    pub fn latest_checkpoint(&self) -> Result<Option<(u64, String)>, StoreError> {
        self.checkpoint_in(IteratorMode::End)
    }

    /// The oldest kept checkpoint that covers a tree of `size`.
    ///
    /// # Errors
    /// The disk's.
    pub fn checkpoint_at_or_after(&self, size: u64) -> Result<Option<(u64, String)>, StoreError> {
        self.checkpoint_in(IteratorMode::From(&size.to_be_bytes(), Direction::Forward))
    }
}

impl NodeReader for Store {
    type Error = StoreError;

    fn node(&self, place: NodePlace) -> Result<Hash, StoreError> {
        let what = || StoreError::corrupt(format!("history node {} of level {}", place.index, place.level));
        self.get(HISTORY, &node_key(place))?.ok_or_else(what)?.try_into().map_err(|_| what())
    }
}

impl BucketReader for Store {
    type Error = StoreError;

    fn bucket(&self, index: u16) -> Result<Vec<u8>, StoreError> {
        let Some(mut row) = self.get(BUCKETS, &index.to_be_bytes())? else { return Ok(Vec::new()) };
        let what = || StoreError::corrupt(format!("state bucket {index}"));
        if row.len() < 32 {
            return Err(what());
        }
        let list = row.split_off(32);
        if bucket_hash(&list).as_slice() != row { Err(what()) } else { Ok(list) }
    }
}
