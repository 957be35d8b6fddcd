//! Signatures of authorities: RSASSA-PKCS1-v1_5, RSASSA-PSS and ECDSA on the NIST curves, with SHA-2.
//!
//! **Invariant:** the algorithm named beside a signature agrees with the key and the digest; anything else is refused,
//! never skipped.

use der::Tag;
use der::asn1::ObjectIdentifier;
use p256::pkcs8::DecodePublicKey;
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use sha2_011::{Sha256, Sha384, Sha512};

use crate::cursor::Cursor;
use crate::hash::{HashKind, no_parameters};
use crate::pss::{self, PssParameters};
use crate::{RSA_MODULUS_BYTES_MAX, RSA_MODULUS_BYTES_MIN, TokenError};

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The algorithm beside a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SignatureKind {
    /// `rsaEncryption` leaves the digest to its surroundings.
    Pkcs1(Option<HashKind>),
    Pss(PssParameters),
    Ecdsa(HashKind),
}

impl SignatureKind {
    pub(crate) fn read(mut algorithm: Cursor<'_>) -> Result<Self, TokenError> {
        let object = algorithm.object()?;
        if object == RSA_PSS {
            let parameters = algorithm.sequence()?;
            algorithm.end()?;
            return Ok(Self::Pss(PssParameters::read(parameters)?));
        }
        no_parameters(algorithm)?;
        Ok(match object {
            RSA => Self::Pkcs1(None),
            RSA_SHA256 => Self::Pkcs1(Some(HashKind::Sha256)),
            RSA_SHA384 => Self::Pkcs1(Some(HashKind::Sha384)),
            RSA_SHA512 => Self::Pkcs1(Some(HashKind::Sha512)),
            ECDSA_SHA256 => Self::Ecdsa(HashKind::Sha256),
            ECDSA_SHA384 => Self::Ecdsa(HashKind::Sha384),
            ECDSA_SHA512 => Self::Ecdsa(HashKind::Sha512),
            _ => return Err(TokenError::Algorithm("the signature's algorithm")),
        })
    }

    const fn hash(self) -> Option<HashKind> {
        match self {
            Self::Pkcs1(hash) => hash,
            Self::Pss(PssParameters { hash, .. }) | Self::Ecdsa(hash) => Some(hash),
        }
    }

    /// Verifies under a SubjectPublicKeyInfo. `named` is the digest the surroundings name, if they do.
    pub(crate) fn verify(
        self,
        key: &[u8],
        named: Option<HashKind>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TokenError> {
        let hash = match (self.hash(), named) {
            (Some(own), Some(named)) if own != named => return Err(TokenError::Algorithm("a mixed pair")),
            (own, named) => own.or(named).ok_or(TokenError::Algorithm("a signature without a digest"))?,
        };
        let mut info = Cursor::of_sequence(key, "public key")?;
        let mut algorithm = info.sequence()?;
        let bits = info.value(Tag::BitString)?;
        info.end()?;
        let bits = bits.strip_prefix(&[0]).ok_or(TokenError::Form("public key"))?;
        let digest = hash.of(message);
        match (self, algorithm.object()?) {
            (Self::Pkcs1(_), RSA) => {
                null(algorithm)?;
                pkcs1(&rsa_key(bits)?, hash, &digest, signature)
            }
            (Self::Pss(asked), RSA) => {
                null(algorithm)?;
                pss_signature(rsa_key(bits)?, asked, &digest, signature)
            }
            (Self::Pss(asked), RSA_PSS) => {
                if pss::of_key(algorithm)?.is_some_and(|allowed| !allowed.allow(asked)) {
                    return Err(TokenError::Algorithm("a key for other RSASSA-PSS parameters"));
                }
                pss_signature(rsa_key(bits)?, asked, &digest, signature)
            }
            (Self::Ecdsa(_), EC) => {
                let curve = algorithm.object()?;
                algorithm.end()?;
                ecdsa(curve, key, &digest, signature)
            }
            _ => Err(TokenError::Algorithm("the key")),
        }
    }
}

/// `rsaEncryption` has the parameter NULL (RFC 4055 §1.2).
fn null(mut algorithm: Cursor<'_>) -> Result<(), TokenError> {
    if algorithm.value(Tag::Null)?.is_empty() { algorithm.end() } else { Err(algorithm.refuse()) }
}

fn rsa_key(bits: &[u8]) -> Result<rsa::PublicKey, TokenError> {
    let key = rsa::PublicKey::from_pkcs1_der(bits).map_err(|_| TokenError::Algorithm("the RSA key"))?;
    if (RSA_MODULUS_BYTES_MIN..=RSA_MODULUS_BYTES_MAX).contains(&key.size()) {
        Ok(key)
    } else {
        Err(TokenError::Algorithm("the RSA key"))
    }
}

fn pkcs1(key: &rsa::PublicKey, hash: HashKind, digest: &[u8], signature: &[u8]) -> Result<(), TokenError> {
    use rsa::pkcs1v15::{Signature, VerifyingKey};
    let signature = Signature::try_from(signature).map_err(|_| TokenError::Signature)?;
    let key = key.clone();
    let verdict = match hash {
        HashKind::Sha256 => VerifyingKey::<Sha256>::new(key).verify_prehash(digest, &signature),
        HashKind::Sha384 => VerifyingKey::<Sha384>::new(key).verify_prehash(digest, &signature),
        HashKind::Sha512 => VerifyingKey::<Sha512>::new(key).verify_prehash(digest, &signature),
    };
    verdict.map_err(|_| TokenError::Signature)
}

fn pss_signature(
    key: rsa::PublicKey,
    asked: PssParameters,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), TokenError> {
    use rsa::pss::{Signature, VerifyingKey};
    // The library takes a signature that is short; RFC 8017 §8.1.2 does not.
    if signature.len() != key.size() {
        return Err(TokenError::Signature);
    }
    let signature = Signature::try_from(signature).map_err(|_| TokenError::Signature)?;
    let salt = asked.salt_bytes;
    let verdict = match asked.hash {
        HashKind::Sha256 => {
            VerifyingKey::<Sha256>::new_with_salt_len(key, salt).verify_prehash(digest, &signature)
        }
        HashKind::Sha384 => {
            VerifyingKey::<Sha384>::new_with_salt_len(key, salt).verify_prehash(digest, &signature)
        }
        HashKind::Sha512 => {
            VerifyingKey::<Sha512>::new_with_salt_len(key, salt).verify_prehash(digest, &signature)
        }
    };
    verdict.map_err(|_| TokenError::Signature)
}

/// Verifies with one curve's own types.
macro_rules! on_curve {
    ($curve:ident, $key:expr, $digest:expr, $signature:expr) => {{
        let key = $curve::ecdsa::VerifyingKey::from_public_key_der($key)
            .map_err(|_| TokenError::Algorithm("the ECDSA key"))?;
        let signature = $curve::ecdsa::Signature::from_der($signature).map_err(|_| TokenError::Signature)?;
        key.verify_prehash($digest, &signature).map_err(|_| TokenError::Signature)
    }};
}

fn ecdsa(curve: ObjectIdentifier, key: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), TokenError> {
    match curve {
        P256 => on_curve!(p256, key, digest, signature),
        P384 => on_curve!(p384, key, digest, signature),
        // RFC 5480 §4: a digest as strong as the curve; one of less than half its length is read by nobody alike.
        P521 if digest.len() >= HashKind::Sha384.length() => on_curve!(p521, key, digest, signature),
        P521 => Err(TokenError::Algorithm("SHA-256 with P-521")),
        _ => Err(TokenError::Algorithm("the ECDSA key")),
    }
}
