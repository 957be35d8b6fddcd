//! Certificate paths from a signer to a trust anchor (RFC 5280, the part timestamps need).
//!
//! **Invariant:** every certificate of a token is in the path, signed by the next; a critical extension this program
//! does not know refuses the path. Names are compared byte for byte.

use der::asn1::ObjectIdentifier;
use der::{Encode, Tag};
use x509_cert::Certificate;
use x509_cert::der::{Decode, oid::AssociatedOid};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier};

use crate::TokenError;
use crate::cursor::Cursor;
use crate::signature::SignatureKind;
use crate::signed_data::SignerId;

const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Critical extensions whose meaning is checked here.
const KNOWN: &[ObjectIdentifier] = &[BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];

/// One certificate with the pieces that are compared and signed.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) der: Vec<u8>,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    serial: Vec<u8>,
    pub(crate) key: Vec<u8>,
    name: String,
    authority: Authority,
    /// Unix milliseconds, both inclusive.
    valid: (u64, u64),
    stamps_only: bool,
    key_identifier: Option<Vec<u8>>,
}

/// What a certificate may sign.
#[derive(Clone, Copy, Debug)]
struct Authority {
    certificates: bool,
    /// Most certificates of authorities below it.
    depth: Option<u8>,
    signatures: bool,
}

impl Link {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, TokenError> {
        let certificate = Certificate::from_der(bytes).map_err(|_| TokenError::Form("a certificate"))?;
        let link = Self::of(&certificate)?;
        // One spelling only: what was read is what was hashed and signed.
        if link.der == bytes { Ok(link) } else { Err(TokenError::Form("a certificate is not DER")) }
    }

    pub(crate) fn of(certificate: &Certificate) -> Result<Self, TokenError> {
        let bad = |_| TokenError::Form("a certificate");
        let body = certificate.tbs_certificate();
        let der = certificate.to_der().map_err(bad)?;
        let name = body.subject().to_string();
        let valid = (
            unix_ms(body.validity().not_before.to_unix_duration()),
            unix_ms(body.validity().not_after.to_unix_duration()).saturating_add(999),
        );
        let usage = body.get_extension::<KeyUsage>().map_err(bad)?;
        let constraints = body.get_extension::<BasicConstraints>().map_err(bad)?;
        let purposes = body.get_extension::<ExtendedKeyUsage>().map_err(bad)?;
        let identifier = body.get_extension::<SubjectKeyIdentifier>().map_err(bad)?;
        let critical = body.extensions().into_iter().flatten().filter(|one| one.critical);
        if critical.clone().any(|one| !KNOWN.contains(&one.extn_id)) {
            return Err(TokenError::Path(name, "a critical extension is not known here"));
        }
        let ca = constraints.as_ref().is_some_and(|(_, constraints)| constraints.ca);
        let authority = Authority {
            certificates: ca && usage.as_ref().is_none_or(|(_, usage)| usage.key_cert_sign()),
            depth: constraints.and_then(|(_, constraints)| constraints.path_len_constraint),
            signatures: usage.is_none_or(|(_, usage)| usage.digital_signature() || usage.non_repudiation()),
        };
        let stamps_only =
            purposes.is_some_and(|(critical, purposes)| critical && purposes.0 == [TIME_STAMPING]);
        Ok(Self {
            subject: body.subject().to_der().map_err(bad)?,
            issuer: body.issuer().to_der().map_err(bad)?,
            serial: body.serial_number().to_der().map_err(bad)?,
            key: body.subject_public_key_info().to_der().map_err(bad)?,
            key_identifier: identifier.map(|(_, identifier)| identifier.0.as_bytes().to_vec()),
            der,
            name,
            authority,
            valid,
            stamps_only,
        })
    }

    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    pub(crate) fn is(&self, id: &SignerId<'_>) -> bool {
        match id {
            SignerId::Issuer { issuer, serial } => self.issuer == *issuer && self.serial == *serial,
            SignerId::KeyIdentifier(identifier) => self.key_identifier.as_deref() == Some(*identifier),
        }
    }

    /// For timestamps alone, critically (RFC 3161 §2.3), and for signatures.
    pub(crate) const fn stamps(&self) -> bool {
        self.stamps_only && self.authority.signatures
    }

    fn check_validity(&self, at_ms: u64) -> Result<(), TokenError> {
        if (self.valid.0..=self.valid.1).contains(&at_ms) {
            Ok(())
        } else {
            Err(TokenError::Validity(self.name()))
        }
    }

    /// Refuses unless `issuer`, with `below` authorities between it and the signer, signed this certificate.
    fn signed_by(&self, issuer: &Self, below: usize) -> Result<(), TokenError> {
        let refuse = |why| TokenError::Path(issuer.name(), why);
        if !issuer.authority.certificates {
            return Err(refuse("it may not sign certificates"));
        }
        if issuer.authority.depth.is_some_and(|depth| below > usize::from(depth)) {
            return Err(refuse("more authorities below it than it allows"));
        }
        let mut parts = Cursor::of_sequence(&self.der, "a certificate")?;
        let signed = parts.raw()?;
        let kind = SignatureKind::read(parts.sequence()?)?;
        let bits = parts.value(Tag::BitString)?;
        let signature = bits.strip_prefix(&[0]).ok_or(TokenError::Signature)?;
        kind.verify(&issuer.key, None, signed, signature)
            .map_err(|_| TokenError::Path(self.name(), "its signature does not hold"))
    }
}

fn unix_ms(duration: core::time::Duration) -> u64 {
    duration.as_secs().saturating_mul(1000)
}

/// The signer's path through all of a token's certificates.
#[derive(Debug)]
pub(crate) struct Path {
    links: Vec<Link>,
}

impl Path {
    /// Finds the signer and orders the others above it, each verified, all valid at the token's time.
    pub(crate) fn build(certificates: &[&[u8]], id: &SignerId<'_>, at_ms: u64) -> Result<Self, TokenError> {
        let mut rest = certificates.iter().map(|one| Link::read(one)).collect::<Result<Vec<_>, _>>()?;
        let place = rest.iter().position(|link| link.is(id)).ok_or(TokenError::SignerMissing)?;
        let mut links = vec![rest.swap_remove(place)];
        while let Some(top) = links.last() {
            let Some(place) = rest.iter().position(|link| link.subject == top.issuer) else { break };
            top.signed_by(rest.get(place).ok_or(TokenError::Stray)?, links.len().saturating_sub(1))?;
            links.push(rest.swap_remove(place));
        }
        if !rest.is_empty() {
            return Err(TokenError::Stray);
        }
        if let Some(top) = links.last().filter(|top| top.subject == top.issuer && links.len() > 1) {
            top.signed_by(top, links.len().saturating_sub(2))?;
        }
        links.iter().try_for_each(|link| link.check_validity(at_ms))?;
        Ok(Self { links })
    }

    pub(crate) fn signer(&self) -> Option<&Link> {
        self.links.first()
    }

    /// The anchor that stands in the path or signed its top.
    pub(crate) fn anchor<'a>(&self, anchors: &'a [Link], at_ms: u64) -> Option<&'a Link> {
        let good = |anchor: &&Link| anchor.check_validity(at_ms).is_ok();
        let below = self.links.len().saturating_sub(1);
        let inside = anchors.iter().find(|anchor| self.links.iter().any(|link| link.der == anchor.der));
        let above = || {
            let top = self.links.last()?;
            anchors.iter().find(|anchor| anchor.subject == top.issuer && top.signed_by(anchor, below).is_ok())
        };
        inside.or_else(above).filter(good)
    }

    pub(crate) fn top_issuer(&self) -> String {
        let top = self.links.last().and_then(|link| Certificate::from_der(&link.der).ok());
        top.map(|one| one.tbs_certificate().issuer().to_string()).unwrap_or_default()
    }
}
