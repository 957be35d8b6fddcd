//! TSTInfo (RFC 3161 §2.4.2): what the authority says: this digest, at this time.

use der::Tag;

use crate::TokenError;
use crate::cursor::{Cursor, constructed, primitive};
use crate::signature::HashKind;

/// The statement, read and not yet believed.
#[derive(Clone, Debug)]
pub(crate) struct TstInfo<'a> {
    pub(crate) policy: String,
    pub(crate) imprint: &'a [u8],
    pub(crate) serial: &'a [u8],
    pub(crate) time_ms: u64,
    /// How far the authority's clock may be off, rounded up; unstated is none.
    pub(crate) accuracy_ms: Option<u64>,
    pub(crate) nonce: Option<&'a [u8]>,
}

impl<'a> TstInfo<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, TokenError> {
        let mut info = Cursor::of_sequence(bytes, "TSTInfo")?;
        if info.small()? != 1 {
            return Err(TokenError::Form("TSTInfo is not of version 1"));
        }
        let policy = info.object()?.to_string();
        let mut imprint = info.sequence()?;
        let hash = HashKind::read(imprint.sequence()?)?;
        let digest = imprint.value(Tag::OctetString)?;
        imprint.end()?;
        if hash != HashKind::Sha256 {
            return Err(TokenError::OtherDigest);
        }
        let serial = info.value(Tag::Integer)?;
        let time_ms = milliseconds(info.value(Tag::GeneralizedTime)?)?;
        let accuracy_ms = info.optional(Tag::Sequence)?.map(accuracy).transpose()?;
        // DEFAULT FALSE: written only when true.
        if info.optional(Tag::Boolean)?.is_some_and(|value| value != [0xff]) {
            return Err(info.refuse());
        }
        let nonce = info.optional(Tag::Integer)?;
        info.optional(constructed(0))?;
        if info.optional(constructed(1))?.is_some() {
            return Err(TokenError::Form("TSTInfo has extensions, which this program does not know"));
        }
        info.end()?;
        Ok(Self { policy, imprint: digest, serial, time_ms, accuracy_ms, nonce })
    }
}

fn accuracy(bytes: &[u8]) -> Result<u64, TokenError> {
    let mut parts = Cursor::new(bytes, "accuracy")?;
    let seconds = parts.optional(Tag::Integer)?.map(number).transpose()?.unwrap_or(0);
    let millis = parts.optional(primitive(0))?.map(number).transpose()?.unwrap_or(0);
    let micros = parts.optional(primitive(1))?.map(number).transpose()?.unwrap_or(0);
    parts.end()?;
    Ok(seconds.saturating_mul(1000).saturating_add(millis).saturating_add(micros.div_ceil(1000)))
}

fn number(bytes: &[u8]) -> Result<u64, TokenError> {
    match bytes {
        [] => Err(TokenError::Form("an INTEGER without bytes")),
        [first, ..] if *first >= 0x80 || bytes.len() > 5 => Err(TokenError::Form("an INTEGER out of range")),
        _ => Ok(bytes.iter().fold(0, |sum: u64, byte| (sum << 8) | u64::from(*byte))),
    }
}

/// `YYYYMMDDhhmmss[.f…]Z` in Unix milliseconds; a fraction has no trailing zero, and what is below a millisecond is cut.
fn milliseconds(text: &[u8]) -> Result<u64, TokenError> {
    let refuse = TokenError::Form("genTime is not YYYYMMDDhhmmss[.f]Z");
    let digits = text.strip_suffix(b"Z").ok_or_else(|| refuse.clone())?;
    let (whole, fraction) = digits.split_at_checked(14).ok_or_else(|| refuse.clone())?;
    let whole = str::from_utf8(whole).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let part = |from: usize, to: usize| whole.and_then(|text| text.get(from..to)?.parse::<u16>().ok());
    let day = |from| part(from, from.saturating_add(2)).and_then(|number| u8::try_from(number).ok());
    let time = (|| der::DateTime::new(part(0, 4)?, day(4)?, day(6)?, day(8)?, day(10)?, day(12)?).ok())();
    let seconds = time.ok_or_else(|| refuse.clone())?.unix_duration().as_secs();
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
                .ok_or_else(|| refuse.clone())?
        }
        Some(_) => return Err(refuse),
    };
    Ok(seconds.saturating_mul(1000).saturating_add(millis))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::milliseconds;

    #[test]
    fn times_have_one_spelling() {
        assert_eq!(milliseconds(b"20261123174500Z").unwrap(), 1_795_455_900_000);
        assert_eq!(milliseconds(b"20261123174500.5Z").unwrap(), 1_795_455_900_500);
        assert_eq!(milliseconds(b"20261123174500.0019Z").unwrap(), 1_795_455_900_001);
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
            assert!(milliseconds(bad).is_err(), "{}", bad.escape_ascii());
        }
    }
}
