//! Who takes part: roles, and keys with the heights between which they hold.

use biaozheng_ledger::ids::{Height, OrgId, RecordId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::payload::{Party, Payload};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::refusal::Refusal;
use crate::machine::spoken;
use crate::machine::spoken::Named;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::parties::purpose::{Purpose, Revocation};
use crate::parties::{refusals, state_key};

/// What a participant may do.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    CityCentre,
    DistrictCentre,
    Regulator,
    Tenderee,
    Agency,
    Bidder,
    Expert,
    Witness,
}

/// A participant of the genesis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisParticipant {
    pub org: OrgId,
    pub name: String,
    pub roles: Vec<Role>,
    pub keys: Vec<PublicKey>,
    /// Names of its nodes in the genesis.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct HeldKey {
    pub(crate) key: PublicKey,
    pub(crate) from: Height,
    /// The first height at which the key no longer signs.
    pub(crate) until: Option<Height>,
    pub(crate) purposes: Vec<Purpose>,
    /// The first block time at which the key no longer signs.
    pub(crate) valid_until: Option<TimeMs>,
    pub(crate) revocation: Option<Revocation>,
    /// The record that named it; none for a key of the genesis.
    pub(crate) record: Option<RecordId>,
    /// Who answers for it. 0: the organisation, for it is the key of its genesis or registration, or was signed for with
    /// one that comes from there. Each key the city centre brings in begins the next line, and what that key signs for is
    /// of its line.
    pub(crate) line: u32,
}

impl HeldKey {
    /// Signs everything, from this height on; the organisation's first.
    pub(crate) fn new(key: PublicKey, from: Height, record: Option<RecordId>) -> Self {
        let purposes = vec![Purpose::Sign];
        Self { key, from, until: None, purposes, valid_until: None, revocation: None, record, line: 0 }
    }
}

/// A participant in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Participant {
    pub(crate) version: u8,
    pub(crate) org: OrgId,
    /// Public name of an organisation; empty for experts, of whom only a commitment is kept.
    pub(crate) name: String,
    pub(crate) commitment: Option<biaozheng_ledger::digest::Digest>,
    pub(crate) roles: Vec<Role>,
    pub(crate) keys: Vec<HeldKey>,
    pub(crate) revoked: bool,
    /// There when `revoked` is true.
    pub(crate) revocation: Option<Revocation>,
}

impl Participant {
    /// What organisations with a node are.
    pub(crate) const FOUNDING: [Role; 3] = [Role::CityCentre, Role::DistrictCentre, Role::Regulator];

    pub(crate) fn load(state: &dyn StateRead, org: &OrgId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::participant(org))
    }

    pub(crate) fn store(&self, state: &mut Overlay<'_>) -> Result<(), StateFailure> {
        state.put(state_key::participant(&self.org), self)
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The line of a key of this participant.
    pub(crate) fn line(&self, key: &PublicKey) -> Option<u32> {
        self.keys.iter().find(|held| held.key == *key).map(|held| held.line)
    }

    /// The line of a key that this party brings in.
    pub(crate) fn line_of_new(&self, by: &Party) -> u32 {
        let own = if by.org == self.org { self.line(&by.key) } else { None };
        let newest = self.keys.iter().map(|held| held.line).max().unwrap_or(0);
        own.unwrap_or_else(|| newest.saturating_add(1))
    }

    /// The line that spoke for the participant just before a block: the lowest that had a key to sign with. Keys the city
    /// centre brought in speak only where every earlier line had ended, so the organisation cannot have been at work.
    pub(crate) fn line_before(&self, height: Height, time: TimeMs) -> u32 {
        let held = |one: &&HeldKey| {
            one.purposes.contains(&Purpose::Sign)
                && one.from < height
                && one.until.is_none_or(|until| height < until)
                && one.valid_until.is_none_or(|end| time < end)
        };
        self.keys.iter().filter(held).map(|one| one.line).min().unwrap_or(0)
    }

    /// The key as it signs for this participant at a height.
    pub(crate) fn held(&self, key: &PublicKey, height: Height) -> Option<&HeldKey> {
        let valid = |one: &HeldKey| one.from <= height && one.until.is_none_or(|until| height < until);
        self.keys.iter().find(|one| one.key == *key && valid(one))
    }

    /// True when the key signs for this participant at a height; nothing for a key it never had.
    pub(crate) fn holds(&self, key: &PublicKey, height: Height) -> Option<bool> {
        self.keys.iter().any(|one| one.key == *key).then(|| self.held(key, height).is_some())
    }
}

/// Registers a key as this organisation's, for ever.
pub(crate) fn claim_key(state: &mut Overlay<'_>, org: &OrgId, key: &PublicKey) -> Result<(), Refusal> {
    let place = state_key::key_owner(&key.id());
    if key.prepare().is_err() || state.get(&place)?.is_some() {
        return Err(refusals::KEY_TAKEN.because(key).into());
    }
    state.put(place, org)?;
    Ok(())
}

/// A signer who is registered, not revoked, and signs with a key of its own that holds at this height.
pub(crate) fn signer(state: &dyn StateRead, party: &Party, height: Height) -> Result<Participant, Refusal> {
    let participant =
        Participant::load(state, &party.org)?.ok_or_else(|| refusals::UNKNOWN_ORG.because(&party.org))?;
    match participant.holds(&party.key, height) {
        None => return Err(refusals::KEY_UNKNOWN.because(party.key).into()),
        Some(false) => return Err(refusals::KEY_REVOKED.because(party.key).into()),
        Some(true) => {}
    }
    if participant.revoked {
        return Err(refusals::REVOKED_ORG.because(&party.org).into());
    }
    Ok(participant)
}

/// The author, with one of the roles.
pub(crate) fn author(
    state: &dyn StateRead,
    payload: &Payload,
    height: Height,
    roles: &[Role],
) -> Result<Participant, Refusal> {
    let participant = signer(state, &payload.author, height)?;
    if !roles.iter().any(|role| participant.has(*role)) {
        return Err(refusals::ROLE.saying(spoken::one_of(roles)).into());
    }
    Ok(participant)
}

impl Named for Role {
    fn zh(self) -> &'static str {
        match self {
            Self::CityCentre => "市级交易中心",
            Self::DistrictCentre => "区级交易中心",
            Self::Regulator => "行政监督部门",
            Self::Tenderee => "招标人",
            Self::Agency => "招标代理机构",
            Self::Bidder => "投标人",
            Self::Expert => "评标专家",
            Self::Witness => "见证方",
        }
    }
}
