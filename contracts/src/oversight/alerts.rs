//! The regulator's alerts and whether they are open.

use biaozheng_ledger::ids::RecordId;
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead};
use crate::oversight::alert::AlertState;
use crate::oversight::state_key;

/// Alerts in the order of their ids, after one. What an alert says is in its record.
///
/// # Errors
/// When the state cannot be read.
pub fn alerts(
    state: &dyn StateRead,
    after: Option<&RecordId>,
    limit: usize,
) -> Result<Vec<(RecordId, Value)>, StateFailure> {
    let after = after.map(|id| state_key::alert(id.digest()));
    let decode = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let digits = key.strip_prefix(state_key::ALERTS).and_then(|rest| str::from_utf8(rest).ok());
        let id = digits.and_then(|digits| format!("sha256:{digits}").parse::<RecordId>().ok());
        let id = id.ok_or_else(|| StateFailure("an alert's key".into()))?;
        let one: AlertState = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        let view = json!({
            "alert": id, "by": one.by, "due_ms": one.due, "disposed": one.disposed,
            "open": one.disposed.is_none(),
        });
        Ok((id, view))
    };
    state.scan(state_key::ALERTS, after.as_deref(), limit)?.into_iter().map(decode).collect()
}
