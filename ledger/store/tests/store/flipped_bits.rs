//! Bits flipped in the files themselves: opening or reading fails, or gives what was written; never anything else.

use std::path::Path;

use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_store::{Store, StoreError};

use crate::chain::{Chain, Random, envelope, id_of};
use crate::raw;

/// Everything a store gives, in words.
fn read_all(store: &Store, up_to: Height) -> Result<Vec<String>, StoreError> {
    let mut all = vec![];
    let mut height = Height::GENESIS.next();
    while height <= up_to {
        let block = store.block(height)?;
        for envelope in block.iter().flat_map(|block| &block.envelopes) {
            all.push(format!("{:?}", store.record(&id_of(envelope))?));
        }
        all.push(format!("{block:?} {:?} {:?}", store.header(height)?, store.certificate(height)?));
        height = height.next();
    }
    all.push(format!("{:?}", store.leaves(0, usize::MAX)?));
    all.push(format!("{:?}", store.state_scan(b"", None, usize::MAX)?));
    for project in (0..5).map(|n| format!("P-{n}").parse().unwrap()) {
        all.push(format!("{:?}", store.project_records(&project, None, usize::MAX)?));
    }
    all.push(format!("{:?}", store.load_state_tree()?));
    all.push(format!("{:?} {:?}", store.pending(99)?, store.latest_checkpoint()?));
    Ok(all)
}

fn kind(file: &Path) -> String {
    let name = file.file_name().unwrap().to_string_lossy();
    match name.split_once('.') {
        Some((_, kind)) => kind.into(),
        None => name.split('-').next().unwrap().into(),
    }
}

#[test]
fn a_flipped_bit_in_any_file_is_an_error_or_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 31);
    chain.grow(12);
    let waiting = envelope(&mut chain.random, 100);
    chain.store.add_pending(&[(id_of(&waiting), TimeMs::new(1), &waiting)]).unwrap();
    chain.store.put_checkpoint(9, "note").unwrap();
    // A backup is all tables; the rest lies in the log.
    let whole = folder.path().join("whole");
    chain.store.checkpoint_to(&whole).unwrap();
    let id = *chain.store.chain();
    let expected = read_all(&Store::open(&whole, &id).unwrap(), Height::new(12)).unwrap();
    let tables = folder.path().join("tables");
    chain.store.checkpoint_to(&tables).unwrap();
    let mut random = Random(4);
    let mut found = std::collections::BTreeMap::<String, (u32, u32)>::new();
    let files: Vec<_> = std::fs::read_dir(&tables).unwrap().map(|entry| entry.unwrap().path()).collect();
    for file in files {
        let length = std::fs::metadata(&file).unwrap().len();
        for _ in 0..if length == 0 { 0 } else { 12 } {
            let copy = folder.path().join("copy");
            raw::copy(&tables, &copy);
            let target = copy.join(file.file_name().unwrap());
            let mut bytes = std::fs::read(&target).unwrap();
            let at = random.below(length) as usize;
            bytes[at] ^= 1 << random.below(8);
            std::fs::write(&target, bytes).unwrap();
            let counts = found.entry(kind(&file)).or_default();
            match Store::open(&copy, &id).and_then(|store| read_all(&store, Height::new(12))) {
                Err(_) => counts.0 += 1,
                Ok(all) => {
                    assert!(
                        all == expected,
                        "{}: byte {at} flipped, and other data is given",
                        file.display()
                    );
                    counts.1 += 1;
                }
            }
            std::fs::remove_dir_all(&copy).unwrap();
        }
    }
    let (errors, harmless) = found["sst"];
    assert!(errors > harmless, "flips in tables are mostly noticed: {found:?}");
}

#[test]
fn a_flipped_bit_in_the_log_loses_nothing_silently_but_a_last_entry() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 32);
    chain.grow(12);
    let id = *chain.store.chain();
    let mut random = Random(5);
    let (mut errors, mut shorter) = (0, 0);
    for _ in 0..150 {
        let copy = folder.path().join("copy");
        raw::copy(&path, &copy);
        let files = std::fs::read_dir(&copy).unwrap().map(|entry| entry.unwrap().path());
        let log = files.filter(|file| kind(file) == "log").max().unwrap();
        let mut bytes = std::fs::read(&log).unwrap();
        let at = random.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << random.below(8);
        std::fs::write(&log, bytes).unwrap();
        match Store::open(&copy, &id) {
            Err(StoreError::Corrupt { .. }) => errors += 1,
            Err(error) => panic!("byte {at}: {error}"),
            Ok(store) => {
                let tip = store.tip().height;
                assert!(tip >= Height::new(11), "byte {at}: only {tip} of 12 blocks, and no error");
                for height in 1..=tip.get() {
                    let block = store.block(Height::new(height)).unwrap().unwrap();
                    assert_eq!(block, chain.blocks[height as usize - 1].block);
                }
                shorter += 1;
            }
        }
        std::fs::remove_dir_all(&copy).unwrap();
    }
    assert!(errors > 140, "{errors} found, {shorter} a shorter log");
}
