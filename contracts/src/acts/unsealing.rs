//! Openings: outer layers of a slot, bodies of a tender, the beacon; in batches, each with the group's signature.
//!
//! **Invariant:** what is opened is what [`crate::sealing::due`] says; the signature is checked before anything is. Every
//! entry gets one fate, and which bid stands follows from (slot, place, sequence) alone.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, ProjectId, TimeMs};
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::label::Slot;
use biaozheng_seal::limits::OPENING_PROOF_BYTES_MAX;
use biaozheng_seal::sealing::{
    BidIdentity, LotId, OpenedEntry, OpeningProof, SealedBid, SealingGroup, SlotKey, TenderKey,
};
use serde::{Deserialize, Serialize};

use super::Act;
use super::bid::{self, Bid, body_of};
use super::ceremony::{bytes, form};
use crate::limits::{BIDS_PER_LOT_MAX, OPENED_PER_RECORD_MAX};
use crate::participant::{Participant, Role, signer};
use crate::project::{BidName, Project, Stage};
use crate::reject::{self, Refusal, sealing as codes};
use crate::sealing::{
    Entered, Fate, Group, Layer, NewestBid, OPENING_NUMBER, OpenedBy, SealedTender, SlotState, enough,
    fallback_end, opening_of, slot_end, tender_is_due,
};
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

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

/// `sealed.proved/1`, by a bidder whose bid the group did not open in time.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Proved {
    /// The opening proof in base64.
    pub proof: String,
}

pub(crate) fn signature(text: &str) -> Result<GroupSignature, Refusal> {
    let bytes = hex::decode(text.get(..96).filter(|start| start.len() == text.len()).unwrap_or_default());
    let bytes = bytes.ok().and_then(|bytes| <[u8; 48]>::try_from(bytes).ok());
    let bytes = bytes.ok_or_else(|| form("a signature has 48 bytes"))?;
    GroupSignature::from_bytes(&bytes).map_err(form)
}

/// The group, for a signer whose organisation has a member in it.
pub(crate) fn by_member(act: &Act<'_, '_, '_>) -> Result<(Group, SealingGroup), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let group = Group::sealing(act.state)?.ok_or_else(|| codes::NO_GROUP.reject())?;
    if !group.has_org(&by.org) {
        return Err(codes::GROUP_MEMBER.because(&by.org).into());
    }
    let keys = group.of_chain(act.state, &act.block.chain)?;
    Ok((group, keys))
}

pub(crate) fn open_slot(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: SlotOpened = act.body()?;
    let (group, keys) = by_member(act)?;
    let found: Option<SlotState> = load(act.state, &state_key::slot(body.slot))?;
    let over = slot_end(body.slot, group.slot_ms()) <= act.block.time;
    let mut slot = found
        .filter(|slot| over && slot.opened < slot.entries)
        .ok_or_else(|| Refusal::from(codes::NOT_DUE.because(format!("slot {}", body.slot))))?;
    let first = load_all::<u64>(act.state, state_key::PENDING_SLOTS, 1)?;
    if body.from != slot.opened || first.first().is_none_or(|(_, first)| *first != body.slot) {
        return Err(codes::ORDER.because(format!("{} are open", slot.opened)).into());
    }
    let signature = signature(&body.signature)?;
    let key = SlotKey::new(&keys, Slot::new(body.slot), signature)
        .map_err(|error| codes::SIGNATURE.because(error))?;
    slot.signature = Some(signature.to_bytes());
    slot.record = slot.record.or(Some(act.id));
    let batch = u32::try_from(OPENED_PER_RECORD_MAX).unwrap_or(u32::MAX);
    let until = slot.entries.min(slot.opened.saturating_add(batch));
    for place in slot.opened..until {
        let mut entered = entry(act, body.slot, place)?;
        if entered.fate.is_none() {
            let layer = Layer::outer(keys, key, &entered);
            let (kem, opened) = layer.outer_opened(act.state)?;
            entered.fate = Some(match opened {
                Ok(opened) => judge(act, &kem, &entered, (body.slot, place), &opened)?,
                Err(failure) => Fate::Failed(failure.code().to_owned()),
            });
            store_entry(act, (body.slot, place), entered)?;
        }
    }
    slot.opened = until;
    if slot.opened == slot.entries {
        act.state.remove(state_key::pending_slot(body.slot));
    }
    Ok(act.state.put(state_key::slot(body.slot), &slot)?)
}

fn entry(act: &Act<'_, '_, '_>, slot: u64, place: u32) -> Result<Entered, Refusal> {
    let missing = || StateFailure("a slot without its entry".into());
    Ok(load(act.state, &state_key::sealed_entry(slot, place))?.ok_or_else(missing)?)
}

fn store_entry(
    act: &mut Act<'_, '_, '_>,
    (slot, place): (u64, u32),
    mut entered: Entered,
) -> Result<(), Refusal> {
    entered.bytes = Vec::new();
    Ok(act.state.put(state_key::sealed_entry(slot, place), &entered)?)
}

/// The key was the bidder's when the entry came, and not brought in by the city centre while the tender ran or while the
/// bidder had one of its own: what nobody sees before the opening, nobody may sign in another's name.
pub(crate) fn registered(
    state: &dyn StateRead,
    identity: &BidIdentity,
    (at, height): (TimeMs, Height),
) -> Result<bool, StateFailure> {
    let Some(one) = Participant::load(state, &identity.bidder)? else { return Ok(false) };
    let ended = one.revoked && one.revocation.as_ref().is_none_or(|end| end.time <= at);
    let expired = one
        .keys
        .iter()
        .any(|held| held.key == identity.bidder_key && held.valid_until.is_some_and(|end| end <= at));
    let signs = one.keys.iter().any(|held| {
        held.key == identity.bidder_key && held.purposes.contains(&crate::purpose::Purpose::Sign)
    });
    let holds = one.holds(&identity.bidder_key, height) == Some(true);
    let tender: Option<SealedTender> = load(state, &state_key::sealed_tender(&identity.opening.tender))?;
    let speaks = |tender: SealedTender| {
        let (height, time) = tender.published;
        one.line(&identity.bidder_key) == Some(one.line_before(height, time))
    };
    Ok(one.has(Role::Bidder) && holds && signs && !ended && !expired && tender.is_none_or(speaks))
}

/// Why an entry for a tender does not count, before replacement and withdrawal.
fn excluded(
    act: &Act<'_, '_, '_>,
    identity: &BidIdentity,
    entered: &Entered,
) -> Result<Option<Fate>, Refusal> {
    let failed = |code: &str| Ok(Some(Fate::Failed(code.to_owned())));
    if !registered(act.state, identity, (entered.at, entered.height))? {
        return failed("seal.unknown_bidder");
    }
    let id = &identity.opening.tender;
    let tender: Option<SealedTender> = load(act.state, &state_key::sealed_tender(id))?;
    let (Some(_), Some(project)) = (tender, Project::load(act.state, id)?) else {
        return failed("seal.unknown_tender");
    };
    if identity.opening.number != OPENING_NUMBER || project.lot(identity.lot.as_str()).is_err() {
        return failed("seal.unknown_lot");
    }
    if project.by_tenderee(&identity.bidder).is_ok() {
        return failed("seal.own_tender");
    }
    // After the deadline it does not move any more, so this is final.
    Ok((entered.at >= project.deadline || project.stage != Stage::Published).then_some(Fate::Late))
}

/// What becomes of an entry that opened.
fn judge(
    act: &mut Act<'_, '_, '_>,
    kem: &Digest,
    entered: &Entered,
    place: (u64, u32),
    opened: &OpenedEntry,
) -> Result<Fate, Refusal> {
    let (identity, bid) = match opened {
        OpenedEntry::Dummy => return Ok(Fate::Dummy),
        OpenedEntry::Bid(bid) => (bid.identity(), Some(bid)),
        OpenedEntry::Withdrawal(withdrawal) => (withdrawal.identity(), None),
    };
    let fresh = first_seen(act, kem, entered)?;
    if let Some(fate) = excluded(act, identity, entered)? {
        return Ok(fate);
    }
    let inner = match bid {
        Some(bid) => first_seen(act, &bid.kem_digest(), entered)?,
        None => true,
    };
    if !(fresh && inner) {
        return Ok(Fate::Copy);
    }
    compare(act, identity, bid, entered, place)
}

fn first_seen(act: &mut Act<'_, '_, '_>, kem: &Digest, entered: &Entered) -> Result<bool, Refusal> {
    let key = state_key::key_ciphertext(kem);
    if act.state.get(&key)?.is_some() {
        return Ok(false);
    }
    act.state.put(key, &entered.record)?;
    Ok(true)
}

/// The highest sequence stands, of equal ones the first in (slot, place).
fn compare(
    act: &mut Act<'_, '_, '_>,
    identity: &BidIdentity,
    bid: Option<&SealedBid>,
    entered: &Entered,
    (slot, place): (u64, u32),
) -> Result<Fate, Refusal> {
    let (id, lot) = (&identity.opening.tender, identity.lot.as_str());
    let key = state_key::standing_bid(id, lot, &identity.bidder);
    let before: Option<NewestBid> = load(act.state, &key)?;
    if let Some(before) = &before {
        let newer = identity.sequence > before.sequence
            || (identity.sequence == before.sequence && (slot, place) < (before.slot, before.place));
        if !newer {
            return Ok(Fate::Superseded);
        }
        let mut other = entry(act, before.slot, before.place)?;
        other.fate = Some(Fate::Superseded);
        store_entry(act, (before.slot, before.place), other)?;
    } else {
        let count_key = state_key::bid_count(id, lot);
        let count: u32 = load(act.state, &count_key)?.unwrap_or(0);
        if usize::try_from(count).is_ok_and(|count| count >= BIDS_PER_LOT_MAX) {
            return Ok(Fate::Failed("seal.lot_full".to_owned()));
        }
        act.state.put(count_key, &count.saturating_add(1))?;
    }
    let newest = NewestBid {
        version: 1,
        sequence: identity.sequence,
        slot,
        place,
        key: identity.bidder_key,
        withdrawn: bid.is_none(),
        inner: bid.map(|bid| bid.inner_bytes().to_vec()).unwrap_or_default(),
        opened_by: None,
        failure: None,
    };
    act.state.put(key, &newest)?;
    let listed = Bid {
        name: BidName { bidder: identity.bidder.clone(), number: 1 },
        lot: lot.to_owned(),
        sequence: identity.sequence,
        commitment: entered.digest,
        record: entered.record,
        sealed_at: entered.at,
        withdrawn: bid.is_none(),
        opened: None,
    };
    act.state.put(state_key::bid(id, lot, &identity.bidder, 1), &listed)?;
    Ok(if bid.is_some() { Fate::Stands } else { Fate::Superseded })
}

fn sealed_tender(act: &Act<'_, '_, '_>, id: &ProjectId) -> Result<SealedTender, Refusal> {
    load(act.state, &state_key::sealed_tender(id))?.ok_or_else(|| codes::OTHER_WAY.reject().into())
}

pub(crate) fn open_tender(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: TenderOpened = act.body()?;
    let (group, keys) = by_member(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    act.rule()?;
    let mut tender = sealed_tender(act, &id)?;
    if !tender_is_due(act.state, &group, &id, &project, &tender, act.block.time)? {
        return Err(codes::NOT_DUE.because(&id).into());
    }
    if body.from != tender.opened {
        return Err(codes::ORDER.because(format!("{} are open", tender.opened)).into());
    }
    let signature = signature(&body.signature)?;
    let key =
        TenderKey::new(&keys, opening_of(&id), signature).map_err(|error| codes::SIGNATURE.because(error))?;
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
    if tender.complete {
        act.state.remove(state_key::waiting_tender(&id));
    }
    Ok(act.state.put(state_key::sealed_tender(&id), &tender)?)
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
        bidder: biaozheng_ledger::ids::OrgId::new(bidder).map_err(|_| damaged())?,
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
    bidder: &biaozheng_ledger::ids::OrgId,
    body: &[u8],
) -> Result<Option<String>, Refusal> {
    let missing = || StateFailure("a sealed bid that is not listed".into());
    let first: Bid = load(act.state, &state_key::bid(id, lot, bidder, 1))?.ok_or_else(missing)?;
    let rulebook = Project::expect(act.state, id)?.pinned(act.state)?;
    let most = rulebook.count("bids_per_bidder_max");
    let (content, failure) = match body_of(body, most) {
        None => (None, Some("seal.no_bid".to_owned())),
        Some(content) => {
            let admitted =
                super::admission::check_bid(act, id, &rulebook, lot, bidder, content.admission.as_ref());
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
        act.state.put(state_key::bid(id, lot, bidder, 1), &bid)?;
        return Ok(failure);
    };
    for (number, offer) in (1u8..).zip(content.offers()) {
        let name = BidName { number, ..first.name.clone() };
        let bid = Bid { name, opened: Some(bid::opened(Some(offer), act.id)?), ..first.clone() };
        super::building_model::keep(act.state, id, &bid, content.model.clone())?;
        act.state.put(state_key::bid(id, lot, bidder, number), &bid)?;
    }
    Ok(None)
}

/// Counts further offers as bids of the lot.
fn has_room(act: &mut Act<'_, '_, '_>, id: &ProjectId, lot: &str, further: usize) -> Result<bool, Refusal> {
    let key = state_key::bid_count(id, lot);
    let before: u32 = load(act.state, &key)?.unwrap_or(0);
    let count = u32::try_from(further).ok().and_then(|further| before.checked_add(further));
    let Some(count) = count.filter(|count| usize::try_from(*count).is_ok_and(|n| n <= BIDS_PER_LOT_MAX))
    else {
        return Ok(false);
    };
    act.state.put(key, &count)?;
    Ok(true)
}

pub(crate) fn prove(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Proved = act.body()?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    act.rule()?.at(&project)?;
    project.not_suspended()?;
    let tender = sealed_tender(act, &id)?;
    let rulebook = project.pinned(act.state)?;
    let start =
        rulebook.optional_after("sealing_signature_window", project.deadline).unwrap_or(project.deadline);
    let end = fallback_end(&rulebook, project.deadline);
    if act.block.time <= start || act.block.time > end || tender.complete {
        return Err(codes::PROOF_TIME.under(&rulebook, format!("from {start} to {end} ms")).into());
    }
    let group = Group::sealing(act.state)?.ok_or_else(|| codes::NO_GROUP.reject())?;
    let keys = group.of_chain(act.state, &act.block.chain)?;
    let proof = OpeningProof::from_bytes(&bytes(&body.proof, OPENING_PROOF_BYTES_MAX)?).map_err(form)?;
    let refuse = |why: &str| Refusal::from(codes::PROOF.because(why));
    let again = proof.entry(&keys);
    let place: Option<(u64, u32)> = load(act.state, &state_key::sealed_bytes(&again.digest()))?;
    let place = place.ok_or_else(|| refuse("no such entry"))?;
    let mut entered = entry(act, place.0, place.1)?;
    let identity = proof.identity();
    if identity.bidder != by.org || identity.opening != opening_of(&id) {
        return Err(refuse("another entry"));
    }
    proof.verify(&keys, &again).map_err(|error| codes::PROOF.because(error))?;
    if entered.fate.is_none() {
        let fate = judge(act, &again.kem_digest(), &entered, place, &proof.opened(&keys))?;
        entered.fate = Some(fate);
        store_entry(act, place, entered.clone())?;
    }
    let key = state_key::standing_bid(&id, identity.lot.as_str(), &by.org);
    let newest: Option<NewestBid> = load(act.state, &key)?;
    let stands = newest.filter(|one| (one.slot, one.place) == place && one.opened_by.is_none());
    let mut newest = stands.ok_or_else(|| refuse("it does not stand, or is open"))?;
    newest.opened_by = Some(OpenedBy::Bidder);
    newest.inner = proof.body().map(<[u8]>::to_vec).unwrap_or_default();
    if let Some(body) = proof.body() {
        newest.failure = reveal(act, &id, identity.lot.as_str(), &by.org, body)?;
    }
    Ok(act.state.put(key, &newest)?)
}

/// Refuses the opening record while sealed bids are to be opened; true when bidders had to open them.
pub(crate) fn check_open(act: &Act<'_, '_, '_>, id: &ProjectId, project: &Project) -> Result<bool, Refusal> {
    let Some(tender) = load::<SealedTender>(act.state, &state_key::sealed_tender(id))? else {
        return Ok(false);
    };
    let group = Group::sealing(act.state)?.ok_or_else(|| codes::NO_GROUP.reject())?;
    let rulebook = project.pinned(act.state)?;
    if act.block.time < project.deadline {
        return Err(reject::DEADLINE_AHEAD.because(project.deadline).into());
    }
    let shut = crate::sealing::slots_are_shut(act.state, &group, project)?;
    let bodies = enough(act.state, id, project, &rulebook)?.into_iter().any(|(_, enough)| enough);
    if !shut && (tender.complete || !bodies) {
        return Ok(false);
    }
    let end = fallback_end(&rulebook, project.deadline);
    if act.block.time <= end {
        return Err(codes::SHUT.under(&rulebook, format!("until {end} ms")).into());
    }
    Ok(true)
}

/// The tender waits for no opening any more.
pub(crate) fn forget(act: &mut Act<'_, '_, '_>, id: &ProjectId) {
    act.state.remove(state_key::waiting_tender(id));
    act.state.remove(state_key::waiting_draw(id));
}
