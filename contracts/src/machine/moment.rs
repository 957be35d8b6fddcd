//! Times as people read them: Beijing time, beside or instead of the milliseconds programs read.
//!
//! China has one time and no summer time, so the offset is a constant and no rule: nothing is decided by it.

use std::fmt;

use biaozheng_ledger::ids::TimeMs;

use crate::machine::calendar::{DAY_MS, date_of};

/// Beijing's offset from UTC.
const OFFSET_MS: u64 = 8 * 3_600_000;

/// A block time or deadline for a sentence: `2026-12-01 09:00:00+08:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BeijingTime(pub TimeMs);

impl fmt::Display for BeijingTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local_ms = self.0.get().saturating_add(OFFSET_MS);
        let day = i64::try_from(local_ms.div_euclid(DAY_MS)).unwrap_or(i64::MAX);
        // Further off than any calendar: as it is.
        if day > 100_000_000 {
            return write!(f, "{} ms", self.0);
        }
        let (rest_s, part_ms) = (local_ms.rem_euclid(DAY_MS) / 1000, local_ms.rem_euclid(1000));
        let (hour, minute, second) = (rest_s / 3600, rest_s / 60 % 60, rest_s % 60);
        write!(f, "{} {hour:02}:{minute:02}:{second:02}", date_of(day))?;
        if part_ms > 0 {
            write!(f, ".{part_ms:03}")?;
        }
        f.write_str("+08:00")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_as_clocks_in_beijing_show_it() {
        let shown = |ms| BeijingTime(TimeMs::new(ms)).to_string();
        assert_eq!(shown(0), "1970-01-01 08:00:00+08:00");
        assert_eq!(shown(1_796_086_800_000), "2026-12-01 09:00:00+08:00");
        assert_eq!(shown(1_797_791_519_742), "2026-12-21 02:31:59.742+08:00");
        // A day later there than in Greenwich.
        assert_eq!(shown(1_798_732_799_999), "2026-12-31 23:59:59.999+08:00");
        assert_eq!(shown(1_798_732_800_000), "2027-01-01 00:00:00+08:00");
        assert_eq!(shown(u64::MAX), format!("{} ms", u64::MAX));
    }
}
