//! Who may be awarded: credit and licences of every bidder, judged once, at the opening.
//!
//! A sealed bid is never refused for its bidder's credit or licences: the refusal would tell who wanted to bid
//! (招标投标法 22). The block that opens the bids judges them all; the finding is kept, so that what changes later
//! touches later tenders only. A bid found ineligible was still made: it counts towards `min_bidders` (条例44).

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::bidding::bid::Bid;
use crate::bidding::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{Overlay, StateFailure, StateRead, load, load_all};
use crate::parties::licence::{LicenceKind, LicenceStatus};
use crate::parties::{credit, licence};
use crate::project::BidName;
use crate::project::limits::LOTS_MAX;

/// A bidder as found at the opening.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Judged {
    pub(crate) lot: String,
    pub(crate) bid: BidName,
    /// Disqualifying credit events that held.
    pub(crate) events: Vec<RecordId>,
    /// Required kinds it held no valid licence of.
    pub(crate) missing: Vec<LicenceKind>,
    /// Licences it was found eligible by.
    pub(crate) licences: Vec<RecordId>,
}

impl Judged {
    pub(crate) fn is_out(&self) -> bool {
        !self.events.is_empty() || !self.missing.is_empty()
    }
}

/// Keeps what the published terms require of every bidder.
pub(crate) fn require_licences(
    state: &mut Overlay<'_>,
    project: &ProjectId,
    kinds: &[LicenceKind],
) -> Result<(), Refusal> {
    licence::check_kinds(kinds)?;
    if kinds.is_empty() {
        return Ok(());
    }
    Ok(state.put(state_key::required_licences(project), &kinds.to_vec())?)
}

pub(crate) fn required(state: &dyn StateRead, project: &ProjectId) -> Result<Vec<LicenceKind>, StateFailure> {
    Ok(load(state, &state_key::required_licences(project))?.unwrap_or_default())
}

/// Judges every bid that is opened, by the state before this block's record and the block's time.
pub(crate) fn judge(act: &mut Act<'_, '_, '_>, project: &ProjectId, bids: &[Bid]) -> Result<(), Refusal> {
    let required = required(act.state, project)?;
    let mut bidders: BTreeMap<&OrgId, Found> = BTreeMap::new();
    for bid in bids {
        if !bidders.contains_key(&bid.name.bidder) {
            bidders.insert(&bid.name.bidder, find(act.state, &bid.name.bidder, &required, act.block.time)?);
        }
    }
    let mut lots: BTreeMap<&str, Vec<Judged>> = BTreeMap::new();
    for bid in bids {
        let (events, missing, licences) = bidders.get(&bid.name.bidder).cloned().unwrap_or_default();
        let judged = Judged { lot: bid.lot.clone(), bid: bid.name.clone(), events, missing, licences };
        lots.entry(&bid.lot).or_default().push(judged);
    }
    for (lot, findings) in lots {
        act.state.put(state_key::eligibility(project, lot), &findings)?;
    }
    Ok(())
}

type Found = (Vec<RecordId>, Vec<LicenceKind>, Vec<RecordId>);

fn find(
    state: &dyn StateRead,
    bidder: &OrgId,
    required: &[LicenceKind],
    now: TimeMs,
) -> Result<Found, StateFailure> {
    let events = credit::events(state, bidder)?;
    let events = events.iter().filter(|event| event.disqualifies(now)).map(|event| event.record).collect();
    let (mut missing, mut licences) = (Vec::new(), Vec::new());
    if !required.is_empty() {
        let held = licence::held(state, bidder)?;
        for kind in required {
            let valid =
                |one: &&licence::Licence| one.kind == *kind && one.status(now) == LicenceStatus::Valid;
            match held.iter().find(valid) {
                Some(licence) => licences.push(licence.record),
                None => missing.push(kind.clone()),
            }
        }
    }
    Ok((events, missing, licences))
}

/// What the opening found, lot by lot.
pub(crate) fn findings(state: &dyn StateRead, project: &ProjectId) -> Result<Vec<Judged>, StateFailure> {
    let lots: Vec<(_, Vec<Judged>)> = load_all(state, &state_key::eligibility_of_lots(project), LOTS_MAX)?;
    Ok(lots.into_iter().flat_map(|(_, findings)| findings).collect())
}

/// Refuses unless every bid of the lot that was found ineligible is disqualified.
pub(crate) fn check_disqualified(
    state: &dyn StateRead,
    project: &ProjectId,
    lot: &str,
    disqualified: &BTreeSet<BidName>,
) -> Result<(), Refusal> {
    let findings: Vec<Judged> = load(state, &state_key::eligibility(project, lot))?.unwrap_or_default();
    let standing = |one: &&Judged| one.is_out() && !disqualified.contains(&one.bid);
    let Some(one) = findings.iter().find(standing) else { return Ok(()) };
    let mut reject = refusals::INELIGIBLE.because(format!(
        "bid {} of {}: {} credit events, {} licences missing",
        one.bid.number,
        one.bid.bidder,
        one.events.len(),
        one.missing.len()
    ));
    // The article is the one the event stands on.
    let events = credit::events(state, &one.bid.bidder)?;
    reject.article =
        events.into_iter().find(|event| one.events.contains(&event.record)).map(|event| event.basis);
    Err(reject.into())
}
