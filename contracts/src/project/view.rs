//! Projects in lists, and what the next record must name.

use biaozheng_ledger::ids::{ProjectId, RecordId, TimeMs};
use serde::Serialize;
use serde_json::{Value, json};

use crate::machine::calendar::{DAY_MS, year_of};
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::identifier;
use crate::project::{Project, state_key};
use crate::rulebook;
use crate::rulebook::view::parameters;
use crate::rulebook::{Rulebook, pins};

/// What the next step must name, for those who write records. Given to a project's own parties by their tools.
#[derive(Clone, Debug, Serialize)]
pub struct Heads {
    pub step: RecordId,
    pub terms: Option<RecordId>,
    pub stage: Stage,
    pub deadline_ms: TimeMs,
}

/// # Errors
/// When the state cannot be read.
pub fn heads(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Heads>, StateFailure> {
    Ok(Project::load(state, id)?.map(|project| Heads {
        step: project.step,
        terms: project.terms,
        stage: project.stage,
        deadline_ms: project.deadline,
    }))
}

/// Projects in the order of their ids, after one, with title and stage.
///
/// # Errors
/// When the state cannot be read.
pub fn projects(
    state: &dyn StateRead,
    after: Option<&ProjectId>,
    limit: usize,
) -> Result<Vec<(ProjectId, Value)>, StateFailure> {
    let after = after.map(state_key::project);
    let mut found = Vec::new();
    for (key, bytes) in state.scan(state_key::PROJECTS, after.as_deref(), limit)? {
        let project: Project = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let id = identifier(&key, state_key::PROJECTS).and_then(|text| ProjectId::new(text).ok());
        let id = id.ok_or_else(|| StateFailure("a project's key".into()))?;
        let view = listed(&id, &project);
        found.push((id, view));
    }
    Ok(found)
}

pub(crate) fn listed(id: &ProjectId, project: &Project) -> Value {
    json!({
        "project": id, "title": project.title, "stage": project.stage, "tenderee": project.tenderee,
        "deadline_ms": project.deadline, "registered_ms": registered_at(project),
    })
}

pub(crate) fn registered_at(project: &Project) -> TimeMs {
    project.times.first().map_or(TimeMs::new(0), |(_, time)| *time)
}

/// A project as lists show it.
///
/// # Errors
/// When the state cannot be read.
pub fn project_line(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    Ok(Project::load(state, id)?.map(|project| listed(id, &project)))
}

/// When each project was registered, in the order of their ids, after one.
///
/// # Errors
/// When the state cannot be read.
pub fn registrations(
    state: &dyn StateRead,
    after: Option<&ProjectId>,
    limit: usize,
) -> Result<Vec<(TimeMs, ProjectId)>, StateFailure> {
    let after = after.map(state_key::project);
    let decode = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let project: Project = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let id = identifier(&key, state_key::PROJECTS).and_then(|text| ProjectId::new(text).ok());
        Ok((registered_at(&project), id.ok_or_else(|| StateFailure("a project's key".into()))?))
    };
    state.scan(state_key::PROJECTS, after.as_deref(), limit)?.into_iter().map(decode).collect()
}

/// What holds for a project beside its rulebook's text; nothing before its notice.
pub(crate) fn of_project(state: &dyn StateRead, project: &Project) -> Result<Value, StateFailure> {
    let Some((id, digest)) = project.id.as_ref().zip(project.rulebook) else { return Ok(Value::Null) };
    let missing = || StateFailure("a published project without its rulebook".into());
    let base = Rulebook::load(state, &digest)?.ok_or_else(missing)?;
    let pinned = pins::of_project(state, id)?;
    let held = match &pinned.tightening {
        Some(digest) => base.tightened(&pins::tightening(state, digest)?),
        None => (base.clone(), Vec::new(), Vec::new()),
    };
    let counts = held.0.counts_working_days();
    let known = if counts { pins::calendars(state, &pinned)? } else { Vec::new() };
    // From the notice's year to the one after it: time limits seldom reach further.
    let notice = [Stage::Prequalifying, Stage::Published, Stage::Listed];
    let notice = project.times.iter().find(|(stage, _)| notice.contains(stage)).map(|(_, time)| time.get());
    let day = i64::try_from(notice.unwrap_or(0).div_euclid(DAY_MS)).unwrap_or(0);
    let year = year_of(day);
    let unknown = |year: &i64| !known.iter().any(|(_, one)| i64::from(one.year) == *year);
    let without: Vec<i64> = (year..=year.saturating_add(1)).filter(|year| counts && unknown(year)).collect();
    let calendars: Vec<Value> = known
        .iter()
        .map(|(pinned, one)| {
            json!({
                "year": one.year, "version": one.version, "record": one.record, "pinned": pinned,
                "published_ms": one.published,
            })
        })
        .collect();
    let record = pinned.tightening.map(|digest| rulebook::state_key::tightening_record(&digest));
    let record: Option<RecordId> = record.map_or(Ok(None), |key| load(state, &key))?;
    Ok(json!({
        "tightening_record": record, "tightening": pinned.tightening.map(|digest| digest.to_string()),
        "parameters": parameters(&base, &held), "calendars": calendars, "weekends_only": without,
    }))
}

/// What holds for a project as one text that [`Rulebook::parse_effective`] reads: rulebook, tightened values, calendars.
/// Nothing before its notice.
///
/// # Errors
/// When the state cannot be read.
pub fn effective(state: &dyn StateRead, id: &ProjectId) -> Result<Option<String>, StateFailure> {
    let Some(project) = Project::load(state, id)?.filter(|project| project.rulebook.is_some()) else {
        return Ok(None);
    };
    let text = project.pinned(state)?.effective_text();
    text.map(Some).map_err(|error| StateFailure(format!("the rules of {id}: {error}")))
}
