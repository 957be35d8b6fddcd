//! The one place that reads and writes RocksDB: sealed values in, checked payloads out.
//!
//! **Invariant:** after a write that failed nothing more is written, for nobody knows what of it is on disk.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rocksdb::{ColumnFamily, DB, Direction, IteratorMode, ReadOptions, WriteBatch, WriteOptions};

use crate::damage::FirstFailure;
use crate::error::{StoreError, of_opening};
use crate::options::{database_options, families, synced};
use crate::row_check::{checked, with_check};
use crate::schema::Family;

/// A key with its checked payload.
pub(crate) type Row = (Box<[u8]>, Vec<u8>);

pub(crate) struct Database {
    pub(crate) db: DB,
    pub(crate) path: PathBuf,
    failed: AtomicBool,
    pub(crate) first_failure: FirstFailure,
}

/// Writes that happen together or not at all.
pub(crate) struct Changes<'a> {
    database: &'a Database,
    batch: WriteBatch,
}

impl Database {
    pub(crate) fn open(path: &Path, create: bool) -> Result<Self, StoreError> {
        let mut options = database_options();
        options.create_if_missing(create);
        options.create_missing_column_families(create);
        let db = DB::open_cf_descriptors(&options, path, families()).map_err(|error| {
            let text = error.to_string();
            if text.contains("lock hold by") || text.contains("While lock file") {
                StoreError::Locked { path: path.into() }
            } else {
                of_opening(error)
            }
        })?;
        let first_failure = FirstFailure::default();
        Ok(Self { db, path: path.into(), failed: AtomicBool::new(false), first_failure })
    }

    pub(crate) fn family(&self, family: Family) -> &ColumnFamily {
        self.db.cf_handle(family.name()).expect("a database opens with all its families or not at all")
    }

    pub(crate) fn get(&self, family: Family, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let read = || {
            let value = self.db.get_pinned_cf(self.family(family), key)?;
            value.map(|value| Ok(checked(family, key, &value)?.to_vec())).transpose()
        };
        self.first_failure.note(read())
    }

    pub(crate) fn contains(&self, family: Family, key: &[u8]) -> Result<bool, StoreError> {
        let read = || {
            let value = self.db.get_pinned_cf(self.family(family), key)?;
            value.map_or(Ok(false), |value| checked(family, key, &value).map(|_| true))
        };
        self.first_failure.note(read())
    }

    /// Rows from `start` on, below `end`, in the order of keys.
    pub(crate) fn scan<'a>(
        &'a self,
        family: Family,
        start: &[u8],
        end: Option<Vec<u8>>,
    ) -> impl Iterator<Item = Result<Row, StoreError>> + use<'a> {
        let mut options = ReadOptions::default();
        if let Some(end) = end {
            options.set_iterate_upper_bound(end);
        }
        let mode = IteratorMode::From(start, Direction::Forward);
        self.db.iterator_cf_opt(self.family(family), options, mode).map(move |item| {
            let row = item.map_err(StoreError::from).and_then(|(key, value)| {
                let payload = checked(family, &key, &value)?.to_vec();
                Ok((key, payload))
            });
            self.first_failure.note(row)
        })
    }

    pub(crate) fn last_key(&self, family: Family) -> Result<Option<Box<[u8]>>, StoreError> {
        let last = self.db.iterator_cf(self.family(family), IteratorMode::End).next().transpose();
        self.first_failure.note(last.map(|row| row.map(|(key, _)| key)).map_err(StoreError::from))
    }

    pub(crate) fn changes(&self, capacity_bytes: usize) -> Changes<'_> {
        Changes { database: self, batch: WriteBatch::with_capacity_bytes(capacity_bytes) }
    }

    fn write(&self, batch: WriteBatch, options: &WriteOptions) -> Result<(), StoreError> {
        if self.failed.load(Ordering::Acquire) {
            return Err(StoreError::Stopped);
        }
        let written = self.db.write_opt(batch, options).map_err(|error| {
            self.failed.store(true, Ordering::Release);
            error.into()
        });
        self.first_failure.note(written)
    }
}

impl Changes<'_> {
    pub(crate) fn put(&mut self, family: Family, key: &[u8], payload: Vec<u8>) {
        self.batch.put_cf(self.database.family(family), key, with_check(family, key, payload));
    }

    pub(crate) fn delete(&mut self, family: Family, key: &[u8]) {
        self.batch.delete_cf(self.database.family(family), key);
    }

    /// Returns when all of it is on disk.
    pub(crate) fn write_synced(self) -> Result<(), StoreError> {
        self.database.write(self.batch, &synced())
    }

    /// Returns when it is in the log's buffer: the next synced write carries it to disk, a crash may lose it.
    pub(crate) fn write_unsynced(self) -> Result<(), StoreError> {
        self.database.write(self.batch, &WriteOptions::default())
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.path.display())
    }
}
