//! What a tender requires of bidders, and what its opening found.

use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::bidding::eligibility;
use crate::machine::state::{StateFailure, StateRead};

/// What a tender requires, and what its opening found; findings do not exist before the opening.
///
/// # Errors
/// When the state cannot be read.
pub fn eligibility(state: &dyn StateRead, project: &ProjectId) -> Result<Value, StateFailure> {
    let findings: Vec<Value> = eligibility::findings(state, project)?
        .iter()
        .map(|one| {
            json!({
                "lot": one.lot, "bidder": one.bid.bidder, "number": one.bid.number, "eligible": !one.is_out(),
                "credit_events": one.events, "missing_licences": one.missing, "licences": one.licences,
            })
        })
        .collect();
    Ok(json!({"required_licences": eligibility::required(state, project)?, "bids": findings}))
}
