//! Builds, judges and commits blocks: deterministic replay of records over the stored state.
//!
//! A block is executed once per node: when it is built or first judged. What came out is kept as a
//! [`Candidate`] until it is committed or its height is past.
//!
//! **Invariant:** a disk's failure is [`Fatal`], never a verdict about a block: two nodes with different
//! disks must not judge differently.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use biaozheng_contracts::{
    self as contracts, BlockContext, Founding, Memory, Overlay, Refusal, Reject, StateFailure, StateRead,
};
use biaozheng_ledger::block::{Block, Header, records_root};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::genesis::{Genesis, TimeBounds};
use biaozheng_ledger::ids::{BlockHash, ChainId, Height, KeyId, RecordId, TimeMs};
use biaozheng_ledger::merkle::{Frontier, Hash, NodePlace};
use biaozheng_ledger::record::{Record, VerifiedRecord};
use biaozheng_ledger::state_tree::{StateTree, StateTreeError, StateTreeUpdate};
use biaozheng_ledger::validator::ValidatorSet;
use biaozheng_store::{CommitBatch, CommittedRecord, Store, Tip};
use bytes::Bytes;

use crate::chain::consensus::{Fatal, Proposal};
use crate::intake::keyring::Keyring;
use biaozheng_contracts::chain::validators;

/// A block that was executed, with everything its commit writes.
#[derive(Debug)]
pub struct Candidate {
    pub id: BlockHash,
    pub block: Block,
    pub body: Bytes,
    pub records: Vec<CommittedRecord>,
    frontier: Frontier,
    new_nodes: Vec<(NodePlace, Hash)>,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    tree: StateTreeUpdate,
}

/// Why a block does not get this node's vote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    #[error("{0}")]
    Form(String),
    #[error("{field} is not what this node computes")]
    Header { field: &'static str },
    #[error("block time {time} ms lies outside {earliest}..={latest} ms")]
    Time { time: TimeMs, earliest: TimeMs, latest: TimeMs },
    #[error("record {position}: {reason}")]
    Record { position: usize, reason: String },
}

/// How a block's time is judged.
#[derive(Debug, Clone, Copy)]
pub enum TimeCheck {
    /// A new proposal: at most `back` older than this node's clock, and at most the precision of clocks ahead of it.
    /// Where the others show this node's clock to be wrong, `shown` is the time they show, and a block that fits it
    /// is as good.
    Live { now: TimeMs, shown: Option<TimeMs>, back: Duration },
    /// A block that was judged while it was new: by this node, or by a quorum that prevoted for it or decided it.
    Judged,
}

impl TimeCheck {
    /// Judges a block's `time` over a block of the time `before`.
    fn judge(self, time: TimeMs, before: TimeMs, precision_ms: u64) -> Result<(), Invalid> {
        let after = before.saturating_add(1);
        let (earliest, latest) = match self {
            Self::Judged => (after, TimeMs::MAX),
            Self::Live { now, shown, back } => {
                let window = |now: TimeMs| {
                    let back = u64::try_from(back.as_millis()).unwrap_or(u64::MAX);
                    let start = TimeMs::new(now.get().saturating_sub(back));
                    // A block may follow one whose time is ahead of our clock by at most the precision.
                    (after.max(start), now.saturating_add(precision_ms).max(after))
                };
                let fits = |(earliest, latest): &(TimeMs, TimeMs)| (*earliest..=*latest).contains(&time);
                shown.map(window).filter(fits).unwrap_or_else(|| window(now))
            }
        };
        if time < earliest || time > latest || time > TimeMs::MAX {
            return Err(Invalid::Time { time, earliest, latest });
        }
        Ok(())
    }
}

/// Cryptography this process has done for records. Results of pure functions by all their arguments, so it can be shared
/// by everything that executes records here.
static MEMORY: LazyLock<Memory> = LazyLock::new(Memory::default);

/// What this process remembers.
#[must_use]
pub fn memory() -> &'static Memory {
    &MEMORY
}

/// State as the contracts read it.
#[derive(Debug, Clone, Copy)]
pub struct StoredState<'a>(pub &'a Store);

impl StateRead for StoredState<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        self.0.state_get(key).map_err(|error| StateFailure(error.to_string()))
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>, StateFailure> {
        self.0.state_scan(prefix, after, limit).map_err(|error| StateFailure(error.to_string()))
    }

    fn memory(&self) -> Option<&Memory> {
        Some(memory())
    }
}

/// Executes blocks over one store. Owned by the consensus loop.
#[derive(Debug)]
pub struct Executor {
    store: Store,
    chain: ChainId,
    bounds: TimeBounds,
    /// Who decides the next block.
    validators: Arc<ValidatorSet>,
    founding: Founding,
    keyring: Arc<Keyring>,
    frontier: Frontier,
    tree: StateTree,
}

fn fatal(error: impl ToString) -> Fatal {
    Fatal::new(error.to_string())
}

/// State that cannot be read is this node's failure, wherever it is read.
impl From<StateFailure> for Fatal {
    fn from(failure: StateFailure) -> Self {
        Self::new(failure.0)
    }
}

/// Who decides the block after the newest one in the store.
///
/// # Errors
/// When the state cannot be read.
pub fn next_validators(store: &Store, genesis: &Genesis) -> Result<ValidatorSet, StateFailure> {
    let next = store.tip().height.next();
    let named = validators::validators_at(&StoredState(store), next)?;
    Ok(named.unwrap_or_else(|| genesis.validators()))
}

/// An overlay over stored state; before the first block it holds what the genesis says.
///
/// # Errors
/// When the state cannot be read.
pub fn overlay_at_tip<'a>(
    state: &'a StoredState<'a>,
    tip: Height,
    founding: &Founding,
) -> Result<Overlay<'a>, StateFailure> {
    let mut overlay = Overlay::new(state);
    if tip == Height::GENESIS {
        contracts::apply_genesis(&mut overlay, founding)?;
    }
    Ok(overlay)
}

impl Executor {
    /// # Errors
    /// When the stored state cannot be read or the genesis names participants wrongly.
    pub fn open(store: Store, genesis: &Genesis, keyring: Arc<Keyring>) -> anyhow::Result<Self> {
        Ok(Self {
            chain: genesis.chain_id(),
            bounds: genesis.rest.time,
            validators: Arc::new(next_validators(&store, genesis).map_err(|error| anyhow::anyhow!(error.0))?),
            founding: Founding::of(genesis)?,
            frontier: store.frontier(),
            tree: store.load_state_tree()?,
            keyring,
            store,
        })
    }

    #[must_use]
    pub fn tip(&self) -> Tip {
        self.store.tip()
    }

    /// Who decides the next block.
    #[must_use]
    pub fn validators(&self) -> Arc<ValidatorSet> {
        Arc::clone(&self.validators)
    }

    /// Builds the next block from records in the given order; gives back those the rules refuse.
    ///
    /// # Errors
    /// [`Fatal`] when the state cannot be read.
    pub fn build(
        &self,
        now: TimeMs,
        proposer: KeyId,
        records: &[Arc<VerifiedRecord>],
    ) -> Result<(Candidate, Vec<(RecordId, Reject)>), Fatal> {
        let tip = self.store.tip();
        let time = now.max(tip.time.saturating_add(1));
        let mut refused = Vec::new();
        let mut accepted: Vec<&VerifiedRecord> = Vec::with_capacity(records.len());
        let run =
            self.execute(&tip, time, records.iter().map(AsRef::as_ref), |record, verdict| match verdict {
                None => {
                    accepted.push(record);
                    true
                }
                Some(reject) => {
                    refused.push((record.id(), reject));
                    true
                }
            })?;
        let envelopes: Vec<Envelope> = accepted.iter().map(|record| record.envelope().clone()).collect();
        let header = self.header(&tip, time, proposer, records_root(&envelopes), &run)?;
        let block = Block { header, envelopes };
        let body = Bytes::from(block.encode());
        Ok((run.into_candidate(block.header.hash(), block, body), refused))
    }

    /// Judges a block. Records that `known` has are not verified again.
    ///
    /// # Errors
    /// [`Fatal`] when the state cannot be read.
    pub fn assess(
        &self,
        proposal: &Proposal,
        time_check: TimeCheck,
        known: impl Fn(&RecordId) -> Option<Arc<VerifiedRecord>>,
    ) -> Result<Result<Candidate, Invalid>, Fatal> {
        let block = match Block::decode(&proposal.body) {
            Ok(block) => block,
            Err(error) => return Ok(Err(Invalid::Form(error.to_string()))),
        };
        let tip = self.store.tip();
        if let Err(invalid) = self.check_header(&tip, &block.header, time_check) {
            return Ok(Err(invalid));
        }
        let records = match self.verify_records(&block.envelopes, known) {
            Ok(records) => records,
            Err(invalid) => return Ok(Err(invalid)),
        };
        let mut refusal = None;
        let mut position = 0usize;
        let run =
            self.execute(&tip, block.header.time, records.iter().map(AsRef::as_ref), |_, verdict| {
                if let Some(reject) = verdict {
                    refusal = Some(Invalid::Record { position, reason: reject.to_string() });
                    return false;
                }
                position = position.saturating_add(1);
                true
            })?;
        if let Some(invalid) = refusal {
            return Ok(Err(invalid));
        }
        // `Block::decode` held the records against the root they are listed under.
        let root = block.header.records_root;
        let computed = self.header(&tip, block.header.time, block.header.proposer, root, &run)?;
        if let Some(field) = block.header.first_difference(&computed) {
            return Ok(Err(Invalid::Header { field }));
        }
        Ok(Ok(run.into_candidate(proposal.id, block, proposal.body.clone())))
    }

    /// Writes a decided block, durably, and moves on.
    ///
    /// # Errors
    /// [`Fatal`] when it cannot be written: the node stops and acknowledges nothing.
    pub fn commit(&mut self, candidate: Candidate, certificate: &[u8]) -> Result<(), Fatal> {
        self.store
            .commit(CommitBatch {
                block: &candidate.block,
                hash: candidate.id,
                certificate,
                records: &candidate.records,
                new_nodes: &candidate.new_nodes,
                state_changes: &candidate.changes,
                buckets: candidate.tree.buckets(),
            })
            .map_err(fatal)?;
        self.frontier = candidate.frontier;
        self.tree.apply(candidate.tree);
        if candidate.changes.contains_key(&validators::state_key_of_validators()) {
            let next = self.store.tip().height.next();
            let named = validators::validators_at(&StoredState(&self.store), next);
            self.validators = Arc::new(named.map_err(|e| fatal(e.0))?.ok_or_else(|| fatal("no validators"))?);
        }
        Ok(())
    }

    fn check_header(&self, tip: &Tip, header: &Header, time_check: TimeCheck) -> Result<(), Invalid> {
        if !self.validators.all().iter().any(|one| one.key.id() == header.proposer) {
            return Err(Invalid::Header { field: "proposer" });
        }
        if header.chain != self.chain {
            return Err(Invalid::Header { field: "chain" });
        }
        if header.height != tip.height.next() {
            return Err(Invalid::Header { field: "height" });
        }
        time_check.judge(header.time, tip.time, self.bounds.precision_ms)
    }

    fn verify_records(
        &self,
        envelopes: &[Envelope],
        known: impl Fn(&RecordId) -> Option<Arc<VerifiedRecord>>,
    ) -> Result<Vec<Arc<VerifiedRecord>>, Invalid> {
        let mut records = Vec::with_capacity(envelopes.len());
        for (position, envelope) in envelopes.iter().enumerate() {
            let id = RecordId::new(Digest::of(&envelope.pre_authentication_encoding()));
            // The same id may come with other signatures; only identical bytes were verified.
            if let Some(record) = known(&id).filter(|record| record.envelope() == envelope) {
                records.push(record);
                continue;
            }
            let refuse = |reason: String| Invalid::Record { position, reason };
            let record = Record::from_envelope(envelope.clone())
                .and_then(|record| record.verify_with(&self.chain, |key| self.keyring.prepare(key)))
                .map_err(|error| refuse(error.to_string()))?;
            contracts::check(&record).map_err(|reject| refuse(reject.to_string()))?;
            records.push(Arc::new(record));
        }
        Ok(records)
    }

    /// Executes records in order. `judge` hears each verdict and says whether to go on.
    fn execute<'r>(
        &self,
        tip: &Tip,
        time: TimeMs,
        records: impl Iterator<Item = &'r VerifiedRecord>,
        mut judge: impl FnMut(&'r VerifiedRecord, Option<Reject>) -> bool,
    ) -> Result<Run, Fatal> {
        let state = StoredState(&self.store);
        let mut overlay = overlay_at_tip(&state, tip.height, &self.founding).map_err(|e| fatal(e.0))?;
        let context = BlockContext { chain: self.chain, height: tip.height.next(), time };
        let mut frontier = self.frontier.clone();
        let (mut new_nodes, mut committed) = (Vec::new(), Vec::new());
        let mut inside = HashSet::new();
        for record in records {
            let id = record.id();
            let repeated = !inside.insert(id) || self.store.contains(&id).map_err(fatal)?;
            let verdict = if repeated {
                Err(Refusal::Reject(repeated_record(&id)))
            } else {
                contracts::execute(&mut overlay, &context, record)
            };
            match verdict {
                Err(Refusal::Failure(failure)) => return Err(fatal(failure.0)),
                Err(Refusal::Reject(reject)) => {
                    if !judge(record, Some(reject)) {
                        break;
                    }
                }
                Ok(outcome) => {
                    let position = u32::try_from(committed.len()).map_err(fatal)?;
                    let entry = LogEntry { record: id, height: context.height, time, position };
                    committed.push(CommittedRecord {
                        id,
                        leaf_index: frontier.size(),
                        project: outcome.project.zip(outcome.position_in_project),
                    });
                    new_nodes.extend(frontier.append(entry.leaf_hash()));
                    judge(record, None);
                }
            }
        }
        let rulebook = contracts::active_rulebook_digest(&overlay).map_err(|error| fatal(error.0))?;
        let changes = overlay.into_changes();
        let tree = self.tree.preview(&changes, &self.store);
        let tree = tree.map_err(|error| match error {
            StateTreeError::Reader(error) => fatal(error),
            damage @ StateTreeError::Bucket { .. } => fatal(self.store.found_damaged(damage.to_string())),
        })?;
        Ok(Run { frontier, new_nodes, committed, changes, tree, rulebook })
    }

    fn header(
        &self,
        tip: &Tip,
        time: TimeMs,
        proposer: KeyId,
        records_root: Hash,
        run: &Run,
    ) -> Result<Header, Fatal> {
        Ok(Header {
            chain: self.chain,
            height: tip.height.next(),
            time,
            previous: tip.hash,
            proposer,
            record_count: u32::try_from(run.committed.len()).map_err(fatal)?,
            records_root,
            history_size: run.frontier.size(),
            history_root: run.frontier.root(),
            state_root: run.tree.root(),
            validators_hash: self.validators.hash(),
            rulebook_hash: run.rulebook,
        })
    }
}

/// The same record twice, in one block or in the chain.
fn repeated_record(id: &RecordId) -> Reject {
    Reject {
        code: "record.repeated",
        rule: "record.once".into(),
        value: Some(id.to_string()),
        article: None,
        message: format!("record {id} stands in the ledger already; ask for its certificate"),
        message_zh: format!("记录 {id} 已在账本中，请直接获取其证书"),
    }
}

/// What an execution left behind.
struct Run {
    frontier: Frontier,
    new_nodes: Vec<(NodePlace, Hash)>,
    committed: Vec<CommittedRecord>,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    tree: StateTreeUpdate,
    rulebook: Digest,
}

impl Run {
    fn into_candidate(self, id: BlockHash, block: Block, body: Bytes) -> Candidate {
        Candidate {
            id,
            block,
            body,
            records: self.committed,
            frontier: self.frontier,
            new_nodes: self.new_nodes,
            changes: self.changes,
            tree: self.tree,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_790_000_000_000;

    fn fits(shown: Option<u64>, time: u64, before: u64) -> bool {
        let (now, shown) = (TimeMs::new(NOW), shown.map(TimeMs::new));
        let check = TimeCheck::Live { now, shown, back: Duration::from_secs(2) };
        check.judge(TimeMs::new(time), TimeMs::new(before), 500).is_ok()
    }

    #[test]
    fn a_wrong_clock_accepts_what_the_others_clocks_show_and_what_its_own_shows() {
        let before = NOW - 60_000;
        for (time, own) in [(NOW - 2000, true), (NOW + 500, true), (NOW - 2001, false), (NOW + 501, false)] {
            assert_eq!(fits(None, time, before), own, "{time}");
        }
        // Five seconds ahead, and five behind.
        for shown in [NOW - 5000, NOW + 5000] {
            for (time, right) in
                [(shown - 2000, true), (shown + 500, true), (shown - 2001, false), (shown + 501, false)]
            {
                assert_eq!(fits(Some(shown), time, before), right, "{time} where {shown} is shown");
            }
            assert!(fits(Some(shown), NOW, before), "its own time, as before");
        }
        assert!(!fits(Some(NOW - 5000), NOW - 5000, NOW - 5000), "time rises strictly whatever is shown");
        assert!(fits(None, NOW + 800, NOW + 799), "just above a block that is ahead");
    }
}
