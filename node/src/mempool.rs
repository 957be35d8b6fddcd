//! Records that were received and not yet decided, in order of arrival.
//!
//! **Invariant:** every record here has verified signatures, so no node verifies one twice. Count and bytes
//! are bounded; a full pool answers [`Full`] and the client is told to come back. Only what this node has acknowledged
//! before goes in beyond that: records of before a restart, and sealed entries at their moment.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_contracts::cost::BLOCK_COST_MAX;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::record::VerifiedRecord;
use tokio::sync::Notify;

/// No room: the record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// A waiting record.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub record: Arc<VerifiedRecord>,
    /// True when this node gave a receipt for it.
    pub own: bool,
    /// By this node's clock.
    pub received: TimeMs,
    arrival: u64,
    since: Instant,
    bytes: usize,
}

/// The pool. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Mempool {
    inner: Mutex<Inner>,
    filled: Notify,
    records_max: usize,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Inner {
    order: BTreeMap<u64, RecordId>,
    records: HashMap<RecordId, Waiting>,
    bytes: usize,
    next_arrival: u64,
}

impl Mempool {
    #[must_use]
    pub fn new(records_max: usize, bytes_max: usize) -> Self {
        Self { inner: Mutex::default(), filled: Notify::new(), records_max, bytes_max }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic while holding the lock leaves a map that is still a map: records may be missing from
        // `order`, which only delays them.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a record; `Ok(false)` when it is here already.
    ///
    /// # Errors
    /// [`Full`].
    pub fn insert(&self, record: Arc<VerifiedRecord>, own: bool, received: TimeMs) -> Result<bool, Full> {
        self.add(record, own, received, false)
    }

    /// Adds a record this node has acknowledged, also where there is no room: it was promised a block. Whoever calls
    /// this bounds how many there are.
    pub fn insert_promised(&self, record: Arc<VerifiedRecord>, received: TimeMs) {
        let added = self.add(record, true, received, true);
        debug_assert!(added.is_ok(), "there is no limit");
    }

    fn add(
        &self,
        record: Arc<VerifiedRecord>,
        own: bool,
        received: TimeMs,
        promised: bool,
    ) -> Result<bool, Full> {
        let bytes = record.envelope().encoded_len();
        {
            let mut inner = self.lock();
            if let Some(known) = inner.records.get_mut(&record.id()) {
                known.own |= own;
                return Ok(false);
            }
            let total = inner.bytes.saturating_add(bytes);
            if !promised && (inner.records.len() >= self.records_max || total > self.bytes_max) {
                return Err(Full);
            }
            let arrival = inner.next_arrival;
            inner.next_arrival = arrival.saturating_add(1);
            inner.bytes = total;
            inner.order.insert(arrival, record.id());
            let waiting = Waiting { own, received, arrival, since: Instant::now(), bytes, record };
            inner.records.insert(waiting.record.id(), waiting);
        }
        self.filled.notify_waiters();
        Ok(true)
    }

    /// True when a record of `bytes` would be refused now.
    #[must_use]
    pub fn is_full_for(&self, bytes: usize) -> bool {
        let inner = self.lock();
        inner.records.len() >= self.records_max || inner.bytes.saturating_add(bytes) > self.bytes_max
    }

    #[must_use]
    pub fn get(&self, id: &RecordId) -> Option<Waiting> {
        self.lock().records.get(id).cloned()
    }

    #[must_use]
    pub fn contains(&self, id: &RecordId) -> bool {
        self.lock().records.contains_key(id)
    }

    /// The first records in order of arrival, at most `records_max` and `bytes_max` of them, and no more than a block's
    /// cost but for one that alone has more.
    #[must_use]
    pub fn first(&self, records_max: usize, bytes_max: usize) -> Vec<Arc<VerifiedRecord>> {
        let inner = self.lock();
        let (mut left, mut cost) = (bytes_max, 0usize);
        let mut chosen = Vec::with_capacity(records_max.min(inner.order.len()));
        for id in inner.order.values() {
            let Some(waiting) = inner.records.get(id) else { continue };
            let Some(after) = left.checked_sub(waiting.bytes) else { break };
            cost = cost.saturating_add(biaozheng_contracts::cost::cost(&waiting.record));
            if chosen.len() >= records_max || (cost > BLOCK_COST_MAX && !chosen.is_empty()) {
                break;
            }
            left = after;
            chosen.push(Arc::clone(&waiting.record));
        }
        chosen
    }

    /// Takes out what others gave to this node.
    pub fn keep_own(&self) {
        let others: Vec<RecordId> = {
            let inner = self.lock();
            inner.records.values().filter(|waiting| !waiting.own).map(|one| one.record.id()).collect()
        };
        self.remove(&others);
    }

    /// Takes records out; gives back those that were here.
    pub fn remove<'a>(&self, ids: impl IntoIterator<Item = &'a RecordId>) -> Vec<Waiting> {
        let mut inner = self.lock();
        let mut removed = Vec::new();
        for id in ids {
            if let Some(waiting) = inner.records.remove(id) {
                inner.order.remove(&waiting.arrival);
                inner.bytes = inner.bytes.saturating_sub(waiting.bytes);
                removed.push(waiting);
            }
        }
        removed
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().records.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How long the record that came first has waited; `None` while none waits.
    #[must_use]
    pub fn longest_wait(&self) -> Option<Duration> {
        let inner = self.lock();
        let first = inner.order.values().next()?;
        Some(inner.records.get(first)?.since.elapsed())
    }

    /// This node's own records that have waited longer than `age`, oldest first, at most `max`.
    #[must_use]
    pub fn own_older_than(&self, age: Duration, max: usize) -> Vec<Arc<VerifiedRecord>> {
        let inner = self.lock();
        inner
            .order
            .values()
            .filter_map(|id| inner.records.get(id))
            .filter(|waiting| waiting.own && waiting.since.elapsed() >= age)
            .take(max)
            .map(|waiting| Arc::clone(&waiting.record))
            .collect()
    }

    /// Returns once so many records wait.
    pub async fn filled(&self, least: usize) {
        loop {
            let notified = self.filled.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.len() >= least {
                return;
            }
            notified.await;
        }
    }
}
