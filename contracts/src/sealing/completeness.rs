//! "The opening lists exactly the sealed bids", found from the records alone.
//!
//! Reads every entry, every slot's signature, every proof and the opening record again, opens the outer layers anew and
//! sorts them with the library's own [`standing`]; what execution kept in state is not asked, but for who was registered
//! and the tender's terms.
//!
//! **Invariant:** an entry of the tender either is in the list, or its fate says why not.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, Height, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use biaozheng_seal::label::Slot;
use biaozheng_seal::limits::OPENING_PROOF_BYTES_MAX;
use biaozheng_seal::sealing::{
    OpenedEntry, OpeningFailure, OpeningProof, SealedEntry, SealingGroup, SlotKey, open_outer, standing,
};

use super::{Group, OPENING_NUMBER};
use crate::acts::opening::{Opened, OpenedLot};
use crate::acts::{ceremony, sealed, unsealing};
use crate::project::{BidName, Project};
use crate::state::{StateFailure, StateRead};

/// An accepted record, where it stands.
#[derive(Clone, Copy, Debug)]
pub struct InChain<'a> {
    pub id: RecordId,
    pub payload: &'a Payload,
    pub height: Height,
    pub time: TimeMs,
}

/// What became of an entry of the tender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFate {
    Stands,
    Superseded,
    Copy,
    Late,
    Failed(&'static str),
}

/// The finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completeness {
    /// Entries of all slots up to the deadline's, whatever they are for.
    pub entries: usize,
    /// Of these, entries nobody has opened.
    pub shut: usize,
    pub dummies: usize,
    /// Entries that name this tender, by their records, in the order on chain.
    pub of_tender: Vec<(RecordId, EntryFate)>,
    /// The list the entries give.
    pub expected: Vec<OpenedLot>,
    /// The list of the opening record, if there is one.
    pub listed: Option<Vec<OpenedLot>>,
    /// The opening lists exactly what was sealed, and nothing is shut.
    pub complete: bool,
}

struct Seen<'a> {
    id: RecordId,
    height: Height,
    time: TimeMs,
    entry: SealedEntry,
    proof: Option<&'a Payload>,
}

/// Reads a chain's accepted records, in their order.
///
/// # Errors
/// When the state cannot be read, or has no such tender or group.
pub fn check_completeness<'a>(
    state: &dyn StateRead,
    chain: &ChainId,
    id: &ProjectId,
    records: impl Iterator<Item = InChain<'a>>,
) -> Result<Completeness, StateFailure> {
    let missing = || StateFailure(format!("{id} is no tender of a chain with a group"));
    let project = Project::load(state, id)?.ok_or_else(missing)?;
    let stored = Group::sealing(state)?.ok_or_else(missing)?;
    let group = stored.of_chain(state, chain)?;
    let (mut slots, mut keys) = (BTreeMap::<Slot, Vec<Seen<'_>>>::new(), BTreeMap::<Slot, SlotKey>::new());
    let mut result = Completeness::default();
    for one in records {
        match one.payload.record_type.as_str() {
            "sealed.entered/1" => {
                if let Ok((entry, _)) = sealed::read(one.payload) {
                    let (id, height, time) = (one.id, one.height, one.time);
                    slots.entry(entry.slot()).or_default().push(Seen {
                        id,
                        height,
                        time,
                        entry,
                        proof: None,
                    });
                }
            }
            "slot.opened/1" => drop(slot_key(&group, one.payload).map(|(slot, key)| keys.insert(slot, key))),
            "sealed.proved/1" if one.payload.project.as_ref() == Some(id) => {
                attach(&mut slots, &group, one.payload)
            }
            "bids.opened/1" if one.payload.project.as_ref() == Some(id) => {
                result.listed = crate::acts::body::<Opened>(one.payload).ok().map(|opened| opened.lots);
            }
            _ => {}
        }
    }
    slots.retain(|slot, _| super::slot_end(slot.get(), stored.slot_ms()) <= project.deadline);
    sort(state, (id, &project), &group, (&slots, &keys), &mut result)?;
    result.complete =
        result.shut == 0 && result.listed.as_deref().is_some_and(|l| covers(&result.expected, l));
    Ok(result)
}

/// The list names exactly these bidders' envelopes. Further offers of an envelope stand behind its first.
fn covers(expected: &[OpenedLot], listed: &[OpenedLot]) -> bool {
    expected.len() == listed.len()
        && expected.iter().zip(listed).all(|(expected, listed)| {
            let firsts = listed.bids.iter().filter(|bid| bid.number == 1);
            let known = |bid: &BidName| expected.bids.iter().any(|one| one.bidder == bid.bidder);
            expected.lot == listed.lot && firsts.eq(&expected.bids) && listed.bids.iter().all(known)
        })
}

fn slot_key(group: &SealingGroup, payload: &Payload) -> Option<(Slot, SlotKey)> {
    let body: unsealing::SlotOpened = crate::acts::body(payload).ok()?;
    let signature = unsealing::signature(&body.signature).ok()?;
    let slot = Slot::new(body.slot);
    SlotKey::new(group, slot, signature).ok().map(|key| (slot, key))
}

fn proof(payload: &Payload) -> Option<OpeningProof> {
    let body: unsealing::Proved = crate::acts::body(payload).ok()?;
    let bytes = ceremony::bytes(&body.proof, OPENING_PROOF_BYTES_MAX).ok()?;
    OpeningProof::from_bytes(&bytes).ok()
}

fn attach<'a>(slots: &mut BTreeMap<Slot, Vec<Seen<'a>>>, group: &SealingGroup, payload: &'a Payload) {
    let Some(proof) = proof(payload) else { return };
    let again = proof.entry(group);
    let mut slot = slots.get_mut(&proof.slot()).into_iter().flatten();
    if let Some(seen) = slot.find(|seen| seen.entry == again) {
        seen.proof = Some(payload);
    }
}

/// With the slot's key, or with the bidder's proof; nothing for an entry nobody has opened.
fn open(
    group: &SealingGroup,
    key: Option<&SlotKey>,
    seen: &Seen<'_>,
) -> Option<Result<OpenedEntry, OpeningFailure>> {
    if let Some(key) = key {
        return Some(open_outer(group, key, &seen.entry));
    }
    let proof = proof(seen.proof?)?;
    proof.verify(group, &seen.entry).ok().map(|()| Ok(proof.opened(group)))
}

/// Why an entry of this tender does not count, as far as the moment it came tells.
fn barred(
    state: &dyn StateRead,
    project: &Project,
    identity: &biaozheng_seal::sealing::BidIdentity,
    seen: &Seen<'_>,
) -> Result<Option<EntryFate>, StateFailure> {
    if !unsealing::registered(state, identity, (seen.time, seen.height))? {
        return Ok(Some(EntryFate::Failed(OpeningFailure::UnknownBidder.code())));
    }
    if identity.opening.number != OPENING_NUMBER || project.lot(identity.lot.as_str()).is_err() {
        return Ok(Some(EntryFate::Failed("seal.unknown_lot")));
    }
    if project.by_tenderee(&identity.bidder).is_ok() {
        return Ok(Some(EntryFate::Failed("seal.own_tender")));
    }
    Ok((seen.time >= project.deadline).then_some(EntryFate::Late))
}

fn sort(
    state: &dyn StateRead,
    (id, project): (&ProjectId, &Project),
    group: &SealingGroup,
    (slots, keys): (&BTreeMap<Slot, Vec<Seen<'_>>>, &BTreeMap<Slot, SlotKey>),
    result: &mut Completeness,
) -> Result<(), StateFailure> {
    let (mut counted, mut records) = (Vec::new(), Vec::new());
    let mut out = BTreeSet::<Digest>::new();
    let mut fates = BTreeMap::<usize, (RecordId, EntryFate)>::new();
    for (slot, entries) in slots {
        for seen in entries {
            result.entries = result.entries.saturating_add(1);
            let Some(opened) = open(group, keys.get(slot), seen) else {
                result.shut = result.shut.saturating_add(1);
                continue;
            };
            let identity = match &opened {
                Ok(OpenedEntry::Dummy) => {
                    result.dummies = result.dummies.saturating_add(1);
                    continue;
                }
                // Whose it was, nobody can tell.
                Err(_) => continue,
                Ok(OpenedEntry::Bid(bid)) => bid.identity(),
                Ok(OpenedEntry::Withdrawal(withdrawal)) => withdrawal.identity(),
            };
            if identity.opening.tender != *id {
                continue;
            }
            let place = fates.len();
            let fate = match barred(state, project, identity, seen)? {
                None if out.contains(&seen.entry.kem_digest()) => Some(EntryFate::Copy),
                fate => fate,
            };
            if let Some(fate) = fate {
                out.insert(seen.entry.kem_digest());
                fates.insert(place, (seen.id, fate));
            } else {
                fates.insert(place, (seen.id, EntryFate::Superseded));
                records.push(place);
                counted.push((seen.entry.clone(), opened));
            }
        }
    }
    let found = standing(&counted, |_| true);
    let mut set = |place: usize, fate: EntryFate| {
        if let Some((_, one)) = records.get(place).and_then(|place| fates.get_mut(place)) {
            *one = fate;
        }
    };
    found.copies.iter().for_each(|place| set(*place, EntryFate::Copy));
    found.bids.iter().for_each(|(place, _)| set(*place, EntryFate::Stands));
    let of = |lot: &str| {
        let bids = found.bids.iter().filter(|(_, bid)| bid.identity().lot.as_str() == lot);
        let mut names: Vec<BidName> =
            bids.map(|(_, bid)| BidName { bidder: bid.identity().bidder.clone(), number: 1 }).collect();
        names.sort();
        names
    };
    result.expected =
        project.lots.iter().map(|lot| OpenedLot { lot: lot.id.clone(), bids: of(&lot.id) }).collect();
    result.of_tender = fates.into_values().collect();
    Ok(())
}
