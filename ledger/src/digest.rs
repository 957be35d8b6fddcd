//! Digests that carry their algorithm, and the one way to hash structured data: a domain tag and
//! length-prefixed fields, so no two different inputs share a preimage.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use sha2::{Digest as _, Sha256};
use sm3::Sm3;

/// Digest algorithms. A chain's own suite (ids, trees, documents named by records) is SHA-256; SM3 stands
/// beside it where an archive is read by people who must use the national algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum DigestAlgorithm {
    /// FIPS 180-4 SHA-256.
    Sha256 = 1,
    /// GB/T 32905-2016 (GM/T 0004-2012) SM3.
    Sm3 = 2,
}

impl DigestAlgorithm {
    /// The name in a digest's text, and in the names of an archive's manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }
}

/// A 32-byte digest with its algorithm. Text form: `sha256:` or `sm3:` and 64 lower-case hexadecimal digits.
///
/// Read from text, it is SHA-256 unless the caller asks otherwise with [`Digest::parse`]; read from binary, it
/// always is: nothing of a chain can name an SM3 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; 32],
}

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written '{expected}:' and 64 lower-case hexadecimal digits, not {found:?}")]
pub struct DigestTextError {
    expected: &'static str,
    found: String,
}

impl Digest {
    /// SHA-256 of `data`, without any prefix: for documents and for formats that define their own.
    #[must_use]
    pub fn of(data: &[u8]) -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, bytes: Sha256::digest(data).into() }
    }

    /// SM3 of `data`, without any prefix.
    #[must_use]
    pub fn sm3_of(data: &[u8]) -> Self {
        Self { algorithm: DigestAlgorithm::Sm3, bytes: Sm3::digest(data).into() }
    }

    /// Reads the text form of one algorithm.
    ///
    /// # Errors
    /// [`DigestTextError`] for any other spelling or algorithm.
    pub fn parse(algorithm: DigestAlgorithm, text: &str) -> Result<Self, DigestTextError> {
        let expected = algorithm.name();
        let refuse = || DigestTextError { expected, found: text.chars().take(80).collect() };
        let digits =
            text.strip_prefix(expected).and_then(|rest| rest.strip_prefix(':')).ok_or_else(refuse)?;
        if digits.len() != 64 || digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(refuse());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| refuse())?;
        Ok(Self { algorithm, bytes })
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
        Self::parse(DigestAlgorithm::Sha256, text)
    }
}

impl BorshDeserialize for Digest {
    fn deserialize_reader<R: std::io::Read>(reader: &mut R) -> std::io::Result<Self> {
        match DigestAlgorithm::deserialize_reader(reader)? {
            DigestAlgorithm::Sha256 => {
                <[u8; 32] as BorshDeserialize>::deserialize_reader(reader).map(Self::sha256)
            }
            DigestAlgorithm::Sm3 => Err(std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                "a chain's digests are SHA-256; SM3 is not of its suite",
            )),
        }
    }
}

/// Both digests and the size of bytes that arrive in pieces: one reading for an archive's two manifests.
#[derive(Debug, Clone, Default)]
pub struct TwofoldStream {
    sha256: DigestStream,
    sm3: Sm3,
}

impl TwofoldStream {
    pub fn update(&mut self, piece: &[u8]) {
        self.sha256.update(piece);
        self.sm3.update(piece);
    }

    /// SHA-256, SM3, and how many bytes there were.
    #[must_use]
    pub fn finish(self) -> (Digest, Digest, u64) {
        let (sha256, size_bytes) = self.sha256.finish();
        let sm3 = Digest { algorithm: DigestAlgorithm::Sm3, bytes: self.sm3.finalize().into() };
        (sha256, sm3, size_bytes)
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
    fn sm3_gives_the_standards_two_examples_and_stays_outside_the_chain() {
        // GB/T 32905-2016, annex A: 'abc', and 'abcd' sixteen times.
        assert_eq!(
            Digest::sm3_of(b"abc").to_string(),
            "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
        let long = Digest::sm3_of(&b"abcd".repeat(16));
        assert_eq!(long.hex(), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        assert_eq!(Digest::parse(DigestAlgorithm::Sm3, &long.to_string()), Ok(long));
        assert!(long.to_string().parse::<Digest>().is_err());
        assert!(Digest::parse(DigestAlgorithm::Sm3, &Digest::of(b"abc").to_string()).is_err());
        assert!(borsh::from_slice::<Digest>(&borsh::to_vec(&long).unwrap()).is_err());
        let sha256 = Digest::of(b"abc");
        assert_eq!(borsh::from_slice::<Digest>(&borsh::to_vec(&sha256).unwrap()).unwrap(), sha256);
        let mut stream = TwofoldStream::default();
        stream.update(b"a");
        stream.update(b"bc");
        assert_eq!(stream.finish(), (sha256, Digest::sm3_of(b"abc"), 3));
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
