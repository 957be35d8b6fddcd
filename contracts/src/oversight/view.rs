//! What anyone may see of credit, licences, eligibility, ratings, digital witness, imported history and indicators.

use biaozheng_ledger::ids::{OrgId, ProjectId, SittingId};
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead, load_after};
use crate::machine::text;
use crate::oversight::{rating, sitting, state_key};

use crate::project::Project;

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
    let rows: Vec<(Vec<u8>, sitting::Sitting)> = load_after(state, &prefix, after.as_deref(), limit)?;
    let mut found = Vec::new();
    for (key, one) in rows {
        let name = text::identifier(&key, &prefix).and_then(|text| SittingId::new(text).ok());
        let name = name.ok_or_else(|| StateFailure("a sitting's key".into()))?;
        let clocks: Vec<Value> = sitting::cameras(state, project, &name)?
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
            "without_log": sitting::without_log(state, project, &name, &logs)?, "incidents": one.incidents,
            "cameras": sitting::ranges(state, project, &name)?, "recordings": clocks, "report": one.reported,
        });
        found.push((name, row));
    }
    Ok(found)
}
