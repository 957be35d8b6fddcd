//! What executing a record costs a node, beside an ordinary one: cryptography of the groups is slow.
//!
//! **Invariant:** proposers bound a block by it, so that a block is judged well within a round; it decides nothing about
//! validity.

use biaozheng_ledger::record::VerifiedRecord;
use serde_json::Value;

use crate::records::{self, Cost};

/// Most of a block. One is about a fifth of a millisecond of one core.
pub const BLOCK_COST_MAX: usize = 2500;

/// In ordinary records.
#[must_use]
pub fn cost(record: &VerifiedRecord) -> usize {
    let payload = record.payload();
    match records::record(payload.record_type.as_str()).map(|row| row.facts.cost) {
        Some(Cost::Records(records)) => records,
        Some(Cost::Partials) => {
            let partials = payload.body.get("partials").and_then(Value::as_array).map_or(0, Vec::len);
            partials.saturating_mul(2).saturating_add(20)
        }
        None => 1,
    }
}
