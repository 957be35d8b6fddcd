//! CMS SignedData (RFC 5652) as a timestamp token has it: one signer, no unsigned attributes, no revocation lists.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::attributes::TST_INFO;
use crate::cursor::{Cursor, constructed, primitive};
use crate::signature::{HashKind, SignatureKind};
use crate::{TOKEN_BYTES_MAX, TOKEN_CERTIFICATES_MAX, TokenError};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// The token's parts, nothing verified.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    /// DER of the TSTInfo.
    pub(crate) content: &'a [u8],
    /// DER of each certificate.
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
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SignerId<'a> {
    /// DER of issuer and of serial number.
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
            return Err(TokenError::Form("SignedData is not of version 3"));
        }
        let digests = data.value(Tag::Set)?;
        let content = content(data.sequence()?)?;
        let certificates = certificates(data.value(constructed(0))?)?;
        if data.optional(constructed(1))?.is_some() {
            return Err(TokenError::Form("revocation lists are not signed and not accepted"));
        }
        let signers = data.value(Tag::Set)?;
        data.end()?;
        let mut signers = Cursor::new(signers, "SignerInfos")?;
        let (signer, digest) = SignerInfo::read(signers.sequence()?)?;
        signers.end()?;
        if digests != digest {
            return Err(TokenError::Form("the digest algorithms are not the one of the signer"));
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
        let one = rest.raw()?;
        if found.contains(&one) {
            return Err(TokenError::Stray);
        }
        found.push(one);
    }
    Ok(found)
}

impl<'a> SignerInfo<'a> {
    /// Gives the AlgorithmIdentifier of its digest too, as it stands.
    fn read(mut info: Cursor<'a>) -> Result<(Self, &'a [u8]), TokenError> {
        let id = match info.small()? {
            1 => {
                let mut name = info.sequence()?;
                let id = SignerId::Issuer { issuer: name.raw()?, serial: name.raw()? };
                name.end()?;
                id
            }
            3 => SignerId::KeyIdentifier(info.value(primitive(0))?),
            _ => return Err(TokenError::Form("SignerInfo is not of version 1 or 3")),
        };
        let digest = info.raw()?;
        let hash = HashKind::read(Cursor::of_sequence(digest, "digest algorithm")?)?;
        let attributes = info.value(constructed(0))?;
        let signature_kind = SignatureKind::read(info.sequence()?)?;
        let signature = info.value(Tag::OctetString)?;
        if info.optional(constructed(1))?.is_some() {
            return Err(TokenError::Form("unsigned attributes are not accepted"));
        }
        info.end()?;
        Ok((Self { id, hash, attributes, signature_kind, signature }, digest))
    }
}
