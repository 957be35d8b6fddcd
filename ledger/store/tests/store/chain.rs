//! A small chain made by hand: random records, projects and state, executed by nobody.

use std::collections::BTreeMap;
use std::path::Path;

use biaozheng_ledger::block::{Block, Header, records_root};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::envelope::{Envelope, EnvelopeSignature};
use biaozheng_ledger::genesis::{Cosigner, Genesis, GenesisRest, NodeEntry, TimeBounds, TrustRoot};
use biaozheng_ledger::ids::{BlockHash, KeyId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::{SecretKey, Signature};
use biaozheng_ledger::merkle::{Hash, NodePlace};
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_ledger::state_tree::{StateTree, StateTreeUpdate};
use biaozheng_store::{CommitBatch, CommittedRecord, Store, StoreError};

/// SplitMix64: the same numbers on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

pub(crate) fn genesis(label: &str) -> Genesis {
    let key = |n: u8| SecretKey::from_seed(&[n; 32]).public();
    let json = Genesis {
        trust: TrustRoot {
            label: label.into(),
            threshold: 1,
            cosigners: vec![Cosigner { name: "city".into(), cosigner_key: key(1), log_key: key(2) }],
        },
        rest: GenesisRest {
            version: 1,
            created_at_ms: TimeMs::new(1_790_000_000_000),
            nonce: "00".repeat(32),
            time: TimeBounds { precision_ms: 500, delay_ms: 2000 },
            nodes: vec![NodeEntry {
                name: "city".into(),
                consensus_key: Some(key(3)),
                network_key: key(4),
                api_key: key(5),
            }],
            participants: vec![],
        },
    }
    .to_json();
    Genesis::from_json(json.as_bytes()).unwrap()
}

/// An envelope with random bytes for a payload. The store verifies no signature, so neither is one made.
pub(crate) fn envelope(random: &mut Random, bytes: usize) -> Envelope {
    let signature = Signature::from_slice(&random.bytes(64)).unwrap();
    let key_id = KeyId::new(Digest::of(b"key"));
    Envelope {
        payload_type: RECORD_PAYLOAD_TYPE.into(),
        payload: random.bytes(bytes),
        signatures: vec![EnvelopeSignature { key_id, signature }],
    }
}

pub(crate) fn id_of(envelope: &Envelope) -> RecordId {
    RecordId::new(Digest::of(&envelope.pre_authentication_encoding()))
}

/// A block ready to commit.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) block: Block,
    pub(crate) hash: BlockHash,
    pub(crate) certificate: Vec<u8>,
    pub(crate) records: Vec<CommittedRecord>,
    pub(crate) new_nodes: Vec<(NodePlace, Hash)>,
    pub(crate) state_changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    pub(crate) tree: StateTreeUpdate,
}

impl Candidate {
    pub(crate) fn batch(&self) -> CommitBatch<'_> {
        CommitBatch {
            block: &self.block,
            hash: self.hash,
            certificate: &self.certificate,
            records: &self.records,
            new_nodes: &self.new_nodes,
            state_changes: &self.state_changes,
            buckets: self.tree.buckets(),
        }
    }

    /// Makes the header name what it commits to, after a test changed the header.
    pub(crate) fn rehash(&mut self) {
        self.hash = self.block.header.hash();
    }
}

/// A store with what its node keeps beside it, and a model of what it must hold.
pub(crate) struct Chain {
    pub(crate) store: Store,
    pub(crate) tree: StateTree,
    pub(crate) random: Random,
    pub(crate) blocks: Vec<Candidate>,
    pub(crate) state: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) projects: BTreeMap<ProjectId, Vec<RecordId>>,
}

impl Chain {
    pub(crate) fn create(path: &Path, seed: u64) -> Self {
        let store = Store::create(path, &genesis("test")).unwrap();
        let tree = store.load_state_tree().unwrap();
        let random = Random(seed);
        Self { store, tree, random, blocks: vec![], state: BTreeMap::new(), projects: BTreeMap::new() }
    }

    /// The next block over fresh records of `bytes` each.
    pub(crate) fn candidate(&mut self, records: usize, bytes: usize) -> Candidate {
        let envelopes: Vec<Envelope> = (0..records).map(|_| envelope(&mut self.random, bytes)).collect();
        self.candidate_of(envelopes)
    }

    pub(crate) fn candidate_of(&mut self, envelopes: Vec<Envelope>) -> Candidate {
        let tip = self.store.tip();
        let (height, time) = (tip.height.next(), tip.time.saturating_add(1000));
        let mut frontier = self.store.frontier();
        let (mut committed, mut new_nodes, mut state_changes) = (vec![], vec![], BTreeMap::new());
        let mut positions = BTreeMap::new();
        for (position, envelope) in (0u32..).zip(&envelopes) {
            let id = id_of(envelope);
            let project = ProjectId::new(&format!("P-{}", self.random.below(5))).unwrap();
            let stored = self.projects.get(&project).map_or(0, |ids| ids.len() as u64);
            let in_project: &mut u64 = positions.entry(project.clone()).or_insert(stored);
            let project = (self.random.below(4) > 0).then(|| {
                *in_project += 1;
                (project, *in_project - 1)
            });
            committed.push(CommittedRecord { id, leaf_index: frontier.size(), project });
            new_nodes.extend(frontier.append(LogEntry { record: id, height, time, position }.leaf_hash()));
            for _ in 0..self.random.below(3) {
                let value = (self.random.below(4) > 0).then(|| self.random.bytes(20));
                state_changes.insert(format!("key/{}", self.random.below(300)).into_bytes(), value);
            }
        }
        let tree = self.tree.preview(&state_changes, &self.store).unwrap();
        let header = Header {
            chain: *self.store.chain(),
            height,
            time,
            previous: tip.hash,
            proposer: KeyId::new(Digest::of(b"proposer")),
            record_count: committed.len() as u32,
            records_root: records_root(&envelopes),
            history_size: frontier.size(),
            history_root: frontier.root(),
            state_root: tree.root(),
            validators_hash: Digest::of(b"validators"),
            rulebook_hash: Digest::of(b"rulebook"),
        };
        let (hash, certificate) = (header.hash(), format!("certificate of {height}").into_bytes());
        let block = Block { header, envelopes };
        Candidate { block, hash, certificate, records: committed, new_nodes, state_changes, tree }
    }

    pub(crate) fn commit(&mut self, candidate: Candidate) -> Result<(), StoreError> {
        self.store.commit(candidate.batch())?;
        self.tree.apply(candidate.tree.clone());
        for (key, value) in &candidate.state_changes {
            match value {
                Some(value) => self.state.insert(key.clone(), value.clone()),
                None => self.state.remove(key),
            };
        }
        for record in &candidate.records {
            if let Some((project, _)) = &record.project {
                self.projects.entry(project.clone()).or_default().push(record.id);
            }
        }
        self.blocks.push(candidate);
        Ok(())
    }

    pub(crate) fn grow(&mut self, blocks: usize) {
        for _ in 0..blocks {
            let (records, bytes) = (self.random.below(12) as usize, self.random.below(3000) as usize);
            let candidate = self.candidate(records, bytes);
            self.commit(candidate).unwrap();
        }
    }

    pub(crate) fn all_records(&self) -> impl Iterator<Item = (&Candidate, &CommittedRecord, &Envelope)> {
        self.blocks.iter().flat_map(|one| {
            one.records
                .iter()
                .zip(&one.block.envelopes)
                .map(move |(record, envelope)| (one, record, envelope))
        })
    }
}
