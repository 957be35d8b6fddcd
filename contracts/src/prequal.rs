//! Prequalification (资格预审): documents, applications nobody sees, a review by a committee of its own.
//!
//! **Invariant:** who applied, who passed and how many stay closed until the bids are opened (招标投标法22): applications
//! are records that are not shown, the opening commits to all of them at once, and the review gives each lot's list as
//! [`super::admission`] has it.

pub(crate) mod refusals;
pub(crate) mod state_key;

use crate::rulebook::parameters;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, ProjectId, TimeMs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::bidding::applicant::Application;
use crate::bidding::refusals::BID_NUMBER;
use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load_all};
use crate::machine::text::text;
use crate::project::limits::LOTS_MAX;
use crate::project::refusals::{DEADLINE_PASSED, LOT_UNKNOWN, LOTS, NOT_OWNER};
use crate::project::{Lot, Project};
use crate::rulebook::limits::BIDS_PER_LOT_MAX;
use crate::rulebook::{Procedure, pins};
use crate::tender::origin;
use crate::tender::refusals::{DEADLINE_BACK, DOC_SALE};
use crate::{bidding, tender};

pub mod review;

/// A lot applicants may apply for.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrequalLot {
    pub id: String,
    pub title: String,
}

/// `prequal.published/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The rulebook the tender lives under to its end.
    pub rulebook: DocumentDigest,
    /// The hosting centre's newest text that tightens this rulebook, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tightening: Option<DocumentDigest>,
    /// The notice with what applicants must show.
    pub notice: String,
    pub lots: Vec<PrequalLot>,
    pub documents_from_ms: TimeMs,
    pub documents_until_ms: TimeMs,
    pub deadline_ms: TimeMs,
}

/// `prequal.clarified/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clarified {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<TimeMs>,
}

/// `prequal.applied/1`, by a bidder before the deadline. A second one replaces the first.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Applied {
    pub lots: Vec<String>,
    /// Digest of the encrypted application, which the committee is given.
    pub commitment: DocumentDigest,
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Published = act.body()?;
    let digest = *body.rulebook.digest();
    let (id, mut project, _) = act.step_under(&act.rule_under(&digest)?)?;
    text(&body.notice)?;
    let named = body.tightening.map(|digest| *digest.digest());
    let rulebook = pins::pin(act.state, &id, &project.centre, digest, named)?;
    rulebook.is_for(Procedure::Open)?;
    origin::check_approval(act.state, &id, &rulebook)?;
    if !rulebook.has(&parameters::PREQUAL_PREP_MIN) {
        return Err(refusals::PREQUAL_NOT_OFFERED.because(rulebook.category()).into());
    }
    let ids: BTreeSet<&str> = body.lots.iter().map(|lot| lot.id.as_str()).collect();
    let fit = !ids.is_empty() && ids.len() == body.lots.len() && ids.len() <= LOTS_MAX;
    if !fit || !ids.iter().all(|id| tender::is_lot_id(id)) {
        return LOTS.err();
    }
    body.lots.iter().try_for_each(|lot| text(&lot.title))?;
    if body.documents_until_ms < rulebook.after(&parameters::DOC_SALE_MIN, body.documents_from_ms) {
        return Err(DOC_SALE.under(&rulebook, rulebook.text(&parameters::DOC_SALE_MIN)).into());
    }
    // 条例17: counted from the end of the documents' sale.
    let earliest = rulebook.after(&parameters::PREQUAL_PREP_MIN, act.block.time.max(body.documents_until_ms));
    if body.deadline_ms < earliest || body.deadline_ms > TimeMs::MAX {
        let value = Spoken::earliest(&rulebook.text(&parameters::PREQUAL_PREP_MIN), earliest);
        return Err(refusals::PREQUAL_PREP.saying_under(&rulebook, value).into());
    }
    let zero = Amount::new(0).map_err(|error| BODY.because(error))?;
    project.lots = body.lots.into_iter().map(|lot| Lot::new(lot.id, lot.title, zero, None)).collect();
    project.rulebook = Some(digest);
    project.deadline = body.deadline_ms;
    project.terms = Some(act.id);
    act.reached(&id, &mut project, Stage::Prequalifying)
}

pub(crate) fn clarify(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Clarified = act.body()?;
    text(&body.text)?;
    if act.block.time >= project.deadline {
        return Err(DEADLINE_PASSED.saying(Spoken::against(project.deadline, act.block.time)).into());
    }
    let deadline = body.deadline_ms.unwrap_or(project.deadline);
    if deadline < project.deadline || deadline > TimeMs::MAX {
        return Err(DEADLINE_BACK.saying(Spoken::until(project.deadline)).into());
    }
    let rulebook = project.pinned(act.state)?;
    let earliest = rulebook.after(&parameters::PREQUAL_CLARIFY_LEAD, act.block.time);
    if deadline < earliest {
        let value = Spoken::earliest(&rulebook.text(&parameters::PREQUAL_CLARIFY_LEAD), earliest);
        return Err(refusals::PREQUAL_LEAD.saying_under(&rulebook, value).into());
    }
    project.deadline = deadline;
    project.terms = Some(act.id);
    act.reached(&id, &mut project, Stage::Prequalifying)
}

pub(crate) fn apply(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    if act.block.time >= project.deadline {
        return Err(DEADLINE_PASSED.saying(Spoken::against(project.deadline, act.block.time)).into());
    }
    act.follows(project.terms)?;
    if project.by_tenderee(&by.org).is_ok() {
        return NOT_OWNER.err();
    }
    let body: Applied = act.body()?;
    let lots: BTreeSet<&String> = body.lots.iter().collect();
    if lots.is_empty() || lots.len() != body.lots.len() {
        return LOT_UNKNOWN.err();
    }
    lots.into_iter().try_for_each(|lot| project.lot(lot).map(drop))?;
    let place = bidding::state_key::application(&id, &by.org);
    let known = act.state.get(&place)?.is_some();
    if !known && applications(act.state, &id)?.len() >= BIDS_PER_LOT_MAX {
        return Err(BID_NUMBER.because(format!("at most {BIDS_PER_LOT_MAX}")).into());
    }
    let application = Application { record: act.id, commitment: *body.commitment.digest(), lots: body.lots };
    Ok(act.state.put(place, &application)?)
}

/// All applications, in the order of the applicants' ids.
pub(crate) fn applications(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Application>, StateFailure> {
    let all: Vec<(_, Application)> = load_all(state, &state_key::applications(id), BIDS_PER_LOT_MAX)?;
    Ok(all.into_iter().map(|(_, one)| one).collect())
}

/// Commits to all applications without telling how many there are.
pub(crate) fn digest_of(applications: &[Application]) -> Digest {
    let hasher = FieldHasher::new("biaozheng/prequal-applications/v1").number(applications.len() as u64);
    applications.iter().fold(hasher, |hasher, one| hasher.digest(one.record.digest())).finish()
}

/// The digest an opening must state: for the hosting centre's own tool.
///
/// # Errors
/// When the state cannot be read.
pub fn applications_digest(state: &dyn StateRead, id: &ProjectId) -> Result<Digest, StateFailure> {
    Ok(digest_of(&applications(state, id)?))
}
