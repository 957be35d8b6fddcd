//! What goes into an archive: certificates in the order of the project's history, and documents on request.
//!
//! **Invariant:** a [`ProjectArchive`] holds whole records of one project in chain order. Signatures and proofs
//! are not judged here: a verifier does that, with a trust anchor.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use biaozheng_ledger::certificate::{Certificate, Standing};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::digest::{Digest, TwofoldStream};
use biaozheng_ledger::ids::{DocumentDigest, ProjectId, RecordId};
use biaozheng_ledger::payload::{DocumentReference, Payload};
use biaozheng_ledger::record::Record;
use biaozheng_ledger::tlog_proof::TlogProof;

use crate::limits::{CERTIFICATES_BYTES_MAX, DOCUMENT_BYTES_MAX, DOCUMENTS_MAX, RECORDS_MAX};

/// The type of the record that seals an archive.
pub(crate) const SEAL_TYPE: &str = "archive.sealed";

/// Why certificates do not make an archive.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error(
        "an archive holds 1 to {RECORDS_MAX} records, in certificates of {CERTIFICATES_BYTES_MAX} bytes at most"
    )]
    Records,
    #[error("every record is closed; at least one must be readable")]
    Closed,
    #[error("record {0}: {1}")]
    Record(RecordId, String),
    #[error("record {0} is not of project {1}")]
    Project(RecordId, ProjectId),
    #[error("record {0} does not come after the one before it")]
    Order(RecordId),
    #[error("record {0} appears twice")]
    Repeated(RecordId),
    #[error("record {0} does not seal an archive of this project")]
    Seal(RecordId),
    #[error("the records name more than {DOCUMENTS_MAX} documents")]
    Documents,
    #[error("document {0} has more than {DOCUMENT_BYTES_MAX} bytes")]
    DocumentSize(DocumentDigest),
}

/// A record with its certificate. A closed record (a bid of a tender that failed before its opening) has no body
/// here: its certificate proves that it exists and where, and the history that it is of this project.
#[derive(Clone, Debug)]
pub struct Filed {
    certificate: Certificate,
    record: Option<Record>,
    proof: TlogProof,
    tree_size: u64,
}

impl Filed {
    /// # Errors
    /// [`ArchiveError::Record`] when the certificate cannot be taken apart.
    pub fn new(certificate: Certificate) -> Result<Self, ArchiveError> {
        let id = certificate.record;
        let refuse = |reason: String| ArchiveError::Record(id, reason);
        let envelope = certificate.envelope.as_ref().map(ToString::to_string);
        let record = envelope.map(|envelope| Record::from_json(envelope.as_bytes())).transpose();
        let record = record.map_err(|error| refuse(error.to_string()))?;
        if let Some(other) = record.as_ref().map(Record::id).filter(|other| *other != id) {
            return Err(refuse(format!("the envelope is record {other}")));
        }
        let proof: TlogProof = certificate
            .proof
            .parse()
            .map_err(|error: biaozheng_ledger::tlog_proof::TlogProofError| refuse(error.to_string()))?;
        let checkpoint: Checkpoint = proof
            .checkpoint
            .text
            .parse()
            .map_err(|error: biaozheng_ledger::checkpoint::CheckpointError| refuse(error.to_string()))?;
        Ok(Self { certificate, record, proof, tree_size: checkpoint.size })
    }

    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.certificate.record
    }

    /// Nothing for a closed record.
    #[must_use]
    pub const fn record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// What the record says; nothing for a closed one.
    #[must_use]
    pub fn payload(&self) -> Option<&Payload> {
        self.record.as_ref().map(Record::payload)
    }

    /// The documents the record names.
    #[must_use]
    pub fn documents(&self) -> &[DocumentReference] {
        self.payload().map_or(&[], |payload| &payload.documents)
    }

    pub(crate) const fn proof(&self) -> &TlogProof {
        &self.proof
    }

    pub(crate) const fn tree_size(&self) -> u64 {
        self.tree_size
    }

    /// The record type's name without version; empty for a closed record.
    pub(crate) fn type_name(&self) -> &str {
        self.payload().map_or("", |payload| payload.record_type.name())
    }

    const fn place(&self) -> (u64, u32) {
        (self.certificate.block.height.get(), self.certificate.block.position)
    }
}

/// Everything of one project, before documents.
#[derive(Clone, Debug)]
pub struct ProjectArchive {
    pub(crate) project: ProjectId,
    pub(crate) records: Vec<Filed>,
    pub(crate) context: Vec<Filed>,
    pub(crate) seal: Option<Filed>,
}

impl ProjectArchive {
    /// `records`: the project's records before the sealing one, in order. `context`: records outside the project
    /// that it leans on, such as the rulebook's and the participants'. `seal`: the certificate of the
    /// `archive.sealed` record, once there is one; the payload is the same with and without it.
    ///
    /// # Errors
    /// [`ArchiveError`] naming the record that does not fit.
    pub fn new(
        project: ProjectId,
        records: Vec<Certificate>,
        context: Vec<Certificate>,
        seal: Option<Certificate>,
    ) -> Result<Self, ArchiveError> {
        let count = records.len().saturating_add(context.len());
        if records.is_empty() || count > RECORDS_MAX {
            return Err(ArchiveError::Records);
        }
        let filed = |all: Vec<Certificate>| all.into_iter().map(Filed::new).collect::<Result<Vec<_>, _>>();
        let (records, mut context) = (filed(records)?, filed(context)?);
        context.sort_by_key(Filed::place);
        let seal = seal.map(Filed::new).transpose()?;
        let archive = Self { project, records, context, seal };
        archive.check()?;
        Ok(archive)
    }

    fn check(&self) -> Result<(), ArchiveError> {
        let mut ids = BTreeSet::new();
        let mut bytes = 0usize;
        for one in self.records.iter().chain(&self.context).chain(&self.seal) {
            bytes = bytes.saturating_add(one.certificate.to_json().len());
            if bytes > CERTIFICATES_BYTES_MAX {
                return Err(ArchiveError::Records);
            }
            if !ids.insert(one.id()) {
                return Err(ArchiveError::Repeated(one.id()));
            }
        }
        if self.records.iter().all(|one| one.record.is_none()) {
            return Err(ArchiveError::Closed);
        }
        let mut before = None;
        for one in self.records.iter().chain(&self.seal) {
            let id = one.id();
            if one.payload().is_some_and(|payload| payload.project.as_ref() != Some(&self.project)) {
                return Err(ArchiveError::Project(id, self.project.clone()));
            }
            if before.is_some_and(|place| place >= one.place()) {
                return Err(ArchiveError::Order(id));
            }
            before = Some(one.place());
        }
        if let Some(inside) = self.records.iter().find(|one| one.type_name() == SEAL_TYPE) {
            return Err(ArchiveError::Seal(inside.id()));
        }
        if let Some(seal) = self.seal.iter().find(|one| one.type_name() != SEAL_TYPE) {
            return Err(ArchiveError::Seal(seal.id()));
        }
        if self.named().len() > DOCUMENTS_MAX { Err(ArchiveError::Documents) } else { Ok(()) }
    }

    /// What every certificate stands under, the seal's aside; nothing where they stand under different checkpoints. With
    /// it the same certificates are made again, and so the same manifest.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        let mut all = self.records.iter().chain(&self.context).map(|one| &one.certificate);
        let first = all.next()?;
        let standing = Standing::of(first).ok()?;
        let same = |one: &Certificate| Standing::of(one).is_ok_and(|other| other == standing);
        let bare = |one: &Certificate| one.anchors.is_empty() && one.timestamps.is_empty();
        (bare(first) && all.all(|one| bare(one) && same(one))).then_some(standing)
    }

    /// The same archive with its seal. Seal the very certificates the manifest was made of: under another checkpoint
    /// the manifest is another one.
    ///
    /// # Errors
    /// [`ArchiveError`] when the certificate is not of a sealing record of this project, after all the others.
    pub fn sealed_by(mut self, seal: Certificate) -> Result<Self, ArchiveError> {
        self.seal = Some(Filed::new(seal)?);
        self.check()?;
        Ok(self)
    }

    #[must_use]
    pub const fn project(&self) -> &ProjectId {
        &self.project
    }

    #[must_use]
    pub fn records(&self) -> &[Filed] {
        &self.records
    }

    /// Records outside the project that it leans on.
    #[must_use]
    pub fn context(&self) -> &[Filed] {
        &self.context
    }

    /// Every document the records name, once.
    #[must_use]
    pub fn named(&self) -> BTreeSet<DocumentDigest> {
        self.records
            .iter()
            .chain(&self.context)
            .flat_map(Filed::documents)
            .map(|document| document.digest)
            .collect()
    }
}

/// Where documents come from: a folder, an object store, a test's map.
pub trait Documents {
    /// Hands the document's bytes to `sink` in pieces and stops at the first error; false when it is not there.
    ///
    /// # Errors
    /// The source's or the sink's.
    fn read(
        &mut self,
        digest: &DocumentDigest,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool>;
}

/// What a document turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentFacts {
    pub sm3: Digest,
    pub size_bytes: u64,
}

/// The documents that are there.
pub type Facts = BTreeMap<DocumentDigest, DocumentFacts>;

/// Reads every named document once.
///
/// # Errors
/// The source's; [`io::ErrorKind::InvalidData`] for a document whose bytes are not those of its digest (repair or
/// remove it: a damaged document is not a missing one) or that is too large.
pub fn survey(archive: &ProjectArchive, documents: &mut impl Documents) -> io::Result<Facts> {
    let mut facts = Facts::new();
    for digest in archive.named() {
        let mut stream = TwofoldStream::default();
        let mut size = 0u64;
        let found = documents.read(&digest, &mut |piece| {
            size = size.saturating_add(piece.len() as u64);
            if size > DOCUMENT_BYTES_MAX {
                return Err(invalid(ArchiveError::DocumentSize(digest)));
            }
            stream.update(piece);
            Ok(())
        })?;
        if !found {
            continue;
        }
        let (sha256, sm3, size_bytes) = stream.finish();
        if sha256 != *digest.digest() {
            return Err(invalid(format!("document {digest} is damaged: its bytes have {sha256}")));
        }
        facts.insert(digest, DocumentFacts { sm3, size_bytes });
    }
    Ok(facts)
}

pub(crate) fn invalid(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
