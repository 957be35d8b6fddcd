//! A machine that stops at any moment: the folder is copied as it is, its log cut anywhere, and opened.

use std::path::{Path, PathBuf};

use biaozheng_ledger::ids::{Height, TimeMs};
use biaozheng_store::{Store, StoreError};

use crate::chain::{Chain, envelope, id_of};
use crate::commits::check_all;
use crate::raw;

fn newest_log(path: &Path) -> PathBuf {
    let files = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|kind| kind == "log")).max().unwrap()
}

#[test]
fn every_acknowledged_block_is_there_after_a_stop_without_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 11);
    for round in 0..8 {
        chain.grow(3);
        let waiting = envelope(&mut chain.random, 100);
        chain.store.add_pending(&[(id_of(&waiting), TimeMs::new(round), &waiting)]).unwrap();
        let stopped = folder.path().join(format!("stopped-{round}"));
        raw::copy(&path, &stopped);
        let store = Store::open(&stopped, chain.store.chain()).unwrap();
        check_all(&store, &chain);
        assert_eq!(store.pending(99).unwrap().len() as u64, round + 1);
    }
}

#[test]
fn a_log_cut_anywhere_reopens_to_a_whole_block_which_is_the_same_block() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 12);
    chain.grow(25);
    let log = newest_log(&path);
    let length = std::fs::metadata(&log).unwrap().len();
    let mut heights = std::collections::BTreeSet::new();
    for cut in 0..60 {
        let stopped = folder.path().join("stopped");
        raw::copy(&path, &stopped);
        let file = std::fs::File::options().write(true).open(newest_log(&stopped)).unwrap();
        file.set_len(length - length * cut / 60 - chain.random.below(40)).unwrap();
        match Store::open(&stopped, chain.store.chain()) {
            Ok(store) => {
                let tip = store.tip();
                if tip.height > Height::GENESIS {
                    let block = &chain.blocks[tip.height.get() as usize - 1];
                    assert_eq!(store.block(tip.height).unwrap().as_ref(), Some(&block.block));
                    assert_eq!(store.load_state_tree().unwrap().root(), block.block.header.state_root);
                }
                assert_eq!(store.header(tip.height.next()), Ok(None));
                heights.insert(tip.height);
            }
            // Cut before the creation was complete.
            Err(StoreError::NotAStore { .. }) => assert!(cut > 50),
            Err(error) => panic!("cut {cut}: {error}"),
        }
        std::fs::remove_dir_all(&stopped).unwrap();
    }
    assert!(heights.len() > 15, "many different blocks were the last: {heights:?}");
}
