//! A clock that nobody sets and that a suspended machine does not stop: what readings of other clocks are held against.
//!
//! The process's own monotonic clock stands still while the machine sleeps, as virtual machines do when they are moved or
//! saved. Whoever counted by it would find every other clock ahead by as long afterwards, and propose in the past.
//!
//! **Invariant:** it never runs backwards, and where the system does not tell the time since its start it is the process's
//! monotonic clock.

use std::fs::File;
use std::io::Read as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// Seconds since the start of the machine, sleep counted, to a hundredth; what the kernel calls CLOCK_BOOTTIME.
const UPTIME: &str = "/proc/uptime";
/// The file has two numbers.
const UPTIME_BYTES_MAX: u64 = 64;
/// How far the two clocks may lie apart by what each is rounded to; less is no sleep.
const SLEEP_MS_MIN: i64 = 50;

/// Time since it was started.
#[derive(Debug)]
pub(super) struct Steady {
    began: Instant,
    /// Of the machine, when this clock was started, ms.
    up_ms: Option<i64>,
    /// How long the machine has slept since, ms.
    slept_ms: AtomicI64,
}

/// Milliseconds the machine has been up, sleep counted.
fn up_ms() -> Option<i64> {
    let mut text = String::new();
    File::open(UPTIME).ok()?.take(UPTIME_BYTES_MAX).read_to_string(&mut text).ok()?;
    parse(&text)
}

/// `12.34 56.78`: seconds up, and seconds of all cores idle.
fn parse(text: &str) -> Option<i64> {
    let (seconds, hundredths) = text.split_whitespace().next()?.split_once('.')?;
    let (seconds, hundredths): (i64, i64) = (seconds.parse().ok()?, hundredths.parse().ok()?);
    seconds.checked_mul(1000)?.checked_add(hundredths.checked_mul(10)?)
}

impl Steady {
    pub(super) fn start() -> Self {
        Self { began: Instant::now(), up_ms: up_ms(), slept_ms: AtomicI64::new(0) }
    }

    /// Milliseconds since the start, those the machine slept among them.
    pub(super) fn elapsed_ms(&self) -> i64 {
        let awake = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.counted(awake, up_ms())
    }

    fn counted(&self, awake: i64, up: Option<i64>) -> i64 {
        if let (Some(up), Some(began)) = (up, self.up_ms) {
            // The difference of the two clocks is the sleep; it only grows.
            let slept = up.saturating_sub(began).saturating_sub(awake);
            let before = self.slept_ms.load(Ordering::Relaxed);
            if slept.saturating_sub(before) > SLEEP_MS_MIN {
                self.slept_ms.fetch_max(slept, Ordering::Relaxed);
            }
        }
        awake.saturating_add(self.slept_ms.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_counts_and_nothing_else_moves_the_clock() {
        let steady = Steady { began: Instant::now(), up_ms: Some(1_000_000), slept_ms: AtomicI64::new(0) };
        assert_eq!(steady.counted(1000, Some(1_001_010)), 1000, "rounding");
        assert_eq!(steady.counted(2000, Some(1_302_000)), 302_000, "five minutes asleep");
        assert_eq!(steady.counted(3000, Some(1_303_010)), 303_000);
        assert_eq!(steady.counted(4000, None), 304_000, "the file cannot be read for once");
        assert_eq!(steady.counted(5000, Some(1_005_000)), 305_000, "never backwards");
        let without = Steady { up_ms: None, ..Steady::start() };
        assert_eq!(without.counted(7000, Some(9)), 7000);
        assert_eq!(parse("350735.47 234388.90\n"), Some(350_735_470));
        assert_eq!(parse("0.07 1.0"), Some(70));
        for other in ["", "12", "x.y 1", "9999999999999999999.00 1", "99999999999999999.00"] {
            assert_eq!(parse(other), None, "{other:?}");
        }
    }

    #[test]
    fn this_machine_tells_how_long_it_has_been_up() {
        let (up, steady) = (up_ms(), Steady::start());
        assert!(up.is_some_and(|up| up > 0), "a Linux with /proc");
        let at = steady.elapsed_ms();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let later = steady.elapsed_ms();
        assert!((25..1000).contains(&(later - at)), "{at} {later}");
    }
}
