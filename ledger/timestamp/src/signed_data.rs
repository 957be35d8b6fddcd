//! CMS SignedData (RFC 5652) as a timestamp token has it: one signer, no unsigned attributes, no revocation lists.
//!
//! **Invariant:** what the order of a SET says is nothing: certificates are handed on sorted.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::attributes::TST_INFO;
use crate::cursor::{Cursor, constructed, primitive};
use crate::hash::HashKind;
use crate::signature::SignatureKind;
use crate::{TOKEN_BYTES_MAX, TOKEN_CERTIFICATES_MAX, TokenError};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The token's parts, nothing verified.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    /// DER of the TSTInfo.
    pub(crate) content: &'a [u8],
    /// DER of each certificate, sorted.
    pub(crate) certificates: Vec<&'a [u8]>,
    pub(crate) signer: SignerInfo<'a>,
}

#[derive(Debug)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) id: SignerId<'a>,
    pub(crate) hash: HashKind,
    /// Content of the SET.
    pub(crate) attributes: &'a [u8],
    pub(crate) signature_kind: SignatureKind,
    pub(crate) signature: &'a [u8],
}

/// How a signer names its certificate.
#[derive(Debug)]
pub(crate) enum SignerId<'a> {
    /// DER of issuer and of serial number: compared bit by bit, for nothing signs them.
    Issuer {
        issuer: &'a [u8],
        serial: &'a [u8],
    },
    KeyIdentifier(&'a [u8]),
}

impl<'a> SignedData<'a> {
    pub(crate) fn read(token: &'a [u8]) -> Result<Self, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::TooLarge);
        }
        let mut info = Cursor::of_sequence(token, "ContentInfo")?;
        if info.object()? != SIGNED_DATA {
            return Err(TokenError::Form("it is no SignedData"));
        }
        let inside = info.value(constructed(0))?;
        info.end()?;
        let mut data = Cursor::of_sequence(inside, "SignedData")?;
        if data.small()? != 3 {
            return Err(TokenError::Form("SignedData is not of version 3 (RFC 5652 §5.1)"));
        }
        let mut digests = Cursor::new(data.value(Tag::Set)?, "digest algorithms")?;
        let digest = HashKind::read(digests.sequence()?)?;
        digests.end()?;
        let content = content(data.sequence()?)?;
        // None at all is said by who looks for the signer's.
        let certificates = certificates(data.optional(constructed(0))?.unwrap_or_default())?;
        if data.optional(constructed(1))?.is_some() {
            return Err(TokenError::Form(
                "revocation lists are not signed and not accepted (RFC 5652 §10.2.1)",
            ));
        }
        let signers = data.value(Tag::Set)?;
        data.end()?;
        let mut signers = Cursor::new(signers, "SignerInfos")?;
        let signer = SignerInfo::read(signers.sequence()?)?;
        if !signers.is_empty() {
            return Err(TokenError::Form("more than one signer (RFC 3161 §2.4.2)"));
        }
        if digest != signer.hash {
            return Err(TokenError::Form("the token names another digest than its signer (RFC 5652 §5.1)"));
        }
        Ok(Self { content, certificates, signer })
    }
}

fn content(mut info: Cursor<'_>) -> Result<&[u8], TokenError> {
    if info.object()? != TST_INFO {
        return Err(TokenError::Form("the content is no TSTInfo"));
    }
    let mut inside = Cursor::new(info.value(constructed(0))?, "content")?;
    info.end()?;
    let content = inside.value(Tag::OctetString)?;
    inside.end()?;
    Ok(content)
}

fn certificates(set: &[u8]) -> Result<Vec<&[u8]>, TokenError> {
    let mut rest = Cursor::new(set, "certificates")?;
    let mut found: Vec<&[u8]> = Vec::new();
    while !rest.is_empty() {
        if found.len() >= TOKEN_CERTIFICATES_MAX {
            return Err(TokenError::Form("too many certificates"));
        }
        let (tag, _, one) = rest.any()?;
        if tag != Tag::Sequence {
            return Err(TokenError::Form("a certificate that is none of X.509 (RFC 5652 §10.2.2)"));
        }
        if found.contains(&one) {
            return Err(TokenError::Form("a certificate stands twice"));
        }
        found.push(one);
    }
    found.sort_unstable();
    Ok(found)
}

impl<'a> SignerInfo<'a> {
    fn read(mut info: Cursor<'a>) -> Result<Self, TokenError> {
        let id = match info.small()? {
            1 => {
                let mut name = info.sequence()?;
                let id = SignerId::Issuer { issuer: name.raw()?, serial: name.raw()? };
                name.end()?;
                id
            }
            3 => SignerId::KeyIdentifier(info.value(primitive(0))?),
            _ => return Err(TokenError::Form("SignerInfo is not of version 1 or 3 (RFC 5652 §5.3)")),
        };
        let hash = HashKind::read(info.sequence()?)?;
        let attributes = info.value(constructed(0))?;
        let signature_kind = SignatureKind::read(info.sequence()?)?;
        let signature = info.value(Tag::OctetString)?;
        if info.optional(constructed(1))?.is_some() {
            return Err(TokenError::Form(
                "unsigned attributes are not accepted: nothing signs them (RFC 5652 §5.3)",
            ));
        }
        info.end()?;
        Ok(Self { id, hash, attributes, signature_kind, signature })
    }
}
