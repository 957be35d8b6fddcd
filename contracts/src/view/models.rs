//! How much of a project ran electronically, and the building models of its bids.

use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::acts::building_model;
use crate::acts::paper::{self, Completeness};
use crate::project::Project;
use crate::state::{StateFailure, StateRead};

/// Of the steps the project came to, those that were not on paper; in thousandths, rounded down, so that 1000 says all.
pub(super) fn completeness(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
) -> Result<Value, StateFailure> {
    let found = Completeness::of(state, id, project)?;
    let noted = paper::noted(state, id)?;
    let papers: Vec<Value> = found
        .on_paper
        .iter()
        .map(|step| {
            let record = noted.iter().find(|(noted, _)| noted == step).map(|(_, record)| record);
            json!({"step": step, "record": record})
        })
        .collect();
    let (electronic, steps) = (found.electronic(), found.steps.len() as u64);
    let permille = electronic.saturating_mul(1000).checked_div(steps);
    Ok(json!({
        "electronic": electronic, "steps": steps, "permille": permille, "on_paper": papers,
    }))
}

/// What the notice asks of building models, and of each opened bid the model it sealed, whether it was handed in, and
/// what keeps it out. Nothing where the notice asks for none; no bids before the opening.
///
/// # Errors
/// When the state cannot be read.
pub fn models(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    let Some(terms) = building_model::terms(state, id)? else { return Ok(None) };
    let opened = Project::load(state, id)?.is_some_and(|project| super::is_opened(&project));
    let models = if opened { building_model::models(state, id)? } else { Vec::new() };
    let bids: Vec<Value> = models
        .iter()
        .map(|model| {
            json!({
                "lot": model.lot, "bidder": model.bid.bidder, "number": model.bid.number, "model": model.sealed,
                "delivered": model.delivered, "fault": model.fault(&terms),
            })
        })
        .collect();
    Ok(Some(json!({
        "criterion": terms.criterion, "schemas": terms.schemas, "size_max": terms.size_max, "bids": bids,
    })))
}
