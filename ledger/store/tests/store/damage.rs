//! Values changed past the store: found when read, and named. Garbage first, then a forger who can seal.

use std::path::Path;

use biaozheng_ledger::block::Header;
use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_store::{Store, StoreError};

use crate::chain::{Chain, envelope, id_of};
use crate::raw;

fn chain(path: &Path) -> Chain {
    let mut chain = Chain::create(path, 21);
    chain.grow(10);
    let candidate = chain.candidate(5, 200);
    chain.commit(candidate).unwrap();
    chain.grow(1);
    let waiting = envelope(&mut chain.random, 100);
    chain.store.add_pending(&[(id_of(&waiting), TimeMs::new(1), &waiting)]).unwrap();
    chain.store.put_checkpoint(9, "note").unwrap();
    chain.store.put_outcome(&id_of(&waiting), "{}").unwrap();
    chain
}

fn envelope_key(height: u64, position: u32) -> Vec<u8> {
    [height.to_be_bytes().as_slice(), &position.to_be_bytes()].concat()
}

/// Closes the store, damages it, opens it again.
fn damaged(folder: &Path, damage: impl Fn(&Path, &Chain)) -> (Result<Store, StoreError>, Chain) {
    let path = folder.join("store");
    let mut chain = chain(&path);
    let id = *chain.store.chain();
    // The model stays, over a store nobody damages.
    chain.store = Store::create(&folder.join("other"), &crate::chain::genesis("other")).unwrap();
    damage(&path, &chain);
    (Store::open(&path, &id), chain)
}

#[track_caller]
fn assert_corrupt<T: std::fmt::Debug>(result: Result<T, StoreError>, named: &str) {
    match result {
        Err(StoreError::Corrupt { what }) if what.contains(named) => {}
        other => panic!("expected damage that names {named:?}, got {other:?}"),
    }
}

#[test]
fn garbage_in_a_record_is_found_on_reading_it_and_names_it() {
    for family in ["envelopes", "records"] {
        let folder = tempfile::tempdir().unwrap();
        let (store, chain) = damaged(folder.path(), |path, chain| {
            let key = match family {
                "records" => chain.blocks[10].records[2].id.bytes().to_vec(),
                _ => envelope_key(11, 2),
            };
            raw::put(path, family, &key, b"garbage that is long enough to have a seal");
        });
        let (store, block) = (store.unwrap(), &chain.blocks[10]);
        assert_corrupt(store.record(&block.records[2].id), &block.records[2].id.to_string());
        if family == "envelopes" {
            assert_corrupt(store.block(Height::new(11)), "block 11");
        } else {
            assert_corrupt(store.contains(&block.records[2].id), "records");
        }
        assert!(
            matches!(store.failure(), Some(StoreError::Corrupt { .. })),
            "whoever has the store open hears of it"
        );
        store.record(&block.records[1].id).unwrap().unwrap();
        store.block(Height::new(10)).unwrap().unwrap();
    }
}

#[test]
fn garbage_in_any_family_is_found() {
    for (family, key, named) in [
        ("blocks", 5u64.to_be_bytes().to_vec(), "block 5"),
        ("certificates", 5u64.to_be_bytes().to_vec(), "certificate of block 5"),
        ("leaves", 3u64.to_be_bytes().to_vec(), "leaf 3"),
        ("checkpoints", 9u64.to_be_bytes().to_vec(), "checkpoint of size 9"),
        ("pending", 0u64.to_be_bytes().to_vec(), "pending"),
        ("outcomes", vec![7; 32], "outcomes"),
        ("meta", b"tip".to_vec(), "tip"),
        ("meta", b"genesis".to_vec(), "genesis"),
        ("buckets", 5u16.to_be_bytes().to_vec(), "not a bucket"),
        ("undecided", envelope_key(99, 0), "undecided"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = damaged(folder.path(), |path, _| raw::put(path, family, &key, &[7; 40]));
        let read = store.and_then(|store| {
            store.header(Height::new(5))?;
            store.certificate(Height::new(5))?;
            store.leaves(0, 99)?;
            store.latest_checkpoint().map(|_| ())
        });
        assert_corrupt(read, named);
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, chain) = damaged(folder.path(), |path, chain| {
        let key = chain.state.keys().next().unwrap();
        raw::put(path, "state", key, b"garbage, also long enough");
    });
    assert_corrupt(store.unwrap().state_get(chain.state.keys().next().unwrap()), "state row key/");
}

#[test]
fn a_forger_who_seals_is_found_by_ids_links_and_roots() {
    // One record's body under another's place.
    let folder = tempfile::tempdir().unwrap();
    let (store, chain) = damaged(folder.path(), |path, _| {
        let db = raw::open(path);
        let body = raw::get(&db, "envelopes", &envelope_key(11, 0));
        drop(db);
        let value = raw::sealed("envelopes", &envelope_key(11, 1), &body[..body.len() - 8]);
        raw::put(path, "envelopes", &envelope_key(11, 1), &value);
    });
    let (store, id) = (store.unwrap(), chain.blocks[10].records[1].id);
    assert_corrupt(store.record(&id), "another record's");
    assert_corrupt(store.block(Height::new(11)), "not those its header commits to");

    // Another header in the middle, and at the tip.
    for (height, named) in [(5u64, "not the one its successor names"), (12, "not the one the tip names")] {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = damaged(folder.path(), |path, chain| {
            let block = &chain.blocks[height as usize - 1];
            let forged = Header { time: TimeMs::new(5), ..block.block.header.clone() };
            let mut row = forged.encode();
            block.records.iter().for_each(|record| row.extend_from_slice(record.id.bytes()));
            let key = height.to_be_bytes();
            raw::put(path, "blocks", &key, &raw::sealed("blocks", &key, &row));
        });
        assert_corrupt(store.and_then(|store| store.header(Height::new(height))), named);
    }

    // A history peak, and a bucket of the state.
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = damaged(folder.path(), |path, chain| {
        let size = chain.blocks.last().unwrap().block.header.history_size;
        let level = size.trailing_zeros();
        let key = [[level as u8].as_slice(), &((size >> level) - 1).to_be_bytes()].concat();
        raw::put(path, "history", &key, &raw::sealed("history", &key, &[7; 32]));
    });
    assert_corrupt(store, "history");
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = damaged(folder.path(), |path, _| {
        let db = raw::open(path);
        let first = db.iterator_cf(db.cf_handle("buckets").unwrap(), rocksdb::IteratorMode::Start).next();
        let (key, mut value) = first.unwrap().unwrap();
        drop(db);
        value[40] ^= 1;
        raw::put(path, "buckets", &key, &value);
    });
    assert_corrupt(store, "state has another root");
}

#[test]
fn missing_rows_are_found() {
    for (family, key, named) in [
        ("blocks", 12u64.to_be_bytes().to_vec(), "block 12"),
        ("certificates", 12u64.to_be_bytes().to_vec(), "certificates do not end at the tip"),
        ("history", [0; 9].to_vec(), "history node 0"),
        ("meta", b"tip".to_vec(), "tip"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = damaged(folder.path(), |path, _| raw::delete(path, family, &key));
        assert_corrupt(store, named);
    }
    let folder = tempfile::tempdir().unwrap();
    let (store, chain) =
        damaged(folder.path(), |path, _| raw::delete(path, "envelopes", &envelope_key(11, 4)));
    let store = store.unwrap();
    assert_corrupt(store.block(Height::new(11)), "block 11");
    assert_corrupt(store.record(&chain.blocks[10].records[4].id), "its body is missing");
}

#[test]
fn a_block_above_the_tip_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = damaged(folder.path(), |path, _| {
        let key = 13u64.to_be_bytes();
        raw::put(path, "blocks", &key, &raw::sealed("blocks", &key, b"left over"));
    });
    assert_corrupt(store, "blocks do not end at the tip");
}
