//! Bids that open themselves: two layers, each under a key that only a group signature gives.
//!
//! The **outer** layer hides who bids on what, and opens with the signature over its time slot. The **inner** layer
//! hides the body, and opens with the signature over that tender's own opening, so a postponed tender stays shut.
//!
//! **Invariant:** opening is a deterministic map: every node that holds the entry and the group's signature finds the
//! same bid or the same [`OpeningFailure`]. Entries of one size class have one length, whatever is inside.
//!
//! # The protocol, step by step
//!
//! 1. **Seal** ([`seal()`]), on the bidder's machine, from one fresh seed:
//!    - pad the body to its size class, and encrypt it under a fresh key. That key is encrypted to the label of the tender's
//!      opening. The result is the inner layer;
//!    - sign chain, slot, identity ([`BidIdentity`]) and the hash of the inner layer with the bidder's key;
//!    - encrypt identity, inner layer and signature under another fresh key, which is encrypted to the label of the slot. The
//!      result is the outer layer, and with its header the [`SealedEntry`].
//!
//!    The [`OpeningProof`] keeps the seed. Sealing is deterministic in it, so the proof makes the entry again.
//! 2. **Enter.** The entry goes on chain under a token and names nobody. A withdrawal ([`seal_withdrawal`]) and a dummy
//!    ([`seal_dummy`]) look the same.
//! 3. **Open the slot.** Once the block that reaches the slot's end is final, the group signs the slot's label.
//!    [`SlotKey::new`] accepts that signature and no other. [`open_outer`] opens each entry and checks the bidder's
//!    signature: now everybody sees who bids on what, and no body.
//! 4. **Sort** ([`standing()`]). Of a bidder's entries for a lot the highest sequence counts, and of equal sequences the first.
//!    Copies of an earlier KEM ciphertext and keys that are not the bidder's count for nothing.
//! 5. **Open the tender.** Once the tender's opening is due, the group signs its label. [`TenderKey::new`] accepts that
//!    signature, and [`open_inner`] opens each body.
//! 6. **Without the group**, a bidder shows its [`OpeningProof`]: everybody makes the entry again and compares the bytes.
//!
//! *Who is at fault.* Every [`OpeningFailure`] is the sealer's doing. A wrong group signature is none of them: it never
//! becomes a key.

mod aead;
mod entry;
mod failure;
mod identity;
mod inner;
mod kem;
mod open;
mod outer;
mod proof;
mod seal;
mod size_class;
mod standing;

use biaozheng_ledger::ids::ChainId;

pub use entry::{SealedEntry, Suite};
pub use failure::OpeningFailure;
pub use identity::{BidIdentity, LotId};
pub use open::{OpenedEntry, SealedBid, SlotKey, TenderKey, Withdrawal, open_inner, open_outer};
pub use proof::{OpeningProof, ProofError};
#[cfg(feature = "trusted-dealer")]
pub use seal::wrap_inner;
pub use seal::{Bid, SealError, seal, seal_dummy, seal_withdrawal};
pub use size_class::SizeClass;
pub use standing::{Standing, standing};

use crate::group::GroupKey;

/// The chain an entry belongs to and the group that can open it; every ciphertext is bound to both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealingGroup {
    pub chain: ChainId,
    pub key: GroupKey,
}
