//! Why a document is not taken or not given, told apart by whose fault it is.

use std::path::PathBuf;

use biaozheng_ledger::ids::DocumentDigest;

use crate::settings::SettingsError;

/// Why the store of documents cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("{path}: {reason}", path = .path.display())]
    File { path: PathBuf, reason: String },
    #[error(transparent)]
    Authorities(#[from] biaozheng_connect::TrustError),
    /// A server that overwrites what it was asked to create.
    #[error(
        "{place} is not write-once: {reason}. It would let one document replace another without a word. Use a server \
         that honours If-None-Match when an upload is completed, or set write_once to false and say so to those who \
         rely on these documents 对象存储不支持只写一次"
    )]
    NotWriteOnce { place: String, reason: String },
    /// It may work later.
    #[error("{place} does not answer as it should: {reason}")]
    Unusable { place: String, reason: String },
}

/// Why a document was not stored. Nothing of it is visible.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    #[error("the document has {size} bytes, at most {most} are taken")]
    TooLarge { size: u64, most: u64 },
    #[error("{expected} bytes were announced, and {} came", .found.map_or("more".to_owned(), |found| found.to_string()))]
    WrongSize {
        expected: u64,
        /// `None`: more than expected; the rest was not read.
        found: Option<u64>,
    },
    #[error("these bytes have the digest {found}, not {expected}")]
    WrongDigest { expected: DocumentDigest, found: DocumentDigest },
    #[error("the bytes came too slowly")]
    Slow,
    #[error("the bytes stopped coming: {0}")]
    Broken(String),
    #[error("as many documents as allowed are being received")]
    Busy,
    /// What stands under the digest is something else, and may not be replaced.
    #[error("the stored document {0} is damaged, and what is stored may not be replaced here")]
    Damaged(DocumentDigest),
    #[error("{0}")]
    Store(String),
}

/// Why a document is not given.
#[derive(Debug, Clone, thiserror::Error)]
pub enum GetError {
    #[error("the document {0} is not here")]
    Missing(DocumentDigest),
    #[error("the stored document {0} is damaged")]
    Damaged(DocumentDigest),
    #[error("as many documents as allowed are being sent")]
    Busy,
    #[error("the bytes were not taken in time")]
    Slow,
    #[error("{0}")]
    Store(String),
}
