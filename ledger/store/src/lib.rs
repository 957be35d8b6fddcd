//! The ledger on disk: RocksDB column families with a format version, one atomic synced batch a block.
//!
//! **Invariant:** after any crash the store holds whole blocks only, and every one it acknowledged. What it
//! gives back was checked: a value that is not the one written there is [`StoreError::Corrupt`], never data.
//!
//! This is the only crate that knows RocksDB. It executes nothing, verifies no signature and judges no record.
//!
//! | file | job |
//! | --- | --- |
//! | `schema`, `seal`, `options` | column families, keys; the check every value carries; RocksDB's settings |
//! | `database`, `damage` | the one place that reads and writes RocksDB; what went wrong there first |
//! | `open`, `reopen_check`, `tip` | create, open, and prove that the newest block, trees and state belong together |
//! | `commit` | one block, one batch, one sync |
//! | `blocks`, `records`, `state`, `history`, `checkpoints` | what was decided |
//! | `state_cache` | values of the state read lately |
//! | `pending`, `undecided`, `outcomes` | what this node must not forget before and beside it |
//! | `statistics` | numbers for operators, and backups |

mod blocks;
mod checkpoints;
mod commit;
mod damage;
mod database;
mod error;
mod history;
mod kept;
mod open;
mod options;
mod outcomes;
mod pending;
mod records;
mod reopen_check;
mod row_check;
mod schema;
mod state;
mod state_cache;
mod statistics;
mod tip;
mod undecided;

pub use checkpoints::CHECKPOINTS_MAX;
pub use commit::{CommitBatch, CommittedRecord};
pub use error::StoreError;
pub use open::{ASIDE, Store};
pub use outcomes::{OUTCOME_BYTES_MAX, OUTCOMES_BYTES_MAX, OUTCOMES_MAX};
pub use pending::{PENDING_BYTES_MAX, PENDING_RECORDS_MAX};
pub use records::StoredRecord;
pub use schema::FORMAT_VERSION;
pub use state::KeyValue;
pub use statistics::{FamilyStatistics, Statistics};
pub use tip::Tip;
pub use undecided::{UNDECIDED_MAX, Undecided};
