//! Bids that were sealed to the group, once they are open: their texts are in no record in the clear.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::acts::bid::Bid;
use crate::project::{Project, Stage};
use crate::sealing::{Entered, Fate, Group, NewestBid, OpenedBy, SlotState, slot_end};
use crate::state::{StateFailure, StateRead, load};
use crate::state_key;

/// The envelopes that stood at the opening, by lot and bidder, after the one of this name: who, which records, and the
/// text. Nothing before `bids.opened/1`, and of lots that stayed shut. Each row's name is its cursor.
///
/// # Errors
/// When the state cannot be read.
pub fn opened_bids(
    state: &dyn StateRead,
    id: &ProjectId,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Value)>, StateFailure> {
    let opened = |project: &Project| project.times.iter().any(|(stage, _)| *stage == Stage::Opened);
    if !Project::load(state, id)?.is_some_and(|project| opened(&project)) {
        return Ok(Vec::new());
    }
    let group = Group::sealing(state)?.map(|group| group.record);
    let prefix = state_key::standing_bids(id);
    let after = after.map(|after| [&prefix, after.as_bytes()].concat());
    let mut rows = Vec::new();
    for (key, value) in state.scan(&prefix, after.as_deref(), limit)? {
        let damaged = || StateFailure("a sealed bid does not decode".into());
        let newest: NewestBid = borsh::from_slice(&value).map_err(|_| damaged())?;
        let name = key.get(prefix.len()..).and_then(|rest| std::str::from_utf8(rest).ok());
        let name = name.ok_or_else(damaged)?.to_owned();
        let (lot, bidder) = name.split_once('/').ok_or_else(damaged)?;
        let slot: Option<SlotState> = load(state, &state_key::slot(newest.slot))?;
        let bidder = biaozheng_ledger::ids::OrgId::new(bidder).map_err(|_| damaged())?;
        let bid: Option<Bid> = load(state, &state_key::bid(id, lot, &bidder, 1))?;
        let text = newest.opened_by.and_then(|_| std::str::from_utf8(&newest.inner).ok());
        let text = text.filter(|text| !newest.withdrawn && !text.is_empty());
        let row = json!({
            "lot": lot, "bidder": bidder, "sequence": newest.sequence, "withdrawn": newest.withdrawn,
            "sealed": bid.as_ref().map(|bid| bid.record), "sealed_at_ms": bid.as_ref().map(|bid| bid.sealed_at),
            "slot": newest.slot, "slot_opened": slot.and_then(|slot| slot.record), "group": group,
            "opened": bid.and_then(|bid| bid.opened).map(|opened| opened.record),
            "by_bidder": newest.opened_by == Some(OpenedBy::Bidder), "failure": newest.failure,
            "text": text,
        });
        rows.push((name, row));
    }
    Ok(rows)
}

/// A sealed entry by its bytes' digest: where it stands, and what became of it once its slot was opened. Whose it is and
/// for which tender it was is not said here; only who sealed it knows the digest's meaning. Nothing for one that is not there.
///
/// # Errors
/// When the state cannot be read.
pub fn entry(state: &dyn StateRead, digest: &Digest) -> Result<Option<Value>, StateFailure> {
    let Some((slot, place)) = load::<(u64, u32)>(state, &state_key::sealed_bytes(digest))? else {
        return Ok(None);
    };
    let missing = || StateFailure("a slot without its entry".into());
    let entered: Entered = load(state, &state_key::sealed_entry(slot, place))?.ok_or_else(missing)?;
    let slot_ms = Group::sealing(state)?.map_or(0, |group| group.slot_ms());
    let (fate, code) = match entered.fate {
        None => ("waiting", None),
        Some(Fate::Dummy) => ("dummy", None),
        Some(Fate::Stands) => ("stands", None),
        Some(Fate::Superseded) => ("superseded", None),
        Some(Fate::Copy) => ("copy", None),
        Some(Fate::Late) => ("late", None),
        Some(Fate::Failed(code)) => ("failed", Some(code)),
    };
    Ok(Some(json!({
        "record": entered.record, "slot": slot, "place": place, "entered_ms": entered.at,
        "height": entered.height, "opens_ms": slot_end(slot, slot_ms), "fate": fate, "code": code,
    })))
}
