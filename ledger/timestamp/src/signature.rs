//! Signatures of authorities: RSASSA-PKCS1-v1_5 and ECDSA P-256 with SHA-2.
//!
//! **Invariant:** the algorithm named beside a signature agrees with the key and the digest; anything else is refused,
//! never skipped.

use der::asn1::ObjectIdentifier;
use p256::pkcs8::DecodePublicKey;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use sha2_011::{Digest, Sha256, Sha384, Sha512};

use crate::cursor::Cursor;
use crate::{RSA_MODULUS_BYTES_MAX, RSA_MODULUS_BYTES_MIN, TokenError};
use der::Tag;

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

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

    /// From an AlgorithmIdentifier of a digest; parameters are absent or NULL.
    pub(crate) fn read(mut algorithm: Cursor<'_>) -> Result<Self, TokenError> {
        let object = algorithm.object()?;
        no_parameters(algorithm)?;
        [(SHA256, Self::Sha256), (SHA384, Self::Sha384), (SHA512, Self::Sha512)]
            .into_iter()
            .find_map(|(known, kind)| (known == object).then_some(kind))
            .ok_or(TokenError::Algorithm("the digest"))
    }
}

fn no_parameters(mut rest: Cursor<'_>) -> Result<(), TokenError> {
    if rest.optional(Tag::Null)?.is_some_and(|value| !value.is_empty()) {
        return Err(rest.refuse());
    }
    rest.end()
}

/// The algorithm beside a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignatureKind {
    rsa: bool,
    /// `rsaEncryption` leaves the digest to its surroundings.
    hash: Option<HashKind>,
}

impl SignatureKind {
    pub(crate) fn read(mut algorithm: Cursor<'_>) -> Result<Self, TokenError> {
        let object = algorithm.object()?;
        no_parameters(algorithm)?;
        [
            (RSA, true, None),
            (RSA_SHA256, true, Some(HashKind::Sha256)),
            (RSA_SHA384, true, Some(HashKind::Sha384)),
            (RSA_SHA512, true, Some(HashKind::Sha512)),
            (ECDSA_SHA256, false, Some(HashKind::Sha256)),
            (ECDSA_SHA384, false, Some(HashKind::Sha384)),
            (ECDSA_SHA512, false, Some(HashKind::Sha512)),
        ]
        .into_iter()
        .find_map(|(known, rsa, hash)| (known == object).then_some(Self { rsa, hash }))
        .ok_or(TokenError::Algorithm("the signature's algorithm"))
    }

    /// Verifies under a SubjectPublicKeyInfo. `named` is the digest the surroundings name, if they do.
    pub(crate) fn verify(
        self,
        key: &[u8],
        named: Option<HashKind>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        let hash = match (self.hash, named) {
            (Some(own), Some(named)) if own != named => return Err(TokenError::Algorithm("a mixed pair")),
            (own, named) => own.or(named).ok_or(TokenError::Algorithm("a signature without a digest"))?,
        };
        let algorithm = Cursor::of_sequence(key, "public key")?.sequence()?.object()?;
        let digest = hash.of(message);
        match (self.rsa, algorithm) {
            (true, RSA) => verify_rsa(key, hash, &digest, signature),
            (false, EC) => verify_p256(key, &digest, signature),
            _ => Err(TokenError::Algorithm("the key")),
        }
    }
}

fn verify_rsa(key: &[u8], hash: HashKind, digest: &[u8], signature: &[u8]) -> Result<(), TokenError> {
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    let refuse = |_| TokenError::Algorithm("the RSA key");
    let key = rsa::PublicKey::from_public_key_der(key).map_err(refuse)?;
    if !(RSA_MODULUS_BYTES_MIN..=RSA_MODULUS_BYTES_MAX).contains(&key.size()) {
        return Err(TokenError::Algorithm("the RSA key"));
    }
    let signature = Signature::try_from(signature).map_err(|_| TokenError::Signature)?;
    let verdict = match hash {
        HashKind::Sha256 => VerifyingKey::<Sha256>::new(key).verify_prehash(digest, &signature),
        HashKind::Sha384 => VerifyingKey::<Sha384>::new(key).verify_prehash(digest, &signature),
        HashKind::Sha512 => VerifyingKey::<Sha512>::new(key).verify_prehash(digest, &signature),
    };
    verdict.map_err(|_| TokenError::Signature)
}

fn verify_p256(key: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), TokenError> {
    let key = p256::ecdsa::VerifyingKey::from_public_key_der(key)
        .map_err(|_| TokenError::Algorithm("the ECDSA key"))?;
    let signature = p256::ecdsa::Signature::from_der(signature).map_err(|_| TokenError::Signature)?;
    key.verify_prehash(digest, &signature).map_err(|_| TokenError::Signature)
}
