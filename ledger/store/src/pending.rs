//! Records this node received and promised to include, in order of arrival, until a block has them.
//!
//! **Invariant:** a record is here or in the chain, never in both after a commit, and never twice.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};

use crate::blocks::decode_envelope;
use crate::database::Database;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::records::{decode_id, decode_number};
use crate::schema::Family;

/// Most records that wait.
pub const PENDING_RECORDS_MAX: usize = 100_000;
/// Most bytes of records that wait.
pub const PENDING_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Where each pending record lies.
#[derive(Debug, Default)]
pub(crate) struct PendingIndex {
    places: BTreeMap<RecordId, Place>,
    next_arrival: u64,
    bytes: u64,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    arrival: u64,
    bytes: u64,
}

impl PendingIndex {
    /// Reads which records wait, and deletes those that a crash left behind although a block has them.
    pub(crate) fn load(database: &Database) -> Result<Self, StoreError> {
        let mut index = Self::default();
        let mut changes = database.changes(0);
        let mut surplus = false;
        for row in database.scan(Family::Pending, &[], None) {
            let (key, row) = row?;
            let arrival = decode_number(&key)?;
            let (id, _, body) = decode(&row)?;
            index.next_arrival = arrival.saturating_add(1);
            if index.places.contains_key(&id) || database.contains(Family::Records, id.bytes())? {
                changes.delete(Family::Pending, &key);
                surplus = true;
            } else {
                index.insert(id, arrival, body.len());
            }
        }
        if surplus {
            changes.write_unsynced()?;
        }
        Ok(index)
    }

    fn insert(&mut self, id: RecordId, arrival: u64, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if let Some(replaced) = self.places.insert(id, Place { arrival, bytes }) {
            self.bytes = self.bytes.saturating_sub(replaced.bytes);
        }
        self.bytes = self.bytes.saturating_add(bytes);
    }

    pub(crate) fn arrival(&self, id: &RecordId) -> Option<u64> {
        self.places.get(id).map(|place| place.arrival)
    }

    pub(crate) fn forget(&mut self, id: &RecordId) {
        if let Some(place) = self.places.remove(id) {
            self.bytes = self.bytes.saturating_sub(place.bytes);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }
}

impl Store {
    /// Writes received records, synced once for all of them: after it their receipts may be given. One that is
    /// committed already is left out; one that waits already keeps its place.
    ///
    /// # Errors
    /// [`StoreError::PendingFull`] when they would exceed [`PENDING_RECORDS_MAX`] or [`PENDING_BYTES_MAX`], with
    /// nothing written; or the disk's.
    pub fn add_pending(&self, records: &[(RecordId, TimeMs, &Envelope)]) -> Result<(), StoreError> {
        let mut index = lock(&self.0.pending);
        let mut changes = self.0.database.changes(0);
        let mut added = BTreeMap::new();
        let (mut next, mut count, mut bytes) = (index.next_arrival, index.len(), index.bytes);
        for (id, received, envelope) in records {
            if self.contains(id)? {
                continue;
            }
            let length = envelope.encoded_len();
            let known = index.arrival(id).or_else(|| added.get(id).map(|(arrival, _)| *arrival));
            let arrival = known.unwrap_or(next);
            if known.is_none() {
                next = next.saturating_add(1);
                count = count.saturating_add(1);
                bytes = bytes.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
            }
            changes.put(Family::Pending, &arrival.to_be_bytes(), encode(id, *received, envelope));
            added.insert(*id, (arrival, length));
        }
        if count > PENDING_RECORDS_MAX || bytes > PENDING_BYTES_MAX {
            return Err(StoreError::PendingFull {
                records_max: PENDING_RECORDS_MAX,
                bytes_max: PENDING_BYTES_MAX,
            });
        }
        if added.is_empty() {
            return Ok(());
        }
        changes.write_synced()?;
        index.next_arrival = next;
        added.into_iter().for_each(|(id, (arrival, length))| index.insert(id, arrival, length));
        Ok(())
    }

    /// Records that wait and when this node received each, in order of arrival; at most `limit`, and never more
    /// than [`PENDING_RECORDS_MAX`]. Each id was computed again from what was read.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] naming the record, or the disk's.
    pub fn pending(&self, limit: usize) -> Result<Vec<(TimeMs, Envelope)>, StoreError> {
        self.noted(self.read_pending(limit))
    }

    fn read_pending(&self, limit: usize) -> Result<Vec<(TimeMs, Envelope)>, StoreError> {
        let index = lock(&self.0.pending);
        let mut records = Vec::with_capacity(index.len().min(limit));
        for row in self.0.database.scan(Family::Pending, &[], None).take(limit) {
            let (_, row) = row?;
            let (id, received, body) = decode(&row)?;
            let what = |text: String| StoreError::corrupt(format!("received record {id}: {text}"));
            let envelope = decode_envelope(body).map_err(what)?;
            if RecordId::new(Digest::of(&envelope.pre_authentication_encoding())) != id {
                return Err(what("the body stored for it is another record's".into()));
            }
            records.push((received, envelope));
        }
        Ok(records)
    }

    /// Forgets records that were refused. After a crash they may be back.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove_pending(&self, ids: &[RecordId]) -> Result<(), StoreError> {
        let mut index = lock(&self.0.pending);
        let mut changes = self.0.database.changes(0);
        for arrival in ids.iter().filter_map(|id| index.arrival(id)) {
            changes.delete(Family::Pending, &arrival.to_be_bytes());
        }
        changes.write_unsynced()?;
        ids.iter().for_each(|id| index.forget(id));
        Ok(())
    }
}

fn encode(id: &RecordId, received: TimeMs, envelope: &Envelope) -> Vec<u8> {
    let mut row = Vec::with_capacity(envelope.encoded_len().saturating_add(48));
    row.extend_from_slice(id.bytes());
    row.extend_from_slice(&received.get().to_be_bytes());
    envelope.encode(&mut row);
    row
}

fn decode(row: &[u8]) -> Result<(RecordId, TimeMs, &[u8]), StoreError> {
    let cut = || StoreError::corrupt("a received record is cut short");
    let (id, rest) = row.split_at_checked(32).ok_or_else(cut)?;
    let (received, body) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
    Ok((decode_id(id)?, TimeMs::new(u64::from_be_bytes(*received)), body))
}
