//! Sealing: what a bidder's client does, and who makes dummies.
//!
//! **Invariant:** the entry is a deterministic map of the seed and the content, so whoever is shown them later can make
//! it again and compare ([`OpeningProof`]).

use biaozheng_ledger::key::{SecretKey, Signature};
use zeroize::Zeroizing;

use super::SealingGroup;
use super::aead::{self, LayerKey};
use super::entry::{self, SealedEntry};
use super::identity::BidIdentity;
use super::inner;
use super::kem::KemCiphertext;
use super::outer::{self, BID, OuterContent, WITHDRAWAL};
use super::proof::OpeningProof;
use super::size_class::SizeClass;
use crate::label::{Label, Slot};
use crate::seed::Seed;

/// A bid as its author has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    pub identity: BidIdentity,
    pub body: Vec<u8>,
}

/// Why a bid cannot be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    #[error("a body of {found} bytes fits no size class")]
    BodyTooLong { found: usize },
    #[error("the signing key is not the bidder's key")]
    OtherKey,
}

/// Seals a bid or, with a higher sequence, its replacement. The seed must be fresh from the operating system and is
/// kept in the proof, which opens the bid: keep it as secret as the bid.
///
/// # Errors
/// When the body is too long or the key is another than the identity names.
pub fn seal(
    group: &SealingGroup,
    slot: Slot,
    bid: &Bid,
    signer: &SecretKey,
    seed: &Seed,
) -> Result<(SealedEntry, OpeningProof), SealError> {
    let class = SizeClass::of(bid.body.len()).ok_or(SealError::BodyTooLong { found: bid.body.len() })?;
    let inner = inner::seal(group, &bid.identity, class, &bid.body, seed);
    let content = sign(group, slot, BID, &bid.identity, inner, signer)?;
    let proof = OpeningProof::of_bid(slot, class, bid, content.signature, seed.clone());
    Ok((seal_outer(group, slot, class, Some(&content), seed), proof))
}

/// Seals a withdrawal in an entry of any class; the class of the bid it withdraws is a good choice.
///
/// # Errors
/// When the key is another than the identity names.
pub fn seal_withdrawal(
    group: &SealingGroup,
    slot: Slot,
    identity: &BidIdentity,
    class: SizeClass,
    signer: &SecretKey,
    seed: &Seed,
) -> Result<(SealedEntry, OpeningProof), SealError> {
    let content = sign(group, slot, WITHDRAWAL, identity, Vec::new(), signer)?;
    let proof = OpeningProof::of_withdrawal(slot, class, identity, content.signature, seed.clone());
    Ok((seal_outer(group, slot, class, Some(&content), seed), proof))
}

/// Seals nothing, in an entry nobody can tell from a bid before the opening.
#[must_use]
pub fn seal_dummy(group: &SealingGroup, slot: Slot, class: SizeClass, seed: &Seed) -> SealedEntry {
    seal_outer(group, slot, class, None, seed)
}

/// Puts any inner layer, such as one made by somebody else, into an entry of one's own: what a cheat would do.
///
/// # Errors
/// When the key is another than the identity names.
#[cfg(feature = "trusted-dealer")]
pub fn wrap_inner(
    group: &SealingGroup,
    slot: Slot,
    identity: &BidIdentity,
    class: SizeClass,
    inner: &[u8],
    signer: &SecretKey,
    seed: &Seed,
) -> Result<SealedEntry, SealError> {
    let content = sign(group, slot, BID, identity, inner.to_vec(), signer)?;
    Ok(seal_outer(group, slot, class, Some(&content), seed))
}

fn sign(
    group: &SealingGroup,
    slot: Slot,
    kind: u8,
    identity: &BidIdentity,
    inner: Vec<u8>,
    signer: &SecretKey,
) -> Result<OuterContent, SealError> {
    if signer.public() != identity.bidder_key {
        return Err(SealError::OtherKey);
    }
    let signature = signer.sign(&identity.signed_message(group, slot, kind, &inner));
    Ok(OuterContent { kind, identity: identity.clone(), inner, signature })
}

/// Makes an entry again from what a proof holds.
pub(super) fn reseal(
    group: &SealingGroup,
    slot: Slot,
    class: SizeClass,
    (kind, identity, body): (u8, &BidIdentity, &[u8]),
    signature: Signature,
    seed: &Seed,
) -> SealedEntry {
    let inner = if kind == BID { inner::seal(group, identity, class, body, seed) } else { Vec::new() };
    let content = OuterContent { kind, identity: identity.clone(), inner, signature };
    seal_outer(group, slot, class, Some(&content), seed)
}

fn seal_outer(
    group: &SealingGroup,
    slot: Slot,
    class: SizeClass,
    content: Option<&OuterContent>,
    seed: &Seed,
) -> SealedEntry {
    let plain = outer::write(content, class);
    let key: LayerKey = Zeroizing::new(*seed.derive("outer key", &plain).bytes());
    let label = Label::slot(&group.chain, slot);
    let kem = KemCiphertext::seal(&group.key, &label, &key, &mut seed.stream("outer kem", &plain));
    let sealed = aead::encrypt(&key, &plain, &entry::associated(group, class, slot, &kem));
    SealedEntry { class, slot, kem, sealed }
}
