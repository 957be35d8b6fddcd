//! A sealed entry as it stands on chain: a slot, a size class, and bytes nobody can read yet.
//!
//! ```text
//! "BZSE" | suite, 1 byte | size class, 1 byte | slot, 8 bytes | KEM, 160 bytes | class + 512 + tag 16 bytes
//! ```
//!
//! **Invariant:** the length follows from the class. Nothing in an entry tells a bid from a withdrawal or a dummy.

use biaozheng_ledger::digest::Digest;

use super::SealingGroup;
use super::aead::TAG_BYTES;
use super::kem::{KEM_BYTES, KemCiphertext};
use super::size_class::SizeClass;
use crate::bytes::{DecodeError, Reader, Writer};
use crate::label::{Label, Slot};
use crate::limits::SEALED_ENTRY_BYTES_MAX;

const WHAT: &str = "sealed entry";
const MAGIC: &[u8; 4] = b"BZSE";

/// The algorithms of an entry; a new set is a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite(u8);

impl Suite {
    /// BLS12-381 with signatures in G1, Boneh-Franklin with Fujisaki-Okamoto, ChaCha20-Poly1305, Ed25519, SHA-256.
    pub const ONE: Self = Self(1);

    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// An entry whose form was checked; what is inside only the group's signature tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEntry {
    pub(super) class: SizeClass,
    pub(super) slot: Slot,
    pub(super) kem: KemCiphertext,
    pub(super) sealed: Vec<u8>,
}

impl SealedEntry {
    #[must_use]
    pub const fn class(&self) -> SizeClass {
        self.class
    }

    /// When the outer layer opens.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// Names the entry: SHA-256 of its bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }

    /// SHA-256 of the KEM ciphertext. Two entries that share it and both open are one and its copy.
    #[must_use]
    pub fn kem_digest(&self) -> Digest {
        self.kem.digest()
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = Writer::default().raw(MAGIC).raw(&[Suite::ONE.number(), self.class.number()]);
        start.raw(&self.slot.get().to_be_bytes()).raw(&self.kem.to_bytes()).raw(&self.sealed).finish()
    }

    /// # Errors
    /// For an unknown suite or class, a length that is not the class's, or a KEM point outside the group.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > SEALED_ENTRY_BYTES_MAX {
            return Err(DecodeError::TooLong {
                what: WHAT,
                limit: SEALED_ENTRY_BYTES_MAX,
                found: bytes.len(),
            });
        }
        let mut reader = Reader::new(bytes);
        reader.magic(MAGIC, WHAT)?;
        if reader.u8(WHAT)? != Suite::ONE.number() {
            return Err(DecodeError::Kind(WHAT));
        }
        let class = SizeClass::new(reader.u8(WHAT)?)?;
        let slot = Slot::new(reader.u64(WHAT)?);
        let kem = reader.take(KEM_BYTES, WHAT)?;
        let sealed = reader.take(class.outer_bytes().saturating_add(TAG_BYTES), WHAT)?.to_vec();
        reader.end(WHAT)?;
        Ok(Self { class, slot, kem: KemCiphertext::from_bytes(kem)?, sealed })
    }
}

/// What the outer cipher authenticates besides its text.
pub(super) fn associated(group: &SealingGroup, class: SizeClass, slot: Slot, kem: &KemCiphertext) -> Vec<u8> {
    let start = Writer::default().field(b"biaozheng/sealed-outer/v1").field(&[Suite::ONE.number()]);
    let start = start.field(group.chain.bytes()).field(&group.key.to_bytes()).field(&[class.number()]);
    start.field(Label::slot(&group.chain, slot).message()).field(kem.digest().bytes()).finish()
}
