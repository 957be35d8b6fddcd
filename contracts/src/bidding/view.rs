//! The building models of a project's bids, as anyone may see them.

use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::bidding::building_model;
use crate::machine::state::{StateFailure, StateRead};
use crate::project::Project;

/// What the notice asks of building models, and of each opened bid the model it sealed, whether it was handed in, and
/// what keeps it out. Nothing where the notice asks for none; no bids before the opening.
///
/// # Errors
/// When the state cannot be read.
pub fn models(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    let Some(terms) = building_model::terms(state, id)? else { return Ok(None) };
    let opened = Project::load(state, id)?.is_some_and(|project| project.is_opened());
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
