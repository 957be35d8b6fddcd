//! How long to wait before an event is sent again.

use std::time::Duration;

/// After the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// However often it failed.
const MOST: Duration = Duration::from_secs(300);
/// However long the receiver asks to be left alone.
const ASKED_MOST: Duration = Duration::from_secs(3600);

/// Doubles with every failure and keeps between half of that and all of it by chance, so that the hooks of many nodes
/// do not come back to a receiver at one moment.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// `chance` from 0 to 1000; `asked` is what the receiver wants at least.
    pub(crate) fn next(&mut self, chance: u32, asked: Option<Duration>) -> Duration {
        let whole =
            FIRST.saturating_mul(1u32.checked_shl(self.failures.min(16)).unwrap_or(u32::MAX)).min(MOST);
        self.failures = self.failures.saturating_add(1);
        let half = whole.checked_div(2).unwrap_or_default();
        let share = half.saturating_mul(chance.min(1000)).checked_div(1000).unwrap_or_default();
        half.saturating_add(share).max(asked.unwrap_or_default().min(ASKED_MOST))
    }

    pub(crate) const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_a_bound_and_is_spread() {
        let mut longest = Backoff::default();
        let waits: Vec<u64> = (0..12).map(|_| longest.next(1000, None).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        let mut shortest = Backoff::default();
        let waits: Vec<u128> = (0..3).map(|_| shortest.next(0, None).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000]);
        let mut endless = Backoff { failures: u32::MAX };
        assert_eq!(endless.next(1000, None), MOST);
    }

    #[test]
    fn a_receiver_is_left_alone_as_long_as_it_asks_within_reason() {
        let asked = |seconds| Backoff::default().next(0, Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!((asked(30), asked(1_000_000)), (30, 3600));
    }
}
