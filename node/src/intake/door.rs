//! The one door by which a record comes into a node.
//!
//! | from | form | trial | room | journal | counted as | pushed |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | [`From::Client`] | yes | yes | the pool's, and what the promise allows | yes | `received` | yes, or held for its moment |
//! | [`From::Own`] | yes | yes | the pool's | yes | `received` | yes |
//! | [`From::Moment`] | when it came | when it came | always | again | `received` | yes |
//! | [`From::Peer`] | yes | no: its node has tried it | the peer's share | no: its node has it | `heard` | no |
//!
//! **Invariant:** what this node cannot trust, its disk or its state, stops it by whichever door the record came: the door
//! itself says so to [`Stop`], and no caller can leave it out. Everything else is a [`NotTaken`] and stops nothing.
//! **Invariant:** a record is on this node's disk, synced, before anybody is told that it was taken, but a peer's, of which
//! nobody is told anything.

use std::sync::Arc;

use biaozheng_contracts::{self as contracts, Reject};
use biaozheng_ledger::certificate::BlockFacts;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::record::{Record, RecordError, VerifiedRecord};
use biaozheng_store::{Store, StoreError};

use super::backlog::Pace;
use super::journal::{Journal, JournalError};
use super::judge::Judge;
use super::mempool::Mempool;
use crate::chain::consensus::Fatal;
use crate::chain::readiness::Readiness;
use crate::peers::gossip::Gossip;
use crate::run::clock::now;
use crate::run::metrics::Metrics;
use crate::run::stop::Stop;
use crate::sealing::entries::Entries;

/// By which door a record comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From<'a> {
    /// Somebody gave it to this node, and wants its receipt.
    Client,
    /// This node made it, in its organisation's name.
    Own,
    /// A sealed entry, a client's or a dummy, whose moment has come.
    Moment,
    /// Another node pushed it.
    Peer(&'a str),
}

/// What became of a record that was not turned away.
#[derive(Debug, Clone)]
pub enum Taken {
    /// It stands in the ledger already.
    Stands(BlockFacts),
    /// It waits for its block, or for its moment.
    Waits { looked: Looked },
}

/// The tip that was looked at before a record was found to be in no block: what is said of the record by it is true whatever
/// was committed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Of its block.
    pub time: TimeMs,
    /// Leaves of its history tree.
    pub history_size: u64,
}

/// Why a record was not taken. None of it is this node's failure, which is [`Fatal`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Not a record of this chain.
    #[error("{0}")]
    Malformed(String),
    #[error("{0}")]
    Signature(String),
    /// The rules refuse it; of a node's own record mostly because another member was first.
    #[error("{0}")]
    Refused(Box<Reject>),
    /// Nothing can be promised now.
    #[error("{}", .0.join("; "))]
    NotReady(Vec<String>),
    #[error("the pool is full")]
    Full,
    /// More waits before it than blocks take up within the time of a promise.
    #[error("more waits before it than is decided in time; again in {retry_after_s} s")]
    Behind { retry_after_s: u64 },
    #[error("the disk has too much to do")]
    Busy,
}

/// The handles a record passes.
#[derive(Debug)]
pub struct Door {
    pub judge: Judge,
    pub store: Store,
    pub mempool: Arc<Mempool>,
    pub journal: Journal,
    /// Where sealed entries wait for their moment, if they do.
    pub entries: Option<Arc<Entries>>,
    pub readiness: Arc<Readiness>,
    pub pace: Pace,
    pub gossip: Gossip,
    pub metrics: Arc<Metrics>,
    pub stop: Stop,
}

/// A step's outcome: the node's own failure outside, the record's fate inside.
type Step<T> = Result<Result<T, NotTaken>, Fatal>;

fn disk(error: StoreError) -> Fatal {
    Fatal::new(error.to_string())
}

/// As peers are sent it.
#[must_use]
pub fn encoded(envelope: &Envelope) -> Arc<Vec<u8>> {
    let mut bytes = Vec::with_capacity(envelope.encoded_len());
    envelope.encode(&mut bytes);
    Arc::new(bytes)
}

impl Door {
    /// Takes a record, by whichever door.
    ///
    /// # Errors
    /// [`Fatal`] when the disk or the state failed. The node was told to stop by then.
    pub async fn take(&self, record: Record, from: From<'_>) -> Step<Taken> {
        self.stop.held(self.pass(record, from).await)
    }

    /// Whether a record is in the ledger or in the pool: it need not be looked at.
    ///
    /// # Errors
    /// As [`Door::take`].
    pub fn knows(&self, id: &RecordId) -> Result<bool, Fatal> {
        let known = || Ok(self.mempool.contains(id) || self.store.contains(id).map_err(disk)?);
        self.stop.held(known())
    }

    async fn pass(&self, record: Record, from: From<'_>) -> Step<Taken> {
        let id = record.id();
        // In this order: what is committed after the tip was read lies beyond what is said of the record.
        let tip = self.store.tip();
        let looked = Looked { time: tip.time, history_size: tip.history_size };
        if let Some(fate) = self.look(&record, from, looked)? {
            return Ok(fate);
        }
        let record = match self.judged(record, from)? {
            Ok(record) => Arc::new(record),
            // It may have come into a block meanwhile, and then it was not refused.
            Err(NotTaken::Refused(reject)) if from == From::Client => {
                return Ok(self.standing(&id)?.ok_or(NotTaken::Refused(reject)));
            }
            Err(reason) => return Ok(Err(reason)),
        };
        let received = now();
        if !matches!(from, From::Peer(_)) {
            match self.journal.write(Arc::clone(&record), received).await {
                Ok(()) => {}
                Err(JournalError::Busy) => return Ok(Err(NotTaken::Busy)),
                Err(JournalError::Disk(detail)) => return Err(Fatal::new(detail)),
            }
        }
        // A sealed entry waits for its moment, so that neither its coming nor its number shows.
        if from == From::Client
            && let Some(entries) = &self.entries
            && entries.hold(&record)?.is_some()
        {
            return Ok(Ok(Taken::Waits { looked }));
        }
        if let Err(reason) = self.insert(&record, from, received)? {
            return Ok(Err(reason));
        }
        self.told(&record, from);
        Ok(Ok(Taken::Waits { looked }))
    }

    /// What can be said before the record is looked into; nothing where it is to be judged.
    fn look(
        &self,
        record: &Record,
        from: From<'_>,
        looked: Looked,
    ) -> Result<Option<Result<Taken, NotTaken>>, Fatal> {
        let (id, bytes) = (record.id(), record.envelope().encoded_len());
        let waits = || Some(Ok(Taken::Waits { looked }));
        match from {
            // Whoever hears a peer has asked [`Door::knows`], and it is asked again once the record waits.
            From::Moment | From::Peer(_) => Ok(None),
            From::Own => {
                if let Some(standing) = self.standing(&id)? {
                    return Ok(Some(Ok(standing)));
                }
                Ok(self.mempool.is_full_for(bytes).then_some(Err(NotTaken::Full)))
            }
            From::Client => {
                if let Some(standing) = self.standing(&id)? {
                    return Ok(Some(Ok(standing)));
                }
                // Nothing is promised while nothing is decided, not once more either: the first receipt stands.
                let reasons = self.readiness.reasons();
                if !reasons.is_empty() {
                    return Ok(Some(Err(NotTaken::NotReady(reasons))));
                }
                // One this node only heard of from a peer is not on its disk yet: it is taken like a new one.
                let own = self.mempool.get(&id).is_some_and(|waiting| waiting.own);
                if own || self.moment_of(&id).is_some() {
                    return Ok(waits());
                }
                if self.mempool.is_full_for(bytes) {
                    return Ok(Some(Err(NotTaken::Full)));
                }
                let late = self.pace.late(&self.mempool.backlog(), &self.readiness.progress);
                Ok(late.map(|retry_after_s| Err(NotTaken::Behind { retry_after_s })))
            }
        }
    }

    /// Signatures for every door, form and trial for those that judge.
    fn judged(&self, record: Record, from: From<'_>) -> Step<VerifiedRecord> {
        let record = match self.judge.verify(record) {
            Ok(record) => record,
            Err(error @ RecordError::Signature { .. }) => {
                return Ok(Err(NotTaken::Signature(error.to_string())));
            }
            Err(error) => return Ok(Err(NotTaken::Malformed(error.to_string()))),
        };
        if from == From::Moment {
            return Ok(Ok(record));
        }
        if let Err(reject) = contracts::check(&record) {
            return Ok(Err(NotTaken::Refused(Box::new(reject))));
        }
        if matches!(from, From::Client | From::Own)
            && let Err(reject) = self.judge.trial(&record)?
        {
            return Ok(Err(NotTaken::Refused(Box::new(reject))));
        }
        Ok(Ok(record))
    }

    /// Into the pool. What finds no place leaves the journal: nobody was promised it, and it would fill it.
    fn insert(&self, record: &Arc<VerifiedRecord>, from: From<'_>, received: TimeMs) -> Step<()> {
        let (id, record) = (record.id(), Arc::clone(record));
        match from {
            // The pool's limit was asked when it was acknowledged; how many wait the cover bounds.
            From::Moment => self.mempool.insert_promised(record, received),
            From::Peer(name) => {
                if self.mempool.insert_of(name, record, received).is_err() {
                    return Ok(Err(NotTaken::Full));
                }
                // The block may have been committed while the signature was checked.
                if self.store.contains(&id).map_err(disk)? {
                    drop(self.mempool.remove([&id]));
                }
            }
            From::Client | From::Own => {
                if self.mempool.insert(record, true, received).is_err() {
                    if !self.mempool.contains(&id) {
                        self.store.remove_pending(&[id]).map_err(disk)?;
                    }
                    return Ok(Err(NotTaken::Full));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Counts it, and pushes it to the validators.
    fn told(&self, record: &VerifiedRecord, from: From<'_>) {
        if let From::Peer(_) = from {
            self.metrics.intake.heard.inc();
            return;
        }
        self.metrics.intake.received.inc();
        self.gossip.records(vec![encoded(record.envelope())]);
    }

    /// The moment of a sealed entry that waits here for it.
    #[must_use]
    pub fn moment_of(&self, id: &RecordId) -> Option<TimeMs> {
        self.entries.as_ref()?.moment_of(id)
    }

    /// Where a record stands, if it does. Nothing is promised of such a one: a fresh receipt would be a promise that the
    /// log, which has the record before it, could be shown to have broken.
    fn standing(&self, id: &RecordId) -> Result<Option<Taken>, Fatal> {
        let record = self.store.record(id).map_err(disk)?;
        Ok(record.map(|record| {
            Taken::Stands(BlockFacts {
                height: record.height,
                time_ms: record.time,
                position: record.position,
            })
        }))
    }

    /// Records that were acknowledged before a restart wait for their block again, or for their moment. Gives their number.
    ///
    /// # Errors
    /// When they cannot be read, or one does not verify any more.
    pub fn restore(&self) -> anyhow::Result<usize> {
        // All of them, which the store bounds: the cover held some beside the pool, and the limits may have been made
        // smaller.
        let stored = self.store.pending(usize::MAX)?;
        let count = stored.len();
        for (received, envelope) in stored {
            let record = Record::from_envelope(envelope).and_then(|record| self.judge.verify(record));
            match record {
                Ok(record) if self.store.contains(&record.id())? => {
                    self.store.remove_pending(&[record.id()])?;
                }
                Ok(record) => {
                    let held = self.entries.as_ref().map(|entries| entries.hold(&record)).transpose()?;
                    if held.flatten().is_none() {
                        self.mempool.insert_promised(Arc::new(record), received);
                    }
                }
                Err(reason) => {
                    let what = self.store.found_damaged(format!(
                        "a record this node acknowledged does not verify any more: {reason}"
                    ));
                    return Err(what.into());
                }
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
