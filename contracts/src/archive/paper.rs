//! How much of a project ran electronically (全流程电子化): of the steps it came to, those that were not done on paper.
//!
//! **Invariant:** the figure follows from state alone, so every node gives the same. A step counts once, however many
//! records it took. Nothing here tells of bids before the opening.

use biaozheng_ledger::ids::{ProjectId, RecordId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::archive::{refusals, state_key};
use crate::evaluation::draw::Draw;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::project::Project;

/// A step that is electronic or on paper.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Registration,
    Prequalification,
    Notice,
    /// Handing in bids, or registering for a listing and bidding.
    Bids,
    Opening,
    /// 专家抽取. By itself on paper where the ledger did not draw.
    Draw,
    /// 抽签 between equal bids: the ledger records its result only, so always on paper.
    LotDrawing,
    Evaluation,
    Publicity,
    Award,
    Contract,
    Supervision,
}

/// `step.on_paper/1`, by the hosting centre, the tenderee or its agency: this step, or a part of it, was done on paper.
/// The record names the scanned paper as a document.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Noted {
    pub step: Step,
    pub reason: String,
}

/// Steps by what a project's stages say. A listing's award is its confirmed deal.
const STAGES: &[(Step, &[Stage])] = &[
    (Step::Registration, &[Stage::Registered]),
    (Step::Prequalification, &[Stage::Prequalifying]),
    (Step::Notice, &[Stage::Published, Stage::Listed]),
    (Step::Bids, &[Stage::Opened, Stage::ListingClosed]),
    (Step::Opening, &[Stage::Opened, Stage::ListingClosed]),
    (Step::Evaluation, &[Stage::Evaluated]),
    (Step::Publicity, &[Stage::Publicised]),
    (Step::Award, &[Stage::Awarded, Stage::DealConfirmed]),
    (Step::Contract, &[Stage::Contracted]),
    (Step::Supervision, &[Stage::Supervised]),
];

/// The steps a project came to, and which of them were on paper; both in the order of [`Step`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ElectronicSteps {
    pub(crate) steps: Vec<Step>,
    pub(crate) on_paper: Vec<Step>,
}

impl ElectronicSteps {
    pub(crate) fn of(state: &dyn StateRead, id: &ProjectId, project: &Project) -> Result<Self, StateFailure> {
        let reached = |stages: &[Stage]| project.times.iter().any(|(stage, _)| stages.contains(stage));
        let mut steps: Vec<Step> =
            STAGES.iter().filter(|(_, stages)| reached(stages)).map(|(step, _)| *step).collect();
        let mut on_paper: Vec<Step> = noted(state, id)?.into_iter().map(|(step, _)| step).collect();
        if !project.committee.is_empty() {
            steps.push(Step::Draw);
            let on_chain = Draw::load(state, id)?.is_some_and(|draw| draw.list.is_some());
            on_paper.extend((!on_chain).then_some(Step::Draw));
        }
        if project.lots.iter().any(|lot| !lot.drawn.is_empty()) {
            steps.push(Step::LotDrawing);
            on_paper.push(Step::LotDrawing);
        }
        for list in [&mut steps, &mut on_paper] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(Self { steps, on_paper })
    }

    /// Steps that were not on paper.
    pub(crate) fn electronic(&self) -> u64 {
        self.steps.iter().filter(|step| !self.on_paper.contains(step)).count() as u64
    }
}

/// What was noted, with its records.
pub(crate) fn noted(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<(Step, RecordId)>, StateFailure> {
    Ok(load(state, &state_key::on_paper(id))?.unwrap_or_default())
}

pub(crate) fn note(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.party(&project, &by)?;
    rule.at(&project)?;
    let body: Noted = act.body()?;
    text(&body.reason)?;
    let mut all = noted(act.state, &id)?;
    let reached = ElectronicSteps::of(act.state, &id, &project)?.steps.contains(&body.step);
    if act.payload.documents.is_empty() {
        return Err(refusals::PAPER.because("no scan").into());
    }
    if !reached || project.stage == Stage::Archived || all.iter().any(|(step, _)| *step == body.step) {
        return refusals::PAPER.err();
    }
    all.push((body.step, act.id));
    Ok(act.state.put(state_key::on_paper(&id), &all)?)
}
