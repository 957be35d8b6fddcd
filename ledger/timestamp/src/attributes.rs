//! The signer's signed attributes: content type, message digest, and the reference to its certificate.
//!
//! **Invariant:** each reference that is there (ESSCertID of RFC 2634, ESSCertIDv2 of RFC 5035) covers the whole
//! certificate, so another certificate of the same key cannot be put in its place. ESSCertID is a SHA-1 by definition. That
//! is enough here: to exchange the certificate takes a second one for the same key under the same SHA-1, and both signed
//! with SHA-2 by an authority that is trusted; nobody who only makes collisions has that.

use der::Tag;
use der::asn1::ObjectIdentifier;
use sha1::{Digest as _, Sha1};

use crate::certificate::Link;
use crate::cursor::{Cursor, constructed};
use crate::hash::HashKind;
use crate::name::Name;
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
    /// One or two, of the two forms.
    references: Vec<Reference<'a>>,
}

/// The signer's certificate, as the signer names it.
#[derive(Debug)]
struct Reference<'a> {
    /// None is SHA-1, the only one of the first form.
    hash: Option<HashKind>,
    digest: &'a [u8],
    issuer_and_serial: Option<(Name, &'a [u8])>,
}

impl<'a> Attributes<'a> {
    /// From the content of the SET.
    pub(crate) fn read(set: &'a [u8]) -> Result<Self, TokenError> {
        let mut rest = Cursor::new(set, "signed attributes")?;
        let (mut kind, mut digest, mut references) = (None, None, Vec::new());
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
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => {
                    references.push(Reference::read(values.raw()?, name == SIGNING_CERTIFICATE_V2)?);
                }
                _ => continue,
            }
            values.end()?;
        }
        if kind != Some(TST_INFO) {
            return Err(TokenError::Form("the signed content type is not a timestamp's"));
        }
        let message_digest = digest.ok_or(TokenError::Form("no signed message digest"))?;
        if references.is_empty() {
            return Err(TokenError::SignerReference);
        }
        Ok(Self { message_digest, references })
    }

    /// True when every reference the signer signed is to exactly this certificate.
    pub(crate) fn refer_to(&self, certificate: &Link) -> bool {
        self.references.iter().all(|one| one.is_of(certificate))
    }
}

impl<'a> Reference<'a> {
    /// The first reference of a SigningCertificate or a SigningCertificateV2: the signer's own (RFC 5035 §3, §4).
    fn read(bytes: &'a [u8], second_form: bool) -> Result<Self, TokenError> {
        let mut reference = Cursor::of_sequence(bytes, "SigningCertificate")?.sequence()?.sequence()?;
        let mut hash = second_form.then_some(HashKind::Sha256);
        if second_form && let Some(algorithm) = reference.optional(Tag::Sequence)? {
            hash = Some(HashKind::read(Cursor::new(algorithm, "ESSCertIDv2")?)?);
        }
        let digest = reference.value(Tag::OctetString)?;
        let named = reference.optional(Tag::Sequence)?.map(issuer_and_serial).transpose()?;
        reference.end()?;
        Ok(Self { hash, digest, issuer_and_serial: named })
    }

    fn is_of(&self, certificate: &Link) -> bool {
        let whole = certificate.der.as_slice();
        let same = match self.hash {
            None => Sha1::digest(whole).as_slice() == self.digest,
            Some(hash) => hash.of(whole) == self.digest,
        };
        let named = self.issuer_and_serial.as_ref();
        same && named
            .is_none_or(|(issuer, serial)| certificate.issuer == *issuer && certificate.serial == *serial)
    }
}

/// IssuerSerial (RFC 5035 §5): one directory name and the serial number.
fn issuer_and_serial(value: &[u8]) -> Result<(Name, &[u8]), TokenError> {
    let mut parts = Cursor::new(value, "IssuerSerial")?;
    let mut names = parts.sequence()?;
    let name = Name::read(names.value(constructed(4))?)?;
    names.end()?;
    let serial = parts.raw()?;
    parts.end()?;
    Ok((name, serial))
}
