//! A project from its registration to the published terms, and its early ends.

pub mod invitation;
pub mod origin;
pub mod procurement;
pub(crate) mod refusals;
pub(crate) mod state_key;

use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, TimeMs};
use serde::{Deserialize, Serialize};

use crate::bidding::{building_model, eligibility};
use crate::evaluation::terms;
use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::moment::BeijingTime;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::StateRead;
use crate::machine::text::text;
use crate::parties::licence;
use crate::parties::participant::{Participant, Role, author};
use crate::parties::refusals::{ROLE, UNKNOWN_ORG};
use crate::project;
use crate::project::limits::{CRITERIA_MAX, LOTS_MAX};
use crate::project::refusals::{DEADLINE_PASSED, LOTS, NOT_OWNER};
use crate::project::sealed_tender::SealedTender;
use crate::project::{Criterion, Lot, Method, Project};
use crate::rulebook::pins;
use crate::rulebook::refusals::RULEBOOK_UNKNOWN;
use crate::rulebook::{Procedure, Rulebook};
use crate::sealing::refusals::NO_GROUP;

/// `project.registered/1`, by the tenderee or its agency.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectRegistered {
    pub title: String,
    /// Investment-project code, `NNNN-NNNNNN-NN-NN-NNNNNN`.
    pub code: String,
    pub tenderee: OrgId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<OrgId>,
    /// The centre that hosts the opening and builds the archive.
    pub centre: OrgId,
    /// The project that failed, was terminated or annulled, and is tendered again (重新招标) as this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retender_of: Option<ProjectId>,
    /// Who approved the way it is tendered; the rulebook may ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_approval: Option<origin::MethodApproval>,
}

fn is_project_code(code: &str) -> bool {
    let groups: Vec<&str> = code.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [4, 6, 2, 2, 6] && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()))
}

pub(crate) fn register(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::Tenderee, Role::Agency])?;
    let body: ProjectRegistered = act.body()?;
    let id = act.project_id()?;
    act.follows(None)?;
    text(&body.title)?;
    if !is_project_code(&body.code) {
        return Err(refusals::PROJECT_CODE.because(body.code.chars().take(40).collect::<String>()).into());
    }
    if by.org != body.tenderee && Some(&by.org) != body.agency.as_ref() {
        return NOT_OWNER.err();
    }
    for (org, roles) in [
        (Some(&body.tenderee), &[Role::Tenderee][..]),
        (body.agency.as_ref(), &[Role::Agency]),
        (Some(&body.centre), &[Role::CityCentre, Role::DistrictCentre]),
    ] {
        let Some(org) = org else { continue };
        let one = Participant::load(act.state, org)?.ok_or_else(|| UNKNOWN_ORG.because(org))?;
        if one.revoked || !roles.iter().any(|role| one.has(*role)) {
            let needs = spoken::one_of(roles);
            let value = Spoken::new(format!("{org} {}", needs.en), format!("{org}：{}", needs.zh));
            return Err(ROLE.saying(value).into());
        }
    }
    if Project::load(act.state, &id)?.is_some() {
        return Err(refusals::PROJECT_EXISTS.because(&id).into());
    }
    origin::note(act, &id, &body)?;
    let project = Project {
        id: Some(id.clone()),
        version: 1,
        title: body.title,
        code: body.code,
        tenderee: body.tenderee,
        agency: body.agency,
        centre: body.centre,
        stage: Stage::Registered,
        step: act.id,
        terms: None,
        rulebook: None,
        method: Method::LowestPrice,
        criteria: Vec::new(),
        lots: Vec::new(),
        deadline: TimeMs::new(0),
        committee: Vec::new(),
        times: vec![(Stage::Registered, act.block.time)],
        open_objections: 0,
        late: Vec::new(),
        end_reason: String::new(),
    };
    Ok(project.store(act.state, &id)?)
}

/// A lot as published.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedLot {
    pub id: String,
    pub title: String,
    pub estimate: Amount,
    /// 最高投标限价. There is no floor price (条例27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Amount>,
}

/// `tender.published/1`, by the tenderee: notice, documents, lots, method and criteria.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The rulebook this tender lives under to its end.
    pub rulebook: DocumentDigest,
    /// The hosting centre's newest text that tightens this rulebook, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tightening: Option<DocumentDigest>,
    /// ISO 4217, the rulebook's: amounts are in its minor unit, for CNY 分.
    pub currency: String,
    /// The notice's own text; its documents are named by the record.
    pub notice: String,
    /// 1 to 64, with different ids.
    pub lots: Vec<PublishedLot>,
    /// From when and until when the documents are on offer, milliseconds.
    pub documents_from_ms: TimeMs,
    /// At least the rulebook's `doc_sale_min` after `documents_from_ms`.
    pub documents_until_ms: TimeMs,
    /// Bids come before this time. Sealed to the group, it is the end of a slot.
    pub deadline_ms: TimeMs,
    pub method: Method,
    /// Of the weighted method: their weights sum to 1000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
    /// 投标保证金, minor units; 0 for none.
    pub bid_bond: Amount,
    /// Kinds of licence every bidder holds at the opening.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required_licences: Vec<licence::LicenceKind>,
    /// How the evaluation goes beyond the weights; the plain way when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evaluation: Option<crate::evaluation::methods::Terms>,
    /// Bids are sealed to the chain's group and open themselves; by commitment and reveal when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_by: Option<project::sealed_tender::SealedBy>,
    /// What is bought, where the rulebook is one of government procurement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procurement: Option<procurement::ProcurementKind>,
    /// What is bought by a tender nobody is bound to hold (自愿招标), below the scale from which the law binds. Left out:
    /// a tender the law asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voluntary: Option<procurement::ProcurementKind>,
    /// Every bid comes with a building model, which is scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<building_model::ModelTerms>,
}

pub(crate) fn is_lot_id(id: &str) -> bool {
    (1..=16).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Published = act.body()?;
    let (id, project, _) = act.step_under(&act.rule_under(body.rulebook.digest())?)?;
    let rulebook = if project.stage == Stage::Prequalified {
        as_prequalified(act.state, &id, &project, &body)?;
        project.pinned(act.state)?
    } else {
        let named = body.tightening.map(|digest| *digest.digest());
        pins::pin(act.state, &id, &project.centre, *body.rulebook.digest(), named)?
    };
    rulebook.is_for(Procedure::Open)?;
    origin::check_approval(act.state, &id, &rulebook)?;
    fix_terms(act, &id, project, body, &rulebook)
}

/// After a prequalification the tender keeps its rulebook and the lots that did not fail.
fn as_prequalified(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    body: &Published,
) -> Result<(), Refusal> {
    let tightening = pins::of_project(state, id)?.tightening;
    if project.rulebook != Some(*body.rulebook.digest())
        || tightening != body.tightening.map(|digest| *digest.digest())
    {
        return Err(RULEBOOK_UNKNOWN.because("the prequalification pinned another").into());
    }
    let open = project.lots.iter().filter(|lot| !lot.failed).map(|lot| &lot.id);
    if !body.lots.iter().map(|lot| &lot.id).eq(open) {
        return Err(LOTS.because("the lots that passed the prequalification").into());
    }
    Ok(())
}

/// Publishes the terms bids are made under, once it is clear that this project may.
pub(crate) fn fix_terms(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    mut project: Project,
    body: Published,
    rulebook: &Rulebook,
) -> Result<(), Refusal> {
    text(&body.notice)?;
    check_terms(&body, rulebook, act.block.time)?;
    procurement::check_notice(&body, rulebook)?;
    procurement::keep_scale(act.state, id, &body, rulebook)?;
    eligibility::require_licences(act.state, id, &body.required_licences)?;
    let blind = body.evaluation.as_ref().map_or(&[][..], |terms| &terms.blind);
    building_model::fix(act.state, id, body.model, (&body.criteria, blind), rulebook)?;
    act.state.put(project::state_key::terms_time(id), &act.block.time)?;
    project.rulebook = Some(*body.rulebook.digest());
    project.method = body.method;
    project.criteria = body.criteria;
    project.deadline = body.deadline_ms;
    project.terms = Some(act.id);
    let lots = body.lots.into_iter();
    project.lots = lots.map(|lot| Lot::new(lot.id, lot.title, lot.estimate, lot.ceiling)).collect();
    terms::fix(act, id, &project, body.evaluation)?;
    if body.sealed_by.is_some() {
        fits_slots(act, rulebook, project.deadline)?;
        let published = (act.block.height, act.block.time);
        let bidders_least = rulebook.count(&parameters::MIN_BIDDERS);
        let lots_enough = if bidders_least == 0 { u32::try_from(project.lots.len()).unwrap_or(0) } else { 0 };
        let sealed =
            SealedTender { version: 2, published, bidders_least, lots_enough, ..SealedTender::default() };
        sealed.store(act.state, id)?;
    }
    act.reached(id, &mut project, Stage::Published)
}

/// Bids sealed to the group: it exists, the rulebook has its window, and the deadline is where a slot ends.
fn fits_slots(act: &Act<'_, '_, '_>, rulebook: &Rulebook, deadline: TimeMs) -> Result<(), Refusal> {
    let group = crate::sealing::group::Group::sealing(act.state)?.ok_or_else(|| NO_GROUP.reject())?;
    if rulebook.due(&parameters::SEALING_SIGNATURE_WINDOW, deadline).is_none() {
        return Err(refusals::TENDER_SEALING
            .saying(Spoken::new(
                "the rulebook has no sealing_signature_window",
                "规则书未规定 sealing_signature_window",
            ))
            .into());
    }
    match crate::sealing::slot::slot_of_deadline(deadline, group.slot_ms()) {
        Some(_) => Ok(()),
        None => Err(refusals::TENDER_SEALING
            .saying_under(rulebook, between_slots(deadline, group.slot_ms()))
            .into()),
    }
}

/// A deadline that is no slot's end, and the ends before and after it.
fn between_slots(deadline: TimeMs, slot_ms: u64) -> Spoken {
    let before = deadline.get().checked_div(slot_ms).unwrap_or(0).saturating_mul(slot_ms);
    let after = before.saturating_add(slot_ms);
    let [before, after] = [before, after].map(|at| BeijingTime(TimeMs::new(at)));
    Spoken::new(
        format!("slots of {slot_ms} ms: take {before} or {after}"),
        format!("时段长 {slot_ms} 毫秒，可取 {before} 或 {after}"),
    )
}

fn check_terms(body: &Published, rulebook: &Rulebook, now: TimeMs) -> Result<(), Refusal> {
    let ids: BTreeSet<&str> = body.lots.iter().map(|lot| lot.id.as_str()).collect();
    if ids.is_empty()
        || ids.len() != body.lots.len()
        || ids.len() > LOTS_MAX
        || !ids.iter().all(|id| is_lot_id(id))
    {
        return LOTS.err();
    }
    body.lots.iter().try_for_each(|lot| text(&lot.title))?;
    if body.currency != rulebook.currency() {
        return Err(refusals::CURRENCY.under(rulebook, format!("needs {}", rulebook.currency())).into());
    }
    if body.lots.iter().any(|lot| lot.ceiling.is_some_and(|ceiling| ceiling.get() == 0)) {
        return refusals::CEILING.err();
    }
    let sale_end = rulebook.after(&parameters::DOC_SALE_MIN, body.documents_from_ms);
    if body.documents_until_ms < sale_end {
        return Err(refusals::DOC_SALE.under(rulebook, rulebook.text(&parameters::DOC_SALE_MIN)).into());
    }
    // Counted from the issue of the documents, and no block can be issued in the past.
    let earliest = rulebook.after(&parameters::BID_PREP_MIN, now.max(body.documents_from_ms));
    if body.deadline_ms < earliest || body.deadline_ms > TimeMs::MAX {
        let value = Spoken::earliest(&rulebook.text(&parameters::BID_PREP_MIN), earliest);
        return Err(refusals::BID_PREP.saying_under(rulebook, value).into());
    }
    let estimate = body.lots.iter().fold(0u64, |sum, lot| sum.saturating_add(lot.estimate.get()));
    let estimate = Amount::new(estimate).map_err(|error| BODY.because(error))?;
    let bond_max = estimate.permille(rulebook.count(&parameters::BID_BOND_MAX_PERMILLE));
    if body.bid_bond.get() > bond_max {
        return Err(refusals::BID_BOND.under(rulebook, format!("at most {bond_max}")).into());
    }
    if let Some(most) = rulebook.optional_count(&parameters::BID_BOND_MAX_AMOUNT)
        && body.bid_bond.get() > most
    {
        return Err(refusals::BOND_AMOUNT.under(rulebook, format!("at most {most}")).into());
    }
    let weights: u64 = body.criteria.iter().map(|one| u64::from(one.weight_permille)).sum();
    let names: BTreeSet<&str> = body.criteria.iter().map(|one| one.id.as_str()).collect();
    let fits = match body.method {
        Method::LowestPrice => body.criteria.is_empty(),
        Method::Weighted => {
            weights == 1000
                && names.len() == body.criteria.len()
                && names.len() <= CRITERIA_MAX
                && names.iter().all(|name| is_lot_id(name))
                && body.criteria.iter().filter(|one| one.price).count() <= 1
        }
    };
    if fits { Ok(()) } else { refusals::CRITERIA.err() }
}

/// `tender.clarified/1`, by the tenderee: says more, changes nothing that was said.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clarified {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<TimeMs>,
}

/// `tender.amended/1`, by the tenderee: changes the documents.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Amended {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<TimeMs>,
}

pub(crate) fn clarify(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Clarified = act.body()?;
    change(act, &body.text, body.deadline_ms)
}

pub(crate) fn amend(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Amended = act.body()?;
    change(act, &body.text, body.deadline_ms)
}

fn change(act: &mut Act<'_, '_, '_>, what: &str, deadline: Option<TimeMs>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    text(what)?;
    let rulebook = project.pinned(act.state)?;
    if act.block.time >= project.deadline {
        return Err(DEADLINE_PASSED.saying(Spoken::against(project.deadline, act.block.time)).into());
    }
    let deadline = deadline.unwrap_or(project.deadline);
    if deadline < project.deadline || deadline > TimeMs::MAX {
        return Err(refusals::DEADLINE_BACK.saying(Spoken::until(project.deadline)).into());
    }
    let earliest = rulebook.after(&parameters::CLARIFY_LEAD, act.block.time);
    if deadline < earliest {
        let value = Spoken::earliest(&rulebook.text(&parameters::CLARIFY_LEAD), earliest);
        return Err(refusals::CLARIFY_LEAD.saying_under(&rulebook, value).into());
    }
    if act.state.get(&project::state_key::sealed_tender(&id))?.is_some() {
        fits_slots(act, &rulebook, deadline)?;
    }
    act.state.put(project::state_key::terms_time(&id), &act.block.time)?;
    project.deadline = deadline;
    project.terms = Some(act.id);
    act.reached(&id, &mut project, Stage::Published)
}

/// `tender.failed/1` and `tender.terminated/1`: why it ends.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    pub reason: String,
}

/// All bids were rejected, or none was awarded: the tender failed and may be published again as a new project.
pub(crate) fn fail(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    end(act, Stage::Failed)
}

/// 条例31: the tenderee ends the procedure.
pub(crate) fn terminate(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    end(act, Stage::Terminated)
}

fn end(act: &mut Act<'_, '_, '_>, to: Stage) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Ended = act.body()?;
    text(&body.reason)?;
    project.end_reason = body.reason;
    act.reached(&id, &mut project, to)
}
