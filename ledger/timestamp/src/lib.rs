//! RFC 3161 timestamps: an authority outside the consortium says when a digest existed.
//!
//! [`verify()`] judges a token, [`Request`] is the question to an authority and [`Answer`] reads its reply. No socket,
//! clock or randomness: the digest, the nonce and the trust anchors are arguments.
//!
//! **Invariants:** every byte of a token is signed, checked or refused: unsigned attributes, revocation lists and
//! certificates outside the signer's path are refused. A token under no given anchor is [`Trust::Unknown`], whatever
//! it says of itself. It refuses to fetch anything, so the revocation of an authority is not seen here.

mod anchors;
mod answer;
mod attributes;
mod cursor;
mod path;
mod request;
mod signature;
mod signed_data;
mod token;
mod tst_info;

pub use anchors::TrustAnchors;
pub use answer::Answer;
pub use request::Request;
pub use token::{Timestamp, Trust, verify};

/// Largest token, bytes of DER.
pub const TOKEN_BYTES_MAX: usize = 32 * 1024;
/// Most certificates of one token.
pub const TOKEN_CERTIFICATES_MAX: usize = 8;
/// Most attributes the signer may sign.
pub const SIGNED_ATTRIBUTES_MAX: usize = 16;
/// Largest file of trust anchors, bytes.
pub const ANCHORS_BYTES_MAX: usize = 512 * 1024;
/// Most trust anchors.
pub const ANCHORS_MAX: usize = 64;
/// Shortest RSA modulus believed, bytes: 2048 bits.
pub const RSA_MODULUS_BYTES_MIN: usize = 256;
/// Longest RSA modulus read, bytes: 4096 bits.
pub const RSA_MODULUS_BYTES_MAX: usize = 512;

/// Why bytes are no timestamp of this digest that this program can judge.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token has more than {TOKEN_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a timestamp token in DER: {0}")]
    Form(&'static str),
    #[error("the token is for another digest, or not for a SHA-256")]
    OtherDigest,
    #[error("{0} is not accepted: SHA-256, SHA-384 or SHA-512 with RSA of 2048 to 4096 bits or ECDSA P-256")]
    Algorithm(&'static str),
    #[error("the authority's signature does not hold")]
    Signature,
    #[error("the signed certificate reference (ESSCertIDv2) is not of the signer's certificate")]
    SignerReference,
    #[error("the certificate of the signer is not in the token; ask for it with certReq")]
    SignerMissing,
    #[error("the signer's certificate is not for timestamps alone, critically")]
    Purpose,
    #[error("the token holds a certificate that is not of the signer's path")]
    Stray,
    #[error("certificate '{0}' is not what its place in the path asks: {1}")]
    Path(String, &'static str),
    #[error("certificate '{0}' was not valid at the token's time")]
    Validity(String),
}

/// Why a text holds no trust anchors.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 to {ANCHORS_MAX} X.509 certificates in PEM, or one in DER, in at most {ANCHORS_BYTES_MAX} bytes")]
pub struct AnchorsError;

/// Why an authority's answer holds no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    #[error("not an answer in DER: {0}")]
    Form(&'static str),
    #[error("the authority refused: status {0}")]
    Refused(u8),
    #[error("the answer is to another question: its nonce differs")]
    OtherNonce,
    #[error(transparent)]
    Token(#[from] TokenError),
}
