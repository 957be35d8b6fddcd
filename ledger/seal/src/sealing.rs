//! Bids that open themselves: two layers, each under a key that only a group signature gives.
//!
//! The **outer** layer hides who bids on what, and opens with the signature over its time slot. The **inner** layer
//! hides the body, and opens with the signature over that tender's own opening, so a postponed tender stays shut.
//!
//! **Invariant:** opening is a deterministic map: every node that holds the entry and the group's signature finds the
//! same bid or the same [`OpeningFailure`]. Entries of one size class have one length, whatever is inside.

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
