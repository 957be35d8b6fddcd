//! Keys and signatures, and the one verification function of the project.
//!
//! **Invariant:** every signature anywhere — record, vote, cosignature, receipt — is judged by
//! [`VerifyingKey::verify`]. It refuses small-order, non-canonical and mixed-order keys, a
//! non-canonical `S`, and any `R` that is not exactly `[S]B - [k]A` in its canonical encoding
//! (RFC 8032 section 5.1.7 without the cofactor). There is no batch verification: batch and single disagree
//! on crafted signatures, and that would split a chain.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use borsh::{BorshDeserialize, BorshSerialize};
use ed25519_dalek::Signer as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::FieldHasher;
use crate::ids::KeyId;

mod table;

use table::KeyTable;

/// Signature algorithms a chain's suite may name. SM2 joins when the 国密 suite does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
#[borsh(use_discriminant = true)]
#[repr(u8)]
pub enum SignatureAlgorithm {
    /// RFC 8032 Ed25519, verified strictly.
    Ed25519 = 1,
}

/// A public key as written: algorithm and bytes, not yet known to be a usable point.
///
/// Text form: `ed25519:` and the 32 bytes in standard base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct PublicKey {
    algorithm: SignatureAlgorithm,
    bytes: [u8; 32],
}

/// Why a key or signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a public key is written 'ed25519:' and 32 bytes in standard base64")]
    Text,
    #[error("the public key is not the canonical encoding of a point of the prime-order group")]
    NotCanonical,
    #[error("a signature has 64 bytes")]
    SignatureLength,
    #[error("the signature does not match the key and the message")]
    Mismatch,
}

impl PublicKey {
    #[must_use]
    pub const fn ed25519(bytes: [u8; 32]) -> Self {
        Self { algorithm: SignatureAlgorithm::Ed25519, bytes }
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The name of this key: a hash over algorithm and bytes.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::new(
            FieldHasher::new("biaozheng/key/v1").field(&[self.algorithm as u8]).field(&self.bytes).finish(),
        )
    }

    /// Checks the encoding and the group once (about 40 µs), so that many signatures can be verified.
    ///
    /// # Errors
    /// [`KeyError::NotCanonical`] for any key that is not canonical or not of the prime-order group.
    pub fn prepare(&self) -> Result<VerifyingKey, KeyError> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.bytes).map_err(|_| KeyError::NotCanonical)?;
        let point = key.to_edwards();
        if point.compress().as_bytes() != &self.bytes || key.is_weak() || !point.is_torsion_free() {
            return Err(KeyError::NotCanonical);
        }
        Ok(VerifyingKey { key, public: *self, table: None })
    }

    /// Prepares the key and verifies one signature.
    ///
    /// # Errors
    /// As [`PublicKey::prepare`] and [`VerifyingKey::verify`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        self.prepare()?.verify(message, signature)
    }
}

/// A public key whose encoding and group were checked.
#[derive(Clone)]
pub struct VerifyingKey {
    key: ed25519_dalek::VerifyingKey,
    public: PublicKey,
    table: Option<Arc<KeyTable>>,
}

impl VerifyingKey {
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The same key with its multiples worked out (30 KiB, about a millisecond): worth it from some hundred
    /// signatures on. No verdict depends on it.
    #[must_use]
    pub fn with_table(mut self) -> Self {
        if self.table.is_none() {
            self.table = Some(Arc::new(KeyTable::new(&self.key.to_edwards(), self.public.bytes)));
        }
        self
    }

    /// **The** signature check.
    ///
    /// # Errors
    /// [`KeyError::Mismatch`] whatever the reason: an attacker learns nothing from the difference.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let valid = match &self.table {
            Some(table) => table.verify(message, &signature.bytes),
            None => {
                let signature = ed25519_dalek::Signature::from_bytes(&signature.bytes);
                self.key.verify_strict(message, &signature).is_ok()
            }
        };
        if valid { Ok(()) } else { Err(KeyError::Mismatch) }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.public)
    }
}

/// A signature with its algorithm. Text form: 64 bytes in standard base64.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Signature {
    algorithm: SignatureAlgorithm,
    bytes: [u8; 64],
}

impl Signature {
    #[must_use]
    pub const fn ed25519(bytes: [u8; 64]) -> Self {
        Self { algorithm: SignatureAlgorithm::Ed25519, bytes }
    }

    /// # Errors
    /// [`KeyError::SignatureLength`] unless there are exactly 64 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, KeyError> {
        bytes.try_into().map(Self::ed25519).map_err(|_| KeyError::SignatureLength)
    }

    #[must_use]
    pub const fn bytes(&self) -> &[u8; 64] {
        &self.bytes
    }

    #[must_use]
    pub const fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", BASE64.encode(self.bytes))
    }
}

/// A private key. Never printed, never serialised here; wiped when dropped.
#[derive(Clone)]
pub struct SecretKey(ed25519_dalek::SigningKey);

impl SecretKey {
    /// From 32 bytes of an operating system's random generator (the caller's business: this crate is pure).
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey::ed25519(self.0.verifying_key().to_bytes())
    }

    /// Signs bytes that already carry their domain tag and chain.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::ed25519(self.0.sign(message).to_bytes())
    }

    /// The seed, for writing a key file that only its owner can read.
    #[must_use]
    pub fn seed(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519:{}", BASE64.encode(self.bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix("ed25519:").ok_or(KeyError::Text)?;
        if encoded.len() != 44 {
            return Err(KeyError::Text);
        }
        let bytes = BASE64.decode(encoded).map_err(|_| KeyError::Text)?;
        bytes.try_into().map(Self::ed25519).map_err(|_| KeyError::Text)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed(&[n; 32])
    }

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        let signature = key(1).sign(b"message");
        assert_eq!(key(1).public().verify(b"message", &signature), Ok(()));
        assert_eq!(key(1).public().verify(b"massage", &signature), Err(KeyError::Mismatch));
        assert_eq!(key(2).public().verify(b"message", &signature), Err(KeyError::Mismatch));
    }

    #[test]
    fn a_table_gives_the_verdict_of_strict_verification_whatever_bit_is_wrong() {
        for n in 0..4u8 {
            let (plain, message) = (key(n).public().prepare().unwrap(), vec![n; 40 * usize::from(n)]);
            let often = plain.clone().with_table();
            let good = *key(n).sign(&message).bytes();
            assert_eq!(often.verify(&message, &Signature::ed25519(good)), Ok(()));
            for bit in 0..512usize {
                let mut bytes = good;
                bytes[bit / 8] ^= 1 << (bit % 8);
                let flipped = Signature::ed25519(bytes);
                assert_eq!(plain.verify(&message, &flipped), Err(KeyError::Mismatch), "bit {bit}");
                assert_eq!(often.verify(&message, &flipped), Err(KeyError::Mismatch), "bit {bit}");
            }
        }
    }

    #[test]
    fn a_small_order_r_is_refused_with_a_table_too() {
        use curve25519_dalek::scalar::{Scalar, clamp_integer};
        use sha2::{Digest as _, Sha512};
        // R = identity and S = k a: the equation holds, and strict verification refuses it for its R.
        let (secret, message) = (key(5), b"small");
        let public = secret.public();
        let mut r = [0u8; 32];
        r[0] = 1;
        let hash: [u8; 64] = Sha512::digest(secret.seed().as_slice()).into();
        let a = Scalar::from_bytes_mod_order(clamp_integer(hash[..32].try_into().unwrap()));
        let digest = Sha512::new().chain_update(r).chain_update(public.bytes()).chain_update(message);
        let s = Scalar::from_hash(digest) * a;
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&r);
        bytes[32..].copy_from_slice(s.as_bytes());
        let (forged, plain) = (Signature::ed25519(bytes), public.prepare().unwrap());
        assert_eq!(plain.verify(message, &forged), Err(KeyError::Mismatch));
        assert_eq!(plain.with_table().verify(message, &forged), Err(KeyError::Mismatch));
    }

    #[test]
    fn s_plus_the_group_order_is_refused() {
        // L = 2^252 + 27742317777372353535851937790883648493, little endian.
        const ORDER: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let mut bytes = *key(1).sign(b"m").bytes();
        let mut carry = 0u16;
        for (byte, add) in bytes.iter_mut().skip(32).zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = u8::try_from(sum & 0xff).expect("masked to eight bits");
            carry = sum >> 8;
        }
        assert_eq!(key(1).public().verify(b"m", &Signature::ed25519(bytes)), Err(KeyError::Mismatch));
    }

    #[test]
    fn weak_and_non_canonical_keys_are_refused() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::ed25519(identity).prepare().err(), Some(KeyError::NotCanonical));
        // y = p + 3 is a second spelling of y = 3, and y = 2^255 - 1 is p + 18.
        for low in [0xf0u8, 0xff, 0xed, 0xee] {
            let mut bytes = [0xff; 32];
            bytes[0] = low;
            bytes[31] = 0x7f;
            assert_eq!(PublicKey::ed25519(bytes).prepare().err(), Some(KeyError::NotCanonical), "{low:x}");
        }
    }

    #[test]
    fn a_key_with_a_torsion_part_is_refused() {
        use ed25519_dalek::VerifyingKey as Raw;
        // The point of order two is (0, -1); adding it to a good key gives a mixed-order one: negate x and y.
        // Its encoding is y' = -y with the sign of -x, so take p - y by hand.
        let good = key(3).public();
        let mut y: [u8; 32] = *good.bytes();
        let sign = y[31] >> 7;
        y[31] &= 0x7f;
        let mut p = [0xffu8; 32];
        p[0] = 0xed;
        p[31] = 0x7f;
        let mut borrow = 0i16;
        let mut out = [0; 32];
        for (index, slot) in out.iter_mut().enumerate() {
            let mut value = i16::from(p[index]) - i16::from(y[index]) - borrow;
            borrow = i16::from(value < 0);
            if value < 0 {
                value += 256;
            }
            *slot = u8::try_from(value).expect("a byte after the borrow");
        }
        out[31] |= (1 - sign) << 7;
        assert!(Raw::from_bytes(&out).is_ok(), "a point of the curve");
        assert_eq!(PublicKey::ed25519(out).prepare().err(), Some(KeyError::NotCanonical));
    }

    #[test]
    fn text_form_round_trips() {
        let public = key(7).public();
        assert_eq!(public.to_string().parse(), Ok(public));
        assert!("ed25519:AAAA".parse::<PublicKey>().is_err());
        assert!(!format!("{:?}", key(7)).contains(&hex::encode(key(7).seed().as_slice())));
    }
}
