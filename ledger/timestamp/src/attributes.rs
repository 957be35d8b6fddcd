//! The signer's signed attributes: content type, message digest, and the reference to its certificate.
//!
//! **Invariant:** the reference (ESSCertIDv2, RFC 5035) covers the whole certificate, so another certificate of the
//! same key cannot be put in its place.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::cursor::Cursor;
use crate::signature::HashKind;
use crate::{SIGNED_ATTRIBUTES_MAX, TokenError};

pub(crate) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// What of the signed attributes is believed once the signature holds.
#[derive(Debug)]
pub(crate) struct Attributes<'a> {
    pub(crate) message_digest: &'a [u8],
    reference: (HashKind, &'a [u8]),
}

impl<'a> Attributes<'a> {
    /// From the content of the SET.
    pub(crate) fn read(set: &'a [u8]) -> Result<Self, TokenError> {
        let mut rest = Cursor::new(set, "signed attributes")?;
        let (mut kind, mut digest, mut reference) = (None, None, None);
        let mut seen: Vec<ObjectIdentifier> = Vec::new();
        while !rest.is_empty() {
            let mut attribute = rest.sequence()?;
            let name = attribute.object()?;
            let mut values = Cursor::new(attribute.value(Tag::Set)?, "signed attribute")?;
            attribute.end()?;
            if seen.contains(&name) || seen.len() >= SIGNED_ATTRIBUTES_MAX {
                return Err(TokenError::Form("a signed attribute twice, or too many"));
            }
            seen.push(name);
            match name {
                CONTENT_TYPE => kind = Some(values.object()?),
                MESSAGE_DIGEST => digest = Some(values.value(Tag::OctetString)?),
                SIGNING_CERTIFICATE_V2 => reference = Some(first_reference(values.raw()?)?),
                // SHA-1 beside the reference above; alone it is not enough, and no other is known by meaning.
                SIGNING_CERTIFICATE => drop(values.raw()?),
                _ => continue,
            }
            values.end()?;
        }
        if kind != Some(TST_INFO) {
            return Err(TokenError::Form("the signed content type is not a timestamp's"));
        }
        let message_digest = digest.ok_or(TokenError::Form("no signed message digest"))?;
        Ok(Self { message_digest, reference: reference.ok_or(TokenError::SignerReference)? })
    }

    /// True when the signer signed a reference to exactly this certificate.
    pub(crate) fn refer_to(&self, certificate: &[u8]) -> bool {
        let (hash, digest) = self.reference;
        hash.of(certificate) == digest
    }
}

/// The first ESSCertIDv2 of a SigningCertificateV2: the signer's own, by RFC 5035.
fn first_reference(bytes: &[u8]) -> Result<(HashKind, &[u8]), TokenError> {
    let mut reference = Cursor::of_sequence(bytes, "SigningCertificateV2")?.sequence()?.sequence()?;
    let hash = match reference.optional(Tag::Sequence)? {
        None => HashKind::Sha256,
        Some(algorithm) => HashKind::read(Cursor::new(algorithm, "ESSCertIDv2")?)?,
    };
    Ok((hash, reference.value(Tag::OctetString)?))
}
