//! The node as consensus sees it: proposes, judges, commits.
//!
//! **Invariant:** a body is on disk, synced, before this node votes for it; a block, its certificate and its
//! state are on disk before it is called decided; the same height and round always gives the same proposal.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_ledger::block::{HEADER_BYTES, Header};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, Height, KeyId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_ledger::validator::Validator;
use bytes::Bytes;
use tracing::{info, warn};

use crate::chain::consensus::{Application, Assessment, Decided, Fatal, Proposal, Source, ValidatorInfo};
use crate::chain::executor::{Candidate, Executor, Invalid, TimeCheck};
use crate::intake::settlements::Settled;
use crate::log::checkpointer::Outgoing;
use crate::peers::gossip::Message;
use crate::run::clock::now;
use crate::run::handles::Shared;
use crate::sealing::STAGGER;

/// Judged blocks of one height that are kept; a faulty proposer cannot fill the memory.
const CANDIDATES_MAX: usize = 16;

/// The application behind the engine.
#[derive(Debug)]
pub struct NodeApplication {
    shared: Arc<Shared>,
    executor: Executor,
    /// Executed blocks of the next height.
    candidates: BTreeMap<BlockHash, Candidate>,
    proposer: Option<KeyId>,
    /// The round this node itself is in: a peer cannot widen the time window by naming a later one.
    round: u32,
}

fn fatal(error: impl ToString) -> Fatal {
    Fatal::new(error.to_string())
}

impl NodeApplication {
    /// `key` is this validator's consensus key; `None` for an observer.
    #[must_use]
    pub fn new(shared: Arc<Shared>, executor: Executor, key: Option<&PublicKey>) -> Self {
        Self { shared, executor, candidates: BTreeMap::new(), proposer: key.map(PublicKey::id), round: 0 }
    }

    fn keep(&mut self, candidate: Candidate) {
        if self.candidates.len() >= CANDIDATES_MAX {
            self.candidates.pop_first();
        }
        self.candidates.insert(candidate.id, candidate);
    }

    fn build(&self) -> Result<Candidate, Fatal> {
        let proposer = self.proposer.ok_or_else(|| fatal("an observer was asked to propose"))?;
        let blocks = &self.shared.config.blocks;
        let records = self.shared.mempool.first(blocks.records_max, blocks.bytes_max);
        let (candidate, refused) = self.executor.build(self.own_time(&proposer), proposer, &records)?;
        for (id, reject) in refused {
            crate::peers::hearing::refuse(&self.shared, &id, reject)?;
        }
        Ok(candidate)
    }

    /// Whether a body's time is judged now, and by how wide a window.
    ///
    /// Only what is new is judged. What this node accepted before, in any round of this height and before any restart, and
    /// what a quorum prevoted for, has been judged while it was new: nothing has been put into it since.
    fn time_check(
        &self,
        height: Height,
        round: u32,
        source: Source<'_>,
        body: &Bytes,
    ) -> Result<TimeCheck, Fatal> {
        let known = self.shared.store.undecided_body(height, &self.block_id(body)).map_err(fatal)?;
        if !source.is_new(known.is_some_and(|known| known == *body)) {
            return Ok(TimeCheck::Judged);
        }
        // A peer cannot widen the window by naming a round this node has not reached.
        let timeouts = self.shared.config.consensus.timeouts();
        let back = timeouts.window_back(&self.shared.genesis.rest.time, round.min(self.round));
        Ok(TimeCheck::Live { now: now(), back })
    }

    /// What this node dates its proposals by.
    fn own_time(&self, proposer: &KeyId) -> TimeMs {
        let precision_ms = self.shared.genesis.rest.time.precision_ms;
        self.shared.clocks.proposal_time(&self.executor.validators(), proposer, precision_ms, now())
    }

    /// A first proposal shows its proposer's clock, unless it is dated just above the block before.
    ///
    /// `proposer` is whoever signed the body's announcement in its turn: the header's own field is anybody's word.
    fn read_clock(&self, body: &Bytes, time: TimeCheck, proposer: &PublicKey) {
        let header = body.get(..HEADER_BYTES).and_then(|head| Header::decode(head).ok());
        let live = matches!(time, TimeCheck::Live { .. }) && self.round == 0;
        if let Some(header) = header.filter(|_| live)
            && header.time > self.executor.tip().time.saturating_add(1)
        {
            self.shared.clocks.heard(proposer.id(), header.time);
        }
    }

    /// Judges what this node or a quorum has judged before, by all but its time.
    fn judge_again(&mut self, body: &Bytes) -> Result<Assessment, Fatal> {
        self.judge(body, TimeCheck::Judged, None)
    }

    fn judge(
        &mut self,
        body: &Bytes,
        time: TimeCheck,
        proposer: Option<&PublicKey>,
    ) -> Result<Assessment, Fatal> {
        let id = self.block_id(body);
        if self.candidates.get(&id).is_some_and(|known| known.body == *body) {
            return Ok(Assessment { id, valid: true });
        }
        if let Some(proposer) = proposer {
            self.read_clock(body, time, proposer);
        }
        let mempool = &self.shared.mempool;
        let known =
            |id: &RecordId| -> Option<Arc<VerifiedRecord>> { mempool.get(id).map(|waiting| waiting.record) };
        match self.executor.assess(body, time, known)? {
            Ok(candidate) => {
                self.keep(candidate);
                Ok(Assessment { id, valid: true })
            }
            Err(invalid) => {
                let height = self.executor.tip().height.next();
                let voters = self.executor.validators();
                let name = voters.all().iter().find(|one| Some(&one.key) == proposer);
                let name = name.map_or("?", |one| one.name.as_str());
                warn!(%height, block = %id, proposer = name, %invalid, "a proposed block is refused");
                if let (Invalid::Time { time, .. }, Some(proposer)) = (&invalid, proposer) {
                    self.shared.clocks.refused(proposer.id(), *time);
                }
                self.shared.metrics.invalid_proposals.inc();
                Ok(Assessment { id, valid: false })
            }
        }
    }

    fn write(&mut self, decided: &Decided) -> Result<(), Fatal> {
        if !self.candidates.contains_key(&decided.id) {
            let body =
                self.shared.store.undecided_body(decided.height, &decided.id).map_err(fatal)?.ok_or_else(
                    || fatal(format!("block {} was decided but its body is not here", decided.id)),
                )?;
            if !self.judge_again(&Bytes::from(body))?.valid {
                return Err(fatal(format!(
                    "the consortium decided block {} which this node computes differently: stop and compare state",
                    decided.id
                )));
            }
        }
        let candidate = self
            .candidates
            .remove(&decided.id)
            .ok_or_else(|| fatal("a judged block is kept until committed"))?;
        let header = candidate.block.header.clone();
        let records = candidate.records.clone();
        let before = self.executor.validators();
        self.executor.commit(candidate, &decided.certificate)?;
        self.candidates.clear();
        // The window of the next height does not begin with this one's rounds.
        self.round = 0;
        let shared = &self.shared;
        let deciding = self.executor.validators();
        if deciding != before {
            let own = |one: &&Validator| Some(one.key) == shared.voting_key && one.name != shared.config.name;
            if let Some(other) = deciding.all().iter().find(own) {
                return Err(fatal(format!(
                    "the chain names this node's voting key for {}: two nodes that vote with one key sign twice",
                    other.name
                )));
            }
            let names: Vec<&str> = deciding.all().iter().map(|one| one.name.as_str()).collect();
            info!(height = %header.height.next(), validators = ?names, "other validators decide from here on");
            shared.vote(deciding);
            if !shared.votes() {
                // Those who gave them to it push them to who votes now.
                shared.mempool.keep_own();
            }
        }
        let waited = shared.mempool.remove(records.iter().map(|record| &record.id));
        shared.projects.committed(&records);
        shared.recent.put(&header, &records, waited);
        shared.progress.commit(header.height, records.len(), now());
        shared.metrics.committed(&header, records.len());
        for record in &records {
            shared.settlements.settle(&record.id, &Settled::Committed { leaf: record.leaf_index });
        }
        for outgoing in shared.checkpointer.committed(&header)? {
            send(shared, outgoing);
        }
        shared.checkpointer.retry_early()?;
        shared.store.prune_undecided(header.height).map_err(fatal)
    }
}

/// Hands what the checkpointer made to the peers.
pub fn send(shared: &Shared, outgoing: Outgoing) {
    match outgoing {
        Outgoing::Cosignature(one) => {
            shared.gossip.broadcast(Message::Cosignature { size: one.size, line: one.line }, false);
        }
        Outgoing::Complete(note) => shared.gossip.broadcast(Message::Checkpoint(note), true),
    }
}

/// Waits until the next block has a reason: a record, a peer that starts, or the heartbeat.
///
/// An observer waits for nobody: it proposes nothing, and being early costs nothing.
pub async fn demand(shared: Arc<Shared>, next: Height) {
    if !shared.votes() {
        return;
    }
    let heartbeat = Duration::from_millis(shared.config.blocks.heartbeat_ms);
    let mut wanted = shared.progress.wanted.subscribe();
    tokio::select! {
        () = work(&shared) => {
            // Under load the records themselves, which everybody is sent, wake the others.
            if shared.progress.last_records() >= LOAD {
                return;
            }
        }
        _ = wanted.wait_for(|height| *height >= next.get()) => return,
        () = tokio::time::sleep(heartbeat) => {}
    }
    shared.gossip.broadcast(Message::Wake { height: next.get() }, false);
}

/// Records of a block from which on the next one is paced.
const LOAD: u64 = 16;

/// Resolves when a block is worth making: at once for a lone record; under load after the pace, or when the
/// pool holds half a block.
async fn work(shared: &Shared) {
    shared.mempool.filled(1).await;
    if shared.progress.last_records() < LOAD {
        return;
    }
    let blocks = &shared.config.blocks;
    let since = now().get().saturating_sub(shared.progress.last_commit().get());
    let left = Duration::from_millis(blocks.pace_ms.saturating_sub(since));
    let full = shared.mempool.filled(blocks.records_max.div_ceil(2));
    let _ = tokio::time::timeout(left, full).await;
}

#[async_trait]
impl Application for NodeApplication {
    fn committed(&self) -> Height {
        self.executor.tip().height
    }

    fn min_height(&self) -> Height {
        Height::new(1)
    }

    fn validators(&self, _: Height) -> Vec<ValidatorInfo> {
        let set = self.executor.validators();
        set.all().iter().map(|one| ValidatorInfo { name: one.name.clone(), key: one.key, power: 1 }).collect()
    }

    fn block_id(&self, body: &Bytes) -> BlockHash {
        let header = body.get(..HEADER_BYTES).and_then(|head| Header::decode(head).ok());
        header.map_or_else(|| BlockHash::new(Digest::of(body)), |header| header.hash())
    }

    async fn propose(&mut self, height: Height, round: u32) -> Result<Proposal, Fatal> {
        let own = self.proposer;
        for undecided in self.shared.store.undecided(height, round).map_err(fatal)? {
            if undecided.proposer.map(|key| key.id()) == own {
                let body = Bytes::from(undecided.body);
                // Ours from before a restart: its time was judged by this very node.
                if tokio::task::block_in_place(|| self.judge_again(&body))?.valid {
                    return Ok(Proposal { id: undecided.id, body });
                }
            }
        }
        tokio::task::block_in_place(|| {
            let candidate = self.build()?;
            let proposal = Proposal { id: candidate.id, body: candidate.body.clone() };
            let key = self.validators(height).into_iter().find(|v| Some(v.key.id()) == own).map(|v| v.key);
            self.shared
                .store
                .put_undecided(height, round, &proposal.id, key.as_ref(), &proposal.body)
                .map_err(fatal)?;
            self.keep(candidate);
            Ok(proposal)
        })
    }

    async fn assess(
        &mut self,
        height: Height,
        round: u32,
        source: Source<'_>,
        body: Bytes,
    ) -> Result<Assessment, Fatal> {
        tokio::task::block_in_place(|| {
            let time = self.time_check(height, round, source, &body)?;
            let assessment = self.judge(&body, time, source.proposer())?;
            if assessment.valid {
                self.shared
                    .store
                    .put_undecided(height, round, &assessment.id, source.proposer(), &body)
                    .map_err(fatal)?;
            }
            Ok(assessment)
        })
    }

    async fn undecided(&mut self, height: Height, round: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        let stored = self.shared.store.undecided(height, round).map_err(fatal)?;
        let mut seen = Vec::with_capacity(stored.len());
        for one in stored {
            let Some(proposer) = one.proposer else { continue };
            // It was judged in time before it was stored.
            let body = Bytes::from(one.body);
            let assessment = tokio::task::block_in_place(|| self.judge_again(&body))?;
            seen.push((proposer, assessment));
        }
        Ok(seen)
    }

    async fn body_of(&mut self, height: Height, id: BlockHash) -> Result<Option<Bytes>, Fatal> {
        if let Some(known) = self.candidates.get(&id) {
            return Ok(Some(known.body.clone()));
        }
        Ok(self.shared.store.undecided_body(height, &id).map_err(fatal)?.map(Bytes::from))
    }

    async fn commit(&mut self, decided: Decided) -> Result<(), Fatal> {
        tokio::task::block_in_place(|| self.write(&decided))
    }

    async fn decided(&mut self, height: Height) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        let store = &self.shared.store;
        let Some(certificate) = store.certificate(height).map_err(fatal)? else { return Ok(None) };
        let Some(block) = store.block(height).map_err(fatal)? else { return Ok(None) };
        Ok(Some((Bytes::from(certificate), Bytes::from(block.encode()))))
    }

    async fn misbehaviour(&mut self, seen: Vec<Misbehaviour>, unproven: usize) {
        let shared = &self.shared;
        shared.metrics.misbehaviour.inc_by(seen.len().saturating_add(unproven) as u64);
        if unproven > 0 {
            warn!(
                unproven,
                "a validator misbehaved: it proposed one block twice in a round, in different ways"
            );
        }
        // One of those who saw it shows it to the chain; each waits for those before it.
        let validators = shared.validators();
        let place = validators.all().iter().position(|one| Some(one.key) == shared.voting_key);
        let place = u32::try_from(place.unwrap_or(validators.all().len())).unwrap_or(u32::MAX);
        for one in seen {
            if let Err(fatal) = shared.misbehaviour.saw(shared, one, STAGGER.saturating_mul(place)) {
                shared.stop(&fatal);
                return;
            }
        }
    }

    async fn round_started(&mut self, height: Height, round: u32, proposer: &PublicKey) {
        self.round = round;
        if round > 0 {
            info!(%height, round, proposer = %proposer, "a further round: the one before did not decide");
        }
        self.shared.metrics.round(height, round);
    }
}
