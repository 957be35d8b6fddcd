//! Groups for bids and for tokens as the chain keeps them: their keys, seats and numbers.
//!
//! All cryptography is `biaozheng_seal`'s, and how many members make a signature is its `group`'s to say. Which label a
//! member may sign is said by `opening::due` alone.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, RecordId, TimeMs};
use biaozheng_ledger::json::present;
use biaozheng_ledger::key::PublicKey;
use biaozheng_seal::dkg::{EpochKeys, Member};
use biaozheng_seal::group::Purpose;
use biaozheng_seal::sealing::SealingGroup;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

use crate::machine::act::Act;
use crate::machine::memory;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::parties::participant::signer;
use crate::sealing::running::Running;
use crate::sealing::{refusals, state_key};

/// What a group is for, with its numbers. The city centre fixes them with the ceremony's start.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "PurposeForm")]
#[schemars(!try_from, deny_unknown_fields)]
pub enum GroupPurpose {
    /// Slot `n` is the block times from `n × slot_ms` to before `(n + 1) × slot_ms`. Entries come for the slot that
    /// runs, and for at most `ahead` after it.
    Sealing { slot_ms: u64, ahead: u32 },
    /// One epoch of tokens: how many each bidder may have, how many each member, and until when they admit.
    Tokens { epoch: u32, quota: u32, member_quota: u32, valid_until_ms: TimeMs },
}

/// A purpose as it is written: a struct of its own, so that the reader sees that it is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeForm {
    kind: PurposeKind,
    #[serde(default, deserialize_with = "present")]
    slot_ms: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    ahead: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    epoch: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    quota: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    member_quota: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    valid_until_ms: Option<TimeMs>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PurposeKind {
    Sealing,
    Tokens,
}

impl TryFrom<PurposeForm> for GroupPurpose {
    type Error = &'static str;

    fn try_from(form: PurposeForm) -> Result<Self, Self::Error> {
        let PurposeForm { kind, slot_ms, ahead, epoch, quota, member_quota, valid_until_ms } = form;
        match (kind, (slot_ms, ahead), (epoch, quota, member_quota, valid_until_ms)) {
            (PurposeKind::Sealing, (Some(slot_ms), Some(ahead)), (None, None, None, None)) => {
                Ok(Self::Sealing { slot_ms, ahead })
            }
            (
                PurposeKind::Tokens,
                (None, None),
                (Some(epoch), Some(quota), Some(member_quota), Some(valid_until_ms)),
            ) => Ok(Self::Tokens { epoch, quota, member_quota, valid_until_ms }),
            (PurposeKind::Sealing, ..) => Err("a group for sealing has the fields `slot_ms` and `ahead`"),
            (PurposeKind::Tokens, ..) => {
                Err("a group for tokens has the fields `epoch`, `quota`, `member_quota` and `valid_until_ms`")
            }
        }
    }
}

impl GroupPurpose {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Sealing { .. } => "sealing",
            Self::Tokens { .. } => "tokens",
        }
    }

    pub(crate) const fn of_keys(self) -> Purpose {
        match self {
            Self::Sealing { .. } => Purpose::Sealing,
            Self::Tokens { epoch, .. } => Purpose::Tokens(epoch),
        }
    }
}

/// A member's organisation and its keys for ceremonies.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct GroupSeat {
    pub(crate) org: OrgId,
    pub(crate) member: [u8; Member::SIZE_BYTES],
}

impl GroupSeat {
    /// The member's signing key. Both keys were checked before the seat came into state.
    pub(crate) fn key(&self) -> Option<PublicKey> {
        self.member.first_chunk().copied().map(PublicKey::ed25519)
    }
}

/// A group in state.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Group {
    pub(crate) version: u8,
    /// The `dkg.finalised/1` that made it.
    pub(crate) record: RecordId,
    pub(crate) purpose: GroupPurpose,
    pub(crate) keys: Vec<u8>,
    pub(crate) seats: Vec<GroupSeat>,
}

pub(crate) fn damaged(what: &str) -> StateFailure {
    StateFailure(format!("{what} on chain does not decode"))
}

impl Group {
    pub(crate) fn sealing(state: &dyn StateRead) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::sealing_group())
    }

    pub(crate) fn tokens(state: &dyn StateRead, epoch: u32) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::token_group(epoch))
    }

    /// The keys; read once a node, for their points are checked and the members' public keys computed.
    pub(crate) fn epoch_keys(&self, state: &dyn StateRead) -> Result<Arc<EpochKeys>, StateFailure> {
        let read = || EpochKeys::from_bytes(&self.keys).map(Arc::new).map_err(|_| damaged("a group"));
        memory::of(state, |memory| &memory.groups, || Digest::of(&self.keys), read)
    }

    pub(crate) fn of_chain(
        &self,
        state: &dyn StateRead,
        chain: &ChainId,
    ) -> Result<SealingGroup, StateFailure> {
        Ok(SealingGroup { chain: *chain, key: self.epoch_keys(state)?.group_key() })
    }

    pub(crate) fn has_org(&self, org: &OrgId) -> bool {
        self.seats.iter().any(|seat| seat.org == *org)
    }

    pub(crate) const fn slot_ms(&self) -> u64 {
        match self.purpose {
            GroupPurpose::Sealing { slot_ms, .. } => slot_ms,
            GroupPurpose::Tokens { .. } => 0,
        }
    }
}

// -- what nodes and clients read --

/// The group of the bids: its public keys and the length of its slots.
#[derive(Clone, Debug)]
pub struct SealingKeys {
    /// The `dkg.finalised/1` they stand in: whoever seals holds its certificate against them.
    pub record: RecordId,
    /// The newest `dkg.started/1` of the bids' group: of the ceremony that made the keys, or of one that deals them anew.
    /// Either has the length of the slots in it.
    pub started: RecordId,
    pub keys: Arc<EpochKeys>,
    pub slot_ms: u64,
    pub ahead: u32,
}

/// # Errors
/// When the state cannot be read.
pub fn sealing_keys(state: &dyn StateRead) -> Result<Option<SealingKeys>, StateFailure> {
    let Some(group) = Group::sealing(state)? else { return Ok(None) };
    let GroupPurpose::Sealing { slot_ms, ahead } = group.purpose else { return Err(damaged("a group")) };
    let started = Running::load(state, "sealing")?.ok_or_else(|| damaged("a ceremony"))?.record;
    Ok(Some(SealingKeys { record: group.record, started, keys: group.epoch_keys(state)?, slot_ms, ahead }))
}

/// The group, for a signer whose organisation has a member in it.
pub(crate) fn by_member(act: &Act<'_, '_, '_>) -> Result<(Group, SealingGroup), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let group = Group::sealing(act.state)?.ok_or_else(|| refusals::NO_GROUP.reject())?;
    if !group.has_org(&by.org) {
        return Err(refusals::GROUP_MEMBER.because(&by.org).into());
    }
    let keys = group.of_chain(act.state, &act.block.chain)?;
    Ok((group, keys))
}
