//! Opening with the group's signatures: the same on every node.

use biaozheng_ledger::digest::Digest;

use super::SealingGroup;
use super::aead;
use super::entry::{self, SealedEntry};
use super::failure::OpeningFailure;
use super::identity::BidIdentity;
use super::inner;
use super::kem::KEM_BYTES;
use super::outer::{self, BID};
use crate::group::{GroupSignature, WrongSignature};
use crate::label::{Label, Slot, TenderOpening};

/// The group's signature over a slot, verified: opens the outer layers of that slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotKey {
    slot: Slot,
    signature: GroupSignature,
}

impl SlotKey {
    /// # Errors
    /// [`WrongSignature`] unless the group signed this slot's label.
    pub fn new(group: &SealingGroup, slot: Slot, signature: GroupSignature) -> Result<Self, WrongSignature> {
        signature.verify(&group.key, &Label::slot(&group.chain, slot))?;
        Ok(Self { slot, signature })
    }

    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    #[must_use]
    pub const fn signature(&self) -> GroupSignature {
        self.signature
    }
}

/// The group's signature over a tender's opening, verified: opens that tender's bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenderKey {
    opening: TenderOpening,
    signature: GroupSignature,
}

impl TenderKey {
    /// # Errors
    /// [`WrongSignature`] unless the group signed this opening's label.
    pub fn new(
        group: &SealingGroup,
        opening: TenderOpening,
        signature: GroupSignature,
    ) -> Result<Self, WrongSignature> {
        signature.verify(&group.key, &Label::tender(&group.chain, &opening))?;
        Ok(Self { opening, signature })
    }

    #[must_use]
    pub const fn signature(&self) -> GroupSignature {
        self.signature
    }
}

/// What an entry turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedEntry {
    Dummy,
    Bid(SealedBid),
    Withdrawal(Withdrawal),
}

/// A bid whose author is known and whose body is still shut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBid {
    identity: BidIdentity,
    inner: Vec<u8>,
}

impl SealedBid {
    /// From what an outer layer showed earlier. Whether the inner layer is one, opening it tells.
    #[must_use]
    pub const fn new(identity: BidIdentity, inner: Vec<u8>) -> Self {
        Self { identity, inner }
    }

    #[must_use]
    pub const fn identity(&self) -> &BidIdentity {
        &self.identity
    }

    /// The inner layer, which everybody sees once the slot has opened.
    #[must_use]
    pub fn inner_bytes(&self) -> &[u8] {
        &self.inner
    }

    /// SHA-256 of the inner KEM ciphertext.
    #[must_use]
    pub fn kem_digest(&self) -> Digest {
        Digest::of(self.inner.get(..KEM_BYTES).unwrap_or_default())
    }
}

/// A bidder's withdrawal of what it sealed with lower sequences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    identity: BidIdentity,
}

impl Withdrawal {
    pub(super) const fn new(identity: BidIdentity) -> Self {
        Self { identity }
    }

    #[must_use]
    pub const fn identity(&self) -> &BidIdentity {
        &self.identity
    }
}

/// Opens the outer layer and checks the bidder's signature. Whether the key is registered to the bidder is for the
/// caller to look up.
///
/// # Errors
/// Every way in which the sealer can have made an entry that does not open.
pub fn open_outer(
    group: &SealingGroup,
    key: &SlotKey,
    entry: &SealedEntry,
) -> Result<OpenedEntry, OpeningFailure> {
    if entry.slot != key.slot {
        return Err(OpeningFailure::OtherSlot);
    }
    let layer_key = entry.kem.open(&key.signature).ok_or(OpeningFailure::OuterKey)?;
    let aad = entry::associated(group, entry.class, entry.slot, &entry.kem);
    let plain = aead::decrypt(&layer_key, &entry.sealed, &aad).ok_or(OpeningFailure::OuterCipher)?;
    let Some(content) = outer::read(&plain, entry.class)? else {
        return Ok(OpenedEntry::Dummy);
    };
    let bidder = content.identity.bidder_key.prepare().map_err(|_| OpeningFailure::BidderKey)?;
    let message = content.identity.signed_message(group, entry.slot, content.kind, &content.inner);
    bidder.verify(&message, &content.signature).map_err(|_| OpeningFailure::BidderSignature)?;
    Ok(if content.kind == BID {
        OpenedEntry::Bid(SealedBid { identity: content.identity, inner: content.inner })
    } else {
        OpenedEntry::Withdrawal(Withdrawal { identity: content.identity })
    })
}

/// Opens the body.
///
/// # Errors
/// Every way in which the bidder can have made a body that does not open.
pub fn open_inner(group: &SealingGroup, key: &TenderKey, bid: &SealedBid) -> Result<Vec<u8>, OpeningFailure> {
    if bid.identity.opening != key.opening {
        return Err(OpeningFailure::OtherOpening);
    }
    inner::open(group, &bid.identity, &bid.inner, &key.signature)
}
