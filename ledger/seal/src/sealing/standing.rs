//! Which of several entries of a slot stand: replaced, withdrawn and copied ones do not.
//!
//! **Invariant:** a function of the order on chain alone. Of one bidder, tender opening and lot the highest sequence
//! stands, and of equal ones the first. An entry that repeats a KEM ciphertext of an earlier one that opened is a copy.
//!
//! Copies are judged here and not when they come in: who could have an entry refused because an earlier one carries its
//! KEM ciphertext would copy what it sees under way, spoil the rest, and so keep a rival out. A spoiled copy does not
//! open; what opens was made by someone who knew the key.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::OrgId;

use super::entry::SealedEntry;
use super::failure::OpeningFailure;
use super::identity::{BidIdentity, LotId};
use super::open::{OpenedEntry, SealedBid};
use crate::label::TenderOpening;

/// What became of the entries of one slot; each is named by its place in the order on chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Bids that count, in the order on chain.
    pub bids: Vec<(usize, SealedBid)>,
    /// Places of bids that were replaced or withdrawn, and of withdrawals that took effect or were overtaken.
    pub superseded: Vec<usize>,
    /// Places of entries that repeat an earlier KEM ciphertext.
    pub copies: Vec<usize>,
    pub dummies: usize,
    pub failed: Vec<(usize, OpeningFailure)>,
}

type Key = (TenderOpening, LotId, OrgId);

fn key_of(identity: &BidIdentity) -> Key {
    (identity.opening.clone(), identity.lot.clone(), identity.bidder.clone())
}

/// Sorts a slot's entries, given in the order on chain with what [`super::open_outer`] made of each. `registered` says
/// whether the key is the bidder's on the ledger: without it anybody could withdraw a rival's bid with a key of its own.
#[must_use]
pub fn standing(
    entries: &[(SealedEntry, Result<OpenedEntry, OpeningFailure>)],
    registered: impl Fn(&BidIdentity) -> bool,
) -> Standing {
    let mut result = Standing::default();
    let mut seen = BTreeSet::<Digest>::new();
    let mut best = BTreeMap::<Key, (u32, usize, Option<&SealedBid>)>::new();
    for (place, (entry, opened)) in entries.iter().enumerate() {
        let opened = match opened {
            Ok(opened) => opened,
            Err(failure) => {
                result.failed.push((place, *failure));
                continue;
            }
        };
        let fresh = seen.insert(entry.kem_digest());
        let (identity, bid) = match opened {
            OpenedEntry::Dummy => {
                result.dummies = result.dummies.saturating_add(1);
                continue;
            }
            OpenedEntry::Bid(bid) => (bid.identity(), Some(bid)),
            OpenedEntry::Withdrawal(withdrawal) => (withdrawal.identity(), None),
        };
        // A key counts as used whatever becomes of the entry.
        let fresh = bid.is_none_or(|bid| seen.insert(bid.kem_digest())) && fresh;
        if !registered(identity) {
            result.failed.push((place, OpeningFailure::UnknownBidder));
            continue;
        }
        if !fresh {
            result.copies.push(place);
            continue;
        }
        let newest = (identity.sequence, place, bid);
        match best.get_mut(&key_of(identity)) {
            None => drop(best.insert(key_of(identity), newest)),
            Some(other) if other.0 < identity.sequence => {
                result.superseded.push(other.1);
                *other = newest;
            }
            Some(_) => result.superseded.push(place),
        }
    }
    for (_, place, bid) in best.into_values() {
        match bid {
            Some(bid) => result.bids.push((place, bid.clone())),
            None => result.superseded.push(place),
        }
    }
    result.bids.sort_by_key(|(place, _)| *place);
    result.superseded.sort_unstable();
    result
}
