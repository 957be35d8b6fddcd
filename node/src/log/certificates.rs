//! Certificates: a committed record, the path to a checkpoint that covers it, and what that checkpoint stands under.
//!
//! **Invariant:** only what is on disk is certified; a record from memory gives the very bytes the store's gives.

use std::sync::Arc;

use biaozheng_contracts::StateFailure;
use biaozheng_contracts::shown;
use biaozheng_cose::ReceiptProof;
use biaozheng_ledger::certificate::{BlockFacts, CERTIFICATE_FORMAT, Certificate, TimestampToken};
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::merkle::inclusion_path;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_store::{Store, StoreError, StoredRecord};

use super::checkpointer::{Checkpointer, WholeCheckpoint};
use super::timestamping::Timestamps;
use crate::chain::executor::StoredState;
use crate::intake::recent::Recent;
use crate::run::identity::Identity;

/// The type of the record that seals an archive, without its version.
const ARCHIVE_SEAL: &str = "archive.sealed";

/// What certificates are made of.
#[derive(Debug)]
pub struct Certificates {
    identity: Arc<Identity>,
    policy: String,
    store: Store,
    recent: Arc<Recent>,
    checkpointer: Arc<Checkpointer>,
    timestamps: Arc<Timestamps>,
}

/// Why there is none although there should be: this node's own failure.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}", .0.0)]
    State(StateFailure),
    #[error("{0}")]
    Damaged(String),
}

impl From<StateFailure> for CertificateError {
    fn from(failure: StateFailure) -> Self {
        Self::State(failure)
    }
}

fn damaged(reason: impl ToString) -> CertificateError {
    CertificateError::Damaged(reason.to_string())
}

/// A committed record with its place, wherever it was found.
struct Committed<'a> {
    id: RecordId,
    leaf: u64,
    block: BlockFacts,
    envelope: &'a Envelope,
    payload: &'a Payload,
}

/// What a certificate stands under.
struct Covering {
    checkpoint: WholeCheckpoint,
    /// A time-stamping authority's, over that checkpoint.
    token: Option<TimestampToken>,
}

/// A certificate before it is written, and the proof it holds.
struct Proven {
    proof: TlogProof,
    block: BlockFacts,
    envelope: Option<Envelope>,
    timestamps: Vec<TimestampToken>,
    witnesses: Vec<String>,
}

impl Certificates {
    #[must_use]
    pub fn new(
        identity: Arc<Identity>,
        store: Store,
        recent: Arc<Recent>,
        checkpointer: Arc<Checkpointer>,
        timestamps: Arc<Timestamps>,
    ) -> Self {
        let policy = identity.genesis.policy().map(|policy| policy.to_string()).unwrap_or_default();
        Self { identity, policy, store, recent, checkpointer, timestamps }
    }

    /// The chain's own policy, as certificates carry it.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The certificate of a record this node just committed, from memory; nothing where it is not there.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn of_recent(&self, id: &RecordId) -> Result<Option<String>, CertificateError> {
        let Some(recent) = self.recent.get(id) else { return Ok(None) };
        let block = BlockFacts { height: recent.height, time_ms: recent.time, position: recent.position };
        let (envelope, payload) = (recent.record.envelope(), recent.record.payload());
        let record = Committed { id: *id, leaf: recent.leaf_index, block, envelope, payload };
        Ok(self.certify(&record)?.map(|proven| self.written(*id, proven)))
    }

    /// The certificate of a committed record, once a checkpoint covers it.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn of_stored(&self, record: &StoredRecord) -> Result<Option<String>, CertificateError> {
        Ok(self.proven(record)?.map(|proven| self.written(record.id, proven)))
    }

    /// A COSE receipt of a committed record, once a checkpoint covers it. Inside, nothing from a node that signs none.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn cose_receipt(&self, record: &StoredRecord) -> Result<Option<Option<Vec<u8>>>, CertificateError> {
        let Some(Proven { proof, block, .. }) = self.proven(record)? else { return Ok(None) };
        let BlockFacts { height, time_ms: time, position } = block;
        let entry = LogEntry { record: record.id, height, time, position };
        // The checkpoint came from our own store, where only complete ones are.
        let checkpoint = proof.checkpoint.text.parse().map_err(damaged)?;
        let proof = ReceiptProof { entry, index: proof.index, path: proof.path, checkpoint };
        Ok(Some(self.checkpointer.cose_receipt(&proof).map_err(damaged)?))
    }

    fn proven(&self, record: &StoredRecord) -> Result<Option<Proven>, CertificateError> {
        let payload = Payload::decode(&record.envelope.payload).map_err(damaged)?;
        let block = BlockFacts { height: record.height, time_ms: record.time, position: record.position };
        let (id, leaf) = (record.id, record.leaf_index);
        self.certify(&Committed { id, leaf, block, envelope: &record.envelope, payload: &payload })
    }

    fn certify(&self, record: &Committed<'_>) -> Result<Option<Proven>, CertificateError> {
        let public = shown::is_public(&StoredState(&self.store), record.payload)?;
        let Some(Covering { checkpoint, token }) = self.covering(record)? else { return Ok(None) };
        let (size, note) = &*checkpoint;
        let path = inclusion_path(record.leaf, *size, &self.store)?;
        let path = path.ok_or_else(|| damaged("a committed leaf lies outside its checkpoint"))?;
        Ok(Some(Proven {
            proof: TlogProof { index: record.leaf, path, checkpoint: note.clone() },
            block: record.block,
            envelope: public.then(|| record.envelope.clone()),
            timestamps: token.into_iter().collect(),
            witnesses: self.checkpointer.outside_keys(note),
        }))
    }

    fn written(&self, record: RecordId, proven: Proven) -> String {
        let certificate = Certificate {
            format: CERTIFICATE_FORMAT.into(),
            record,
            envelope: proven.envelope.as_ref().map(Envelope::to_value),
            block: proven.block,
            proof: proven.proof.to_string(),
            policy: self.policy.clone(),
            genesis_remainder: self.identity.genesis.remainder().to_string(),
            anchors: Vec::new(),
            timestamps: proven.timestamps,
            witnesses: proven.witnesses,
        };
        certificate.to_json()
    }

    /// The checkpoint a record's certificate stands under now. That of an archive's seal is part of the archive, so it
    /// stays the one it was first asked for under; the outside witnesses' lines are left out of it, since their keys are
    /// this node's configuration, which changes.
    fn covering(&self, record: &Committed<'_>) -> Result<Option<Covering>, CertificateError> {
        if record.payload.record_type.name() != ARCHIVE_SEAL {
            return Ok(self.best(record.leaf));
        }
        let (size, note) = match self.store.kept_checkpoint(&record.id)? {
            Some(kept) => kept,
            None => {
                let Some(covering) = self.checkpointer.covering(record.leaf) else { return Ok(None) };
                let own = self.checkpointer.own_lines(&covering.1).to_string();
                self.store.keep_checkpoint(&record.id, covering.0, &own)?
            }
        };
        let checkpoint = Arc::new((size, note.parse().map_err(damaged)?));
        Ok(Some(Covering { checkpoint, token: None }))
    }

    /// A dated checkpoint over a leaf is worth more than a newer one.
    fn best(&self, leaf: u64) -> Option<Covering> {
        if let Some(stamped) = self.timestamps.covering(leaf) {
            let checkpoint = Arc::new((stamped.size, stamped.note.clone()));
            return Some(Covering { checkpoint, token: Some(stamped.token.clone()) });
        }
        let checkpoint = self.checkpointer.covering(leaf)?;
        Some(Covering { checkpoint, token: None })
    }
}
