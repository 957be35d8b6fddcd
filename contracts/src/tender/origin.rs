//! Where a project comes from: the one it tenders again, and who approved the way it is tendered (条例7).
//!
//! **Invariant:** a project is tendered again once at most, by its own tenderee, after it failed, was terminated or was
//! annulled. The approval stands as its authority's name and a document's digest: the ledger does not judge it.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::project::Project;
use crate::rulebook::Rulebook;
use crate::tender::{ProjectRegistered, refusals, state_key};

/// Who approved scope, manner and organisation of the tender (招标范围、招标方式、招标组织形式).
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct MethodApproval {
    /// The authority's name: it need not be a participant.
    pub by: String,
    /// Digest of the approval (批复).
    pub document: DocumentDigest,
}

/// What a registration says of a project's origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct ProjectOrigin {
    pub(crate) retender_of: Option<ProjectId>,
    pub(crate) approval: Option<MethodApproval>,
}

/// Where a project comes from.
pub(crate) fn of(state: &dyn StateRead, id: &ProjectId) -> Result<ProjectOrigin, StateFailure> {
    Ok(load(state, &state_key::origin(id))?.unwrap_or_default())
}

/// The project that tenders this one again.
pub(crate) fn retendered_as(
    state: &dyn StateRead,
    id: &ProjectId,
) -> Result<Option<ProjectId>, StateFailure> {
    load(state, &state_key::retender(id))
}

/// Notes a new project's origin.
pub(crate) fn note(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    body: &ProjectRegistered,
) -> Result<(), Refusal> {
    if let Some(approval) = &body.method_approval {
        text(&approval.by)?;
    }
    if let Some(before) = &body.retender_of {
        follow(act, before, &body.tenderee)?;
        act.state.put(state_key::retender(before), id)?;
    }
    let origin =
        ProjectOrigin { retender_of: body.retender_of.clone(), approval: body.method_approval.clone() };
    if origin == ProjectOrigin::default() {
        return Ok(());
    }
    Ok(act.state.put(state_key::origin(id), &origin)?)
}

/// The project before may be tendered again, by this tenderee.
fn follow(act: &Act<'_, '_, '_>, before: &ProjectId, tenderee: &OrgId) -> Result<(), Refusal> {
    let project = Project::expect(act.state, before)?;
    // Its archive may be sealed by now.
    let ends = [Stage::Failed, Stage::Terminated, Stage::Annulled];
    if !project.times.iter().any(|(stage, _)| ends.contains(stage)) {
        return Err(refusals::RETENDER_RUNNING.because(before).into());
    }
    if project.tenderee != *tenderee {
        return Err(refusals::RETENDER_TENDEREE.because(&project.tenderee).into());
    }
    match retendered_as(act.state, before)? {
        Some(newer) => Err(refusals::RETENDER_TAKEN.because(newer).into()),
        None => Ok(()),
    }
}

/// Where the rulebook asks for it, a project is published after its method was approved only.
pub(crate) fn check_approval(
    state: &dyn StateRead,
    id: &ProjectId,
    rulebook: &Rulebook,
) -> Result<(), Refusal> {
    let asked = rulebook.optional_count(&parameters::METHOD_APPROVAL).unwrap_or(0) != 0;
    if asked && of(state, id)?.approval.is_none() {
        return Err(refusals::METHOD_APPROVAL.under(rulebook, "none was registered").into());
    }
    Ok(())
}
