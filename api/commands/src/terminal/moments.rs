//! Times as people give and read them: Beijing time, unless an offset says otherwise.

use biaozheng_contracts::BeijingTime;
use biaozheng_ledger::ids::TimeMs;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// A moment on the command line: RFC 3339 with its offset, or a date and time without one, which is Beijing's:
/// `2026-12-01 09:00`, `2026-12-01T09:00:00`, `2026年12月1日 9时30分`.
pub(crate) fn moment(text: &str) -> Result<TimeMs, String> {
    let refuse = || {
        format!(
            "{text:?} is no time; write '2026-12-01 09:00' for Beijing time, or RFC 3339 with an offset 时间格式不符，请写北京时间如 2026-12-01 09:00"
        )
    };
    let at = match text.trim().parse::<jiff::Timestamp>() {
        Ok(at) => at,
        Err(_) => in_beijing(text).ok_or_else(refuse)?,
    };
    u64::try_from(at.as_millisecond()).map(TimeMs::new).map_err(|_| refuse())
}

fn in_beijing(text: &str) -> Option<jiff::Timestamp> {
    let between = |letter: char| "-/年月日T :时点：分秒".contains(letter);
    if !text.trim().chars().all(|letter| letter.is_ascii_digit() || between(letter)) {
        return None;
    }
    let parts: Option<Vec<i16>> =
        text.split(between).filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect();
    let parts = parts?;
    let (&[year, month, day, hour], rest) = parts.split_first_chunk::<4>()?;
    let (minute, second) = match rest {
        [] if text.contains(['时', '点']) => (0, 0),
        [minute] => (*minute, 0),
        [minute, second] => (*minute, *second),
        _ => return None,
    };
    let small = |value: i16| i8::try_from(value).ok();
    let date =
        DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0);
    let beijing = TimeZone::fixed(Offset::from_hours(8).ok()?);
    (year >= 1970).then_some(())?;
    beijing.to_timestamp(date.ok()?).ok()
}

/// For people: Beijing time, and this machine's where that is another.
pub(crate) fn shown(time: TimeMs) -> String {
    let beijing = format!("{} 北京时间", BeijingTime(time));
    let stamp = i64::try_from(time.get()).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let local = stamp.map(|stamp| stamp.to_zoned(TimeZone::system()));
    match local.filter(|local| local.offset().seconds() != 8 * 3600) {
        Some(local) => format!("{beijing} ({} here 本机时间)", local.strftime("%Y-%m-%d %H:%M:%S%:z")),
        None => beijing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_beijings() {
        let nine = 1_796_086_800_000;
        for text in [
            "2026-12-01 09:00",
            "2026-12-01T09:00:00",
            "2026-12-01T09:00:00+08:00",
            "2026-12-01T01:00:00Z",
            "2026/12/1 9:00",
            "2026年12月1日9时",
            "2026年12月1日 9时00分",
        ] {
            assert_eq!(moment(text).map(TimeMs::get), Ok(nine), "{text}");
        }
        for bad in
            ["", "2026-12-01", "09:00", "2026-13-01 09:00", "2026-12-01 25:00", "tomorrow", "2026-12-01 09"]
        {
            assert!(moment(bad).is_err_and(|why| why.contains("北京时间")), "{bad}");
        }
    }
}
