//! From records and documents to the files of a bag.
//!
//! **Invariant:** every file but the documents follows from the records, the certificates and the list of
//! documents at hand, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use biaozheng_ledger::certificate::Standing;
use biaozheng_ledger::date::beijing;
use biaozheng_ledger::digest::{Digest, DigestAlgorithm, DigestStream};
use biaozheng_ledger::genesis::TrustRoot;
use biaozheng_ledger::ids::{ChainId, DocumentDigest};
use biaozheng_ledger::payload::Payload;
use serde_json::{Value, json};

use crate::catalogue::{catalogue, completeness, document_path};
use crate::history::history;
use crate::manifest;
use crate::model::{Documents, Facts, Filed, ProjectArchive, invalid};
use crate::path::BagPath;
use crate::stage::item_of;
use crate::tar;

/// A file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Made here.
    Bytes(Vec<u8>),
    /// A document, read when it is written.
    Document { digest: DocumentDigest, size_bytes: u64 },
}

/// The files of a bag in order of their paths, and what `archive.sealed` states about them.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: String,
    files: BTreeMap<BagPath, Content>,
    records: u64,
    history: Digest,
    manifest: Digest,
    missing: Vec<DocumentDigest>,
    standing: Option<Standing>,
    /// Of every member of its tar, in seconds.
    modified_s: u64,
}

/// Builds the archive of a project with the documents that [`crate::survey`] found.
#[must_use]
pub fn build(archive: &ProjectArchive, facts: &Facts) -> Archive {
    let mut bag = Bag { files: BTreeMap::new(), facts };
    let places = bag.documents(archive);
    bag.records(archive);
    bag.checkpoints(archive);
    bag.json("data/keys.json", &keys(archive));
    let place = |digest: &DocumentDigest| places.get(digest).map(|path| path.as_str().to_owned());
    bag.json("data/catalogue.json", &catalogue(archive, facts, &place));
    bag.json("data/completeness.json", &completeness(archive, facts));
    let history = history(archive.records.iter().map(Filed::id));
    bag.tags(archive, &history);
    let manifest = bag.manifests();
    Archive {
        folder: archive.project.as_str().replace(':', "_"),
        files: bag.files,
        records: archive.records.len() as u64,
        history,
        manifest,
        missing: archive.named().into_iter().filter(|digest| !facts.contains_key(digest)).collect(),
        standing: archive.standing(),
        modified_s: modified_s(archive),
    }
}

/// When the last record's block was decided; no earlier than unpackers can bear.
fn modified_s(archive: &ProjectArchive) -> u64 {
    let last = archive.records.last().map_or(0, |one| one.certificate().block.time_ms.get());
    last.checked_div(1000).unwrap_or_default().max(tar::MODIFIED_S_MIN)
}

struct Bag<'a> {
    files: BTreeMap<BagPath, Content>,
    facts: &'a Facts,
}

impl Bag<'_> {
    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        let path = BagPath::new(path).expect("names made of digits and letters");
        self.files.insert(path, Content::Bytes(bytes));
    }

    fn json(&mut self, path: &str, value: &impl serde::Serialize) {
        let mut bytes =
            serde_json::to_vec_pretty(value).expect("strings, numbers and lists always serialise");
        bytes.push(b'\n');
        self.put(path, bytes);
    }

    /// Each document once, where the first record that names it puts it.
    fn documents(&mut self, archive: &ProjectArchive) -> BTreeMap<DocumentDigest, BagPath> {
        let mut places = BTreeMap::new();
        for one in archive.records.iter().chain(&archive.context) {
            for document in one.documents() {
                let Some(facts) = self.facts.get(&document.digest) else { continue };
                if places.contains_key(&document.digest) {
                    continue;
                }
                let path = document_path(item_of(one.type_name()).stage, &document.digest, &document.name);
                let content = Content::Document { digest: document.digest, size_bytes: facts.size_bytes };
                self.files.insert(path.clone(), content);
                places.insert(document.digest, path);
            }
        }
        places
    }

    fn records(&mut self, archive: &ProjectArchive) {
        let mut lines = Vec::new();
        for one in &archive.records {
            if let Some(record) = one.record() {
                lines.extend_from_slice(record.envelope().to_json().as_bytes());
                lines.push(b'\n');
            }
            self.certificate("data/certificates", one);
        }
        self.put("data/records.jsonl", lines);
        for one in &archive.context {
            self.certificate("data/context", one);
        }
    }

    fn certificate(&mut self, folder: &str, one: &Filed) {
        let path = format!("{folder}/{}.json", one.id().digest().hex());
        self.put(&path, one.certificate().to_json().into_bytes());
    }

    fn checkpoints(&mut self, archive: &ProjectArchive) {
        for one in archive.records.iter().chain(&archive.context) {
            let note = one.proof().checkpoint.to_string();
            let digits: String = Digest::of(note.as_bytes()).hex().chars().take(16).collect();
            self.put(&format!("data/checkpoints/{:020}-{digits}.txt", one.tree_size()), note.into_bytes());
        }
    }

    fn tags(&mut self, archive: &ProjectArchive, history: &Digest) {
        let declaration = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
        let (mut octets, mut streams) = (0u64, 0u64);
        for (_, content) in self.files.iter().filter(|(path, _)| path.is_payload()) {
            octets = octets.saturating_add(content.size_bytes());
            streams = streams.saturating_add(1);
        }
        let date = archive.records.last().map(|one| beijing(one.certificate().block.time_ms));
        let date = date.unwrap_or_default();
        let chain = chain_of(archive).map(|chain| chain.to_string()).unwrap_or_default();
        let date = date.split(' ').next().unwrap_or_default();
        let info = format!(
            "Bag-Software-Agent: biaozheng-archive/1\nBagging-Date: {date}\nBiaozheng-Chain: {chain}\n\
             Biaozheng-History: {history}\nBiaozheng-Records: {}\nExternal-Identifier: {}\n\
             Payload-Oxum: {octets}.{streams}\n",
            archive.records.len(),
            archive.project
        );
        self.put("bagit.txt", declaration.to_vec());
        self.put("bag-info.txt", info.into_bytes());
        if let Some(seal) = &archive.seal {
            self.put("seal/archive-sealed.json", seal.certificate().to_json().into_bytes());
        }
    }

    /// Writes all manifests; gives the digest of the one that is sealed.
    fn manifests(&mut self) -> Digest {
        for tags in [false, true] {
            for (algorithm, text) in manifest::ALGORITHMS.map(|one| (one, self.manifest(one, tags))) {
                self.put(&manifest::name(algorithm, tags), text);
            }
        }
        let name = manifest::name(DigestAlgorithm::Sha256, false);
        let sealed = self.files.iter().find(|(path, _)| path.as_str() == name);
        match sealed {
            Some((_, Content::Bytes(bytes))) => Digest::of(bytes),
            _ => Digest::zero(),
        }
    }

    fn manifest(&self, algorithm: DigestAlgorithm, tags: bool) -> Vec<u8> {
        let listed = self
            .files
            .iter()
            .filter(|(path, _)| path.is_payload() != tags && !path.as_str().starts_with("tagmanifest-"));
        manifest::write(listed.map(|(path, content)| (path, self.digest(algorithm, content))))
    }

    fn digest(&self, algorithm: DigestAlgorithm, content: &Content) -> Digest {
        match (content, algorithm) {
            (Content::Bytes(bytes), DigestAlgorithm::Sha256) => Digest::of(bytes),
            (Content::Bytes(bytes), DigestAlgorithm::Sm3) => Digest::sm3_of(bytes),
            (Content::Document { digest, .. }, DigestAlgorithm::Sha256) => *digest.digest(),
            (Content::Document { digest, .. }, DigestAlgorithm::Sm3) => {
                self.facts.get(digest).map_or_else(Digest::zero, |facts| facts.sm3)
            }
        }
    }
}

fn chain_of(archive: &ProjectArchive) -> Option<ChainId> {
    archive.records.iter().find_map(Filed::payload).map(|payload| payload.chain)
}

/// Whose signatures are in the archive, and under which policy they stand.
fn keys(archive: &ProjectArchive) -> Value {
    let all = || archive.records.iter().chain(&archive.context);
    let mut signers = BTreeMap::new();
    let mut policies = BTreeSet::new();
    for one in all() {
        for party in one.payload().into_iter().flat_map(Payload::signers) {
            signers.entry((party.org.clone(), party.key)).or_insert_with(|| one.id());
        }
        let certificate = one.certificate();
        policies.insert((certificate.policy.clone(), certificate.genesis_remainder.clone()));
    }
    let signers: Vec<Value> = signers
        .into_iter()
        .map(|((org, key), record)| json!({"org": org, "key": key, "key_id": key.id(), "first_record": record}))
        .collect();
    let policies: Vec<Value> = policies
        .into_iter()
        .map(|(policy, remainder)| {
            let origin = policy.parse().ok().and_then(|policy| TrustRoot::from_policy(&policy));
            let origin = origin.map(|(_, origin)| origin.as_str().to_owned());
            json!({"origin": origin, "policy": policy, "genesis_remainder": remainder})
        })
        .collect();
    let chain = chain_of(archive);
    json!({"format": "biaozheng-keys/1", "chain": chain, "policies": policies, "signers": signers})
}

impl Content {
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Document { size_bytes, .. } => *size_bytes,
        }
    }

    /// Hands the content to `sink`, and holds a document against its digest and size on the way.
    ///
    /// # Errors
    /// The source's, the sink's, or [`io::ErrorKind::InvalidData`] when a document is no longer what it was.
    pub fn read(
        &self,
        documents: &mut impl Documents,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let (digest, size_bytes) = match self {
            Self::Bytes(bytes) => return sink(bytes),
            Self::Document { digest, size_bytes } => (digest, *size_bytes),
        };
        let changed =
            || invalid(format!("document {digest} changed or vanished while the archive was written"));
        let (mut stream, mut seen) = (DigestStream::default(), 0u64);
        let found = documents.read(digest, &mut |piece| {
            seen = seen.saturating_add(piece.len() as u64);
            if seen > size_bytes {
                return Err(changed());
            }
            stream.update(piece);
            sink(piece)
        })?;
        if found && stream.finish() == (*digest.digest(), size_bytes) { Ok(()) } else { Err(changed()) }
    }
}

impl Archive {
    /// The bag's own folder, named after the project.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Every file, in order of the paths.
    #[must_use]
    pub const fn files(&self) -> &BTreeMap<BagPath, Content> {
        &self.files
    }

    /// Documents that records name and the archive lacks.
    #[must_use]
    pub fn missing(&self) -> &[DocumentDigest] {
        &self.missing
    }

    /// The body of the `archive.sealed` record for this archive. Where all its certificates stand under one checkpoint, it
    /// states that one: whoever has the ledger then builds the same archive again.
    #[must_use]
    pub fn seal_body(&self) -> Value {
        let mut body = json!({
            "records": self.records,
            "history": self.history.to_string(),
            "manifest": self.manifest.to_string(),
        });
        if let (false, Some(members)) = (self.missing.is_empty(), body.as_object_mut()) {
            members.insert("missing".into(), self.missing.iter().map(ToString::to_string).collect());
        }
        if let (Some(standing), Some(members)) = (&self.standing, body.as_object_mut()) {
            members.insert("checkpoint".into(), json!(standing));
        }
        body
    }

    /// Writes the bag as one tar, the same bytes every time.
    ///
    /// # Errors
    /// The documents' or the writer's.
    pub fn write_tar(&self, documents: &mut impl Documents, out: &mut impl Write) -> io::Result<()> {
        for (path, content) in &self.files {
            let entry = tar::Entry {
                path: format!("{}/{path}", self.folder),
                size_bytes: content.size_bytes(),
                modified_s: self.modified_s,
            };
            let header =
                tar::encode(&entry).ok_or_else(|| invalid(format!("{path} does not fit a tar header")))?;
            out.write_all(&header)?;
            content.read(documents, &mut |piece| out.write_all(piece))?;
            out.write_all([0; tar::BLOCK_BYTES].split_at(tar::padding(entry.size_bytes)).0)?;
        }
        out.write_all(&[0; tar::END_BYTES])
    }
}
