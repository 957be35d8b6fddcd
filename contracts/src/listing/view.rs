//! What anyone may see of listings. Nothing here tells who stands behind a number or how many there are.

use biaozheng_ledger::ids::ProjectId;
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead};
use crate::project::listing::Listing;

/// A listing as it stands: its lots with the best offer and the end, which late offers move.
///
/// # Errors
/// When the state cannot be read.
pub fn listing(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Value>, StateFailure> {
    let Some(listing) = Listing::load(state, id)? else { return Ok(None) };
    let lots: Vec<Value> = listing
        .lots
        .iter()
        .map(|lot| {
            json!({
                "lot": lot.id, "starting_price": lot.start, "increment": lot.increment, "end_ms": lot.end,
                "reserve": lot.reserve.map(|digest| digest.to_string()), "offers": lot.offers,
                "best": lot.best.as_ref().map(|(number, amount)| json!({"number": number, "amount": amount})),
                "confirmed": lot.confirmed,
            })
        })
        .collect();
    Ok(Some(json!({
        "asset": listing.asset, "bond": listing.bond, "registration_until_ms": listing.registration_until,
        "from_ms": listing.from, "lots": lots,
    })))
}
