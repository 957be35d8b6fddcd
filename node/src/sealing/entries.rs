//! Sealed entries of clients: held until their moment, and let out like this node's dummies.
//!
//! One whose token would end before its moment is not held: the rules refuse an entry with a token of an epoch that is
//! over, and this node has acknowledged it.
//!
//! **Invariant:** a client's entry is in the journal before it is held. From the moment on it takes the very way a dummy
//! takes: what peers and `/metrics` see of the two is the same.

use std::sync::Arc;

use biaozheng_contracts::StateFailure;
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::group::sealing_keys;
use biaozheng_contracts::sealing::requests::token_keys;
use biaozheng_ledger::evidence::PROMISE_RUNNING_MS;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use tracing::{debug, warn};

use super::Sealer;
use crate::clock::now;
use crate::consensus::Fatal;
use crate::executor::StoredState;
use crate::ingest;
use crate::journal::JournalError;
use crate::shared::Shared;

/// When an entry with a token of this epoch leaves at the latest: the time this node promises for a record before the
/// epoch is over. Nothing where there is no such epoch.
fn latest(shared: &Shared, epoch: u32) -> Result<Option<TimeMs>, StateFailure> {
    let keys = token_keys(&StoredState(&shared.store), &shared.chain, epoch)?;
    let way_ms = way_ms(shared.config.mempool.promise_ms);
    Ok(keys.map(|keys| TimeMs::new(keys.valid_until.get().saturating_sub(way_ms))))
}

/// How long after its moment an entry is promised a block. No shorter than the log must be shown to run for a promise to be
/// broken (`biaozheng_ledger::evidence`): before its moment a running log says nothing about it.
#[must_use]
pub fn way_ms(promise_ms: u64) -> u64 {
    promise_ms.max(PROMISE_RUNNING_MS)
}

impl Sealer {
    /// Keeps a client's sealed entry until its moment, and gives that moment; nothing for a record that goes at once.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn hold(&self, shared: &Shared, record: &VerifiedRecord) -> Result<Option<TimeMs>, StateFailure> {
        let Ok((entry, token)) = entry::read(record.payload()) else { return Ok(None) };
        let Ok(kept) = Record::from_envelope(record.envelope().clone()) else { return Ok(None) };
        // Of an epoch that is not known it waits for nothing.
        let latest = latest(shared, token.epoch())?.unwrap_or(TimeMs::new(0));
        let (slot, mut held) = (entry.slot().get(), self.held());
        if let Some(moment) = held.cover.moment_of(|one| one.id() == record.id()) {
            return Ok(Some(moment));
        }
        let moment = held.cover.hold(slot, entry.class(), latest, kept).ok();
        if moment.is_none() && held.cover.covers(slot) {
            shared.metrics.sealing.beyond.inc();
        }
        Ok(moment)
    }

    /// The moment of a record that waits here for it.
    #[must_use]
    pub fn moment_of(&self, id: &RecordId) -> Option<TimeMs> {
        self.held().cover.moment_of(|record| record.id() == *id)
    }

    /// Learns which slots are covered before the first step: what waited before a restart waits on.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn resume(&self, shared: &Shared) -> Result<(), StateFailure> {
        let state = StoredState(&shared.store);
        match sealing_keys(&state)? {
            Some(keys) => self.watch(&state, &keys),
            None => Ok(()),
        }
    }
}

/// Lets one entry out, a client's or a dummy: journal, pool, peers. A client's is in the journal already; written again it
/// stays one. What the rules refuse by now is told and forgotten by the node's housekeeping, as for every record.
///
/// # Errors
/// [`Fatal`] where the disk failed. Inside, the entry itself, which is to be tried again: the disk has too much to do.
pub(super) async fn leave(shared: &Shared, entry: Record) -> Result<Result<(), Record>, Fatal> {
    let record = match ingest::verify(shared, entry.clone()) {
        Ok(record) => Arc::new(record),
        Err(error) => {
            warn!(%error, "a sealed entry does not verify");
            return Ok(Ok(()));
        }
    };
    let received = now();
    match shared.journal.write(Arc::clone(&record), received).await {
        Ok(()) => {}
        Err(JournalError::Busy) => return Ok(Err(entry)),
        Err(JournalError::Disk(detail)) => return Err(Fatal::new(detail)),
    }
    // The pool's limit was asked when it was acknowledged; how many wait the cover bounds.
    shared.mempool.insert_promised(Arc::clone(&record), received);
    shared.metrics.received.inc();
    let mut bytes = Vec::with_capacity(record.envelope().encoded_len());
    record.envelope().encode(&mut bytes);
    shared.gossip.records(vec![Arc::new(bytes)]);
    debug!("a sealed entry left");
    Ok(Ok(()))
}
