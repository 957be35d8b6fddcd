//! Proofs of lock: prevotes of a quorum for one block in one round.
//!
//! A block's time is judged by those who see it while it is new. Once a quorum has prevoted for it, some may be locked on it
//! and can vote for nothing else, so it must not be refused later because time has passed. The proof travels with the body.
//!
//! **Invariant:** a proof is verified vote by vote, by distinct voters of the height, strictly, before it counts; what a
//! proposer says of an earlier round without it counts for nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use biaozheng_ledger::commit::{VoteKind, vote_digest};
use biaozheng_ledger::ids::{BlockHash, ChainId, Height};
use biaozheng_ledger::key::{PublicKey, Signature};
use biaozheng_ledger::limits::VALIDATORS_MAX;
use biaozheng_ledger::validator::quorum_of;
use borsh::{BorshDeserialize, BorshSerialize};

use crate::intake::keyring::Keyring;
use crate::peers::from_peer::Misfit;

/// Prevotes of one voter that are kept of one height. An honest voter has one a round; who has more pushes out its own, never
/// another's, so that nobody keeps a proof from being collected.
const PREVOTES_OF_A_VOTER_MAX: usize = 32;

/// That a quorum prevoted for a block in `round`; the block is the body it comes with.
///
/// Bytes (borsh): `round u32le ‖ count u32le ‖ count × (voter key ‖ signature)`.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct Lock {
    pub(super) round: u32,
    pub(super) prevotes: Vec<(PublicKey, Signature)>,
}

/// What a proof of lock is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject<'a> {
    pub(super) chain: &'a ChainId,
    pub(super) height: Height,
    pub(super) block: BlockHash,
    pub(super) voters: &'a [PublicKey],
}

impl Lock {
    /// Whether a quorum of the voters prevoted for the block.
    ///
    /// # Errors
    /// [`Misfit`] when a voter is none or comes twice, when a signature does not hold, or when they are too few.
    pub(super) fn verify(&self, subject: &Subject<'_>, keys: &Keyring) -> Result<(), Misfit> {
        let quorum = quorum_of(subject.voters.len());
        if self.prevotes.len() < quorum || self.prevotes.len() > VALIDATORS_MAX {
            return Err(Misfit("a proof of lock has too few or too many prevotes"));
        }
        let mut seen = BTreeSet::new();
        for (voter, signature) in &self.prevotes {
            if !subject.voters.contains(voter) || !seen.insert(*voter) {
                return Err(Misfit("a proof of lock has a prevote of nobody or one twice"));
            }
            let place = (subject.height, Some(self.round));
            let digest = vote_digest(subject.chain, VoteKind::Prevote, place, Some(&subject.block), voter);
            keys.prepare(voter)
                .and_then(|key| key.verify(digest.bytes(), signature))
                .map_err(|_| Misfit("a proof of lock has a prevote that does not verify"))?;
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Seen {
    height: u64,
    places: BTreeMap<(u32, BlockHash), BTreeMap<PublicKey, Signature>>,
}

impl Seen {
    /// Takes a voter's surplus out of the places that fewest voted for, which are no lock of anybody.
    fn bound(&mut self, voter: &PublicKey) {
        let own = self.places.iter().filter(|(_, votes)| votes.contains_key(voter));
        let mut own: Vec<_> = own.map(|(place, votes)| (votes.len(), *place)).collect();
        own.sort_unstable();
        let surplus = own.len().saturating_sub(PREVOTES_OF_A_VOTER_MAX);
        for (_, place) in own.into_iter().take(surplus) {
            let Some(votes) = self.places.get_mut(&place) else { continue };
            votes.remove(voter);
            if votes.is_empty() {
                self.places.remove(&place);
            }
        }
    }
}

/// Prevotes of the height being decided, as the engine had them verified. Shared between the verifier, which sees them
/// all, and the loop, which sends them with a body.
#[derive(Debug, Clone, Default)]
pub(super) struct Prevotes(Arc<Mutex<Seen>>);

impl Prevotes {
    fn held(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a prevote whose signature holds.
    pub(super) fn keep(
        &self,
        height: u64,
        round: u32,
        block: BlockHash,
        (voter, signature): (PublicKey, Signature),
    ) {
        let mut seen = self.held();
        if height < seen.height {
            return;
        }
        if height > seen.height {
            *seen = Seen { height, places: BTreeMap::new() };
        }
        let new = seen.places.entry((round, block)).or_default().insert(voter, signature).is_none();
        if new {
            seen.bound(&voter);
        }
    }

    /// The newest proof of lock for a block, up to a round.
    pub(super) fn lock(&self, subject: &Subject<'_>, up_to: u32) -> Option<Lock> {
        let seen = self.held();
        if seen.height != subject.height.get() {
            return None;
        }
        let quorum = quorum_of(subject.voters.len());
        seen.places.iter().rev().find_map(|((round, block), votes)| {
            if *block != subject.block || *round > up_to {
                return None;
            }
            let votes = votes.iter().filter(|(voter, _)| subject.voters.contains(voter));
            let prevotes: Vec<_> = votes.take(quorum).map(|(voter, vote)| (*voter, *vote)).collect();
            (prevotes.len() >= quorum).then_some(Lock { round: *round, prevotes })
        })
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::key::SecretKey;

    use super::*;

    fn keys() -> Vec<SecretKey> {
        (1..=4).map(|n| SecretKey::from_seed(&[n; 32])).collect()
    }

    fn prevote(key: &SecretKey, chain: &ChainId, round: u32, block: &BlockHash) -> (PublicKey, Signature) {
        let place = (Height::new(7), Some(round));
        let digest = vote_digest(chain, VoteKind::Prevote, place, Some(block), &key.public());
        (key.public(), key.sign(digest.bytes()))
    }

    #[test]
    fn a_lock_is_what_a_quorum_prevoted_and_nothing_less() {
        let (keys, ring) = (keys(), Keyring::default());
        let voters: Vec<PublicKey> = keys.iter().map(SecretKey::public).collect();
        let chain = ChainId::new(Digest::of(b"chain"));
        let (block, other) = (BlockHash::new(Digest::of(b"block")), BlockHash::new(Digest::of(b"other")));
        let subject = Subject { chain: &chain, height: Height::new(7), block, voters: &voters };
        let seen = Prevotes::default();
        for key in &keys[..2] {
            seen.keep(7, 0, block, prevote(key, &chain, 0, &block));
        }
        seen.keep(7, 0, other, prevote(&keys[2], &chain, 0, &other));
        assert_eq!(seen.lock(&subject, 9), None, "two of four");
        seen.keep(7, 0, block, prevote(&keys[3], &chain, 0, &block));
        let lock = seen.lock(&subject, 9).unwrap();
        assert_eq!((lock.round, lock.prevotes.len()), (0, 3));
        assert_eq!(lock.verify(&subject, &ring), Ok(()));

        let fails = |lock: &Lock, subject: &Subject<'_>| lock.verify(subject, &ring).unwrap_err().0;
        assert!(fails(&lock, &Subject { block: other, ..subject }).contains("does not verify"));
        assert!(fails(&lock, &Subject { height: Height::new(8), ..subject }).contains("does not verify"));
        let elsewhere = ChainId::new(Digest::of(b"another chain"));
        assert!(fails(&lock, &Subject { chain: &elsewhere, ..subject }).contains("does not verify"));
        assert!(fails(&Lock { round: 1, ..lock.clone() }, &subject).contains("does not verify"));
        assert!(fails(&lock, &Subject { voters: &voters[..2], ..subject }).contains("of nobody"));
        let mut twice = lock.clone();
        twice.prevotes[1] = twice.prevotes[0];
        assert!(fails(&twice, &subject).contains("twice"));
        let few = Lock { round: 0, prevotes: lock.prevotes[..2].to_vec() };
        assert!(fails(&few, &subject).contains("too few"));
        let many = Lock { round: 0, prevotes: vec![lock.prevotes[0]; VALIDATORS_MAX + 1] };
        assert!(fails(&many, &subject).contains("too many"));

        // A later height forgets, an earlier one is not taken.
        seen.keep(8, 0, block, prevote(&keys[0], &chain, 0, &block));
        assert_eq!(seen.lock(&subject, 9), None);
        seen.keep(7, 0, block, prevote(&keys[0], &chain, 0, &block));
        assert_eq!(seen.held().height, 8);
    }

    #[test]
    fn one_voter_fills_no_memory_and_pushes_no_lock_out() {
        let (keys, chain) = (keys(), ChainId::new(Digest::of(b"chain")));
        let voters: Vec<PublicKey> = keys.iter().map(SecretKey::public).collect();
        let block = BlockHash::new(Digest::of(b"block"));
        let subject = Subject { chain: &chain, height: Height::new(7), block, voters: &voters };
        let seen = Prevotes::default();
        for key in &keys[..3] {
            seen.keep(7, 3, block, prevote(key, &chain, 3, &block));
        }
        let spam = |rounds: std::ops::Range<u32>| {
            for round in rounds {
                let block = BlockHash::new(Digest::of(&round.to_be_bytes()));
                seen.keep(7, round, block, (keys[3].public(), Signature::ed25519([0; 64])));
            }
        };
        spam(0..5000);
        assert_eq!(seen.held().places.len(), PREVOTES_OF_A_VOTER_MAX + 1);
        assert_eq!(seen.lock(&subject, 5000).unwrap().round, 3);
        assert_eq!(seen.lock(&subject, 2), None, "not before its round");
        // The quorum is collected however much comes between its votes.
        for key in &keys[..3] {
            seen.keep(7, 9, block, prevote(key, &chain, 9, &block));
            spam(5000..5300);
        }
        assert_eq!(seen.lock(&subject, 5000).unwrap().round, 9);
    }
}
