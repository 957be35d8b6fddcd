//! A regulator annuls a procedure (招标、投标、中标无效): upon a complaint it upheld, or upon what it found itself.
//!
//! **Invariant:** what is annulled never goes on: it is archived, and what was to be bought is tendered anew as a project
//! of its own. The ledger holds the article and the digest of the written decision; it judges neither.

use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, RecordId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::project::{complaint, refusals, state_key};

/// `tender.annulled/1`, by a regulator. `previous` names the project's last step.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Annulled {
    /// The complaint about this project that was upheld; left out: the regulator's own finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complaint: Option<RecordId>,
    /// The article the decision stands on, as the decision names it.
    pub article: String,
    pub reason: String,
    /// Digest of the written decision (处理决定书).
    pub decision: DocumentDigest,
}

/// An annulment in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Annulment {
    pub(crate) record: RecordId,
    pub(crate) by: OrgId,
    pub(crate) complaint: Option<RecordId>,
    pub(crate) article: String,
    pub(crate) decision: DocumentDigest,
}

/// What annulled a project, where anything did.
pub(crate) fn of(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Annulment>, StateFailure> {
    load(state, &state_key::annulment(id))
}

pub(crate) fn annul(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, by) = act.step()?;
    let body: Annulled = act.body()?;
    text(&body.article)?;
    text(&body.reason)?;
    if let Some(complaint) = body.complaint
        && !complaint::is_upheld(act.state, &id, &complaint)?
    {
        return Err(refusals::ANNULMENT_COMPLAINT.because(complaint).into());
    }
    let annulment = Annulment {
        record: act.id,
        by: by.org,
        complaint: body.complaint,
        article: body.article,
        decision: body.decision,
    };
    act.state.put(state_key::annulment(&id), &annulment)?;
    project.end_reason = body.reason;
    act.reached(&id, &mut project, Stage::Annulled)
}
