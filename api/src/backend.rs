//! What the API asks of a node.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_contracts::project::search::Place;
use biaozheng_contracts::{BlockContext, Reject, StateFailure, StateRead};
use biaozheng_documents::DocumentStore;
use biaozheng_ledger::certificate::BlockFacts;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, Height, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::merkle::Hash;
use biaozheng_ledger::payload::{DocumentReference, Payload};
use bytes::Bytes;
use serde_json::Value;

/// A record that was taken, or that is in the ledger already.
#[derive(Debug, Clone)]
pub struct Submitted {
    pub id: RecordId,
    pub word: Word,
}

/// What the node says to a submitted record: one of the two, never both.
#[derive(Debug, Clone)]
pub enum Word {
    /// Its signed receipt (DSSE JSON): a promise.
    Receipt(Value),
    /// The record stands in the ledger, so nothing is promised.
    Stands(BlockFacts),
}

/// Why a record was not taken.
#[derive(Debug, Clone)]
pub enum SubmitError {
    /// Not a record, or not one of this chain.
    Malformed(String),
    /// A signature does not hold.
    Signature(String),
    /// The rules refuse it.
    Refused(Box<Reject>),
    /// No room now.
    Busy {
        retry_after_s: u64,
    },
    /// The node cannot promise anything now.
    NotReady(String),
    Internal(String),
}

/// What a client waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Committed,
    Certificate,
}

/// How a wait ended.
#[derive(Debug, Clone)]
pub enum Settled {
    Committed,
    Certified(String),
    Refused(Box<Reject>),
    /// Not yet; the receipt stands.
    Timeout {
        stage: &'static str,
    },
}

/// A look for something that may not be there yet.
#[derive(Debug, Clone)]
pub enum Lookup<T> {
    Found(T),
    /// Received or in a block, but not yet what was asked for.
    Pending {
        stage: &'static str,
    },
    Refused(Value),
    NotFound,
}

/// A document as a committed record names it.
#[derive(Debug, Clone)]
pub struct NamedDocument {
    pub reference: DocumentReference,
    /// The record may be shown to anyone, and so its documents.
    pub public: bool,
}

/// The node's own failure; detail for its log only.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct BackendError(pub String);

impl From<StateFailure> for BackendError {
    fn from(failure: StateFailure) -> Self {
        Self(failure.0)
    }
}

/// A page of a list: the items and the cursor of the next page.
pub type Page = (Vec<Value>, Option<String>);

/// The newest block and the state after it: what every register is read from, by [`biaozheng_contracts::shown`].
pub struct Newest<'a> {
    /// Its height and time, by which time limits are judged.
    pub block: BlockContext,
    pub state: Box<dyn StateRead + 'a>,
}

impl std::fmt::Debug for Newest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Newest(block {})", self.block.height)
    }
}

/// A node, as the API sees it.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    async fn submit(&self, envelope: Bytes) -> Result<Submitted, SubmitError>;
    async fn wait(&self, id: RecordId, wanted: Wanted, timeout: Duration) -> Result<Settled, BackendError>;
    fn record(&self, id: &RecordId) -> Result<Lookup<Value>, BackendError>;
    fn certificate(&self, id: &RecordId) -> Result<Lookup<String>, BackendError>;
    /// The proof that a record is in the history tree of `size` leaves; nothing found where it is not, or where the tree
    /// is not that large yet.
    ///
    /// # Errors
    /// When the node cannot read what it needs.
    fn inclusion(&self, _: &RecordId, _size: u64) -> Result<Lookup<Value>, BackendError> {
        Ok(Lookup::NotFound)
    }
    /// A COSE receipt (RFC 9942) of a certified record, where this node signs checkpoints.
    ///
    /// # Errors
    /// When the node cannot read what it needs.
    fn cose_receipt(&self, _: &RecordId) -> Result<Lookup<Vec<u8>>, BackendError> {
        Ok(Lookup::NotFound)
    }
    /// Verifies an uploaded certificate against this node's chain and policy.
    fn verify(&self, certificate: &[u8], document: Option<(Digest, u64)>) -> Result<Value, String>;
    /// The newest block's state: what handlers read registers from.
    fn newest(&self) -> Newest<'_>;
    /// What a committed record says, and when it was committed. Not for anyone's eyes: it may be a closed record.
    ///
    /// # Errors
    /// When the node cannot read what it needs.
    fn said(&self, _: &RecordId) -> Result<Option<(Payload, TimeMs)>, BackendError> {
        Ok(None)
    }
    /// Projects and participants in which all words occur, after a place.
    ///
    /// # Errors
    /// When the node cannot read what it needs.
    fn search(&self, _: &str, _: Option<&Place>, _: usize) -> Result<Page, BackendError> {
        Ok((Vec::new(), None))
    }
    fn project_records(&self, id: &ProjectId, after: Option<u64>, limit: usize)
    -> Result<Page, BackendError>;
    fn blocks(&self, after: Option<Height>, limit: usize) -> Result<Page, BackendError>;
    /// Blocks below one, from the newest on; the cursor is a height.
    fn blocks_newest(&self, before: Option<Height>, limit: usize) -> Result<Page, BackendError>;
    /// Projects from the newest registered on; the cursor counts the projects before.
    fn projects_newest(&self, before: Option<u64>, limit: usize) -> Result<Page, BackendError>;
    fn block(&self, height: Height) -> Result<Option<Value>, BackendError>;
    /// A block as it was decided (header and commit certificate), and a page of its records in order: those behind
    /// position `after`, at most `limit`, bodies only where they are public.
    ///
    /// # Errors
    /// When the node cannot read what it needs.
    fn block_records(&self, _: Height, _: Option<u32>, _: usize) -> Result<Option<Value>, BackendError> {
        Ok(None)
    }
    fn checkpoint(&self) -> Result<Option<String>, BackendError>;
    fn consistency(&self, from: u64, to: u64) -> Result<Option<Value>, BackendError>;
    /// The newest committed block.
    fn height(&self) -> Height;
    /// Returns when this block is committed, or after the timeout.
    async fn committed(&self, height: Height, timeout: Duration);
    fn genesis(&self) -> String;
    fn policy(&self) -> String;
    async fn status(&self) -> Value;
    /// Space on disks, this node's keys, what is to be renewed and when.
    fn operator(&self) -> Result<Value, BackendError>;
    /// Empty when ready, else what is wrong.
    fn not_ready(&self) -> Vec<String>;
    fn metrics(&self) -> String;
    /// Leaves of the committed history tree. What [`Backend::history_nodes`] and [`Backend::entries`] are asked
    /// for lies within it.
    fn log_size(&self) -> Result<u64, BackendError>;
    /// Hashes of the complete subtrees of 2^`level` leaves with these indexes; at most 256.
    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError>;
    /// Log entries with these indexes, as hashed into the tree; at most 256.
    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, BackendError>;
    /// The document of this digest that this record names, of a committed record only.
    fn document_of(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
    ) -> Result<Lookup<NamedDocument>, BackendError>;
    /// Where documents are kept; `None` while it cannot be reached.
    fn documents(&self) -> Option<DocumentStore>;
}
