//! Milliseconds since 1970 as a date people read. No clock: the number comes from a block.

use crate::ids::TimeMs;

const DAY_SECONDS: u64 = 86_400;
/// 北京时间, UTC+8 all year.
const BEIJING_AHEAD_MS: u64 = 8 * 3_600_000;

/// `2026-09-21 22:13:20`, in Beijing time: the date on Chinese papers.
#[must_use]
pub fn beijing(time: TimeMs) -> String {
    civil(time.saturating_add(BEIJING_AHEAD_MS))
}

/// `2026-09-21 14:13:20 UTC`.
#[must_use]
pub fn utc(time: TimeMs) -> String {
    format!("{} UTC", civil(time))
}

/// The proleptic Gregorian calendar, after Howard Hinnant's `civil_from_days`.
fn civil(time: TimeMs) -> String {
    let (days, second) = (time.seconds() / DAY_SECONDS, time.seconds() % DAY_SECONDS);
    // Days since 0000-03-01, so that a leap day is the last day of its year.
    let shifted = days.saturating_add(719_468);
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = day_of_era
        .saturating_sub(day_of_era / 1460)
        .saturating_add(day_of_era / 36_524)
        .saturating_sub(day_of_era / 146_096)
        / 365;
    let before =
        year_of_era.saturating_mul(365).saturating_add(year_of_era / 4).saturating_sub(year_of_era / 100);
    let day_of_year = day_of_era.saturating_sub(before);
    let from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let day =
        day_of_year.saturating_sub(from_march.saturating_mul(153).saturating_add(2) / 5).saturating_add(1);
    let month = if from_march < 10 { from_march.saturating_add(3) } else { from_march.saturating_sub(9) };
    let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(u64::from(month <= 2));
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_709_251_199, "2024-02-29 23:59:59 UTC"),
            (1_790_000_000, "2026-09-21 14:13:20 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
        ] {
            assert_eq!(utc(TimeMs::new(seconds * 1000)), text);
        }
        assert_eq!(beijing(TimeMs::new(1_790_000_000_000)), "2026-09-21 22:13:20");
        assert!(utc(TimeMs::MAX).ends_with("UTC"));
    }
}
