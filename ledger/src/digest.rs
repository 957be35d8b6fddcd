//! Digests that carry their algorithm, and the one way to hash structured data: a domain tag and
//! length-prefixed fields, so no two different inputs share a preimage.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};

/// Digest algorithms a chain's suite may name. SM3 joins when the 国密 suite does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum DigestAlgorithm {
    /// FIPS 180-4 SHA-256.
    Sha256 = 1,
}

impl DigestAlgorithm {
    const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
        }
    }
}

/// A 32-byte digest with its algorithm. Text form: `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; 32],
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written 'sha256:' and 64 lower-case hexadecimal digits, not {0:?}")]
pub struct DigestTextError(String);

impl Digest {
    /// SHA-256 of `data`, without any prefix: for documents and for formats that define their own.
    #[must_use]
    pub fn of(data: &[u8]) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, bytes: Sha256::digest(data).into() }
    }

    /// Wraps the 32 bytes of a SHA-256 computed elsewhere.
    #[must_use]
    pub const fn sha256(bytes: [u8; 32]) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, bytes }
    }

    /// All zero: the predecessor of the genesis block, the root of an empty state.
    #[must_use]
    pub const fn zero() -> Self {
        Self::sha256([0; 32])
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    #[must_use]
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The 64 hexadecimal digits without the algorithm.
    #[must_use]
    pub fn hex(&self) -> String {
        hex::encode(self.bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestTextError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || DigestTextError(text.chars().take(80).collect());
        let digits = text.strip_prefix("sha256:").ok_or_else(refuse)?;
        if digits.len() != 64 || digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(refuse());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| refuse())?;
        Ok(Self::sha256(bytes))
    }
}

/// Digest and size of bytes that arrive in pieces, such as a document too large for memory.
#[derive(Debug, Clone, Default)]
pub struct DigestStream {
    hasher: Sha256,
    size_bytes: u64,
}

impl DigestStream {
    pub fn update(&mut self, piece: &[u8]) {
        self.hasher.update(piece);
        self.size_bytes = self.size_bytes.saturating_add(piece.len() as u64);
    }

    /// The digest, and how many bytes there were.
    #[must_use]
    pub fn finish(self) -> (Digest, u64) {
        (Digest::sha256(self.hasher.finalize().into()), self.size_bytes)
    }
}

/// Hashes a domain tag and fields, each behind its length as eight big-endian bytes.
#[derive(Debug, Clone)]
pub struct FieldHasher(Sha256);

impl FieldHasher {
    /// Starts with the domain tag, itself length-prefixed.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        Self(Sha256::new()).field(domain.as_bytes())
    }

    #[must_use]
    pub fn field(mut self, bytes: &[u8]) -> Self {
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    #[must_use]
    pub fn number(self, value: u64) -> Self {
        self.field(&value.to_be_bytes())
    }

    #[must_use]
    pub fn digest(self, value: &Digest) -> Self {
        self.field(&[value.algorithm as u8]).field(&value.bytes)
    }

    #[must_use]
    pub fn finish(self) -> Digest {
        Digest::sha256(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_other_spellings() {
        let digest = Digest::of(b"abc");
        assert_eq!(
            digest.to_string(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(digest.to_string().parse::<Digest>(), Ok(digest));
        for bad in ["", "sha256:", "sha256:BA", &digest.hex(), &digest.to_string().to_uppercase()] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn pieces_hash_as_the_whole() {
        let mut stream = DigestStream::default();
        stream.update(b"a");
        stream.update(b"");
        stream.update(b"bc");
        assert_eq!(stream.finish(), (Digest::of(b"abc"), 3));
    }

    #[test]
    fn moving_a_byte_between_fields_changes_the_hash() {
        let one = FieldHasher::new("t").field(b"ab").field(b"c").finish();
        let two = FieldHasher::new("t").field(b"a").field(b"bc").finish();
        assert_ne!(one, two);
    }
}
