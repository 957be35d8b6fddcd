//! What a ceremony has come to, as every reader of the chain knows it.
//!
//! Phases follow one another when the node says so, at heights everybody agrees on: deals, then acknowledgements, then
//! logs. **Invariant:** two boards that took the same messages and steps in the same order give the same result.
//!
//! A log counts when its dealer's deal is the one on the board, every acknowledgement in it verifies, and every revealed
//! share fits the commitment. Otherwise it stays as evidence and its dealer is out. A dealer may reveal a share that was
//! acknowledged; the count of revealed shares covers it.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::key::PublicKey;
use commonware_cryptography::bls12381::dkg::feldman_desmedt::{DealerLogSummary, Failure, observe};
use commonware_parallel::Sequential;
use commonware_utils::{Faults as _, N3f1};
use rand_chacha::ChaCha20Rng;

use super::ceremony::Ceremony;
use super::epoch_keys::EpochKeys;
use super::messages::{Acknowledgement, Deal, DealerLog};
use super::{Logs, codec};
use crate::seed::Seed;

/// What a ceremony takes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Dealing,
    Acknowledging,
    Concluding,
    Closed,
}

/// What a dealer's log is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogVerdict {
    Usable,
    /// The dealer shows no results, because it would have to reveal too many shares.
    Withheld,
    /// The dealer cheated; the text says how.
    Faulty(String),
}

/// Why the board does not take a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoardError {
    #[error("the ceremony is in phase {0:?}")]
    Phase(Phase),
    #[error("the message is of another ceremony")]
    OtherCeremony,
    #[error("the sender has no such part in the ceremony")]
    Stranger,
    #[error("the sender has said this already")]
    Repeated,
    #[error("the signature is not the sender's")]
    Signature,
    #[error("the deal does not have one share for each player")]
    Shares,
    #[error("the dealer it answers has dealt nothing")]
    NoDeal,
}

/// Why a ceremony gives no keys and has to be run again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyFailure {
    #[error("the ceremony is not closed yet")]
    NotClosed,
    #[error("{usable} usable dealers, {required} are needed; faulty: {faulty:?}; missing: {missing:?}")]
    TooFewDealers { required: u32, usable: u32, faulty: Vec<PublicKey>, missing: Vec<PublicKey> },
    #[error(
        "the shares of {revealed:?} are in the open; with f colluders they could open, at most {allowed} may be"
    )]
    TooManyRevealed { revealed: Vec<PublicKey>, allowed: usize },
}

/// The public state of one ceremony.
#[derive(Clone, Debug)]
pub struct Board {
    ceremony: Ceremony,
    phase: Phase,
    deals: BTreeMap<PublicKey, Deal>,
    /// By dealer, then player.
    acknowledgements: BTreeMap<(PublicKey, PublicKey), Acknowledgement>,
    logs: BTreeMap<PublicKey, (DealerLog, LogVerdict)>,
}

impl Board {
    #[must_use]
    pub fn new(ceremony: Ceremony) -> Self {
        Self {
            ceremony,
            phase: Phase::Dealing,
            deals: BTreeMap::new(),
            acknowledgements: BTreeMap::new(),
            logs: BTreeMap::new(),
        }
    }

    /// Puts a board together from messages another board took before: nothing is verified again. The caller keeps them
    /// where only what was taken comes in.
    #[must_use]
    pub fn restore(
        ceremony: Ceremony,
        phase: Phase,
        deals: impl IntoIterator<Item = Deal>,
        acknowledgements: impl IntoIterator<Item = Acknowledgement>,
        logs: impl IntoIterator<Item = (DealerLog, LogVerdict)>,
    ) -> Self {
        let deals = deals.into_iter().map(|deal| (deal.dealer, deal)).collect();
        let acknowledgements =
            acknowledgements.into_iter().map(|one| ((one.dealer, one.player), one)).collect();
        let logs = logs.into_iter().map(|(log, verdict)| (log.dealer, (log, verdict))).collect();
        Self { ceremony, phase, deals, acknowledgements, logs }
    }

    #[must_use]
    pub const fn ceremony(&self) -> &Ceremony {
        &self.ceremony
    }

    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Goes on to the next phase.
    pub const fn advance(&mut self) {
        self.phase = match self.phase {
            Phase::Dealing => Phase::Acknowledging,
            Phase::Acknowledging => Phase::Concluding,
            Phase::Concluding | Phase::Closed => Phase::Closed,
        };
    }

    fn admit(
        &self,
        phase: Phase,
        ceremony: &biaozheng_ledger::digest::Digest,
        dealer: &PublicKey,
    ) -> Result<(), BoardError> {
        if self.phase != phase {
            Err(BoardError::Phase(self.phase))
        } else if ceremony != self.ceremony.digest() {
            Err(BoardError::OtherCeremony)
        } else if !self.ceremony.dealers.contains(dealer) {
            Err(BoardError::Stranger)
        } else {
            Ok(())
        }
    }

    /// Takes a deal.
    ///
    /// # Errors
    /// [`BoardError`].
    pub fn enter_deal(&mut self, deal: Deal) -> Result<(), BoardError> {
        self.admit(Phase::Dealing, &deal.ceremony, &deal.dealer)?;
        if self.deals.contains_key(&deal.dealer) {
            return Err(BoardError::Repeated);
        }
        if deal.shares.len() != self.ceremony.players.len() {
            return Err(BoardError::Shares);
        }
        deal.verify().map_err(|_| BoardError::Signature)?;
        self.deals.insert(deal.dealer, deal);
        Ok(())
    }

    /// Takes an acknowledgement that its player signed. Whether the part of it that goes into the dealer's log fits the
    /// deal, only its dealer checks; a player that got it wrong has its share revealed.
    ///
    /// # Errors
    /// [`BoardError`].
    pub fn enter_acknowledgement(&mut self, acknowledged: Acknowledgement) -> Result<(), BoardError> {
        self.admit(Phase::Acknowledging, &acknowledged.ceremony, &acknowledged.dealer)?;
        if !self.ceremony.players.contains_key(&acknowledged.player) {
            return Err(BoardError::Stranger);
        }
        if !self.deals.contains_key(&acknowledged.dealer) {
            return Err(BoardError::NoDeal);
        }
        let place = (acknowledged.dealer, acknowledged.player);
        if self.acknowledgements.contains_key(&place) {
            return Err(BoardError::Repeated);
        }
        acknowledged.verify().map_err(|_| BoardError::Signature)?;
        self.acknowledgements.insert(place, acknowledged);
        Ok(())
    }

    /// Takes a dealer's log and judges it. A faulty one is kept: it convicts its dealer.
    ///
    /// # Errors
    /// [`BoardError`] when it is not the dealer's word at all.
    pub fn enter_log(&mut self, log: DealerLog) -> Result<&LogVerdict, BoardError> {
        self.admit(Phase::Concluding, &log.ceremony, &log.dealer)?;
        if self.logs.contains_key(&log.dealer) {
            return Err(BoardError::Repeated);
        }
        let deal = self.deals.get(&log.dealer).ok_or(BoardError::NoDeal)?;
        let verdict = self.judge(deal, &log)?;
        let dealer = log.dealer;
        Ok(&self.logs.entry(dealer).or_insert((log, verdict)).1)
    }

    fn judge(&self, deal: &Deal, log: &DealerLog) -> Result<LogVerdict, BoardError> {
        let checked = log.log.clone().check(&self.ceremony.info).ok_or(BoardError::Signature)?;
        if checked.0.public() != log.dealer {
            return Err(BoardError::Signature);
        }
        // The library writes the commitment first.
        if !codec::write(&checked.1).starts_with(&codec::write(&deal.commitment)) {
            return Ok(LogVerdict::Faulty("the log commits to something else than the deal".to_owned()));
        }
        if matches!(checked.1.summary(), DealerLogSummary::TooManyReveals) {
            return Ok(LogVerdict::Withheld);
        }
        let mut alone = Logs::new(self.ceremony.info.clone());
        alone.record(checked.0, checked.1);
        let faults = match observe(&mut self.stream_with(Some(log)), alone, &Sequential) {
            Err(Failure::InsufficientLogs { faults, .. }) => faults,
            Ok(_) => return Ok(LogVerdict::Usable),
        };
        Ok(faults.get_value(&checked.0).map_or(LogVerdict::Usable, |why| LogVerdict::Faulty(why.to_string())))
    }

    pub fn deals(&self) -> impl Iterator<Item = &Deal> {
        self.deals.values()
    }

    #[must_use]
    pub fn deal(&self, dealer: &PublicKey) -> Option<&Deal> {
        self.deals.get(dealer)
    }

    /// The acknowledgements one dealer got.
    pub fn acknowledgements(&self, dealer: &PublicKey) -> impl Iterator<Item = &Acknowledgement> {
        self.acknowledgements.values().filter(move |it| it.dealer == *dealer)
    }

    /// The logs taken so far, by their dealers.
    #[must_use]
    pub fn log(&self, dealer: &PublicKey) -> Option<&DealerLog> {
        self.logs.get(dealer).map(|(log, _)| log)
    }

    /// What became of each dealer's log.
    pub fn verdicts(&self) -> impl Iterator<Item = (&PublicKey, &LogVerdict)> {
        self.logs.iter().map(|(dealer, (_, verdict))| (dealer, verdict))
    }

    pub(super) fn usable_logs(&self) -> Logs {
        let mut logs = Logs::new(self.ceremony.info.clone());
        for (log, verdict) in self.logs.values() {
            if let (LogVerdict::Usable, Some((dealer, log))) =
                (verdict, log.log.clone().check(&self.ceremony.info))
            {
                logs.record(dealer, log);
            }
        }
        logs
    }

    /// The weights with which revealed shares are checked together: fixed by all that was said, so nobody can choose
    /// shares to fit them, and the same on every node.
    pub(super) fn stream(&self) -> ChaCha20Rng {
        self.stream_with(None)
    }

    /// A log being judged is part of what fixes the weights it is judged with.
    fn stream_with(&self, judged: Option<&DealerLog>) -> ChaCha20Rng {
        let mut hasher = FieldHasher::new("biaozheng/ceremony-check/v1").digest(self.ceremony.digest());
        for log in self.logs.values().map(|(log, _)| log).chain(judged) {
            hasher = hasher.field(&log.to_bytes());
        }
        Seed::new(*hasher.finish().bytes()).stream("check", &[])
    }

    /// The result, once closed.
    ///
    /// # Errors
    /// [`CeremonyFailure`]; then a new ceremony with the next round number is due, without the faulty dealers if they
    /// can be spared.
    pub fn finalise(&self) -> Result<EpochKeys, CeremonyFailure> {
        if self.phase != Phase::Closed {
            return Err(CeremonyFailure::NotClosed);
        }
        let output = observe(&mut self.stream(), self.usable_logs(), &Sequential).map_err(|failure| {
            let Failure::InsufficientLogs { required, found, .. } = failure;
            let faulty = |verdict: &LogVerdict| matches!(verdict, LogVerdict::Faulty(_));
            let of = |wanted: bool| {
                let named = |dealer: &&PublicKey| {
                    self.logs.get(*dealer).is_none_or(|(_, it)| *it != LogVerdict::Usable)
                        && self.logs.get(*dealer).is_some_and(|(_, it)| faulty(it)) == wanted
                };
                self.ceremony.dealers.iter().filter(named).copied().collect()
            };
            CeremonyFailure::TooFewDealers { required, usable: found, faulty: of(true), missing: of(false) }
        })?;
        let keys = EpochKeys::of(self.ceremony.epoch, self.ceremony.purpose, output);
        let (revealed, allowed) = (keys.revealed(), self.reveals_allowed());
        if revealed.len() > allowed {
            return Err(CeremonyFailure::TooManyRevealed { revealed, allowed });
        }
        Ok(keys)
    }

    /// `quorum - 1 - f`: with so many shares in the open, f colluders still lack one.
    fn reveals_allowed(&self) -> usize {
        let players = self.ceremony.players.len();
        let (quorum, faults) = (N3f1::quorum(players), N3f1::max_faults(players));
        usize::try_from(quorum.saturating_sub(1).saturating_sub(faults)).unwrap_or_default()
    }
}
