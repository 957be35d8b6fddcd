//! What is due: the guard of every share.
//!
//! **Invariant:** a label is due only when block time has reached its slot's end or its tender's deadline and the tender
//! still stands to be opened; or when the draw it belongs to is fixed on chain. A request from outside changes nothing.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{ChainId, ProjectId, TimeMs};
use biaozheng_seal::label::{Label, Slot};

use crate::bidding::standing;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::project::Project;
use crate::project::sealed_tender::{SealedTender, opening_of};
use crate::project::{suspension, waiting};
use crate::rulebook::Rulebook;
use crate::sealing::group::{Group, damaged};
use crate::sealing::limits::DUE_MAX;
use crate::sealing::running::Running;
use crate::sealing::slot::{SlotState, slot_end};
use crate::{project, sealing};
use biaozheng_draw::randomness;

#[cfg(test)]
mod tests;

/// What a label opens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// The outer layers of a slot.
    Slot(u64),
    /// The bodies of a tender's bids.
    Tender(ProjectId),
    /// The seed of a project's draw.
    Beacon(ProjectId),
}

/// Something to open, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueLabel {
    pub due: Due,
    pub label: Label,
    /// The group's signature where it stands on chain already and only more batches are to be opened.
    pub signature: Option<[u8; 48]>,
    /// How many layers are open: where the next record goes on.
    pub from: u32,
}

/// The labels a member signs now. Nothing else is ever signed.
///
/// # Errors
/// When the state cannot be read.
pub fn due(state: &dyn StateRead, chain: &ChainId, now: TimeMs) -> Result<Vec<DueLabel>, StateFailure> {
    let mut all = pending(state, chain, now)?;
    all.retain(|one| one.signature.is_none());
    Ok(all)
}

/// The next block time at which something may become due: a phase's end, a slot's, a tender's deadline. For those who
/// make blocks; it decides nothing.
///
/// # Errors
/// When the state cannot be read.
pub fn next_moment(state: &dyn StateRead, now: TimeMs) -> Result<Option<TimeMs>, StateFailure> {
    let mut moments = Vec::new();
    for kind in ["sealing", "tokens"] {
        if let Some(one) = Running::load(state, kind)?.filter(|one| !one.finalised) {
            moments.extend([one.dealing_until, one.acknowledging_until, one.concluding_until]);
        }
    }
    if let Some(group) = Group::sealing(state)? {
        let first = load_all::<u64>(state, sealing::state_key::PENDING_SLOTS, DUE_MAX)?;
        moments.extend(first.into_iter().map(|(_, slot)| slot_end(slot, group.slot_ms())));
    }
    moments.extend(waiting::next(state, now)?);
    Ok(moments.into_iter().filter(|moment| *moment > now).min())
}

/// All that is to be opened now: labels to sign, and openings to go on with. At most [`DUE_MAX`] of each kind, the first in
/// time: what is opened makes room for the next.
///
/// # Errors
/// When the state cannot be read.
pub fn pending(state: &dyn StateRead, chain: &ChainId, now: TimeMs) -> Result<Vec<DueLabel>, StateFailure> {
    let Some(group) = Group::sealing(state)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (_, slot) in load_all::<u64>(state, sealing::state_key::PENDING_SLOTS, DUE_MAX)? {
        if slot_end(slot, group.slot_ms()) > now {
            break;
        }
        let kept: SlotState =
            load(state, &sealing::state_key::slot(slot))?.ok_or_else(|| damaged("a slot"))?;
        let label = Label::slot(chain, Slot::new(slot));
        found.push(DueLabel { due: Due::Slot(slot), label, signature: kept.signature, from: kept.opened });
    }
    let mut tenders = 0usize;
    for id in waiting::due_by(state, now)? {
        let (Some(project), Some(tender)) = (Project::load(state, &id)?, SealedTender::load(state, &id)?)
        else {
            return Err(damaged("a sealed tender"));
        };
        if tender_is_due(state, &group, &id, &project, &tender, now)? {
            let label = Label::tender(chain, &opening_of(&id));
            let (signature, from) = (tender.signature, tender.opened);
            found.push(DueLabel { due: Due::Tender(id), label, signature, from });
            tenders = tenders.saturating_add(1);
        }
        if tenders == DUE_MAX {
            break;
        }
    }
    for (_, id) in load_all::<ProjectId>(state, project::state_key::WAITING_DRAWS, DUE_MAX)? {
        let Some(draw) = crate::evaluation::draw::waiting_for_beacon(state, &id)? else { continue };
        let label = Label::beacon(chain, &randomness::label(&id, &draw));
        found.push(DueLabel { due: Due::Beacon(id), label, signature: None, from: 0 });
    }
    Ok(found)
}

/// Whether the bodies of a tender's bids are to be opened: the deadline is there, nothing suspends the procedure, every
/// outer layer of the time before is open, and one lot at least has bidders enough (below that the bids go back shut).
pub(crate) fn tender_is_due(
    state: &dyn StateRead,
    group: &Group,
    id: &ProjectId,
    project: &Project,
    tender: &SealedTender,
    now: TimeMs,
) -> Result<bool, StateFailure> {
    if project.stage != Stage::Published
        || now < project.deadline
        || tender.complete
        || suspension::holds(state, id, project, now)?
        || slots_are_shut(state, group, project)?
    {
        return Ok(false);
    }
    Ok(tender.lots_enough > 0)
}

/// Whether a slot up to the deadline still has outer layers that are shut.
pub(crate) fn slots_are_shut(
    state: &dyn StateRead,
    group: &Group,
    project: &Project,
) -> Result<bool, StateFailure> {
    let first = load_all::<u64>(state, sealing::state_key::PENDING_SLOTS, 1)?;
    Ok(first.first().is_some_and(|(_, slot)| slot_end(*slot, group.slot_ms()) <= project.deadline))
}

/// Each lot, and whether it has as many bidders as the rule asks (条例44).
pub(crate) fn enough(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
) -> Result<Vec<(String, bool)>, StateFailure> {
    let bids = standing::bids(state, id)?;
    let least = rulebook.count(&parameters::MIN_BIDDERS);
    let count = |lot: &str| bids.iter().filter(|bid| bid.lot == lot && bid.name.number == 1).count() as u64;
    Ok(project.lots.iter().map(|lot| (lot.id.clone(), count(&lot.id) >= least)).collect())
}
