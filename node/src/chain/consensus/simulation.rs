//! Schedules of one height: four validators, virtual time, and a network that loses, delays and cuts as a seed says, until
//! it heals. The engine's own core, this module's own loop, codec, proofs of lock and window; no thread, no socket, no clock.
//!
//! Judged: no two decide differently, ever; and once the network is whole a block is decided within a bound.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::TimeBounds;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height as LedgerHeight};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::misbehaviour::Misbehaviour;
use bytes::Bytes;
use malachite_app::streaming::StreamMessage;
use malachite_app::types::codec::Codec as _;
use malachite_app_channel::{AppMsg, NetworkMsg};
use malachite_core_consensus::{
    ConsensusMsg, Effect, Error, Input, LivenessMsg, Params, Resumable as _, Resume, SignedConsensusMsg,
    State, ThresholdParams, process,
};
use malachite_core_types::{
    LinearTimeouts, SignedMessage, Timeout, ValueOrigin, ValuePayload, VoteExtensionPolicy,
};
use malachite_metrics::Metrics;
use malachite_peer::PeerId;
use malachite_signing::{Verifier as _, VerifierExt as _};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::{mpsc, oneshot};

use super::application::{Application, Assessment, Decided, Fatal, Proposal, Source, ValidatorInfo};
use super::codec::Borsh;
use super::context::{Address, Ctx, Height, Part, ValidatorSet};
use super::driver::Driver;
use super::lock::Prevotes;
use super::parts::Assembler;
use super::signer::{StrictVerifier, proposal_digest, vote_digest};
use super::timeouts::RoundTimeouts;
use crate::intake::keyring::Keyring;

const NODES: usize = 4;
const BOUNDS: TimeBounds = TimeBounds { precision_ms: 500, delay_ms: 2000 };
/// From the network's healing to a decision of all.
const PROGRESS_MS: u64 = 30_000;

const fn timeouts() -> RoundTimeouts {
    let ms = Duration::from_millis;
    RoundTimeouts { propose: ms(1000), prevote: ms(500), precommit: ms(500), rebroadcast: ms(1000) }
}

fn somebody() -> PeerId {
    PeerId::from_bytes(&libp2p::PeerId::random().to_bytes()).unwrap()
}

fn key(node: usize) -> SecretKey {
    SecretKey::from_seed(&[u8::try_from(node).unwrap() + 1; 32])
}

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"simulation"))
}

/// A body is its block's time, round and proposer in words.
#[derive(Clone)]
struct Judge {
    clock: Arc<AtomicU64>,
    skew_ms: i64,
    round: u32,
    accepted: Arc<Mutex<BTreeMap<BlockHash, Bytes>>>,
    own: PublicKey,
    /// As the tree was before: every body is judged by its time whenever it comes.
    again: bool,
}

impl Judge {
    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed).saturating_add_signed(self.skew_ms)
    }
}

#[async_trait]
impl Application for Judge {
    fn committed(&self) -> LedgerHeight {
        LedgerHeight::GENESIS
    }

    fn min_height(&self) -> LedgerHeight {
        LedgerHeight::new(1)
    }

    fn validators(&self, _: LedgerHeight) -> Vec<ValidatorInfo> {
        (0..NODES).map(|n| ValidatorInfo { name: n.to_string(), key: key(n).public(), power: 1 }).collect()
    }

    fn block_id(&self, body: &Bytes) -> BlockHash {
        BlockHash::new(Digest::of(body))
    }

    async fn propose(&mut self, _: LedgerHeight, round: u32) -> Result<Proposal, Fatal> {
        let body = Bytes::from(format!("{} {round} {}", self.now(), self.own));
        let id = self.block_id(&body);
        self.accepted.lock().unwrap().insert(id, body.clone());
        Ok(Proposal { id, body })
    }

    async fn assess(
        &mut self,
        _: LedgerHeight,
        round: u32,
        source: Source<'_>,
        Proposal { id, body }: Proposal,
    ) -> Result<Assessment, Fatal> {
        let known = self.accepted.lock().unwrap().contains_key(&id);
        let text = std::str::from_utf8(&body).unwrap();
        let time: u64 = text.split(' ').next().unwrap().parse().unwrap();
        let round = round.min(self.round);
        let (new, back) = if self.again {
            let delay = BOUNDS.delay_ms * (u64::from(round) + 1);
            (!known, Duration::from_millis(BOUNDS.precision_ms + delay))
        } else {
            (source.is_new(known), timeouts().window_back(&BOUNDS, round))
        };
        let back = u64::try_from(back.as_millis()).unwrap();
        let window = self.now().saturating_sub(back)..=self.now() + BOUNDS.precision_ms;
        let valid = !new || window.contains(&time);
        if valid {
            self.accepted.lock().unwrap().insert(id, body);
        }
        Ok(Assessment { id, valid })
    }

    async fn undecided(&mut self, _: LedgerHeight, _: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        Ok(Vec::new())
    }

    async fn body_of(&mut self, _: LedgerHeight, id: BlockHash) -> Result<Option<Bytes>, Fatal> {
        Ok(self.accepted.lock().unwrap().get(&id).cloned())
    }

    async fn commit(&mut self, _: Decided) -> Result<(), Fatal> {
        Ok(())
    }

    async fn decided(&mut self, _: LedgerHeight) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        Ok(None)
    }

    async fn misbehaviour(&mut self, _: Vec<Misbehaviour>, _: usize) {}

    async fn round_started(&mut self, _: LedgerHeight, round: u32, _: &PublicKey) {
        self.round = round;
    }
}

/// What reaches a node.
#[derive(Clone)]
enum Event {
    Input(Box<Input<Ctx>>),
    /// Bytes of a stream's part, as on the wire.
    Part(Bytes),
    Timeout(Timeout, u64),
}

/// What a node gives out while it handles an event.
#[derive(Default)]
struct Out {
    own: Vec<Input<Ctx>>,
    published: Vec<Event>,
    scheduled: Vec<Timeout>,
    cancelled: Vec<Timeout>,
    cancelled_all: bool,
}

struct Node {
    state: State<Ctx>,
    loops: Loops,
    timeouts: BTreeMap<String, u64>,
    decided: Option<BlockHash>,
}

/// What effects need beside the state.
struct Loops {
    index: usize,
    driver: Driver<Judge>,
    network: mpsc::Receiver<NetworkMsg<Ctx>>,
    verifier: StrictVerifier,
    decided: Option<BlockHash>,
}

async fn asked<T>(driver: &mut Driver<Judge>, message: impl FnOnce(oneshot::Sender<T>) -> AppMsg<Ctx>) -> T {
    let (reply, answer) = oneshot::channel();
    driver.handle(message(reply)).await.expect("the loop goes on");
    answer.await.expect("the loop answers")
}

impl Loops {
    /// Bodies the loop wants to send.
    fn parts(&mut self, out: &mut Out) {
        while let Ok(NetworkMsg::PublishProposalPart(part)) = self.network.try_recv() {
            out.published.push(Event::Part(Borsh.encode(&part).unwrap()));
        }
    }

    async fn perform(&mut self, effect: Effect<Ctx>, out: &mut Out) -> Result<Resume<Ctx>, Error<Ctx>> {
        let key = key(self.index);
        Ok(match effect {
            Effect::CancelAllTimeouts(r) => {
                out.cancelled_all = true;
                out.scheduled.clear();
                r.resume_with(())
            }
            Effect::CancelTimeout(timeout, r) => {
                out.scheduled.retain(|one| *one != timeout);
                out.cancelled.push(timeout);
                r.resume_with(())
            }
            Effect::ScheduleTimeout(timeout, r) => {
                out.scheduled.push(timeout);
                r.resume_with(())
            }
            Effect::StartRound(height, round, proposer, role, r) => {
                let start = |reply_value| AppMsg::StartedRound { height, round, proposer, role, reply_value };
                let seen = asked(&mut self.driver, start).await;
                out.own.extend(seen.into_iter().map(|one| Input::ProposedValue(one, ValueOrigin::Consensus)));
                r.resume_with(())
            }
            Effect::PublishConsensusMsg(message, r) => {
                out.published.push(signed(message));
                r.resume_with(())
            }
            Effect::PublishLivenessMsg(message, r) => {
                out.published.push(Event::Input(Box::new(match message {
                    LivenessMsg::Vote(vote) => Input::Vote(vote),
                    LivenessMsg::PolkaCertificate(polka) => Input::PolkaCertificate(polka),
                    LivenessMsg::SkipRoundCertificate(round) => Input::RoundCertificate(round),
                })));
                r.resume_with(())
            }
            Effect::RepublishVote(vote, r) => {
                out.published.push(Event::Input(Box::new(Input::Vote(vote))));
                r.resume_with(())
            }
            Effect::RepublishRoundCertificate(certificate, r) => {
                out.published.push(Event::Input(Box::new(Input::RoundCertificate(certificate))));
                r.resume_with(())
            }
            Effect::GetValue(height, round, _, r) => {
                let timeout = Duration::from_secs(1);
                let get = |reply| AppMsg::GetValue { height, round, timeout, reply };
                let value = asked(&mut self.driver, get).await;
                out.own.push(Input::Propose(value));
                self.parts(out);
                r.resume_with(())
            }
            Effect::RestreamProposal(height, round, valid_round, address, value_id, r) => {
                let again = AppMsg::RestreamProposal { height, round, valid_round, address, value_id };
                self.driver.handle(again).await.expect("the loop goes on");
                self.parts(out);
                r.resume_with(())
            }
            Effect::Decide(certificate, _, r) => {
                self.decided = Some(certificate.value_id.0);
                r.resume_with(())
            }
            Effect::SignVote(vote, r) => {
                let signature = key.sign(vote_digest(&chain(), &vote).bytes());
                r.resume_with(SignedMessage::new(vote, signature))
            }
            Effect::SignProposal(proposal, r) => {
                let signature = key.sign(proposal_digest(&chain(), &proposal).bytes());
                r.resume_with(SignedMessage::new(proposal, signature))
            }
            Effect::VerifySignature(message, key, r) => {
                let verdict = match &message.message {
                    ConsensusMsg::Vote(vote) => {
                        self.verifier.verify_signed_vote(vote, &message.signature, &key).await
                    }
                    ConsensusMsg::Proposal(one) => {
                        self.verifier.verify_signed_proposal(one, &message.signature, &key).await
                    }
                };
                r.resume_with(verdict.is_ok_and(|verdict| verdict.is_valid()))
            }
            Effect::VerifyCommitCertificate(certificate, set, thresholds, r) => r.resume_with(
                self.verifier.verify_commit_certificate(&Ctx, &certificate, &set, thresholds).await,
            ),
            Effect::VerifyPolkaCertificate(certificate, set, thresholds, r) => r.resume_with(
                self.verifier.verify_polka_certificate(&Ctx, &certificate, &set, thresholds).await,
            ),
            Effect::VerifyRoundCertificate(certificate, set, thresholds, r) => r.resume_with(
                self.verifier.verify_round_certificate(&Ctx, &certificate, &set, thresholds).await,
            ),
            Effect::WalAppend(_, _, r) => r.resume_with(()),
            Effect::Finalize(_, _, _, r) => r.resume_with(()),
            Effect::ExtendVote(_, _, _, _, r) => r.resume_with(None),
            other => panic!("no schedule of one height has {other:?}"),
        })
    }
}

fn signed(message: SignedConsensusMsg<Ctx>) -> Event {
    Event::Input(Box::new(match message {
        SignedConsensusMsg::Vote(vote) => Input::Vote(vote),
        SignedConsensusMsg::Proposal(proposal) => Input::Proposal(proposal),
    }))
}

struct World {
    clock: Arc<AtomicU64>,
    queue: BTreeMap<(u64, u64), (usize, Event)>,
    sequence: u64,
    nodes: Vec<Node>,
    rng: StdRng,
    linear: LinearTimeouts,
    metrics: Metrics,
    /// Links that are cut until the network heals, each with the time from which it is.
    cuts: BTreeMap<(usize, usize), u64>,
    heals: u64,
    /// One that stays away when the network heals, from a time on: one of four may.
    gone: Option<(usize, u64)>,
    loss_percent: u32,
}

impl World {
    fn new(seed: u64, again: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let clock = Arc::new(AtomicU64::new(1_000_000));
        let set = ValidatorSet::new((0..NODES).map(|node| key(node).public()));
        let nodes = (0..NODES).map(|node| node_of(node, &set, &clock, again, &mut rng)).collect();
        let heals = 1_000_000 + rng.gen_range(1000..25_000);
        let (mut cuts, mut gone) = (BTreeMap::new(), None);
        match rng.gen_range(0..3) {
            // One is away from the start and returns; another goes at some moment of the first round, for good.
            0 => {
                let away = rng.gen_range(0..NODES);
                let silent = (away + rng.gen_range(1..NODES)) % NODES;
                let goes = 1_000_000 + rng.gen_range(0..120);
                gone = Some((silent, goes));
                for other in 0..NODES {
                    cuts.insert((away, other), 0);
                    cuts.insert((other, away), 0);
                }
            }
            // Any links go at any time, one way.
            1 => {
                for _ in 0..rng.gen_range(1..10) {
                    let link = (rng.gen_range(0..NODES), rng.gen_range(0..NODES));
                    cuts.insert(link, 1_000_000 + rng.gen_range(0..3000));
                }
            }
            _ => {}
        }
        let loss_percent = if gone.is_some() { 0 } else { [0, 5, 40][rng.gen_range(0..3)] };
        let (queue, metrics, linear) = (BTreeMap::new(), Metrics::new(), timeouts().linear());
        Self { clock, queue, sequence: 0, nodes, rng, linear, metrics, cuts, heals, gone, loss_percent }
    }

    fn now(&self) -> u64 {
        self.clock.load(Ordering::Relaxed)
    }

    fn at(&mut self, time: u64, node: usize, event: Event) {
        self.sequence += 1;
        self.queue.insert((time, self.sequence), (node, event));
    }

    /// The network: whole and quick once it is healed.
    fn send(&mut self, from: usize, event: &Event) {
        for to in (0..NODES).filter(|to| *to != from) {
            let now = self.now();
            if self.gone.is_some_and(|(gone, since)| (gone == from || gone == to) && now >= since) {
                continue;
            }
            if now < self.heals {
                let cut = self.cuts.get(&(from, to)).is_some_and(|since| now >= *since);
                if cut || self.rng.gen_range(0..100) < self.loss_percent {
                    continue;
                }
            }
            let slow =
                if now < self.heals && self.gone.is_none() && self.rng.gen_bool(0.1) { 3000 } else { 40 };
            let delay = self.rng.gen_range(1..=slow);
            self.at(now + delay, to, event.clone());
        }
    }

    async fn handle(&mut self, index: usize, event: Event) {
        let mut inputs = match event {
            Event::Input(input) => vec![*input],
            Event::Timeout(timeout, number) => {
                let name = format!("{timeout:?}");
                if self.nodes[index].timeouts.get(&name) != Some(&number) {
                    return;
                }
                self.nodes[index].timeouts.remove(&name);
                vec![Input::TimeoutElapsed(timeout)]
            }
            Event::Part(bytes) => {
                let part: StreamMessage<Part> = Borsh.decode(bytes).unwrap();
                let from = somebody();
                let received = |reply| AppMsg::ReceivedProposalPart { from, published_by: None, part, reply };
                let value = asked(&mut self.nodes[index].loops.driver, received).await;
                value.map(|value| Input::ProposedValue(value, ValueOrigin::Consensus)).into_iter().collect()
            }
        };
        while !inputs.is_empty() {
            let mut out = Out::default();
            for input in std::mem::take(&mut inputs) {
                let Node { state, loops, .. } = &mut self.nodes[index];
                let done: Result<(), Error<Ctx>> = process!(
                    input: input, state: state, metrics: &self.metrics,
                    with: effect => loops.perform(effect, &mut out).await
                );
                done.unwrap();
                self.keep(index, &mut out);
            }
            inputs.append(&mut out.own);
        }
        self.nodes[index].decided = self.nodes[index].loops.decided;
    }

    fn keep(&mut self, index: usize, out: &mut Out) {
        if std::mem::take(&mut out.cancelled_all) {
            self.nodes[index].timeouts.clear();
        }
        for timeout in out.cancelled.drain(..) {
            self.nodes[index].timeouts.remove(&format!("{timeout:?}"));
        }
        for timeout in std::mem::take(&mut out.scheduled) {
            let after = u64::try_from(self.linear.duration_for(timeout).as_millis()).unwrap();
            let number = self.sequence + 1;
            self.nodes[index].timeouts.insert(format!("{timeout:?}"), number);
            self.at(self.now() + after, index, Event::Timeout(timeout, number));
        }
        for event in std::mem::take(&mut out.published) {
            self.send(index, &event);
        }
    }

    /// Runs until the bound after the healing, or a while after the first has decided: the others learn of it by value sync,
    /// which is not played here, but may go on voting, and must not decide differently. Gives what each decided, and the
    /// first one's time after the healing.
    async fn run(mut self) -> (Vec<Option<BlockHash>>, u64) {
        let set = ValidatorSet::new((0..NODES).map(|node| key(node).public()));
        for node in 0..NODES {
            let start =
                Input::StartHeight(Height(1), set.clone(), false, None, VoteExtensionPolicy::Disabled);
            self.at(self.now() + self.sequence % 7, node, Event::Input(Box::new(start)));
        }
        let (mut first, mut until) = (0, self.heals + PROGRESS_MS);
        while let Some(((time, _), (node, event))) = self.queue.pop_first() {
            if time > until {
                break;
            }
            self.clock.store(time, Ordering::Relaxed);
            if self.nodes[node].decided.is_some() {
                continue;
            }
            self.handle(node, event).await;
            if first == 0 && self.nodes[node].decided.is_some() {
                (first, until) = (time, time + 5000);
            }
        }
        (self.nodes.iter().map(|node| node.decided).collect(), first.saturating_sub(self.heals))
    }
}

fn node_of(index: usize, set: &ValidatorSet, clock: &Arc<AtomicU64>, again: bool, rng: &mut StdRng) -> Node {
    let params = Params {
        address: Address(key(index).public()),
        threshold_params: ThresholdParams::default(),
        value_payload: ValuePayload::ProposalAndParts,
        enabled: true,
    };
    let prevotes = Prevotes::default();
    let (sender, network) = mpsc::channel(1024);
    let app = Judge {
        clock: Arc::clone(clock),
        skew_ms: rng.gen_range(-200..=200),
        round: 0,
        accepted: Arc::default(),
        own: key(index).public(),
        again,
    };
    let driver = Driver {
        app,
        chain: chain(),
        own: Some(key(index)),
        keys: Keyring::default(),
        round: 0,
        judged: BTreeMap::new(),
        told: BTreeSet::new(),
        wrong: BTreeMap::new(),
        timeouts: timeouts().linear(),
        demand: Arc::new(|_| Box::pin(async {})),
        network: sender,
        parts: Assembler::default(),
        streams: 0,
        prevotes: prevotes.clone(),
    };
    let verifier = StrictVerifier { chain: chain(), keys: Arc::default(), prevotes };
    Node {
        state: State::new(Ctx, Height(1), set.clone(), params, 64, 64),
        loops: Loops { index, driver, network, verifier, decided: None },
        timeouts: BTreeMap::new(),
        decided: None,
    }
}

/// Seeds that stood, and the longest time from the healing to a decision, milliseconds.
async fn schedules(seeds: std::ops::Range<u64>, again: bool) -> (Vec<u64>, u64) {
    let (mut stood, mut longest) = (Vec::new(), 0);
    for seed in seeds {
        let (decided, after) = World::new(seed, again).run().await;
        let values: BTreeSet<BlockHash> = decided.iter().flatten().copied().collect();
        assert!(values.len() <= 1, "seed {seed}: a fork");
        if values.is_empty() {
            stood.push(seed);
        } else {
            longest = longest.max(after);
        }
    }
    (stood, longest)
}

#[tokio::test]
async fn no_schedule_stands_once_the_network_is_whole() {
    // The slowest of these 300 decides 9.7 s of its own time after the network is whole.
    let (stood, longest) = schedules(0..300, false).await;
    assert_eq!(stood, [0u64; 0], "these seeds stand; the longest other took {longest} ms");
}

/// The rule as it was: among the same schedules it finds those that stand for good.
#[tokio::test]
async fn judging_a_locked_block_by_its_time_again_stands_the_chain() {
    let (stood, _) = schedules(0..300, true).await;
    assert!(!stood.is_empty(), "the schedules no longer reach the state they are for");
}
