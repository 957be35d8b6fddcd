//! The second step of the fallback: bidders open themselves what the group did not, each the entry it bound.
//!
//! **Invariant:** while a slot is shut only what was bound before anybody proved can be proved.

use biaozheng_ledger::ids::ProjectId;
use biaozheng_seal::limits::OPENING_PROOF_BYTES_MAX;
use biaozheng_seal::sealing::OpeningProof;
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::load;
use crate::opening::due::slots_are_shut;
use crate::opening::newest::{NewestBid, OpenedBy};
use crate::opening::unsealing::judging::{At, judge};
use crate::opening::unsealing::{entry, reveal, sealed_tender, store_entry};
use crate::opening::{binding, refusals, state_key};
use crate::parties::participant::signer;
use crate::project::Project;
use crate::project::sealed_tender::opening_of;
use crate::project::windows::Windows;
use crate::sealing;
use crate::sealing::ceremony::{bytes, form};
use crate::sealing::group::Group;
use crate::sealing::refusals::NO_GROUP;
use crate::sealing::slot::slot_end;

/// `sealed.proved/1`, by a bidder whose bid the group did not open in time, of the entry it bound.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proved {
    /// The opening proof in base64.
    pub proof: String,
}

pub(crate) fn prove(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Proved = act.body()?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    act.rule()?.at(&project)?;
    project.not_suspended()?;
    let group = Group::sealing(act.state)?.ok_or_else(|| NO_GROUP.reject())?;
    let shut = slots_are_shut(act.state, &group, &project)?;
    may_prove(act, &id, &project, shut)?;
    let keys = group.of_chain(act.state, &act.block.chain)?;
    let proof = OpeningProof::from_bytes(&bytes(&body.proof, OPENING_PROOF_BYTES_MAX)?).map_err(form)?;
    let refuse = |why: &str| Refusal::from(refusals::PROOF.because(why));
    let again = proof.entry(&keys);
    let place: Option<(u64, u32)> = load(act.state, &sealing::state_key::sealed_bytes(&again.digest()))?;
    let place = place.ok_or_else(|| refuse("no such entry"))?;
    let mut entered = entry(act, place.0, place.1)?;
    let identity = proof.identity();
    if identity.bidder != by.org || identity.opening != opening_of(&id) {
        return Err(refuse("another entry"));
    }
    if shut {
        // Nobody but the bidder knows what it sealed: what it proves is what it named before anybody proved.
        let bound = binding::of(act.state, &id, identity.lot.as_str(), &by.org)?;
        let bound = bound.ok_or_else(|| refuse("nothing was bound for this lot"))?;
        if (bound.slot, bound.place, bound.sequence) != (place.0, place.1, identity.sequence) {
            return Err(refuse("not what was bound"));
        }
    }
    proof.verify(&keys, &again).map_err(|error| refusals::PROOF.because(error))?;
    if entered.fate.is_none() {
        let at = At { slot: place.0, place: place.1, ends: slot_end(place.0, group.slot_ms()) };
        let fate = judge(act, &again.kem_digest(), &entered, &at, &proof.opened(&keys))?;
        entered.fate = Some(fate);
        store_entry(act, place, entered.clone())?;
    }
    let key = state_key::standing_bid(&id, identity.lot.as_str(), &by.org);
    let newest: Option<NewestBid> = load(act.state, &key)?;
    let stands = newest
        .filter(|one| (one.slot, one.place) == place && one.opened_by.is_none() && one.failure.is_none());
    let mut newest = stands.ok_or_else(|| refuse("it does not stand, or is open"))?;
    newest.opened_by = Some(OpenedBy::Bidder);
    newest.inner = proof.body().map(<[u8]>::to_vec).unwrap_or_default();
    if let Some(body) = proof.body() {
        newest.failure = reveal(act, &id, identity.lot.as_str(), &by.org, body)?;
    }
    act.state.put(key, &newest)?;
    let mut tender = sealed_tender(act, &id)?;
    tender.proving = true;
    Ok(tender.store(act.state, &id)?)
}

/// After the group's time where every name is open and what stands is known; else after the time to bind. Once one bidder
/// has proved, the others need not wait again.
fn may_prove(act: &Act<'_, '_, '_>, id: &ProjectId, project: &Project, shut: bool) -> Result<(), Refusal> {
    let tender = sealed_tender(act, id)?;
    let rulebook = project.pinned(act.state)?;
    let now = act.block.time;
    let windows = Windows::of(act.state, id, project, &rulebook, now)?;
    let start = if shut { windows.bind_until } else { windows.group_until };
    let begun = now > start || tender.proving;
    if begun && now <= windows.prove_until && !tender.complete {
        return Ok(());
    }
    let value = format!("from {start} to {} ms", windows.prove_until);
    Err(refusals::PROOF_TIME.under(&rulebook, value).into())
}
