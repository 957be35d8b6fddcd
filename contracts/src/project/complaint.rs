//! Complaints (投诉) to the regulator: filed, accepted or declined, decided (条例60 to 62, 政府采购法55 to 57).
//!
//! **Invariant:** what the law wants objected to first is complained about only by who objected, after the answer or its
//! due date. A complaint is answered once. What it says stays in the letter, of which the ledger has the digest.

use crate::rulebook::parameter::{Duration, Parameter};
use crate::rulebook::parameters;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::block::BlockContext;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::project::limits::COMPLAINTS_MAX;
use crate::project::{Project, objection, refusals, state_key, suspension, waiting};
use crate::rulebook::Rulebook;

/// `complaint.filed/1`, by a bidder, or the tenderee as an interested party. `previous` names the objection it follows,
/// or nothing.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filed {
    pub matter: Matter,
    /// The complainant's own objection, where the matter is one of an objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<RecordId>,
    /// When the complainant came to know of it, where the matter needs no objection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_ms: Option<TimeMs>,
    /// Digest of the letter of complaint (投诉书).
    pub letter: DocumentDigest,
}

/// What a complaint is about.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// 条例22, 44, 54: what an objection was about.
    Objection,
    /// Anything else that breaks the law.
    Conduct,
}

/// `complaint.accepted/1` (受理), by a regulator. `previous` names the complaint.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    pub complaint: RecordId,
    /// The procedure stands still until the decision, or as long as the rulebook allows (条例62, 政府采购法57).
    pub suspends: bool,
}

/// `complaint.declined/1` (不予受理), by a regulator. `previous` names the complaint.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Declined {
    pub complaint: RecordId,
    pub reason: String,
}

/// `complaint.decided/1`, by a regulator. `previous` names the complaint.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub complaint: RecordId,
    pub outcome: Outcome,
    /// Digest of the written decision (处理决定书).
    pub decision: DocumentDigest,
}

/// What the regulator finds.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 驳回
    Dismissed,
    /// 成立
    Upheld,
    /// 撤回
    Withdrawn,
}

/// A complaint in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Complaint {
    pub(crate) record: RecordId,
    pub(crate) by: OrgId,
    pub(crate) matter: Matter,
    pub(crate) objection: Option<RecordId>,
    letter: Digest,
    pub(crate) filed: TimeMs,
    pub(crate) accepted: Option<(RecordId, TimeMs)>,
    pub(crate) declined: Option<RecordId>,
    pub(crate) suspends: bool,
    /// The last moment of the suspension, where the rulebook bounds it.
    pub(crate) suspended_until: Option<TimeMs>,
    pub(crate) decided: Option<(RecordId, Outcome)>,
}

impl Complaint {
    pub(crate) const fn is_pending(&self) -> bool {
        self.declined.is_none() && self.decided.is_none()
    }

    pub(crate) fn suspends_at(&self, now: TimeMs) -> bool {
        self.suspends_still() && self.suspended_until.is_none_or(|until| now <= until)
    }

    /// It suspends, unless the time the rulebook allows has run out.
    pub(crate) const fn suspends_still(&self) -> bool {
        self.suspends && self.is_pending()
    }

    /// When its suspension began, if it suspends.
    pub(crate) fn began(&self) -> Option<TimeMs> {
        self.accepted.filter(|_| self.suspends).map(|(_, time)| time)
    }

    /// When its suspension ran out by itself, if it has by now, and when it began. One that a decision ended is kept with
    /// the project.
    pub(crate) fn ran_out(&self, now: TimeMs) -> Option<(TimeMs, TimeMs)> {
        self.suspended_until.filter(|until| self.suspends_still() && *until < now).zip(self.began())
    }
}

/// All complaints about a project, in the order of their ids.
pub(crate) fn of_project(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Complaint>, StateFailure> {
    let found: Vec<(_, Complaint)> = load_all(state, &state_key::complaints(id), COMPLAINTS_MAX)?;
    Ok(found.into_iter().map(|(_, one)| one).collect())
}

/// Whether a complaint about the project was upheld.
pub(crate) fn is_upheld(
    state: &dyn StateRead,
    id: &ProjectId,
    complaint: &RecordId,
) -> Result<bool, StateFailure> {
    let found: Option<Complaint> = load(state, &state_key::complaint(id, complaint.digest()))?;
    Ok(found.is_some_and(|one| matches!(one.decided, Some((_, Outcome::Upheld)))))
}

/// Whether a complaint keeps the procedure still at this moment.
pub(crate) fn is_suspended(state: &dyn StateRead, id: &ProjectId, now: TimeMs) -> Result<bool, StateFailure> {
    Ok(of_project(state, id)?.iter().any(|one| one.suspends_at(now)))
}

/// Refuses a step that waits while the procedure is suspended, and an archive that would lack a decision.
pub(crate) fn check(
    state: &dyn StateRead,
    payload: &Payload,
    block: &BlockContext,
    waits: bool,
) -> Result<(), Refusal> {
    let (name, Some(id)) = (payload.record_type.name(), &payload.project) else { return Ok(()) };
    if waits && is_suspended(state, id, block.time)? {
        return refusals::STANDS_STILL.err();
    }
    if name == "archive.sealed" {
        let pending = of_project(state, id)?.into_iter().filter(Complaint::is_pending).count();
        if pending > 0 {
            return Err(refusals::PENDING.because(pending).into());
        }
    }
    Ok(())
}

pub(crate) fn file(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    // Any of the roles: another project's tenderee may be interested too.
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    if project.rulebook.is_none() || project.stage == Stage::Archived {
        return Err(refusals::STAGE
            .saying(Spoken::new("a published project that is not archived", "须为已公告且未归档的项目"))
            .into());
    }
    rule.at(&project)?;
    let rulebook = project.pinned(act.state)?;
    if !rulebook.has(&parameters::COMPLAINT_WINDOW) {
        return refusals::NOT_OFFERED.err();
    }
    let body: Filed = act.body()?;
    act.follows(body.objection)?;
    let known = since(act, &id, &rulebook, &by.org, &body)?;
    if act.block.time > rulebook.after(&parameters::COMPLAINT_WINDOW, known) {
        return Err(refusals::LATE.under(&rulebook, rulebook.text(&parameters::COMPLAINT_WINDOW)).into());
    }
    let before = of_project(act.state, &id)?;
    let same = |one: &Complaint| match body.matter {
        Matter::Objection => one.objection == body.objection,
        Matter::Conduct => one.by == by.org && (one.is_pending() || one.letter == *body.letter.digest()),
    };
    if before.iter().any(|one| one.matter == body.matter && same(one)) || before.len() >= COMPLAINTS_MAX {
        return refusals::EXISTS.err();
    }
    let complaint = Complaint {
        record: act.id,
        by: by.org,
        matter: body.matter,
        objection: body.objection,
        letter: *body.letter.digest(),
        filed: act.block.time,
        accepted: None,
        declined: None,
        suspends: false,
        suspended_until: None,
        decided: None,
    };
    Ok(act.state.put(state_key::complaint(&id, act.id.digest()), &complaint)?)
}

/// From when the time to complain counts.
fn since(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    rulebook: &Rulebook,
    by: &OrgId,
    body: &Filed,
) -> Result<TimeMs, Refusal> {
    match (body.matter, body.objection, body.known_ms) {
        (Matter::Conduct, None, Some(known)) if known <= act.block.time => Ok(known),
        (Matter::Objection, Some(objection), None) => {
            let found = objection::of(act.state, id, &objection)?.filter(|found| found.by == *by);
            let found = found.ok_or_else(|| refusals::OBJECTION_FIRST.because(objection))?;
            let parameter = found.reply_parameter(rulebook);
            let due = rulebook.after(parameter, found.raised);
            if found.answered_at.is_none() && act.block.time <= due {
                return Err(refusals::EARLY.by(rulebook, parameter.name, rulebook.text(parameter)).into());
            }
            Ok(found.answered_at.unwrap_or(due))
        }
        _ => refusals::OBJECTION_FIRST.err(),
    }
}

/// The complaint a regulator's record is about, and its project.
fn handled(
    act: &Act<'_, '_, '_>,
    complaint: RecordId,
    fits: fn(&Complaint) -> bool,
) -> Result<(ProjectId, Project, Complaint), Refusal> {
    let rule = act.rule()?;
    rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    act.follows(Some(complaint))?;
    let found: Option<Complaint> = load(act.state, &state_key::complaint(&id, complaint.digest()))?;
    let found = found.filter(|one| one.is_pending() && fits(one));
    Ok((id, project, found.ok_or_else(|| refusals::UNKNOWN.because(complaint))?))
}

/// Stores what became of a complaint, and notes a duty that was late.
fn store(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    mut project: Project,
    complaint: &Complaint,
    duty: (&'static Parameter<Duration>, TimeMs),
) -> Result<(), Refusal> {
    let due = project.pinned(act.state)?.optional_after(duty.0, duty.1);
    if due.is_some_and(|due| act.block.time > due) {
        act.note_late(id, &mut project, duty.0.name);
        project.store(act.state, id)?;
    }
    act.state.put(state_key::complaint(id, complaint.record.digest()), complaint)?;
    Ok(waiting::place(act.state, id, act.block.time)?)
}

pub(crate) fn accept(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Accepted = act.body()?;
    let (id, project, mut complaint) = handled(act, body.complaint, |one| one.accepted.is_none())?;
    let rulebook = project.pinned(act.state)?;
    complaint.accepted = Some((act.id, act.block.time));
    complaint.suspends = body.suspends;
    complaint.suspended_until =
        rulebook.optional_after(&parameters::COMPLAINT_SUSPEND_MAX, act.block.time).filter(|_| body.suspends);
    let filed = complaint.filed;
    store(act, &id, project, &complaint, (&parameters::COMPLAINT_ACCEPT_MAX, filed))
}

pub(crate) fn decline(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Declined = act.body()?;
    text(&body.reason)?;
    let (id, project, mut complaint) = handled(act, body.complaint, |one| one.accepted.is_none())?;
    complaint.declined = Some(act.id);
    let filed = complaint.filed;
    store(act, &id, project, &complaint, (&parameters::COMPLAINT_ACCEPT_MAX, filed))
}

pub(crate) fn decide(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Decided = act.body()?;
    let (id, project, mut complaint) = handled(act, body.complaint, |one| one.accepted.is_some())?;
    let accepted = complaint.accepted.map_or(complaint.filed, |(_, time)| time);
    if complaint.suspends {
        // The decision ends the suspension, unless the rulebook's time had ended it before.
        let now = act.block.time;
        let until = complaint.suspended_until.map_or(now, |until| until.min(now));
        suspension::ended(act.state, &id, &project, (accepted, until))?;
    }
    complaint.decided = Some((act.id, body.outcome));
    store(act, &id, project, &complaint, (&parameters::COMPLAINT_DECIDE_MAX, accepted))
}
