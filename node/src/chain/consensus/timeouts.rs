//! How long the rounds of a height last, and how old a new block may be in each.

use std::time::Duration;

use biaozheng_ledger::genesis::TimeBounds;
use malachite_core_types::LinearTimeouts;

/// By how much each wait grows with every round.
const GROWTH: Duration = Duration::from_millis(500);
/// No wait grows beyond this, or beyond what is configured where that is more.
const GROWN_MAX: Duration = Duration::from_secs(10);

/// The waits of a height's first round; each grows by half a second a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundTimeouts {
    /// How long voters wait for a proposal before they vote nil.
    pub propose: Duration,
    pub prevote: Duration,
    pub precommit: Duration,
    /// After how long without progress votes are sent again.
    pub rebroadcast: Duration,
}

impl RoundTimeouts {
    fn grown_max(&self) -> Duration {
        GROWN_MAX.max(self.propose).max(self.prevote).max(self.precommit).max(self.rebroadcast)
    }

    pub(super) fn linear(&self) -> LinearTimeouts {
        LinearTimeouts {
            propose: self.propose,
            propose_delta: GROWTH,
            prevote: self.prevote,
            prevote_delta: GROWTH,
            precommit: self.precommit,
            precommit_delta: GROWTH,
            rebroadcast: self.rebroadcast,
            max_timeout: self.grown_max(),
        }
    }

    /// The longest a round lasts once a quorum has entered it.
    #[must_use]
    pub fn length(&self, round: u32) -> Duration {
        let grown =
            |first: Duration| first.saturating_add(GROWTH.saturating_mul(round)).min(self.grown_max());
        grown(self.propose).saturating_add(grown(self.prevote)).saturating_add(grown(self.precommit))
    }

    /// How far behind a voter's clock the time of a new block may lie in a round: what clocks differ by, and the time a
    /// proposal may take, which grows with every round by more than the rounds do. From the second round on a whole round
    /// is added, so that however long this node's waits are configured, a proposal that arrives within them is not refused
    /// for its age.
    #[must_use]
    pub fn window_back(&self, bounds: &TimeBounds, round: u32) -> Duration {
        let rounds = u64::from(round).saturating_add(1);
        let delay = Duration::from_millis(bounds.delay_ms.saturating_mul(rounds));
        let waits = if round == 0 { Duration::ZERO } else { self.length(round) };
        Duration::from_millis(bounds.precision_ms).saturating_add(delay).saturating_add(waits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_outgrows_the_waits_whatever_is_configured() {
        for wait_ms in [50, 1000, 10_000, 60_000] {
            let wait = Duration::from_millis(wait_ms);
            let timeouts = RoundTimeouts { propose: wait, prevote: wait, precommit: wait, rebroadcast: wait };
            for bounds in [(1, 1), (500, 2000), (10_000, 60_000)] {
                let bounds = TimeBounds { precision_ms: bounds.0, delay_ms: bounds.1 };
                let mut before = timeouts.window_back(&bounds, 0);
                assert_eq!(before, Duration::from_millis(bounds.precision_ms + bounds.delay_ms));
                for round in 1..200 {
                    let back = timeouts.window_back(&bounds, round);
                    assert!(back > timeouts.length(round), "round {round}");
                    assert!(back > before, "it grows");
                    before = back;
                }
                assert!(timeouts.window_back(&bounds, u32::MAX) > before, "and never overflows");
            }
        }
    }

    #[test]
    fn the_engine_waits_as_long_as_is_reckoned_here() {
        use malachite_core_types::{Round, Timeout};
        let ms = Duration::from_millis;
        let timeouts =
            RoundTimeouts { propose: ms(1000), prevote: ms(500), precommit: ms(500), rebroadcast: ms(5000) };
        for round in [0, 1, 7, 40] {
            let of = Round::new(round);
            let linear = timeouts.linear();
            let waits = [Timeout::propose(of), Timeout::prevote(of), Timeout::precommit(of)];
            let sum: Duration = waits.into_iter().map(|wait| linear.duration_for(wait)).sum();
            assert_eq!(sum, timeouts.length(round));
        }
    }
}
