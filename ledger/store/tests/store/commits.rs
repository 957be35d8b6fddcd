//! What is committed can be read, before and after reopening, from several threads, and from a backup.

use biaozheng_ledger::ids::{BlockHash, ChainId, Height, ProjectId, TimeMs};
use biaozheng_ledger::merkle::{inclusion_path, leaf_hash, verify_inclusion};
use biaozheng_ledger::state_tree::verify_state;
use biaozheng_store::{Store, StoreError};

use crate::chain::{Candidate, Chain, Random, envelope, id_of};

/// Holds everything a store gives against the model.
pub(crate) fn check_all(store: &Store, chain: &Chain) {
    let tip = store.tip();
    let last = &chain.blocks.last().unwrap().block.header;
    assert_eq!((tip.height, tip.hash, tip.time), (last.height, last.hash(), last.time));
    assert_eq!((tip.history_size, tip.history_root), (last.history_size, last.history_root));
    assert_eq!((tip.state_root, tip.header.as_ref()), (last.state_root, Some(last)));
    assert_eq!((store.frontier().size(), store.frontier().root()), (tip.history_size, tip.history_root));
    for one in &chain.blocks {
        let height = one.block.header.height;
        assert_eq!(store.header(height).unwrap().as_ref(), Some(&one.block.header));
        assert_eq!(store.block(height).unwrap().as_ref(), Some(&one.block));
        assert_eq!(store.certificate(height).unwrap().as_ref(), Some(&one.certificate));
        let ids: Vec<_> = one.records.iter().map(|record| record.id).collect();
        assert_eq!(store.block_record_ids(height).unwrap(), Some(ids));
    }
    let above = tip.height.next();
    assert_eq!(
        (store.header(above), store.block(above), store.certificate(above)),
        (Ok(None), Ok(None), Ok(None))
    );
    let mut leaves = vec![];
    for (one, record, envelope) in chain.all_records() {
        let stored = store.record(&record.id).unwrap().unwrap();
        assert_eq!((stored.id, &stored.envelope), (record.id, envelope));
        assert_eq!((stored.height, stored.time), (one.block.header.height, one.block.header.time));
        assert_eq!(one.records[stored.position as usize].id, record.id);
        assert_eq!(stored.leaf_index, record.leaf_index);
        assert!(store.contains(&record.id).unwrap());
        assert_eq!(store.record_at_leaf(record.leaf_index), Ok(Some(record.id)));
        leaves.push((record.leaf_index, record.id));
        let path = inclusion_path(stored.leaf_index, tip.history_size, store).unwrap().unwrap();
        let entry = biaozheng_ledger::entry::LogEntry {
            record: stored.id,
            height: stored.height,
            time: stored.time,
            position: stored.position,
        };
        let leaf = leaf_hash(&entry.encode());
        verify_inclusion(&leaf, stored.leaf_index, tip.history_size, &path, &tip.history_root).unwrap();
    }
    assert_eq!(store.leaves(0, usize::MAX).unwrap(), leaves);
    for (project, ids) in &chain.projects {
        let expected: Vec<_> = (0u64..).zip(ids.iter().copied()).collect();
        assert_eq!(store.project_records(project, None, usize::MAX).unwrap(), expected);
        assert_eq!(
            store.project_records(project, Some(1), 2).unwrap(),
            expected[2..][..2.min(expected.len() - 2)]
        );
    }
    let state: Vec<_> = chain.state.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    assert_eq!(store.state_scan(b"key/", None, usize::MAX).unwrap(), state);
    let tree = store.load_state_tree().unwrap();
    assert_eq!(tree.root(), tip.state_root);
    for (key, value) in state.iter().take(20) {
        assert_eq!(store.state_get(key).unwrap().as_ref(), Some(value));
        let proof = tree.prove(key, store).unwrap();
        verify_state(&tip.state_root, key, Some(value), &proof).unwrap();
    }
}

#[test]
fn everything_committed_is_read_back_before_and_after_reopening_and_from_a_backup() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 7);
    chain.grow(60);
    check_all(&chain.store, &chain);
    let backup = folder.path().join("backup");
    chain.store.checkpoint_to(&backup).unwrap();
    assert!(matches!(chain.store.checkpoint_to(&backup), Err(StoreError::NotEmpty { .. })));
    let statistics = chain.store.statistics().unwrap();
    assert_eq!(statistics.records, chain.all_records().count() as u64);
    assert_eq!((statistics.height, statistics.pending), (Height::new(60), 0));
    assert!(statistics.disk_bytes > 10_000 && statistics.families.len() == 14);
    let id = *chain.store.chain();
    check_all(&Store::open(&backup, &id).unwrap(), &chain);
    // Reopened, it goes on.
    chain.store = Store::open(&backup, &id).unwrap();
    chain.tree = chain.store.load_state_tree().unwrap();
    chain.grow(5);
    check_all(&chain.store, &chain);
}

#[test]
fn pages_of_state_begin_above_the_last_key_and_end_with_the_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = Chain::create(&folder.path().join("store"), 1);
    let mut candidate = chain.candidate(1, 10);
    candidate.state_changes = [b"a/1".as_slice(), b"a/1\0", b"a/2", b"a/3", b"b"]
        .map(|key| (key.to_vec(), Some(key.to_vec())))
        .into();
    candidate.tree = chain.tree.preview(&candidate.state_changes, &chain.store).unwrap();
    candidate.block.header.state_root = candidate.tree.root();
    candidate.rehash();
    chain.commit(candidate).unwrap();
    let keys = |prefix: &[u8], after: Option<&[u8]>, limit| -> Vec<Vec<u8>> {
        chain.store.state_scan(prefix, after, limit).unwrap().into_iter().map(|(key, _)| key).collect()
    };
    assert_eq!(keys(b"a/", None, 2), [b"a/1".to_vec(), b"a/1\0".to_vec()]);
    assert_eq!(keys(b"a/", Some(b"a/1"), 9), [b"a/1\0".to_vec(), b"a/2".to_vec(), b"a/3".to_vec()]);
    assert_eq!(keys(b"a/", Some(b"a/3"), 9), Vec::<Vec<u8>>::new());
    assert_eq!(keys(b"a/", Some(b"0"), 1), [b"a/1".to_vec()]);
    assert_eq!(keys(b"", None, 9).len(), 5);
    let other = ProjectId::new("P-unknown").unwrap();
    assert_eq!(chain.store.project_records(&other, None, 9), Ok(vec![]));
    assert_eq!(chain.store.project_records(&other, Some(u64::MAX), 9), Ok(vec![]));
}

type Spoil = Box<dyn Fn(&mut Candidate)>;

#[test]
fn a_commit_that_does_not_fit_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 3);
    chain.grow(3);
    let good = chain.candidate(4, 100);
    let repeated = chain.blocks.iter().find_map(|one| one.block.envelopes.first().cloned()).unwrap();
    let twice = chain.candidate_of(vec![repeated]);
    let spoilt: Vec<(&str, Spoil)> = vec![
        ("chain", Box::new(|one| one.block.header.chain = ChainId::new(*one.hash.digest()))),
        ("height", Box::new(|one| one.block.header.height = one.block.header.height.next())),
        ("previous", Box::new(|one| one.block.header.previous = one.hash)),
        ("record count", Box::new(|one| one.block.header.record_count += 1)),
        ("history size", Box::new(|one| one.block.header.history_size += 1)),
        ("history root", Box::new(|one| one.block.header.history_root[0] ^= 1)),
        ("time in the entries", Box::new(|one| one.block.header.time = TimeMs::new(1))),
        ("leaf", Box::new(|one| one.records[1].leaf_index += 1)),
        ("order", Box::new(|one| one.records.swap(0, 1))),
        ("node", Box::new(|one| one.new_nodes[0].1[0] ^= 1)),
        ("node missing", Box::new(|one| one.new_nodes.truncate(1))),
        ("node too many", Box::new(|one| one.new_nodes.push(one.new_nodes[0]))),
        ("envelope missing", Box::new(|one| one.block.envelopes.truncate(1))),
    ];
    let before = chain.store.tip();
    for (what, spoil) in spoilt {
        let mut bad = good.clone();
        spoil(&mut bad);
        bad.rehash();
        let error = chain.store.commit(bad.batch()).unwrap_err();
        assert!(matches!(error, StoreError::Misfit { .. }), "{what}: {error}");
    }
    let mut wrong_hash = good.clone();
    wrong_hash.hash = BlockHash::new(*chain.store.chain().digest());
    assert!(matches!(chain.store.commit(wrong_hash.batch()), Err(StoreError::Misfit { .. })));
    let error = chain.store.commit(twice.batch()).unwrap_err();
    assert!(matches!(&error, StoreError::Misfit { what } if what.contains("already")), "{error}");
    assert_eq!(chain.store.tip(), before);
    chain.commit(good).unwrap();
    check_all(&chain.store, &chain);
}

#[test]
fn the_store_is_shared_between_threads_while_blocks_are_committed() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Store>();
    let folder = tempfile::tempdir().unwrap();
    let mut chain = Chain::create(&folder.path().join("store"), 5);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let store = chain.store.clone();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0u32;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) || reads == 0 {
                let tip = store.tip();
                assert!(store.frontier().size() >= tip.history_size);
                if let Some(header) = store.header(tip.height).unwrap() {
                    assert_eq!(header.hash(), tip.hash);
                    store.block(tip.height).unwrap().unwrap();
                }
                reads += 1;
            }
        });
        let writer = scope.spawn(|| {
            let mut random = Random(99);
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let waiting = envelope(&mut random, 50);
                store.add_pending(&[(id_of(&waiting), TimeMs::new(1), &waiting)]).unwrap();
            }
        });
        chain.grow(40);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        reader.join().unwrap();
        writer.join().unwrap();
    });
    check_all(&chain.store, &chain);
}
