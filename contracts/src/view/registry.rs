//! What anyone may see of credit, licences, eligibility, ratings, digital witness, imported history and indicators.

use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, SittingId, TimeMs};
use serde_json::{Value, json};

use crate::acts::licence::{Licence, LicenceKind};
use crate::acts::{credit, eligibility, history, keys, licence, rating, witness};
use crate::indicators::{Indicators, compute};
use crate::participant::HeldKey;
use crate::project::Project;
use crate::purpose::Revocation;
use crate::state::{StateFailure, StateRead, load, load_after};
use crate::state_key;

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

/// What a tender requires, and what its opening found; findings do not exist before the opening.
///
/// # Errors
/// When the state cannot be read.
pub fn eligibility(state: &dyn StateRead, project: &ProjectId) -> Result<Value, StateFailure> {
    let findings: Vec<Value> = eligibility::findings(state, project)?
        .iter()
        .map(|one| {
            json!({
                "lot": one.lot, "bidder": one.bid.bidder, "number": one.bid.number, "eligible": !one.is_out(),
                "credit_events": one.events, "missing_licences": one.missing, "licences": one.licences,
            })
        })
        .collect();
    Ok(json!({"required_licences": eligibility::required(state, project)?, "bids": findings}))
}

fn counts_view(counts: Vec<rating::StepCounts>) -> Vec<Value> {
    counts
        .into_iter()
        .map(|one| {
            let ratings: u64 = one.counts.iter().map(|count| u64::from(*count)).sum();
            let sum = (1u64..).zip(one.counts).fold(0u64, |sum, (points, count)| {
                sum.saturating_add(points.saturating_mul(u64::from(count)))
            });
            json!({"step": one.step, "counts": one.counts, "ratings": ratings, "sum": sum})
        })
        .collect()
}

/// Ratings of a project's steps: how often each of 1 to 5, and number and sum for the mean.
///
/// # Errors
/// When the state cannot be read.
pub fn ratings(state: &dyn StateRead, project: &ProjectId) -> Result<Vec<Value>, StateFailure> {
    Ok(counts_view(rating::counts(state, &state_key::rating_counts(project))?))
}

/// Ratings of all projects a centre hosts.
///
/// # Errors
/// When the state cannot be read.
pub fn centre_ratings(state: &dyn StateRead, centre: &OrgId) -> Result<Vec<Value>, StateFailure> {
    Ok(counts_view(rating::counts(state, &state_key::centre_rating_counts(centre))?))
}

/// The witnessed sittings of a project in the order of their names, at most `limit` after one, with the parts a report
/// must state.
///
/// # Errors
/// When the state cannot be read.
pub fn sittings(
    state: &dyn StateRead,
    project: &ProjectId,
    after: Option<&SittingId>,
    limit: usize,
) -> Result<Vec<(SittingId, Value)>, StateFailure> {
    let prefix = state_key::sittings(project);
    let Some(centre) = Project::load(state, project)?.map(|project| project.centre) else {
        return Ok(Vec::new());
    };
    let after = after.map(|name| state_key::sitting(project, name));
    let rows: Vec<(Vec<u8>, witness::Sitting)> = load_after(state, &prefix, after.as_deref(), limit)?;
    let mut found = Vec::new();
    for (key, one) in rows {
        let name = super::identifier(&key, &prefix).and_then(|text| SittingId::new(text).ok());
        let name = name.ok_or_else(|| StateFailure("a sitting's key".into()))?;
        let clocks: Vec<Value> = witness::cameras(state, project, &name)?
            .into_iter()
            .map(|(camera, one)| {
                json!({
                    "camera": camera, "recorder": one.recorder, "clock_offset_ms": one.clock_offset_ms,
                    "joint_ms": one.chain.joint_ms, "bytes": one.chain.bytes, "first_started_ms": one.chain.first_started,
                    "last_ended_ms": one.chain.last.map(|(_, ended)| ended), "last_record": one.record,
                    "recorded_at_ms": one.recorded_at,
                })
            })
            .collect();
        let logs = one.logs(state, (project, &name), &centre)?;
        let entries = logs.iter().fold(0u32, |sum, (_, log)| sum.saturating_add(log.entries));
        let venues: Vec<Value> = logs
            .iter()
            .map(|(venue, log)| json!({"venue": venue, "entries": log.entries, "recorder": log.recorder}))
            .collect();
        let row = json!({
            "sitting": name, "recorder": one.recorder, "log_entries": entries, "venues": venues,
            "without_log": witness::without_log(state, project, &name, &logs)?, "incidents": one.incidents,
            "cameras": witness::ranges(state, project, &name)?, "recordings": clocks, "report": one.reported,
        });
        found.push((name, row));
    }
    Ok(found)
}

/// History imported from elsewhere, after a key from the last page; never a project of this ledger.
///
/// # Errors
/// When the state cannot be read.
pub fn imported(
    state: &dyn StateRead,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Value>, StateFailure> {
    let after = after.map(state_key::imported);
    let rows = state.scan(state_key::IMPORTED, after.as_deref(), limit)?;
    let decode = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let one: history::History = borsh::from_slice(&bytes)
            .map_err(|error| StateFailure(format!("{}: {error}", key.escape_ascii())))?;
        Ok(json!({
            "imported": true, "under_these_rules": false, "ocid": one.ocid, "source": one.source,
            "licence": one.licence, "digest": one.digest, "summary": one.summary, "by": one.by,
            "record": one.record, "imported_at_ms": one.imported_at, "version": one.version,
        }))
    };
    rows.into_iter().map(decode).collect()
}

/// The indicators of a period, for the centre's tool and for anyone who recomputes a publication.
///
/// # Errors
/// When the state cannot be read.
pub fn indicators(
    state: &dyn StateRead,
    centre: Option<&OrgId>,
    from: TimeMs,
    until: TimeMs,
) -> Result<Option<Indicators>, StateFailure> {
    compute(state, centre, from, until)
}

/// Publications of indicators in the order of their records' ids, at most `limit` after one: record, scope and period.
///
/// # Errors
/// When the state cannot be read.
pub fn published_indicators(
    state: &dyn StateRead,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<(RecordId, Value)>, StateFailure> {
    type Row = (Option<OrgId>, TimeMs, TimeMs, OrgId, TimeMs);
    let after = after.map(|record| state_key::published_indicators(record.digest()));
    let rows: Vec<(Vec<u8>, Row)> =
        load_after(state, state_key::PUBLISHED_INDICATORS, after.as_deref(), limit)?;
    let mut found = Vec::new();
    for (key, (centre, from, until, by, time)) in rows {
        let record = super::identifier(&key, state_key::PUBLISHED_INDICATORS);
        let record = record.and_then(|hex| format!("sha256:{hex}").parse::<RecordId>().ok());
        let record = record.ok_or_else(|| StateFailure("a publication's key".into()))?;
        let row = json!({
            "record": record, "centre": centre, "from_ms": from, "until_ms": until, "by": by,
            "published_at_ms": time,
        });
        found.push((record, row));
    }
    Ok(found)
}
