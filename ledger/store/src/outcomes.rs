//! Why this node refused records after it gave a receipt. Local to the node, no part of the chain, and bounded:
//! the newest [`OUTCOMES_MAX`] and [`OUTCOMES_BYTES_MAX`].

use std::collections::BTreeMap;

use biaozheng_ledger::ids::RecordId;

use crate::database::Database;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::records::decode_id;
use crate::schema::Family;

/// Outcomes kept.
pub const OUTCOMES_MAX: usize = 100_000;
/// Bytes of all outcomes kept.
pub const OUTCOMES_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Largest outcome, bytes of JSON: more than a refusal that repeats the largest record.
pub const OUTCOME_BYTES_MAX: usize = 1024 * 1024;

/// Which outcomes are kept, oldest first.
#[derive(Debug, Default)]
pub(crate) struct OutcomeIndex {
    by_age: BTreeMap<u64, (RecordId, u64)>,
    bytes: u64,
}

impl OutcomeIndex {
    pub(crate) fn load(database: &Database) -> Result<Self, StoreError> {
        let mut index = Self::default();
        for row in database.scan(Family::Outcomes, &[], None) {
            let (key, row) = row?;
            let (sequence, json) = decode(&row)?;
            index.insert(sequence, decode_id(&key)?, json.len());
        }
        Ok(index)
    }

    fn insert(&mut self, sequence: u64, id: RecordId, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(bytes);
        self.by_age.insert(sequence, (id, bytes));
    }

    fn remove(&mut self, sequence: u64) {
        if let Some((_, bytes)) = self.by_age.remove(&sequence) {
            self.bytes = self.bytes.saturating_sub(bytes);
        }
    }

    fn next_sequence(&self) -> u64 {
        self.by_age.last_key_value().map_or(0, |(last, _)| last.saturating_add(1))
    }

    pub(crate) fn len(&self) -> usize {
        self.by_age.len()
    }
}

impl Store {
    /// Keeps why a record was refused, instead of an earlier reason. Unsynced: a refusal can be found again.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], or the disk's.
    pub fn put_outcome(&self, id: &RecordId, json: &str) -> Result<(), StoreError> {
        if json.len() > OUTCOME_BYTES_MAX {
            let what = "the outcome of a record";
            return Err(StoreError::TooLarge { what, bytes: json.len(), max: OUTCOME_BYTES_MAX });
        }
        let mut index = lock(&self.0.outcomes);
        let sequence = index.next_sequence();
        let replaced = self.read_outcome(id)?.map(|(sequence, _)| sequence);
        let mut changes = self.0.database.changes(json.len());
        changes.put(
            Family::Outcomes,
            id.bytes(),
            [sequence.to_be_bytes().as_slice(), json.as_bytes()].concat(),
        );
        let surplus = index.surplus(replaced, json.len());
        surplus.iter().for_each(|(_, old)| changes.delete(Family::Outcomes, old.bytes()));
        changes.write_unsynced()?;
        replaced.iter().for_each(|old| index.remove(*old));
        surplus.iter().for_each(|(old, _)| index.remove(*old));
        index.insert(sequence, *id, json.len());
        Ok(())
    }

    /// Why a record was refused, if this node refused it and remembers.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn outcome(&self, id: &RecordId) -> Result<Option<String>, StoreError> {
        Ok(self.read_outcome(id)?.map(|(_, json)| json))
    }

    fn read_outcome(&self, id: &RecordId) -> Result<Option<(u64, String)>, StoreError> {
        let Some(row) = self.0.database.get(Family::Outcomes, id.bytes())? else { return Ok(None) };
        let (sequence, json) = self.noted(decode(&row))?;
        let json = std::str::from_utf8(json)
            .map_err(|_| self.found_damaged(format!("the outcome of record {id} is not text")))?;
        Ok(Some((sequence, json.to_owned())))
    }
}

impl OutcomeIndex {
    /// The oldest outcomes that make room for one more of `bytes`, which replaces another.
    fn surplus(&self, replaced: Option<u64>, bytes: usize) -> Vec<(u64, RecordId)> {
        let mut count = self.len().saturating_add(1);
        let mut total = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        if let Some((_, bytes)) = replaced.and_then(|sequence| self.by_age.get(&sequence)) {
            count = count.saturating_sub(1);
            total = total.saturating_sub(*bytes);
        }
        let mut surplus = Vec::new();
        for (sequence, (id, bytes)) in self.by_age.iter().filter(|(sequence, _)| Some(**sequence) != replaced)
        {
            if count <= OUTCOMES_MAX && total <= OUTCOMES_BYTES_MAX {
                break;
            }
            count = count.saturating_sub(1);
            total = total.saturating_sub(*bytes);
            surplus.push((*sequence, *id));
        }
        surplus
    }
}

fn decode(row: &[u8]) -> Result<(u64, &[u8]), StoreError> {
    let (sequence, json) =
        row.split_first_chunk().ok_or_else(|| StoreError::corrupt("an outcome is cut short"))?;
    Ok((u64::from_be_bytes(*sequence), json))
}
