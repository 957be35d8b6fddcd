//! Time limits that run: what is due next in each project, by which rule, and until when.
//!
//! **Invariant:** every moment is the pinned rulebook's or the notice's, and none tells of a bidder.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{ProjectId, RecordId, TimeMs};
use serde_json::{Value, json};

use crate::bidding::bond;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead};
use crate::machine::text::identifier;
use crate::opening::due::slots_are_shut;
use crate::project;
use crate::project::Project;
use crate::project::listing::Listing;
use crate::project::sealed_tender::SealedTender;
use crate::project::windows::Windows;
use crate::project::{complaint, objection, suspension};
use crate::rulebook::Rulebook;
use crate::rulebook::duties::{DUTIES, Run};
use crate::sealing::group::Group;

/// A running limit. `rule` is the rulebook's parameter, or `deadline` for one the notice set.
struct Timer {
    rule: &'static str,
    from: TimeMs,
    due: TimeMs,
    /// The objection or complaint it is about.
    about: Option<RecordId>,
}

const DEADLINE: &str = "deadline";

fn timer(rulebook: &Rulebook, rule: &'static str, from: TimeMs) -> Option<Timer> {
    Some(Timer { rule, from, due: rulebook.due(rule, from)?, about: None })
}

const fn notice(from: TimeMs, due: TimeMs) -> Timer {
    Timer { rule: DEADLINE, from, due, about: None }
}

/// What the stage itself asks for: what [`DUTIES`] says runs in it, and what the notice set. The opening is owed from
/// [`opens_from`]; while the procedure stands still by nobody.
fn of_stage(project: &Project, rulebook: &Rulebook, opens_from: Option<TimeMs>, now: TimeMs) -> Vec<Timer> {
    let set = match project.stage {
        Stage::Published | Stage::Prequalifying if now < project.deadline => {
            Some(notice(project.time_of(project.stage), project.deadline))
        }
        Stage::Published => opens_from.and_then(|from| timer(rulebook, parameters::REVEAL_WINDOW.name, from)),
        _ => None,
    };
    let procedure = rulebook.procedure();
    let runs = DUTIES.iter().filter_map(|duty| {
        let here = |run: &&Run| run.0.contains(&procedure) && run.1 == project.stage;
        let (.., since) = duty.runs.iter().find(here)?;
        timer(rulebook, duty.parameter, project.time_of(*since))
    });
    set.into_iter().chain(runs).collect()
}

/// From when the centre owes the opening, as far as what everybody sees tells: whether a bid was revealed does not show, so
/// while bidders may reveal their own window runs, and the centre's after it; and sealed to the group, after the group's
/// time, or after the bidders' windows where it did not open.
fn opens_from(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    now: TimeMs,
) -> Result<TimeMs, StateFailure> {
    let sealed = SealedTender::load(state, id)?;
    let (Some(tender), Some(group)) = (sealed, Group::sealing(state)?) else {
        let since = suspension::counted_from(state, id, project, rulebook, now)?;
        let until = rulebook.due(&parameters::REVEAL_WINDOW, since).filter(|until| now > *until);
        return Ok(until.unwrap_or(since));
    };
    let windows = Windows::of(state, id, project, rulebook, now)?;
    let open = tender.complete || tender.lots_enough == 0;
    let shut = !open || slots_are_shut(state, &group, project)?;
    let by_bidders = tender.proving || (shut && now > windows.group_until);
    Ok(if by_bidders { windows.prove_until } else { windows.group_until })
}

fn of_project(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    now: TimeMs,
) -> Result<Vec<Timer>, StateFailure> {
    let stands_still = suspension::holds(state, id, project, now)?;
    let waits_for_opening = project.stage == Stage::Published && !stands_still;
    let opens_from = waits_for_opening.then(|| opens_from(state, id, project, rulebook, now)).transpose()?;
    let mut found = of_stage(project, rulebook, opens_from, now);
    if !bond::any_unreturned(state, id)? {
        found.retain(|one| one.rule != parameters::BOND_REFUND_AFTER_CONTRACT.name);
    }
    if project.stage == Stage::Listed
        && let Some(listing) = Listing::load(state, id)?
        && let Some(end) = listing.lots.iter().map(|lot| lot.end).max()
    {
        found.push(notice(listing.from, end));
    }
    for (record, parameter, raised) in objection::waiting(state, id, rulebook)? {
        let limit = timer(rulebook, parameter, raised);
        found.extend(limit.map(|one| Timer { about: Some(record), ..one }));
    }
    for one in complaint::of_project(state, id)?.iter().filter(|one| one.is_pending()) {
        let (parameter, from) = match one.accepted {
            Some((_, accepted)) => (parameters::COMPLAINT_DECIDE_MAX.name, accepted),
            None => (parameters::COMPLAINT_ACCEPT_MAX.name, one.filed),
        };
        let limit = timer(rulebook, parameter, from);
        found.extend(limit.map(|limit| Timer { about: Some(one.record), ..limit }));
    }
    Ok(found)
}

fn shown(id: &ProjectId, project: &Project, rulebook: &Rulebook, one: &Timer) -> Value {
    json!({
        "project": id, "title": project.title, "stage": project.stage, "tenderee": project.tenderee,
        "centre": project.centre, "rule": one.rule, "article": rulebook.article(one.rule),
        "limit": rulebook.text(one.rule), "from_ms": one.from, "due_ms": one.due, "about": one.about,
        "rulebook": project.rulebook.map(|digest| digest.to_string()),
    })
}

/// The running limits of `limit` projects after one, in the order of the projects' ids; and the last project looked
/// at, unless it was the last of all. `now` is the newest block's time.
///
/// # Errors
/// When the state cannot be read.
pub fn timers(
    state: &dyn StateRead,
    after: Option<&ProjectId>,
    limit: usize,
    now: TimeMs,
) -> Result<(Vec<Value>, Option<ProjectId>), StateFailure> {
    let start = after.map(project::state_key::project);
    let rows = state.scan(project::state_key::PROJECTS, start.as_deref(), limit)?;
    let full = rows.len() == limit;
    let (mut found, mut last) = (Vec::new(), None);
    for (key, bytes) in rows {
        let project: Project = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let id = identifier(&key, project::state_key::PROJECTS).and_then(|text| ProjectId::new(text).ok());
        let id = id.ok_or_else(|| StateFailure("a project's key".into()))?;
        let project = Project { id: Some(id.clone()), ..project };
        if project.rulebook.is_some() {
            let rulebook = project.pinned(state)?;
            let timers = of_project(state, &id, &project, &rulebook, now)?;
            found.extend(timers.iter().map(|one| shown(&id, &project, &rulebook, one)));
        }
        last = Some(id);
    }
    Ok((found, last.filter(|_| full)))
}
