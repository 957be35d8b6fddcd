//! The chain's sealed entries as its records open them, one after another: which of a tender's stand, and why others do not.
//!
//! **Invariant:** an entry is judged once, by the record that opened it, with what was known there: keys of all entries that
//! opened before, of whatever tender, and what bidders had bound. Nothing that came later changes it. So an entry's bytes
//! are held until it is judged and no longer, and what can no more be judged is not held at all.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_seal::label::Slot;
use biaozheng_seal::limits::OPENING_PROOF_BYTES_MAX;
use biaozheng_seal::sealing::{
    BidIdentity, OpenedEntry, OpeningFailure, OpeningProof, SealedEntry, SealingGroup, SlotKey, open_outer,
};

use crate::machine::state::{StateFailure, StateRead};
use crate::opening::completeness::{BoundBid, EntryFate, InChain, OpeningCheck};
use crate::opening::limits::OPENED_PER_RECORD_MAX;
use crate::opening::newest::BOUND_OTHER;
use crate::opening::{OpenedLot, binding, unsealing};
use crate::project::sealed_tender::OPENING_NUMBER;
use crate::project::{BidName, Project};
use crate::rulebook::limits::BIDS_PER_LOT_MAX;
use crate::sealing::slot::slot_end;
use crate::sealing::{ceremony, entry};

/// Slot and place.
type Place = (Slot, usize);
/// Lot and bidder.
type Envelope = (String, OrgId);

/// What an entry turned out to be.
enum Judged {
    Dummy,
    /// Whose it was, nobody can tell; or it is another tender's.
    Other,
    Own(EntryFate),
}

struct Seen {
    id: RecordId,
    height: Height,
    time: TimeMs,
    /// Until it is judged.
    entry: Option<SealedEntry>,
    judged: Option<Judged>,
}

/// What is kept of an entry for good, about, bytes.
const SEEN_BYTES: usize = 256;

impl Seen {
    /// About how much it takes.
    fn bytes(&self) -> usize {
        let entry = self.entry.as_ref().map_or(0, |entry| entry.class().padded_bytes());
        entry.saturating_add(SEEN_BYTES)
    }
}

/// A bidder's newest word on a lot.
struct Newest {
    sequence: u32,
    place: Place,
    stands: bool,
}

struct Bound {
    record: RecordId,
    /// Nothing for a digest no entry has.
    place: Option<Place>,
    proved: bool,
}

pub(super) struct Entries<'a> {
    state: &'a dyn StateRead,
    id: &'a ProjectId,
    project: Project,
    group: SealingGroup,
    slot_ms: u64,
    published_at: Height,
    slots: BTreeMap<Slot, Vec<Seen>>,
    places: BTreeMap<Digest, Place>,
    /// Digests of the key ciphertexts of all entries that opened.
    keys: BTreeSet<Digest>,
    newest: BTreeMap<Envelope, Newest>,
    bound: BTreeMap<Envelope, Bound>,
    published: bool,
    /// A bidder of this tender has proved.
    proving: bool,
    /// The opening is recorded.
    closed: bool,
    held_bytes: usize,
}

impl<'a> Entries<'a> {
    pub(super) fn new(
        state: &'a dyn StateRead,
        (id, project): (&'a ProjectId, Project),
        group: SealingGroup,
        slot_ms: u64,
        published_at: Height,
    ) -> Self {
        Self {
            state,
            id,
            project,
            group,
            slot_ms,
            published_at,
            slots: BTreeMap::new(),
            places: BTreeMap::new(),
            keys: BTreeSet::new(),
            newest: BTreeMap::new(),
            bound: BTreeMap::new(),
            published: false,
            proving: false,
            closed: false,
            held_bytes: 0,
        }
    }

    /// About how much is held now.
    pub(super) const fn held_bytes(&self) -> usize {
        self.held_bytes
    }

    /// Where the tender's own notice stands.
    pub(super) const fn publish(&mut self) {
        self.published = true;
    }

    /// Where its opening stands. Of later slots nothing is judged from there on.
    pub(super) fn close(&mut self) {
        self.closed = true;
        let (slot_ms, deadline) = (self.slot_ms, self.project.deadline);
        self.slots.retain(|slot, seen| {
            let kept = slot_end(slot.get(), slot_ms) <= deadline;
            if !kept {
                let bytes = seen.iter().map(Seen::bytes).fold(0, usize::saturating_add);
                self.held_bytes = self.held_bytes.saturating_sub(bytes);
            }
            kept
        });
    }

    pub(super) fn enter(&mut self, one: &InChain<'_>) {
        let Ok((entry, _)) = entry::read(one.payload) else { return };
        let slot = entry.slot();
        if self.closed && !self.is_before_deadline(slot) {
            return;
        }
        let seen = self.slots.entry(slot).or_default();
        self.places.insert(entry.digest(), (slot, seen.len()));
        let new = Seen { id: one.id, height: one.height, time: one.time, entry: Some(entry), judged: None };
        self.held_bytes = self.held_bytes.saturating_add(new.bytes());
        seen.push(new);
    }

    fn is_before_deadline(&self, slot: Slot) -> bool {
        slot_end(slot.get(), self.slot_ms) <= self.project.deadline
    }

    /// The next batch of a slot's entries. What opened after the tender's own opening says only what its own slots held.
    pub(super) fn open_slot(&mut self, one: &InChain<'_>) -> Result<(), StateFailure> {
        let Ok(body) = crate::machine::act::body::<unsealing::SlotOpened>(one.payload) else { return Ok(()) };
        let slot = Slot::new(body.slot);
        let signature = unsealing::signature(&body.signature).ok();
        let key = signature.and_then(|signature| SlotKey::new(&self.group, slot, signature).ok());
        let Some(key) = key.filter(|_| !self.closed || self.is_before_deadline(slot)) else { return Ok(()) };
        let from = usize::try_from(body.from).unwrap_or(usize::MAX);
        let count = self.slots.get(&slot).map_or(0, Vec::len);
        for place in from..count.min(from.saturating_add(OPENED_PER_RECORD_MAX)) {
            let Some(seen) = self.slots.get(&slot).and_then(|seen| seen.get(place)) else { break };
            if let Some(entry) = &seen.entry {
                let opened = open_outer(&self.group, &key, entry);
                self.judge((slot, place), opened, one.height)?;
            }
        }
        Ok(())
    }

    pub(super) fn bind(&mut self, one: &InChain<'_>) {
        let Ok(body) = crate::machine::act::body::<binding::Bound>(one.payload) else { return };
        let place = self.places.get(body.entry.digest()).copied();
        let bound = Bound { record: one.id, place, proved: false };
        self.bound.insert((body.lot, one.payload.author.org.clone()), bound);
    }

    /// An entry its bidder opened, of this tender or another.
    pub(super) fn prove(&mut self, one: &InChain<'_>, own: bool) -> Result<(), StateFailure> {
        if self.closed {
            return Ok(());
        }
        let Some(proof) = proof(one) else { return Ok(()) };
        let again = proof.entry(&self.group);
        let Some(place) = self.places.get(&again.digest()).copied() else { return Ok(()) };
        let shut = self.seen(place).is_some_and(|seen| seen.judged.is_none());
        if proof.verify(&self.group, &again).is_err() {
            return Ok(());
        }
        if shut {
            self.judge(place, Ok(proof.opened(&self.group)), one.height)?;
        }
        if own {
            self.proving = true;
            let envelope = (proof.identity().lot.as_str().to_owned(), proof.identity().bidder.clone());
            if let Some(bound) = self.bound.get_mut(&envelope).filter(|bound| bound.place == Some(place)) {
                bound.proved = true;
            }
        }
        Ok(())
    }

    fn seen(&self, (slot, place): Place) -> Option<&Seen> {
        self.slots.get(&slot).and_then(|seen| seen.get(place))
    }

    fn set(&mut self, (slot, place): Place, judged: Judged) {
        if let Some(seen) = self.slots.get_mut(&slot).and_then(|seen| seen.get_mut(place)) {
            let before = seen.bytes();
            seen.judged = Some(judged);
            seen.entry = None;
            self.held_bytes = self.held_bytes.saturating_sub(before.saturating_sub(seen.bytes()));
        }
    }

    fn judge(
        &mut self,
        place: Place,
        opened: Result<OpenedEntry, OpeningFailure>,
        at: Height,
    ) -> Result<(), StateFailure> {
        let Some(kem) = self.seen(place).and_then(|seen| seen.entry.as_ref()).map(SealedEntry::kem_digest)
        else {
            return Ok(());
        };
        let (identity, inner) = match &opened {
            Ok(OpenedEntry::Dummy) => {
                self.set(place, Judged::Dummy);
                return Ok(());
            }
            Err(_) => {
                self.set(place, Judged::Other);
                return Ok(());
            }
            Ok(OpenedEntry::Bid(bid)) => (bid.identity(), Some(bid.kem_digest())),
            Ok(OpenedEntry::Withdrawal(withdrawal)) => (withdrawal.identity(), None),
        };
        // An entry that repeats a key of one that opened is a copy, whichever tender that was for.
        let fresh = self.keys.insert(kem);
        let fresh = inner.is_none_or(|inner| self.keys.insert(inner)) && fresh;
        if identity.opening.tender != *self.id {
            self.set(place, Judged::Other);
            return Ok(());
        }
        let fate = match self.barred(identity, place, at)? {
            Some(fate) => fate,
            None if self.closed => EntryFate::Unopened,
            None if !fresh => EntryFate::Copy,
            None => self.compare(identity, inner.is_some(), place),
        };
        self.set(place, Judged::Own(fate));
        Ok(())
    }

    /// Why an entry of this tender does not count, before replacement and withdrawal.
    fn barred(
        &self,
        identity: &BidIdentity,
        place: Place,
        at: Height,
    ) -> Result<Option<EntryFate>, StateFailure> {
        let Some(seen) = self.seen(place) else { return Ok(None) };
        if !unsealing::registered(self.state, identity, (seen.time, seen.height))? {
            return Ok(Some(EntryFate::Failed(OpeningFailure::UnknownBidder.code())));
        }
        if !self.published && at <= self.published_at {
            return Ok(Some(EntryFate::Failed("seal.unknown_tender")));
        }
        if identity.opening.number != OPENING_NUMBER || self.project.lot(identity.lot.as_str()).is_err() {
            return Ok(Some(EntryFate::Failed("seal.unknown_lot")));
        }
        if self.project.by_tenderee(&identity.bidder).is_ok() {
            return Ok(Some(EntryFate::Failed("seal.own_tender")));
        }
        let late = seen.time >= self.project.deadline || !self.is_before_deadline(place.0);
        Ok(late.then_some(EntryFate::Late))
    }

    /// The highest sequence stands, of equal ones the first; once bidders prove, only what a bidder bound, if it bound.
    fn compare(&mut self, identity: &BidIdentity, is_bid: bool, place: Place) -> EntryFate {
        let envelope = (identity.lot.as_str().to_owned(), identity.bidder.clone());
        match self.newest.get(&envelope) {
            Some(before) => {
                let newer = identity.sequence > before.sequence
                    || (identity.sequence == before.sequence && place < before.place);
                if !newer {
                    return EntryFate::Superseded;
                }
                let before = before.place;
                self.set(before, Judged::Own(EntryFate::Superseded));
            }
            None => {
                let of_lot = self.newest.keys().filter(|(lot, _)| *lot == envelope.0).count();
                if of_lot >= BIDS_PER_LOT_MAX {
                    return EntryFate::Failed("seal.lot_full");
                }
            }
        }
        let bound = self.bound.get(&envelope).filter(|_| self.proving);
        let other = bound.is_some_and(|bound| bound.place != Some(place));
        let stands = is_bid && !other;
        self.newest.insert(envelope, Newest { sequence: identity.sequence, place, stands });
        match (is_bid, other) {
            (true, true) => EntryFate::Failed(BOUND_OTHER),
            (true, false) => EntryFate::Stands,
            (false, _) => EntryFate::Superseded,
        }
    }

    pub(super) fn finish(self) -> OpeningCheck {
        let mut found = OpeningCheck::default();
        for (slot, entries) in &self.slots {
            if !self.is_before_deadline(*slot) {
                continue;
            }
            for seen in entries {
                found.entries = found.entries.saturating_add(1);
                match &seen.judged {
                    None => found.shut = found.shut.saturating_add(1),
                    Some(Judged::Dummy) => found.dummies = found.dummies.saturating_add(1),
                    Some(Judged::Other) => {}
                    Some(Judged::Own(fate)) => found.of_tender.push((seen.id, fate.clone())),
                }
            }
        }
        let of = |lot: &str| {
            let standing = self.newest.iter().filter(|((of, _), newest)| of == lot && newest.stands);
            standing.map(|((_, bidder), _)| BidName { bidder: bidder.clone(), number: 1 }).collect()
        };
        let lots = self.project.lots.iter();
        found.expected = lots.map(|lot| OpenedLot { lot: lot.id.clone(), bids: of(&lot.id) }).collect();
        let bound = self.bound.into_iter().map(|((lot, bidder), one)| BoundBid {
            record: one.record,
            lot,
            bidder,
            proved: one.proved,
        });
        found.bound = bound.collect();
        found
    }
}

fn proof(one: &InChain<'_>) -> Option<OpeningProof> {
    let body: unsealing::Proved = crate::machine::act::body(one.payload).ok()?;
    let bytes = ceremony::bytes(&body.proof, OPENING_PROOF_BYTES_MAX).ok()?;
    OpeningProof::from_bytes(&bytes).ok()
}
