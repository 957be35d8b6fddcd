//! What working days are: Monday to Friday in a fixed offset, save where a year's published calendar says otherwise.
//!
//! **Invariant:** a calendar that comes while a project runs moves no end that had passed when it came: what was due is due.

use biaozheng_ledger::ids::TimeMs;
use serde::{Deserialize, Serialize};

pub(crate) const DAY_MS: u64 = 86_400_000;
/// Years a calendar may be of.
pub(crate) const YEARS: std::ops::RangeInclusive<u16> = 2000..=2200;

/// A year as its calendar has it. Days are counted from 1970-01-01 in the rulebook's offset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownYear {
    pub(crate) year: u16,
    /// When the calendar came; 0 where the project pinned it at its notice.
    pub(crate) from_ms: u64,
    /// Sorted.
    pub(crate) holidays: Vec<i64>,
    /// 调休: Saturdays and Sundays on which work is done. Sorted.
    pub(crate) working: Vec<i64>,
}

/// Days on which time limits in working days do not run, and those on which they do all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calendar {
    pub(crate) utc_offset_minutes: i64,
    /// The rulebook's own holidays, for years without a calendar. Sorted.
    pub(crate) holidays: Vec<i64>,
    /// In the order in which they came.
    pub(crate) years: Vec<KnownYear>,
}

impl Calendar {
    fn is_working(&self, day: i64, known: &[&KnownYear]) -> bool {
        let weekend = is_weekend(day);
        let year = year_of(day);
        match known.iter().find(|one| i64::from(one.year) == year) {
            Some(one) if weekend => one.working.binary_search(&day).is_ok(),
            Some(one) => one.holidays.binary_search(&day).is_err(),
            None => !weekend && self.holidays.binary_search(&day).is_err(),
        }
    }

    /// The end of the last of so many working days after a moment.
    pub(crate) fn after_working_days(&self, start: TimeMs, days: u64) -> TimeMs {
        let mut known: Vec<&KnownYear> = self.years.iter().filter(|year| year.from_ms == 0).collect();
        let mut end = self.count(start, days, &known);
        for year in self.years.iter().filter(|year| year.from_ms > 0) {
            // One that came when the end was past changes nothing of it any more.
            if end.get() > year.from_ms {
                known.push(year);
                // Nor does it bring the end before the moment it came: nobody is late by what nobody could know.
                end = self.count(start, days, &known).max(TimeMs::new(year.from_ms));
            }
        }
        end
    }

    fn count(&self, start: TimeMs, days: u64, known: &[&KnownYear]) -> TimeMs {
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
            if self.is_working(day, known) {
                left = left.saturating_sub(1);
            }
        }
        let end = day.saturating_add(1).saturating_mul(day_ms).saturating_sub(offset);
        TimeMs::new(u64::try_from(end).unwrap_or(0)).max(start)
    }
}

/// 1970-01-01 was a Thursday: day 2 and 3 of that week are Saturday and Sunday.
pub(crate) const fn is_weekend(day: i64) -> bool {
    matches!(day.rem_euclid(7), 2 | 3)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; nothing for a date that is none.
pub(crate) fn day_of(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| -> Option<i64> {
        let part = parts.next()?;
        let plain = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse().ok().filter(|_| plain)
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let last = month_days(year, month)?;
    (parts.next().is_none() && (1..=last).contains(&day)).then(|| {
        let before: i64 = (1..month).filter_map(|month| month_days(year, month)).sum();
        new_year(year).saturating_add(before).saturating_add(day).saturating_sub(1)
    })
}

/// A day as a date, `YYYY-MM-DD`.
pub(crate) fn date_of(day: i64) -> String {
    let year = year_of(day);
    let (mut month, mut left) = (1i64, day.saturating_sub(new_year(year)));
    while let Some(days) = month_days(year, month).filter(|days| left >= *days) {
        left = left.saturating_sub(days);
        month = month.saturating_add(1);
    }
    format!("{year:04}-{month:02}-{:02}", left.saturating_add(1))
}

/// The year a day lies in.
pub(crate) fn year_of(day: i64) -> i64 {
    // 146,097 days are 400 years; the estimate is off by one at most.
    let estimate = day.saturating_mul(400).div_euclid(146_097).saturating_add(1970);
    if new_year(estimate) > day {
        estimate.saturating_sub(1)
    } else if new_year(estimate.saturating_add(1)) <= day {
        estimate.saturating_add(1)
    } else {
        estimate
    }
}

const fn is_leap(year: i64) -> bool {
    (year.rem_euclid(4) == 0 && year.rem_euclid(100) != 0) || year.rem_euclid(400) == 0
}

fn month_days(year: i64, month: i64) -> Option<i64> {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => Some(31),
        4 | 6 | 9 | 11 => Some(30),
        2 if is_leap(year) => Some(29),
        2 => Some(28),
        _ => None,
    }
}

/// The first day of a year.
const fn new_year(year: i64) -> i64 {
    let before = year.saturating_sub(1);
    let leaps =
        before.div_euclid(4).saturating_sub(before.div_euclid(100)).saturating_add(before.div_euclid(400));
    // 719,162 days lie before 1970-01-01.
    before.saturating_mul(365).saturating_add(leaps).saturating_sub(719_162)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        assert_eq!(day_of("1970-01-01"), Some(0));
        assert_eq!(day_of("2026-11-20"), Some(20_777));
        assert_eq!(day_of("2000-02-29"), Some(11_016));
        for bad in ["2026-02-29", "2026-13-01", "2026-00-01", "2026-1-01", "2026-01-00", "2026-01-01-", "x"] {
            assert_eq!(day_of(bad), None, "{bad}");
        }
        for day in (10_957..84_371).step_by(13) {
            assert_eq!(day_of(&date_of(day)), Some(day));
        }
        assert_eq!((date_of(-1), year_of(-1)), ("1969-12-31".into(), 1969));
    }

    fn at(date: &str, hour: u64) -> TimeMs {
        let day = u64::try_from(day_of(date).unwrap()).unwrap();
        TimeMs::new(day * DAY_MS + hour * 3_600_000 - 480 * 60_000)
    }

    fn year(from: TimeMs, holidays: &[&str], working: &[&str]) -> KnownYear {
        let days = |dates: &[&str]| dates.iter().map(|date| day_of(date).unwrap()).collect();
        KnownYear { year: 2027, from_ms: from.get(), holidays: days(holidays), working: days(working) }
    }

    fn with(years: Vec<KnownYear>) -> Calendar {
        Calendar { utc_offset_minutes: 480, holidays: vec![day_of("2027-02-11").unwrap()], years }
    }

    #[test]
    fn a_calendar_decides_its_year_alone() {
        // 2027-02-12 is a Friday.
        let pinned = with(vec![year(TimeMs::new(0), &["2027-02-12", "2027-02-15"], &["2027-02-14"])]);
        let start = at("2027-02-10", 9);
        assert_eq!(pinned.after_working_days(start, 1), at("2027-02-12", 0), "the calendar has no 11th off");
        assert_eq!(pinned.after_working_days(start, 2), at("2027-02-15", 0), "a Sunday is worked");
        assert_eq!(pinned.after_working_days(start, 3), at("2027-02-17", 0));
        assert_eq!(
            with(Vec::new()).after_working_days(start, 2),
            at("2027-02-16", 0),
            "the rulebook's own holiday"
        );
    }

    #[test]
    fn a_calendar_that_comes_later_moves_only_ends_ahead() {
        let start = at("2027-02-10", 9);
        // Without a calendar two working days end with the 15th.
        let came =
            |when| with(vec![year(when, &["2027-02-15", "2027-02-16"], &[])]).after_working_days(start, 2);
        assert_eq!(came(at("2027-02-16", 1)), at("2027-02-16", 0), "it was past");
        assert_eq!(came(at("2027-02-12", 9)), at("2027-02-13", 0), "the 11th is worked after all");
        let later = came(at("2027-02-15", 9));
        assert_eq!(later, at("2027-02-15", 9), "no earlier than the moment it came");
    }
}
