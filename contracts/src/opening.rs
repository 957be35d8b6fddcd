//! The opening: the list of exactly all bids, recomputed by every node.
//!
//! How a bid comes to be readable is behind [`collect`] alone: bidders reveal, or the chain's group has opened. Nothing
//! after the opening knows the difference.

pub mod ahead;
pub mod binding;
pub mod completeness;
pub mod due;
pub mod groups;
pub mod limits;
pub mod newest;
pub mod now;
pub(crate) mod refusals;
pub(crate) mod state_key;
pub mod unsealing;
pub mod view;

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{ProjectId, TimeMs};
use serde::{Deserialize, Serialize};

use crate::bidding::bid::Bid;
use crate::bidding::standing::bids;
use crate::bidding::{bond, eligibility};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::StateRead;
use crate::project;
use crate::project::refusals::DEADLINE_AHEAD;
use crate::project::{BidName, Project, suspension};
use crate::rulebook::Rulebook;

/// `bids.opened/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// Every sealed bid that was not withdrawn, by lot in the order of the notice, then by bidder and number.
    pub lots: Vec<OpenedLot>,
}

/// One lot's bids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedLot {
    pub lot: String,
    pub bids: Vec<BidName>,
}

/// The bids to open, once nothing more can change.
pub(crate) fn collect(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    now: TimeMs,
) -> Result<Vec<Bid>, Refusal> {
    if now < project.deadline {
        return Err(DEADLINE_AHEAD.saying(Spoken::until(project.deadline)).into());
    }
    let bids = bids(state, id)?;
    if state.get(&project::state_key::sealed_tender(id))?.is_some() {
        // `unsealing::check_open` has judged what is not open.
        return Ok(bids);
    }
    let unread = bids.iter().filter(|bid| bid.opened.is_none()).count();
    let since = suspension::counted_from(state, id, project, rulebook, now)?;
    if unread > 0 && now <= rulebook.after(&parameters::REVEAL_WINDOW, since) {
        return Err(refusals::REVEAL_OPEN.under(rulebook, format!("{unread} not revealed")).into());
    }
    Ok(bids)
}

/// The lots' lists in the one order the opening record has.
pub(crate) fn list(project: &Project, bids: &[Bid]) -> Vec<OpenedLot> {
    let of = |lot: &str| {
        let mut names: Vec<BidName> =
            bids.iter().filter(|bid| bid.lot == lot).map(|bid| bid.name.clone()).collect();
        names.sort();
        names
    };
    project.lots.iter().map(|lot| OpenedLot { lot: lot.id.clone(), bids: of(&lot.id) }).collect()
}

/// What an opening record would have to list now, and whether bidders had to open sealed bids themselves; refused as the
/// record would be, save for its signer and its `previous`.
pub(crate) fn listed(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
) -> Result<(Vec<OpenedLot>, Vec<Bid>, bool), Refusal> {
    project.not_suspended()?;
    let rulebook = project.pinned(act.state)?;
    let by_bidders = unsealing::check_open(act, id, project)?;
    let bids = collect(act.state, id, project, &rulebook, act.block.time)?;
    Ok((list(project, &bids), bids, by_bidders))
}

pub(crate) fn open(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let (expected, bids, by_bidders) = listed(act, &id, &project)?;
    let rulebook = project.pinned(act.state)?;
    let body: Opened = act.body()?;
    if body.lots != expected {
        let count: usize = expected.iter().map(|lot| lot.bids.len()).sum();
        return Err(refusals::OPENING_LIST.because(format!("{count} bids are sealed")).into());
    }
    if by_bidders {
        act.note_late(&id, &mut project, parameters::SEALING_SIGNATURE_WINDOW.name);
    }
    // 条例44: fewer bidders than the rule asks, and the lot is not opened but fails.
    let least = rulebook.count(&parameters::MIN_BIDDERS);
    for (lot, opened) in project.lots.iter_mut().zip(&expected) {
        let mut bidders: Vec<_> = opened.bids.iter().map(|bid| &bid.bidder).collect();
        bidders.dedup();
        lot.failed = (bidders.len() as u64) < least;
    }
    if project.lots.iter().all(|lot| lot.failed) {
        let article = rulebook.article(&parameters::MIN_BIDDERS).unwrap_or_default();
        project.end_reason = format!("fewer than {least} bidders ({article})");
        return act.reached(&id, &mut project, Stage::Failed);
    }
    eligibility::judge(act, &id, &bids)?;
    bond::note_waiting(act, &id, &mut project)?;
    act.reached(&id, &mut project, Stage::Opened)
}
