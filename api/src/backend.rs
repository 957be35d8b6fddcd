//! What the API asks of a node.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_contracts::Reject;
use biaozheng_contracts::project::search::Place;
use biaozheng_documents::DocumentStore;
use biaozheng_ledger::certificate::BlockFacts;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId, SittingId, TimeMs};
use biaozheng_ledger::merkle::Hash;
use biaozheng_ledger::payload::DocumentReference;
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

/// A page of a list: the items and the cursor of the next page.
pub type Page = (Vec<Value>, Option<String>);

/// A look into the registers, judged at the newest block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Credit(OrgId),
    Licences(OrgId),
    CentreRatings(OrgId),
    Eligibility(ProjectId),
    Ratings(ProjectId),
    Complaints(ProjectId),
    /// Nothing where the project is no listing.
    Listing(ProjectId),
    /// Nothing where the notice asks for no building models.
    Models(ProjectId),
    Sittings {
        project: ProjectId,
        after: Option<SittingId>,
        limit: usize,
    },
    /// Computed now; nothing when too many projects ended in the period.
    Indicators {
        centre: Option<OrgId>,
        from: TimeMs,
        until: TimeMs,
    },
    PublishedIndicators {
        after: Option<RecordId>,
        limit: usize,
    },
    Alerts {
        after: Option<RecordId>,
        limit: usize,
    },
    Chains {
        after: Option<ChainId>,
        limit: usize,
    },
    Chain(ChainId),
    /// Of at least `size` leaves.
    Checkpoints {
        chain: ChainId,
        size: u64,
        limit: usize,
    },
    DatedPolicies,
    /// Running time limits of so many projects.
    Timers {
        after: Option<ProjectId>,
        limit: usize,
    },
    /// Bids that were sealed to the group, once they are open; after the one of this cursor.
    OpenedBids {
        project: ProjectId,
        after: Option<String>,
        limit: usize,
    },
    /// What an opening record has to list now, or what it waits for.
    Opening(ProjectId),
    /// Projects and participants by words.
    Search {
        words: String,
        after: Option<Place>,
        limit: usize,
    },
    /// The groups of sealed bids, and what is due.
    Sealing,
    /// Whose nodes vote on blocks.
    Validators,
    /// A sealed entry by its digest.
    SealedEntry(Digest),
    /// The blind signatures a request for tokens has got.
    TokenSignatures(RecordId),
    /// What district centres tighten.
    Tightenings,
    /// One such text, as a JSON string.
    Tightening(Digest),
    Calendars,
    /// What holds for a project, as a JSON string.
    ProjectRulebook(ProjectId),
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
    fn project(&self, id: &ProjectId) -> Result<Option<Value>, BackendError>;
    fn project_heads(&self, id: &ProjectId) -> Result<Option<Value>, BackendError>;
    fn project_records(&self, id: &ProjectId, after: Option<u64>, limit: usize)
    -> Result<Page, BackendError>;
    fn projects(&self, after: Option<&ProjectId>, limit: usize) -> Result<Page, BackendError>;
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
    fn participants(&self, after: Option<&OrgId>, limit: usize) -> Result<Page, BackendError>;
    fn participant(&self, org: &OrgId) -> Result<Option<Value>, BackendError>;
    fn rulebooks(&self) -> Result<Vec<Value>, BackendError>;
    fn rulebook(&self, digest: &Digest) -> Result<Option<String>, BackendError>;
    fn look(&self, question: &Question) -> Result<Option<Value>, BackendError>;
    /// Imported history; the cursor is an OCID.
    fn imported(&self, after: Option<String>, limit: usize) -> Result<Page, BackendError>;
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
