//! One certificate of an authority (RFC 5280, the part timestamps need).
//!
//! **Invariant:** all of it is read, as it stands in DER; what it may not be used for is kept beside it, so that a path
//! through another certificate can still be found.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::TokenError;
use crate::cursor::{Cursor, constructed, primitive};
use crate::extensions::{self, Extension, inside};
use crate::name::Name;
use crate::signature::SignatureKind;
use crate::signed_data::SignerId;
use crate::time;

pub(crate) const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
const KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const PURPOSES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// Critical extensions whose meaning is checked here.
const KNOWN: [ObjectIdentifier; 3] = [KEY_USAGE, CONSTRAINTS, PURPOSES];
const DIGITAL_SIGNATURE: usize = 0;
const NON_REPUDIATION: usize = 1;
const KEY_CERT_SIGN: usize = 5;

/// One certificate with the pieces that are compared and signed.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) der: Vec<u8>,
    pub(crate) subject: Name,
    pub(crate) issuer: Name,
    pub(crate) serial: Vec<u8>,
    pub(crate) key: Vec<u8>,
    /// Most authorities below it, where it says so.
    pub(crate) depth: Option<u8>,
    key_identifier: Option<Vec<u8>>,
    /// Unix milliseconds, both inclusive.
    valid: (u64, u64),
    stamps: bool,
    /// Purposes of an authority do not bind what it signs: RFC 5280 §4.2.1.12 is about the certificate's own key.
    certifies: bool,
    refused: Option<&'static str>,
}

impl Link {
    pub(crate) fn read(der: &[u8]) -> Result<Self, TokenError> {
        let Parts { body, kind, .. } = Parts::of(der)?;
        Cursor::of_sequence(kind, WHAT)?.algorithm()?;
        let mut body = Cursor::of_sequence(body, WHAT)?;
        if body.optional(constructed(0))?.is_some_and(|version| version != [2, 1, 1] && version != [2, 1, 2])
        {
            return Err(body.refuse());
        }
        let (tag, number, serial) = body.any()?;
        if tag != Tag::Integer || number.is_empty() {
            return Err(body.refuse());
        }
        body.sequence()?.algorithm()?;
        let issuer = Name::read(body.raw()?)?;
        let mut validity = body.sequence()?;
        let valid =
            (time::of_certificate(&mut validity)?, time::of_certificate(&mut validity)?.saturating_add(999));
        validity.end()?;
        let (subject, key) = (Name::read(body.raw()?)?, body.raw()?);
        public_key_info(key)?;
        body.optional(primitive(1))?;
        body.optional(primitive(2))?;
        let extensions = match body.optional(constructed(3))? {
            None => Vec::new(),
            Some(wrapped) => {
                let mut whole = Cursor::new(wrapped, "the extensions")?;
                let list = whole.value(Tag::Sequence)?;
                whole.end()?;
                extensions::read(list, "the extensions")?
            }
        };
        body.end()?;
        let usage =
            inside(&extensions, KEY_USAGE, Tag::BitString)?.map(|(bits, _)| usage(bits)).transpose()?;
        let (authority, depth) = match inside(&extensions, CONSTRAINTS, Tag::Sequence)? {
            None => (false, None),
            Some((value, _)) => constraints(value)?,
        };
        let purposes = inside(&extensions, PURPOSES, Tag::Sequence)?;
        let purposes = purposes.map(|(list, critical)| Ok((purposes_of(list)?, critical))).transpose()?;
        let used = |bit: usize| usage.is_none_or(|bits| bits & (0x8000 >> bit) != 0);
        let stamps_only =
            purposes.as_ref().is_some_and(|(list, critical)| *critical && *list == [TIME_STAMPING]);
        let identifier = inside(&extensions, KEY_IDENTIFIER, Tag::OctetString)?;
        Ok(Self {
            der: der.to_vec(),
            subject,
            issuer,
            serial: serial.to_vec(),
            key: key.to_vec(),
            depth,
            key_identifier: identifier.map(|(value, _)| value.to_vec()),
            valid,
            stamps: stamps_only && (used(DIGITAL_SIGNATURE) || used(NON_REPUDIATION)),
            certifies: authority && used(KEY_CERT_SIGN),
            refused: refused(&extensions),
        })
    }

    pub(crate) fn name(&self) -> String {
        self.subject.shown()
    }

    pub(crate) fn is(&self, id: &SignerId<'_>) -> bool {
        match id {
            SignerId::Issuer { issuer, serial } => self.issuer.is_spelled(issuer) && self.serial == *serial,
            SignerId::KeyIdentifier(identifier) => self.key_identifier.as_deref() == Some(*identifier),
        }
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// The same name with the same key, whatever else the certificates say.
    pub(crate) fn has_name_and_key_of(&self, other: &Self) -> bool {
        self.subject == other.subject && self.key == other.key
    }

    /// For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
    pub(crate) const fn stamps(&self) -> bool {
        self.stamps
    }

    /// Why nothing may rest on it, if so.
    pub(crate) const fn refused(&self) -> Option<&'static str> {
        self.refused
    }

    pub(crate) fn is_valid_at(&self, at_ms: u64) -> bool {
        (self.valid.0..=self.valid.1).contains(&at_ms)
    }

    /// Refuses unless `issuer` may sign certificates and signed this one. How deep it stands is for the path to say.
    pub(crate) fn signed_by(&self, issuer: &Self) -> Result<(), TokenError> {
        let why = issuer.refused.or((!issuer.certifies).then_some("it may not sign certificates"));
        if let Some(why) = why {
            return Err(TokenError::Path(issuer.name(), why));
        }
        let Parts { body, kind, bits } = Parts::of(&self.der)?;
        // Nothing signs the outer one: another spelling of it would be another certificate with the same signature.
        if kind != signed_kind(body)? {
            return Err(TokenError::Path(self.name(), "its two algorithm fields differ (RFC 5280 §4.1.1.2)"));
        }
        let kind = SignatureKind::read(Cursor::of_sequence(kind, WHAT)?)
            .map_err(|_| TokenError::Path(self.name(), "its signature's algorithm is not accepted"))?;
        bits.strip_prefix(&[0])
            .and_then(|signature| kind.verify(&issuer.key, None, body, signature).ok())
            .ok_or_else(|| TokenError::Path(self.name(), "its signature does not hold"))
    }
}

const WHAT: &str = "a certificate";

/// What is signed and the algorithm, as they stand; the signature as a BIT STRING has it.
struct Parts<'a> {
    body: &'a [u8],
    kind: &'a [u8],
    bits: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(der: &'a [u8]) -> Result<Self, TokenError> {
        let mut whole = Cursor::of_sequence(der, WHAT)?;
        let parts = Self { body: whole.raw()?, kind: whole.raw()?, bits: whole.value(Tag::BitString)? };
        whole.end()?;
        Ok(parts)
    }
}

/// The signature's algorithm as the signed part of a certificate names it.
fn signed_kind(body: &[u8]) -> Result<&[u8], TokenError> {
    let mut body = Cursor::of_sequence(body, WHAT)?;
    body.optional(constructed(0))?;
    body.raw()?;
    body.raw()
}

fn public_key_info(key: &[u8]) -> Result<(), TokenError> {
    let mut parts = Cursor::of_sequence(key, "a key")?;
    parts.sequence()?.algorithm()?;
    parts.value(Tag::BitString)?;
    parts.end()
}

/// A BIT STRING of at most 16 bits, the first as the highest.
fn usage(value: &[u8]) -> Result<u16, TokenError> {
    let refuse = TokenError::Form("the key usage is not in DER");
    let (unused, first, second) = match *value {
        [unused] => (unused, 0, 0),
        [unused, first] => (unused, first, 0),
        [unused, first, second] => (unused, first, second),
        _ => return Err(refuse),
    };
    let last = if value.len() == 3 { second } else { first };
    let spare = 1u8.checked_shl(u32::from(unused)).map(|bit| bit.saturating_sub(1));
    match spare {
        Some(spare) if unused < 8 && last & spare == 0 && (value.len() > 1 || unused == 0) => {
            Ok(u16::from_be_bytes([first, second]))
        }
        _ => Err(refuse),
    }
}

/// Whether it is an authority, and most authorities below it.
fn constraints(value: &[u8]) -> Result<(bool, Option<u8>), TokenError> {
    let mut parts = Cursor::new(value, "the basic constraints")?;
    let (authority, depth) = (parts.flag()?, parts.optional(Tag::Integer)?);
    let depth = match depth {
        None => None,
        Some([depth]) if *depth < 0x80 => Some(*depth),
        Some([0, depth]) if *depth >= 0x80 => Some(*depth),
        Some(_) => return Err(parts.refuse()),
    };
    parts.end()?;
    Ok((authority, depth))
}

fn purposes_of(value: &[u8]) -> Result<Vec<ObjectIdentifier>, TokenError> {
    let mut list = Cursor::new(value, "the purposes")?;
    let mut found = Vec::new();
    while !list.is_empty() {
        found.push(list.object()?);
    }
    Ok(found)
}

fn refused(extensions: &[Extension<'_>]) -> Option<&'static str> {
    if extensions.iter().any(|one| one.object == NAME_CONSTRAINTS) {
        return Some("it has name constraints, which are not evaluated here (RFC 5280 §4.2.1.10)");
    }
    let unknown = extensions.iter().any(|one| one.critical && !KNOWN.contains(&one.object));
    unknown.then_some("a critical extension is not known here (RFC 5280 §4.2)")
}
