//! A chain of four centres in memory, for tests: real keys, records, tree, checkpoints and certificates, and
//! no store, network or clock. The same label and records always give the same bytes.

use std::collections::BTreeMap;
use std::convert::Infallible;

use biaozheng_ledger::certificate::{BlockFacts, CERTIFICATE_FORMAT, Certificate};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::genesis::{Cosigner, Genesis, GenesisRest, NodeEntry, TimeBounds, TrustRoot};
use biaozheng_ledger::ids::{ChainId, DocumentDigest, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::merkle::{
    Frontier, Hash, NodePlace, NodeReader, consistency_path, inclusion_path, leaf_hash, root_at,
};
use biaozheng_ledger::note::{NoteAlgorithm, NoteKey, NoteSignature, SignedNote};
use biaozheng_ledger::payload::{DocumentReference, Party, Payload, RecordType};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::record::Record;
use biaozheng_ledger::tlog_proof::TlogProof;

/// Names of the centres, one of them Chinese.
pub const CENTRES: [&str; 4] = ["city", "district-a", "district-b", "三区"];
/// The content of the document that the first record names.
pub const DOCUMENT: &[u8] = b"%PDF-1.7 notice of tender\n";
/// Block time of height 1; each height adds two seconds.
pub const START_MS: u64 = 1_790_000_000_000;

/// A key that is the same in every run. Never use one of these for anything real.
pub fn test_key(purpose: &str) -> SecretKey {
    SecretKey::from_seed(Digest::of(format!("biaozheng test key {purpose}").as_bytes()).bytes())
}

/// The whole chain.
#[derive(Debug)]
pub struct SmallChain {
    pub genesis: Genesis,
    pub policy: Policy,
    pub entries: Vec<Vec<u8>>,
    pub records: Vec<(Record, BlockFacts)>,
    nodes: Nodes,
    frontier: Frontier,
}

#[derive(Debug)]
struct Nodes(BTreeMap<NodePlace, Hash>);

impl NodeReader for Nodes {
    type Error = Infallible;
    fn node(&self, place: NodePlace) -> Result<Hash, Infallible> {
        Ok(*self.0.get(&place).expect("the tree holds every complete subtree"))
    }
}

/// The genesis of a chain with this label.
pub fn genesis(label: &str) -> Genesis {
    let public = |purpose: &str, name: &str| test_key(&format!("{label}/{purpose}/{name}")).public();
    let cosigner = |name: &&str| Cosigner {
        name: (*name).to_owned(),
        cosigner_key: public("cosigner", name),
        log_key: public("log", name),
    };
    let node = |name: &&str| NodeEntry {
        name: (*name).to_owned(),
        consensus_key: Some(public("consensus", name)),
        network_key: public("network", name),
        api_key: public("api", name),
    };
    let genesis = Genesis {
        trust: TrustRoot {
            label: label.to_owned(),
            threshold: 3,
            cosigners: CENTRES.iter().map(cosigner).collect(),
        },
        rest: GenesisRest {
            version: 1,
            created_at_ms: TimeMs::new(START_MS - 1000),
            nonce: Digest::of(label.as_bytes()).hex(),
            time: TimeBounds { precision_ms: 500, delay_ms: 1000 },
            nodes: CENTRES.iter().map(node).collect(),
            participants: vec![serde_json::json!({"org": "91350100M000100Y43", "role": "tenderee"})],
        },
    };
    Genesis::from_json(genesis.to_json().as_bytes()).expect("a good genesis")
}

impl SmallChain {
    /// A chain of six records over three heights; the first names a document.
    pub fn new(label: &str) -> Self {
        let genesis = genesis(label);
        let policy = genesis.policy().expect("a good genesis");
        let mut chain = Self {
            policy,
            entries: Vec::new(),
            records: Vec::new(),
            nodes: Nodes(BTreeMap::new()),
            frontier: Frontier::default(),
            genesis,
        };
        chain.append_entry(genesis_entry(&chain.id()));
        for number in 0..6u64 {
            let payload = chain.payload(number);
            let signers: Vec<SecretKey> = std::iter::once("author")
                .chain(payload.cosigners.iter().map(|_| "expert"))
                .map(test_key)
                .collect();
            let record = Record::sign(&payload, &signers.iter().collect::<Vec<_>>()).expect("a good record");
            let height = number / 2 + 1;
            chain.append(record, height, u32::try_from(number % 2).expect("0 or 1"));
        }
        chain
    }

    pub fn id(&self) -> ChainId {
        self.genesis.chain_id()
    }

    /// The payload of record `number` of a new chain.
    pub fn payload(&self, number: u64) -> Payload {
        let party = |org: &str, key: PublicKey| Party { org: OrgId::new(org).expect("an id"), key };
        let document = DocumentReference {
            name: "招标公告.pdf".into(),
            digest: DocumentDigest::new(Digest::of(DOCUMENT)),
            size: DOCUMENT.len() as u64,
            media_type: "application/pdf".into(),
        };
        let expert = party("EXPERT-7", test_key("expert").public());
        Payload {
            chain: self.id(),
            record_type: RecordType::new("tender.published/1").expect("a type"),
            author: party("91350100M000100Y43", test_key("author").public()),
            cosigners: if number == 2 { vec![expert] } else { vec![] },
            project: Some(ProjectId::new("2026-350100-48-01-000123").expect("an id")),
            previous: self.records.last().map(|(record, _)| record.id()),
            made_at_ms: TimeMs::new(START_MS + number),
            tool: "biaozheng-test/1".into(),
            documents: if number == 0 { vec![document] } else { vec![] },
            body: serde_json::json!({"number": number, "title": "道路维修工程", "ceiling": 1_234_500}),
        }
    }

    /// Puts a record into the tree as if a block had it there.
    pub fn append(&mut self, record: Record, height: u64, position: u32) {
        let block = BlockFacts {
            height: Height::new(height),
            time_ms: TimeMs::new(START_MS + height * 2000 + 345),
            position,
        };
        self.append_entry(entry(record.id(), block).encode());
        self.records.push((record, block));
    }

    fn append_entry(&mut self, entry: Vec<u8>) {
        self.nodes.0.extend(self.frontier.append(leaf_hash(&entry)));
        self.entries.push(entry);
    }

    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub fn root(&self, size: u64) -> Hash {
        let Ok(root) = root_at(size, &self.nodes);
        root
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        let Ok(path) = inclusion_path(index, size, &self.nodes);
        path.expect("inside the tree")
    }

    pub fn consistency(&self, old: u64, new: u64) -> Vec<Hash> {
        let Ok(path) = consistency_path(old, new, &self.nodes);
        path.expect("old and new are in order")
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        Checkpoint { origin: self.genesis.origin().expect("a label"), size, root: self.root(size) }
    }

    /// The line of centre `index` as log.
    pub fn log_line(&self, index: usize, text: &str) -> NoteSignature {
        let secret = test_key(&format!("{}/log/{}", self.genesis.trust.label, CENTRES[index]));
        self.policy.logs()[index].sign(&secret, text, 0)
    }

    /// The line of centre `index` as cosigner.
    pub fn cosignature(&self, index: usize, text: &str, seconds: u64) -> NoteSignature {
        let secret = test_key(&format!("{}/cosigner/{}", self.genesis.trust.label, CENTRES[index]));
        self.policy.witnesses()[index].1.sign(&secret, text, seconds)
    }

    /// The checkpoint of `size` leaves, signed by the first centre's log key and by these cosigners.
    pub fn signed(&self, size: u64, cosigners: &[usize]) -> SignedNote {
        let text = self.checkpoint(size).to_string();
        let seconds = self.records.last().map_or(START_MS / 1000, |(_, block)| block.time_ms.seconds());
        let mut signatures = vec![self.log_line(0, &text)];
        signatures.extend(cosigners.iter().map(|index| self.cosignature(*index, &text, seconds)));
        SignedNote { text, signatures }
    }

    /// The certificate of record `number`, under a checkpoint by these cosigners.
    pub fn certificate_by(&self, number: usize, cosigners: &[usize]) -> Certificate {
        self.certificate_at(number, self.size(), cosigners)
    }

    /// The certificate of record `number`, under the checkpoint of `size` leaves by these cosigners.
    pub fn certificate_at(&self, number: usize, size: u64, cosigners: &[usize]) -> Certificate {
        let (record, block) = &self.records[number];
        let index = number as u64 + 1;
        let checkpoint = self.signed(size, cosigners);
        let proof = TlogProof { index, path: self.inclusion(index, size), checkpoint };
        Certificate {
            format: CERTIFICATE_FORMAT.to_owned(),
            record: record.id(),
            envelope: Some(serde_json::from_str(&record.envelope().to_json()).expect("JSON")),
            block: *block,
            proof: proof.to_string(),
            policy: self.policy.to_string(),
            genesis_remainder: self.genesis.remainder().to_string(),
            anchors: vec![],
            timestamps: vec![],
            witnesses: vec![],
        }
    }

    /// The certificate of record `number` with all but the last centre's cosignature: exactly the quorum.
    pub fn certificate(&self, number: usize) -> Certificate {
        self.certificate_by(number, &[0, 1, 2])
    }

    /// The same with a line of a witness outside the consortium, named by the certificate; and its key.
    pub fn witnessed_certificate(&self, number: usize) -> (Certificate, NoteKey) {
        let mut certificate = self.certificate(number);
        let secret = test_key("outside witness");
        let key =
            NoteKey::new("auditor.example", NoteAlgorithm::CosignatureV1, secret.public()).expect("a name");
        let mut proof: TlogProof = certificate.proof.parse().expect("made above");
        let line = key.sign(&secret, &proof.checkpoint.text, START_MS / 1000 + 60);
        proof.checkpoint.signatures.push(line);
        (certificate.proof, certificate.witnesses) = (proof.to_string(), vec![key.to_string()]);
        (certificate, key)
    }
}

/// The log entry of a record at a place.
pub fn entry(record: RecordId, block: BlockFacts) -> LogEntry {
    LogEntry { record, height: block.height, time: block.time_ms, position: block.position }
}
