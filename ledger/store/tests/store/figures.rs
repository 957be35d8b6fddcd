//! How fast it is, on this machine: `cargo test --release -p biaozheng-store figures -- --ignored --nocapture`.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use biaozheng_ledger::ids::TimeMs;
use biaozheng_store::Store;

use crate::chain::{Chain, envelope, id_of};

#[test]
#[ignore = "measures, checks nothing"]
fn figures() {
    // Beside the build: a real disk, where the folder for temporary files may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 51);
    for records in [1, 64, 500] {
        let mut spent = Duration::ZERO;
        let blocks = 100;
        for _ in 0..blocks {
            let candidate = chain.candidate(records, 1024);
            let start = Instant::now();
            chain.store.commit(candidate.batch()).unwrap();
            spent += start.elapsed();
            chain.tree.apply(candidate.tree);
        }
        let seconds = spent.as_secs_f64();
        let (per_s, records_per_s) = (blocks as f64 / seconds, (blocks * records) as f64 / seconds);
        println!("commit of {records:>3} x 1 KiB, synced: {per_s:.0}/s, {records_per_s:.0} records/s");
    }
    for batch in [1, 64, 500] {
        let all: Vec<_> = (0..batch * 20).map(|_| envelope(&mut chain.random, 1024)).collect();
        let rows: Vec<_> = all.iter().map(|one| (id_of(one), TimeMs::new(1), one)).collect();
        let start = Instant::now();
        rows.chunks(batch).for_each(|rows| chain.store.add_pending(rows).unwrap());
        let per_s = rows.len() as f64 / start.elapsed().as_secs_f64();
        println!("add_pending of {batch:>3} x 1 KiB, synced: {per_s:.0} records/s");
    }
    let ids: Vec<_> = chain.store.leaves(1, 20_000).unwrap().into_iter().map(|(_, id)| id).collect();
    let start = Instant::now();
    ids.iter().for_each(|id| drop(chain.store.record(id).unwrap().unwrap()));
    println!("record: {:.1} us", start.elapsed().as_secs_f64() * 1e6 / ids.len() as f64);
    let start = Instant::now();
    ids.iter().for_each(|id| _ = chain.store.contains(id).unwrap());
    println!("contains: {:.1} us", start.elapsed().as_secs_f64() * 1e6 / ids.len() as f64);
    let tip = chain.store.tip().height;
    let start = Instant::now();
    chain.store.block(tip).unwrap().unwrap();
    println!("block of 500 x 1 KiB: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
    let mut keys = 0u64;
    for target in [10_000u64, 300_000] {
        while keys < target {
            let changes: BTreeMap<_, _> = (keys..keys + 10_000)
                .map(|n| (format!("filler/{n}").into_bytes(), Some(vec![1; 100])))
                .collect();
            keys += 10_000;
            let mut candidate = chain.candidate(0, 0);
            candidate.tree = chain.tree.preview(&changes, &chain.store).unwrap();
            candidate.block.header.state_root = candidate.tree.root();
            candidate.state_changes = changes;
            candidate.rehash();
            chain.commit(candidate).unwrap();
        }
        let changes: BTreeMap<_, _> =
            (0..500u64).map(|n| (format!("filler/{}", n * 17).into_bytes(), Some(vec![2; 100]))).collect();
        let start = Instant::now();
        for _ in 0..20 {
            chain.tree.preview(&changes, &chain.store).unwrap();
        }
        let us = start.elapsed().as_secs_f64() * 1e6 / (20.0 * 500.0);
        println!("state preview of 500 keys over {target} keys: {us:.1} us a key");
        let start = Instant::now();
        let reads = (0..10_000u64).filter(|n| {
            chain.store.state_get(format!("filler/{}", n * 7 % keys).as_bytes()).unwrap().is_some()
        });
        assert_eq!(reads.count(), 10_000);
        println!("state_get: {:.1} us", start.elapsed().as_secs_f64() * 1e6 / 10_000.0);
    }
    let id = *chain.store.chain();
    let records = chain.store.tip().history_size - 1;
    drop(chain);
    let start = Instant::now();
    drop(Store::open(&path, &id).unwrap());
    println!("open with {keys} keys, {records} records: {:.0} ms", start.elapsed().as_secs_f64() * 1e3);
    let start = Instant::now();
    let store = Store::open(&path, &id).unwrap();
    println!("open again: {:.0} ms; {:?}", start.elapsed().as_secs_f64() * 1e3, store.statistics().unwrap());
}
