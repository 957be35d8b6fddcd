//! Evidence of any kind: a participant attests anything, and names its documents.

use biaozheng_ledger::payload::Payload;
use serde_json::Value;

use crate::machine::act::Act;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::parties::participant::signer;

/// `evidence.recorded/1`: any participant attests anything; its documents are named in the payload.
pub(crate) fn check_evidence(payload: &Payload) -> Result<(), Reject> {
    if payload.body.as_object().is_some_and(|body| body.values().all(plain)) {
        return Ok(());
    }
    Err(BODY.saying(Spoken::new(
        "evidence is an object of texts, numbers and true or false",
        "存证内容须为由文本、数字、true 或 false 组成的对象",
    )))
}

fn plain(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

pub(crate) fn record_evidence(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    signer(act.state, &act.payload.author, act.block.height)?;
    for party in &act.payload.cosigners {
        signer(act.state, party, act.block.height)?;
    }
    if let Some(project) = &act.payload.project {
        crate::project::Project::expect(act.state, project)?;
    }
    Ok(())
}
