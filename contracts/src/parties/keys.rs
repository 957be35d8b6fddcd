//! More keys of one participant, their end, and the code it is registered with.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::StateRead;
use crate::machine::text::text;
use crate::parties::limits::KEYS_MAX;
use crate::parties::participant::{HeldKey, Participant, Role, claim_key, signer};
use crate::parties::purpose::{KeyRevocationReason, Purpose, Revocation};
use crate::parties::{refusals, registration, state_key};

/// `participant.key_added/1`, by the participant or the city centre; cosigned with the new key.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Added {
    pub org: OrgId,
    pub key: PublicKey,
    pub purposes: Vec<Purpose>,
    /// Signs no longer from this block time on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<TimeMs>,
}

/// `participant.key_revoked/1`, by the participant with any key of purpose `sign`, or by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    pub org: OrgId,
    pub key: PublicKey,
    pub reason: KeyRevocationReason,
    pub note: String,
}

/// What a participant is registered with.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) enum RegisteredCode {
    Open(String),
    Commitment(Digest),
}

/// The participant, if the author is itself or the city centre.
fn own(act: &Act<'_, '_, '_>, org: &OrgId) -> Result<Participant, Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    if by.org != *org && !by.has(Role::CityCentre) {
        return refusals::ROLE.err();
    }
    Participant::load(act.state, org)?.ok_or_else(|| refusals::UNKNOWN_ORG.because(org).into())
}

pub(crate) fn check_validity(until: Option<TimeMs>, now: TimeMs) -> Result<(), Reject> {
    if until.is_some_and(|until| until <= now || until > TimeMs::MAX) {
        return Err(refusals::KEY_VALIDITY.saying(Spoken::now(now)));
    }
    Ok(())
}

pub(crate) fn add(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Added = act.body()?;
    let mut participant = own(act, &body.org)?;
    check_validity(body.valid_until_ms, act.block.time)?;
    let mut purposes = body.purposes;
    let given = purposes.len();
    purposes.sort_unstable();
    purposes.dedup();
    if purposes.is_empty() || purposes.len() != given {
        return refusals::KEY_VALIDITY.err();
    }
    // Without this, anybody could claim a stranger's public key for ever.
    let proves = |party: &biaozheng_ledger::payload::Party| party.org == body.org && party.key == body.key;
    if !matches!(act.payload.cosigners.as_slice(), [party] if proves(party)) {
        return refusals::KEY_PROOF.err();
    }
    claim_key(act.state, &body.org, &body.key)?;
    if participant.keys.len() >= KEYS_MAX {
        return Err(refusals::KEY_TAKEN.because("too many keys").into());
    }
    let line = participant.line_of_new(&act.payload.author);
    let new = HeldKey::new(body.key, act.block.height, Some(act.id));
    participant.keys.push(HeldKey { purposes, valid_until: body.valid_until_ms, line, ..new });
    Ok(participant.store(act.state)?)
}

pub(crate) fn revoke(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: KeyRevoked = act.body()?;
    text(&body.note)?;
    let mut participant = own(act, &body.org)?;
    let held = participant.keys.iter_mut().find(|held| held.key == body.key && held.until.is_none());
    let held = held.ok_or_else(|| refusals::KEY_UNKNOWN.because(body.key))?;
    held.until = Some(act.block.height.next());
    held.revocation =
        Some(Revocation { reason: Some(body.reason), note: body.note, time: act.block.time, record: act.id });
    Ok(participant.store(act.state)?)
}

/// One code, one participant; a person's code never stands on chain.
pub(crate) fn claim_credit_code(
    act: &mut Act<'_, '_, '_>,
    body: &registration::Registered,
) -> Result<(), Refusal> {
    let person = body.roles.contains(&Role::Expert);
    let (name, code) = match (&body.credit_code, &body.credit_code_commitment) {
        (None, None) => return Ok(()),
        (Some(code), None) if !person => (code.to_string(), RegisteredCode::Open(code.to_string())),
        (None, Some(commitment)) => {
            (commitment.digest().hex(), RegisteredCode::Commitment(*commitment.digest()))
        }
        _ => return refusals::CREDIT_CODE.err(),
    };
    let place = state_key::credit_code(&name);
    if act.state.get(&place)?.is_some() {
        return refusals::CREDIT_CODE.err();
    }
    act.state.put(place, &body.org)?;
    Ok(act.state.put(state_key::credit_code_of(&body.org), &code)?)
}
