//! What is kept beside the chain keeps its order, survives, and stays bounded.

use biaozheng_ledger::block::Block;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, Height, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, NOTE_BYTES_MAX};
use biaozheng_store::{
    CHECKPOINTS_MAX, OUTCOME_BYTES_MAX, OUTCOMES_MAX, PENDING_RECORDS_MAX, Store, StoreError, UNDECIDED_MAX,
};

use crate::chain::{Chain, envelope, id_of};

fn reopen(chain: Chain, path: &std::path::Path) -> Store {
    let id = *chain.store.chain();
    drop(chain);
    Store::open(path, &id).unwrap()
}

#[test]
fn pending_records_keep_their_order_and_leave_when_committed_refused_or_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 41);
    let all: Vec<_> = (0..8).map(|_| envelope(&mut chain.random, 80)).collect();
    let rows: Vec<_> = (0..).zip(&all).map(|(n, one)| (id_of(one), TimeMs::new(n), one)).collect();
    chain.store.add_pending(&rows[..5]).unwrap();
    // Again, with one new: those that wait keep their place.
    chain.store.add_pending(&[rows[6], rows[0], rows[6]]).unwrap();
    chain.store.add_pending(&[]).unwrap();
    let ids = |store: &Store| -> Vec<RecordId> {
        store.pending(usize::MAX).unwrap().into_iter().map(|(_, one)| id_of(&one)).collect()
    };
    let expect = |which: &[usize]| -> Vec<RecordId> { which.iter().map(|n| rows[*n].0).collect() };
    assert_eq!(ids(&chain.store), expect(&[0, 1, 2, 3, 4, 6]));
    chain.store.remove_pending(&[rows[1].0, rows[7].0]).unwrap();
    let block = chain.candidate_of(vec![all[3].clone(), all[0].clone(), all[5].clone()]);
    chain.commit(block).unwrap();
    assert_eq!(ids(&chain.store), expect(&[2, 4, 6]));
    // Too late: a block has it.
    chain.store.add_pending(&[rows[3]]).unwrap();
    assert_eq!(chain.store.statistics().unwrap().pending, 3);
    let store = reopen(chain, &path);
    assert_eq!(ids(&store), expect(&[2, 4, 6]));
    assert_eq!(store.pending(1).unwrap(), [(TimeMs::new(2), all[2].clone())]);
    store.add_pending(&[rows[1]]).unwrap();
    assert_eq!(ids(&store), expect(&[2, 4, 6, 1]), "a new arrival comes last");
}

#[test]
fn pending_records_are_bounded_and_a_full_store_takes_none_of_the_slice() {
    let folder = tempfile::tempdir().unwrap();
    let mut chain = Chain::create(&folder.path().join("store"), 42);
    let mut left = PENDING_RECORDS_MAX - 1;
    while left > 0 {
        let all: Vec<_> = (0..left.min(5000)).map(|_| envelope(&mut chain.random, 12)).collect();
        let rows: Vec<_> = all.iter().map(|one| (id_of(one), TimeMs::new(1), one)).collect();
        chain.store.add_pending(&rows).unwrap();
        left -= rows.len();
    }
    let two = [envelope(&mut chain.random, 12), envelope(&mut chain.random, 12)];
    let rows: Vec<_> = two.iter().map(|one| (id_of(one), TimeMs::new(2), one)).collect();
    assert!(matches!(chain.store.add_pending(&rows), Err(StoreError::PendingFull { .. })));
    assert_eq!(chain.store.pending(usize::MAX).unwrap().len(), PENDING_RECORDS_MAX - 1);
    chain.store.add_pending(&rows[..1]).unwrap();
    chain.store.add_pending(&rows[..1]).unwrap();
    chain.store.remove_pending(&[rows[0].0]).unwrap();
    chain.store.add_pending(&rows[1..]).unwrap();
}

#[test]
fn proposed_blocks_are_found_by_round_and_by_hash_until_their_height_is_decided() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 43);
    let key = SecretKey::from_seed(&[9; 32]).public();
    let (one, two) = (chain.candidate(3, 50), chain.candidate(2, 50));
    let height = one.block.header.height;
    let body = one.block.encode();
    chain.store.put_undecided(height, 0, &one.hash, Some(&key), &body).unwrap();
    chain.store.put_undecided(height, 1, &one.hash, None, &body).unwrap();
    chain.store.put_undecided(height, 1, &two.hash, Some(&key), &two.block.encode()).unwrap();
    chain.store.put_undecided(height.next(), 0, &two.hash, None, b"later").unwrap();
    let store = reopen(chain, &path);
    let first = &store.undecided(height, 0).unwrap()[0];
    assert_eq!((first.id, first.proposer, Block::decode(&first.body)), (one.hash, Some(key), Ok(one.block)));
    let mut both: Vec<_> =
        store.undecided(height, 1).unwrap().into_iter().map(|u| (u.id, u.proposer)).collect();
    both.sort_unstable();
    let mut expected = [(one.hash, None), (two.hash, Some(key))];
    expected.sort_unstable();
    assert_eq!(both, expected);
    assert_eq!(store.undecided(height, 2), Ok(vec![]));
    assert_eq!(store.undecided_body(height, &one.hash), Ok(Some(body)));
    assert_eq!(store.undecided_body(height.next(), &one.hash), Ok(None));
    store.prune_undecided(height).unwrap();
    assert_eq!(store.undecided_body(height, &one.hash), Ok(None));
    assert_eq!(store.undecided(height.next(), 0).unwrap().len(), 1);
    assert_eq!(store.statistics().unwrap().undecided, 1);
}

#[test]
fn proposed_blocks_are_bounded_to_the_newest_rounds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let chain = Chain::create(&path, 44);
    let height = Height::new(1);
    let id = |round: u32| BlockHash::new(Digest::of(&round.to_be_bytes()));
    let last = UNDECIDED_MAX as u32 + 20;
    for round in 0..last {
        chain.store.put_undecided(height, round, &id(round), None, b"body").unwrap();
    }
    assert_eq!(chain.store.statistics().unwrap().undecided, UNDECIDED_MAX);
    assert_eq!(chain.store.undecided_body(height, &id(19)), Ok(None));
    let store = reopen(chain, &path);
    assert_eq!(store.statistics().unwrap().undecided, UNDECIDED_MAX);
    assert_eq!(store.undecided(height, 20).unwrap().len(), 1);
    assert_eq!(store.undecided(height, last - 1).unwrap().len(), 1);
    // One of an old round is not dropped for being old while it is put.
    store.put_undecided(height, 0, &id(0), None, b"body").unwrap();
    assert_eq!(store.undecided_body(height, &id(0)), Ok(Some(b"body".to_vec())));
    let huge = vec![0; BLOCK_BYTES_MAX + 1];
    assert!(matches!(store.put_undecided(height, 0, &id(0), None, &huge), Err(StoreError::TooLarge { .. })));
}

#[test]
fn proposed_blocks_of_decided_heights_are_gone_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut chain = Chain::create(&path, 45);
    let candidate = chain.candidate(1, 50);
    chain.store.put_undecided(Height::new(1), 0, &candidate.hash, None, b"body").unwrap();
    chain.store.put_undecided(Height::new(2), 0, &candidate.hash, None, b"body").unwrap();
    chain.commit(candidate).unwrap();
    let store = reopen(chain, &path);
    assert_eq!(store.undecided(Height::new(1), 0), Ok(vec![]));
    assert_eq!(store.undecided(Height::new(2), 0).unwrap().len(), 1);
}

#[test]
fn outcomes_are_bounded_to_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let chain = Chain::create(&path, 46);
    let id = |n: usize| RecordId::new(Digest::of(&n.to_be_bytes()));
    for n in 0..OUTCOMES_MAX {
        chain.store.put_outcome(&id(n), &format!("{{\"n\":{n}}}")).unwrap();
    }
    // Said again, an outcome is new again, and nothing has to go for it.
    chain.store.put_outcome(&id(0), "{\"again\":true}").unwrap();
    assert_eq!(chain.store.statistics().unwrap().outcomes, OUTCOMES_MAX);
    for n in 0..3 {
        chain.store.put_outcome(&id(OUTCOMES_MAX + n), "{}").unwrap();
    }
    let store = reopen(chain, &path);
    assert_eq!(store.statistics().unwrap().outcomes, OUTCOMES_MAX);
    assert_eq!(store.outcome(&id(0)).unwrap().as_deref(), Some("{\"again\":true}"));
    for n in 1..4 {
        assert_eq!(store.outcome(&id(n)), Ok(None), "the oldest made room");
    }
    assert_eq!(store.outcome(&id(4)).unwrap().as_deref(), Some("{\"n\":4}"));
    store.put_outcome(&id(4), "{}").unwrap();
    store.put_outcome(&id(OUTCOMES_MAX + 9), "{}").unwrap();
    assert_eq!(store.outcome(&id(5)), Ok(None), "the order of age survives reopening");
    let large = "x".repeat(OUTCOME_BYTES_MAX);
    for n in 0..300 {
        store.put_outcome(&id(n), &large).unwrap();
    }
    assert_eq!(store.statistics().unwrap().outcomes, 256, "bounded in bytes too");
    let error = store.put_outcome(&id(4), &"x".repeat(OUTCOME_BYTES_MAX + 1)).unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { .. }));
}

#[test]
fn checkpoints_are_found_by_size_and_bounded_to_the_largest() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let chain = Chain::create(&path, 47);
    assert_eq!(chain.store.latest_checkpoint(), Ok(None));
    assert_eq!(chain.store.checkpoint_at_or_after(0), Ok(None));
    for size in 1..=CHECKPOINTS_MAX as u64 + 5 {
        chain.store.put_checkpoint(size * 2, &format!("note {size}")).unwrap();
    }
    let last = (CHECKPOINTS_MAX as u64 + 5) * 2;
    chain.store.put_checkpoint(last, "more cosignatures").unwrap();
    let store = reopen(chain, &path);
    assert_eq!(store.statistics().unwrap().checkpoints, CHECKPOINTS_MAX);
    assert_eq!(store.latest_checkpoint(), Ok(Some((last, "more cosignatures".into()))));
    assert_eq!(store.checkpoint_at_or_after(last), Ok(Some((last, "more cosignatures".into()))));
    assert_eq!(store.checkpoint_at_or_after(last + 1), Ok(None));
    assert_eq!(store.checkpoint_at_or_after(1), Ok(Some((12, "note 6".into()))), "a newer one serves");
    assert_eq!(store.checkpoint_at_or_after(13), Ok(Some((14, "note 7".into()))));
    let long = "x".repeat(NOTE_BYTES_MAX + 1);
    assert!(matches!(store.put_checkpoint(1, &long), Err(StoreError::TooLarge { .. })));
}

#[test]
fn a_kept_checkpoint_is_the_first_one_and_outlives_all_the_others() {
    let id = |number: u8| RecordId::new(Digest::of(&[number]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let chain = Chain::create(&path, 48);
    assert_eq!(chain.store.kept_checkpoint(&id(1)), Ok(None));
    assert_eq!(chain.store.keep_checkpoint(&id(1), 7, "first"), Ok((7, "first".into())));
    assert_eq!(chain.store.keep_checkpoint(&id(1), 9, "second"), Ok((7, "first".into())));
    for size in 8..=CHECKPOINTS_MAX as u64 + 20 {
        chain.store.put_checkpoint(size, "newer").unwrap();
    }
    let store = reopen(chain, &path);
    assert_eq!(store.kept_checkpoint(&id(1)), Ok(Some((7, "first".into()))));
    assert_eq!(store.kept_checkpoint(&id(2)), Ok(None));
    let long = "x".repeat(NOTE_BYTES_MAX + 1);
    assert!(matches!(store.keep_checkpoint(&id(2), 1, &long), Err(StoreError::TooLarge { .. })));
}
