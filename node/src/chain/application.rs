//! The node as consensus sees it: proposes, judges, commits.
//!
//! **Invariant:** a body is on disk, synced, before this node votes for it; a block, its certificate and its
//! state are on disk before it is called decided; the same height and round always gives the same proposal.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use biaozheng_ledger::block::{HEADER_BYTES, Header};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::TimeBounds;
use biaozheng_ledger::ids::{BlockHash, Height, KeyId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_store::Store;
use bytes::Bytes;
use tracing::{info, warn};

use crate::chain::consensus::{
    Application, Assessment, Decided, Fatal, Proposal, RoundTimeouts, Source, ValidatorInfo,
};
use crate::chain::effects::{CommittedBlock, Effects};
use crate::chain::executor::{Candidate, Executor, Invalid, TimeCheck};
use crate::chain::misbehaviour::{STAGGER, Seen};
use crate::intake::mempool::Mempool;
use crate::intake::refusals::Refusals;
use crate::run::clock::now;
use crate::run::clocks::Clocks;
use crate::run::config::BlockSettings;
use crate::run::metrics::Metrics;
use crate::run::stop::Stop;

/// Judged blocks of one height that are kept; a faulty proposer cannot fill the memory.
const CANDIDATES_MAX: usize = 16;

/// What blocks are proposed and judged with.
#[derive(Debug)]
pub struct Proposing {
    pub store: Store,
    pub mempool: Arc<Mempool>,
    pub refusals: Arc<Refusals>,
    pub clocks: Arc<Clocks>,
    pub metrics: Arc<Metrics>,
    pub misbehaviour: Arc<Seen>,
    /// Whether this node signs records, and so shows the chain itself who misbehaved.
    pub signs_records: bool,
    pub blocks: BlockSettings,
    pub timeouts: RoundTimeouts,
    pub bounds: TimeBounds,
    pub stop: Stop,
}

/// The application behind the engine.
#[derive(Debug)]
pub struct NodeApplication {
    with: Proposing,
    effects: Effects,
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
    pub fn new(with: Proposing, effects: Effects, executor: Executor, key: Option<&PublicKey>) -> Self {
        let proposer = key.map(PublicKey::id);
        Self { with, effects, executor, candidates: BTreeMap::new(), proposer, round: 0 }
    }

    fn keep(&mut self, candidate: Candidate) {
        if self.candidates.len() >= CANDIDATES_MAX {
            self.candidates.pop_first();
        }
        self.candidates.insert(candidate.id, candidate);
    }

    fn build(&self) -> Result<Candidate, Fatal> {
        let proposer = self.proposer.ok_or_else(|| fatal("an observer was asked to propose"))?;
        let blocks = &self.with.blocks;
        let records = self.with.mempool.first(blocks.records_max, blocks.bytes_max);
        let (candidate, refused) =
            self.executor.build(self.own_time(&proposer, now()), proposer, &records)?;
        for (id, reject) in refused {
            self.with.refusals.refuse(&id, reject)?;
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
        proposal: &Proposal,
    ) -> Result<TimeCheck, Fatal> {
        // Only what comes as new is looked up: of anything else a quorum has said what there is to say.
        let accepted = || -> Result<bool, Fatal> {
            let known = self.with.store.undecided_body(height, &proposal.id).map_err(fatal)?;
            Ok(known.is_some_and(|known| known == proposal.body))
        };
        if !source.is_new(false) || !source.is_new(accepted()?) {
            return Ok(TimeCheck::Judged);
        }
        // A peer cannot widen the window by naming a round this node has not reached.
        let back = self.with.timeouts.window_back(&self.with.bounds, round.min(self.round));
        let now = now();
        let shown = self.proposer.map(|own| self.own_time(&own, now)).filter(|shown| *shown != now);
        Ok(TimeCheck::Live { now, shown, back })
    }

    /// What this node dates its proposals by when its clock says `now`.
    fn own_time(&self, proposer: &KeyId, now: TimeMs) -> TimeMs {
        let precision_ms = self.with.bounds.precision_ms;
        self.with.clocks.corrected(&self.executor.validators(), proposer, precision_ms, now)
    }

    /// Judges what this node or a quorum has judged before, by all but its time.
    fn judge_again(&mut self, proposal: &Proposal) -> Result<Assessment, Fatal> {
        self.judge(proposal, TimeCheck::Judged, None)
    }

    fn judge(
        &mut self,
        proposal: &Proposal,
        time: TimeCheck,
        proposer: Option<&PublicKey>,
    ) -> Result<Assessment, Fatal> {
        let Proposal { id, body } = proposal;
        let id = *id;
        if self.candidates.get(&id).is_some_and(|known| known.body == *body) {
            return Ok(Assessment { id, valid: true });
        }
        let mempool = &self.with.mempool;
        let known =
            |id: &RecordId| -> Option<Arc<VerifiedRecord>> { mempool.get(id).map(|waiting| waiting.record) };
        match self.executor.assess(proposal, time, known)? {
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
                    self.with.clocks.refused(proposer.id(), *time);
                }
                self.with.metrics.chain.invalid_proposals.inc();
                Ok(Assessment { id, valid: false })
            }
        }
    }

    fn write(&mut self, decided: &Decided) -> Result<(), Fatal> {
        let candidate = self.decided_candidate(decided)?;
        let (header, records) = (candidate.block.header.clone(), candidate.records.clone());
        let before = self.executor.validators();
        self.executor.commit(candidate, &decided.certificate)?;
        self.candidates.clear();
        // The window of the next height does not begin with this one's rounds.
        self.round = 0;
        let deciding = self.executor.validators();
        self.effects.follow(&CommittedBlock { header, records, before, deciding })
    }

    /// The executed block that was decided; one this node has not judged, or not since a restart, is judged now.
    fn decided_candidate(&mut self, decided: &Decided) -> Result<Candidate, Fatal> {
        let id = decided.id;
        if !self.candidates.contains_key(&id) {
            let body = self.with.store.undecided_body(decided.height, &id).map_err(fatal)?;
            let missing = || fatal(format!("block {id} was decided but its body is not here"));
            let body = Bytes::from(body.ok_or_else(missing)?);
            if !self.judge_again(&Proposal { id, body })?.valid {
                return Err(fatal(format!(
                    "the consortium decided block {id} which this node computes differently: stop and compare state"
                )));
            }
        }
        self.candidates.remove(&id).ok_or_else(|| fatal("a judged block is kept until committed"))
    }
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
        for undecided in self.with.store.undecided(height, round).map_err(fatal)? {
            if undecided.proposer.map(|key| key.id()) == own {
                let proposal = Proposal { id: undecided.id, body: Bytes::from(undecided.body) };
                // Ours from before a restart: its time was judged by this very node.
                if tokio::task::block_in_place(|| self.judge_again(&proposal))?.valid {
                    return Ok(proposal);
                }
            }
        }
        tokio::task::block_in_place(|| {
            let candidate = self.build()?;
            let proposal = Proposal { id: candidate.id, body: candidate.body.clone() };
            let key = self.validators(height).into_iter().find(|v| Some(v.key.id()) == own).map(|v| v.key);
            self.with
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
        proposal: Proposal,
    ) -> Result<Assessment, Fatal> {
        tokio::task::block_in_place(|| {
            let time = self.time_check(height, round, source, &proposal)?;
            let assessment = self.judge(&proposal, time, source.proposer())?;
            if assessment.valid {
                self.with
                    .store
                    .put_undecided(height, round, &assessment.id, source.proposer(), &proposal.body)
                    .map_err(fatal)?;
            }
            Ok(assessment)
        })
    }

    async fn undecided(&mut self, height: Height, round: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal> {
        let stored = self.with.store.undecided(height, round).map_err(fatal)?;
        let mut seen = Vec::with_capacity(stored.len());
        for one in stored {
            let Some(proposer) = one.proposer else { continue };
            // It was judged in time before it was stored.
            let proposal = Proposal { id: one.id, body: Bytes::from(one.body) };
            let assessment = tokio::task::block_in_place(|| self.judge_again(&proposal))?;
            seen.push((proposer, assessment));
        }
        Ok(seen)
    }

    async fn body_of(&mut self, height: Height, id: BlockHash) -> Result<Option<Bytes>, Fatal> {
        if let Some(known) = self.candidates.get(&id) {
            return Ok(Some(known.body.clone()));
        }
        Ok(self.with.store.undecided_body(height, &id).map_err(fatal)?.map(Bytes::from))
    }

    async fn commit(&mut self, decided: Decided) -> Result<(), Fatal> {
        tokio::task::block_in_place(|| self.write(&decided))
    }

    async fn decided(&mut self, height: Height) -> Result<Option<(Bytes, Bytes)>, Fatal> {
        let store = &self.with.store;
        let Some(certificate) = store.certificate(height).map_err(fatal)? else { return Ok(None) };
        let Some(block) = store.block(height).map_err(fatal)? else { return Ok(None) };
        Ok(Some((Bytes::from(certificate), Bytes::from(block.encode()))))
    }

    async fn misbehaviour(&mut self, seen: Vec<Misbehaviour>, unproven: usize) {
        let with = &self.with;
        with.metrics.chain.misbehaviour.inc_by(seen.len().saturating_add(unproven) as u64);
        if unproven > 0 {
            warn!(
                unproven,
                "a validator misbehaved: it proposed one block twice in a round, in different ways"
            );
        }
        // One of those who saw it shows it to the chain; each waits for those before it.
        let (voters, own) = (self.executor.validators(), self.effects.identity.voting_key);
        let place = voters.all().iter().position(|one| Some(one.key) == own);
        let place = u32::try_from(place.unwrap_or(voters.all().len())).unwrap_or(u32::MAX);
        for one in seen {
            let wait = STAGGER.saturating_mul(place);
            if let Err(fatal) = with.misbehaviour.saw(&with.store, one, wait, with.signs_records) {
                with.stop.stop(&fatal);
                return;
            }
        }
    }

    async fn round_started(&mut self, height: Height, round: u32, proposer: &PublicKey) {
        self.round = round;
        if round > 0 {
            info!(%height, round, proposer = %proposer, "a further round: the one before did not decide");
        }
        self.with.metrics.round(height, round);
    }
}
