//! The certificates a verifier trusts for timestamps, given from outside.
//!
//! **Invariant:** what cannot be used is passed over and told, and costs no other certificate of the file.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::certificate::{Link, TIME_STAMPING};
use crate::cursor::{Cursor, constructed};
use crate::pem::{self, Label};
use crate::{ANCHORS_BYTES_MAX, ANCHORS_MAX, AnchorsError, TokenError};

const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Roots, intermediates or authorities' own certificates that are believed. Empty trusts nobody.
#[derive(Clone, Debug, Default)]
pub struct TrustAnchors {
    pub(crate) links: Vec<Link>,
    passed_over: Vec<PassedOver>,
}

/// A block of the file that is no anchor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("block {place} of the file: {why}")]
pub struct PassedOver {
    /// From 1.
    pub place: usize,
    pub why: String,
}

impl TrustAnchors {
    /// From PEM with certificates, whatever text stands around them, or DER of one certificate.
    ///
    /// # Errors
    /// [`AnchorsError`] when none of it can be used, or it is too large.
    pub fn read(bytes: &[u8]) -> Result<Self, AnchorsError> {
        if bytes.is_empty() || bytes.len() > ANCHORS_BYTES_MAX {
            return Err(AnchorsError::Size);
        }
        let blocks = if pem::is_text(bytes) {
            pem::blocks(bytes, ANCHORS_MAX)
        } else if bytes.first() == Some(&0x30) {
            vec![(Label::Certificate, Ok(bytes.to_vec()))]
        } else {
            Vec::new()
        };
        if blocks.len() > ANCHORS_MAX {
            return Err(AnchorsError::TooMany);
        }
        let mut anchors = Self::default();
        for (place, (label, der)) in (1..).zip(blocks) {
            match der.map_err(str::to_owned).and_then(|der| anchor(label, &der)) {
                // The same certificate twice is one anchor.
                Ok(link) if anchors.links.iter().any(|known| known.der == link.der) => {}
                Ok(link) => anchors.links.push(link),
                Err(why) => anchors.passed_over.push(PassedOver { place, why }),
            }
        }
        match anchors.passed_over.first() {
            _ if !anchors.links.is_empty() => Ok(anchors),
            Some(first) => Err(AnchorsError::Unusable(first.clone())),
            None => Err(AnchorsError::Nothing),
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Subjects, in the order given.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.links.iter().map(Link::name).collect()
    }

    /// Blocks of the file that are not used, with the reason.
    #[must_use]
    pub fn passed_over(&self) -> &[PassedOver] {
        &self.passed_over
    }
}

fn anchor(label: Label, der: &[u8]) -> Result<Link, String> {
    let der = match label {
        Label::Other => return Err("it is named as something else than a certificate".to_owned()),
        Label::Certificate => der,
        Label::Trusted => trusted(der)
            .map_err(|error| error.to_string())?
            .ok_or("OpenSSL's trust beside it keeps it from timestamps")?,
    };
    let link = Link::read(der).map_err(|_| "it is no X.509 certificate in DER (RFC 5280 §4.1)")?;
    match link.refused() {
        Some(why) => Err(format!("certificate '{}': {why}", link.name())),
        None => Ok(link),
    }
}

/// The certificate before OpenSSL's trust settings, unless these are about other purposes than timestamps.
fn trusted(bytes: &[u8]) -> Result<Option<&[u8]>, TokenError> {
    let mut whole = Cursor::new(bytes, "a trusted certificate")?;
    let certificate = whole.raw()?;
    if whole.is_empty() {
        return Ok(Some(certificate));
    }
    let mut settings = whole.sequence()?;
    whole.end()?;
    let names_stamps = |list: &[u8]| -> Result<bool, TokenError> {
        let (mut list, mut found) = (Cursor::new(list, "trust settings")?, false);
        while !list.is_empty() {
            found |= [TIME_STAMPING, ANY_PURPOSE].contains(&list.object()?);
        }
        Ok(found)
    };
    let trusts = settings.optional(Tag::Sequence)?.map(names_stamps).transpose()?;
    let rejects = settings.optional(constructed(0))?.map(names_stamps).transpose()?;
    Ok((trusts.unwrap_or(true) && !rejects.unwrap_or(false)).then_some(certificate))
}
