//! Bids that were sealed to the group, once they are open: their texts are in no record in the clear.

use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::bidding::bid::Bid;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::opening::newest::{NewestBid, OpenedBy};
use crate::opening::state_key;
use crate::project::Project;
use crate::sealing::group::Group;
use crate::sealing::slot::SlotState;
use crate::{bidding, sealing};

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
        let slot: Option<SlotState> = load(state, &sealing::state_key::slot(newest.slot))?;
        let bidder = biaozheng_ledger::ids::OrgId::new(bidder).map_err(|_| damaged())?;
        let bid: Option<Bid> = load(state, &bidding::state_key::bid(id, lot, &bidder, 1))?;
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
