//! What can be wrong with a store. All of it is ours, none of it a record's fault.

use std::path::PathBuf;

use biaozheng_ledger::ids::{ChainId, Height};

/// A failure of the store; the sentence says what to do.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    #[error("{path} is not empty; a new store needs an empty folder")]
    NotEmpty { path: PathBuf },
    #[error("{path} holds no store; create one with 'biaozheng init' or restore a backup")]
    NotAStore { path: PathBuf },
    #[error("the store in {path} is in use by another process; stop that one first")]
    Locked { path: PathBuf },
    #[error("the store belongs to chain {found}, this node to {expected}; point 'home' at the right folder")]
    OtherChain { found: ChainId, expected: ChainId },
    #[error("the store has format {found}, this program knows up to {known}; use the newer program")]
    NewerFormat { found: u32, known: u32 },
    #[error("the store is damaged: {what}; stop this node and restore a backup or let it sync anew")]
    Corrupt { what: String },
    #[error("block {found} cannot follow block {tip}")]
    OutOfOrder { found: Height, tip: Height },
    #[error("the disk failed: {0}")]
    Disk(String),
}

impl StoreError {
    pub(crate) fn corrupt(what: impl ToString) -> Self {
        Self::Corrupt { what: what.to_string() }
    }
}

impl From<rocksdb::Error> for StoreError {
    fn from(error: rocksdb::Error) -> Self {
        match error.kind() {
            rocksdb::ErrorKind::Corruption => Self::corrupt(error),
            _ => Self::Disk(error.to_string()),
        }
    }
}
