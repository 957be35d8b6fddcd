//! Records that were received and not yet decided, in order of arrival.
//!
//! **Invariant:** every record here has verified signatures, so no node verifies one twice. Count and bytes
//! are bounded; a full pool answers [`Full`] and the client is told to come back. Only what this node has acknowledged
//! before goes in beyond that: records of before a restart, and sealed entries at their moment. One peer fills half of the
//! pool at most and all of them three quarters, and half of these is kept for them in equal parts: so however many peers
//! send what no block will take, they shut out neither an honest one nor this node's clients.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_contracts::cost::{BLOCK_COST_MAX, cost};
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::record::VerifiedRecord;
use tokio::sync::Notify;

use super::backlog::Backlog;

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
    /// See [`biaozheng_contracts::cost`].
    cost: usize,
    /// Whose share of the pool it takes: the peer that sent it, until this node gave a receipt for it too.
    peer: Option<Arc<str>>,
}

/// The pool. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Mempool {
    inner: Mutex<Inner>,
    filled: Notify,
    records_max: usize,
    bytes_max: usize,
    /// Who may send records: the other nodes of the genesis.
    peers: usize,
}

#[derive(Debug, Default)]
struct Inner {
    order: BTreeMap<u64, RecordId>,
    records: HashMap<RecordId, Waiting>,
    bytes: usize,
    cost: usize,
    next_arrival: u64,
    /// Peers are the nodes of the genesis, so there are few.
    of_peers: BTreeMap<Arc<str>, Share>,
}

/// What one peer's records take.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    records: usize,
    bytes: usize,
}

impl Inner {
    /// Gives a peer's share back: its record left, or became this node's own.
    fn release(&mut self, peer: Option<Arc<str>>, bytes: usize) {
        if let Some(share) = peer.and_then(|peer| self.of_peers.get_mut(&peer)) {
            share.records = share.records.saturating_sub(1);
            share.bytes = share.bytes.saturating_sub(bytes);
        }
    }
}

impl Mempool {
    #[must_use]
    pub fn new(records_max: usize, bytes_max: usize) -> Self {
        Self { inner: Mutex::default(), filled: Notify::new(), records_max, bytes_max, peers: 0 }
    }

    /// Keeps for each of so many peers an equal part of half of what all of them may fill.
    #[must_use]
    pub fn among(mut self, peers: usize) -> Self {
        self.peers = peers;
        self
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
        self.add(record, own, received, false, None)
    }

    /// Adds a record that a peer sent, within that peer's share; `Ok(false)` when it is here already.
    ///
    /// # Errors
    /// [`Full`].
    pub fn insert_of(&self, peer: &str, record: Arc<VerifiedRecord>, received: TimeMs) -> Result<bool, Full> {
        self.add(record, false, received, false, Some(peer))
    }

    /// Adds a record this node has acknowledged, also where there is no room: it was promised a block. Whoever calls
    /// this bounds how many there are.
    pub fn insert_promised(&self, record: Arc<VerifiedRecord>, received: TimeMs) {
        let added = self.add(record, true, received, true, None);
        debug_assert!(added.is_ok(), "there is no limit");
    }

    fn add(
        &self,
        record: Arc<VerifiedRecord>,
        own: bool,
        received: TimeMs,
        promised: bool,
        peer: Option<&str>,
    ) -> Result<bool, Full> {
        let (bytes, cost) = (record.envelope().encoded_len(), cost(&record));
        {
            let mut inner = self.lock();
            if let Some(known) = inner.records.get_mut(&record.id()) {
                known.own |= own;
                if own && let Some(peer) = known.peer.take() {
                    inner.release(Some(peer), bytes);
                }
                return Ok(false);
            }
            let total = inner.bytes.saturating_add(bytes);
            if !promised && (inner.records.len() >= self.records_max || total > self.bytes_max) {
                return Err(Full);
            }
            let peer = match peer {
                Some(peer) => Some(self.share(&mut inner, peer, bytes)?),
                None => None,
            };
            let arrival = inner.next_arrival;
            inner.next_arrival = arrival.saturating_add(1);
            inner.bytes = total;
            inner.cost = inner.cost.saturating_add(cost);
            inner.order.insert(arrival, record.id());
            let waiting =
                Waiting { own, received, arrival, since: Instant::now(), bytes, cost, record, peer };
            inner.records.insert(waiting.record.id(), waiting);
        }
        self.filled.notify_waiters();
        Ok(true)
    }

    /// Takes room of a peer's share: within its own part always, beyond it what the other peers' parts leave.
    fn share(&self, inner: &mut Inner, peer: &str, bytes: usize) -> Result<Arc<str>, Full> {
        let most = |max: usize| max.saturating_sub(max / 4);
        let part = |max: usize| most(max).checked_div(self.peers.saturating_mul(2)).unwrap_or(0);
        let (part_records, part_bytes) = (part(self.records_max), part(self.bytes_max));
        // A part that is not used counts as used.
        let kept = |records: usize, bytes: usize| Share {
            records: records.max(part_records),
            bytes: bytes.max(part_bytes),
        };
        let of_others = inner.of_peers.iter().filter(|(name, _)| name.as_ref() != peer);
        let silent = self.peers.saturating_sub(of_others.clone().count().saturating_add(1));
        let silent =
            Share { records: part_records.saturating_mul(silent), bytes: part_bytes.saturating_mul(silent) };
        let of_all = of_others.map(|(_, one)| kept(one.records, one.bytes)).fold(silent, |sum, one| Share {
            records: sum.records.saturating_add(one.records),
            bytes: sum.bytes.saturating_add(one.bytes),
        });
        let name = match inner.of_peers.get_key_value(peer) {
            Some((name, _)) => Arc::clone(name),
            None => Arc::from(peer),
        };
        let own = inner.of_peers.entry(Arc::clone(&name)).or_default();
        let (records, bytes) = (own.records.saturating_add(1), own.bytes.saturating_add(bytes));
        let within_part = records <= part_records && bytes <= part_bytes;
        let with_own = kept(records, bytes);
        let beyond = records > self.records_max.div_ceil(2)
            || bytes > self.bytes_max.div_ceil(2)
            || of_all.records.saturating_add(with_own.records) > most(self.records_max)
            || of_all.bytes.saturating_add(with_own.bytes) > most(self.bytes_max);
        if beyond && !within_part {
            return Err(Full);
        }
        *own = Share { records, bytes };
        Ok(name)
    }

    /// True when a record of `bytes` would be refused now.
    #[must_use]
    pub fn is_full_for(&self, bytes: usize) -> bool {
        let inner = self.lock();
        inner.records.len() >= self.records_max || inner.bytes.saturating_add(bytes) > self.bytes_max
    }

    /// All that waits here.
    #[must_use]
    pub fn backlog(&self) -> Backlog {
        let inner = self.lock();
        Backlog { records: inner.records.len(), cost: inner.cost, bytes: inner.bytes }
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
            cost = cost.saturating_add(waiting.cost);
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
                inner.cost = inner.cost.saturating_sub(waiting.cost);
                inner.release(waiting.peer.clone(), waiting.bytes);
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

    /// How long the record that came first has waited, of all or of those this node acknowledged; `None` while none waits.
    #[must_use]
    pub fn longest_wait(&self, own_only: bool) -> Option<Duration> {
        let inner = self.lock();
        let mut waiting = inner.order.values().filter_map(|id| inner.records.get(id));
        waiting.find(|one| one.own || !own_only).map(|first| first.since.elapsed())
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

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::{ChainId, OrgId};
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_ledger::payload::{Party, Payload, RecordType};
    use biaozheng_ledger::record::Record;
    use serde_json::json;

    use super::*;

    fn record(number: u64) -> Arc<VerifiedRecord> {
        let key = SecretKey::from_seed(&[1; 32]);
        let payload = Payload {
            chain: ChainId::new(Digest::of(b"chain")),
            record_type: RecordType::new("evidence.recorded/1").unwrap(),
            author: Party { org: OrgId::new("ORG-1").unwrap(), key: key.public() },
            cosigners: vec![],
            project: None,
            previous: None,
            made_at_ms: TimeMs::new(number),
            tool: "test/1".into(),
            documents: vec![],
            body: json!({}),
        };
        Arc::new(VerifiedRecord::trust(Record::sign(&payload, &[&key]).unwrap()))
    }

    #[test]
    fn the_backlog_is_what_waits_and_nothing_once_it_left() {
        let (pool, now) = (Mempool::new(8, 1 << 20), TimeMs::new(1));
        (0..3).for_each(|n| assert_eq!(pool.insert(record(n), n == 0, now), Ok(true)));
        let bytes = record(0).envelope().encoded_len();
        assert_eq!(pool.backlog(), Backlog { records: 3, cost: 3, bytes: 3 * bytes });
        assert_eq!(pool.insert(record(2), true, now), Ok(false), "known");
        assert_eq!(pool.backlog().records, 3);
        pool.keep_own();
        assert_eq!(pool.backlog(), Backlog { records: 2, cost: 2, bytes: 2 * bytes });
        pool.remove(&[record(0).id(), record(2).id(), record(9).id()]);
        assert_eq!(pool.backlog(), Backlog::default());
    }

    #[test]
    fn a_peer_fills_its_share_and_leaves_room_for_others_and_for_this_nodes_clients() {
        let (pool, now) = (Mempool::new(8, 1 << 20), TimeMs::new(1));
        let taken = |peer: &str, from: u64| {
            (from..from + 20).filter(|n| pool.insert_of(peer, record(*n), now).is_ok()).count()
        };
        assert_eq!((taken("bad", 0), taken("worse", 100)), (4, 2), "half, and all peers three quarters");
        assert_eq!(pool.insert(record(200), true, now), Ok(true));
        // A client gives this node what a peer had sent: it is the node's own from then on, and the peer has room again.
        assert_eq!(pool.insert(record(0), true, now), Ok(false));
        assert_eq!(taken("bad", 20), 1);
        assert_eq!(pool.insert(record(201), true, now), Err(Full));
        assert_eq!(pool.remove(&[record(1).id(), record(2).id()]).len(), 2);
        assert_eq!(taken("good", 300), 2);
        let (small, bytes) = (Mempool::new(100, 4 * record(0).envelope().encoded_len()), record(0));
        assert_eq!(small.insert_of("bad", bytes, now), Ok(true));
        assert_eq!(small.insert_of("bad", record(1), now), Ok(true));
        assert_eq!(small.insert_of("bad", record(2), now), Err(Full), "half of the bytes");
    }

    /// Of seven nodes two may be bad; before, they filled what all peers may fill.
    #[test]
    fn bad_peers_leave_every_other_its_part() {
        let (pool, now) = (Mempool::new(48, 1 << 20).among(6), TimeMs::new(1));
        let taken = |peer: &str, from: u64| {
            (from..from + 60).filter(|n| pool.insert_of(peer, record(*n), now).is_ok()).count()
        };
        assert_eq!((taken("bad", 0), taken("worse", 100)), (21, 3), "48 records, 36 of peers, 3 of each");
        for (number, peer) in (2..).zip(["one", "two", "three"]) {
            assert_eq!(taken(peer, number * 100), 3, "{peer}");
        }
        assert_eq!((600..660).filter(|n| pool.insert(record(*n), true, now).is_ok()).count(), 48 - 33);
    }

    /// The bytes are shared in the same way.
    #[test]
    fn a_part_is_one_of_bytes_too() {
        let (one, now) = (record(100).envelope().encoded_len(), TimeMs::new(1));
        let pool = Mempool::new(1000, 16 * one).among(3);
        let taken = |peer: &str, from: u64| {
            (from..from + 20).filter(|n| pool.insert_of(peer, record(*n), now).is_ok()).count()
        };
        assert_eq!((taken("bad", 100), taken("worse", 200), taken("good", 300)), (8, 2, 2));
    }
}
