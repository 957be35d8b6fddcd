//! Objections: the procedure stands still until every one is answered (条例22).

use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::Act;
use crate::execute::text;
use crate::participant::{Role, author};
use crate::project::{Project, Stage};
use crate::reject::{self, Refusal};
use crate::state::load;
use crate::state_key;

/// What an objection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    Documents,
    Opening,
    Result,
}

/// `objection.raised/1`, by a bidder. `previous` names the terms it saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    pub concerns: Concern,
    pub text: String,
}

#[derive(BorshSerialize, BorshDeserialize)]
struct Objection {
    by: OrgId,
    raised: TimeMs,
    answered: Option<RecordId>,
}

pub(crate) fn raise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::Bidder])?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    let body: Raised = act.body()?;
    text(&body.text)?;
    project.at(match body.concerns {
        Concern::Documents => &[Stage::Published],
        Concern::Opening => &[Stage::Opened],
        Concern::Result => &[Stage::Evaluated, Stage::Publicised],
    })?;
    act.follows(project.terms)?;
    let rulebook = project.pinned(act.state)?;
    // At least so long before the deadline: the moment plus the span must not pass it.
    if body.concerns == Concern::Documents
        && rulebook.after("objection_docs_before", act.block.time) > project.deadline
    {
        return Err(reject::OBJECTION_LATE.under(&rulebook, rulebook.text("objection_docs_before")).into());
    }
    let objection = Objection { by: by.org, raised: act.block.time, answered: None };
    act.state.put(state_key::objection(&id, act.id.digest()), &objection)?;
    project.open_objections = project.open_objections.saturating_add(1);
    Ok(project.store(act.state, &id)?)
}

/// `objection.answered/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    pub objection: RecordId,
    pub text: String,
}

pub(crate) fn answer(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::Tenderee, Role::Agency])?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    project.by_tenderee(&by.org)?;
    let body: Answered = act.body()?;
    text(&body.text)?;
    act.follows(Some(body.objection))?;
    let key = state_key::objection(&id, body.objection.digest());
    let objection: Option<Objection> = load(act.state, &key)?;
    let Some(mut objection) = objection.filter(|objection| objection.answered.is_none()) else {
        return Err(reject::OBJECTION_UNKNOWN.because(body.objection).into());
    };
    let rulebook = project.pinned(act.state)?;
    if act.block.time > rulebook.after("objection_reply_max", objection.raised) {
        act.note_late(&id, &mut project, "objection_reply_max");
    }
    objection.answered = Some(act.id);
    act.state.put(key, &objection)?;
    project.open_objections = project.open_objections.saturating_sub(1);
    Ok(project.store(act.state, &id)?)
}
