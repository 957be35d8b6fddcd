//! The ledger on disk: RocksDB column families with a format version, one atomic synced batch a block.
//!
//! **Invariant:** this is the only crate that knows RocksDB. What it gives back was checked against the hash it
//! is filed under; what does not match is [`StoreError::Corrupt`], never data.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

mod commit;
mod error;
mod open;
mod pending;
mod read;
mod schema;

pub use commit::{CommitBatch, CommittedRecord};
pub use error::StoreError;
pub use open::{Store, Tip};
pub use pending::Undecided;
pub use read::StoredRecord;
