//! What a ceremony is about, before anybody deals: chain, purpose, round, dealers, players, and the key it keeps.
//!
//! **Invariant:** every message names the digest of its ceremony, so nothing said in one counts in another. A failed
//! ceremony is run again under the next round number.

use std::collections::BTreeMap;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::PublicKey;
use commonware_cryptography::bls12381::dkg::feldman_desmedt::Reveal;
use commonware_cryptography::bls12381::primitives::sharing::Mode;
use commonware_utils::N3f1;
use commonware_utils::ordered::Set;

use super::Info;
use super::epoch_keys::EpochKeys;
use super::identity::{Member, StrictKey};
use crate::group::{Epoch, Purpose};
use crate::limits::MEMBERS_MAX;

/// Why a ceremony cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    #[error("a group has 1 to {MEMBERS_MAX} members, each once")]
    Members,
    #[error("dealers are members of the previous epoch, a quorum at least")]
    Dealers,
    #[error("every epoch the group has had numbers is used up")]
    Epochs,
}

/// One run of the protocol.
#[derive(Clone, Debug)]
pub struct Ceremony {
    pub(super) info: Info,
    pub(super) purpose: Purpose,
    pub(super) epoch: Epoch,
    pub(super) digest: Digest,
    pub(super) dealers: Vec<PublicKey>,
    /// In ascending order of their keys, which is the order of share indices.
    pub(super) players: BTreeMap<PublicKey, Member>,
}

impl Ceremony {
    /// Makes a new key; every member deals.
    ///
    /// # Errors
    /// [`CeremonyError::Members`].
    pub fn first(
        chain: &ChainId,
        purpose: Purpose,
        round: u64,
        members: &[Member],
    ) -> Result<Self, CeremonyError> {
        let dealers = members.iter().map(|member| *member.key()).collect();
        Self::new(chain, purpose, Epoch::default(), round, None, dealers, members)
    }

    /// Deals the key of the previous epoch anew; the dealers are those of its members that are still there.
    ///
    /// # Errors
    /// [`CeremonyError`].
    pub fn reshare(
        chain: &ChainId,
        round: u64,
        previous: &EpochKeys,
        dealers: &[PublicKey],
        members: &[Member],
    ) -> Result<Self, CeremonyError> {
        let next = previous.epoch().get().checked_add(1).ok_or(CeremonyError::Epochs)?;
        let dealers = dealers.to_vec();
        Self::new(chain, previous.purpose(), Epoch::new(next), round, Some(previous), dealers, members)
    }

    fn new(
        chain: &ChainId,
        purpose: Purpose,
        epoch: Epoch,
        round: u64,
        previous: Option<&EpochKeys>,
        mut dealers: Vec<PublicKey>,
        members: &[Member],
    ) -> Result<Self, CeremonyError> {
        dealers.sort_unstable();
        let players: BTreeMap<_, _> = members.iter().map(|member| (*member.key(), *member)).collect();
        if players.is_empty() || players.len() != members.len() || players.len() > MEMBERS_MAX {
            return Err(CeremonyError::Members);
        }
        let set = |keys: &mut dyn Iterator<Item = &PublicKey>| {
            Set::try_from(keys.map(StrictKey::of).collect::<Vec<_>>())
        };
        let their_dealers = set(&mut dealers.iter()).map_err(|_| CeremonyError::Dealers)?;
        let their_players = set(&mut players.keys()).map_err(|_| CeremonyError::Members)?;
        let namespace = super::origin::namespace(chain, purpose);
        let output = previous.map(|keys| keys.output().clone());
        let (mode, reveal) = (Mode::NonZeroCounter, Reveal::V1);
        let info = Info::new::<N3f1>(&namespace, round, output, mode, reveal, their_dealers, their_players)
            .map_err(|_| CeremonyError::Dealers)?;
        let mut hasher = FieldHasher::new("biaozheng/ceremony/v1").field(&namespace).number(round);
        hasher = hasher.field(&previous.map_or_else(Vec::new, EpochKeys::to_bytes));
        hasher = hasher.number(dealers.len() as u64);
        hasher = dealers.iter().fold(hasher, |hasher, key| hasher.field(key.bytes()));
        hasher = players.values().fold(hasher, |hasher, member| hasher.field(&member.to_bytes()));
        Ok(Self { info, purpose, epoch, digest: hasher.finish(), dealers, players })
    }

    /// Names the ceremony in every message of it.
    #[must_use]
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    #[must_use]
    pub fn dealers(&self) -> &[PublicKey] {
        &self.dealers
    }

    /// The members of the group to be, in the order of their share indices.
    pub fn players(&self) -> impl Iterator<Item = &Member> {
        self.players.values()
    }
}
