//! Sealed entries of clients: held until their moment, and let out like this node's dummies.
//!
//! One whose token would end before its moment is not held: the rules refuse an entry with a token of an epoch that is
//! over, and this node has acknowledged it.
//!
//! **Invariant:** a client's entry is in the journal before it is held. From the moment on it takes the very way a dummy
//! takes: what peers and `/metrics` see of the two is the same.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use biaozheng_contracts::project::waiting::deadline_slots;
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::group::{SealingKeys, sealing_keys};
use biaozheng_contracts::sealing::requests::token_keys;
use biaozheng_contracts::{StateFailure, StateRead};
use biaozheng_ledger::evidence::PROMISE_RUNNING_MS;
use biaozheng_ledger::ids::{ChainId, RecordId, TimeMs};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use biaozheng_seal::sealing::SizeClass;
use biaozheng_store::Store;

use super::cover::{Cover, Leaving};
use crate::chain::executor::StoredState;
use crate::run::clock::now;
use crate::run::metrics::Metrics;

/// How long after its moment an entry is promised a block. No shorter than the log must be shown to run for a promise to be
/// broken (`biaozheng_ledger::evidence`): before its moment a running log says nothing about it.
#[must_use]
pub fn way_ms(promise_ms: u64) -> u64 {
    promise_ms.max(PROMISE_RUNNING_MS)
}

/// The place of entries that wait; the journal has clients' too.
#[derive(Debug)]
pub struct Entries {
    store: Store,
    chain: ChainId,
    metrics: Arc<Metrics>,
    promise_ms: u64,
    waiting: Mutex<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    cover: Cover<Record>,
    /// Entries that could not leave at their moment.
    late: Vec<Record>,
}

impl Entries {
    #[must_use]
    pub(super) fn new(
        store: Store,
        chain: ChainId,
        metrics: Arc<Metrics>,
        promise_ms: u64,
        cover: Cover<Record>,
    ) -> Self {
        let waiting = Mutex::new(Waiting { cover, late: Vec::new() });
        Self { store, chain, metrics, promise_ms, waiting }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When an entry with a token of this epoch leaves at the latest: the time this node promises for a record before the
    /// epoch is over. Nothing where there is no such epoch.
    fn latest(&self, epoch: u32) -> Result<Option<TimeMs>, StateFailure> {
        let keys = token_keys(&StoredState(&self.store), &self.chain, epoch)?;
        let way_ms = way_ms(self.promise_ms);
        Ok(keys.map(|keys| TimeMs::new(keys.valid_until.get().saturating_sub(way_ms))))
    }

    /// Keeps a client's sealed entry until its moment, and gives that moment; nothing for a record that goes at once.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn hold(&self, record: &VerifiedRecord) -> Result<Option<TimeMs>, StateFailure> {
        let Ok((entry, token)) = entry::read(record.payload()) else { return Ok(None) };
        let Ok(kept) = Record::from_envelope(record.envelope().clone()) else { return Ok(None) };
        // Of an epoch that is not known it waits for nothing.
        let latest = self.latest(token.epoch())?.unwrap_or(TimeMs::new(0));
        let (slot, mut waiting) = (entry.slot().get(), self.lock());
        if let Some(moment) = waiting.cover.moment_of(|known| known.id() == record.id()) {
            return Ok(Some(moment));
        }
        let moment = waiting.cover.hold(slot, entry.class(), latest, kept).ok();
        if moment.is_none() && waiting.cover.covers(slot) {
            self.metrics.sealing.beyond.inc();
        }
        Ok(moment)
    }

    /// The moment of a record that waits here for it.
    #[must_use]
    pub fn moment_of(&self, id: &RecordId) -> Option<TimeMs> {
        self.lock().cover.moment_of(|record| record.id() == *id)
    }

    /// Learns which slots are covered before the first step: what waited before a restart waits on.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn resume(&self) -> Result<(), StateFailure> {
        let state = StoredState(&self.store);
        match sealing_keys(&state)? {
            Some(keys) => self.watch(&state, &keys),
            None => Ok(()),
        }
    }

    /// Takes up the slots at whose ends tenders are due.
    pub(super) fn watch(&self, state: &dyn StateRead, keys: &SealingKeys) -> Result<(), StateFailure> {
        let slots = deadline_slots(state, keys.slot_ms)?;
        self.lock().cover.watch(slots, keys.slot_ms, now());
        Ok(())
    }

    /// What leaves now, and what could not leave before. `dummy` makes one, or nothing where there is no token.
    pub(super) fn leave(
        &self,
        dummy: impl FnMut(u64, SizeClass) -> Option<Record>,
    ) -> (Leaving<Record>, Vec<Record>) {
        let mut waiting = self.lock();
        let leaving = waiting.cover.leave(now(), dummy);
        (leaving, std::mem::take(&mut waiting.late))
    }

    /// One that could not leave is tried again at the next step.
    pub(super) fn keep_late(&self, entry: Record) {
        self.lock().late.push(entry);
    }
}
