//! Creating and opening, and every refusal of both.

use std::path::Path;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::genesis_entry;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height};
use biaozheng_ledger::merkle::leaf_hash;
use biaozheng_ledger::state_tree::StateTree;
use biaozheng_store::{FORMAT_VERSION, Store, StoreError};

use crate::chain::{Chain, genesis};
use crate::raw;

#[test]
fn a_new_store_stands_at_the_genesis_and_so_it_is_reopened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let genesis = genesis("test");
    let chain = genesis.chain_id();
    let created = Store::create(&path, &genesis).unwrap();
    let tip = created.tip();
    assert_eq!(tip.height, Height::GENESIS);
    assert_eq!(tip.hash, BlockHash::new(*chain.digest()));
    assert_eq!(tip.time, genesis.rest.created_at_ms);
    assert_eq!((tip.history_size, tip.history_root), (1, leaf_hash(&genesis_entry(&chain))));
    assert_eq!(tip.state_root, StateTree::empty().root());
    assert_eq!(tip.header, None);
    assert_eq!(created.header(Height::GENESIS), Ok(None));
    assert_eq!(created.record_at_leaf(0), Ok(None));
    drop(created);
    let opened = Store::open(&path, &chain).unwrap();
    assert_eq!(opened.tip(), tip);
    assert_eq!((opened.genesis(), opened.chain()), (&genesis, &chain));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "for its owner only");
    }
}

#[test]
fn what_is_no_folder_for_a_store_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let chain = genesis("test").chain_id();
    let missing = Store::open(&folder.path().join("none"), &chain).unwrap_err();
    assert!(matches!(&missing, StoreError::NotAStore { .. }), "{missing}");
    let empty = Store::open(folder.path(), &chain).unwrap_err();
    assert!(matches!(&empty, StoreError::NotAStore { .. }), "{empty}");
    assert!(empty.to_string().contains("biaozheng resync"), "says what to do: {empty}");
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let full = Store::create(folder.path(), &genesis("test")).unwrap_err();
    assert!(matches!(&full, StoreError::NotEmpty { .. }), "{full}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was added");
}

#[test]
fn a_genesis_that_could_not_be_read_back_gets_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let mut bad = genesis("test");
    bad.trust.threshold = 2;
    assert!(matches!(Store::create(folder.path(), &bad), Err(StoreError::Genesis(_))));
}

#[test]
fn an_interrupted_creation_is_told_from_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut options = rocksdb::Options::default();
    options.create_if_missing(true);
    drop(rocksdb::DB::open(&options, &path).unwrap());
    let error = Store::open(&path, &genesis("test").chain_id()).unwrap_err();
    assert!(matches!(&error, StoreError::NotAStore { why, .. } if why.contains("interrupted")), "{error}");
}

#[test]
fn another_chains_store_is_refused_and_both_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let found = Chain::create(&path, 1).store.chain().to_owned();
    let expected = ChainId::new(Digest::of(b"elsewhere"));
    let error = Store::open(&path, &expected).unwrap_err();
    assert_eq!(error, StoreError::OtherChain { found, expected });
    let text = error.to_string();
    assert!(text.contains(&found.to_string()) && text.contains(&expected.to_string()), "{text}");
    Store::open(&path, &found).unwrap();
}

#[test]
fn a_newer_format_is_refused_with_and_without_families_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let chain = *Chain::create(&path, 1).store.chain();
    let newer = StoreError::NewerFormat { found: FORMAT_VERSION + 1, known: FORMAT_VERSION };
    let row = raw::sealed("meta", b"format", &(FORMAT_VERSION + 1).to_be_bytes());
    raw::put(&path, "meta", b"format", &row);
    assert_eq!(Store::open(&path, &chain).unwrap_err(), newer);
    let mut db = raw::open(&path);
    db.create_cf("sealed_bids", &rocksdb::Options::default()).unwrap();
    drop(db);
    assert_eq!(Store::open(&path, &chain).unwrap_err(), newer);
    let row = raw::sealed("meta", b"format", &FORMAT_VERSION.to_be_bytes());
    raw::put(&path, "meta", b"format", &row);
    let error = Store::open(&path, &chain).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt { what } if what.contains("sealed_bids")), "{error}");
}

#[test]
fn a_second_opening_is_refused_until_the_last_clone_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let first = Chain::create(&path, 1).store;
    let (clone, chain) = (first.clone(), *first.chain());
    drop(first);
    let error = Store::open(&path, &chain).unwrap_err();
    assert_eq!(error, StoreError::Locked { path: path.clone() });
    assert!(error.to_string().contains("in use by another process"), "{error}");
    drop(clone);
    Store::open(&path, &chain).unwrap();
}

/// Damages a copy of a store and opens it.
fn opened_without(damage: impl Fn(&Path)) -> StoreError {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("store"), folder.path().join("copy"));
    let mut chain = Chain::create(&path, 5);
    chain.grow(3);
    let id = *chain.store.chain();
    // A copy holds tables, as a store that has run for a while does.
    chain.store.checkpoint_to(&copy).unwrap();
    Store::open(&copy, &id).unwrap();
    damage(&copy);
    Store::open(&copy, &id).unwrap_err()
}

fn each(path: &Path, kind: &str, change: impl Fn(&Path)) {
    let files = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let named = |file: &std::path::PathBuf| file.file_name().unwrap().to_string_lossy().contains(kind);
    let files: Vec<_> = files.filter(named).collect();
    assert!(!files.is_empty(), "no {kind}");
    files.iter().for_each(|file| change(file));
}

#[test]
fn a_missing_or_spoilt_file_of_rocksdb_is_damage_and_says_resync() {
    let remove = |file: &Path| std::fs::remove_file(file).unwrap();
    for (what, error) in [
        ("no CURRENT", opened_without(|path| remove(&path.join("CURRENT")))),
        (
            "CURRENT of nonsense",
            opened_without(|path| std::fs::write(path.join("CURRENT"), b"MANIFESX-000005\n").unwrap()),
        ),
        (
            "CURRENT without its end",
            opened_without(|path| std::fs::write(path.join("CURRENT"), b"MANIFEST-0").unwrap()),
        ),
        (
            "CURRENT of another file",
            opened_without(|path| std::fs::write(path.join("CURRENT"), b"MANIFEST-000099\n").unwrap()),
        ),
        ("CURRENT empty", opened_without(|path| std::fs::write(path.join("CURRENT"), b"").unwrap())),
        ("no MANIFEST", opened_without(|path| each(path, "MANIFEST", remove))),
        (
            "MANIFEST empty",
            opened_without(|path| each(path, "MANIFEST", |file| std::fs::write(file, b"").unwrap())),
        ),
        (
            "MANIFEST of nonsense",
            opened_without(|path| each(path, "MANIFEST", |file| std::fs::write(file, [7; 400]).unwrap())),
        ),
        ("no tables", opened_without(|path| each(path, ".sst", remove))),
        (
            "tables empty",
            opened_without(|path| each(path, ".sst", |file| std::fs::write(file, b"").unwrap())),
        ),
        (
            "tables of nonsense",
            opened_without(|path| each(path, ".sst", |file| std::fs::write(file, [7; 400]).unwrap())),
        ),
    ] {
        assert!(matches!(&error, StoreError::Corrupt { .. }), "{what}: {error:?}");
        let words = error.to_string();
        assert!(
            words.contains("biaozheng resync") && !words.contains("start the node again"),
            "{what}: {words}"
        );
    }
}

#[test]
fn a_store_is_made_where_only_the_file_system_and_an_old_store_have_folders() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["lost+found", biaozheng_store::ASIDE] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let genesis = genesis("mounted");
    drop(Store::create(folder.path(), &genesis).unwrap());
    Store::open(folder.path(), &genesis.chain_id()).unwrap();
}
