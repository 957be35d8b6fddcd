//! Read models for those who look: nothing here tells names or number of bidders before the opening.

use biaozheng_ledger::ids::{ProjectId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead, load};
use crate::project::Project;
use crate::project::history::History;
use crate::records::{self, Shown};
use crate::rulebook::Rulebook;
use crate::{archive, bidding, project, rulebook, tender};

/// False while a record must not be shown: a bid before its project's opening (招标投标法 22). What the table does not know
/// is not shown.
///
/// # Errors
/// When the state cannot be read.
pub fn is_public(state: &dyn StateRead, payload: &Payload) -> Result<bool, StateFailure> {
    let Some(row) = records::record(payload.record_type.as_str()) else { return Ok(false) };
    if row.facts.shown == Shown::Always {
        return Ok(true);
    }
    let Some(id) = &payload.project else { return Ok(false) };
    let Some(project) = Project::load(state, id)? else { return Ok(false) };
    let over = row.facts.shown == Shown::AfterOpeningOrEnd && project.is_over();
    Ok(project.is_opened() || over)
}

/// True once the number of a project's records may be known: after the opening, or when there will be none.
///
/// # Errors
/// When the state cannot be read.
pub fn is_countable(state: &dyn StateRead, id: &ProjectId) -> Result<bool, StateFailure> {
    Ok(Project::load(state, id)?.is_some_and(|project| project.is_opened() || project.is_over()))
}

/// A project as anyone may see it.
///
/// # Errors
/// When the state cannot be read.
pub fn project(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    let Some(project) = Project::load(state, id)? else { return Ok(None) };
    let opened = project.is_opened();
    let ended = opened || project.is_over();
    let history: Option<History> = load(state, &project::state_key::history(id))?;
    let bids = if opened { bidding::standing::bids(state, id)? } else { Vec::new() };
    let pinned = project.rulebook.map(|digest| rulebook::state_key::rulebook_record(&digest));
    let rulebook_record: Option<RecordId> = pinned.map_or(Ok(None), |key| load(state, &key))?;
    let retained: Option<TimeMs> = load(state, &archive::state_key::retention(id))?;
    let rulebook = project.rulebook.map(|_| project.pinned(state)).transpose()?;
    let origin = tender::origin::of(state, id)?;
    let lots: Vec<Value> = project
        .lots
        .iter()
        .map(|lot| {
            let listed: Vec<Value> = bids
                .iter()
                .filter(|bid| bid.lot == lot.id)
                .map(|bid| {
                    json!({
                        "bidder": bid.name.bidder, "number": bid.name.number, "sealed_at_ms": bid.sealed_at,
                        "sealed": bid.record, "revealed": bid.opened.as_ref().map(|opened| opened.record),
                        "price": bid.opened.as_ref().and_then(|opened| opened.price),
                    })
                })
                .collect();
            json!({
                "id": lot.id, "title": lot.title, "estimate": lot.estimate, "ceiling": lot.ceiling,
                "failed": lot.failed, "ranking": lot.ranking, "award": lot.award,
                "bids": opened.then_some(listed),
            })
        })
        .collect();
    let times: Vec<Value> =
        project.times.iter().map(|(stage, time)| json!({"stage": stage, "time_ms": time})).collect();
    Ok(Some(json!({
        "project": id, "title": project.title, "code": project.code, "tenderee": project.tenderee,
        "agency": project.agency, "centre": project.centre, "stage": project.stage, "stages": times,
        "step": project.step, "terms": project.terms,
        "rulebook": project.rulebook.map(|digest| digest.to_string()),
        "rulebook_record": rulebook_record,
        "rules": project::view::of_project(state, &project)?,
        "currency": rulebook.as_ref().map(Rulebook::currency),
        "method": project.method, "criteria": project.criteria,
        "deadline_ms": project.deadline, "suspended": project.open_objections > 0,
        "voluntary": tender::procurement::is_voluntary(state, id)?,
        "sealed_by": state.get(&project::state_key::sealed_tender(id))?.map(|_| "group"),
        "complaints_pending": project::complaints::pending(state, id)?, "retain_until_ms": retained,
        "late": project.late, "late_articles": late_articles(rulebook.as_ref(), &project),
        "completeness": archive::view::completeness(state, id, &project)?,
        "end_reason": project.end_reason, "annulment": project::annulment::of(state, id)?.map(|one| annulled(&one)),
        "retender_of": origin.retender_of, "retendered_as": tender::origin::retendered_as(state, id)?,
        "method_approval": origin.approval, "lots": lots,
        // Bids are records too: their number shows only after the opening.
        "records": ended.then_some(history.as_ref().map(|history| history.count)).flatten(),
        "history": ended.then_some(history.as_ref().map(|history| history.head.to_string())).flatten(),
    })))
}

fn annulled(one: &project::annulment::Annulment) -> Value {
    json!({
        "record": one.record, "by": one.by, "complaint": one.complaint, "article": one.article,
        "decision": one.decision,
    })
}

/// The article behind each of `late`, in its order; none for a rule that is no parameter.
pub(crate) fn late_articles(rulebook: Option<&Rulebook>, project: &Project) -> Vec<Option<String>> {
    let article = |rule: &String| rulebook.and_then(|book| book.article(rule).map(str::to_owned));
    project.late.iter().map(article).collect()
}
