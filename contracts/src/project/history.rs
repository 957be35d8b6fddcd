//! A project's records in their order: number and chained hash, so that the state root proves 'this is all of it'.

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{ProjectId, RecordId};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::project::state_key;

/// Number and chained hash of a project's records: with the state root it proves 'this is all of it'.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct History {
    pub(crate) count: u64,
    pub(crate) head: Digest,
}

/// Adds a record to a project's history; gives its position, counted from 0.
pub(crate) fn append(
    state: &mut Overlay<'_>,
    project: &ProjectId,
    record: &RecordId,
) -> Result<u64, StateFailure> {
    let key = state_key::history(project);
    let before = load(state, &key)?.unwrap_or_else(|| History { count: 0, head: Digest::zero() });
    let head = FieldHasher::new("biaozheng/project-history/v1")
        .digest(&before.head)
        .digest(record.digest())
        .finish();
    state.put(key, &History { count: before.count.saturating_add(1), head })?;
    Ok(before.count)
}

/// Number and chained hash of a project's records: for the centre's tool when it seals the archive.
///
/// # Errors
/// When the state cannot be read.
pub fn history(state: &dyn StateRead, id: &ProjectId) -> Result<Option<(u64, Digest)>, StateFailure> {
    Ok(load::<History>(state, &state_key::history(id))?.map(|history| (history.count, history.head)))
}
