//! The chained hash over a project's records: what the contracts keep in state and `archive.sealed` states.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::RecordId;

/// `H("biaozheng/project-history/v1", before, record)` over the records in their order, from zero.
#[must_use]
pub fn history(records: impl IntoIterator<Item = RecordId>) -> Digest {
    records.into_iter().fold(Digest::zero(), |before, record| {
        FieldHasher::new("biaozheng/project-history/v1").digest(&before).digest(record.digest()).finish()
    })
}
