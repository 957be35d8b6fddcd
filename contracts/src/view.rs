//! Read models for those who look: nothing here tells names or number of bidders before the opening.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use serde::Serialize;
use serde_json::{Value, json};

use crate::acts::{self, annulment, origin, procurement};
use crate::participant::Participant;
use crate::project::{History, Project, Stage};
use crate::rulebook::Rulebook;
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

/// Records that stay closed until the opening.
pub const SECRET_TYPES: &[&str] = &[
    "bid.sealed",
    "bid.withdrawn",
    "bid.revealed",
    "listing.registered",
    "bond.received",
    "bond.refunded",
    "prequal.applied",
    // Who binds in the fallback names itself and the lot hours before the opening, and the proof shows the price as well.
    "sealed.bound",
    "sealed.proved",
];

/// False while a record must not be shown: a bid before its project's opening (招标投标法 22).
///
/// # Errors
/// When the state cannot be read.
pub fn is_public(state: &dyn StateRead, payload: &Payload) -> Result<bool, StateFailure> {
    if !SECRET_TYPES.contains(&payload.record_type.name()) {
        return Ok(true);
    }
    let Some(id) = &payload.project else { return Ok(false) };
    let Some(project) = Project::load(state, id)? else { return Ok(false) };
    // The group's own openings show with the end of the procedure too, so who executes the chain again must see these.
    let of_group = payload.record_type.name().starts_with("sealed.");
    Ok(is_opened(&project) || (of_group && is_over(&project)))
}

fn is_opened(project: &Project) -> bool {
    // A tender that fails for want of bidders is not opened (条例44): its bids stay closed.
    project.times.iter().any(|(stage, _)| matches!(stage, Stage::Opened | Stage::ListingClosed))
}

const fn is_over(project: &Project) -> bool {
    matches!(project.stage, Stage::Failed | Stage::Terminated | Stage::Annulled | Stage::Archived)
}

/// True once the number of a project's records may be known: after the opening, or when there will be none.
///
/// # Errors
/// When the state cannot be read.
pub fn is_countable(state: &dyn StateRead, id: &ProjectId) -> Result<bool, StateFailure> {
    Ok(Project::load(state, id)?.is_some_and(|project| is_opened(&project) || is_over(&project)))
}

/// A project as anyone may see it.
///
/// # Errors
/// When the state cannot be read.
pub fn project(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    let Some(project) = Project::load(state, id)? else { return Ok(None) };
    let opened = is_opened(&project);
    let ended = opened || is_over(&project);
    let history: Option<History> = load(state, &state_key::history(id))?;
    let bids = if opened { acts::opening::bids(state, id)? } else { Vec::new() };
    let pinned = project.rulebook.map(|digest| state_key::rulebook_record(&digest));
    let rulebook_record: Option<RecordId> = pinned.map_or(Ok(None), |key| load(state, &key))?;
    let retained: Option<TimeMs> = load(state, &state_key::retention(id))?;
    let rulebook = project.rulebook.map(|_| project.pinned(state)).transpose()?;
    let origin = origin::of(state, id)?;
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
        "rules": rules::of_project(state, &project)?,
        "currency": rulebook.as_ref().map(Rulebook::currency),
        "method": project.method, "criteria": project.criteria,
        "deadline_ms": project.deadline, "suspended": project.open_objections > 0,
        "voluntary": procurement::is_voluntary(state, id)?,
        "sealed_by": state.get(&state_key::sealed_tender(id))?.map(|_| "group"),
        "complaints_pending": complaints::pending(state, id)?, "retain_until_ms": retained,
        "late": project.late, "late_articles": late_articles(rulebook.as_ref(), &project),
        "completeness": models::completeness(state, id, &project)?,
        "end_reason": project.end_reason, "annulment": annulment::of(state, id)?.map(|one| annulled(&one)),
        "retender_of": origin.retender_of, "retendered_as": origin::retendered_as(state, id)?,
        "method_approval": origin.approval, "lots": lots,
        // Bids are records too: their number shows only after the opening.
        "records": ended.then_some(history.as_ref().map(|history| history.count)).flatten(),
        "history": ended.then_some(history.as_ref().map(|history| history.head.to_string())).flatten(),
    })))
}

fn annulled(one: &annulment::Annulment) -> Value {
    json!({
        "record": one.record, "by": one.by, "complaint": one.complaint, "article": one.article,
        "decision": one.decision,
    })
}

/// The article behind each of `late`, in its order; none for a rule that is no parameter.
fn late_articles(rulebook: Option<&Rulebook>, project: &Project) -> Vec<Option<String>> {
    let article = |rule: &String| rulebook.and_then(|book| book.article(rule).map(str::to_owned));
    project.late.iter().map(article).collect()
}

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

fn listed(id: &ProjectId, project: &Project) -> Value {
    json!({
        "project": id, "title": project.title, "stage": project.stage, "tenderee": project.tenderee,
        "deadline_ms": project.deadline, "registered_ms": registered_at(project),
    })
}

fn registered_at(project: &Project) -> TimeMs {
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

fn identifier<'a>(key: &'a [u8], prefix: &[u8]) -> Option<&'a str> {
    std::str::from_utf8(key.strip_prefix(prefix)?).ok()
}

fn participant_view(one: &Participant) -> Value {
    let keys: Vec<Value> = one.keys.iter().map(registry::key).collect();
    json!({
        "org": one.org, "name": one.name, "identity": one.commitment.map(|digest| digest.to_string()),
        "roles": one.roles, "keys": keys, "revoked": one.revoked,
        "revocation": one.revocation.as_ref().map(registry::revocation),
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

/// The newest rulebook of each category.
///
/// # Errors
/// When the state cannot be read.
pub fn rulebooks(state: &dyn StateRead) -> Result<Vec<Value>, StateFailure> {
    let newest: Vec<(Vec<u8>, (u32, Digest))> = load_all(state, state_key::NEWEST_RULEBOOKS, 1000)?;
    let mut found = Vec::new();
    for (_, (version, digest)) in newest {
        let Some(book) = Rulebook::load(state, &digest)? else { continue };
        let (title, title_zh) = book.titles();
        found.push(json!({
            "category": book.category(), "version": version, "digest": digest.to_string(), "title": title,
            "title_zh": title_zh, "nature": book.nature(), "currency": book.currency(),
        }));
    }
    Ok(found)
}

/// A rulebook's text by its digest.
///
/// # Errors
/// When the state cannot be read.
pub fn rulebook(state: &dyn StateRead, digest: &Digest) -> Result<Option<String>, StateFailure> {
    load(state, &state_key::rulebook(digest))
}

/// Number and chained hash of a project's records: for the centre's tool when it seals the archive.
///
/// # Errors
/// When the state cannot be read.
pub fn history(state: &dyn StateRead, id: &ProjectId) -> Result<Option<(u64, Digest)>, StateFailure> {
    Ok(load::<History>(state, &state_key::history(id))?.map(|history| (history.count, history.head)))
}

pub mod categories;
pub mod opening;
pub mod registry;
pub mod sealing;
pub mod search;

pub mod anchoring;
pub mod supervision;

pub mod complaints;

pub mod groups;
pub mod models;
pub mod rules;
pub mod timers;
