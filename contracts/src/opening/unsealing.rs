//! Openings: outer layers of a slot, bodies of a tender, the beacon; in batches, each with the group's signature.
//!
//! **Invariant:** what is opened is what [`crate::opening::due`] says; the signature is checked before anything is. What an
//! entry counts for is [`judging`]'s, what its bidder opens [`proving`]'s.

mod judging;
mod proving;

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{BidIdentity, LotId, SealedBid, SealingGroup, SlotKey, TenderKey};
use serde::{Deserialize, Serialize};

pub(crate) use self::judging::registered;
pub use self::proving::Proved;
pub(crate) use self::proving::prove;
use crate::bidding::bid::{Bid, body_of};
use crate::bidding::refusals::OTHER_WAY;
use crate::bidding::{admission, bid, building_model};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::opening::ahead::Layer;
use crate::opening::due::{enough, slots_are_shut, tender_is_due};
use crate::opening::limits::OPENED_PER_RECORD_MAX;
use crate::opening::newest::{NewestBid, OpenedBy};
use crate::opening::unsealing::judging::{At, judge};
use crate::opening::{refusals, state_key};
use crate::project::refusals::DEADLINE_AHEAD;
use crate::project::sealed_tender::{SealedTender, opening_of};
use crate::project::waiting;
use crate::project::windows::Windows;
use crate::project::{BidName, Project};
use crate::rulebook::limits::BIDS_PER_LOT_MAX;
use crate::sealing::ceremony::form;
use crate::sealing::entered::{Entered, Fate};
use crate::sealing::group::{Group, by_member};
use crate::sealing::refusals::NO_GROUP;
use crate::sealing::slot::{SlotState, slot_end};
use crate::{bidding, sealing};

/// `slot.opened/1`, by the organisation of a member; once for each batch.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotOpened {
    pub slot: u64,
    /// The group's signature over the slot's label, 96 hexadecimal digits.
    pub signature: String,
    /// How many entries are open already.
    pub from: u32,
}

/// `tender.opened/1`, by the organisation of a member; once for each batch.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TenderOpened {
    pub signature: String,
    pub from: u32,
}

pub(crate) fn signature(text: &str) -> Result<GroupSignature, Refusal> {
    let bytes = hex::decode(text.get(..96).filter(|start| start.len() == text.len()).unwrap_or_default());
    let bytes = bytes.ok().and_then(|bytes| <[u8; 48]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| form("a signature has 48 bytes"))?;
    GroupSignature::from_bytes(&bytes).map_err(form)
}

pub(crate) fn open_slot(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: SlotOpened = act.body()?;
    let (group, keys) = by_member(act)?;
    let found: Option<SlotState> = load(act.state, &sealing::state_key::slot(body.slot))?;
    let ends = slot_end(body.slot, group.slot_ms());
    let over = ends <= act.block.time;
    let mut slot = found
        .filter(|slot| over && slot.opened < slot.entries)
        .ok_or_else(|| Refusal::from(refusals::NOT_DUE.because(format!("slot {}", body.slot))))?;
    let first = load_all::<u64>(act.state, sealing::state_key::PENDING_SLOTS, 1)?;
    if body.from != slot.opened || first.first().is_none_or(|(_, first)| *first != body.slot) {
        return Err(refusals::ORDER.because(format!("{} are open", slot.opened)).into());
    }
    let signature = signature(&body.signature)?;
    let key = SlotKey::new(&keys, Slot::new(body.slot), signature)
        .map_err(|error| refusals::SIGNATURE.because(error))?;
    slot.signature = Some(signature.to_bytes());
    slot.record = slot.record.or(Some(act.id));
    let batch = u32::try_from(OPENED_PER_RECORD_MAX).unwrap_or(u32::MAX);
    let until = slot.entries.min(slot.opened.saturating_add(batch));
    for place in slot.opened..until {
        let mut entered = entry(act, body.slot, place)?;
        if entered.fate.is_none() {
            let layer = Layer::outer(keys, key, &entered);
            let (kem, opened) = layer.outer_opened(act.state)?;
            let at = At { slot: body.slot, place, ends };
            entered.fate = Some(match opened {
                Ok(opened) => judge(act, &kem, &entered, &at, &opened)?,
                Err(failure) => Fate::Failed(failure.code().to_owned()),
            });
            store_entry(act, (body.slot, place), entered)?;
        }
    }
    slot.opened = until;
    if slot.opened == slot.entries {
        act.state.remove(sealing::state_key::pending_slot(body.slot));
    }
    Ok(act.state.put(sealing::state_key::slot(body.slot), &slot)?)
}

fn entry(act: &Act<'_, '_, '_>, slot: u64, place: u32) -> Result<Entered, Refusal> {
    let missing = || StateFailure("a slot without its entry".into());
    Ok(load(act.state, &sealing::state_key::sealed_entry(slot, place))?.ok_or_else(missing)?)
}

fn store_entry(
    act: &mut Act<'_, '_, '_>,
    (slot, place): (u64, u32),
    mut entered: Entered,
) -> Result<(), Refusal> {
    entered.bytes = Vec::new();
    Ok(act.state.put(sealing::state_key::sealed_entry(slot, place), &entered)?)
}

fn sealed_tender(act: &Act<'_, '_, '_>, id: &ProjectId) -> Result<SealedTender, Refusal> {
    SealedTender::load(act.state, id)?.ok_or_else(|| OTHER_WAY.reject().into())
}

pub(crate) fn open_tender(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: TenderOpened = act.body()?;
    let (group, keys) = by_member(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    act.rule()?;
    let mut tender = sealed_tender(act, &id)?;
    if !tender_is_due(act.state, &group, &id, &project, &tender, act.block.time)? {
        return Err(refusals::NOT_DUE.because(&id).into());
    }
    if body.from != tender.opened {
        return Err(refusals::ORDER.because(format!("{} are open", tender.opened)).into());
    }
    let signature = signature(&body.signature)?;
    let key = TenderKey::new(&keys, opening_of(&id), signature)
        .map_err(|error| refusals::SIGNATURE.because(error))?;
    tender.signature = Some(signature.to_bytes());
    let rulebook = project.pinned(act.state)?;
    let lots = enough(act.state, &id, &project, &rulebook)?;
    let prefix = state_key::standing_bids(&id);
    let batch = act.state.scan(&prefix, tender.cursor.as_deref(), OPENED_PER_RECORD_MAX)?;
    tender.complete = batch.len() < OPENED_PER_RECORD_MAX;
    for (place, value) in batch {
        let newest: NewestBid =
            borsh::from_slice(&value).map_err(|error| StateFailure(format!("a sealed bid: {error}")))?;
        open_body(act, (&keys, &key), &id, &lots, &place, newest)?;
        tender.cursor = Some(place);
        tender.opened = tender.opened.saturating_add(1);
    }
    tender.store(act.state, &id)?;
    Ok(waiting::place(act.state, &id, act.block.time)?)
}

/// Opens one body, unless it was withdrawn, is open, or its lot goes back shut.
fn open_body(
    act: &mut Act<'_, '_, '_>,
    (group, key): (&SealingGroup, &TenderKey),
    id: &ProjectId,
    lots: &[(String, bool)],
    place: &[u8],
    mut newest: NewestBid,
) -> Result<(), Refusal> {
    let Some(identity) = identity_of(id, lots, place, &newest)? else { return Ok(()) };
    let (lot, bidder) = (identity.lot.as_str().to_owned(), identity.bidder.clone());
    let lot = lot.as_str();
    let sealed = SealedBid::new(identity, std::mem::take(&mut newest.inner));
    match Layer::inner(*group, key.clone(), sealed).inner_opened(act.state) {
        Ok(body) => {
            newest.failure = reveal(act, id, lot, &bidder, &body)?;
            newest.inner = body;
        }
        Err(failure) => newest.failure = Some(failure.code().to_owned()),
    }
    newest.opened_by = Some(OpenedBy::Group);
    Ok(act.state.put(place.to_vec(), &newest)?)
}

/// Whose a body is that is still to be opened; nothing for one that stays as it is.
pub(crate) fn identity_of(
    id: &ProjectId,
    lots: &[(String, bool)],
    place: &[u8],
    newest: &NewestBid,
) -> Result<Option<BidIdentity>, StateFailure> {
    let damaged = || StateFailure("the key of a sealed bid".into());
    let path =
        place.get(state_key::standing_bids(id).len()..).and_then(|rest| std::str::from_utf8(rest).ok());
    let (lot, bidder) = path.and_then(|path| path.split_once('/')).ok_or_else(damaged)?;
    let opens = lots.iter().any(|(of, enough)| of == lot && *enough);
    if newest.withdrawn || newest.opened_by.is_some() || !opens {
        return Ok(None);
    }
    Ok(Some(BidIdentity {
        opening: opening_of(id),
        lot: LotId::new(lot).map_err(|_| damaged())?,
        bidder: OrgId::new(bidder).map_err(|_| damaged())?,
        bidder_key: newest.key,
        sequence: newest.sequence,
    }))
}

/// The body becomes the bids that revealed ones would be. A body that is no bid, or is of one who may not bid, becomes a
/// bid without a price; the code says why.
fn reveal(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    lot: &str,
    bidder: &OrgId,
    body: &[u8],
) -> Result<Option<String>, Refusal> {
    let missing = || StateFailure("a sealed bid that is not listed".into());
    let first: Bid = load(act.state, &bidding::state_key::bid(id, lot, bidder, 1))?.ok_or_else(missing)?;
    let rulebook = Project::expect(act.state, id)?.pinned(act.state)?;
    let most = rulebook.count(&parameters::BIDS_PER_BIDDER_MAX);
    let (content, failure) = match body_of(body, most) {
        None => (None, Some("seal.no_bid".to_owned())),
        Some(content) => {
            let admitted = admission::check_bid(act, id, &rulebook, lot, bidder, content.admission.as_ref());
            match admitted {
                Ok(()) if has_room(act, id, lot, content.further.len())? => (Some(content), None),
                Ok(()) => (None, Some("seal.lot_full".to_owned())),
                Err(Refusal::Reject(reject)) => (None, Some(reject.code.to_owned())),
                Err(failure) => return Err(failure),
            }
        }
    };
    let Some(content) = content else {
        let bid = Bid { opened: Some(bid::opened(None, act.id)?), ..first };
        act.state.put(bidding::state_key::bid(id, lot, bidder, 1), &bid)?;
        return Ok(failure);
    };
    for (number, offer) in (1u8..).zip(content.offers()) {
        let name = BidName { number, ..first.name.clone() };
        let bid = Bid { name, opened: Some(bid::opened(Some(offer), act.id)?), ..first.clone() };
        building_model::keep(act.state, id, &bid, content.model.clone())?;
        act.state.put(bidding::state_key::bid(id, lot, bidder, number), &bid)?;
    }
    Ok(None)
}

/// Counts further offers of the lot, which take no bidder's place.
fn has_room(act: &mut Act<'_, '_, '_>, id: &ProjectId, lot: &str, further: usize) -> Result<bool, Refusal> {
    let key = bidding::state_key::further_count(id, lot);
    let before: u32 = load(act.state, &key)?.unwrap_or(0);
    let count = u32::try_from(further).ok().and_then(|further| before.checked_add(further));
    let Some(count) = count.filter(|count| usize::try_from(*count).is_ok_and(|n| n <= BIDS_PER_LOT_MAX))
    else {
        return Ok(false);
    };
    act.state.put(key, &count)?;
    Ok(true)
}

/// Refuses the opening record while sealed bids are to be opened; true when bidders had to open them.
pub(crate) fn check_open(act: &Act<'_, '_, '_>, id: &ProjectId, project: &Project) -> Result<bool, Refusal> {
    let Some(tender) = SealedTender::load(act.state, id)? else {
        return Ok(false);
    };
    let group = Group::sealing(act.state)?.ok_or_else(|| NO_GROUP.reject())?;
    let rulebook = project.pinned(act.state)?;
    let now = act.block.time;
    if now < project.deadline {
        return Err(DEADLINE_AHEAD.because(project.deadline).into());
    }
    let shut = slots_are_shut(act.state, &group, project)?;
    if !shut && (tender.complete || tender.lots_enough == 0) {
        return Ok(false);
    }
    // The group's time and both of the bidders', in full since the procedure last stood still.
    let end = Windows::of(act.state, id, project, &rulebook, now)?.prove_until;
    if now <= end {
        return Err(refusals::SHUT.under(&rulebook, format!("until {end} ms")).into());
    }
    Ok(true)
}
