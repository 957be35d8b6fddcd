//! Times as DER has them, in Unix milliseconds. One instant of a token has one spelling.

use der::Tag;

use crate::TokenError;
use crate::cursor::Cursor;

/// `YYYYMMDDhhmmss`, 1970 and later.
fn seconds_of(digits: &[u8]) -> Option<u64> {
    if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let text = str::from_utf8(digits).ok()?;
    let two = |from: usize| text.get(from..from.checked_add(2)?)?.parse::<u8>().ok();
    let year = text.get(..4)?.parse::<u16>().ok()?;
    let time = der::DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?).ok()?;
    Some(time.unix_duration().as_secs())
}

/// `YYYYMMDDhhmmss[.f…]Z` in Unix milliseconds (RFC 3161 §2.4.2); a fraction has no trailing zero, and what is below a
/// millisecond is cut.
pub(crate) fn gen_time(text: &[u8]) -> Result<u64, TokenError> {
    let refuse = || TokenError::Form("genTime is not YYYYMMDDhhmmss[.f]Z");
    let digits = text.strip_suffix(b"Z").ok_or_else(refuse)?;
    let (whole, fraction) = digits.split_at_checked(14).ok_or_else(refuse)?;
    let seconds = seconds_of(whole).ok_or_else(refuse)?;
    let millis = match fraction.split_first() {
        None => 0,
        Some((b'.', digits)) if !digits.is_empty() && digits.len() <= 9 && !digits.ends_with(b"0") => {
            let mut padded = digits.iter().copied().chain([b'0', b'0']).take(3);
            padded
                .try_fold(0u64, |sum, digit| {
                    let value = digit.is_ascii_digit().then(|| u64::from(digit.saturating_sub(b'0')))?;
                    Some(sum.saturating_mul(10).saturating_add(value))
                })
                .filter(|_| digits.iter().all(u8::is_ascii_digit))
                .ok_or_else(refuse)?
        }
        Some(_) => return Err(refuse()),
    };
    Ok(seconds.saturating_mul(1000).saturating_add(millis))
}

/// A certificate's Time (RFC 5280 §4.1.2.5) in Unix milliseconds. A GeneralizedTime is taken for years before 2050 too,
/// as other readers take it: what it says is signed and has one meaning.
pub(crate) fn of_certificate(validity: &mut Cursor<'_>) -> Result<u64, TokenError> {
    let refuse = validity.refuse();
    let digits = if let Some(short) = validity.optional(Tag::UtcTime)? {
        let century: &[u8] = if short < b"50" { b"20" } else { b"19" };
        [century, short].concat()
    } else {
        validity.value(Tag::GeneralizedTime)?.to_vec()
    };
    let seconds = digits.strip_suffix(b"Z").and_then(seconds_of).ok_or(refuse)?;
    Ok(seconds.saturating_mul(1000))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::gen_time;

    #[test]
    fn times_have_one_spelling() {
        assert_eq!(gen_time(b"20261123174500Z").unwrap(), 1_795_455_900_000);
        assert_eq!(gen_time(b"20261123174500.5Z").unwrap(), 1_795_455_900_500);
        assert_eq!(gen_time(b"20261123174500.0019Z").unwrap(), 1_795_455_900_001);
        for bad in [
            &b"20261123174500"[..],
            b"2026112317450Z",
            b"20261123174500.Z",
            b"20261123174500.50Z",
            b"20261123174500.5xZ",
            b"20261123174500,5Z",
            b"20261323174500Z",
            b"20261123174500+0800",
            b"+0261123174500Z",
            b"Z",
            b"",
        ] {
            assert!(gen_time(bad).is_err(), "{}", bad.escape_ascii());
        }
    }
}
