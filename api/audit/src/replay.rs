//! Executes the chain's blocks again, from the genesis on, with the contracts and nothing of a node: what comes out
//! is held against every header that a quorum of validators signed.
//!
//! **Invariant:** a block moves the replay on only when its commit certificate holds, its records are those its
//! header commits to, the rules accept each of them, and every field computed is the header's. Whatever a server
//! merely serves wrong is no finding; a finding names a header that a quorum signed.
//!
//! The whole state is in memory, bounded by [`REPLAY_BYTES_MAX`]; `snapshot` keeps it on disk between rounds.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::{
    self as contracts, BlockContext, Founding, Memory, Overlay, Refusal, StateFailure, StateRead,
};
use biaozheng_ledger::block::{Header, records_root};
use biaozheng_ledger::commit::{CommitError, verify_commit_certificate};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height, RecordId, TimeMs};
use biaozheng_ledger::json::StrictJsonError;
use biaozheng_ledger::merkle::{Frontier, leaf_hash};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use biaozheng_ledger::state_tree::{BucketReader, StateTree, StateTreeError, StateTreeUpdate};
use biaozheng_ledger::validator::ValidatorSet;
use serde::Serialize;

pub(crate) mod follow;
mod opening;
mod snapshot;

use biaozheng_contracts::chain::validators;
pub use follow::ReplayReport;
pub use opening::{OpeningReport, OpeningStep};

/// Most bytes of state, buckets and record ids a replay holds: ten times a large city's first years.
pub const REPLAY_BYTES_MAX: usize = 2 * 1024 * 1024 * 1024;
/// What a key of the state costs beside its key and value, bytes: its bucket's entry and its places in memory.
const KEY_COST: usize = 64 + 96;

/// A block as served: nothing about it is verified.
#[derive(Debug, Clone)]
pub struct DecidedBlock {
    pub header: Header,
    pub commit: Vec<u8>,
    pub records: Vec<Record>,
}

/// Why a decided block is not one the rules give. A quorum of validators signed its header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum ReplayFinding {
    /// A field is not what its records and the blocks before give.
    Field { field: &'static str, signed: String, computed: String },
    /// The rules refuse a record, or its signatures do not hold.
    Record { position: usize, record: RecordId, reason: String },
    /// Another block of the same height was decided too: the quorum signed both.
    TwoBlocks { other: BlockHash },
    /// Its history is not the one under the cosigned checkpoint.
    OtherLog { signed: String, log: String },
}

/// Why a block did not move the replay on.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error("the block's header is not that of height {0} of this chain 不是该高度的区块")]
    Header(Height),
    #[error("the block's commit certificate: {0} 提交证书无效")]
    Commit(#[from] CommitError),
    #[error("the records served are not those its header commits to 记录与区块头不符")]
    Records,
    #[error("the replay's own state: {0}")]
    State(#[from] StateFailure),
    #[error(
        "the chain's state is larger than the {REPLAY_BYTES_MAX} bytes a replay holds; run an observer 状态过大，请运行观察节点"
    )]
    TooLarge,
    #[error("a decided block breaks the rules")]
    Finding(ReplayFinding),
}

/// Where the replay stands, and the whole state there.
#[derive(Debug)]
pub struct Replay {
    chain: ChainId,
    founding: Founding,
    /// The genesis'.
    founders: ValidatorSet,
    created: TimeMs,
    /// The last block's header, and the proof that it was decided.
    tip: Option<(Header, Vec<u8>)>,
    frontier: Frontier,
    records: BTreeSet<RecordId>,
    state: HeldState,
    buckets: Buckets,
    tree: StateTree,
}

#[derive(Debug, Default)]
struct HeldState {
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
    bytes: usize,
    memory: Memory,
}

#[derive(Debug, Default)]
struct Buckets(BTreeMap<u16, Vec<u8>>);

impl BucketReader for Buckets {
    type Error = std::convert::Infallible;

    fn bucket(&self, index: u16) -> Result<Vec<u8>, Self::Error> {
        Ok(self.0.get(&index).cloned().unwrap_or_default())
    }
}

impl StateRead for HeldState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        Ok(self.pairs.get(key).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StateFailure> {
        let start = after.map(|after| [after, &[0]].concat()).unwrap_or_default().max(prefix.to_vec());
        let rows = self.pairs.range(start..).take_while(|(key, _)| key.starts_with(prefix)).take(limit);
        Ok(rows.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn memory(&self) -> Option<&Memory> {
        Some(&self.memory)
    }
}

impl HeldState {
    fn apply(&mut self, changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        for (key, value) in changes {
            let cost = |key: &[u8], value: &[u8]| {
                key.len().saturating_mul(2).saturating_add(value.len()).saturating_add(KEY_COST)
            };
            if let Some(old) = self.pairs.get(&key) {
                self.bytes = self.bytes.saturating_sub(cost(&key, old));
            }
            if let Some(value) = value {
                self.bytes = self.bytes.saturating_add(cost(&key, &value));
                self.pairs.insert(key, value);
            } else {
                self.pairs.remove(&key);
            }
        }
    }
}

/// What an execution left behind.
struct Run {
    frontier: Frontier,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    tree: StateTreeUpdate,
    header: Header,
}

impl Replay {
    /// A replay before the first block.
    ///
    /// # Errors
    /// When the genesis names participants wrongly.
    pub fn new(genesis: &Genesis) -> Result<Self, StrictJsonError> {
        let mut frontier = Frontier::default();
        frontier.append(leaf_hash(&genesis_entry(&genesis.chain_id())));
        Ok(Self {
            chain: genesis.chain_id(),
            founding: Founding::of(genesis)?,
            founders: genesis.validators(),
            created: genesis.rest.created_at_ms,
            tip: None,
            frontier,
            records: BTreeSet::new(),
            state: HeldState::default(),
            buckets: Buckets::default(),
            tree: StateTree::empty(),
        })
    }

    /// The last block executed; the genesis before any.
    #[must_use]
    pub fn height(&self) -> Height {
        self.tip().map_or(Height::GENESIS, |tip| tip.height)
    }

    /// The header of the last block executed.
    #[must_use]
    pub fn tip(&self) -> Option<&Header> {
        self.tip.as_ref().map(|(header, _)| header)
    }

    /// What the next block names as its previous one.
    #[must_use]
    pub fn hash(&self) -> BlockHash {
        self.tip().map_or_else(|| BlockHash::new(*self.chain.digest()), Header::hash)
    }

    /// A quorum of validators decided this header, at this height of this chain.
    ///
    /// # Errors
    /// [`StepError::Header`] or [`StepError::Commit`]: it is merely what a server says.
    pub fn check_decided(&self, height: Height, header: &Header, commit: &[u8]) -> Result<(), StepError> {
        if header.height != height || header.chain != self.chain {
            return Err(StepError::Header(height));
        }
        let validators = self.validators_at(height)?;
        Ok(verify_commit_certificate(commit, &self.chain, height, &header.hash(), &validators)?)
    }

    /// Who decides the next block, or decided one that was executed.
    fn validators_at(&self, height: Height) -> Result<ValidatorSet, StateFailure> {
        let named = validators::validators_at(&self.state, height)?;
        Ok(named.unwrap_or_else(|| self.founders.clone()))
    }

    /// Executes the next block, all of whose bodies are there.
    ///
    /// # Errors
    /// [`StepError`]; the replay stands where it stood.
    pub fn step(&mut self, block: &DecidedBlock) -> Result<(), StepError> {
        if self.bytes() > REPLAY_BYTES_MAX {
            return Err(StepError::TooLarge);
        }
        let header = &block.header;
        self.check_decided(self.height().next(), header, &block.commit)?;
        if records_root(block.records.iter().map(Record::envelope)) != header.records_root {
            return Err(StepError::Records);
        }
        let validators = self.validators_at(header.height)?;
        self.check_place(header, &validators)?;
        let run = self.execute(header, &block.records, &validators)?;
        if let Some(field) = header.first_difference(&run.header) {
            return Err(StepError::Finding(difference(field, header, &run.header)));
        }
        self.frontier = run.frontier;
        self.state.apply(run.changes);
        self.keep(&run.tree);
        self.tree.apply(run.tree);
        self.records.extend(block.records.iter().map(Record::id));
        self.tip = Some((header.clone(), block.commit.clone()));
        Ok(())
    }

    fn keep(&mut self, update: &StateTreeUpdate) {
        for (index, content) in update.buckets() {
            if content.is_empty() {
                self.buckets.0.remove(index);
            } else {
                self.buckets.0.insert(*index, content.clone());
            }
        }
    }

    /// Bytes held, about.
    fn bytes(&self) -> usize {
        self.state.bytes.saturating_add(self.records.len().saturating_mul(64))
    }

    /// What a header must be before anything is executed.
    fn check_place(&self, header: &Header, validators: &ValidatorSet) -> Result<(), StepError> {
        let finding = |field, signed: String, computed: String| {
            Err(StepError::Finding(ReplayFinding::Field { field, signed, computed }))
        };
        if !validators.all().iter().any(|one| one.key.id() == header.proposer) {
            return finding("proposer", header.proposer.to_string(), "one of the validators".into());
        }
        let before = self.tip().map_or(self.created, |tip| tip.time);
        if header.time <= before || header.time > TimeMs::MAX {
            return finding("time", header.time.to_string(), format!("after {before} ms"));
        }
        Ok(())
    }

    fn execute(
        &self,
        header: &Header,
        records: &[Record],
        validators: &ValidatorSet,
    ) -> Result<Run, StepError> {
        let mut overlay = Overlay::new(&self.state);
        if self.tip.is_none() {
            contracts::apply_genesis(&mut overlay, &self.founding)?;
        }
        let block = BlockContext { chain: self.chain, height: header.height, time: header.time };
        let (mut frontier, mut inside) = (self.frontier.clone(), BTreeSet::new());
        for (position, record) in records.iter().enumerate() {
            let id = record.id();
            let broken =
                |reason: String| StepError::Finding(ReplayFinding::Record { position, record: id, reason });
            if self.records.contains(&id) || !inside.insert(id) {
                return Err(broken("it stands in the ledger already".into()));
            }
            let verified = verified(record, &self.chain).map_err(broken)?;
            match contracts::execute(&mut overlay, &block, &verified) {
                Ok(_) => {}
                Err(Refusal::Reject(reject)) => return Err(broken(reject.to_string())),
                Err(Refusal::Failure(failure)) => return Err(failure.into()),
            }
            let position = u32::try_from(position).map_err(|_| StepError::Records)?;
            let entry = LogEntry { record: id, height: block.height, time: block.time, position };
            frontier.append(entry.leaf_hash());
        }
        let rulebook_hash = contracts::active_rulebook_digest(&overlay)?;
        let changes = overlay.into_changes();
        let failure = |error: StateTreeError<_>| match error {
            StateTreeError::Bucket { .. } => StateFailure(error.to_string()),
            StateTreeError::Reader(never) => match never {},
        };
        let tree = self.tree.preview(&changes, &self.buckets).map_err(failure)?;
        let computed = Header {
            previous: self.hash(),
            record_count: u32::try_from(records.len()).map_err(|_| StepError::Records)?,
            history_size: frontier.size(),
            history_root: frontier.root(),
            state_root: tree.root(),
            validators_hash: validators.hash(),
            rulebook_hash,
            ..header.clone()
        };
        Ok(Run { frontier, changes, tree, header: computed })
    }
}

/// Every signature, and the checks that need no state.
fn verified(record: &Record, chain: &ChainId) -> Result<VerifiedRecord, String> {
    let verified = record.clone().verify(chain).map_err(|error| error.to_string())?;
    contracts::check(&verified).map_err(|reject| reject.to_string())?;
    Ok(verified)
}

/// Both values of the field that differs.
fn difference(field: &'static str, signed: &Header, computed: &Header) -> ReplayFinding {
    let show = |header: &Header| match field {
        "previous block" => header.previous.to_string(),
        "record count" => header.record_count.to_string(),
        "history size" => header.history_size.to_string(),
        "history root" => Digest::sha256(header.history_root).to_string(),
        "state root" => header.state_root.to_string(),
        "validators hash" => header.validators_hash.to_string(),
        _ => header.rulebook_hash.to_string(),
    };
    ReplayFinding::Field { field, signed: show(signed), computed: show(computed) }
}
