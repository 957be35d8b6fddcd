//! What peers can send, all of it, into the loop: nothing ends it, and only what may be proposed reaches the application.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_ledger::commit::{VoteKind, vote_digest};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::key::Signature;
use biaozheng_ledger::limits::{BLOCK_BYTES_MAX, VALIDATORS_MAX};
use malachite_app::streaming::{StreamContent, StreamId};
use malachite_peer::PeerId;
use tokio::sync::oneshot;

use super::super::context::Init;
use super::super::lock::Lock;
use super::super::timeouts::RoundTimeouts;
use super::*;
use crate::chain::consensus::{Proposal as Built, ValidatorInfo};

const TIP: u64 = 4;

/// Remembers what it was asked to judge.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<(u32, &'static str)>>>);

impl Asked {
    fn take(&self) -> Vec<(u32, &'static str)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[async_trait]
impl Application for Asked {
    fn committed(&self) -> LedgerHeight {
        LedgerHeight::new(TIP)
    }

    fn min_height(&self) -> LedgerHeight {
        LedgerHeight::new(1)
    }

    fn validators(&self, _: LedgerHeight) -> Vec<ValidatorInfo> {
        keys().iter().map(|key| ValidatorInfo { name: String::new(), key: key.public(), power: 1 }).collect()
    }

    fn block_id(&self, body: &Bytes) -> BlockHash {
        BlockHash::new(Digest::of(body))
    }

    async fn propose(&mut self, _: LedgerHeight, _: u32) -> Result<Built, Fatal> {
        Err(Fatal::new("nobody asks".into()))
    }

    async fn assess(
        &mut self,
        height: LedgerHeight,
        round: u32,
        source: Source<'_>,
        Built { id, body }: Built,
    ) -> Result<Assessment, Fatal> {
        assert_eq!(height.get(), TIP + 1);
        let how = match source {
            Source::Fresh(_) => "fresh",
            Source::Locked(_) => "locked",
            Source::Decided => "decided",
        };
        self.0.lock().unwrap().push((round, how));
        Ok(Assessment { id, valid: body.starts_with(b"good") })
    }

    async fn undecided(&mut self, _: LedgerHeight, _: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        Ok(Vec::new())
    }

    async fn body_of(&mut self, _: LedgerHeight, _: BlockHash) -> Result<Option<Bytes>, Fatal> {
        Ok(None)
    }

    async fn commit(&mut self, _: Decided) -> Result<(), Fatal> {
        Ok(())
    }

    async fn decided(&mut self, height: LedgerHeight) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        let commit = WireCommit {
            height: height.into(),
            round: Round::new(0),
            value: Value(BlockHash::new(Digest::of(b"block"))),
            signatures: Vec::new(),
        };
        Ok(Some((Bytes::from(borsh::to_vec(&commit).unwrap()), Bytes::from_static(b"body"))))
    }

    async fn misbehaviour(&mut self, _: Vec<Misbehaviour>, _: usize) {}

    async fn round_started(&mut self, _: LedgerHeight, _: u32, _: &PublicKey) {}
}

fn somebody() -> PeerId {
    PeerId::from_bytes(&libp2p::PeerId::random().to_bytes()).unwrap()
}

fn keys() -> Vec<SecretKey> {
    (1..=4).map(|n| SecretKey::from_seed(&[n; 32])).collect()
}

fn stranger() -> SecretKey {
    SecretKey::from_seed(&[77; 32])
}

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"chain"))
}

fn driver() -> (Driver<Asked>, Asked) {
    let asked = Asked::default();
    let second = Duration::from_secs(1);
    let timeouts = RoundTimeouts { propose: second, prevote: second, precommit: second, rebroadcast: second };
    let (network, _) = mpsc::channel(1);
    let driver = Driver {
        app: asked.clone(),
        chain: chain(),
        own: None,
        keys: Keyring::default(),
        round: 0,
        judged: BTreeMap::new(),
        told: BTreeSet::new(),
        wrong: BTreeMap::new(),
        timeouts: timeouts.linear(),
        demand: Arc::new(|_| Box::pin(async {})),
        network,
        parts: Assembler::default(),
        streams: 0,
        prevotes: Prevotes::default(),
    };
    (driver, asked)
}

/// Whose turn a round of the next height is.
fn proposer_of(round: u32) -> SecretKey {
    keys()[turn(Height(TIP + 1), Round::new(round), 4)].clone()
}

fn lock_of(body: &[u8], round: u32, voters: &[SecretKey]) -> Lock {
    let block = BlockHash::new(Digest::of(body));
    let place = (LedgerHeight::new(TIP + 1), Some(round));
    let prevote = |key: &SecretKey| {
        let digest = vote_digest(&chain(), VoteKind::Prevote, place, Some(&block), &key.public());
        (key.public(), key.sign(digest.bytes()))
    };
    Lock { round, prevotes: voters.iter().map(prevote).collect() }
}

/// One part that holds a whole body, announced and signed as said.
fn whole(init: &Init, key: &SecretKey, body: &[u8]) -> Part {
    let mut init = init.clone();
    init.signature = key.sign(init.digest(&chain()).bytes());
    Part::First(init, body.to_vec())
}

fn init(key: &SecretKey, round: u32, body: &[u8]) -> Init {
    Init {
        height: Height(TIP + 1),
        round,
        valid_round: None,
        sender: Address(key.public()),
        bytes: u32::try_from(body.len()).unwrap(),
        parts: 1,
        body: Digest::of(body),
        lock: None,
        signature: Signature::ed25519([0; 64]),
    }
}

async fn send(driver: &mut Driver<Asked>, sequence: u64, content: StreamContent<Part>) -> Option<bool> {
    static STREAM: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let stream = STREAM.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let id = StreamId::new(Bytes::from(stream.to_be_bytes().to_vec()));
    let (reply, answer) = oneshot::channel();
    let part = StreamMessage::new(id, sequence, content);
    let message = AppMsg::ReceivedProposalPart { from: somebody(), published_by: None, part, reply };
    driver.handle(message).await.expect("a peer's part ends nothing");
    answer.await.expect("it is answered").map(|value| value.validity.is_valid())
}

async fn part(driver: &mut Driver<Asked>, part: Part) -> Option<bool> {
    send(driver, 0, StreamContent::Data(part)).await
}

#[tokio::test]
async fn only_whose_turn_it_is_is_heard_and_nothing_ends_the_loop() {
    let (mut driver, asked) = driver();
    let body = b"good body".as_slice();
    let signatures = [[0; 64], [255; 64]].map(Signature::ed25519);
    for round in [0, 1, 3, 4, 5, 1000, u32::MAX] {
        for height in [0, 1, TIP, TIP + 1, TIP + 2, u64::MAX] {
            for key in keys().iter().chain([&stranger()]) {
                for valid_round in [None, Some(0), Some(u32::MAX)] {
                    let right = Init { height: Height(height), valid_round, ..init(key, round, body) };
                    let may = height == TIP + 1 && *key.seed() == *proposer_of(round).seed() && round <= 4;
                    for signature in signatures {
                        let unsigned = Init { signature, ..right.clone() };
                        assert_eq!(part(&mut driver, Part::First(unsigned, body.to_vec())).await, None);
                    }
                    assert_eq!(part(&mut driver, whole(&right, &stranger(), body)).await, None);
                    driver.judged.clear();
                    driver.told.clear();
                    let heard = part(&mut driver, whole(&right, key, body)).await;
                    assert_eq!(heard, may.then_some(true), "{height} {round} {valid_round:?}");
                }
            }
        }
    }
    assert_eq!(asked.take().len(), 4 * 3, "rounds 0, 1, 3 and 4 of their own proposer");
    assert_eq!(
        part(&mut driver, whole(&init(&proposer_of(0), 0, b"bad"), &proposer_of(0), b"bad")).await,
        Some(false)
    );
    // Keys that are none.
    for bytes in [[0; 32], [255; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let nobody = Init { sender: Address(PublicKey::ed25519(bytes)), ..init(&stranger(), 0, body) };
        assert_eq!(part(&mut driver, Part::First(nobody, body.to_vec())).await, None);
    }
}

#[tokio::test]
async fn parts_out_of_order_and_out_of_bounds_end_nothing() {
    let (mut driver, asked) = driver();
    let body = b"good body".as_slice();
    let right = init(&proposer_of(0), 0, body);
    for sequence in [0, 1, 2, 17, u64::MAX] {
        assert_eq!(send(&mut driver, sequence, StreamContent::Fin).await, None);
        let chunk = || StreamContent::Data(Part::Chunk(vec![0; 9]));
        assert_eq!(send(&mut driver, sequence, chunk()).await, None);
    }
    assert_eq!(send(&mut driver, 1, StreamContent::Data(whole(&right, &proposer_of(0), body))).await, None);
    for bytes in [0, 8, 10, u32::MAX] {
        for parts in [0, 1, 2, u32::MAX] {
            let other = Init { bytes, parts, ..right.clone() };
            assert_eq!(
                part(&mut driver, whole(&other, &proposer_of(0), body)).await,
                None,
                "{bytes} {parts}"
            );
        }
    }
    let large = vec![0; BLOCK_BYTES_MAX + 1];
    assert_eq!(
        part(&mut driver, whole(&init(&proposer_of(0), 0, &large), &proposer_of(0), &large)).await,
        None
    );
    assert!(asked.take().is_empty());
    // One proposer's flood of bodies of one round is executed three times at most.
    for n in 0..20u8 {
        let body = [b"good".as_slice(), &[n]].concat();
        part(&mut driver, whole(&init(&proposer_of(0), 0, &body), &proposer_of(0), &body)).await;
    }
    assert_eq!(asked.take().len(), BODIES_PER_ROUND_MAX);
}

#[tokio::test]
async fn a_proof_of_lock_frees_a_body_of_its_time_and_nothing_else_does() {
    let (mut driver, asked) = driver();
    let body = b"good body".as_slice();
    let voters = keys();
    let with = |round: u32, key: &SecretKey, lock: Lock| {
        let named = Init { valid_round: Some(lock.round), lock: Some(lock), ..init(key, round, body) };
        whole(&named, key, body)
    };
    // The proposer says 'an earlier round' without the proof: new, and judged by its time.
    let says = Init { valid_round: Some(0), ..init(&proposer_of(2), 2, body) };
    assert_eq!(part(&mut driver, whole(&says, &proposer_of(2), body)).await, Some(true));
    assert_eq!(asked.take(), [(2, "fresh")]);
    let lock = lock_of(body, 0, &voters[..3]);
    assert_eq!(part(&mut driver, with(2, &proposer_of(2), lock.clone())).await, None, "the engine knows it");
    driver.told.clear();
    assert_eq!(part(&mut driver, with(2, &proposer_of(2), lock.clone())).await, Some(true));
    // Far ahead only what a quorum prevoted for in that very round.
    assert_eq!(part(&mut driver, with(900, &proposer_of(900), lock.clone())).await, None);
    let there = lock_of(body, 900, &voters[..3]);
    assert_eq!(part(&mut driver, with(900, &proposer_of(900), there)).await, Some(true));
    assert_eq!(asked.take(), [(2, "locked"), (900, "locked")]);
    driver.told.clear();
    // Another than the proposer may send what a quorum prevoted for in this very round, so that all learn of the lock.
    let other = proposer_of(3);
    assert_eq!(part(&mut driver, with(2, &other, lock.clone())).await, None);
    assert_eq!(part(&mut driver, with(2, &other, lock_of(body, 2, &voters[..3]))).await, Some(true));
    assert_eq!(part(&mut driver, with(2, &stranger(), lock_of(body, 2, &voters[..3]))).await, None);
    assert_eq!(asked.take(), [(2, "locked")]);
    let false_ones = [
        lock_of(body, 0, &voters[..2]),
        lock_of(b"another body", 0, &voters[..3]),
        lock_of(body, 3, &voters[..3]),
        lock_of(body, 0, &[voters[0].clone(), voters[1].clone(), stranger()]),
        lock_of(body, 0, &[voters[0].clone(), voters[1].clone(), voters[1].clone()]),
        Lock { round: 1, ..lock.clone() },
        Lock { round: 0, prevotes: vec![lock.prevotes[0]; VALIDATORS_MAX + 1] },
        Lock { round: 0, prevotes: Vec::new() },
    ];
    driver.told.clear();
    for lock in false_ones {
        assert_eq!(part(&mut driver, with(2, &proposer_of(2), lock.clone())).await, None, "{lock:?}");
    }
    // After so many wrong ones its right ones are not looked at either; another's are.
    assert_eq!(part(&mut driver, with(2, &proposer_of(2), lock.clone())).await, None);
    assert!(asked.take().is_empty());
    driver.wrong.clear();
    // The announcement covers the proof: who takes it out or puts another in spoils the signature.
    let Part::First(signed, _) = with(2, &proposer_of(2), lock.clone()) else { panic!("the first part") };
    for other in [None, Some(lock_of(body, 1, &voters[..3]))] {
        let stripped = Part::First(Init { lock: other, ..signed.clone() }, body.to_vec());
        assert_eq!(part(&mut driver, stripped).await, None);
    }
    assert!(driver.wrong.is_empty() && asked.take().is_empty());
    // What this node saw a quorum prevote for needs no proof.
    for (voter, signature) in &lock.prevotes {
        driver.prevotes.keep(TIP + 1, 0, BlockHash::new(Digest::of(body)), (*voter, *signature));
    }
    let bare = Init { valid_round: Some(0), ..init(&proposer_of(3), 3, body) };
    assert_eq!(part(&mut driver, whole(&bare, &proposer_of(3), body)).await, Some(true));
    assert_eq!(asked.take(), [(3, "locked")]);
    // The right header with other records is no verdict about what the quorum prevoted for.
    let bad = b"bad body".as_slice();
    let named = Init { lock: Some(lock_of(bad, 0, &voters[..3])), ..init(&proposer_of(2), 2, bad) };
    assert_eq!(part(&mut driver, whole(&named, &proposer_of(2), bad)).await, None);
    assert_eq!(driver.wrong.values().copied().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn value_sync_takes_any_value_any_range_and_any_extension() {
    let (mut driver, asked) = driver();
    for height in [0, TIP, TIP + 1, TIP + 2, u64::MAX] {
        for round in [Round::Nil, Round::new(0), Round::new(u32::MAX)] {
            for body in [b"good".as_slice(), b"", b"bad"] {
                let (reply, answer) = oneshot::channel();
                let message = AppMsg::ProcessSyncedValue {
                    height: Height(height),
                    round,
                    proposer: Address(stranger().public()),
                    value_bytes: Bytes::copy_from_slice(body),
                    reply,
                };
                driver.handle(message).await.expect("a peer's value ends nothing");
                let outcome = answer.await.unwrap();
                let good = height == TIP + 1 && !round.is_nil() && body == b"good";
                assert_eq!(matches!(outcome, SyncedValueOutcome::Verdict(_)), good, "{height} {round}");
            }
        }
    }
    assert_eq!(asked.take().len(), 6);
    for (first, last, most) in
        [(1, TIP, 4), (0, u64::MAX, 4), (u64::MAX, 0, 0), (3, 1, 0), (u64::MAX, u64::MAX, 0)]
    {
        let (reply, answer) = oneshot::channel();
        let range = Height(first)..=Height(last);
        driver
            .handle(AppMsg::GetDecidedValues { range, reply })
            .await
            .expect("a peer's question ends nothing");
        assert_eq!(answer.await.unwrap().len(), most, "{first} {last}");
    }
    let (reply, answer) = oneshot::channel();
    let extensions = vec![(Address(stranger().public()), Bytes::from_static(b"any"))];
    let (height, round) = (Height(TIP + 1), Round::Nil);
    let value_id = Value(BlockHash::new(Digest::of(b"any")));
    driver
        .handle(AppMsg::VerifyVoteExtensions { height, round, value_id, extensions, reply })
        .await
        .expect("a peer's extension ends nothing");
    assert!(answer.await.unwrap().iter().all(|(_, verdict)| verdict.is_err()));
}
