//! Numbers for operators, and consistent copies for backups.

use std::path::Path;

use biaozheng_ledger::ids::Height;
use rocksdb::checkpoint::Checkpoint;

use crate::error::StoreError;
use crate::open::{Store, lock, owner_only};
use crate::schema::Family;

/// The store in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// Committed blocks.
    pub height: Height,
    /// Committed records.
    pub records: u64,
    /// Received records that wait for a block.
    pub pending: usize,
    /// Proposed blocks kept.
    pub undecided: usize,
    /// Checkpoints kept.
    pub checkpoints: usize,
    /// Refusals kept.
    pub outcomes: usize,
    /// Bytes of all files in the store's folder.
    pub disk_bytes: u64,
    /// Bytes of memory that RocksDB uses for unflushed writes and cached blocks.
    pub memory_bytes: u64,
    /// Every column family.
    pub families: Vec<FamilyStatistics>,
}

/// One column family in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyStatistics {
    /// Its name.
    pub name: &'static str,
    /// RocksDB's estimate.
    pub keys_estimated: u64,
    /// Bytes of its tables on disk.
    pub table_bytes: u64,
}

impl Store {
    /// # Errors
    /// The disk's.
    pub fn statistics(&self) -> Result<Statistics, StoreError> {
        let number = |family: Family, property: &str| {
            let database = &self.0.database;
            Ok::<_, StoreError>(
                database.db.property_int_value_cf(database.family(family), property)?.unwrap_or(0),
            )
        };
        let mut families = Vec::with_capacity(Family::ALL.len());
        let mut memory_bytes = number(Family::Meta, "rocksdb.block-cache-usage")?;
        for family in Family::ALL {
            let unflushed = number(family, "rocksdb.cur-size-all-mem-tables")?;
            memory_bytes = memory_bytes.saturating_add(unflushed);
            families.push(FamilyStatistics {
                name: family.name(),
                keys_estimated: number(family, "rocksdb.estimate-num-keys")?,
                table_bytes: number(family, "rocksdb.total-sst-files-size")?,
            });
        }
        let position = self.position();
        Ok(Statistics {
            height: position.tip.height,
            records: position.tip.history_size.saturating_sub(1),
            pending: lock(&self.0.pending).len(),
            undecided: lock(&self.0.undecided).len(),
            checkpoints: lock(&self.0.checkpoints).len(),
            outcomes: lock(&self.0.outcomes).len(),
            disk_bytes: self.disk_bytes()?,
            memory_bytes,
            families,
        })
    }

    /// Bytes of all files in the store's folder.
    ///
    /// # Errors
    /// The disk's.
    pub fn disk_bytes(&self) -> Result<u64, StoreError> {
        let path = &self.0.database.path;
        let io = |error: std::io::Error| StoreError::io(path, &error);
        let mut bytes = 0u64;
        for entry in std::fs::read_dir(path).map_err(io)? {
            // RocksDB deletes files while we look.
            if let Ok(metadata) = entry.map_err(io)?.metadata() {
                bytes = bytes.saturating_add(metadata.len());
            }
        }
        Ok(bytes)
    }

    /// Copies the store as of one moment into a new folder, while it is in use. Files are hard links where the
    /// file system allows, so it takes seconds and little space; [`Store::open`] opens the copy.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] when the folder exists, or the disk's.
    pub fn checkpoint_to(&self, path: &Path) -> Result<(), StoreError> {
        if path.exists() {
            return Err(StoreError::NotEmpty { path: path.into() });
        }
        // What fails here is the new folder's disk, not the store.
        let copied = Checkpoint::new(&self.0.database.db).and_then(|copy| copy.create_checkpoint(path));
        copied.map_err(|error| StoreError::Io { message: error.into_string() })?;
        owner_only(path)
    }
}
