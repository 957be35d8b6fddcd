//! Participants, their keys, credit and licences, as anyone may see them.

use biaozheng_ledger::ids::{OrgId, TimeMs};
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead, load};
use crate::parties::licence::{Licence, LicenceKind};
use crate::parties::participant::{HeldKey, Participant};
use crate::parties::purpose::Revocation;
use crate::parties::{credit, keys, licence, state_key};

pub(crate) fn participant_view(one: &Participant) -> Value {
    let keys: Vec<Value> = one.keys.iter().map(key).collect();
    json!({
        "org": one.org, "name": one.name, "identity": one.commitment.map(|digest| digest.to_string()),
        "roles": one.roles, "keys": keys, "revoked": one.revoked,
        "revocation": one.revocation.as_ref().map(revocation),
    })
}

/// # Errors
/// When the state cannot be read.
pub fn participant(state: &dyn StateRead, org: &OrgId) -> Result<Option<Value>, StateFailure> {
    Ok(Participant::load(state, org)?.as_ref().map(participant_view))
}

/// Participants in the order of their ids, after one.
///
/// # Errors
/// When the state cannot be read.
pub fn participants(
    state: &dyn StateRead,
    after: Option<&OrgId>,
    limit: usize,
) -> Result<Vec<(OrgId, Value)>, StateFailure> {
    let after = after.map(state_key::participant);
    let rows = state.scan(state_key::PARTICIPANTS, after.as_deref(), limit)?;
    let decode = |(_, bytes): (Vec<u8>, Vec<u8>)| {
        let one: Participant = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        Ok((one.org.clone(), participant_view(&one)))
    };
    rows.into_iter().map(decode).collect()
}

pub(super) fn key(held: &HeldKey) -> Value {
    json!({
        "key": held.key, "from": held.from, "until": held.until, "purposes": held.purposes,
        "valid_until_ms": held.valid_until, "revocation": held.revocation.as_ref().map(revocation),
        "record": held.record, "line": held.line,
    })
}

pub(super) fn revocation(one: &Revocation) -> Value {
    json!({"reason": one.reason, "note": one.note, "time_ms": one.time, "record": one.record})
}

/// The unified social credit code of a participant, or its commitment.
///
/// # Errors
/// When the state cannot be read.
pub fn credit_code(state: &dyn StateRead, org: &OrgId) -> Result<Option<Value>, StateFailure> {
    let code: Option<keys::RegisteredCode> = load(state, &state_key::credit_code_of(org))?;
    Ok(code.map(|code| match code {
        keys::RegisteredCode::Open(code) => json!({"credit_code": code}),
        keys::RegisteredCode::Commitment(digest) => json!({"commitment": digest.to_string()}),
    }))
}

/// Every credit event of a subject, and which hold now.
///
/// # Errors
/// When the state cannot be read.
pub fn credit(state: &dyn StateRead, subject: &OrgId, now: TimeMs) -> Result<Value, StateFailure> {
    let events: Vec<Value> = credit::events(state, subject)?
        .into_iter()
        .map(|event| {
            let appeal = event.appeal.as_ref().map(|appeal| {
                json!({"record": appeal.record, "decision": appeal.decision, "overturned": appeal.overturned})
            });
            json!({
                "record": event.record, "by": event.by, "kind": event.kind, "source": event.source,
                "basis": event.basis, "severity": event.severity, "from_ms": event.from,
                "expires_ms": event.expires, "appeal": appeal, "holds": event.holds(now),
                "disqualifies": event.disqualifies(now),
            })
        })
        .collect();
    Ok(json!({"subject": subject, "events": events}))
}

fn licence_view(one: &Licence, now: TimeMs) -> Value {
    let changes: Vec<Value> = one
        .changes
        .iter()
        .map(|(change, time, record, reason)| {
            json!({"change": change, "time_ms": time, "record": record, "reason": reason})
        })
        .collect();
    json!({
        "authority": one.authority, "number": one.number, "holder": one.holder, "kind": one.kind,
        "valid_from_ms": one.from, "valid_until_ms": one.until, "record": one.record,
        "status": one.status(now), "changes": changes,
    })
}

/// The status of one licence.
///
/// # Errors
/// When the state cannot be read.
pub fn licence(
    state: &dyn StateRead,
    authority: &OrgId,
    number: &LicenceKind,
    now: TimeMs,
) -> Result<Option<Value>, StateFailure> {
    Ok(Licence::load(state, authority, number)?.map(|one| licence_view(&one, now)))
}

/// All licences of a holder.
///
/// # Errors
/// When the state cannot be read.
pub fn licences(state: &dyn StateRead, holder: &OrgId, now: TimeMs) -> Result<Vec<Value>, StateFailure> {
    Ok(licence::held(state, holder)?.iter().map(|one| licence_view(one, now)).collect())
}
