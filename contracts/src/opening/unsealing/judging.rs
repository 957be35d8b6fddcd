//! What becomes of a sealed entry once its outer layer is open, by the group or by its bidder.
//!
//! **Invariant:** every entry is judged once and gets one fate. Which bid stands follows from (slot, place, sequence) alone,
//! and from what its bidder bound where bidders had to open.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, OrgId, ProjectId, TimeMs};
use biaozheng_seal::sealing::{BidIdentity, OpenedEntry, SealedBid};

use crate::bidding;
use crate::bidding::bid::Bid;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::opening::newest::{BOUND_OTHER, NewestBid};
use crate::opening::unsealing::{entry, store_entry};
use crate::opening::{binding, state_key};
use crate::parties::participant::{Participant, Role};
use crate::parties::purpose::Purpose;
use crate::project::sealed_tender::{OPENING_NUMBER, SealedTender};
use crate::project::waiting;
use crate::project::{BidName, Project};
use crate::rulebook::limits::BIDS_PER_LOT_MAX;
use crate::sealing::entered::{Entered, Fate};

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
    let signs =
        one.keys.iter().any(|held| held.key == identity.bidder_key && held.purposes.contains(&Purpose::Sign));
    let holds = one.holds(&identity.bidder_key, height) == Some(true);
    let tender = SealedTender::load(state, &identity.opening.tender)?;
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
    at: &At,
) -> Result<Option<Fate>, Refusal> {
    let failed = |code: &str| Ok(Some(Fate::Failed(code.to_owned())));
    if !registered(act.state, identity, (entered.at, entered.height))? {
        return failed("seal.unknown_bidder");
    }
    let id = &identity.opening.tender;
    let tender = SealedTender::load(act.state, id)?;
    let (Some(_), Some(project)) = (tender, Project::load(act.state, id)?) else {
        return failed("seal.unknown_tender");
    };
    if identity.opening.number != OPENING_NUMBER || project.lot(identity.lot.as_str()).is_err() {
        return failed("seal.unknown_lot");
    }
    if project.by_tenderee(&identity.bidder).is_ok() {
        return failed("seal.own_tender");
    }
    // After the deadline it does not move any more, so this is final. What came in time for a slot after it opens when
    // others' bids may be open: it would replace a bid, or spoil it, with a view of theirs.
    let late = entered.at >= project.deadline || at.ends > project.deadline;
    Ok((late || project.stage != Stage::Published).then_some(Fate::Late))
}

/// Where an entry stands, and when its slot ends.
pub(super) struct At {
    pub(super) slot: u64,
    pub(super) place: u32,
    pub(super) ends: TimeMs,
}

/// What becomes of an entry that opened.
pub(super) fn judge(
    act: &mut Act<'_, '_, '_>,
    kem: &Digest,
    entered: &Entered,
    at: &At,
    opened: &OpenedEntry,
) -> Result<Fate, Refusal> {
    let (identity, bid) = match opened {
        OpenedEntry::Dummy => return Ok(Fate::Dummy),
        OpenedEntry::Bid(bid) => (bid.identity(), Some(bid)),
        OpenedEntry::Withdrawal(withdrawal) => (withdrawal.identity(), None),
    };
    // Both keys count as used whatever becomes of the entry, so that who recomputes it needs no other tender's terms.
    let fresh = first_seen(act, kem, entered)?;
    let inner = match bid {
        Some(bid) => first_seen(act, &bid.kem_digest(), entered)?,
        None => true,
    };
    if let Some(fate) = excluded(act, identity, entered, at)? {
        return Ok(fate);
    }
    if !(fresh && inner) {
        return Ok(Fate::Copy);
    }
    compare(act, identity, bid, entered, (at.slot, at.place))
}

fn first_seen(act: &mut Act<'_, '_, '_>, kem: &Digest, entered: &Entered) -> Result<bool, Refusal> {
    let key = state_key::key_ciphertext(kem);
    if act.state.get(&key)?.is_some() {
        return Ok(false);
    }
    act.state.put(key, &entered.record)?;
    Ok(true)
}

/// The highest sequence stands, of equal ones the first in (slot, place). Once bidders prove, one that bound another entry
/// has no bid: it would choose among its own after it saw the others'.
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
        supersede(act, id, lot, &identity.bidder, before)?;
    } else {
        let count_key = bidding::state_key::bid_count(id, lot);
        let count: u32 = load(act.state, &count_key)?.unwrap_or(0);
        if usize::try_from(count).is_ok_and(|count| count >= BIDS_PER_LOT_MAX) {
            return Ok(Fate::Failed("seal.lot_full".to_owned()));
        }
        act.state.put(count_key, &count.saturating_add(1))?;
    }
    let other = bound_other(act, id, lot, &identity.bidder, (slot, place))?;
    let withdrawn = bid.is_none() || other;
    let newest = NewestBid {
        version: 1,
        sequence: identity.sequence,
        slot,
        place,
        key: identity.bidder_key,
        withdrawn,
        inner: bid.map(|bid| bid.inner_bytes().to_vec()).unwrap_or_default(),
        opened_by: None,
        failure: other.then(|| BOUND_OTHER.to_owned()),
    };
    act.state.put(key, &newest)?;
    let listed = Bid {
        name: BidName { bidder: identity.bidder.clone(), number: 1 },
        lot: lot.to_owned(),
        sequence: identity.sequence,
        commitment: entered.digest,
        record: entered.record,
        sealed_at: entered.at,
        withdrawn,
        opened: None,
    };
    act.state.put(bidding::state_key::bid(id, lot, &identity.bidder, 1), &listed)?;
    let stood = before.is_some_and(|before| !before.withdrawn);
    waiting::count(act.state, (id, lot), (stood, !withdrawn), act.block.time)?;
    Ok(match (bid, other) {
        (Some(_), true) => Fate::Failed(BOUND_OTHER.to_owned()),
        (Some(_), false) => Fate::Stands,
        (None, _) => Fate::Superseded,
    })
}

/// Whether the bidder bound another entry than this one before bidders began to prove.
fn bound_other(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    lot: &str,
    bidder: &OrgId,
    place: (u64, u32),
) -> Result<bool, StateFailure> {
    if !SealedTender::load(act.state, id)?.is_some_and(|tender| tender.proving) {
        return Ok(false);
    }
    Ok(binding::of(act.state, id, lot, bidder)?.is_some_and(|bound| (bound.slot, bound.place) != place))
}

/// A newer word takes the place of one: its entry no longer stands, nor what its bidder had opened of it.
fn supersede(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    lot: &str,
    bidder: &OrgId,
    before: &NewestBid,
) -> Result<(), Refusal> {
    let mut other = entry(act, before.slot, before.place)?;
    other.fate = Some(Fate::Superseded);
    store_entry(act, (before.slot, before.place), other)?;
    if before.opened_by.is_none() {
        return Ok(());
    }
    act.state.remove(bidding::state_key::model(id, lot, bidder, 1));
    let key = bidding::state_key::further_count(id, lot);
    let mut count: u32 = load(act.state, &key)?.unwrap_or(0);
    for number in 2..=u8::MAX {
        let further = bidding::state_key::bid(id, lot, bidder, number);
        if act.state.get(&further)?.is_none() {
            break;
        }
        act.state.remove(further);
        act.state.remove(bidding::state_key::model(id, lot, bidder, number));
        count = count.saturating_sub(1);
    }
    Ok(act.state.put(key, &count)?)
}
