//! What a node remembers before a block is decided: received records, proposed bodies, and refusals.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{BlockHash, Height, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use rocksdb::{Direction, IteratorMode, WriteBatch};

use crate::error::StoreError;
use crate::open::{Store, synced};
use crate::schema::{OUTCOMES, PENDING, UNDECIDED, height_key, record_key, undecided_key};

/// A proposed body that may yet be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    pub id: BlockHash,
    /// `None` when it came by value sync, which names no proposer to trust.
    pub proposer: Option<PublicKey>,
    pub body: Vec<u8>,
}

impl Store {
    /// Writes received records, synced once for all of them: what is acknowledged is not lost.
    ///
    /// # Errors
    /// The disk's.
    pub fn add_pending(&self, records: &[(RecordId, TimeMs, &Envelope)]) -> Result<(), StoreError> {
        let family = self.family(PENDING)?;
        let mut batch = WriteBatch::default();
        for (id, received, envelope) in records {
            let mut row = received.get().to_be_bytes().to_vec();
            envelope.encode(&mut row);
            batch.put_cf(family, record_key(id), row);
        }
        Ok(self.0.db.write_opt(batch, &synced())?)
    }

    /// Records received before a restart and not yet decided, at most `limit`.
    ///
    /// # Errors
    /// The disk's.
    pub fn pending(&self, limit: usize) -> Result<Vec<(TimeMs, Envelope)>, StoreError> {
        let mut found = Vec::new();
        for item in self.0.db.iterator_cf(self.family(PENDING)?, IteratorMode::Start).take(limit) {
            let (_, row) = item?;
            let what = || StoreError::corrupt("a received record");
            let (received, envelope) = row.split_first_chunk::<8>().ok_or_else(what)?;
            let (envelope, _) = Envelope::decode(envelope, RECORD_PAYLOAD_TYPE).map_err(|_| what())?;
            found.push((TimeMs::new(u64::from_be_bytes(*received)), envelope));
        }
        found.sort_by_key(|(received, _)| *received);
        Ok(found)
    }

    /// # Errors
    /// The disk's.
    pub fn remove_pending(&self, ids: &[RecordId]) -> Result<(), StoreError> {
        let family = self.family(PENDING)?;
        let mut batch = WriteBatch::default();
        ids.iter().for_each(|id| batch.delete_cf(family, record_key(id)));
        Ok(self.0.db.write(batch)?)
    }

    /// Remembers why a record was refused after its receipt. Local to this node; no part of the state.
    ///
    /// # Errors
    /// The disk's.
    pub fn put_outcome(&self, id: &RecordId, json: &str) -> Result<(), StoreError> {
        Ok(self.0.db.put_cf_opt(self.family(OUTCOMES)?, record_key(id), json, &synced())?)
    }

    /// # Errors
    /// The disk's.
    pub fn outcome(&self, id: &RecordId) -> Result<Option<String>, StoreError> {
        let Some(json) = self.get(OUTCOMES, record_key(id))? else { return Ok(None) };
        String::from_utf8(json).map(Some).map_err(StoreError::corrupt)
    }

    /// Writes a proposed body, synced, before this node votes for it.
    ///
    /// # Errors
    /// The disk's.
    pub fn put_undecided(
        &self,
        height: Height,
        round: u32,
        id: &BlockHash,
        proposer: Option<&PublicKey>,
        body: &[u8],
    ) -> Result<(), StoreError> {
        let mut row = Vec::with_capacity(body.len().saturating_add(33));
        match proposer {
            Some(key) => {
                row.push(1);
                row.extend_from_slice(key.bytes());
            }
            None => row.push(0),
        }
        row.extend_from_slice(body);
        let key = undecided_key(height, round, id);
        Ok(self.0.db.put_cf_opt(self.family(UNDECIDED)?, key, row, &synced())?)
    }

    fn undecided_with_prefix(&self, prefix: &[u8]) -> Result<Vec<Undecided>, StoreError> {
        let mode = IteratorMode::From(prefix, Direction::Forward);
        let mut found = Vec::new();
        for item in self.0.db.iterator_cf(self.family(UNDECIDED)?, mode) {
            let (key, row) = item?;
            if !key.starts_with(prefix) {
                break;
            }
            let what = || StoreError::corrupt("a proposed block");
            let id: [u8; 32] = key.last_chunk().copied().ok_or_else(what)?;
            let (proposer, body) = match row.split_first().ok_or_else(what)? {
                (1, rest) => {
                    let (key, body) = rest.split_first_chunk::<32>().ok_or_else(what)?;
                    (Some(PublicKey::ed25519(*key)), body)
                }
                (_, body) => (None, body),
            };
            let id = BlockHash::new(Digest::sha256(id));
            found.push(Undecided { id, proposer, body: body.to_vec() });
        }
        Ok(found)
    }

    /// Bodies seen in one round.
    ///
    /// # Errors
    /// The disk's.
    pub fn undecided(&self, height: Height, round: u32) -> Result<Vec<Undecided>, StoreError> {
        self.undecided_with_prefix(&[height_key(height).as_slice(), &round.to_be_bytes()].concat())
    }

    /// A body of any round of a height.
    ///
    /// # Errors
    /// The disk's.
    pub fn undecided_body(&self, height: Height, id: &BlockHash) -> Result<Option<Vec<u8>>, StoreError> {
        let all = self.undecided_with_prefix(&height_key(height))?;
        Ok(all.into_iter().find(|one| one.id == *id).map(|one| one.body))
    }

    /// Forgets bodies up to a decided height.
    ///
    /// # Errors
    /// The disk's.
    pub fn prune_undecided(&self, height: Height) -> Result<(), StoreError> {
        let end = height_key(height.next());
        let family = self.family(UNDECIDED)?;
        let mut batch = WriteBatch::default();
        for item in self.0.db.iterator_cf(family, IteratorMode::Start) {
            let (key, _) = item?;
            if key.as_ref() >= end.as_slice() {
                break;
            }
            batch.delete_cf(family, key);
        }
        Ok(self.0.db.write(batch)?)
    }
}
