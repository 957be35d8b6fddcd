//! Objections: the procedure stands still until every one is answered (条例22).

use crate::rulebook::parameter::{Duration, Parameter};
use crate::rulebook::parameters;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::project::Project;
use crate::project::{refusals, state_key, suspension, waiting};
use crate::rulebook::Rulebook;
use crate::rulebook::limits::INDICATOR_PROJECTS_MAX;

/// What an objection is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    Documents,
    Opening,
    Result,
    /// 资格预审文件
    Prequalification,
}

impl Concern {
    /// The case of the step, which each concern has for itself.
    const fn case(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Opening => "opening",
            Self::Result => "result",
            Self::Prequalification => "prequalification",
        }
    }
}

/// `objection.raised/1`, by a bidder. `previous` names the terms it saw.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    pub concerns: Concern,
    pub text: String,
}

/// An objection in state.
#[derive(BorshSerialize, BorshDeserialize)]
pub(crate) struct Objection {
    pub(crate) by: OrgId,
    pub(crate) raised: TimeMs,
    answered: Option<RecordId>,
    pub(crate) answered_at: Option<TimeMs>,
    /// 条例44: about the opening, answered on the spot.
    at_opening: bool,
}

impl Objection {
    /// The parameter that limits the answer.
    pub(crate) fn reply_parameter(&self, rulebook: &Rulebook) -> &'static Parameter<Duration> {
        let own = &parameters::OBJECTION_OPENING_REPLY_MAX;
        if self.at_opening && rulebook.has(own) { own } else { &parameters::OBJECTION_REPLY_MAX }
    }
}

/// An objection of a project.
pub(crate) fn of(
    state: &dyn StateRead,
    id: &ProjectId,
    record: &RecordId,
) -> Result<Option<Objection>, StateFailure> {
    load(state, &state_key::objection(id, record.digest()))
}

pub(crate) fn raise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Raised = act.body()?;
    let rule = act.rule_of(body.concerns.case())?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    text(&body.text)?;
    rule.at(&project)?;
    act.follows(project.terms)?;
    let rulebook = project.pinned(act.state)?;
    // At least so long before the deadline: the moment plus the span must not pass it.
    if body.concerns == Concern::Documents
        && rulebook.after(&parameters::OBJECTION_DOCS_BEFORE, act.block.time) > project.deadline
    {
        return Err(refusals::OBJECTION_LATE
            .under(&rulebook, rulebook.text(&parameters::OBJECTION_DOCS_BEFORE))
            .into());
    }
    if body.concerns == Concern::Prequalification
        && rulebook.after(&parameters::OBJECTION_PREQUAL_BEFORE, act.block.time) > project.deadline
    {
        let value = rulebook.text(&parameters::OBJECTION_PREQUAL_BEFORE);
        return Err(refusals::OBJECTION_PREQUAL.under(&rulebook, value).into());
    }
    let of_terms: Option<TimeMs> = load(act.state, &state_key::terms_time(&id))?;
    let about = of_terms.filter(|_| body.concerns == Concern::Documents);
    let about = about.unwrap_or_else(|| project.time_of(project.stage));
    if rulebook
        .optional_after(&parameters::OBJECTION_RAISE_MAX, about)
        .is_some_and(|last| act.block.time > last)
    {
        let value = rulebook.text(&parameters::OBJECTION_RAISE_MAX);
        return Err(refusals::OBJECTION_OVER.under(&rulebook, value).into());
    }
    let at_opening = body.concerns == Concern::Opening;
    let on_the_spot =
        rulebook.optional_after(&parameters::OBJECTION_OPENING_WINDOW, project.time_of(Stage::Opened));
    if at_opening && on_the_spot.is_some_and(|end| act.block.time > end) {
        let (rule, value) =
            (parameters::OBJECTION_OPENING_WINDOW.name, rulebook.text(&parameters::OBJECTION_OPENING_WINDOW));
        return Err(refusals::OBJECTION_OVER.by(&rulebook, rule, value).into());
    }
    let objection =
        Objection { by: by.org, raised: act.block.time, answered: None, answered_at: None, at_opening };
    act.state.put(state_key::objection(&id, act.id.digest()), &objection)?;
    if rulebook.optional_count(&parameters::OBJECTION_SUSPENDS) != Some(0) {
        project.open_objections = project.open_objections.saturating_add(1);
    }
    project.store(act.state, &id)?;
    Ok(waiting::place(act.state, &id, act.block.time)?)
}

/// `objection.answered/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    pub objection: RecordId,
    pub text: String,
}

pub(crate) fn answer(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let mut project = Project::expect(act.state, &id)?;
    rule.party(&project, &by)?;
    rule.at(&project)?;
    let body: Answered = act.body()?;
    text(&body.text)?;
    act.follows(Some(body.objection))?;
    let key = state_key::objection(&id, body.objection.digest());
    let objection: Option<Objection> = load(act.state, &key)?;
    let Some(mut objection) = objection.filter(|objection| objection.answered.is_none()) else {
        return Err(refusals::OBJECTION_UNKNOWN.because(body.objection).into());
    };
    let rulebook = project.pinned(act.state)?;
    let parameter = objection.reply_parameter(&rulebook);
    if act.block.time > rulebook.after(parameter, objection.raised) {
        act.note_late(&id, &mut project, parameter.name);
    }
    objection.answered = Some(act.id);
    objection.answered_at = Some(act.block.time);
    act.state.put(key, &objection)?;
    // Each of several: one that began later may go on from here though the windows it began in are this one's.
    if project.open_objections > 0 {
        suspension::ended(act.state, &id, &project, (objection.raised, act.block.time))?;
    }
    project.open_objections = project.open_objections.saturating_sub(1);
    project.store(act.state, &id)?;
    Ok(waiting::place(act.state, &id, act.block.time)?)
}

/// Objections without an answer, whether or not they suspend.
pub(crate) fn unanswered(state: &dyn StateRead, id: &ProjectId) -> Result<u64, StateFailure> {
    let all: Vec<(_, Objection)> = load_all(state, &state_key::objection_prefix(id), INDICATOR_PROJECTS_MAX)?;
    Ok(all.iter().filter(|(_, one)| one.answered.is_none()).count() as u64)
}

/// Objections without an answer: record, the parameter that limits the answer, when it was raised.
pub(crate) fn waiting(
    state: &dyn StateRead,
    id: &ProjectId,
    rulebook: &Rulebook,
) -> Result<Vec<(RecordId, &'static str, TimeMs)>, StateFailure> {
    let prefix = state_key::objection_prefix(id);
    let all: Vec<(Vec<u8>, Objection)> = load_all(state, &prefix, INDICATOR_PROJECTS_MAX)?;
    let open = all.into_iter().filter(|(_, one)| one.answered.is_none());
    let named = |(key, one): (Vec<u8>, Objection)| {
        let digits = key.strip_prefix(prefix.as_slice()).and_then(|rest| str::from_utf8(rest).ok());
        let record = digits.and_then(|digits| format!("sha256:{digits}").parse().ok());
        let record = record.ok_or_else(|| StateFailure("an objection's key".into()))?;
        Ok((record, one.reply_parameter(rulebook).name, one.raised))
    };
    open.map(named).collect()
}
