//! Texts people write, and secrets written as digits.

use biaozheng_ledger::digest::Digest;

use crate::machine::refusal::{Refusal, Reject};
use crate::machine::refusals;

/// Plain text of people: bounded, no control characters.
pub(crate) fn text(value: &str) -> Result<(), Reject> {
    let bad = |c: char| c.is_control() && c != '\n';
    if value.trim().is_empty()
        || value.len() > crate::machine::limits::TEXT_BYTES_MAX
        || value.chars().any(bad)
    {
        return Err(refusals::TEXT.reject());
    }
    Ok(())
}

/// 32 bytes written as 64 hexadecimal digits.
pub(crate) fn secret(digits: &str) -> Result<[u8; 32], Refusal> {
    let digest =
        format!("sha256:{digits}").parse::<Digest>().map_err(|error| refusals::BODY.because(error))?;
    Ok(*digest.bytes())
}

pub(crate) fn identifier<'a>(key: &'a [u8], prefix: &[u8]) -> Option<&'a str> {
    std::str::from_utf8(key.strip_prefix(prefix)?).ok()
}
