//! Checkpoints kept for good, each for one record: under it the record's certificate is the same whenever it is asked for.
//!
//! **Invariant:** a record's checkpoint is never replaced, and it is on disk before anyone is given a certificate under it.

use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::limits::NOTE_BYTES_MAX;

use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::schema::{Family, kept_key};

impl Store {
    /// Keeps a signed checkpoint of the tree of `size` leaves for a record, unless it has one; gives the one it has.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], [`StoreError::Corrupt`], or the disk's.
    pub fn keep_checkpoint(
        &self,
        record: &RecordId,
        size: u64,
        note: &str,
    ) -> Result<(u64, String), StoreError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "a checkpoint",
                bytes: note.len(),
                max: NOTE_BYTES_MAX,
            });
        }
        // Whoever writes a checkpoint holds this: of two that ask at once, the second finds the first one's.
        let _one_at_a_time = lock(&self.0.checkpoints);
        if let Some(kept) = self.kept_checkpoint(record)? {
            return Ok(kept);
        }
        let mut changes = self.0.database.changes(note.len());
        let row = [size.to_be_bytes().as_slice(), note.as_bytes()].concat();
        changes.put(Family::Meta, &kept_key(record), row);
        changes.write_synced()?;
        Ok((size, note.to_owned()))
    }

    /// The checkpoint kept for a record.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn kept_checkpoint(&self, record: &RecordId) -> Result<Option<(u64, String)>, StoreError> {
        let Some(row) = self.0.database.get(Family::Meta, &kept_key(record))? else { return Ok(None) };
        let corrupt = || self.found_damaged(format!("the checkpoint kept for {record} cannot be read"));
        let (size, note) = row.split_first_chunk::<8>().ok_or_else(corrupt)?;
        let note = String::from_utf8(note.to_vec()).map_err(|_| corrupt())?;
        Ok(Some((u64::from_be_bytes(*size), note)))
    }
}
