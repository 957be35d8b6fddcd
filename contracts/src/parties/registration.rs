//! Participants, their keys, rulebooks, and evidence of any kind.

use biaozheng_ledger::ids::{DocumentDigest, OrgId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::machine::text::text;
use crate::parties::credit_code::CreditCode;
use crate::parties::limits::{KEYS_MAX, ROLES_MAX};
use crate::parties::participant::{HeldKey, Participant, Role, author, claim_key, signer};
use crate::parties::purpose::Revocation;
use crate::parties::{keys, refusals};

/// `participant.registered/1`, by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Registered {
    pub org: OrgId,
    /// Public name of an organisation. Absent for experts: a person's name never stands on chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Salted commitment to an expert's identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<DocumentDigest>,
    pub roles: Vec<Role>,
    pub key: PublicKey,
    /// 统一社会信用代码 of an organisation, openly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code: Option<CreditCode>,
    /// Its salted commitment where the code names a natural person (个体工商户).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_code_commitment: Option<DocumentDigest>,
}

pub(crate) fn register(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: Registered = act.body()?;
    let person = body.roles.contains(&Role::Expert);
    if body.roles.is_empty() || body.roles.len() > ROLES_MAX || body.roles.contains(&Role::CityCentre) {
        return Err(BODY
            .saying(Spoken::new(
                "1 to 8 roles, and there is one city centre",
                "须有1至8个角色，市级交易中心仅一个",
            ))
            .into());
    }
    match (&body.name, &body.identity) {
        (Some(name), None) if !person => text(name)?,
        (None, Some(_)) if person => {}
        _ => {
            return Err(BODY
                .saying(Spoken::new(
                    "organisations have a 'name', experts an 'identity' commitment",
                    "单位须填 name，专家须填 identity 承诺",
                ))
                .into());
        }
    }
    // The author of sealed entries is nobody, and nobody may be called so.
    let reserved = body.org.as_str() == TOKEN_HOLDER;
    if reserved || Participant::load(act.state, &body.org)?.is_some() {
        return Err(refusals::ORG_EXISTS.because(&body.org).into());
    }
    keys::claim_credit_code(act, &body)?;
    claim_key(act.state, &body.org, &body.key)?;
    let participant = Participant {
        version: 1,
        org: body.org,
        name: body.name.unwrap_or_default(),
        commitment: body.identity.map(|identity| *identity.digest()),
        roles: body.roles,
        // From here on: records after this one, in this very block too, may be signed with it.
        keys: vec![HeldKey::new(body.key, act.block.height, Some(act.id))],
        revoked: false,
        revocation: None,
    };
    Ok(participant.store(act.state)?)
}

/// `participant.key_rotated/1`, by the participant with its old key or by the city centre with a reason.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRotated {
    pub org: OrgId,
    /// Signs no longer, from the next block on.
    pub old: PublicKey,
    pub new: PublicKey,
    pub reason: String,
    /// The new key signs no longer from this block time on. It serves the old one's purposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<TimeMs>,
}

pub(crate) fn rotate(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: KeyRotated = act.body()?;
    text(&body.reason)?;
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let own = by.org == body.org && act.payload.author.key == body.old;
    if !own && !by.has(Role::CityCentre) {
        return refusals::ROLE.err();
    }
    let mut participant =
        Participant::load(act.state, &body.org)?.ok_or_else(|| refusals::UNKNOWN_ORG.because(&body.org))?;
    claim_key(act.state, &body.org, &body.new)?;
    let next = act.block.height.next();
    let old = participant.keys.iter_mut().find(|held| held.key == body.old && held.until.is_none());
    let old = old.ok_or_else(|| refusals::KEY_UNKNOWN.because(body.old))?;
    old.until = Some(next);
    let purposes = old.purposes.clone();
    keys::check_validity(body.valid_until_ms, act.block.time)?;
    if participant.keys.len() >= KEYS_MAX {
        return Err(refusals::KEY_TAKEN.because("too many keys").into());
    }
    let line = participant.line_of_new(&act.payload.author);
    let new = HeldKey::new(body.new, act.block.height, Some(act.id));
    participant.keys.push(HeldKey { purposes, valid_until: body.valid_until_ms, line, ..new });
    Ok(participant.store(act.state)?)
}

/// `participant.revoked/1`, by the city centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    pub org: OrgId,
    pub reason: String,
}

pub(crate) fn revoke(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: Revoked = act.body()?;
    text(&body.reason)?;
    let mut participant =
        Participant::load(act.state, &body.org)?.ok_or_else(|| refusals::UNKNOWN_ORG.because(&body.org))?;
    if participant.has(Role::CityCentre) {
        return refusals::ROLE.err();
    }
    // The first one's time says from when its bids do not count: a later one would let those between count again.
    if participant.revoked {
        return Err(refusals::REVOKED_ALREADY.because(&participant.org).into());
    }
    participant.revoked = true;
    participant.revocation =
        Some(Revocation { reason: None, note: body.reason, time: act.block.time, record: act.id });
    Ok(participant.store(act.state)?)
}

/// The author of a sealed entry: nobody. No participant is registered under this name.
pub const TOKEN_HOLDER: &str = "TOKEN";
