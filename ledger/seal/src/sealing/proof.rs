//! What a bidder keeps: everything needed to make its entry again, byte for byte.
//!
//! With the certificate of the entry's record it shows, to anyone and without the group, what was sealed and that it
//! was in the ledger in time. Before the opening it is as secret as the bid.
//!
//! ```text
//! "BZOP" | version 1 | slot, 8 | size class, 1 | kind, 1 | identity | field(body) | signature, 64 | seed, 32
//! ```
//!
//! **Invariant:** a proof that verifies fixes the content. A cipher that opens under two keys does not help a cheat,
//! because the keys and their ciphertexts are made again as well.

use biaozheng_ledger::key::Signature;
use zeroize::Zeroizing;

use super::SealingGroup;
use super::entry::SealedEntry;
use super::identity::BidIdentity;
use super::open::{OpenedEntry, SealedBid, Withdrawal};
use super::outer::{BID, WITHDRAWAL};
use super::seal::{Bid, reseal};
use super::size_class::SizeClass;
use crate::bytes::{DecodeError, Reader, Writer};
use crate::label::Slot;
use crate::limits::OPENING_PROOF_BYTES_MAX;
use crate::seed::Seed;

const WHAT: &str = "opening proof";
const MAGIC: &[u8; 4] = b"BZOP";

/// Opens one entry without the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningProof {
    slot: Slot,
    class: SizeClass,
    kind: u8,
    identity: BidIdentity,
    body: Vec<u8>,
    signature: Signature,
    seed: Seed,
}

/// What is wrong with a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the bidder's key did not sign what the proof shows")]
    Signature,
    #[error("what the proof shows, sealed again, is not this entry")]
    OtherEntry,
}

impl OpeningProof {
    pub(super) fn of_bid(slot: Slot, class: SizeClass, bid: &Bid, signature: Signature, seed: Seed) -> Self {
        let (identity, body) = (bid.identity.clone(), bid.body.clone());
        Self { slot, class, kind: BID, identity, body, signature, seed }
    }

    pub(super) fn of_withdrawal(
        slot: Slot,
        class: SizeClass,
        identity: &BidIdentity,
        signature: Signature,
        seed: Seed,
    ) -> Self {
        let (kind, identity, body) = (WITHDRAWAL, identity.clone(), Vec::new());
        Self { slot, class, kind, identity, body, signature, seed }
    }

    #[must_use]
    pub const fn identity(&self) -> &BidIdentity {
        &self.identity
    }

    /// The body, or nothing for a withdrawal.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        (self.kind == BID).then_some(self.body.as_slice())
    }

    /// How large the entry is.
    #[must_use]
    pub const fn class(&self) -> SizeClass {
        self.class
    }

    /// Which slot's outer layers the entry is among.
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// The entry, made again.
    #[must_use]
    pub fn entry(&self, group: &SealingGroup) -> SealedEntry {
        let content = (self.kind, &self.identity, self.body.as_slice());
        reseal(group, self.slot, self.class, content, self.signature, &self.seed)
    }

    /// What the outer layer shows once it opens. Only after [`OpeningProof::verify`].
    #[must_use]
    pub fn opened(&self, group: &SealingGroup) -> OpenedEntry {
        if self.kind == BID {
            let inner = super::inner::seal(group, &self.identity, self.class, &self.body, &self.seed);
            OpenedEntry::Bid(SealedBid::new(self.identity.clone(), inner))
        } else {
            OpenedEntry::Withdrawal(Withdrawal::new(self.identity.clone()))
        }
    }

    /// Seals the content again and compares.
    ///
    /// # Errors
    /// When the entry is another, or the bidder did not sign it.
    pub fn verify(&self, group: &SealingGroup, entry: &SealedEntry) -> Result<(), ProofError> {
        if self.entry(group) != *entry {
            return Err(ProofError::OtherEntry);
        }
        // The signature covers the inner layer, so it is checked as a node would: over the entry made again.
        let inner = if self.kind == BID {
            super::inner::seal(group, &self.identity, self.class, &self.body, &self.seed)
        } else {
            Vec::new()
        };
        let message = self.identity.signed_message(group, self.slot, self.kind, &inner);
        self.identity.bidder_key.verify(&message, &self.signature).map_err(|_| ProofError::Signature)
    }

    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let start = Writer::default().raw(MAGIC).raw(&[1]).raw(&self.slot.get().to_be_bytes());
        let start = self.identity.write(start.raw(&[self.class.number(), self.kind]));
        Zeroizing::new(start.field(&self.body).raw(self.signature.bytes()).raw(self.seed.bytes()).finish())
    }

    /// # Errors
    /// For anything but a proof in canonical form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > OPENING_PROOF_BYTES_MAX {
            return Err(DecodeError::TooLong {
                what: WHAT,
                limit: OPENING_PROOF_BYTES_MAX,
                found: bytes.len(),
            });
        }
        let mut reader = Reader::new(bytes);
        reader.magic(MAGIC, WHAT)?;
        if reader.u8(WHAT)? != 1 {
            return Err(DecodeError::Kind(WHAT));
        }
        let slot = Slot::new(reader.u64(WHAT)?);
        let class = SizeClass::new(reader.u8(WHAT)?)?;
        let kind = reader.u8(WHAT)?;
        let identity = BidIdentity::read(&mut reader)?;
        let body = reader.field(class.body_bytes_max(), "body")?.to_vec();
        let signature = Signature::ed25519(reader.array(WHAT)?);
        let seed = Seed::new(reader.array(WHAT)?);
        reader.end(WHAT)?;
        let in_form = match kind {
            BID => SizeClass::of(body.len()) == Some(class),
            WITHDRAWAL => body.is_empty(),
            _ => false,
        };
        if in_form {
            Ok(Self { slot, class, kind, identity, body, signature, seed })
        } else {
            Err(DecodeError::Value(WHAT))
        }
    }
}
