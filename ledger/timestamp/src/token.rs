//! The judgement over one token.

use core::fmt::Write;

use crate::TokenError;
use crate::anchors::TrustAnchors;
use crate::attributes::Attributes;
use crate::certificate::Link;
use crate::path;
use crate::signed_data::{SignedData, SignerInfo};
use crate::tst_info::TstInfo;

/// Tag and length of the DER `SET OF` that was signed replace `[0]` and its length (RFC 5652 §5.4).
const SET_TAG: u8 = 0x31;

/// A token whose signature holds, and whether its authority is one that was given as trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Unix milliseconds.
    pub time_ms: u64,
    /// How far that may be off, where the authority says so.
    pub accuracy_ms: Option<u64>,
    /// The signer's name.
    pub authority: String,
    /// Hexadecimal.
    pub serial: String,
    /// The authority's own policy, as an object identifier.
    pub policy: String,
    /// Hexadecimal, where a nonce was asked for.
    pub nonce: Option<String>,
    pub trust: Trust,
}

/// Who vouches for the authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// This anchor, by its name.
    Anchored(String),
    /// Nobody who was given: the way up ends at this issuer. Anybody can make such a token.
    Unknown(String),
}

/// Judges a token over a SHA-256.
///
/// # Errors
/// [`TokenError`]: it is no timestamp of this digest, or none this program can judge.
pub fn verify(token: &[u8], digest: &[u8; 32], anchors: &TrustAnchors) -> Result<Timestamp, TokenError> {
    let data = SignedData::read(token)?;
    let info = TstInfo::read(data.content)?;
    if info.imprint != digest {
        return Err(TokenError::OtherDigest);
    }
    let signer = &data.signer;
    let attributes = Attributes::read(signer.attributes)?;
    if attributes.message_digest != signer.hash.of(data.content) {
        return Err(TokenError::Signature);
    }
    let links = data.certificates.iter().map(|one| Link::read(one)).collect::<Result<Vec<_>, _>>()?;
    let place = signer_of(&links, signer, &attributes)?;
    let own = links.get(place).ok_or(TokenError::SignerMissing)?;
    if let Some(why) = own.refused() {
        return Err(TokenError::Path(own.name(), why));
    }
    if !own.stamps() {
        return Err(TokenError::Purpose);
    }
    if !own.is_valid_at(info.time_ms) {
        return Err(TokenError::Validity(own.name()));
    }
    let signed = set_of(signer.attributes)?;
    signer.signature_kind.verify(&own.key, Some(signer.hash), &signed, signer.signature)?;
    let trust = path::trust(&links, place, &anchors.links, info.time_ms)?;
    Ok(Timestamp {
        time_ms: info.time_ms,
        accuracy_ms: info.accuracy_ms,
        authority: own.name(),
        serial: hexadecimal(info.serial),
        policy: info.policy,
        nonce: info.nonce.map(hexadecimal),
        trust,
    })
}

/// Of the certificates that the token names as the signer's, the one that the signer itself refers to.
fn signer_of(
    links: &[Link],
    signer: &SignerInfo<'_>,
    attributes: &Attributes<'_>,
) -> Result<usize, TokenError> {
    let named = || links.iter().enumerate().filter(|(_, link)| link.is(&signer.id));
    match named().find(|(_, link)| attributes.refer_to(link)) {
        Some((place, _)) => Ok(place),
        None if named().next().is_none() => Err(TokenError::SignerMissing),
        None => Err(TokenError::SignerReference),
    }
}

fn set_of(content: &[u8]) -> Result<Vec<u8>, TokenError> {
    let length = der::Length::try_from(content.len()).and_then(|length| der::Encode::to_der(&length));
    let length = length.map_err(|_| TokenError::Form("signed attributes"))?;
    Ok([&[SET_TAG], length.as_slice(), content].concat())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
