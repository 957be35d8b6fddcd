//! Durations of a rulebook: `20d`, `3wd` (working days), `12h`, `15m`, `5s`, `500ms`.

use biaozheng_ledger::ids::TimeMs;

const DAY_MS: u64 = 86_400_000;

/// A rulebook's duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RuleDuration {
    Milliseconds(u64),
    WorkingDays(u64),
}

/// What working days are: Monday to Friday in a fixed offset, less the holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) utc_offset_minutes: i64,
    /// Days since 1970-01-01 in that offset, sorted.
    pub(crate) holidays: Vec<i64>,
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
}

impl Calendar {
    fn is_working(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday: day 2 and 3 of that week are Saturday and Sunday.
        !matches!(day.rem_euclid(7), 2 | 3) && self.holidays.binary_search(&day).is_err()
    }

    fn after_working_days(&self, start: TimeMs, days: u64) -> TimeMs {
        let offset = self.utc_offset_minutes.saturating_mul(60_000);
        let day_ms = i64::try_from(DAY_MS).unwrap_or(i64::MAX);
        let local = i64::try_from(start.get()).unwrap_or(i64::MAX).saturating_add(offset);
        let mut day = local.div_euclid(day_ms);
        let mut left = days.min(100_000);
        // At most a year of holidays in a row; the loop is bounded for any rulebook.
        let mut steps = 0u64;
        while left > 0 && steps < 400_000 {
            day = day.saturating_add(1);
            steps = steps.saturating_add(1);
            if self.is_working(day) {
                left = left.saturating_sub(1);
            }
        }
        let end = day.saturating_add(1).saturating_mul(day_ms).saturating_sub(offset);
        TimeMs::new(u64::try_from(end).unwrap_or(0)).max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn working_days_skip_weekends_and_holidays() {
        // 2026-11-20 is a Friday, 12:00 in UTC+8.
        let start = TimeMs::new(1_795_147_200_000);
        let calendar = |holidays| Calendar { utc_offset_minutes: 480, holidays };
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
