//! Blocks and the log under them, as the API shows them.

#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use std::ops::Range;
use std::sync::Arc;

use biaozheng_api::BackendError;
use biaozheng_api::backend::Page;
use biaozheng_ledger::block::Header;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::ids::{ChainId, Height};
use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader as _, consistency_path};
use biaozheng_store::{Store, StoredRecord};
use serde_json::{Value, json};

use super::records::Records;
use super::{damaged, ours};
use crate::chain::executor::StoredState;
use biaozheng_contracts::chain::validators;

/// What is shown of blocks.
#[derive(Debug)]
pub struct Blocks {
    pub chain: ChainId,
    pub store: Store,
    pub records: Arc<Records>,
}

impl Blocks {
    fn show(&self, header: &Header) -> Value {
        json!({
            "height": header.height, "time_ms": header.time, "hash": header.hash(), "previous": header.previous,
            "proposer": self.proposer_name(header), "records": header.record_count,
            "history_size": header.history_size, "history_root": hex::encode(header.history_root),
            "state_root": header.state_root, "rulebook_hash": header.rulebook_hash.to_string(),
        })
    }

    fn proposer_name(&self, header: &Header) -> Option<String> {
        validators::node_of(&StoredState(&self.store), &header.proposer).ok().flatten()
    }

    pub(super) fn page(&self, after: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        let first = after.map_or(1, |after| after.get().saturating_add(1));
        let tip = self.store.tip().height.get();
        let last = tip.min(first.saturating_add(limit as u64).saturating_sub(1));
        let mut items = Vec::new();
        for height in first..=last {
            if let Some(header) = self.store.header(Height::new(height)).map_err(ours)? {
                items.push(self.show(&header));
            }
        }
        Ok((items, (last < tip && last >= first).then(|| last.to_string())))
    }

    pub(super) fn newest(&self, before: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        let tip = self.store.tip().height.get();
        let last = before.map_or(tip, |before| before.get().saturating_sub(1).min(tip));
        let first = last.saturating_sub((limit as u64).saturating_sub(1)).max(1);
        let mut items = Vec::new();
        for height in (first..=last).rev() {
            if let Some(header) = self.store.header(Height::new(height)).map_err(ours)? {
                items.push(self.show(&header));
            }
        }
        Ok((items, (first > 1 && last > 0).then(|| first.to_string())))
    }

    pub(super) fn block(&self, height: Height) -> Result<Option<Value>, BackendError> {
        let Some(header) = self.store.header(height).map_err(ours)? else { return Ok(None) };
        let ids = self.store.block_record_ids(height).map_err(ours)?.unwrap_or_default();
        let mut value = self.show(&header);
        value["record_ids"] = json!(ids);
        Ok(Some(value))
    }

    pub(super) fn decided(
        &self,
        height: Height,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Option<Value>, BackendError> {
        let store = &self.store;
        let Some(header) = store.header(height).map_err(ours)? else { return Ok(None) };
        let ids = store.block_record_ids(height).map_err(ours)?.unwrap_or_default();
        let commit = store.certificate(height).map_err(ours)?;
        let commit =
            commit.ok_or_else(|| damaged(store, format!("block {height} has no commit certificate")))?;
        let (first, mut items) = (after.map_or(0, |after| after.saturating_add(1)), Vec::new());
        let mut rest = (0u32..).zip(&ids).filter(|(position, _)| *position >= first);
        for (_, id) in rest.by_ref().take(limit) {
            let missing = || damaged(store, format!("record {id} of block {height} is missing"));
            items.push(self.records.show(&store.record(id).map_err(ours)?.ok_or_else(missing)?)?);
        }
        let next = rest.next().map(|(position, _)| position.saturating_sub(1).to_string());
        Ok(Some(json!({
            "height": height, "header": hex::encode(header.encode()), "commit": hex::encode(commit),
            "items": items, "next": next,
        })))
    }

    pub(super) fn consistency(&self, from: u64, to: u64) -> Result<Option<Value>, BackendError> {
        if to > self.store.tip().history_size {
            return Ok(None);
        }
        let path = consistency_path(from, to, &self.store).map_err(ours)?;
        Ok(path.map(
            |path| json!({"from": from, "to": to, "path": path.iter().map(hex::encode).collect::<Vec<_>>()}),
        ))
    }

    pub(super) fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError> {
        let read = |index| self.store.node(NodePlace { level, index }).map_err(ours);
        range.map(read).collect()
    }

    /// Entry `index` of the log, as it was hashed into the history tree.
    pub(super) fn entry(&self, index: u64) -> Result<Vec<u8>, BackendError> {
        if index == 0 {
            return Ok(genesis_entry(&self.chain));
        }
        let missing = || damaged(&self.store, format!("leaf {index} has no record"));
        let id = self.store.record_at_leaf(index).map_err(ours)?.ok_or_else(missing)?;
        let record = self.store.record(&id).map_err(ours)?.ok_or_else(missing)?;
        let StoredRecord { height, time, position, .. } = record;
        Ok(LogEntry { record: id, height, time, position }.encode())
    }
}
