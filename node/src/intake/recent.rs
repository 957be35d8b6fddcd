//! Records this node received and just committed, kept in memory until their clients have fetched certificates.
//!
//! **Invariant:** only what is on disk is here, so a certificate made from it says what the store says.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use biaozheng_ledger::block::Header;
use biaozheng_ledger::ids::{Height, RecordId, TimeMs};
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_store::CommittedRecord;

use crate::intake::mempool::Waiting;

/// Records kept; the oldest go first.
const RECORDS_MAX: usize = 8192;
/// Bytes of their envelopes.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// A committed record with its place.
#[derive(Debug, Clone)]
pub struct RecentRecord {
    pub record: Arc<VerifiedRecord>,
    pub height: Height,
    pub time: TimeMs,
    pub position: u32,
    pub leaf_index: u64,
}

/// The newest committed records of this node's own clients.
#[derive(Debug, Default)]
pub struct Recent(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    records: HashMap<RecordId, RecentRecord>,
    order: VecDeque<RecordId>,
    bytes: usize,
}

impl Recent {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[must_use]
    pub fn get(&self, id: &RecordId) -> Option<RecentRecord> {
        self.lock().records.get(id).cloned()
    }

    /// Takes the records that `waited` in the pool here and stand in the block with this header.
    pub fn put(&self, header: &Header, committed: &[CommittedRecord], waited: Vec<Waiting>) {
        let mut own: HashMap<RecordId, Arc<VerifiedRecord>> = waited
            .into_iter()
            .filter(|waiting| waiting.own)
            .map(|waiting| (waiting.record.id(), waiting.record))
            .collect();
        let mut inner = self.lock();
        for (position, place) in (0u32..).zip(committed) {
            let Some(record) = own.remove(&place.id) else { continue };
            inner.bytes = inner.bytes.saturating_add(record.envelope().encoded_len());
            inner.order.push_back(place.id);
            let (height, time) = (header.height, header.time);
            let recent = RecentRecord { record, height, time, position, leaf_index: place.leaf_index };
            inner.records.insert(place.id, recent);
        }
        while inner.order.len() > RECORDS_MAX || inner.bytes > BYTES_MAX {
            let Some(oldest) = inner.order.pop_front() else { break };
            if let Some(gone) = inner.records.remove(&oldest) {
                inner.bytes = inner.bytes.saturating_sub(gone.record.envelope().encoded_len());
            }
        }
    }
}
