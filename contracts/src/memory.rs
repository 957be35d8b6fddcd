//! What a node remembers of cryptography it has done: results of pure functions, by the digest of all their arguments.
//!
//! A record is tried when it comes in, executed when a block is built or judged, and tried again while it waits; each
//! time the same layers would be opened and the same signatures checked. **Invariant:** remembering changes no result: a
//! node without a memory computes the same, later. What is not the digest of every argument is no key here.
//!
//! Whoever comes while a result is being computed waits for it instead of computing it too. Each table is bounded; when
//! it is full its older half goes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use biaozheng_ledger::digest::Digest;
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::sealing::{OpenedEntry, OpeningFailure};
use biaozheng_seal::tokens::{Nullifier, TokenError};

use crate::state::{StateFailure, StateRead};

/// Layers and signatures of one half of a table: some 40 MB of layers at their usual size.
const HALF_MAX: usize = 8192;
/// Groups of one half.
const GROUPS_MAX: usize = 16;

/// An outer layer that was looked at: the KEM's digest, and what was inside.
pub(crate) type Outer = (Digest, Result<OpenedEntry, OpeningFailure>);

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
            groups: Table::new(GROUPS_MAX),
            outer: Table::new(HALF_MAX),
            inner: Table::new(HALF_MAX),
            spent: Table::new(HALF_MAX),
            partials: Table::new(HALF_MAX),
        }
    }
}

type Place<V> = Arc<OnceLock<V>>;

/// Results by key.
pub(crate) struct Table<V> {
    half_max: usize,
    halves: Mutex<[BTreeMap<Digest, Place<V>>; 2]>,
}

impl<V> std::fmt::Debug for Table<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table(at most twice {})", self.half_max)
    }
}

impl<V: Clone> Table<V> {
    fn new(half_max: usize) -> Self {
        Self { half_max, halves: Mutex::default() }
    }

    fn place(&self, key: Digest) -> Place<V> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        let [newer, older] = &mut *halves;
        if let Some(place) = newer.get(&key) {
            return Arc::clone(place);
        }
        let place = older.remove(&key).unwrap_or_default();
        if newer.len() >= self.half_max {
            *older = std::mem::take(newer);
        }
        newer.insert(key, Arc::clone(&place));
        place
    }

    /// The result under a key, computed by whoever asks first. The function must depend on nothing but the key.
    pub(crate) fn of(&self, key: Digest, compute: impl FnOnce() -> V) -> V {
        self.place(key).get_or_init(compute).clone()
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
        let (table, counted) = (Table::new(2), AtomicUsize::new(0));
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
    fn who_comes_meanwhile_waits() {
        let (table, counted) = (Table::new(8), AtomicUsize::new(0));
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
