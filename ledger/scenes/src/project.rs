//! A small project with documents, its archive, and the record that seals it, over [`SmallChain`].

use std::collections::BTreeMap;
use std::io;

use biaozheng_archive::{Archive, Documents, ProjectArchive, build, survey};
use biaozheng_ledger::certificate::{Certificate, Standing};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::payload::{DocumentReference, Party, Payload, RecordType};
use biaozheng_ledger::record::Record;
use biaozheng_ledger::tlog_proof::TlogProof;
use serde_json::{Value, json};

use crate::chain::{START_MS, SmallChain, test_key};

/// The project, which no other record of the chain belongs to.
pub const PROJECT: &str = "2026-350100-48-01-000777";

/// Documents by their digests.
#[derive(Clone, Debug, Default)]
pub struct Shelf(pub BTreeMap<DocumentDigest, Vec<u8>>);

impl Documents for Shelf {
    fn read(
        &mut self,
        digest: &DocumentDigest,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        let Some(bytes) = self.0.get(digest) else { return Ok(false) };
        bytes.chunks(7).try_for_each(sink).map(|()| true)
    }
}

/// A chain with a project in it.
#[derive(Debug)]
pub struct SmallProject {
    pub chain: SmallChain,
    pub shelf: Shelf,
    numbers: Vec<usize>,
    /// Of the rulebook, as it were; taken once, since a certificate taken later has another checkpoint.
    context: Certificate,
}

pub fn document(name: &str, bytes: &[u8]) -> DocumentReference {
    DocumentReference {
        name: name.into(),
        digest: DocumentDigest::new(Digest::of(bytes)),
        size: bytes.len() as u64,
        media_type: "application/pdf".into(),
    }
}

impl SmallProject {
    /// Registration, a tender with two documents of which one has a hostile name, and its termination, which
    /// names a document nobody has.
    pub fn new(label: &str) -> Self {
        let chain = SmallChain::new(label);
        let context = chain.certificate(1);
        let mut project = Self { chain, shelf: Shelf::default(), numbers: Vec::new(), context };
        let (notice, drawing) = (b"%PDF-1.7 notice\n".as_slice(), b"%PDF-1.7 drawing\n".as_slice());
        for bytes in [notice, drawing] {
            project.shelf.0.insert(DocumentDigest::new(Digest::of(bytes)), bytes.to_vec());
        }
        project.add("project.registered/1", vec![], json!({"title": "道路维修工程"}));
        let documents =
            vec![document("招标公告.pdf", notice), document("..\u{202e}%2e图纸 <b>.pdf", drawing)];
        project.add("tender.published/1", documents, json!({"number": 0}));
        project.add("tender.terminated/1", vec![document("决定书.pdf", b"lost")], json!({"reason": "x"}));
        project
    }

    /// Puts a record of the project into a block of its own.
    pub fn add(&mut self, record_type: &str, documents: Vec<DocumentReference>, body: Value) -> usize {
        let author = test_key("author");
        let number = self.chain.records.len();
        let payload = Payload {
            chain: self.chain.id(),
            record_type: RecordType::new(record_type).unwrap(),
            author: Party { org: OrgId::new("91350100M000100Y43").unwrap(), key: author.public() },
            cosigners: vec![],
            project: Some(ProjectId::new(PROJECT).unwrap()),
            previous: None,
            made_at_ms: TimeMs::new(START_MS + number as u64),
            tool: "biaozheng-test/1".into(),
            documents,
            body,
        };
        self.chain.append(Record::sign(&payload, &[&author]).unwrap(), 10 + number as u64, 0);
        self.numbers.push(number);
        number
    }

    /// The project's certificates, under the newest checkpoint.
    pub fn certificates(&self) -> Vec<Certificate> {
        self.numbers.iter().map(|number| self.chain.certificate(*number)).collect()
    }

    pub fn archive_of(&self, records: Vec<Certificate>, seal: Option<Certificate>) -> Archive {
        let project = ProjectId::new(PROJECT).unwrap();
        let archive = ProjectArchive::new(project, records, vec![self.context.clone()], seal).unwrap();
        build(&archive, &survey(&archive, &mut self.shelf.clone()).unwrap())
    }

    /// Seals the project as it stands; gives the archive with its seal.
    pub fn seal(&mut self) -> Archive {
        let records = self.certificates();
        self.seal_of(records)
    }

    /// As [`Self::seal`], of a project in which this record is closed to the public.
    pub fn seal_with_closed(&mut self, closed: usize) -> Archive {
        let mut records = self.certificates();
        records[closed].envelope = None;
        self.seal_of(records)
    }

    fn seal_of(&mut self, records: Vec<Certificate>) -> Archive {
        let body = self.archive_of(records.clone(), None).seal_body();
        let number = self.add("archive.sealed/1", vec![], body);
        self.numbers.pop();
        let seal = self.chain.certificate(number);
        self.archive_of(records, Some(seal))
    }

    /// As [`Self::seal`], with the context under the same checkpoint as the records; gives the sealing record's number too.
    pub fn seal_under_one_checkpoint(&mut self) -> (Archive, usize) {
        self.context = self.chain.certificate(1);
        let records = self.certificates();
        (self.seal_of(records), self.chain.records.len() - 1)
    }

    /// The archive again, of certificates taken now and put under a checkpoint of the past.
    pub fn again(&self, standing: &Standing, seal: Certificate) -> Archive {
        let moved = |certificate: Certificate| {
            let leaf = certificate.proof.parse::<TlogProof>().unwrap().index;
            standing.certify(&certificate, leaf, self.chain.inclusion(leaf, standing.size()))
        };
        let records = self.certificates().into_iter().map(moved).collect();
        let context = vec![moved(self.chain.certificate(1))];
        let archive =
            ProjectArchive::new(ProjectId::new(PROJECT).unwrap(), records, context, Some(seal)).unwrap();
        build(&archive, &survey(&archive, &mut self.shelf.clone()).unwrap())
    }

    /// Every file of an archive with its bytes.
    pub fn bytes_of(&self, archive: &Archive) -> BTreeMap<String, Vec<u8>> {
        let one = |content: &biaozheng_archive::Content| {
            let mut bytes = Vec::new();
            content
                .read(&mut self.shelf.clone(), &mut |piece| {
                    bytes.extend_from_slice(piece);
                    Ok(())
                })
                .unwrap();
            bytes
        };
        archive.files().iter().map(|(path, content)| (path.to_string(), one(content))).collect()
    }
}
