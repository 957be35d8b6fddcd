//! Imported history, indicators, and how much of a project ran electronically.

use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use serde_json::{Value, json};

use crate::archive::indicators::{Indicators, compute};
use crate::archive::paper::ElectronicSteps;
use crate::archive::{imported, paper, state_key};
use crate::machine::state::{StateFailure, StateRead, load_after};
use crate::machine::text;
use crate::project::Project;

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
        let one: imported::History = borsh::from_slice(&bytes)
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
        let record = text::identifier(&key, state_key::PUBLISHED_INDICATORS);
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

/// Of the steps the project came to, those that were not on paper; in thousandths, rounded down, so that 1000 says all.
pub(crate) fn completeness(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
) -> Result<Value, StateFailure> {
    let found = ElectronicSteps::of(state, id, project)?;
    let noted = paper::noted(state, id)?;
    let papers: Vec<Value> = found
        .on_paper
        .iter()
        .map(|step| {
            let record = noted.iter().find(|(noted, _)| noted == step).map(|(_, record)| record);
            json!({"step": step, "record": record})
        })
        .collect();
    let (electronic, steps) = (found.electronic(), found.steps.len() as u64);
    let permille = electronic.saturating_mul(1000).checked_div(steps);
    Ok(json!({
        "electronic": electronic, "steps": steps, "permille": permille, "on_paper": papers,
    }))
}
