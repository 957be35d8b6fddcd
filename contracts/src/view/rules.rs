//! What rules hold: what districts tighten, calendars, and both together for one project.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use serde_json::{Value, json};

use crate::acts::calendar::CalendarYear;
use crate::calendar::{DAY_MS, date_of, year_of};
use crate::limits::INDICATOR_PROJECTS_MAX;
use crate::project::{Project, Stage};
use crate::rulebook::{Rulebook, pins};
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

/// The newest text of every district centre and category that tightens the city's rulebook.
///
/// # Errors
/// When the state cannot be read.
pub fn tightenings(state: &dyn StateRead) -> Result<Vec<Value>, StateFailure> {
    let newest: Vec<(_, (u32, Digest))> =
        load_all(state, state_key::NEWEST_TIGHTENINGS, INDICATOR_PROJECTS_MAX)?;
    let mut found = Vec::new();
    for (_, (version, digest)) in newest {
        let district = pins::tightening(state, &digest)?;
        let record: Option<RecordId> = load(state, &state_key::tightening_record(&digest))?;
        let base: Option<(u32, Digest)> = load(state, &state_key::newest_rulebook(district.category()))?;
        let base = base.map_or(Ok(None), |(_, digest)| Rulebook::load(state, &digest))?;
        let (title, title_zh) = district.titles();
        found.push(json!({
            "category": district.category(), "centre": district.centre(), "version": version,
            "digest": digest.to_string(), "record": record, "title": title, "title_zh": title_zh,
            "base": district.base().to_string(),
            // Against the newest rulebook, which may be a later one than it was written against.
            "parameters": base.map(|base| parameters(&base, &base.tightened(&district))),
        }));
    }
    Ok(found)
}

fn parameters(base: &Rulebook, (held, taken, lapsed): &(Rulebook, Vec<String>, Vec<String>)) -> Value {
    let taken: Vec<Value> = taken
        .iter()
        .map(|name| {
            json!({
                "parameter": name, "base": base.text(name), "value": held.text(name),
                "article": held.article(name),
            })
        })
        .collect();
    json!({"tightened": taken, "lapsed": lapsed})
}

/// A district's text by its digest.
///
/// # Errors
/// When the state cannot be read.
pub fn tightening(state: &dyn StateRead, digest: &Digest) -> Result<Option<String>, StateFailure> {
    load(state, &state_key::tightening(digest))
}

/// Every calendar ever published, by year and version.
///
/// # Errors
/// When the state cannot be read.
pub fn calendars(state: &dyn StateRead) -> Result<Vec<Value>, StateFailure> {
    let all: Vec<(_, CalendarYear)> = load_all(state, state_key::CALENDARS, INDICATOR_PROJECTS_MAX)?;
    let dates = |days: &[i64]| days.iter().copied().map(date_of).collect::<Vec<_>>();
    let shown = all.into_iter().map(|(_, one)| {
        json!({
            "year": one.year, "version": one.version, "holidays": dates(&one.holidays),
            "working_days": dates(&one.working), "source": one.source, "published_ms": one.published,
            "record": one.record,
        })
    });
    Ok(shown.collect())
}

/// What holds for a project beside its rulebook's text; nothing before its notice.
pub(super) fn of_project(state: &dyn StateRead, project: &Project) -> Result<Value, StateFailure> {
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
    let record = pinned.tightening.map(|digest| state_key::tightening_record(&digest));
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
