//! Digests that authorities name: the SHA-2 family. SHA-1 is known in one place only, the reference of RFC 2634.

use der::Tag;
use der::asn1::ObjectIdentifier;
use sha2_011::{Digest, Sha256, Sha384, Sha512};

use crate::TokenError;
use crate::cursor::Cursor;

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// A digest authorities sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashKind {
    Sha256,
    Sha384,
    Sha512,
}

impl HashKind {
    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// Bytes of a digest.
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// From an AlgorithmIdentifier of a digest; parameters are absent or NULL (RFC 5754 §2).
    pub(crate) fn read(mut algorithm: Cursor<'_>) -> Result<Self, TokenError> {
        let object = algorithm.object()?;
        no_parameters(algorithm)?;
        [(SHA256, Self::Sha256), (SHA384, Self::Sha384), (SHA512, Self::Sha512)]
            .into_iter()
            .find_map(|(known, kind)| (known == object).then_some(kind))
            .ok_or(TokenError::Algorithm("the digest"))
    }
}

/// Refuses parameters other than NULL.
pub(crate) fn no_parameters(mut rest: Cursor<'_>) -> Result<(), TokenError> {
    if rest.optional(Tag::Null)?.is_some_and(|value| !value.is_empty()) {
        return Err(rest.refuse());
    }
    rest.end()
}
