//! The loop between the engine and the application.
//!
//! **Invariant:** a [`Fatal`] ends the loop without an answer: the engine then decides nothing more, and the node
//! stops. It is never turned into 'invalid'.

use std::collections::BTreeMap;

use biaozheng_ledger::ids::{ChainId, Height as LedgerHeight};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::misbehaviour::{Choice, Misbehaviour, Step};
use bytes::Bytes;
use malachite_app::types::{LocallyProposedValue, ProposedValue};
use malachite_app_channel::{AppMsg, NetworkMsg};
use malachite_core_consensus::MisbehaviorEvidence;
use malachite_core_types::{
    CommitCertificate, ExtendedCommitCertificate, HeightParams, LinearTimeouts, NilOrVal, Round,
    SignedMessage, Validity, VoteExtensions, VoteType,
};
use malachite_engine::host::{Next, SyncedValueOutcome};
use malachite_sync::RawDecidedValue;
use tokio::sync::mpsc;
use tracing::{debug, error, warn};

use super::application::{Application, Assessment, Decided, Demand, Fatal};
use super::codec::WireCommit;
use super::context::{Address, Ctx, Height, Proposal, ValidatorSet, Value, Vote, turn};
use super::parts::{Assembled, Assembler, Sender, cut};
use crate::keyring::Keyring;

/// Bodies of one round this node executes: its proposer has one, and may have sent it twice.
const BODIES_PER_ROUND_MAX: usize = 3;
/// How far ahead of this node a proposer's round may be.
const ROUNDS_AHEAD_MAX: u32 = 4;

/// Values of one answer to a node that catches up, and their bytes: below the engine's message limit.
const SYNC_VALUES_MAX: u64 = 16;
const SYNC_BYTES_MAX: usize = 8 * 1024 * 1024;

pub(super) struct Driver<A> {
    pub(super) app: A,
    pub(super) chain: ChainId,
    /// This validator's consensus key, for announcing bodies; votes are signed elsewhere, behind the guard.
    pub(super) own: Option<SecretKey>,
    pub(super) keys: Keyring,
    /// The round this node is in, and how many bodies of each round it has judged.
    pub(super) round: u32,
    pub(super) judged: BTreeMap<u32, usize>,
    pub(super) timeouts: LinearTimeouts,
    pub(super) demand: Demand,
    pub(super) network: mpsc::Sender<NetworkMsg<Ctx>>,
    pub(super) parts: Assembler,
    pub(super) streams: u64,
}

/// What the engine saw signed twice, and how many pairs are for one block: proposals that differ in their valid round.
fn misbehaviour(evidence: &MisbehaviorEvidence<Ctx>) -> (Vec<Misbehaviour>, usize) {
    let vote = |vote: &SignedMessage<Ctx, Vote>| {
        let message = &vote.message;
        let step = match message.kind {
            VoteType::Prevote => Step::Prevote,
            VoteType::Precommit => Step::Precommit,
        };
        let block = match &message.value {
            NilOrVal::Nil => None,
            NilOrVal::Val(value) => Some(value.0),
        };
        let place = (message.height.ledger(), message.round.as_u32().unwrap_or(0));
        ((message.address.0, step), place, Choice::new(block, None, &vote.signature))
    };
    let proposal = |proposal: &SignedMessage<Ctx, Proposal>| {
        let message = &proposal.message;
        let place = (message.height.ledger(), message.round.as_u32().unwrap_or(0));
        let choice = Choice::new(Some(message.value.0), message.pol_round.as_u32(), &proposal.signature);
        ((message.address.0, Step::Proposal), place, choice)
    };
    let votes =
        evidence.votes.iter().flat_map(|(_, pairs)| pairs).map(|(one, other)| (vote(one), vote(other)));
    let proposals = evidence.proposals.iter().flat_map(|(_, pairs)| pairs);
    let pairs = votes.chain(proposals.map(|(one, other)| (proposal(one), proposal(other))));
    let (mut seen, mut unproven) = (Vec::new(), 0usize);
    for ((who, place, one), (.., other)) in pairs {
        match Misbehaviour::of(who, place, one, other) {
            Some(one) => seen.push(one),
            None => unproven = unproven.saturating_add(1),
        }
    }
    (seen, unproven)
}

fn round_number(round: Round) -> Result<u32, Fatal> {
    round.as_u32().ok_or_else(|| Fatal::new("the engine named no round".into()))
}

impl<A: Application> Driver<A> {
    /// Serves the engine until its channel closes or something fatal happens.
    pub(super) async fn run(mut self, mut messages: mpsc::Receiver<AppMsg<Ctx>>) -> Result<(), Fatal> {
        while let Some(message) = messages.recv().await {
            self.handle(message).await?;
        }
        Err(Fatal::new("the consensus engine ended".into()))
    }

    fn params(&self, height: Height) -> HeightParams<Ctx> {
        let keys = self.app.validators(height.ledger()).into_iter().map(|one| one.key);
        HeightParams::new(ValidatorSet::new(keys), self.timeouts, None)
    }

    fn next_height(&self) -> Height {
        self.app.committed().next().into()
    }

    async fn handle(&mut self, message: AppMsg<Ctx>) -> Result<(), Fatal> {
        match message {
            AppMsg::ConsensusReady { reply } => {
                let height = self.next_height();
                let _ = reply.send((height, self.params(height)));
            }
            AppMsg::StartedRound { height, round, proposer, reply_value, .. } => {
                let number = round_number(round)?;
                self.round = number;
                self.app.round_started(height.ledger(), number, &proposer.0).await;
                let seen = self.app.undecided(height.ledger(), number).await?;
                let values = seen
                    .into_iter()
                    .map(|(key, one)| proposed(height, round, Round::Nil, key, one))
                    .collect();
                let _ = reply_value.send(values);
            }
            AppMsg::GetValue { height, round, reply, .. } => {
                let proposal = self.app.propose(height.ledger(), round_number(round)?).await?;
                let _ = reply.send(LocallyProposedValue::new(height, round, Value(proposal.id)));
                self.publish(height, round, Round::Nil, &proposal.body).await;
            }
            AppMsg::RestreamProposal { height, round, valid_round, value_id, .. } => {
                if let Some(body) = self.app.body_of(height.ledger(), value_id.0).await? {
                    self.publish(height, round, valid_round, &body).await;
                }
            }
            AppMsg::ReceivedProposalPart { from, published_by, part, reply } => {
                let publisher = published_by.unwrap_or(from).to_bytes();
                let value = match self.parts.take(publisher, part) {
                    Some(whole) => self.judge(whole).await?,
                    None => None,
                };
                let _ = reply.send(value);
            }
            AppMsg::Decided { certificate, reply, .. } => {
                self.commit(certificate).await?;
                let _ = reply.send(());
            }
            AppMsg::Finalized { evidence, reply, .. } => {
                if !evidence.is_empty() {
                    let (seen, unproven) = misbehaviour(&evidence);
                    self.app.misbehaviour(seen, unproven).await;
                }
                let height = self.next_height();
                let params = self.params(height);
                let waiting = (self.demand)(height.ledger());
                // Idle blocks are held back here, beside the loop, so that it answers peers meanwhile.
                tokio::spawn(async move {
                    waiting.await;
                    let _ = reply.send(Next::Start(height, params));
                });
            }
            AppMsg::GetHistoryMinHeight { reply } => {
                let _ = reply.send(self.app.min_height().into());
            }
            AppMsg::GetDecidedValues { range, reply } => {
                let _ = reply.send(self.decided(range.start().0, range.end().0).await?);
            }
            AppMsg::ProcessSyncedValue { height, round, value_bytes, reply, .. } => {
                let outcome = self.synced(height, round, value_bytes).await?;
                let _ = reply.send(outcome);
            }
            AppMsg::ExtendVote { reply, .. } => {
                let _ = reply.send(None);
            }
            AppMsg::VerifyVoteExtensions { extensions, reply, .. } => {
                use malachite_core_consensus::VoteExtensionError::InvalidVoteExtension;
                let refuse = |(address, _)| (address, Err(InvalidVoteExtension));
                let _ = reply.send(extensions.into_iter().map(refuse).collect());
            }
        }
        Ok(())
    }

    async fn publish(&mut self, height: Height, round: Round, valid_round: Round, body: &Bytes) {
        let Some(key) = &self.own else { return };
        self.streams = self.streams.saturating_add(1);
        let sender = Sender { chain: self.chain, key, height, round, valid_round };
        for message in cut(&sender, body, self.streams) {
            if self.network.send(NetworkMsg::PublishProposalPart(message)).await.is_err() {
                error!("the engine's network is gone");
                return;
            }
        }
    }

    async fn judge(&mut self, whole: Assembled) -> Result<Option<ProposedValue<Ctx>>, Fatal> {
        let Assembled { init, body } = whole;
        // Bodies of other heights cannot be executed now; the engine asks peers for what it missed.
        if init.height != self.next_height() {
            debug!(height = %init.height, "a body of another height is passed over");
            return Ok(None);
        }
        let (height, round) = (init.height.ledger(), round_number(init.round)?);
        let voters = self.app.validators(height);
        let expected = voters.get(turn(init.height, init.round, voters.len())).map(|one| one.key);
        let signed = self
            .keys
            .prepare(&init.proposer.0)
            .and_then(|key| key.verify(init.digest(&self.chain).bytes(), &init.signature));
        let near = round <= self.round.saturating_add(ROUNDS_AHEAD_MAX);
        if expected != Some(init.proposer.0) || signed.is_err() || !near {
            warn!(round, "a body that is not its sender's to propose is passed over");
            return Ok(None);
        }
        let judged = self.judged.entry(round).or_default();
        if *judged >= BODIES_PER_ROUND_MAX {
            warn!(round, "one body too many of this round's proposer is passed over");
            return Ok(None);
        }
        *judged = judged.saturating_add(1);
        let assessment = self.app.assess(height, round, Some(&init.proposer.0), body).await?;
        Ok(Some(proposed(init.height, init.round, init.valid_round, init.proposer.0, assessment)))
    }

    async fn synced(
        &mut self,
        height: Height,
        round: Round,
        body: Bytes,
    ) -> Result<SyncedValueOutcome<Ctx>, Fatal> {
        if height != self.next_height() {
            return Ok(SyncedValueOutcome::LocalTransientError);
        }
        let assessment = self.app.assess(height.ledger(), round_number(round)?, None, body).await?;
        if !assessment.valid {
            return Ok(SyncedValueOutcome::PeerFault);
        }
        // The proposer named by the message may be wrong, and nothing depends on it.
        let anyone = self.app.validators(height.ledger()).into_iter().map(|one| one.key).next();
        let key = anyone.ok_or_else(|| Fatal::new("no validators".into()))?;
        Ok(SyncedValueOutcome::Verdict(proposed(height, round, Round::Nil, key, assessment)))
    }

    async fn commit(&mut self, certificate: CommitCertificate<Ctx>) -> Result<(), Fatal> {
        let height = certificate.height;
        let round = round_number(certificate.round)?;
        let id = certificate.value_id.0;
        let extended = ExtendedCommitCertificate::from_commit_certificate_and_extensions(
            certificate,
            VoteExtensions::new(Vec::new()),
        );
        let bytes =
            borsh::to_vec(&WireCommit::from(&extended)).map_err(|error| Fatal::new(error.to_string()))?;
        let decided = Decided { height: height.ledger(), round, id, certificate: Bytes::from(bytes) };
        self.app.commit(decided).await?;
        self.parts.clear(height);
        self.judged.clear();
        self.round = 0;
        Ok(())
    }

    async fn decided(&mut self, first: u64, last: u64) -> Result<Vec<RawDecidedValue<Ctx>>, Fatal> {
        let last = last.min(first.saturating_add(SYNC_VALUES_MAX)).min(self.app.committed().get());
        let (mut values, mut bytes) = (Vec::new(), 0usize);
        for height in first.max(1)..=last {
            let Some((certificate, body)) = self.app.decided(LedgerHeight::new(height)).await? else { break };
            bytes = bytes.saturating_add(body.len()).saturating_add(certificate.len());
            if bytes > SYNC_BYTES_MAX && !values.is_empty() {
                break;
            }
            let commit: WireCommit = borsh::from_slice(&certificate)
                .map_err(|_| Fatal::new(format!("the commit certificate of block {height} is damaged")))?;
            values.push(RawDecidedValue::new(body, commit.into()));
        }
        Ok(values)
    }
}

fn proposed(
    height: Height,
    round: Round,
    valid_round: Round,
    proposer: PublicKey,
    assessment: Assessment,
) -> ProposedValue<Ctx> {
    ProposedValue {
        height,
        round,
        valid_round,
        proposer: Address(proposer),
        value: Value(assessment.id),
        validity: Validity::from_bool(assessment.valid),
    }
}
