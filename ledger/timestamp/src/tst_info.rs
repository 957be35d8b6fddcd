//! TSTInfo (RFC 3161 §2.4.2): what the authority says: this digest, at this time.

use der::Tag;

use crate::TokenError;
use crate::cursor::{Cursor, constructed, primitive};
use crate::extensions;
use crate::hash::HashKind;
use crate::time::gen_time;

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
        let hash = HashKind::read(imprint.sequence()?);
        let digest = imprint.value(Tag::OctetString)?;
        imprint.end()?;
        // An imprint by any other digest is not of this document, SHA-1 or a longer one.
        if hash != Ok(HashKind::Sha256) {
            return Err(TokenError::Imprint);
        }
        let serial = info.value(Tag::Integer)?;
        let time_ms = gen_time(info.value(Tag::GeneralizedTime)?)?;
        let accuracy_ms = info.optional(Tag::Sequence)?.map(accuracy).transpose()?;
        info.flag()?;
        let nonce = info.optional(Tag::Integer)?;
        info.optional(constructed(0))?;
        // Signed, and nothing here needs what they say; one that has to be understood is not.
        if let Some(list) = info.optional(constructed(1))? {
            let list = extensions::read(list, "extensions of TSTInfo")?;
            if list.iter().any(|one| one.critical) {
                return Err(TokenError::Extension);
            }
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
