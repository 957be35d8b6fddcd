//! Complaints about a project and where each stands. What a complaint says is in its letter, not on the ledger.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead};
use crate::project::Project;
use crate::project::complaint;
use crate::project::complaint::Complaint;

const fn step(one: &Complaint) -> &'static str {
    match (&one.declined, &one.decided, &one.accepted) {
        (Some(_), ..) => "declined",
        (_, Some(_), _) => "decided",
        (.., Some(_)) => "accepted",
        _ => "filed",
    }
}

/// All complaints about a project in the order they were filed, each with the moment its next answer is due.
///
/// # Errors
/// When the state cannot be read.
pub fn complaints(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Value>, StateFailure> {
    let Some(project) = Project::load(state, id)? else { return Ok(Vec::new()) };
    if project.rulebook.is_none() {
        return Ok(Vec::new());
    }
    let rulebook = Some(project.pinned(state)?);
    let due = |one: &Complaint| {
        let (parameter, from) = match one.accepted {
            Some((_, accepted)) => (parameters::COMPLAINT_DECIDE_MAX.name, accepted),
            None => (parameters::COMPLAINT_ACCEPT_MAX.name, one.filed),
        };
        rulebook.as_ref().filter(|_| one.is_pending()).and_then(|book| book.due(parameter, from))
    };
    let mut all = complaint::of_project(state, id)?;
    all.sort_by_key(|one| (one.filed, one.record));
    let shown = all.iter().map(|one| {
        json!({
            "complaint": one.record, "by": one.by, "matter": one.matter, "objection": one.objection,
            "filed_ms": one.filed, "step": step(one), "due_ms": due(one),
            "accepted": one.accepted.map(|(record, _)| record),
            "accepted_ms": one.accepted.map(|(_, time)| time),
            "declined": one.declined, "decided": one.decided.map(|(record, _)| record),
            "outcome": one.decided.map(|(_, outcome)| outcome),
            "suspends": one.suspends && one.is_pending(), "suspended_until_ms": one.suspended_until,
        })
    });
    Ok(shown.collect())
}

/// How many complaints wait for the regulator.
///
/// # Errors
/// When the state cannot be read.
pub fn pending(state: &dyn StateRead, id: &ProjectId) -> Result<usize, StateFailure> {
    Ok(complaint::of_project(state, id)?.iter().filter(|one| one.is_pending()).count())
}
