//! Cover: when sealed entries leave this node, so that neither how many there are nor when they come tells how many of
//! them are bids.
//!
//! For each slot at whose end a tender is due, and each size class, the node has *moments* of its own, and lets the same
//! number of entries out at each: those that clients gave it, in the order they came, and dummies in the place of those
//! that are missing. Moments are pseudo-random points, one in each stretch of the time that is left; a stretch is half as
//! long again as the next:
//!
//! ```text
//! … | 17 s … 11 s | 11 s … 7.5 s | 7.5 s … 5 s | slot's end        (first stretch: LAST_MS, or a third of a short slot)
//! ```
//! **Invariant:** what leaves, and when, follows from the node's secret and from what is public; never from what clients
//! gave it. Three things break it, and all are counted, for no bid is ever lost or late to hide another: more entries
//! than the moments left have room for, and entries whose tokens end before their moment (they go at once), and a moment
//! without a token for a dummy (a client's entry leaves, for its moment was promised; where none waits, nothing does).

use std::collections::{BTreeMap, VecDeque};

use biaozheng_contracts::sealing::slot::slot_end;
use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_seal::sealing::SizeClass;
use zeroize::Zeroizing;

/// Milliseconds before a slot's end at which the last stretch is over: the way into a block.
const LAST_MS: u64 = 5_000;
/// Stretches of a slot; the first begins more than a hundred days before its end.
const STRETCHES: u64 = 36;
/// Entries of clients that wait here at most. Every one of them has a token, so the groups' quotas bound them too.
pub const HELD_MAX: usize = 4_096;

/// One class of a slot that is covered.
struct ClassQueue<T> {
    /// Those to come, in their order.
    moments: VecDeque<TimeMs>,
    waiting: VecDeque<Waiting<T>>,
}

/// A client's entry.
struct Waiting<T> {
    entry: T,
    /// When it leaves at the latest, whatever its moment.
    latest: TimeMs,
}

/// A slot that is covered.
struct CoveredSlot<T> {
    end: TimeMs,
    queues: BTreeMap<SizeClass, ClassQueue<T>>,
}

/// What leaves the node now.
#[derive(Debug)]
pub struct Leaving<T> {
    pub entries: Vec<T>,
    /// Of these, how many were more than the moments had room for, or could not wait for theirs.
    pub beyond: usize,
    /// Places at moments for which there was no dummy.
    pub missed: usize,
}

/// The plan of one node, and what waits for its moment.
pub struct Cover<T> {
    secret: Zeroizing<[u8; 32]>,
    /// Entries of each class at each moment.
    each: usize,
    slots: BTreeMap<u64, CoveredSlot<T>>,
}

impl<T> std::fmt::Debug for Cover<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cover({} slots)", self.slots.len())
    }
}

impl<T> Cover<T> {
    #[must_use]
    pub fn new(secret: Zeroizing<[u8; 32]>, each: usize) -> Self {
        Self { secret, each, slots: BTreeMap::new() }
    }

    /// Takes up slots it does not know yet: those at whose ends tenders are due, and their length. One that was taken up
    /// stays until it is over, also when its tender's deadline moves away.
    pub fn watch(&mut self, slots: impl IntoIterator<Item = u64>, slot_ms: u64, now: TimeMs) {
        if self.each == 0 {
            return;
        }
        for slot in slots {
            let end = slot_end(slot, slot_ms);
            if end > now && !self.slots.contains_key(&slot) {
                let queue = |class| {
                    let moments = self.moments(slot, class, slot_ms).filter(|at| *at > now).collect();
                    (class, ClassQueue { moments, waiting: VecDeque::new() })
                };
                let queues = SizeClass::all().map(queue).collect();
                self.slots.insert(slot, CoveredSlot { end, queues });
            }
        }
    }

    /// Keeps a client's entry until its moment; gives that moment, by this node's clock. It is before `latest`, until
    /// when its token is good.
    ///
    /// # Errors
    /// The entry itself when it has to go at once: its slot is not covered, has no room left, or none early enough.
    pub fn hold(&mut self, slot: u64, class: SizeClass, latest: TimeMs, entry: T) -> Result<TimeMs, T> {
        if self.held() >= HELD_MAX {
            return Err(entry);
        }
        let each = self.each;
        let Some(queue) = self.queue(slot, class) else { return Err(entry) };
        let moment = queue.moment(queue.waiting.len(), each).filter(|moment| *moment < latest);
        let Some(moment) = moment else { return Err(entry) };
        queue.waiting.push_back(Waiting { entry, latest });
        Ok(moment)
    }

    fn queue(&mut self, slot: u64, class: SizeClass) -> Option<&mut ClassQueue<T>> {
        self.slots.get_mut(&slot)?.queues.get_mut(&class)
    }

    /// What leaves now. `dummy` makes one, or nothing where there is no token; it is asked the same times whatever waits.
    pub fn leave(&mut self, now: TimeMs, mut dummy: impl FnMut(u64, SizeClass) -> Option<T>) -> Leaving<T> {
        let mut leaving = Leaving { entries: Vec::new(), beyond: 0, missed: 0 };
        for (slot, covered) in &mut self.slots {
            for (class, queue) in &mut covered.queues {
                while queue.moments.front().is_some_and(|at| *at <= now) {
                    queue.moments.pop_front();
                    for _ in 0..self.each {
                        // Made even where a client's takes its place: the work is the same, and so is the use of tokens.
                        let made = dummy(*slot, *class);
                        leaving.missed = leaving.missed.saturating_add(usize::from(made.is_none()));
                        let client = queue.waiting.pop_front().map(|waiting| waiting.entry);
                        leaving.entries.extend(client.or(made));
                    }
                }
                // Usually nobody: what is held has a moment before its end. A clock may have been set.
                let over = queue.moments.is_empty();
                let (go, stay) = std::mem::take(&mut queue.waiting)
                    .into_iter()
                    .partition::<VecDeque<_>, _>(|waiting| over || waiting.latest <= now);
                queue.waiting = stay;
                leaving.beyond = leaving.beyond.saturating_add(go.len());
                leaving.entries.extend(go.into_iter().map(|waiting| waiting.entry));
            }
        }
        self.slots.retain(|_, covered| covered.end > now);
        leaving
    }

    fn queues(&self) -> impl Iterator<Item = &ClassQueue<T>> {
        self.slots.values().flat_map(|covered| covered.queues.values())
    }

    /// How many entries of clients wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.queues().map(|queue| queue.waiting.len()).sum()
    }

    /// The moment of an entry that waits.
    pub fn moment_of(&self, fits: impl Fn(&T) -> bool) -> Option<TimeMs> {
        self.queues().find_map(|queue| {
            queue.moment(queue.waiting.iter().position(|waiting| fits(&waiting.entry))?, self.each)
        })
    }

    /// Whether the slot is covered.
    #[must_use]
    pub fn covers(&self, slot: u64) -> bool {
        self.slots.contains_key(&slot)
    }

    /// The moments of a slot and class, in their order.
    fn moments(&self, slot: u64, class: SizeClass, slot_ms: u64) -> impl Iterator<Item = TimeMs> {
        let end = slot_end(slot, slot_ms).get();
        let mut left = LAST_MS.min(slot_ms.checked_div(3).unwrap_or(0)).max(1);
        let mut moments = VecDeque::new();
        for stretch in 0..STRETCHES {
            let width = left.div_ceil(2);
            let hasher = FieldHasher::new("biaozheng/node/cover/v1").field(&*self.secret);
            let hash = hasher.number(slot).number(class.number().into()).number(stretch).finish();
            let number = hash.bytes().iter().take(8).fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
            let before = left.saturating_add(number.checked_rem(width).unwrap_or(0));
            moments.push_front(TimeMs::new(end.saturating_sub(before)));
            left = left.saturating_add(width);
        }
        moments.into_iter()
    }
}

impl<T> ClassQueue<T> {
    /// When the entry with so many before it leaves.
    fn moment(&self, before: usize, each: usize) -> Option<TimeMs> {
        self.moments.get(before.checked_div(each)?).copied()
    }
}
