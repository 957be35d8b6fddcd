//! What the opening record has to list, for the hosting centre's own tool.
//!
//! **Invariant:** nothing is listed, and no number said, before `bids.opened/1` could be recorded: the deadline is past,
//! what is to be opened is open or its time is over, nothing suspends the procedure. From then on the list cannot change,
//! and the record shows it to everybody; but where bidders opened themselves and the group has not, the group may come
//! back before the record and open more, and the answer says so.

use crate::rulebook::parameters;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use serde_json::{Value, json};

use crate::machine::act::Act;
use crate::machine::block::BlockContext;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::{Overlay, StateFailure, StateRead};
use crate::opening;
use crate::opening::refusals;
use crate::parties::participant::Participant;
use crate::project::Project;
use crate::project::complaint;
use crate::project::suspension;
use crate::rulebook::suspending;

const OPENED: &str = "bids.opened/1";

/// The opening of a project as a block of this time would take it: the lots of `bids.opened/1`, or why there are none
/// yet; with the `previous` the record names, and whether the group could still open more before it. Nothing for a project that is not there.
///
/// # Errors
/// When the state cannot be read.
pub fn opening_now(
    state: &dyn StateRead,
    block: &BlockContext,
    id: &ProjectId,
) -> Result<Option<Value>, StateFailure> {
    let Some(project) = Project::load(state, id)? else { return Ok(None) };
    let centre = Participant::load(state, &project.centre)?;
    let missing = || StateFailure("a project without its hosting centre".into());
    let key = centre.and_then(|one| one.keys.first().map(|held| held.key)).ok_or_else(missing)?;
    let payload = Payload {
        chain: block.chain,
        record_type: RecordType::new(OPENED).map_err(|error| StateFailure(error.to_string()))?,
        author: Party { org: project.centre.clone(), key },
        cosigners: Vec::new(),
        project: Some(id.clone()),
        previous: Some(project.step),
        made_at_ms: block.time,
        tool: String::new(),
        documents: Vec::new(),
        body: Value::Null,
    };
    let (lots, may_change, waits) = match trial(state, block, id, &project, &payload) {
        Ok((lots, may_change)) => (Some(lots), may_change, None),
        Err(Refusal::Reject(reject)) => {
            let told = without_number((id, &project), state, block, reject)?;
            (None, true, Some(waiting(&told)))
        }
        Err(Refusal::Failure(failure)) => return Err(failure),
    };
    Ok(Some(json!({
        "project": id, "centre": project.centre, "previous": project.step, "deadline_ms": project.deadline,
        "time_ms": block.time, "lots": lots, "may_change": may_change, "waits": waits,
    })))
}

fn waiting(reject: &Reject) -> Value {
    json!({
        "code": reject.code, "rule": reject.rule, "article": reject.article, "message": reject.message,
        "message_zh": reject.message_zh,
    })
}

/// Everything the record would be refused for, but its signer. With the list: whether bidders had to open themselves.
fn trial(
    state: &dyn StateRead,
    block: &BlockContext,
    id: &ProjectId,
    project: &Project,
    payload: &Payload,
) -> Result<(Vec<opening::OpenedLot>, bool), Refusal> {
    complaint::check(state, payload, block, suspending::waits(OPENED))?;
    let mut scratch = Overlay::new(state);
    let mut events = Vec::new();
    let act =
        Act { state: &mut scratch, block, id: RecordId::new(Digest::zero()), payload, events: &mut events };
    act.rule()?.at(project)?;
    let (lots, _, by_bidders) = opening::listed(&act, id, project)?;
    Ok((lots, by_bidders))
}

/// The refusal of what waits for bidders tells how many they are: here it says until when.
fn without_number(
    (id, project): (&ProjectId, &Project),
    state: &dyn StateRead,
    block: &BlockContext,
    reject: Reject,
) -> Result<Reject, StateFailure> {
    if reject.code != refusals::REVEAL_OPEN.code {
        return Ok(reject);
    }
    let rulebook = project.pinned(state)?;
    let since = suspension::counted_from(state, id, project, &rulebook, block.time)?;
    let end = rulebook.after(&parameters::REVEAL_WINDOW, since);
    Ok(refusals::REVEAL_OPEN.saying_under(&rulebook, Spoken::until(end)))
}
