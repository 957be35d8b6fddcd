//! Durations of a rulebook: `20d`, `3wd` (working days), `12h`, `15m`, `5s`, `500ms`.

use biaozheng_ledger::ids::TimeMs;

use crate::machine::calendar::{Calendar, DAY_MS};

/// A rulebook's duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleDuration {
    Milliseconds(u64),
    WorkingDays(u64),
}

impl RuleDuration {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let unit = text.strip_prefix(digits)?;
        if digits.is_empty() || digits.len() > 6 {
            return None;
        }
        let number: u64 = digits.parse().ok()?;
        let factor = match unit {
            "wd" => return Some(Self::WorkingDays(number)),
            "d" => DAY_MS,
            "h" => 3_600_000,
            "m" => 60_000,
            "s" => 1000,
            "ms" => 1,
            _ => return None,
        };
        number.checked_mul(factor).map(Self::Milliseconds)
    }

    /// The moment this long after `start`. Working days end at the end of the last of them.
    pub(crate) fn after(self, start: TimeMs, calendar: &Calendar) -> TimeMs {
        match self {
            Self::Milliseconds(ms) => start.saturating_add(ms),
            Self::WorkingDays(days) => calendar.after_working_days(start, days),
        }
    }

    /// True when this ends, from wherever it starts and in whatever calendar, no earlier than the other. So many working
    /// days end at the end of a day at least as many days later.
    pub(crate) fn is_at_least(self, other: Self) -> bool {
        match (self, other) {
            (Self::Milliseconds(one), Self::Milliseconds(two))
            | (Self::WorkingDays(one), Self::WorkingDays(two)) => one >= two,
            (Self::WorkingDays(days), Self::Milliseconds(ms)) => days.saturating_mul(DAY_MS) >= ms,
            (Self::Milliseconds(_), Self::WorkingDays(_)) => false,
        }
    }

    pub(crate) const fn is_in_working_days(self) -> bool {
        matches!(self, Self::WorkingDays(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        // 2026-11-20 is a Friday, 12:00 in UTC+8.
        let start = TimeMs::new(1_795_147_200_000);
        let calendar = |holidays| Calendar { utc_offset_minutes: 480, holidays, years: Vec::new() };
        let day = |n: i64| u64::try_from(n * 86_400_000 - 480 * 60_000).unwrap();
        let friday = (1_795_147_200_000i64 + 480 * 60_000) / 86_400_000;
        let after = |days, holidays| RuleDuration::WorkingDays(days).after(start, &calendar(holidays)).get();
        assert_eq!(after(1, vec![]), day(friday + 4), "to the end of Monday");
        assert_eq!(after(5, vec![]), day(friday + 8), "to the end of next Friday");
        assert_eq!(after(1, vec![friday + 3]), day(friday + 5), "Monday is a holiday");
        for bad in ["", "d", "1.5d", "1w", "-1d", "9999999d"] {
            assert_eq!(RuleDuration::parse(bad), None, "{bad}");
        }
    }
}
