//! A token as it stands beside an entry on chain.
//!
//! **Invariant:** two spent tokens with one nullifier are one token spent twice; the ledger keeps nullifiers as long as
//! their token epoch is accepted.

use std::fmt;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::key::{PublicKey, Signature};
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::G1;
use commonware_cryptography::bls12381::primitives::variant::Variant as _;

use super::TokenGroup;
use crate::bytes::{DecodeError, Reader, Writer};
use crate::group::{Variant, point_bytes};
use crate::sealing::SealedEntry;

/// Names a token without its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nullifier(Digest);

impl Nullifier {
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.0
    }
}

/// Why a token does not admit an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is of another epoch")]
    OtherEpoch,
    #[error("the group did not sign this token")]
    NotIssued,
    #[error("the token was spent on another entry")]
    OtherEntry,
}

/// A token bound to one entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SpentToken {
    epoch: u32,
    one_time: PublicKey,
    signature: G1,
    on_entry: Signature,
}

pub(super) fn spent_message(group: &TokenGroup, entry: &Digest) -> Vec<u8> {
    let start = Writer::default().field(b"biaozheng/token-spent/v1").field(group.chain.bytes());
    start.field(&group.epoch.to_be_bytes()).field(entry.bytes()).finish()
}

impl SpentToken {
    pub(super) const fn new(epoch: u32, one_time: PublicKey, signature: G1, on_entry: Signature) -> Self {
        Self { epoch, one_time, signature, on_entry }
    }

    /// Which group's key verifies it.
    #[must_use]
    pub const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The key that signed the entry.
    #[must_use]
    pub const fn one_time(&self) -> &PublicKey {
        &self.one_time
    }

    /// Checks the token against the public key of its epoch's group and the entry it came with.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn verify(&self, group: &TokenGroup, entry: &SealedEntry) -> Result<Nullifier, TokenError> {
        if self.epoch != group.epoch {
            return Err(TokenError::OtherEpoch);
        }
        let message = spent_message(group, &entry.digest());
        self.one_time.verify(&message, &self.on_entry).map_err(|_| TokenError::OtherEntry)?;
        Variant::verify(group.key.point(), &group.point(&self.one_time), &self.signature)
            .map_err(|_| TokenError::NotIssued)?;
        let hasher = FieldHasher::new("biaozheng/nullifier/v1").field(group.chain.bytes());
        let hasher = hasher.number(group.epoch.into()).field(self.one_time.bytes());
        Ok(Nullifier(hasher.finish()))
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = Writer::default().raw(b"BZTK").raw(&[1]).raw(&self.epoch.to_be_bytes());
        let start = start.raw(self.one_time.bytes()).raw(&point_bytes::<48>(&self.signature));
        start.raw(self.on_entry.bytes()).finish()
    }

    /// # Errors
    /// For anything but a token in canonical form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        const WHAT: &str = "token";
        let mut reader = Reader::new(bytes);
        reader.magic(b"BZTK", WHAT)?;
        if reader.u8(WHAT)? != 1 {
            return Err(DecodeError::Kind(WHAT));
        }
        let epoch = reader.u32(WHAT)?;
        let one_time = PublicKey::ed25519(reader.array(WHAT)?);
        let signature = G1::decode(Copying(reader.take(48, WHAT)?)).map_err(|_| DecodeError::Value(WHAT))?;
        let on_entry = Signature::ed25519(reader.array(WHAT)?);
        reader.end(WHAT)?;
        Ok(Self { epoch, one_time, signature, on_entry })
    }
}

impl fmt::Debug for SpentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SpentToken(epoch {} {})", self.epoch, self.one_time)
    }
}
