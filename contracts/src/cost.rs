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
            // Checked together: two pairings, and little more for each.
            partials.saturating_mul(2).saturating_add(20)
        }
        "token.requested" | "dkg.acknowledged" | "sealed.proved" => 10,
        // A text is parsed, and each value judged against another.
        "rulebook.published" | "rulebook.tightened" => 20,
        "sealed.entered" => 8,
        "beacon.recovered" => 20,
        "dkg.dealt" => 50,
        "dkg.concluded" => 100,
        "dkg.finalised" => 400,
        // Up to 512 layers, which members have mostly opened by then; a block has one such record.
        "slot.opened" | "tender.opened" => 1500,
        _ => 1,
    }
}
