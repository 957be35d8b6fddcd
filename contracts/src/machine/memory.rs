//! What a node remembers of cryptography it has done: results of pure functions, by the digest of all their arguments.
//!
//! A record is tried when it comes in, executed when a block is built or judged, and tried again while it waits; each
//! time the same layers would be opened and the same signatures checked. **Invariant:** remembering changes no result: a
//! node without a memory computes the same, later. What is not the digest of every argument is no key here.
//!
//! Whoever comes while a result is being computed waits for it instead of computing it too. Each table is bounded, by
//! results and by bytes; when it is full its older half goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use biaozheng_ledger::digest::Digest;
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::sealing::{OpenedEntry, OpeningFailure};
use biaozheng_seal::tokens::{Nullifier, TokenError};

use crate::machine::state::{StateFailure, StateRead};

/// Results of one half of a table.
const HALF_MAX: usize = 8192;
/// What the results of one half may hold beside themselves, bytes: layers at their largest would be some four times that.
const HALF_BYTES_MAX: usize = 64 << 20;
/// Groups of one half.
const GROUPS_MAX: usize = 16;

/// An outer layer that was looked at: the KEM's digest, and what was inside.
pub(crate) type Outer = (Digest, Result<OpenedEntry, OpeningFailure>);

/// What an opened outer layer holds: the inner layer of a bid.
fn outer_bytes(outer: &Option<Outer>) -> usize {
    match outer {
        Some((_, Ok(OpenedEntry::Bid(bid)))) => bid.inner_bytes().len(),
        _ => 0,
    }
}

/// One node's memory; shared by everything that executes records there.
#[derive(Debug)]
pub struct Memory {
    pub(crate) groups: Table<Result<Arc<EpochKeys>, StateFailure>>,
    pub(crate) outer: Table<Option<Outer>>,
    pub(crate) inner: Table<Result<Vec<u8>, OpeningFailure>>,
    pub(crate) spent: Table<Result<Nullifier, TokenError>>,
    /// Whether a member's blind signatures are of its share, all of them.
    pub(crate) partials: Table<bool>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            groups: Table::new(GROUPS_MAX, |_| 0),
            outer: Table::new(HALF_MAX, outer_bytes),
            inner: Table::new(HALF_MAX, |body| body.as_ref().map_or(0, Vec::len)),
            spent: Table::new(HALF_MAX, |_| 0),
            partials: Table::new(HALF_MAX, |_| 0),
        }
    }
}

type Place<V> = Arc<OnceLock<V>>;

/// Results by key.
pub(crate) struct Table<V> {
    half_max: usize,
    bytes_max: usize,
    /// What a result holds beside itself, bytes.
    bytes: fn(&V) -> usize,
    halves: Mutex<Halves<V>>,
}

struct Halves<V> {
    newer: BTreeMap<Digest, Place<V>>,
    older: BTreeMap<Digest, Place<V>>,
    /// What the newer half's results hold.
    held: usize,
}

impl<V> Halves<V> {
    fn turn(&mut self) {
        self.older = std::mem::take(&mut self.newer);
        self.held = 0;
    }
}

impl<V> std::fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table(at most twice {} results, {} bytes)", self.half_max, self.bytes_max)
    }
}

impl<V: Clone> Table<V> {
    fn new(half_max: usize, bytes: fn(&V) -> usize) -> Self {
        let halves = Halves { newer: BTreeMap::new(), older: BTreeMap::new(), held: 0 };
        Self { half_max, bytes_max: HALF_BYTES_MAX, bytes, halves: Mutex::new(halves) }
    }

    fn halves(&self) -> MutexGuard<'_, Halves<V>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, key: Digest) -> Place<V> {
        let mut halves = self.halves();
        if let Some(place) = halves.newer.get(&key) {
            return Arc::clone(place);
        }
        let place = halves.older.remove(&key).unwrap_or_default();
        let held = place.get().map_or(0, self.bytes);
        if halves.newer.len() >= self.half_max || halves.held.saturating_add(held) > self.bytes_max {
            halves.turn();
        }
        halves.held = halves.held.saturating_add(held);
        halves.newer.insert(key, Arc::clone(&place));
        place
    }

    /// The result under a key, computed by whoever asks first. The function must depend on nothing but the key.
    pub(crate) fn of(&self, key: Digest, compute: impl FnOnce() -> V) -> V {
        let place = self.place(key);
        let mut fresh = false;
        let found = place
            .get_or_init(|| {
                fresh = true;
                compute()
            })
            .clone();
        if fresh {
            // What a result holds is known only now; the next that comes finds the half full.
            let mut halves = self.halves();
            halves.held = halves.held.saturating_add((self.bytes)(&found));
        }
        found
    }
}

/// A result from the state's memory, where there is one.
pub(crate) fn of<V: Clone>(
    state: &dyn StateRead,
    table: impl FnOnce(&Memory) -> &Table<V>,
    key: impl FnOnce() -> Digest,
    compute: impl FnOnce() -> V,
) -> V {
    match state.memory() {
        Some(memory) => table(memory).of(key(), compute),
        None => compute(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_result_is_computed_once_and_the_oldest_go_first() {
        let (table, counted) = (Table::new(2, |_| 0), AtomicUsize::new(0));
        let ask = |n: u8| {
            table.of(Digest::of(&[n]), || {
                counted.fetch_add(1, Ordering::Relaxed);
                n
            })
        };
        assert_eq!([ask(1), ask(1), ask(2), ask(1)], [1, 1, 2, 1]);
        assert_eq!(counted.load(Ordering::Relaxed), 2);
        // 1 and 2 are the older half now; 1 is asked for and stays, 2 goes with the next turn.
        assert_eq!([ask(3), ask(1), ask(4), ask(1)], [3, 1, 4, 1]);
        assert_eq!(counted.load(Ordering::Relaxed), 4);
        ask(5);
        ask(2);
        assert_eq!(counted.load(Ordering::Relaxed), 6);
    }

    #[test]
    fn a_half_full_of_bytes_is_turned_over_too() {
        let table = Table { bytes_max: 250, ..Table::new(1000, Vec::len) };
        let kept = |table: &Table<Vec<u8>>| {
            let halves = table.halves();
            let places = halves.newer.values().chain(halves.older.values());
            (places.filter_map(|place| place.get()).map(Vec::len).sum::<usize>(), halves.held)
        };
        for n in 0..100u8 {
            table.of(Digest::of(&[n]), || vec![n; 100]);
            // The one that fills a half may be larger than what was left of it.
            let (all, held) = kept(&table);
            assert!(all <= 2 * 300 && held <= 300, "{all} {held}");
        }
        // What is asked for again counts in the half it comes to.
        assert_eq!(table.of(Digest::of(&[97]), || vec![0; 100]), vec![97; 100]);
        assert!(kept(&table).1 <= 300);
    }

    #[test]
    fn who_comes_meanwhile_waits() {
        let (table, counted) = (Table::new(8, |_| 0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    table.of(Digest::of(b"one"), || counted.fetch_add(1, Ordering::Relaxed));
                });
            }
        });
        assert_eq!(counted.load(Ordering::Relaxed), 1);
    }
}
