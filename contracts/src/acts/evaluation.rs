//! The evaluation's report: every node recomputes its ranking and refuses a different one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Act, committee, opening, ranking};
use crate::execute::text;
use crate::participant::{Role, author};
use crate::project::{BidName, Project, Ranked, Stage};
use crate::reject::{self, Refusal};

/// `lot.drawn/1`, by the hosting centre: the order a drawing of lots gave to equal bids.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotDrawn {
    pub lot: String,
    /// Exactly the bids that tie, in the drawn order.
    pub order: Vec<BidName>,
    /// How and where it was drawn.
    pub method: String,
    /// Disqualified bids take no part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disqualified: Vec<BidName>,
}

pub(crate) fn draw_lots(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let (id, mut project) = act.step(&[Stage::Opened])?;
    project.by_centre(&by.org)?;
    project.not_suspended()?;
    let body: LotDrawn = act.body()?;
    text(&body.method)?;
    let bids = opening::bids(act.state, &id)?;
    let out: BTreeSet<BidName> = body.disqualified.into_iter().collect();
    super::eligibility::check_disqualified(act.state, &id, &body.lot, &out)?;
    let lot = project.lot(&body.lot)?;
    let scores = committee::all_scores(act.state, &id)?;
    let tied = ranking::ties(&project, lot, &bids, &out, &scores);
    let drawn: BTreeSet<BidName> = body.order.iter().cloned().collect();
    if drawn.is_empty() || drawn.len() != body.order.len() || drawn != tied {
        return Err(reject::LOT_DRAW.because(format!("{} bids tie", tied.len())).into());
    }
    project.lot_mut(&body.lot)?.drawn = body.order;
    act.reached(&id, &mut project, Stage::Opened)
}

/// `evaluation.reported/1`, by the hosting centre, cosigned by every member of the committee.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    pub lots: Vec<LotReport>,
}

/// One lot's result.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LotReport {
    pub lot: String,
    /// Winner first.
    pub ranking: Vec<Ranked>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disqualified: Vec<Disqualified>,
}

/// A bid that is out, and why.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disqualified {
    pub bid: BidName,
    pub reason: String,
}

/// The committee signs beside the centre: all of it.
fn signed_by_committee(act: &Act<'_, '_, '_>, project: &Project) -> Result<(), Refusal> {
    let rulebook = project.pinned(act.state)?;
    if project.committee.is_empty() && rulebook.count("committee_min") > 0 {
        return Err(reject::COMMITTEE_MISSING.under(&rulebook, rulebook.text("committee_min")).into());
    }
    let signed = |member: &crate::project::Member| {
        act.payload.cosigners.iter().any(|party| party.org == member.id && party.key == member.key)
    };
    if project.committee.iter().all(signed) && act.payload.cosigners.len() == project.committee.len() {
        Ok(())
    } else {
        reject::NOT_MEMBER.err()
    }
}

pub(crate) fn report(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let (id, mut project) = act.step(&[Stage::Opened])?;
    project.by_centre(&by.org)?;
    project.not_suspended()?;
    signed_by_committee(act, &project)?;
    let body: Reported = act.body()?;
    let bids = opening::bids(act.state, &id)?;
    let scores = committee::all_scores(act.state, &id)?;
    let unscored = scores.iter().any(|one| one.revealed.is_none()) || scores.len() < project.committee.len();
    if project.method == crate::project::Method::Weighted && unscored {
        return reject::SCORES_WAIT.err();
    }
    let open: Vec<String> = project.lots.iter().filter(|lot| !lot.failed).map(|lot| lot.id.clone()).collect();
    if !body.lots.iter().map(|lot| &lot.lot).eq(&open) {
        return Err(reject::LOTS.because(format!("the report covers {}", open.join(", "))).into());
    }
    for report in body.lots {
        let names: BTreeSet<BidName> =
            bids.iter().filter(|b| b.lot == report.lot).map(|b| b.name.clone()).collect();
        let mut out = BTreeSet::new();
        for one in report.disqualified {
            text(&one.reason)?;
            if !names.contains(&one.bid) || !out.insert(one.bid) {
                return reject::DISQUALIFIED.err();
            }
        }
        super::eligibility::check_disqualified(act.state, &id, &report.lot, &out)?;
        let computed = ranking::rank(&project, project.lot(&report.lot)?, &bids, &out, &scores)?;
        if computed != report.ranking {
            let first = computed.first().map_or("nobody", |first| first.bidder.as_str());
            return Err(reject::RANKING.because(format!("{} ranked, {first} first", computed.len())).into());
        }
        let lot = project.lot_mut(&report.lot)?;
        lot.failed = computed.is_empty();
        lot.ranking = computed;
    }
    if project.lots.iter().all(|lot| lot.failed) {
        project.end_reason = "no valid bid".into();
        return act.reached(&id, &mut project, Stage::Failed);
    }
    act.reached(&id, &mut project, Stage::Evaluated)
}
