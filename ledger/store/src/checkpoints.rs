//! Complete checkpoints, the newest [`CHECKPOINTS_MAX`]: an older record is certified under a newer one.

use std::collections::BTreeSet;

use biaozheng_ledger::limits::NOTE_BYTES_MAX;

use crate::database::Database;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::records::decode_number;
use crate::schema::Family;

/// Checkpoints kept.
pub const CHECKPOINTS_MAX: usize = 10_000;

impl Store {
    /// Keeps a signed checkpoint of the history tree of `size` leaves, instead of one of the same size.
    /// It reaches the disk with the next synced write; a lost one can be asked for again.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`], or the disk's.
    pub fn put_checkpoint(&self, size: u64, note: &str) -> Result<(), StoreError> {
        if note.len() > NOTE_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "a checkpoint",
                bytes: note.len(),
                max: NOTE_BYTES_MAX,
            });
        }
        let mut sizes = lock(&self.0.checkpoints);
        let mut changes = self.0.database.changes(note.len());
        changes.put(Family::Checkpoints, &size.to_be_bytes(), note.as_bytes().to_vec());
        let count = sizes.len().saturating_add(usize::from(!sizes.contains(&size)));
        let surplus: Vec<u64> = sizes
            .iter()
            .take(count.saturating_sub(CHECKPOINTS_MAX))
            .copied()
            .filter(|old| *old != size)
            .collect();
        surplus.iter().for_each(|old| changes.delete(Family::Checkpoints, &old.to_be_bytes()));
        changes.write_unsynced()?;
        sizes.insert(size);
        surplus.iter().for_each(|old| _ = sizes.remove(old));
        Ok(())
    }

    /// The checkpoint of the largest tree.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn latest_checkpoint(&self) -> Result<Option<(u64, String)>, StoreError> {
        let size = lock(&self.0.checkpoints).last().copied();
        size.map_or(Ok(None), |size| self.checkpoint(size))
    }

    /// The checkpoint of the smallest tree of at least `size` leaves.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn checkpoint_at_or_after(&self, size: u64) -> Result<Option<(u64, String)>, StoreError> {
        let size = lock(&self.0.checkpoints).range(size..).next().copied();
        size.map_or(Ok(None), |size| self.checkpoint(size))
    }

    fn checkpoint(&self, size: u64) -> Result<Option<(u64, String)>, StoreError> {
        let Some(note) = self.0.database.get(Family::Checkpoints, &size.to_be_bytes())? else {
            return Ok(None);
        };
        let note = String::from_utf8(note)
            .map_err(|_| self.found_damaged(format!("the checkpoint of size {size} is not text")))?;
        Ok(Some((size, note)))
    }
}

pub(crate) fn load_checkpoints(database: &Database) -> Result<BTreeSet<u64>, StoreError> {
    database.scan(Family::Checkpoints, &[], None).map(|row| decode_number(&row?.0)).collect()
}
