//! When a procedure stands still, and when it last went on: what may be done after a deadline is counted from there.
//!
//! **Invariant:** a window in which somebody may act runs in full while the act is allowed. So it counts from the later of
//! its own start and the end of the last suspension: an answer in the last moment takes no time from anybody.

use biaozheng_ledger::ids::{ProjectId, TimeMs};

use crate::acts::complaint;
use crate::project::Project;
use crate::state::{Overlay, StateFailure, StateRead, load};
use crate::state_key;

/// Whether an objection or a complaint keeps the procedure still at this moment.
pub(crate) fn holds(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    now: TimeMs,
) -> Result<bool, StateFailure> {
    Ok(project.open_objections > 0 || complaint::is_suspended(state, id, now)?)
}

/// The later of a window's own start and the end of the last suspension up to now.
pub(crate) fn counted_from(
    state: &dyn StateRead,
    id: &ProjectId,
    start: TimeMs,
    now: TimeMs,
) -> Result<TimeMs, StateFailure> {
    let resumed: Option<TimeMs> = load(state, &state_key::resumed(id))?;
    let ran_out = complaint::of_project(state, id)?.into_iter().filter_map(|one| one.ran_out(now));
    Ok(ran_out.chain(resumed).fold(start, TimeMs::max))
}

/// Keeps when a suspension ended, unless a later one has.
pub(crate) fn ended(state: &mut Overlay<'_>, id: &ProjectId, at: TimeMs) -> Result<(), StateFailure> {
    let key = state_key::resumed(id);
    let before: Option<TimeMs> = load(state, &key)?;
    state.put(key, &before.map_or(at, |before| before.max(at)))
}
