//! Whose clock is off: what the others' clocks say about this node's.
//!
//! Each node tells its clock every second, so what comes shows how far that clock is from ours, less the way it took.
//! When several others agree that ours is off, it is ours: then this node's turns would be refused by everybody and cost
//! a round each, and it would refuse theirs and fall behind. It goes on proposing and judging with the time the others
//! show.
//!
//! **Invariant:** at least one correct validator vouches for every correction, and two in all: with fewer nobody can tell
//! whose clock is right. So liars move no correct clock, and a wrong one only to where a correct one is.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use biaozheng_ledger::ids::{KeyId, TimeMs};
use biaozheng_ledger::validator::ValidatorSet;

use super::steady::Steady;

/// Readings of one clock that are kept: the one that took the shortest way is the truest.
const READINGS_MAX: usize = 32;
/// An older reading says nothing any more, ms.
const READING_AGE_MS_MAX: i64 = 600_000;
/// For how long a refused time is told of, ms.
const REFUSAL_AGE_MS_MAX: i64 = 300_000;
/// Clocks kept: validators of the present and of a change or two.
const CLOCKS_MAX: usize = 128;

/// A validator whose clock is off, as this node sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Off {
    pub name: String,
    /// Its clock less the others', ms.
    pub ahead_ms: i64,
    /// Proposals of it that this node refused for their time, of late.
    pub refused: u64,
}

/// What there is to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// This node's clock less the others', ms, where they agree that it is off.
    pub own_ahead_ms: Option<i64>,
    pub off: Vec<Off>,
}

#[derive(Debug, Default)]
struct Clock {
    /// Its time less the time since this machine started, and when it was read: a step of our own clock changes neither.
    readings: VecDeque<(i64, i64)>,
    /// Reading and moment of its last refused time, and how many there were without a pause.
    refused: Option<(i64, i64)>,
    refusals: u64,
}

/// Readings of every validator's clock.
#[derive(Debug)]
pub struct Clocks {
    steady: Steady,
    clocks: Mutex<BTreeMap<KeyId, Clock>>,
}

impl Default for Clocks {
    fn default() -> Self {
        Self { steady: Steady::start(), clocks: Mutex::default() }
    }
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// How far this clock is ahead, given how far it is ahead of each other's; 0 where they do not agree.
/// `vouchers` of them at least show as much.
fn agreed(mut ahead: Vec<i64>, vouchers: usize) -> i64 {
    ahead.sort_unstable();
    let last = vouchers.saturating_sub(1);
    let (slow, fast) = (ahead.get(last).copied(), ahead.iter().rev().nth(last).copied());
    match (fast, slow) {
        (Some(fast), Some(slow)) if fast > 0 && slow >= 0 => fast,
        (Some(fast), Some(slow)) if slow < 0 && fast <= 0 => slow,
        _ => 0,
    }
}

impl Clocks {
    fn monotonic(&self) -> i64 {
        self.steady.elapsed_ms()
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<KeyId, Clock>) -> T) -> T {
        act(&mut self.clocks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One clock, a new one as long as there is room.
    fn with_clock(&self, of: KeyId, act: impl FnOnce(&mut Clock)) {
        self.with(|clocks| {
            if clocks.len() < CLOCKS_MAX || clocks.contains_key(&of) {
                act(clocks.entry(of).or_default());
            }
        });
    }

    /// A validator's clock was told, read when the message left.
    pub fn heard(&self, voter: KeyId, time: TimeMs) {
        self.heard_at(voter, time, self.monotonic());
    }

    fn heard_at(&self, voter: KeyId, time: TimeMs, at: i64) {
        self.with_clock(voter, |clock| {
            if clock.readings.len() >= READINGS_MAX {
                clock.readings.pop_front();
            }
            clock.readings.push_back((signed(time.get()).saturating_sub(at), at));
        });
    }

    /// A block was refused for its time.
    pub fn refused(&self, proposer: KeyId, time: TimeMs) {
        self.refused_at(proposer, time, self.monotonic());
    }

    fn refused_at(&self, proposer: KeyId, time: TimeMs, at: i64) {
        self.with_clock(proposer, |clock| {
            if clock.refused.is_none_or(|(_, before)| at.saturating_sub(before) > REFUSAL_AGE_MS_MAX) {
                clock.refusals = 0;
            }
            clock.refusals = clock.refusals.saturating_add(1);
            clock.refused = Some((signed(time.get()).saturating_sub(at), at));
        });
    }

    /// How far this node's clock is ahead of what the others agree on, ms, from those that vote besides `own`.
    fn own_ahead(&self, set: &ValidatorSet, own: Option<&KeyId>, now: TimeMs, at: i64) -> i64 {
        let here = signed(now.get()).saturating_sub(at);
        let others = set.all().iter().map(|one| one.key.id()).filter(|id| Some(id) != own);
        let ahead = self.with(|clocks| {
            let read = |id: KeyId| {
                let readings = clocks.get(&id)?.readings.iter();
                let fresh = readings.filter(|(_, read)| at.saturating_sub(*read) <= READING_AGE_MS_MAX);
                // The way makes a clock look slow: the fastest reading had the shortest.
                fresh.map(|(base, _)| here.saturating_sub(*base)).min()
            };
            others.filter_map(read).collect()
        });
        let faulty_max = set.all().len().saturating_sub(1) / 3;
        agreed(ahead, faulty_max.saturating_add(1).max(2))
    }

    /// The time this node proposes by, and accepts beside its own clock's: its clock's, or, where that is outside what the
    /// others accept, theirs.
    #[must_use]
    pub fn corrected(&self, set: &ValidatorSet, own: &KeyId, precision_ms: u64, now: TimeMs) -> TimeMs {
        self.corrected_at(set, own, precision_ms, now, self.monotonic())
    }

    fn corrected_at(
        &self,
        set: &ValidatorSet,
        own: &KeyId,
        precision_ms: u64,
        now: TimeMs,
        at: i64,
    ) -> TimeMs {
        let ahead = self.own_ahead(set, Some(own), now, at);
        if ahead.unsigned_abs() <= precision_ms {
            return now;
        }
        let time = signed(now.get()).saturating_sub(ahead);
        TimeMs::new(u64::try_from(time).unwrap_or(0))
    }

    /// Whose clocks are off by more than `precision_ms`.
    #[must_use]
    pub fn view(&self, set: &ValidatorSet, own: Option<&KeyId>, precision_ms: u64, now: TimeMs) -> View {
        self.view_at(set, own, precision_ms, now, self.monotonic())
    }

    fn view_at(
        &self,
        set: &ValidatorSet,
        own: Option<&KeyId>,
        precision_ms: u64,
        now: TimeMs,
        at: i64,
    ) -> View {
        let own_ahead = self.own_ahead(set, own, now, at);
        let is_off = |ahead: &i64| ahead.unsigned_abs() > precision_ms;
        let own_ahead = Some(own_ahead).filter(is_off);
        // As the others see it: our own clock may be the wrong one.
        let here = signed(now.get()).saturating_sub(at).saturating_sub(own_ahead.unwrap_or(0));
        let off = self.with(|clocks| {
            let look = |one: &biaozheng_ledger::validator::Validator| {
                let clock = clocks.get(&one.key.id())?;
                let (base, read) = clock.refused?;
                let ahead_ms = base.saturating_sub(here);
                let tell = at.saturating_sub(read) <= REFUSAL_AGE_MS_MAX && is_off(&ahead_ms);
                tell.then(|| Off { name: one.name.clone(), ahead_ms, refused: clock.refusals })
            };
            set.all().iter().filter(|one| Some(&one.key.id()) != own).filter_map(look).collect()
        });
        View { own_ahead_ms: own_ahead, off }
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_ledger::validator::Validator;

    use super::*;

    const BASE: u64 = 1_790_000_000_000;

    fn set(count: u8) -> ValidatorSet {
        let one = |n: u8| Validator { name: format!("v{n}"), key: SecretKey::from_seed(&[n; 32]).public() };
        ValidatorSet::new((0..count).map(one).collect())
    }

    fn id(n: u8) -> KeyId {
        SecretKey::from_seed(&[n; 32]).public().id()
    }

    fn wall(at: i64, ahead: i64) -> TimeMs {
        TimeMs::new(u64::try_from(i64::try_from(BASE).unwrap() + at + ahead).unwrap())
    }

    /// What node 0 hears over a minute: everybody's turn each second, `delay` on the way, clocks ahead by these.
    fn heard(clocks: &Clocks, ahead: &[i64], delay: i64) {
        for (turn, at) in (0..60_000i64).step_by(1000).enumerate() {
            let who = 1 + turn % (ahead.len() - 1);
            clocks.heard_at(id(u8::try_from(who).unwrap()), wall(at - delay, ahead[who]), at);
        }
    }

    #[test]
    fn a_clock_that_two_others_contradict_proposes_with_their_time() {
        for own in [5000i64, -5000, 86_400_000] {
            let (clocks, set) = (Clocks::default(), set(4));
            heard(&clocks, &[own, 0, 20, -30], 15);
            let (now, at) = (wall(60_000, own), 60_000);
            let proposed = clocks.corrected_at(&set, &id(0), 500, now, at);
            let wrong = i64::try_from(proposed.get()).unwrap() - i64::try_from(wall(at, 0).get()).unwrap();
            assert!(wrong.abs() <= 50, "ahead by {own}: proposed {wrong} ms beside the true time");
            let view = clocks.view_at(&set, Some(&id(0)), 500, now, at);
            assert!(view.own_ahead_ms.is_some_and(|ahead| (ahead - own).abs() <= 50), "{view:?}");
            assert_eq!(view.off, [], "the others are not blamed");
            // Set right by NTP: the readings hold, and nothing is corrected any more.
            let now = wall(60_000, 0);
            assert_eq!(clocks.corrected_at(&set, &id(0), 500, now, at), now);
            assert_eq!(clocks.view_at(&set, Some(&id(0)), 500, now, at), View::default());
        }
    }

    #[test]
    fn one_other_clock_that_is_off_or_lies_moves_nothing_and_is_named() {
        for lie in [5000i64, -5000, 3_600_000] {
            let (clocks, set) = (Clocks::default(), set(4));
            heard(&clocks, &[0, 0, lie, 10], 15);
            for at in [59_000, 60_000] {
                clocks.refused_at(id(2), wall(at - 15, lie), at);
            }
            let (now, at) = (wall(60_000, 0), 60_000);
            assert_eq!(clocks.corrected_at(&set, &id(0), 500, now, at), now, "lie {lie}");
            let view = clocks.view_at(&set, Some(&id(0)), 500, now, at);
            assert_eq!(view.own_ahead_ms, None);
            assert_eq!(view.off, [Off { name: "v2".to_owned(), ahead_ms: lie - 15, refused: 2 }]);
            let later = 60_000 + REFUSAL_AGE_MS_MAX + 1;
            assert_eq!(clocks.view_at(&set, Some(&id(0)), 500, wall(later, 0), later), View::default());
        }
    }

    #[test]
    fn of_two_or_among_contradictions_nobody_can_tell() {
        let (clocks, two) = (Clocks::default(), set(2));
        heard(&clocks, &[5000, 0], 15);
        let now = wall(60_000, 5000);
        assert_eq!(clocks.corrected_at(&two, &id(0), 500, now, 60_000), now);
        assert_eq!(agreed(vec![5000, 5000, -5000, -5000], 2), 0);
        assert_eq!(agreed(vec![5000], 2), 0);
        assert_eq!(agreed(vec![5100, 5000, 40], 2), 5000, "as much as two show");
        assert_eq!(agreed(vec![-5100, -5000, 40], 2), -5000);
    }

    #[test]
    fn a_pause_of_this_process_is_not_taken_for_a_wrong_clock() {
        let (clocks, set) = (Clocks::default(), set(4));
        heard(&clocks, &[0, 0, 20, -30], 15);
        // Stopped for ten seconds: what waited comes late, once from each.
        for who in 1..4 {
            clocks.heard_at(id(who), wall(60_000, 0), 70_000);
        }
        let now = wall(70_000, 0);
        assert_eq!(clocks.corrected_at(&set, &id(0), 500, now, 70_000), now);
    }
}
