//! Sealed tenders in the order in which something about them is due: their deadlines, and the bodies that can be opened.
//!
//! **Invariant:** two ordered lists in state, kept up to date by every record that changes a tender's place. Among the
//! coming deadlines stands every tender that takes bids. Among those whose bodies fall due stands exactly the tender that
//! one lot has bidders enough for, that nothing suspends without an end, and that is not open: nothing stands there
//! for ever, so whoever takes the first ones comes to every one.

use biaozheng_ledger::ids::{ProjectId, TimeMs};
use biaozheng_seal::label::Slot;
use std::collections::BTreeSet;

use crate::machine::stage::Stage;
use crate::machine::state::{Overlay, StateFailure, StateRead, load, load_after, load_all};
use crate::project::limits::{COVERED_SLOTS_MAX, WAITING_TENDERS_MAX};
use crate::project::sealed_tender::SealedTender;
use crate::project::{Project, complaint, state_key};
use crate::sealing::slot::{slot_end, slot_of_deadline};

/// Coming deadlines that are over and leave the list when another one enters it.
const SWEPT: usize = 2;

/// Brings a tender to its place in both lists. Called whenever its stage, its deadline, a suspension, its opening or the
/// number of its bidders has changed; nothing for a project that is no sealed tender.
pub(crate) fn place(state: &mut Overlay<'_>, id: &ProjectId, now: TimeMs) -> Result<(), StateFailure> {
    let Some(mut tender) = SealedTender::load(state, id)? else { return Ok(()) };
    let Some(project) = Project::load(state, id)? else { return Ok(()) };
    let coming = (project.stage == Stage::Published).then_some(project.deadline);
    let due_from = due_from(state, id, &project, &tender)?;
    if (tender.coming, tender.due_from) == (coming, due_from) {
        return Ok(());
    }
    if tender.coming != coming {
        if let Some(before) = tender.coming {
            state.remove(state_key::coming_tender(before, id));
        }
        if let Some(deadline) = coming {
            sweep(state, now)?;
            state.put(state_key::coming_tender(deadline, id), &(deadline, id.clone()))?;
        }
    }
    if tender.due_from != due_from {
        if let Some(before) = tender.due_from {
            state.remove(state_key::due_tender(before, id));
        }
        if let Some(from) = due_from {
            state.put(state_key::due_tender(from, id), &(from, id.clone()))?;
        }
    }
    (tender.coming, tender.due_from) = (coming, due_from);
    tender.store(state, id)
}

/// The first block time from which on a tender's bodies can be opened, as far as is known now; nothing while they cannot.
fn due_from(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    tender: &SealedTender,
) -> Result<Option<TimeMs>, StateFailure> {
    let shut = project.stage == Stage::Published && !tender.complete;
    if !shut || tender.lots_enough == 0 || project.open_objections > 0 {
        return Ok(None);
    }
    let mut from = project.deadline;
    for one in complaint::of_project(state, id)?.into_iter().filter(complaint::Complaint::suspends_still) {
        let Some(until) = one.suspended_until else { return Ok(None) };
        from = from.max(TimeMs::new(until.get().saturating_add(1)));
    }
    Ok(Some(from))
}

/// Deadlines that are over need no cover: a few of them go with each that comes, so that they never pile up.
pub(crate) fn sweep(state: &mut Overlay<'_>, now: TimeMs) -> Result<(), StateFailure> {
    for (key, (deadline, _)) in load_all::<(TimeMs, ProjectId)>(state, state_key::COMING_TENDERS, SWEPT)? {
        if deadline <= now {
            state.remove(key);
        }
    }
    Ok(())
}

/// Counts a lot's bidders whose bids stand, when the word of one has changed.
pub(crate) fn count(
    state: &mut Overlay<'_>,
    (id, lot): (&ProjectId, &str),
    (stood, stands): (bool, bool),
    now: TimeMs,
) -> Result<(), StateFailure> {
    if stood == stands {
        return Ok(());
    }
    let key = state_key::standing_count(id, lot);
    let before: u64 = load(state, &key)?.unwrap_or(0);
    let after = if stands { before.saturating_add(1) } else { before.saturating_sub(1) };
    state.put(key, &after)?;
    let Some(mut tender) = SealedTender::load(state, id)? else { return Ok(()) };
    let (was, is) = (before >= tender.bidders_least, after >= tender.bidders_least);
    if was == is {
        return Ok(());
    }
    let lots = tender.lots_enough;
    tender.lots_enough = if is { lots.saturating_add(1) } else { lots.saturating_sub(1) };
    tender.store(state, id)?;
    place(state, id, now)
}

/// The first tenders whose bodies can be opened by now, by time.
pub(crate) fn due_by(state: &dyn StateRead, now: TimeMs) -> Result<Vec<ProjectId>, StateFailure> {
    let first: Vec<(_, (TimeMs, ProjectId))> = load_all(state, state_key::DUE_TENDERS, WAITING_TENDERS_MAX)?;
    Ok(first.into_iter().map(|(_, one)| one).take_while(|(from, _)| *from <= now).map(|(_, id)| id).collect())
}

/// The next block time at which a tender's bodies fall due.
pub(crate) fn next(state: &dyn StateRead, now: TimeMs) -> Result<Option<TimeMs>, StateFailure> {
    let after = state_key::due_tenders_after(now);
    let next: Vec<(_, (TimeMs, ProjectId))> = load_after(state, state_key::DUE_TENDERS, Some(&after), 1)?;
    Ok(next.into_iter().map(|(_, (from, _))| from).next())
}

/// The slots at whose ends tenders are due, the first [`COVERED_SLOTS_MAX`]. Bids of such a tender are sealed for that
/// slot, so entries for these slots, and for no others, need cover. Public, and the same for every node.
///
/// # Errors
/// When the state cannot be read.
pub fn deadline_slots(state: &dyn StateRead, slot_ms: u64) -> Result<BTreeSet<u64>, StateFailure> {
    let mut slots = BTreeSet::new();
    let mut after: Option<Vec<u8>> = None;
    for _ in 0..COVERED_SLOTS_MAX {
        let next: Vec<(_, (TimeMs, ProjectId))> =
            load_after(state, state_key::COMING_TENDERS, after.as_deref(), 1)?;
        let Some((_, (deadline, _))) = next.into_iter().next() else { break };
        let slot = slot_of_deadline(deadline, slot_ms).map(Slot::get);
        slots.extend(slot);
        // Tenders that share a deadline count once.
        let end = slot.map_or(deadline, |slot| slot_end(slot, slot_ms));
        after = Some(state_key::coming_tenders_after(end));
    }
    Ok(slots)
}
