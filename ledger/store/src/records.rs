//! Committed records: by id, by leaf of the history tree, by project.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{Height, ProjectId, RecordId, TimeMs};

use crate::blocks::decode_envelope;
use crate::error::StoreError;
use crate::open::Store;
use crate::schema::{Family, envelope_key, prefix_end, project_key, project_prefix};

/// A committed record with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// Computed again from the envelope when it was read.
    pub id: RecordId,
    /// The block's height.
    pub height: Height,
    /// Place in the block, from 0.
    pub position: u32,
    /// Leaf of the history tree.
    pub leaf_index: u64,
    /// The block's time.
    pub time: TimeMs,
    /// The record as signed.
    pub envelope: Envelope,
}

impl Store {
    /// A committed record; its id is computed again from what was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming the record, or the disk's.
    pub fn record(&self, id: &RecordId) -> Result<Option<StoredRecord>, StoreError> {
        self.noted(self.read_record(id).map_err(|error| error.while_reading(format!("record {id}"))))
    }

    fn read_record(&self, id: &RecordId) -> Result<Option<StoredRecord>, StoreError> {
        let Some(place) = self.0.database.get(Family::Records, id.bytes())? else { return Ok(None) };
        let (height, position, leaf_index, time) = decode_place(&place)?;
        let body = self.0.database.get(Family::Envelopes, &envelope_key(height, position))?;
        let body = body.ok_or_else(|| StoreError::corrupt("its body is missing"))?;
        let envelope = decode_envelope(&body).map_err(StoreError::corrupt)?;
        if RecordId::new(Digest::of(&envelope.pre_authentication_encoding())) != *id {
            return Err(StoreError::corrupt("the body stored for it is another record's"));
        }
        Ok(Some(StoredRecord { id: *id, height, position, leaf_index, time, envelope }))
    }

    /// True for a committed record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn contains(&self, id: &RecordId) -> Result<bool, StoreError> {
        self.0.database.contains(Family::Records, id.bytes())
    }

    /// The record of a leaf of the history tree; `None` for leaf 0, the genesis, and beyond the tree.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn record_at_leaf(&self, leaf_index: u64) -> Result<Option<RecordId>, StoreError> {
        let row = self.0.database.get(Family::Leaves, &leaf_index.to_be_bytes())?;
        self.noted(row.map(|id| decode_id(&id)).transpose())
    }

    /// Leaves from `from` on with their records, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn leaves(&self, from: u64, limit: usize) -> Result<Vec<(u64, RecordId)>, StoreError> {
        let rows = self.0.database.scan(Family::Leaves, &from.to_be_bytes(), None).take(limit);
        let leaves = rows.map(|row| {
            let (key, id) = row?;
            Ok((decode_number(&key)?, decode_id(&id)?))
        });
        self.noted(leaves.collect())
    }

    /// A project's records in its order, each with its position, from the one after `after`; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn project_records(
        &self,
        project: &ProjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, RecordId)>, StoreError> {
        let Some(first) = after.map_or(Some(0), |after| after.checked_add(1)) else { return Ok(Vec::new()) };
        let prefix = project_prefix(project);
        let rows = self.0.database.scan(Family::Projects, &project_key(project, first), prefix_end(&prefix));
        let records = rows.take(limit).map(|row| {
            let (key, id) = row?;
            let position = key.strip_prefix(prefix.as_slice()).unwrap_or_default();
            Ok((decode_number(position)?, decode_id(&id)?))
        });
        self.noted(records.collect())
    }
}

/// `height u64 ‖ position u32 ‖ leaf index u64 ‖ block time u64`.
pub(crate) fn encode_place(height: Height, position: u32, leaf_index: u64, time: TimeMs) -> Vec<u8> {
    let mut row = Vec::with_capacity(36);
    row.extend_from_slice(&height.get().to_be_bytes());
    row.extend_from_slice(&position.to_be_bytes());
    row.extend_from_slice(&leaf_index.to_be_bytes());
    row.extend_from_slice(&time.get().to_be_bytes());
    row
}

fn decode_place(row: &[u8]) -> Result<(Height, u32, u64, TimeMs), StoreError> {
    let read = || {
        let (height, rest) = row.split_first_chunk::<8>()?;
        let (position, rest) = rest.split_first_chunk::<4>()?;
        let (leaf_index, rest) = rest.split_first_chunk::<8>()?;
        let time: [u8; 8] = rest.try_into().ok()?;
        Some((
            Height::new(u64::from_be_bytes(*height)),
            u32::from_be_bytes(*position),
            u64::from_be_bytes(*leaf_index),
            TimeMs::new(u64::from_be_bytes(time)),
        ))
    };
    read().ok_or_else(|| StoreError::corrupt("its place is not of the right length"))
}

pub(crate) fn decode_id(row: &[u8]) -> Result<RecordId, StoreError> {
    let bytes = row.try_into().map_err(|_| StoreError::corrupt("a record id does not have 32 bytes"))?;
    Ok(RecordId::new(Digest::sha256(bytes)))
}

pub(crate) fn decode_number(key: &[u8]) -> Result<u64, StoreError> {
    let bytes = key.try_into().map_err(|_| StoreError::corrupt("a number does not have 8 bytes"))?;
    Ok(u64::from_be_bytes(bytes))
}
