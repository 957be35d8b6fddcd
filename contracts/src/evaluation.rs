//! The evaluation's report: every node recomputes its ranking and refuses a different one.

pub mod beacon;
pub mod blind;
pub mod committee;
pub mod correction;
pub mod disclosure;
pub mod draw;
pub mod flags;
pub mod limits;
pub mod methods;
pub mod pool;
pub mod ranking;
pub(crate) mod refusals;
pub mod session;
pub(crate) mod state_key;
pub mod terms;

use crate::rulebook::parameters;
use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::{Deserialize, Serialize};

use crate::bidding::bid::Bid;
use crate::bidding::{admission, building_model, eligibility, standing};
use crate::evaluation::flags::{Flag, FlagKind};
use crate::evaluation::ranking::{Basis, Findings};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::text::text;
use crate::project::refusals::LOTS;
use crate::project::{BidName, Member, Method, Project, Ranked};
use crate::rulebook::Rulebook;

/// `lot.drawn/1`, by the hosting centre: the order a drawing of lots gave to equal bids.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// As the report will name them: they decide which bids tie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviates>,
}

pub(crate) fn draw_lots(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let body: LotDrawn = act.body()?;
    text(&body.method)?;
    let bids = standing::bids(act.state, &id)?;
    let basis = Basis::load(act.state, &id, &project)?;
    let names: BTreeSet<&BidName> = bids.iter().filter(|b| b.lot == body.lot).map(|b| &b.name).collect();
    let found = Findings {
        deviations: deviations(&body.deviations, &basis, &names)?,
        disqualified: body.disqualified.into_iter().collect(),
    };
    eligibility::check_disqualified(act.state, &id, &body.lot, &found.disqualified)?;
    building_model::check_disqualified(act, (&id, &project), &body.lot, &bids, &found.disqualified)?;
    let lot = project.lot(&body.lot)?;
    let tied = ranking::ties(&project, &basis, lot, &bids, &found)?;
    let drawn: BTreeSet<BidName> = body.order.iter().cloned().collect();
    if drawn.is_empty() || drawn.len() != body.order.len() || drawn != tied {
        return Err(refusals::LOT_DRAW.because(format!("{} bids tie", tied.len())).into());
    }
    project.lot_mut(&body.lot)?.drawn = body.order;
    act.reached(&id, &mut project, Stage::Opened)
}

/// `evaluation.reported/1`, by the hosting centre, cosigned by the members of the committee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    pub lots: Vec<LotReport>,
    /// Members who sign and disagree, with their reasons (条例53).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dissents: Vec<Dissent>,
    /// Members who neither sign nor write down a reason: they count as agreeing (条例53).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsigned: Vec<OrgId>,
}

/// A member's own view, which its signature covers.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    pub member: OrgId,
    pub reason: String,
}

/// One lot's result.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotReport {
    pub lot: String,
    /// Winner first.
    pub ranking: Vec<Ranked>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disqualified: Vec<Disqualified>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviates>,
    /// A reason for every flag, and for nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub explanations: Vec<Explanation>,
}

/// A bid that is out, and why.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disqualified {
    pub bid: BidName,
    pub reason: String,
}

/// Items of the documents' deviations the committee found in a bid.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviates {
    pub bid: BidName,
    pub items: Vec<String>,
}

/// The written reason behind a flagged score.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    pub flag: Flag,
    pub reason: String,
}

/// The committee signs beside the centre: all of it, save those who are named as not signing.
fn signed_by_committee(act: &Act<'_, '_, '_>, project: &Project, body: &Reported) -> Result<(), Refusal> {
    let rulebook = project.pinned(act.state)?;
    if project.committee.is_empty() && rulebook.count(&parameters::COMMITTEE_MIN) > 0 {
        return Err(refusals::COMMITTEE_MISSING
            .under(&rulebook, rulebook.text(&parameters::COMMITTEE_MIN))
            .into());
    }
    let cosigners = &act.payload.cosigners;
    let signs =
        |member: &&Member| cosigners.iter().any(|party| party.org == member.id && party.key == member.key);
    let signed: BTreeSet<&OrgId> = project.committee.iter().filter(signs).map(|member| &member.id).collect();
    let absent: BTreeSet<&OrgId> =
        project.committee.iter().map(|member| &member.id).filter(|id| !signed.contains(id)).collect();
    let named: BTreeSet<&OrgId> = body.unsigned.iter().collect();
    if absent != named || named.len() != body.unsigned.len() || cosigners.len() != signed.len() {
        return refusals::NOT_MEMBER.err();
    }
    let (signatures, members) = (signed.len() as u64, project.committee.len() as u64);
    let enough = rulebook
        .ratio(&parameters::REPORT_SIGNED_ABOVE)
        .is_some_and(|(part, whole)| signatures.saturating_mul(whole) > members.saturating_mul(part));
    if !absent.is_empty() && !enough {
        let value = format!("{signatures} of {members}");
        return Err(refusals::REPORT_UNSIGNED.under(&rulebook, value).into());
    }
    let mut heard = BTreeSet::new();
    for dissent in &body.dissents {
        if !signed.contains(&dissent.member) || !heard.insert(&dissent.member) {
            return Err(refusals::REPORT_DISSENT.because(&dissent.member).into());
        }
        text(&dissent.reason)?;
    }
    Ok(())
}

/// The findings of a lot: every named bid was opened, every item is one of the documents'.
fn findings(report: &LotReport, basis: &Basis, bids: &[Bid]) -> Result<Findings, Refusal> {
    let names: BTreeSet<&BidName> = bids.iter().filter(|b| b.lot == report.lot).map(|b| &b.name).collect();
    let mut found = Findings::default();
    for one in &report.disqualified {
        text(&one.reason)?;
        if !names.contains(&one.bid) || !found.disqualified.insert(one.bid.clone()) {
            return refusals::DISQUALIFIED.err();
        }
    }
    found.deviations = deviations(&report.deviations, basis, &names)?;
    Ok(found)
}

fn deviations(
    listed: &[Deviates],
    basis: &Basis,
    names: &BTreeSet<&BidName>,
) -> Result<BTreeMap<BidName, BTreeSet<String>>, Refusal> {
    let mut found = BTreeMap::new();
    for one in listed {
        let items: BTreeSet<String> = one.items.iter().cloned().collect();
        let known = |item: &String| basis.terms.deviations.iter().any(|known| known.id == *item);
        if !names.contains(&one.bid) || items.len() != one.items.len() || !items.iter().all(known) {
            return Err(refusals::REPORT_DEVIATION.because(&one.bid.bidder).into());
        }
        if found.insert(one.bid.clone(), items).is_some() {
            return Err(refusals::REPORT_DEVIATION.because(&one.bid.bidder).into());
        }
    }
    Ok(found)
}

/// Every flag has its reason.
fn explained(report: &LotReport, flags: &BTreeSet<Flag>, rulebook: &Rulebook) -> Result<(), Refusal> {
    let mut given = BTreeSet::new();
    for one in &report.explanations {
        text(&one.reason)?;
        if !flags.contains(&one.flag) || !given.insert(&one.flag) {
            return Err(refusals::REPORT_UNEXPLAINED.because("a reason for what is not flagged").into());
        }
    }
    match flags.iter().find(|flag| !given.contains(flag)) {
        None => Ok(()),
        Some(flag) => {
            let member = flag.member.as_ref().map_or("the committee", |member| member.as_str());
            let value = format!("{:?}: {} of {}, {member}", flag.kind, flag.criterion, flag.bid.bidder);
            let rule = match flag.kind {
                FlagKind::Unanimity => "evaluation.unanimity",
                FlagKind::Distance => parameters::OUTLIER_Z_HUNDREDTHS.name,
                FlagKind::Decisive => parameters::OUTLIER_DECISIVE.name,
            };
            Err(refusals::REPORT_UNEXPLAINED.by(rulebook, rule, value).into())
        }
    }
}

pub(crate) fn report(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, project, _) = act.step()?;
    project.not_suspended()?;
    admission::must_be_disclosed(act.state, &id)?;
    let body: Reported = act.body()?;
    settle(act, &id, project, body)
}

/// Checks a report against what every node recomputes, and keeps its result.
pub(crate) fn settle(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    mut project: Project,
    body: Reported,
) -> Result<(), Refusal> {
    signed_by_committee(act, &project, &body)?;
    let rulebook = project.pinned(act.state)?;
    let bids = standing::bids(act.state, id)?;
    let basis = Basis::load(act.state, id, &project)?;
    if project.method == Method::Weighted && basis.unscored {
        return refusals::SCORES_WAIT.err();
    }
    let open: Vec<String> = project.lots.iter().filter(|lot| !lot.failed).map(|lot| lot.id.clone()).collect();
    if !body.lots.iter().map(|lot| &lot.lot).eq(&open) {
        return Err(LOTS.because(format!("the report covers {}", open.join(", "))).into());
    }
    for report in body.lots {
        let found = findings(&report, &basis, &bids)?;
        eligibility::check_disqualified(act.state, id, &report.lot, &found.disqualified)?;
        building_model::check_disqualified(act, (id, &project), &report.lot, &bids, &found.disqualified)?;
        let lot = project.lot(&report.lot)?;
        let computed = ranking::rank(&project, &basis, lot, &bids, &found)?;
        if computed != report.ranking {
            let first = computed.first().map_or("nobody", |first| first.bidder.as_str());
            return Err(refusals::RANKING
                .because(format!("{} ranked, {first} first", computed.len()))
                .into());
        }
        let candidates = ranking::of_lot(&project, &basis, lot, &bids, &found)?;
        let flags = flags::flags(&project, &basis, &rulebook, &report.lot, &candidates);
        explained(&report, &flags, &rulebook)?;
        let lot = project.lot_mut(&report.lot)?;
        lot.failed = computed.is_empty();
        lot.ranking = computed;
    }
    if project.lots.iter().all(|lot| lot.failed) {
        project.end_reason = "no valid bid".into();
        return act.reached(id, &mut project, Stage::Failed);
    }
    act.reached(id, &mut project, Stage::Evaluated)
}
