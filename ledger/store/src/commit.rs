//! One block, one atomic batch, one sync.
//!
//! **Invariant:** what is written is what the header commits to: the history leaves are computed again from the
//! records and compared, places and counts are checked. State and bodies were executed and hashed by the caller;
//! the check at the next opening holds them against the header.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLockWriteGuard};

use biaozheng_ledger::block::{Block, Header};
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::ids::{BlockHash, ChainId, ProjectId, RecordId};
use biaozheng_ledger::merkle::{Frontier, Hash, NodePlace};

use crate::database::Changes;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::records::encode_place;
use crate::schema::{Family, META_TIP, envelope_key, height_key, node_key, project_key};
use crate::state_cache::StateCache;
use crate::tip::{Position, Tip};

/// A record of a block with its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedRecord {
    /// The record.
    pub id: RecordId,
    /// Its leaf in the history tree.
    pub leaf_index: u64,
    /// Its project and its position there, counted by the contracts.
    pub project: Option<(ProjectId, u64)>,
}

/// Everything a block writes.
#[derive(Clone, Copy, Debug)]
pub struct CommitBatch<'a> {
    /// The decided block; its records root was checked when it was decoded or built.
    pub block: &'a Block,
    /// The header's hash, which was voted on.
    pub hash: BlockHash,
    /// The consensus engine's proof that the block was decided; opaque here.
    pub certificate: &'a [u8],
    /// The block's records, in its order.
    pub records: &'a [CommittedRecord],
    /// Subtrees of the history tree that these records complete.
    pub new_nodes: &'a [(NodePlace, Hash)],
    /// What the contracts changed; `None` deletes.
    pub state_changes: &'a BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// New contents of the state tree's buckets; an empty one is deleted.
    pub buckets: &'a BTreeMap<u16, Vec<u8>>,
}

impl Store {
    /// Writes a block with all it changes, atomically, and returns when it is on disk. Its records are no longer
    /// pending afterwards.
    ///
    /// # Errors
    /// [`StoreError::Misfit`] when the block does not follow the tip or the parts contradict each other: then
    /// nothing was written. Otherwise the disk's.
    pub fn commit(&self, commit: CommitBatch<'_>) -> Result<(), StoreError> {
        let _one_at_a_time = lock(&self.0.commits);
        let position = self.position();
        check_header(&commit, &self.0.chain, &position.tip)?;
        let frontier = check_history(&commit, &position)?;
        self.check_records_are_new(commit.records)?;
        let tip = Tip::of(commit.block.header.clone(), commit.hash);
        let bodies: usize = commit.block.envelopes.iter().map(|envelope| envelope.encoded_len()).sum();
        let mut changes = self.0.database.changes(bodies.saturating_mul(2));
        changes.put(Family::Meta, META_TIP, tip.encode());
        put_block(&mut changes, &commit);
        put_records(&mut changes, &commit);
        put_state(&mut changes, &commit);
        let mut pending = lock(&self.0.pending);
        for arrival in commit.records.iter().filter_map(|record| pending.arrival(&record.id)) {
            changes.delete(Family::Pending, &arrival.to_be_bytes());
        }
        self.cache().begin_commit(commit.state_changes);
        changes.write_synced()?;
        commit.records.iter().for_each(|record| pending.forget(&record.id));
        let mut nodes = lock(&self.0.nodes);
        commit.new_nodes.iter().for_each(|(place, hash)| nodes.put(*place, *hash));
        drop(nodes);
        *lock(&self.0.state_tree) = None;
        *self.0.position.write().unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Position { tip, frontier });
        self.cache().end_commit();
        Ok(())
    }

    fn cache(&self) -> RwLockWriteGuard<'_, StateCache> {
        self.0.state_cache.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_records_are_new(&self, records: &[CommittedRecord]) -> Result<(), StoreError> {
        let mut inside = BTreeSet::new();
        for record in records {
            if !inside.insert(record.id) || self.contains(&record.id)? {
                return Err(StoreError::misfit(format!("record {} stands in the ledger already", record.id)));
            }
        }
        Ok(())
    }
}

fn check_header(commit: &CommitBatch<'_>, chain: &ChainId, tip: &Tip) -> Result<(), StoreError> {
    let header = &commit.block.header;
    let count = u32::try_from(commit.records.len());
    let fits = [
        ("chain", header.chain == *chain),
        ("height", header.height == tip.height.next()),
        ("previous block", header.previous == tip.hash),
        ("hash", header.hash() == commit.hash),
        ("record count", count.is_ok_and(|count| count == header.record_count)),
        ("number of envelopes", commit.records.len() == commit.block.envelopes.len()),
    ];
    match fits.into_iter().find(|(_, fits)| !fits) {
        None => Ok(()),
        Some((field, _)) => Err(StoreError::misfit(format!(
            "the {field} of block {} does not fit the tip {} at height {}",
            header.height, tip.hash, tip.height
        ))),
    }
}

/// Computes the history after the block from its records; gives its right edge.
fn check_history(commit: &CommitBatch<'_>, position: &Position) -> Result<Frontier, StoreError> {
    let Header { height, time, .. } = commit.block.header;
    let mut frontier = position.frontier.clone();
    let mut given = commit.new_nodes.iter();
    for (position, record) in (0u32..).zip(commit.records) {
        if record.leaf_index != frontier.size() {
            return Err(StoreError::misfit(format!(
                "record {} is not leaf {}",
                record.id, record.leaf_index
            )));
        }
        let entry = LogEntry { record: record.id, height, time, position };
        if !frontier.append(entry.leaf_hash()).iter().all(|node| given.next() == Some(node)) {
            return Err(StoreError::misfit(format!("the history nodes of record {} are others", record.id)));
        }
    }
    let header = &commit.block.header;
    let same = given.next().is_none()
        && frontier.size() == header.history_size
        && frontier.root() == header.history_root;
    if same { Ok(frontier) } else { Err(StoreError::misfit("the header names another history root")) }
}

fn put_block(changes: &mut Changes<'_>, commit: &CommitBatch<'_>) {
    let header = &commit.block.header;
    let mut row = header.encode();
    commit.records.iter().for_each(|record| row.extend_from_slice(record.id.bytes()));
    let key = height_key(header.height);
    changes.put(Family::Blocks, &key, row);
    changes.put(Family::Certificates, &key, commit.certificate.to_vec());
}

fn put_records(changes: &mut Changes<'_>, commit: &CommitBatch<'_>) {
    let Header { height, time, .. } = commit.block.header;
    for ((position, record), envelope) in (0u32..).zip(commit.records).zip(&commit.block.envelopes) {
        let id = record.id.bytes();
        // Room for the seal, so that sealing does not move the body.
        let mut body = Vec::with_capacity(envelope.encoded_len().saturating_add(8));
        envelope.encode(&mut body);
        changes.put(Family::Envelopes, &envelope_key(height, position), body);
        changes.put(Family::Records, id, encode_place(height, position, record.leaf_index, time));
        changes.put(Family::Leaves, &record.leaf_index.to_be_bytes(), id.to_vec());
        if let Some((project, position)) = &record.project {
            changes.put(Family::Projects, &project_key(project, *position), id.to_vec());
        }
    }
    for (place, hash) in commit.new_nodes {
        changes.put(Family::History, &node_key(*place), hash.to_vec());
    }
}

fn put_state(changes: &mut Changes<'_>, commit: &CommitBatch<'_>) {
    for (key, value) in commit.state_changes {
        match value {
            Some(value) => changes.put(Family::State, key, value.clone()),
            None => changes.delete(Family::State, key),
        }
    }
    for (index, content) in commit.buckets {
        if content.is_empty() {
            changes.delete(Family::Buckets, &index.to_be_bytes());
        } else {
            changes.put(Family::Buckets, &index.to_be_bytes(), content.clone());
        }
    }
}
