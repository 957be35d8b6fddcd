//! A hand on RocksDB itself, to damage a store as no store would.

use std::path::Path;

use biaozheng_ledger::digest::FieldHasher;
use rocksdb::{DB, Options};

pub(crate) fn open(path: &Path) -> DB {
    let mut options = Options::default();
    options.create_missing_column_families(true);
    let families = DB::list_cf(&options, path).unwrap();
    DB::open_cf(&options, path, families).unwrap()
}

/// The value as the store writes it: the forger's way.
pub(crate) fn sealed(family: &str, key: &[u8], payload: &[u8]) -> Vec<u8> {
    let hasher = FieldHasher::new("biaozheng/store/v1").field(family.as_bytes()).field(key).field(payload);
    [payload, &hasher.finish().bytes()[..8]].concat()
}

pub(crate) fn get(db: &DB, family: &str, key: &[u8]) -> Vec<u8> {
    db.get_cf(db.cf_handle(family).unwrap(), key).unwrap().unwrap()
}

/// Writes a value past the store.
pub(crate) fn put(path: &Path, family: &str, key: &[u8], value: &[u8]) {
    let db = open(path);
    db.put_cf(db.cf_handle(family).unwrap(), key, value).unwrap();
}

pub(crate) fn delete(path: &Path, family: &str, key: &[u8]) {
    let db = open(path);
    db.delete_cf(db.cf_handle(family).unwrap(), key).unwrap();
}

/// Copies a folder of files as it is at this moment.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
