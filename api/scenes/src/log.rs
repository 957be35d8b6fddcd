//! A public log of any size in memory, with real keys, entries, tree and checkpoints, served by the API's own
//! routes. It takes no records: a test appends entries. The same label and history give the same bytes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_api::backend::Page;
use biaozheng_api::{
    Backend, BackendError, Lookup, NamedDocument, Newest, Settled, SubmitError, Submitted, Wanted,
};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{DocumentDigest, Height, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::merkle::{Frontier, Hash, NodePlace, NodeReader, leaf_hash, root_at};
use biaozheng_ledger::note::{NoteSignature, SignedNote};
use biaozheng_ledger::policy::Policy;
use bytes::Bytes;
use serde_json::Value;

use biaozheng_ledger_scenes::chain::{CENTRES, START_MS, genesis, test_key};

/// Records of a block; blocks are two seconds apart.
const BLOCK_RECORDS: u64 = 10;
const BLOCK_MS: u64 = 2000;

#[derive(Clone, Debug)]
pub struct TestLog {
    pub genesis: Genesis,
    pub policy: Policy,
    pub entries: Vec<Vec<u8>>,
    nodes: BTreeMap<NodePlace, Hash>,
    frontier: Frontier,
    /// What `/checkpoint` gives.
    pub published: Option<String>,
    /// What `/v1/blocks/{height}/records` gives from height 1 on, all records of a block in one.
    pub blocks: Vec<Value>,
    /// Records this node refused after their receipts, and what it remembers of each.
    pub refused: BTreeMap<RecordId, Value>,
}

/// The id of record `number` of a history.
pub fn record_id(history: &str, number: u64) -> RecordId {
    RecordId::new(Digest::of(format!("{history}/{number}").as_bytes()))
}

/// The block time of leaf `index`, 1 or more.
pub fn leaf_time(index: u64) -> TimeMs {
    TimeMs::new(START_MS + ((index - 1) / BLOCK_RECORDS + 1) * BLOCK_MS)
}

/// The block of a leaf.
pub fn leaf_height(index: u64) -> u64 {
    (index - 1) / BLOCK_RECORDS + 1
}

impl TestLog {
    /// A log of `size` leaves, the genesis among them, its newest checkpoint published.
    pub fn new(label: &str, history: &str, size: u64) -> Self {
        let mut log = Self::of(genesis(label));
        log.grow(history, size);
        log
    }

    /// A log of the genesis alone, nothing published.
    pub fn of(genesis: Genesis) -> Self {
        let policy = genesis.policy().expect("a good genesis");
        let mut log = Self {
            policy,
            entries: Vec::new(),
            nodes: BTreeMap::new(),
            frontier: Frontier::default(),
            published: None,
            blocks: Vec::new(),
            refused: BTreeMap::new(),
            genesis,
        };
        log.append(genesis_entry(&log.genesis.chain_id()));
        log
    }

    pub fn append(&mut self, entry: Vec<u8>) {
        self.nodes.extend(self.frontier.append(leaf_hash(&entry)));
        self.entries.push(entry);
    }

    /// Appends records of a history until there are `size` leaves, and publishes the checkpoint.
    pub fn grow(&mut self, history: &str, size: u64) {
        for index in self.size()..size {
            let entry = LogEntry {
                record: record_id(history, index),
                height: Height::new(leaf_height(index)),
                time: leaf_time(index),
                position: u32::try_from((index - 1) % BLOCK_RECORDS).expect("less than ten"),
            };
            self.append(entry.encode());
        }
        self.publish(size);
    }

    pub fn publish(&mut self, size: u64) {
        self.published = Some(self.signed(size, &[0, 1, 2]).to_string());
    }

    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let Ok(root) = root_at(size, self);
        Checkpoint { origin: self.genesis.origin().expect("a label"), size, root }
    }

    pub fn log_line(&self, index: usize, text: &str) -> NoteSignature {
        let secret = test_key(&format!("{}/log/{}", self.genesis.trust.label, CENTRES[index]));
        self.policy.logs()[index].sign(&secret, text, 0)
    }

    pub fn cosignature(&self, index: usize, text: &str, seconds: u64) -> NoteSignature {
        let secret = test_key(&format!("{}/cosigner/{}", self.genesis.trust.label, CENTRES[index]));
        self.policy.witnesses()[index].1.sign(&secret, text, seconds)
    }

    /// The checkpoint of `size` leaves by the first centre's log key and these cosigners.
    pub fn signed(&self, size: u64, cosigners: &[usize]) -> SignedNote {
        let text = self.checkpoint(size).to_string();
        let seconds = leaf_time(size.max(2) - 1).seconds();
        let mut signatures = vec![self.log_line(0, &text)];
        signatures.extend(cosigners.iter().map(|index| self.cosignature(*index, &text, seconds)));
        SignedNote { text, signatures }
    }
}

impl NodeReader for TestLog {
    type Error = std::convert::Infallible;
    fn node(&self, place: NodePlace) -> Result<Hash, Self::Error> {
        Ok(*self.nodes.get(&place).expect("the tree holds every complete subtree"))
    }
}

/// The log behind the API. Everything but the log is empty.
#[derive(Clone, Debug)]
pub struct LogBackend(pub Arc<Mutex<TestLog>>);

impl LogBackend {
    pub fn new(log: TestLog) -> Self {
        Self(Arc::new(Mutex::new(log)))
    }

    fn read<T>(&self, read: impl FnOnce(&TestLog) -> T) -> T {
        read(&self.0.lock().expect("no test panics while it holds the log"))
    }
}

fn none<T>() -> Result<T, BackendError> {
    Err(BackendError("this backend has a log and nothing else".into()))
}

/// State with nothing in it.
#[derive(Debug)]
pub struct NoState;

impl biaozheng_contracts::StateRead for NoState {
    fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, biaozheng_contracts::StateFailure> {
        Ok(None)
    }
    fn scan(
        &self,
        _: &[u8],
        _: Option<&[u8]>,
        _: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, biaozheng_contracts::StateFailure> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl Backend for LogBackend {
    async fn submit(&self, _: Bytes) -> Result<Submitted, SubmitError> {
        Err(SubmitError::NotReady("this backend takes no records".into()))
    }
    async fn wait(&self, _: RecordId, _: Wanted, _: Duration) -> Result<Settled, BackendError> {
        none()
    }
    fn record(&self, id: &RecordId) -> Result<Lookup<Value>, BackendError> {
        let refused = self.read(|log| log.refused.get(id).cloned());
        Ok(refused.map_or(Lookup::NotFound, Lookup::Refused))
    }
    fn certificate(&self, _: &RecordId) -> Result<Lookup<String>, BackendError> {
        Ok(Lookup::NotFound)
    }
    fn verify(&self, _: &[u8], _: Option<(Digest, u64)>) -> Result<Value, String> {
        Err("this backend verifies nothing".into())
    }
    fn newest(&self) -> Newest<'_> {
        let chain = biaozheng_ledger::ids::ChainId::new(Digest::of(b"no chain"));
        let block =
            biaozheng_contracts::BlockContext { chain, height: Height::GENESIS, time: TimeMs::new(0) };
        Newest { block, state: Box::new(NoState) }
    }
    fn project_records(&self, _: &ProjectId, _: Option<u64>, _: usize) -> Result<Page, BackendError> {
        Ok((vec![], None))
    }
    fn blocks(&self, _: Option<Height>, _: usize) -> Result<Page, BackendError> {
        Ok((vec![], None))
    }
    fn blocks_newest(&self, _: Option<Height>, _: usize) -> Result<Page, BackendError> {
        Ok((Vec::new(), None))
    }
    fn projects_newest(&self, _: Option<u64>, _: usize) -> Result<Page, BackendError> {
        Ok((Vec::new(), None))
    }
    fn operator(&self) -> Result<Value, BackendError> {
        Ok(Value::Null)
    }
    fn block(&self, _: Height) -> Result<Option<Value>, BackendError> {
        Ok(None)
    }
    fn block_records(
        &self,
        height: Height,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Option<Value>, BackendError> {
        let index = usize::try_from(height.get()).unwrap_or(usize::MAX).wrapping_sub(1);
        let Some(mut block) = self.read(|log| log.blocks.get(index).cloned()) else { return Ok(None) };
        let first = after.map_or(0, |after| after as usize + 1);
        let items = block["items"].as_array().cloned().unwrap_or_default();
        let page: Vec<Value> = items.iter().skip(first).take(limit).cloned().collect();
        let end = first + page.len();
        block["next"] = (end < items.len()).then(|| (end - 1).to_string()).into();
        block["items"] = page.into();
        Ok(Some(block))
    }
    fn checkpoint(&self) -> Result<Option<String>, BackendError> {
        Ok(self.read(|log| log.published.clone()))
    }
    fn consistency(&self, _: u64, _: u64) -> Result<Option<Value>, BackendError> {
        Ok(None)
    }
    fn genesis(&self) -> String {
        self.read(|log| log.genesis.to_json())
    }
    fn policy(&self) -> String {
        self.read(|log| log.policy.to_string())
    }
    async fn status(&self) -> Value {
        Value::Null
    }
    fn not_ready(&self) -> Vec<String> {
        vec![]
    }
    fn metrics(&self) -> String {
        String::new()
    }

    fn height(&self) -> Height {
        Height::GENESIS
    }

    async fn committed(&self, _: Height, timeout: Duration) {
        tokio::time::sleep(timeout).await;
    }

    fn document_of(&self, _: &RecordId, _: &DocumentDigest) -> Result<Lookup<NamedDocument>, BackendError> {
        Ok(Lookup::NotFound)
    }

    fn documents(&self) -> Option<biaozheng_documents::DocumentStore> {
        None
    }

    fn log_size(&self) -> Result<u64, BackendError> {
        Ok(self.read(TestLog::size))
    }
    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError> {
        self.read(|log| {
            range.map(|index| log.nodes.get(&NodePlace { level, index }).copied()).collect::<Option<_>>()
        })
        .ok_or_else(|| BackendError("a subtree is missing".into()))
    }
    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, BackendError> {
        let place = |index: u64| usize::try_from(index).unwrap_or(usize::MAX);
        self.read(|log| log.entries.get(place(range.start)..place(range.end)).map(<[_]>::to_vec))
            .ok_or_else(|| BackendError("an entry is missing".into()))
    }
}
