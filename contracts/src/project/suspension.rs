//! When a procedure stands still, and when it last went on: what may be done after a deadline is counted from there.
//!
//! **Invariant:** a window in which somebody may act runs in full while the act is allowed. So it counts from the later of
//! its own start and the end of the last suspension: an answer in the last moment takes no time from anybody. A suspension
//! that begins when the windows are over starts none anew: what is visible by then is visible for good.

use biaozheng_ledger::ids::{ProjectId, TimeMs};

use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::project::Project;
use crate::project::complaint::Complaint;
use crate::project::windows::Windows;
use crate::project::{complaint, objection, state_key};
use crate::rulebook::Rulebook;

/// Whether an objection or a complaint keeps the procedure still at this moment.
pub(crate) fn holds(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    now: TimeMs,
) -> Result<bool, StateFailure> {
    Ok(project.open_objections > 0 || complaint::is_suspended(state, id, now)?)
}

/// The last moment of the windows after a deadline, for each moment they may count from.
fn last_moment<'a>(
    state: &dyn StateRead,
    id: &ProjectId,
    rulebook: &'a Rulebook,
) -> Result<impl Fn(TimeMs) -> TimeMs + use<'a>, StateFailure> {
    let by_group = state.get(&state_key::sealed_tender(id))?.is_some();
    Ok(move |since| Windows::last_moment(rulebook, by_group, since))
}

/// The later of a project's deadline and the end of the last suspension up to now that began before the windows it would
/// start anew were over.
pub(crate) fn counted_from(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    now: TimeMs,
) -> Result<TimeMs, StateFailure> {
    let resumed: Option<TimeMs> = load(state, &state_key::resumed(id))?;
    let last = last_moment(state, id, rulebook)?;
    let mut ran_out: Vec<(TimeMs, TimeMs)> =
        complaint::of_project(state, id)?.iter().filter_map(|one| one.ran_out(now)).collect();
    ran_out.sort_unstable();
    let start = resumed.map_or(project.deadline, |resumed| resumed.max(project.deadline));
    let counted = |since: TimeMs, (until, began): (TimeMs, TimeMs)| {
        if began <= last(since) { since.max(until) } else { since }
    };
    Ok(ran_out.into_iter().fold(start, counted))
}

/// Whether the procedure stands still by a suspension that began before the windows after its deadline were over: what may
/// be done meanwhile may still be done.
pub(crate) fn holds_windows(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    now: TimeMs,
) -> Result<bool, StateFailure> {
    let since = counted_from(state, id, project, rulebook, now)?;
    let last = last_moment(state, id, rulebook)?(since);
    let objections = match project.open_objections {
        0 => Vec::new(),
        _ => objection::waiting(state, id, rulebook)?,
    };
    let complaints = complaint::of_project(state, id)?;
    let complaints = complaints.iter().filter(|one| one.suspends_at(now)).filter_map(Complaint::began);
    let mut began = objections.into_iter().map(|(.., raised)| raised).chain(complaints);
    Ok(began.any(|began| began <= last))
}

/// Keeps when a suspension ended, unless a later one has, or the windows were over when it began.
pub(crate) fn ended(
    state: &mut Overlay<'_>,
    id: &ProjectId,
    project: &Project,
    (began, at): (TimeMs, TimeMs),
) -> Result<(), StateFailure> {
    let rulebook = project.pinned(state)?;
    let since = counted_from(state, id, project, &rulebook, at)?;
    if began > last_moment(state, id, &rulebook)?(since) {
        return Ok(());
    }
    let key = state_key::resumed(id);
    let before: Option<TimeMs> = load(state, &key)?;
    state.put(key, &before.map_or(at, |before| before.max(at)))
}
