//! What executing a record costs a node, beside an ordinary one: cryptography of the groups is slow.
//!
//! **Invariant:** proposers bound a block by it, so that a block is judged well within a round; it decides nothing about
//! validity.

use biaozheng_ledger::record::VerifiedRecord;
use serde_json::Value;

/// Most of a block. One is about a fifth of a millisecond of one core.
pub const BLOCK_COST_MAX: usize = 2500;

/// In ordinary records.
#[must_use]
pub fn cost(record: &VerifiedRecord) -> usize {
    let payload = record.payload();
    match payload.record_type.name() {
        "token.signed" => {
            let partials = payload.body.get("partials").and_then(Value::as_array).map_or(0, Vec::len);
            partials.saturating_mul(8).saturating_add(10)
        }
        "token.requested" | "dkg.acknowledged" | "sealed.proved" => 10,
        // A text is parsed, and each value judged against another.
        "rulebook.published" | "rulebook.tightened" => 20,
        "sealed.entered" => 8,
        "beacon.recovered" => 20,
        "dkg.dealt" => 50,
        "dkg.concluded" => 100,
        "dkg.finalised" | "tender.opened" => 400,
        "slot.opened" => 600,
        _ => 1,
    }
}
