//! Which steps a suspension keeps waiting.

/// Record types that wait while a complaint suspends the procedure: what an objection suspends, and the contract.
pub const STEPS: &[&str] = &[
    "prequal.opened",
    "prequal.reviewed",
    "bids.opened",
    "tender.opened",
    "sealed.bound",
    "sealed.proved",
    "draw.requested",
    "experts.drawn",
    "evaluation.session_opened",
    "member.replaced",
    "scores.sealed",
    "scores.revealed",
    "lot.drawn",
    "evaluation.reported",
    "result.corrected",
    "candidates.publicised",
    "award.notified",
    "contract.signed",
];

/// Whether a record of this type waits while a complaint suspends.
#[must_use]
pub fn waits(record_type: &str) -> bool {
    record_type.split('/').next().is_some_and(|name| STEPS.contains(&name))
}
