//! Building and signing records as one party.
//!
//! ```
//! # use biaozheng_client::author::Author;
//! # use biaozheng_ledger::{digest::Digest, ids::{ChainId, OrgId, ProjectId, TimeMs}, key::SecretKey};
//! # let chain = ChainId::new(Digest::of(b"chain"));
//! # let key = SecretKey::from_seed(&[1; 32]);
//! let author = Author::new(OrgId::new("91350100M000100Y43")?, key, chain);
//! let record = author
//!     .record("project.registered/1", serde_json::json!({"name": "道路改造"}))
//!     .project(ProjectId::new("P-2026-000123")?)
//!     .sign(TimeMs::new(1_790_000_000_000))?;
//! # assert!(record.verify(&chain).is_ok());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use biaozheng_ledger::digest::{Digest, DigestStream};
use biaozheng_ledger::ids::{ChainId, DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::payload::{DocumentReference, Party, Payload, RecordType};
use biaozheng_ledger::record::{Record, RecordError};
use serde::Serialize;
use serde_json::Value;

/// What records made by this library name as their tool.
pub const TOOL: &str = concat!("biaozheng-client/", env!("CARGO_PKG_VERSION"));

/// One who signs: an organisation, its key, and the chain the records are for.
#[derive(Clone, Debug)]
pub struct Author {
    org: OrgId,
    key: SecretKey,
    chain: ChainId,
    tool: String,
}

/// A record that is not signed yet.
#[derive(Clone, Debug)]
#[must_use = "a draft is nothing until it is signed"]
pub struct Draft<'a> {
    author: &'a Author,
    cosigners: Vec<&'a Author>,
    record_type: String,
    body: Result<Value, String>,
    project: Option<ProjectId>,
    previous: Option<RecordId>,
    documents: Vec<DocumentReference>,
}

/// Why a draft cannot become a record: the caller's mistake, found before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum AuthorError {
    #[error("the body is not JSON data: {0}")]
    Body(String),
    #[error("a cosigner signs for chain {found}, the author for {expected}")]
    Chain { found: ChainId, expected: ChainId },
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Author {
    #[must_use]
    pub fn new(org: OrgId, key: SecretKey, chain: ChainId) -> Self {
        Self { org, key, chain, tool: TOOL.to_owned() }
    }

    /// Names another program as the maker of the records.
    #[must_use]
    pub fn with_tool(mut self, tool: &str) -> Self {
        tool.clone_into(&mut self.tool);
        self
    }

    #[must_use]
    pub const fn org(&self) -> &OrgId {
        &self.org
    }

    pub(crate) const fn secret(&self) -> &SecretKey {
        &self.key
    }

    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    #[must_use]
    pub const fn chain(&self) -> ChainId {
        self.chain
    }

    /// Starts a record of this type, such as `tender.published/1`.
    pub fn record(&self, record_type: &str, body: impl Serialize) -> Draft<'_> {
        Draft {
            author: self,
            cosigners: Vec::new(),
            record_type: record_type.to_owned(),
            body: serde_json::to_value(body).map_err(|error| error.to_string()),
            project: None,
            previous: None,
            documents: Vec::new(),
        }
    }

    fn party(&self) -> Party {
        Party { org: self.org.clone(), key: self.key.public() }
    }
}

impl<'a> Draft<'a> {
    pub fn project(mut self, project: ProjectId) -> Self {
        self.project = Some(project);
        self
    }

    /// The project's record before this one.
    pub fn previous(mut self, previous: RecordId) -> Self {
        self.previous = Some(previous);
        self
    }

    pub fn document(mut self, document: DocumentReference) -> Self {
        self.documents.push(document);
        self
    }

    /// Another who signs the same bytes, after the author, in the order of the calls.
    pub fn cosign(mut self, cosigner: &'a Author) -> Self {
        self.cosigners.push(cosigner);
        self
    }

    /// Signs. `clock` is the author's own clock, see [`clock`]; it is evidence, not an input of any rule.
    ///
    /// # Errors
    /// [`AuthorError`], when a limit of records is broken.
    pub fn sign(self, clock: TimeMs) -> Result<Record, AuthorError> {
        let author = self.author;
        if let Some(other) = self.cosigners.iter().find(|one| one.chain != author.chain) {
            return Err(AuthorError::Chain { found: other.chain, expected: author.chain });
        }
        let payload = Payload {
            chain: author.chain,
            record_type: RecordType::new(&self.record_type).map_err(RecordError::from)?,
            author: author.party(),
            cosigners: self.cosigners.iter().map(|one| one.party()).collect(),
            project: self.project,
            previous: self.previous,
            made_at_ms: clock,
            tool: author.tool.clone(),
            documents: self.documents,
            body: self.body.map_err(AuthorError::Body)?,
        };
        let keys: Vec<&SecretKey> =
            std::iter::once(&author.key).chain(self.cosigners.iter().map(|one| &one.key)).collect();
        Ok(Record::sign(&payload, &keys)?)
    }
}

/// This machine's clock.
#[must_use]
pub fn clock() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimeMs::new(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Names a document by its content.
#[must_use]
pub fn document(name: &str, content: &[u8], media_type: &str) -> DocumentReference {
    DocumentReference {
        name: name.to_owned(),
        digest: DocumentDigest::new(Digest::of(content)),
        size: content.len() as u64,
        media_type: media_type.to_owned(),
    }
}

/// Names a file by its content, which is read in pieces: a model or a video need not fit into memory.
///
/// # Errors
/// When the file cannot be read, or its name is not text.
pub fn document_from_file(path: &Path, media_type: &str) -> io::Result<DocumentReference> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the file's name is not text"))?;
    let mut file = File::open(path)?;
    let mut stream = DigestStream::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        stream.update(buffer.get(..read).unwrap_or_default());
    }
    let (digest, size) = stream.finish();
    Ok(DocumentReference {
        name: name.to_owned(),
        digest: DocumentDigest::new(digest),
        size,
        media_type: media_type.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn author(seed: u8, chain: &[u8]) -> Author {
        let org = OrgId::new(&format!("ORG-{seed}")).unwrap();
        Author::new(org, SecretKey::from_seed(&[seed; 32]), ChainId::new(Digest::of(chain)))
    }

    #[test]
    fn a_record_carries_everything_it_was_given_and_verifies() {
        let (one, two, three) = (author(1, b"c"), author(2, b"c"), author(3, b"c"));
        let before = RecordId::new(Digest::of(b"before"));
        let record = one
            .record("evaluation.reported/1", json!({"winner": "ORG-9"}))
            .project(ProjectId::new("P-1").unwrap())
            .previous(before)
            .document(document("报告.pdf", b"%PDF", "application/pdf"))
            .cosign(&two)
            .cosign(&three)
            .sign(TimeMs::new(7))
            .unwrap();
        let payload = record.payload();
        assert_eq!(payload.previous, Some(before));
        assert_eq!(payload.documents[0].size, 4);
        assert_eq!(payload.tool, TOOL);
        let signers: Vec<_> = payload.signers().map(|party| party.org.as_str()).collect();
        assert_eq!(signers, ["ORG-1", "ORG-2", "ORG-3"]);
        assert!(record.verify(&one.chain()).is_ok());
    }

    #[test]
    fn a_file_and_its_content_give_the_same_reference() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("招标文件.zip");
        let content = vec![7; 200_000];
        std::fs::write(&path, &content).unwrap();
        let reference = document_from_file(&path, "application/zip").unwrap();
        assert_eq!(reference, document("招标文件.zip", &content, "application/zip"));
    }

    #[test]
    fn mistakes_are_found_before_anything_is_sent() {
        let one = author(1, b"c");
        let sign = |draft: Draft<'_>| draft.sign(TimeMs::new(1)).unwrap_err().to_string();
        assert!(sign(one.record("Tender", json!({}))).contains("tender.published/1"));
        assert!(sign(one.record("tender.published/1", json!([]))).contains("'body' is a JSON object"));
        assert!(sign(one.record("tender.published/1", json!({"price": 1.5}))).contains("JSON"));
        assert!(sign(one.record("tender.published/1", json!({})).cosign(&one)).contains("signs twice"));
        let foreign = author(2, b"other");
        assert!(sign(one.record("tender.published/1", json!({})).cosign(&foreign)).contains("chain"));
    }
}
