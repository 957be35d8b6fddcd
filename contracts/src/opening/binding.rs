//! The first step of the fallback: each bidder binds the entry that stands, before anybody proves and shows a price.
//!
//! Where the group did not open a slot, nobody but its bidder knows which of several entries stands. So it says so blindly,
//! and only what is bound can be proved. **Invariant:** nothing is bound once a price of the fallback may be visible; who
//! binds another entry than the one that stands has no bid when the slot opens after all.

use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId};
use serde::{Deserialize, Serialize};

use crate::bidding::refusals::OTHER_WAY;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::opening::due::slots_are_shut;
use crate::opening::newest::BoundEntry;
use crate::opening::{refusals, state_key};
use crate::parties::participant::Participant;
use crate::parties::purpose::Purpose;
use crate::project::Project;
use crate::project::sealed_tender::SealedTender;
use crate::project::windows::Windows;
use crate::sealing;
use crate::sealing::entered::Entered;
use crate::sealing::group::Group;
use crate::sealing::refusals::NO_GROUP;
use crate::sealing::slot::slot_end;

/// `sealed.bound/1`, by a bidder whose bid the group did not open in time; once for each lot it bid for.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    pub lot: String,
    /// The entry's: of all the bidder sealed for this lot, the highest. A higher one replaces what was bound before.
    pub sequence: u32,
    /// Digest of the entry's bytes.
    pub entry: DocumentDigest,
}

pub(crate) fn bind(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    project.not_suspended()?;
    let body: Bound = act.body()?;
    let tender = SealedTender::load(act.state, &id)?.ok_or_else(|| OTHER_WAY.reject())?;
    let group = Group::sealing(act.state)?.ok_or_else(|| NO_GROUP.reject())?;
    in_time(act, &id, &project, &tender)?;
    let refuse = |why: &str| Refusal::from(refusals::BINDING.because(why));
    if !slots_are_shut(act.state, &group, &project)? {
        return Err(refuse("every entry's name is open: what stands is known, prove it"));
    }
    if !speaks(&by, act, &tender) {
        return Err(refuse("a key that the city centre brought in while the bidder had one of its own"));
    }
    project.lot(&body.lot)?;
    let place: Option<(u64, u32)> = load(act.state, &sealing::state_key::sealed_bytes(body.entry.digest()))?;
    let place = place.filter(|(slot, _)| slot_end(*slot, group.slot_ms()) <= project.deadline);
    let (slot, place) = place.ok_or_else(|| refuse("no such entry came for a slot up to the deadline"))?;
    let entered: Option<Entered> = load(act.state, &sealing::state_key::sealed_entry(slot, place))?;
    if entered.is_none_or(|entered| entered.at >= project.deadline) {
        return Err(refuse("no such entry came before the deadline"));
    }
    let before = of(act.state, &id, &body.lot, &by.org)?;
    if let Some(before) = before.filter(|before| before.sequence >= body.sequence) {
        return Err(refuse(&format!("sequence {} is bound: a higher one replaces it", before.sequence)));
    }
    let bound = BoundEntry { version: 1, record: act.id, sequence: body.sequence, slot, place };
    Ok(act.state.put(state_key::bound_entry(&id, &body.lot, &by.org), &bound)?)
}

/// After the group's time and before the bidders prove, in full since the procedure last stood still; and never once one
/// of them has proved.
fn in_time(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    tender: &SealedTender,
) -> Result<(), Refusal> {
    let rulebook = project.pinned(act.state)?;
    let now = act.block.time;
    let windows = Windows::of(act.state, id, project, &rulebook, now)?;
    let runs = now > windows.group_until && now <= windows.bind_until;
    if runs && !tender.proving && !tender.complete {
        return Ok(());
    }
    let value = format!("from {} to {} ms", windows.group_until, windows.bind_until);
    Err(refusals::BIND_TIME.under(&rulebook, value).into())
}

/// The key is of the line that spoke for the bidder when the tender was published, as an entry's must be: what nobody can
/// check before the proof, nobody may say in another's name.
fn speaks(by: &Participant, act: &Act<'_, '_, '_>, tender: &SealedTender) -> bool {
    let key = &act.payload.author.key;
    let signs = by.keys.iter().any(|held| held.key == *key && held.purposes.contains(&Purpose::Sign));
    let (height, time) = tender.published;
    signs && by.line(key) == Some(by.line_before(height, time))
}

/// What a bidder bound; nothing where it bound none.
pub(crate) fn of(
    state: &dyn StateRead,
    id: &ProjectId,
    lot: &str,
    bidder: &OrgId,
) -> Result<Option<BoundEntry>, StateFailure> {
    load(state, &state_key::bound_entry(id, lot, bidder))
}
