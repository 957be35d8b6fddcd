//! The loop between the engine and the application.
//!
//! **Invariant:** what came from a peer is a [`FromPeer`] here: parts of bodies, values of value sync, the range a peer asks
//! for. It is passed over, or it becomes a value with checked fields; it never ends the loop.
//! **Invariant:** a [`Fatal`] ends the loop without an answer: the engine then decides nothing more, and the node
//! stops. It is never turned into 'invalid'.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::ids::{BlockHash, ChainId, Height as LedgerHeight};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::misbehaviour::{Choice, Misbehaviour, Step};
use bytes::Bytes;
use malachite_app::streaming::StreamMessage;
use malachite_app::types::{LocallyProposedValue, ProposedValue};
use malachite_app_channel::{AppMsg, NetworkMsg};
use malachite_core_consensus::MisbehaviorEvidence;
use malachite_core_types::{
    CommitCertificate, ExtendedCommitCertificate, HeightParams, LinearTimeouts, NilOrVal, Round,
    SignedMessage, Validity, VoteExtensions, VoteType,
};
use malachite_engine::host::{Next, SyncedValueOutcome};
use malachite_sync::RawDecidedValue;
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, error};

use super::application::{Application, Assessment, Decided, Demand, Fatal, Proposal as Built, Source};
use super::codec::WireCommit;
use super::context::{Address, Ctx, Height, Part, Proposal, ValidatorSet, Value, Vote, turn};
use super::lock::{Prevotes, Subject};
use super::parts::{Assembled, Assembler, Sender, cut};
use crate::intake::keyring::Keyring;
use crate::peers::from_peer::{FromPeer, Misfit};

/// New bodies of one round this node executes: its proposer has one, and may have sent it twice.
const BODIES_PER_ROUND_MAX: usize = 3;
/// Proofs of lock and locked bodies that were wrong, after which no further one of their sender is looked at in this height.
const WRONG_LOCKS_MAX: usize = 8;
/// How far ahead of this node a proposer's round may be.
const ROUNDS_AHEAD_MAX: u32 = 4;

/// How many values one answer to a node that catches up has after the first (so 17 in all), and their bytes: below the
/// engine's message limit.
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
    /// Bodies the engine knows to be valid in a round: it is told once.
    pub(super) told: BTreeSet<(u32, BlockHash)>,
    /// How often a voter's proof of lock, or its locked body, was wrong.
    pub(super) wrong: BTreeMap<PublicKey, usize>,
    pub(super) timeouts: LinearTimeouts,
    pub(super) demand: Demand,
    pub(super) network: mpsc::Sender<NetworkMsg<Ctx>>,
    pub(super) parts: Assembler,
    pub(super) streams: u64,
    /// What the verifier saw prevoted.
    pub(super) prevotes: Prevotes,
}

/// A body whose sender may send it in its round.
struct Placed {
    height: LedgerHeight,
    round: u32,
    valid_round: Round,
    /// Whose turn the round is.
    proposer: PublicKey,
    sender: PublicKey,
    /// A quorum prevoted for it, as the sender shows or as this node saw itself.
    locked: bool,
    id: BlockHash,
    body: Bytes,
}

/// A value a peer says was decided.
struct Synced {
    height: Height,
    round: Round,
    body: Bytes,
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

    pub(super) async fn handle(&mut self, message: AppMsg<Ctx>) -> Result<(), Fatal> {
        match message {
            AppMsg::ConsensusReady { reply } => {
                let height = self.next_height();
                let _ = reply.send((height, self.params(height)));
            }
            AppMsg::StartedRound { height, round, proposer, reply_value, .. } => {
                let _ = reply_value.send(self.start_round(height, round, &proposer).await?);
            }
            AppMsg::GetValue { height, round, reply, .. } => {
                let proposal = self.app.propose(height.ledger(), round_number(round)?).await?;
                let _ = reply.send(LocallyProposedValue::new(height, round, Value(proposal.id)));
                self.publish(height, round, Round::Nil, proposal.id, &proposal.body).await;
            }
            AppMsg::RestreamProposal { height, round, valid_round, value_id, .. } => {
                if let Some(body) = self.app.body_of(height.ledger(), value_id.0).await? {
                    self.publish(height, round, valid_round, value_id.0, &body).await;
                }
            }
            AppMsg::ReceivedProposalPart { from, published_by, part, reply } => {
                let publisher = published_by.unwrap_or(from).to_bytes();
                let _ = reply.send(self.part(publisher, FromPeer::new(part)).await?);
            }
            AppMsg::Decided { certificate, reply, .. } => {
                self.commit(certificate).await?;
                let _ = reply.send(());
            }
            AppMsg::Finalized { evidence, reply, .. } => self.finalised(&evidence, reply).await,
            AppMsg::GetHistoryMinHeight { reply } => {
                let _ = reply.send(self.app.min_height().into());
            }
            AppMsg::GetDecidedValues { range, reply } => {
                let _ = reply.send(self.decided(FromPeer::new((range.start().0, range.end().0))).await?);
            }
            AppMsg::ProcessSyncedValue { height, round, value_bytes, reply, .. } => {
                let value = Synced { height, round, body: value_bytes };
                let _ = reply.send(self.synced(FromPeer::new(value)).await?);
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

    /// A round begins: what this node saw of it before a crash is given back to the engine.
    async fn start_round(
        &mut self,
        height: Height,
        round: Round,
        proposer: &Address,
    ) -> Result<Vec<ProposedValue<Ctx>>, Fatal> {
        let number = round_number(round)?;
        self.round = number;
        self.app.round_started(height.ledger(), number, &proposer.0).await;
        let seen = self.app.undecided(height.ledger(), number).await?;
        Ok(seen.into_iter().map(|(key, one)| proposed(height, round, Round::Nil, key, one)).collect())
    }

    /// A height is over: who signed twice is noted, and the next height begins when it has a reason to.
    async fn finalised(&mut self, evidence: &MisbehaviorEvidence<Ctx>, reply: oneshot::Sender<Next<Ctx>>) {
        if !evidence.is_empty() {
            let (seen, unproven) = misbehaviour(evidence);
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

    fn voters(&self, height: LedgerHeight) -> Vec<PublicKey> {
        self.app.validators(height).into_iter().map(|one| one.key).collect()
    }

    async fn publish(
        &mut self,
        height: Height,
        round: Round,
        valid_round: Round,
        id: BlockHash,
        body: &Bytes,
    ) {
        let (Some(key), Some(number)) = (self.own.clone(), round.as_u32()) else { return };
        self.streams = self.streams.saturating_add(1);
        let voters = self.voters(height.ledger());
        let subject = Subject { chain: &self.chain, height: height.ledger(), block: id, voters: &voters };
        let lock = self.prevotes.lock(&subject, number);
        let valid_round = valid_round.as_u32();
        let sender = Sender { chain: self.chain, key: &key, height, round: number, valid_round, lock };
        for message in cut(&sender, body, self.streams) {
            if self.network.send(NetworkMsg::PublishProposalPart(message)).await.is_err() {
                error!("the engine's network is gone");
                return;
            }
        }
    }

    /// Takes a part of a body; gives the verdict about the body once it is whole.
    async fn part(
        &mut self,
        publisher: Vec<u8>,
        part: FromPeer<StreamMessage<Part>>,
    ) -> Result<Option<ProposedValue<Ctx>>, Fatal> {
        let checked = match self.parts.take(publisher, part) {
            Ok(None) => return Ok(None),
            Ok(Some(whole)) => self.signed(whole),
            Err(misfit) => Err(misfit),
        };
        match checked.and_then(|whole| self.place(whole)) {
            Ok(placed) => self.judge(placed).await,
            Err(misfit) => {
                // A peer can send as many as it likes: none is worth a line that every operator sees.
                debug!(%misfit, "a peer's body is passed over");
                Ok(None)
            }
        }
    }

    /// A body of the height being decided whose announcement is signed by a voter.
    fn signed(&self, whole: FromPeer<Assembled>) -> Result<Assembled, Misfit> {
        whole.check(|whole| {
            let init = &whole.init;
            // Bodies of other heights cannot be executed now; the engine asks peers for what it missed.
            if init.height != self.next_height() {
                return Err(Misfit("it is of another height"));
            }
            if !self.voters(init.height.ledger()).contains(&init.sender.0) {
                return Err(Misfit("its sender has no vote"));
            }
            self.keys
                .prepare(&init.sender.0)
                .and_then(|key| key.verify(init.digest(&self.chain).bytes(), &init.signature))
                .map_err(|_| Misfit("its announcement is not signed by its sender"))?;
            Ok(whole)
        })
    }

    /// Whether the sender of a body may send it: the proposer of its round, or, once a quorum has prevoted for it in this
    /// very round, any voter.
    fn place(&mut self, Assembled { init, body }: Assembled) -> Result<Placed, Misfit> {
        let (height, round, sender) = (init.height.ledger(), init.round, init.sender.0);
        let voters = self.voters(height);
        let place = turn(init.height, Round::new(round), voters.len());
        let proposer = *voters.get(place).ok_or(Misfit("it is of a height without voters"))?;
        let id = self.app.block_id(&body);
        let lock = init.lock.as_ref();
        let of_round = lock.is_some_and(|lock| lock.round == round);
        if sender != proposer && !of_round {
            return Err(Misfit("the round is not its sender's to propose in"));
        }
        // Only a quorum's votes of the very round show that it is not made up.
        if round > self.round.saturating_add(ROUNDS_AHEAD_MAX) && !of_round {
            return Err(Misfit("its round is too far ahead"));
        }
        let subject = Subject { chain: &self.chain, height, block: id, voters: &voters };
        // What this node saw itself needs no proof; a proof is for those who did not.
        let seen = self.prevotes.lock(&subject, round).is_some_and(|own| !of_round || own.round == round);
        let shown = match lock {
            Some(lock) if !seen => {
                if self.wrong.get(&sender).is_some_and(|wrong| *wrong >= WRONG_LOCKS_MAX) {
                    return Err(Misfit("its sender has shown too many wrong proofs of lock"));
                }
                let in_time =
                    if lock.round > round { Err(Misfit("its proof is of a later round")) } else { Ok(()) };
                if let Err(misfit) = in_time.and_then(|()| lock.verify(&subject, &self.keys)) {
                    self.is_wrong(sender);
                    return Err(misfit);
                }
                true
            }
            _ => false,
        };
        let valid_round = init.valid_round.map_or(Round::Nil, Round::new);
        Ok(Placed { height, round, valid_round, proposer, sender, locked: seen || shown, id, body })
    }

    fn is_wrong(&mut self, sender: PublicKey) {
        let wrong = self.wrong.entry(sender).or_default();
        *wrong = wrong.saturating_add(1);
    }

    async fn judge(&mut self, placed: Placed) -> Result<Option<ProposedValue<Ctx>>, Fatal> {
        let Placed { height, round, valid_round, proposer, sender, locked, id, body } = placed;
        if self.told.contains(&(round, id)) {
            return Ok(None);
        }
        if !locked {
            let judged = self.judged.entry(round).or_default();
            if *judged >= BODIES_PER_ROUND_MAX {
                debug!(round, "one body too many of this round's proposer is passed over");
                return Ok(None);
            }
            *judged = judged.saturating_add(1);
        }
        let source = if locked { Source::Locked(&proposer) } else { Source::Fresh(&proposer) };
        let assessment = self.app.assess(height, round, source, Built { id, body }).await?;
        if assessment.valid {
            self.told.insert((round, id));
        } else if locked {
            // The header a quorum prevoted for, with other records: no verdict about what the quorum prevoted for.
            self.is_wrong(sender);
            return Ok(None);
        }
        Ok(Some(proposed(height.into(), Round::new(round), valid_round, proposer, assessment)))
    }

    async fn synced(&mut self, value: FromPeer<Synced>) -> Result<SyncedValueOutcome<Ctx>, Fatal> {
        let next = self.next_height();
        let checked = value.check(|value| {
            let round = value.round.as_u32().ok_or(Misfit("it names no round"))?;
            Ok((value.height, round, value.body))
        });
        let (height, number, body) = match checked {
            Ok((height, ..)) if height != next => return Ok(SyncedValueOutcome::LocalTransientError),
            Ok(checked) => checked,
            Err(misfit) => {
                debug!(%misfit, "a peer's decided block is passed over");
                return Ok(SyncedValueOutcome::PeerFault);
            }
        };
        let built = Built { id: self.app.block_id(&body), body };
        let assessment = self.app.assess(height.ledger(), number, Source::Decided, built).await?;
        if !assessment.valid {
            return Ok(SyncedValueOutcome::PeerFault);
        }
        // The proposer named by the message may be wrong, and nothing depends on it.
        let Some(key) = self.voters(height.ledger()).first().copied() else {
            return Err(Fatal::new("no validators".into()));
        };
        Ok(SyncedValueOutcome::Verdict(proposed(height, Round::new(number), Round::Nil, key, assessment)))
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
        self.told.clear();
        self.wrong.clear();
        self.round = 0;
        Ok(())
    }

    /// The blocks a peer asks for, from its first on: as many as one answer holds, none for a range that holds none.
    async fn decided(&mut self, asked: FromPeer<(u64, u64)>) -> Result<Vec<RawDecidedValue<Ctx>>, Fatal> {
        let committed = self.app.committed().get();
        let bounded = asked.check(|(first, last)| {
            let first = first.max(self.app.min_height().get());
            Ok(first..=last.min(first.saturating_add(SYNC_VALUES_MAX)).min(committed))
        });
        let (mut values, mut bytes) = (Vec::new(), 0usize);
        for height in bounded.into_iter().flatten() {
            let Some((certificate, body)) = self.app.decided(LedgerHeight::new(height)).await? else { break };
            bytes = bytes.saturating_add(body.len()).saturating_add(certificate.len());
            if bytes > SYNC_BYTES_MAX && !values.is_empty() {
                break;
            }
            let damaged = || Fatal::new(format!("the commit certificate of block {height} is damaged"));
            let commit: WireCommit = borsh::from_slice(&certificate).map_err(|_| damaged())?;
            values.push(RawDecidedValue::new(body, commit.try_into().map_err(|_| damaged())?));
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

#[cfg(test)]
mod tests;
