//! What rules hold: what districts tighten, calendars, and both together for one project.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use serde_json::{Value, json};

use crate::machine::calendar::date_of;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::rulebook::calendar::CalendarYear;
use crate::rulebook::limits::INDICATOR_PROJECTS_MAX;
use crate::rulebook::{Rulebook, pins, state_key};

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

pub(crate) fn parameters(
    base: &Rulebook,
    (held, taken, lapsed): &(Rulebook, Vec<String>, Vec<String>),
) -> Value {
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
