//! RFC 3161 timestamps: an authority outside the consortium says when a digest existed.
//!
//! [`verify()`] judges a token, [`Request`] is the question to an authority and [`Answer`] reads its reply. No socket,
//! clock or randomness: the digest, the nonce and the trust anchors are arguments.
//!
//! **Invariants:** what is stated (time, authority, serial, policy, accuracy) is signed by the authority, and no change of
//! a token changes it. Unsigned attributes, revocation lists and certificates that no name on the signer's path leads to
//! are refused. A token under no given anchor is [`Trust::Unknown`], whatever it says of itself. It refuses to fetch
//! anything, so the revocation of an authority is not seen here.

mod anchors;
mod answer;
mod attributes;
mod certificate;
mod cursor;
mod extensions;
mod hash;
mod name;
mod path;
mod pem;
mod pss;
mod request;
mod signature;
mod signed_data;
mod time;
mod token;
mod tst_info;

pub use anchors::{PassedOver, TrustAnchors};
pub use answer::Answer;
pub use request::Request;
pub use token::{Timestamp, Trust, verify};

/// Largest token, bytes of DER.
pub const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// Most certificates of one token.
pub const TOKEN_CERTIFICATES_MAX: usize = 16;
/// Most certificates from the signer to the last below an anchor.
pub const PATH_CERTIFICATES_MAX: usize = 8;
/// Most signatures of certificates that are checked for one token: pairs in which one's issuer is named as the other.
pub const PATH_SIGNATURES_MAX: usize = 64;
/// Most attributes the signer may sign.
pub const SIGNED_ATTRIBUTES_MAX: usize = 16;
/// Most extensions of a token's statement, and of a certificate.
pub const EXTENSIONS_MAX: usize = 64;
/// Largest file of trust anchors, bytes: a system's bundle with every certificate written out takes 1.3 MiB.
pub const ANCHORS_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most certificates of a file of trust anchors; a system's bundle has about 150.
pub const ANCHORS_MAX: usize = 512;
/// Shortest RSA modulus believed, bytes: 2048 bits.
pub const RSA_MODULUS_BYTES_MIN: usize = 256;
/// Longest RSA modulus read, bytes: 4096 bits.
pub const RSA_MODULUS_BYTES_MAX: usize = 512;

/// Why bytes are no timestamp of this digest that this program can judge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token has more than {TOKEN_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a timestamp token in DER (RFC 3161 §2.4.2, RFC 5652): {0}")]
    Form(&'static str),
    #[error("the token is for another digest")]
    OtherDigest,
    #[error("the token is over no SHA-256 (RFC 3161 §2.4.2, messageImprint): ask the authority for one")]
    Imprint,
    #[error(
        "{0} is not accepted: SHA-256, SHA-384 or SHA-512 (RFC 5754; SHA-1 never) with RSA of 2048 to 4096 bits by PKCS#1 \
         v1.5 or PSS (RFC 8017, RFC 4055) or ECDSA on P-256, P-384 or, with SHA-384 or SHA-512, P-521 (RFC 5753, RFC 5480 §4)"
    )]
    Algorithm(&'static str),
    #[error("the authority's signature does not hold (RFC 5652 §5.4)")]
    Signature,
    #[error(
        "the signed reference (ESSCertID or ESSCertIDv2, RFC 5035, RFC 5816) is missing or not of the signer's certificate"
    )]
    SignerReference,
    #[error("the certificate of the signer is not in the token; ask for it with certReq (RFC 3161 §2.4.1)")]
    SignerMissing,
    #[error(
        "the signer's certificate is not for timestamps alone, critically (RFC 3161 §2.3), or not for signatures"
    )]
    Purpose,
    #[error("the statement has a critical extension that is not known here (RFC 3161 §2.4.2)")]
    Extension,
    #[error("the token holds a certificate that no name on the signer's path leads to; nothing signs it")]
    Stray,
    #[error("certificate '{0}' is not what its place in the path asks (RFC 5280 §6.1): {1}")]
    Path(String, &'static str),
    #[error("certificate '{0}' was not valid at the token's time (RFC 5280 §4.1.2.5)")]
    Validity(String),
    #[error(
        "certificates of these names would take more than {PATH_SIGNATURES_MAX} signatures to tell apart"
    )]
    TooManyPaths,
}

/// Why a file holds no trust anchors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorsError {
    #[error("it has no bytes, or more than {ANCHORS_BYTES_MAX}")]
    Size,
    #[error("it has more than {ANCHORS_MAX} certificates")]
    TooMany,
    #[error("there is no certificate in it: X.509 in PEM, with or without text around, or one in DER")]
    Nothing,
    #[error("no certificate in it can be used; the first: {0}")]
    Unusable(PassedOver),
}

/// Why an authority's answer holds no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("not an answer in DER (RFC 3161 §2.4.2): {0}")]
    Form(&'static str),
    #[error("the authority refused (RFC 3161 §2.4.2): status {0}")]
    Refused(u8),
    #[error("the answer is to another question: its nonce differs (RFC 3161 §2.4.2)")]
    OtherNonce,
    #[error(transparent)]
    Token(#[from] TokenError),
}
