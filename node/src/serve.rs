//! The node behind the API, its documents and webhooks.

use biaozheng_api::BackendError;
use biaozheng_store::Store;

pub mod backend;
pub mod blocks;
pub mod documents;
pub mod operator;
pub mod records;
mod search;
pub mod status;
pub mod submitting;
pub mod webhook;

fn ours(error: impl ToString) -> BackendError {
    BackendError(error.to_string())
}

/// Rows that do not fit together: the node stops, as for any damage.
fn damaged(store: &Store, what: String) -> BackendError {
    ours(store.found_damaged(what))
}
