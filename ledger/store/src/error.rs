//! What can be wrong with a store: all of it ours, none of it a record's fault. Each sentence says what to do.

use std::path::{Path, PathBuf};

use biaozheng_ledger::ids::ChainId;

/// A failure of the store. The node that meets one stops and acknowledges nothing more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A store is made in a folder of its own.
    #[error("{path} is not empty: name an empty or new folder, or open the store that is there")]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// No store, or one whose creation was interrupted.
    #[error(
        "{path} holds no complete store ({why}): check the path, and that its disk is mounted. A store that is lost or was never finished is made anew by `biaozheng resync`"
    )]
    NotAStore {
        /// The folder.
        path: PathBuf,
        /// What is missing.
        why: String,
    },
    /// Another process, or another part of this one, has it open.
    #[error("the store in {path} is in use by another process: stop that one first")]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The store of another consortium.
    #[error(
        "the store belongs to chain {found}, this node to {expected}: point the node at its own data folder"
    )]
    OtherChain {
        /// The store's chain.
        found: ChainId,
        /// The node's chain.
        expected: ChainId,
    },
    /// Written by a newer program.
    #[error("the store has format {found}, this program knows up to {known}: use the newer program")]
    NewerFormat {
        /// The store's format.
        found: u32,
        /// The newest this program reads.
        known: u32,
    },
    /// The genesis breaks its own rules, so no store is made for it.
    #[error("no store can be made for this genesis: {0}")]
    Genesis(String),
    /// What is on disk is not what was written.
    #[error(
        "the store is damaged 账本存储已损坏: {what}. With the node stopped, `biaozheng resync` lets it fetch the chain anew from its peers; or restore a backup"
    )]
    Corrupt {
        /// The damaged row or file, and how it shows.
        what: String,
    },
    /// A block that does not follow the tip, or parts of a commit that contradict each other: a fault of the caller.
    #[error("this commit does not fit the store: {what}")]
    Misfit {
        /// The contradiction.
        what: String,
    },
    /// More bytes than this kind of value may have.
    #[error("{what} has {bytes} bytes, at most {max} are stored")]
    TooLarge {
        /// The kind of value.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The bound on received records is reached; nothing of the slice was written.
    #[error(
        "{records_max} received records or {bytes_max} bytes of them wait already: let blocks be made first"
    )]
    PendingFull {
        /// Most records.
        records_max: usize,
        /// Most bytes.
        bytes_max: u64,
    },
    /// The disk or the file system failed.
    #[error("the disk failed: {message}; check its space and health, then start the node again")]
    Io {
        /// The operating system's or RocksDB's words.
        message: String,
    },
    /// An earlier write failed, so it is not known what is on disk.
    #[error(
        "a write failed before, so nothing more is written: start the node again, which checks what is on disk"
    )]
    Stopped,
}

impl StoreError {
    pub(crate) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt { what: what.into() }
    }

    pub(crate) fn misfit(what: impl Into<String>) -> Self {
        Self::Misfit { what: what.into() }
    }

    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Io { message: format!("{}: {error}", path.display()) }
    }

    /// Names what was being read when damage was found.
    pub(crate) fn while_reading(self, row: impl std::fmt::Display) -> Self {
        match self {
            Self::Corrupt { what } => Self::Corrupt { what: format!("{row}: {what}") },
            other => other,
        }
    }
}

/// A failure to open a store whose files are there. RocksDB calls a missing or a contradictory file by many names;
/// all of them are damage, and starting again helps none of them. What the disk or the machine lacks stays apart.
pub(crate) fn of_opening(error: rocksdb::Error) -> StoreError {
    use rocksdb::ErrorKind::{Aborted, Busy, IOError, TimedOut, TryAgain};
    let lacks =
        ["No space left", "Permission denied", "Too many open files", "Input/output error", "Read-only"];
    let (kind, message) = (error.kind(), error.into_string());
    let passes = matches!(kind, Aborted | Busy | TimedOut | TryAgain)
        || (kind == IOError && lacks.iter().any(|words| message.contains(words)));
    if passes { StoreError::Io { message } } else { StoreError::Corrupt { what: message } }
}

/// How the operating system says that a file is gone.
const GONE: &str = "No such file or directory";

impl From<rocksdb::Error> for StoreError {
    fn from(error: rocksdb::Error) -> Self {
        let kind = error.kind();
        let message = error.into_string();
        // A file that is gone is damage: what the manifest names is never deleted.
        if kind == rocksdb::ErrorKind::Corruption || message.contains(GONE) {
            Self::Corrupt { what: message }
        } else {
            Self::Io { message }
        }
    }
}
