//! The node behind the API.

#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_api::backend::Page;
use biaozheng_api::{
    ApiLimits, Backend, BackendError, Lookup, NamedDocument, Question, Settled, SubmitError, Submitted,
    Wanted, Word,
};
use biaozheng_contracts as contracts;
use biaozheng_contracts::Reject;
use biaozheng_contracts::chain::validators;
use biaozheng_contracts::rulebook::books;
use biaozheng_contracts::{parties, project, shown};
use biaozheng_cose::ReceiptProof;
use biaozheng_documents::DocumentStore;
use biaozheng_ledger::block::Header;
use biaozheng_ledger::certificate::{
    BlockFacts, CERTIFICATE_FORMAT, Certificate, Expectations, TimestampToken,
};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{DocumentDigest, Height, OrgId, ProjectId, RecordId};
use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader as _, consistency_path, inclusion_path};
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::{Record, RecordError};
use biaozheng_ledger::tlog_proof::TlogProof;
use biaozheng_store::{StoredRecord, Tip};
use biaozheng_webhook::Hooks;
use bytes::Bytes;
use serde_json::{Value, json};

mod operator;
mod registry;
mod search;

use crate::checkpointer::WholeCheckpoint;
use crate::clock::now;
use crate::config::Config;
use crate::consensus::{ConsensusHandle, Fatal};
use crate::documents::Documents;
use crate::executor::StoredState;
use crate::ingest;
use crate::journal::JournalError;
use crate::sealing::way_ms;
use crate::settlements::Settled as Waited;
use crate::shared::Shared;
use crate::witnessing::WitnessStatus;

/// The type of the record that seals an archive, without its version.
const ARCHIVE_SEAL: &str = "archive.sealed";

/// Serves the API from a running node.
#[derive(Debug)]
pub struct NodeBackend {
    shared: Arc<Shared>,
    consensus: Arc<ConsensusHandle>,
    policy: String,
    documents: Documents,
    hooks: Arc<Hooks>,
}

/// The limits of the API as configured.
#[must_use]
pub fn api_limits(config: &Config, connections_max: usize) -> ApiLimits {
    let api = &config.api;
    ApiLimits {
        connections_max,
        requests_in_flight_max: api.requests_in_flight_max,
        header_timeout_ms: api.header_timeout_ms,
        request_timeout_ms: api.request_timeout_ms,
        wait_ms_max: api.wait_ms_max,
    }
}

fn ours(error: impl ToString) -> BackendError {
    BackendError(error.to_string())
}

/// What a certificate stands under.
struct Covering {
    checkpoint: WholeCheckpoint,
    /// A time-stamping authority's, over that checkpoint.
    token: Option<TimestampToken>,
}

impl NodeBackend {
    #[must_use]
    pub fn new(
        shared: Arc<Shared>,
        consensus: Arc<ConsensusHandle>,
        documents: Documents,
        hooks: Arc<Hooks>,
    ) -> Self {
        let policy = shared.genesis.policy().map(|policy| policy.to_string()).unwrap_or_default();
        Self { shared, consensus, policy, documents, hooks }
    }

    fn state(&self) -> StoredState<'_> {
        StoredState(&self.shared.store)
    }

    /// Rows that do not fit together: the node stops, as for any damage.
    fn damaged(&self, what: String) -> BackendError {
        ours(self.shared.store.found_damaged(what))
    }

    fn is_public(&self, record: &StoredRecord) -> Result<bool, BackendError> {
        let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
        shown::is_public(&self.state(), &payload).map_err(ours)
    }

    /// The certificate of a record this node just committed, from memory.
    fn certify_recent(&self, id: &RecordId) -> Result<Option<String>, BackendError> {
        let Some(recent) = self.shared.recent.get(id) else { return Ok(None) };
        let public = shown::is_public(&self.state(), recent.record.payload()).map_err(ours)?;
        let block = BlockFacts { height: recent.height, time_ms: recent.time, position: recent.position };
        let envelope = public.then(|| recent.record.envelope());
        let Some(covering) = self.covering(id, recent.record.payload(), recent.leaf_index)? else {
            return Ok(None);
        };
        self.put_together(*id, recent.leaf_index, block, envelope, &covering)
    }

    /// Promises a record; one that waits for its moment, from then on. `looked` is what was looked through before the
    /// record was not found there, so the word about it is true whatever was committed since.
    fn receipt(&self, id: RecordId, looked: &Tip) -> Submitted {
        let shared = &self.shared;
        // A clock that lags must not promise a time that is over.
        let received = now().max(looked.time);
        let promise_ms = shared.config.mempool.promise_ms;
        let promised = match shared.sealer.as_ref().and_then(|sealer| sealer.moment_of(&id)) {
            Some(moment) => moment.max(received).saturating_add(way_ms(promise_ms)),
            None => received.saturating_add(promise_ms),
        };
        let receipt = Receipt {
            chain: shared.chain,
            record: id,
            node: shared.config.name.clone(),
            key: shared.api_key.public(),
            received_at_ms: received,
            promised_by_ms: promised,
            history_size: Some(looked.history_size),
        };
        Submitted { id, word: Word::Receipt(receipt.sign(&shared.api_key).to_value()) }
    }

    /// Where a record stands, if it does. Nothing is promised of such a one: a fresh receipt would be a promise that the
    /// log, which has the record before it, could be shown to have broken.
    fn standing(&self, id: &RecordId) -> Result<Option<Submitted>, SubmitError> {
        let record = self.shared.store.record(id).map_err(|error| self.failed(error))?;
        Ok(record.map(|record| {
            let block = BlockFacts { height: record.height, time_ms: record.time, position: record.position };
            Submitted { id: *id, word: Word::Stands(block) }
        }))
    }

    /// This node's own failure while it takes a record: it stops, and the client hears that it did not work.
    fn failed(&self, failure: impl ToString) -> SubmitError {
        let detail = failure.to_string();
        self.shared.stop(&Fatal::new(detail.clone()));
        SubmitError::Internal(detail)
    }

    /// The rules refuse a record now. It may have come into a block meanwhile, and then it was not refused.
    fn refused(&self, id: &RecordId, reject: Reject) -> Result<Submitted, SubmitError> {
        self.standing(id)?.ok_or_else(|| SubmitError::Refused(Box::new(reject)))
    }

    /// Forgets a record that was written down and finds no place. Nobody was promised anything, and what stays in the journal
    /// would fill it.
    fn turned_away(&self, id: &RecordId) -> SubmitError {
        if !self.shared.mempool.contains(id)
            && let Err(error) = self.shared.store.remove_pending(&[*id])
        {
            return self.failed(error);
        }
        SubmitError::Busy { retry_after_s: 1 }
    }

    /// The certificate of a committed record, once a checkpoint covers it.
    fn certify(&self, record: &StoredRecord) -> Result<Option<String>, BackendError> {
        let block = BlockFacts { height: record.height, time_ms: record.time, position: record.position };
        let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
        let public = shown::is_public(&self.state(), &payload).map_err(ours)?;
        let envelope = public.then_some(&record.envelope);
        let Some(covering) = self.covering(&record.id, &payload, record.leaf_index)? else {
            return Ok(None);
        };
        self.put_together(record.id, record.leaf_index, block, envelope, &covering)
    }

    /// The checkpoint a record's certificate stands under now. That of an archive's seal is part of the archive, so it
    /// stays the one it was first asked for under; the outside witnesses' lines are left out of it, since their keys are
    /// this node's configuration, which changes.
    fn covering(
        &self,
        record: &RecordId,
        payload: &Payload,
        index: u64,
    ) -> Result<Option<Covering>, BackendError> {
        let shared = &self.shared;
        if payload.record_type.name() != ARCHIVE_SEAL {
            return Ok(self.best(index));
        }
        let (size, note) = match shared.store.kept_checkpoint(record).map_err(ours)? {
            Some(kept) => kept,
            None => {
                let Some(covering) = shared.checkpointer.covering(index) else { return Ok(None) };
                let own = shared.checkpointer.own_lines(&covering.1).to_string();
                shared.store.keep_checkpoint(record, covering.0, &own).map_err(ours)?
            }
        };
        let checkpoint = Arc::new((size, note.parse().map_err(ours)?));
        Ok(Some(Covering { checkpoint, token: None }))
    }

    /// A dated checkpoint over a leaf is worth more than a newer one.
    fn best(&self, index: u64) -> Option<Covering> {
        if let Some(stamped) = self.shared.timestamps.covering(index) {
            let checkpoint = Arc::new((stamped.size, stamped.note.clone()));
            return Some(Covering { checkpoint, token: Some(stamped.token.clone()) });
        }
        let checkpoint = self.shared.checkpointer.covering(index)?;
        Some(Covering { checkpoint, token: None })
    }

    fn put_together(
        &self,
        record: RecordId,
        index: u64,
        block: BlockFacts,
        envelope: Option<&Envelope>,
        covering: &Covering,
    ) -> Result<Option<String>, BackendError> {
        let (size, note) = &*covering.checkpoint;
        let path = inclusion_path(index, *size, &self.shared.store).map_err(ours)?;
        let path = path.ok_or_else(|| ours("a committed leaf lies outside its checkpoint"))?;
        let proof = TlogProof { index, path, checkpoint: note.clone() };
        let certificate = Certificate {
            format: CERTIFICATE_FORMAT.into(),
            record,
            envelope: envelope.map(Envelope::to_value),
            block,
            proof: proof.to_string(),
            policy: self.policy.clone(),
            genesis_remainder: self.shared.genesis.remainder().to_string(),
            anchors: Vec::new(),
            timestamps: covering.token.iter().cloned().collect(),
            witnesses: self.shared.checkpointer.outside_keys(note),
        };
        Ok(Some(certificate.to_json()))
    }

    fn waits_for_moment(&self, id: &RecordId) -> bool {
        self.shared.sealer.as_ref().is_some_and(|sealer| sealer.moment_of(id).is_some())
    }

    fn stage(&self, id: &RecordId) -> Result<Lookup<StoredRecord>, BackendError> {
        if let Some(record) = self.shared.store.record(id).map_err(ours)? {
            return Ok(Lookup::Found(record));
        }
        if self.shared.mempool.contains(id) || self.waits_for_moment(id) {
            return Ok(Lookup::Pending { stage: "received" });
        }
        match self.shared.store.outcome(id).map_err(ours)? {
            Some(outcome) => Ok(Lookup::Refused(serde_json::from_str(&outcome).unwrap_or(Value::Null))),
            None => Ok(Lookup::NotFound),
        }
    }

    fn record_view(&self, record: &StoredRecord) -> Result<Value, BackendError> {
        let mut value = json!({
            "record": record.id, "height": record.height, "position": record.position,
            "time_ms": record.time, "leaf": record.leaf_index, "public": false,
        });
        if self.is_public(record)? {
            let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
            value["public"] = json!(true);
            value["type"] = json!(payload.record_type);
            value["author"] = json!(payload.author.org);
            value["project"] = json!(payload.project);
            value["envelope"] = record.envelope.to_value();
        }
        Ok(value)
    }

    /// Entry `index` of the log, as it was hashed into the history tree.
    fn entry(&self, index: u64) -> Result<Vec<u8>, BackendError> {
        if index == 0 {
            return Ok(genesis_entry(&self.shared.chain));
        }
        let missing = || self.damaged(format!("leaf {index} has no record"));
        let id = self.shared.store.record_at_leaf(index).map_err(ours)?.ok_or_else(missing)?;
        let record = self.shared.store.record(&id).map_err(ours)?.ok_or_else(missing)?;
        let StoredRecord { height, time, position, .. } = record;
        Ok(LogEntry { record: id, height, time, position }.encode())
    }

    fn block_view(&self, header: &Header) -> Value {
        json!({
            "height": header.height, "time_ms": header.time, "hash": header.hash(), "previous": header.previous,
            "proposer": self.proposer_name(header), "records": header.record_count,
            "history_size": header.history_size, "history_root": hex::encode(header.history_root),
            "state_root": header.state_root, "rulebook_hash": header.rulebook_hash.to_string(),
        })
    }

    fn proposer_name(&self, header: &Header) -> Option<String> {
        validators::node_of(&StoredState(&self.shared.store), &header.proposer).ok().flatten()
    }
}

#[async_trait]
impl Backend for NodeBackend {
    async fn submit(&self, envelope: Bytes) -> Result<Submitted, SubmitError> {
        let shared = &self.shared;
        let record =
            Record::from_json(&envelope).map_err(|error| SubmitError::Malformed(error.to_string()))?;
        let id = record.id();
        // In this order: what is committed after the tip was read lies beyond what the receipt speaks of.
        let looked = shared.store.tip();
        if let Some(standing) = self.standing(&id)? {
            return Ok(standing);
        }
        // A record this node only heard of from a peer is not on its disk yet: it is taken like a new one.
        let own = shared.mempool.get(&id).is_some_and(|waiting| waiting.own) || self.waits_for_moment(&id);
        // Nothing is promised while nothing is decided, not once more either: the first receipt stands.
        let reasons = self.not_ready();
        if !reasons.is_empty() {
            return Err(SubmitError::NotReady(reasons.join("; ")));
        }
        if own {
            return Ok(self.receipt(id, &looked));
        }
        if shared.mempool.is_full_for(record.envelope().encoded_len()) {
            return Err(SubmitError::Busy { retry_after_s: 1 });
        }
        let record = ingest::verify(shared, record).map_err(|error| match error {
            RecordError::Signature { .. } => SubmitError::Signature(error.to_string()),
            _ => SubmitError::Malformed(error.to_string()),
        })?;
        contracts::check(&record).map_err(|reject| SubmitError::Refused(Box::new(reject)))?;
        if let Err(reject) = ingest::trial(shared, &record).map_err(|fatal| self.failed(fatal))? {
            return self.refused(&id, reject);
        }
        let (record, received) = (Arc::new(record), now());
        shared.journal.write(Arc::clone(&record), received).await.map_err(|error| match error {
            JournalError::Busy => SubmitError::Busy { retry_after_s: 1 },
            JournalError::Disk(detail) => self.failed(detail),
        })?;
        // A sealed entry waits for its moment, so that neither its coming nor its number shows.
        let held = shared.sealer.as_ref().map(|sealer| sealer.hold(shared, &record)).transpose();
        if held.map_err(|failure| self.failed(failure.0))?.flatten().is_some() {
            return Ok(self.receipt(id, &looked));
        }
        if shared.mempool.insert(Arc::clone(&record), true, received).is_err() {
            return Err(self.turned_away(&id));
        }
        shared.metrics.received.inc();
        let mut bytes = Vec::with_capacity(record.envelope().encoded_len());
        record.envelope().encode(&mut bytes);
        shared.gossip.records(vec![Arc::new(bytes)]);
        Ok(self.receipt(id, &looked))
    }

    async fn wait(&self, id: RecordId, wanted: Wanted, timeout: Duration) -> Result<Settled, BackendError> {
        let now = tokio::time::Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now);
        let settled = self.shared.settlements.on_settled(id);
        let leaf = match self.shared.store.record(&id).map_err(ours)? {
            Some(record) => record.leaf_index,
            None => match tokio::time::timeout_at(deadline, settled).await {
                Ok(Ok(Waited::Committed { leaf })) => leaf,
                Ok(Ok(Waited::Refused(reject))) => return Ok(Settled::Refused(Box::new(reject))),
                Ok(Err(_)) | Err(_) => return Ok(Settled::Timeout { stage: "received" }),
            },
        };
        if wanted == Wanted::Committed {
            return Ok(Settled::Committed);
        }
        if let Some(certified) = self.shared.settlements.on_certified(leaf)
            && tokio::time::timeout_at(deadline, certified).await.is_err()
        {
            return Ok(Settled::Timeout { stage: "committed" });
        }
        if let Some(text) = self.certify_recent(&id)? {
            return Ok(Settled::Certified(text));
        }
        match self.certificate(&id)? {
            Lookup::Found(text) => Ok(Settled::Certified(text)),
            _ => Ok(Settled::Timeout { stage: "committed" }),
        }
    }

    fn record(&self, id: &RecordId) -> Result<Lookup<Value>, BackendError> {
        Ok(match self.stage(id)? {
            Lookup::Found(record) => Lookup::Found(self.record_view(&record)?),
            Lookup::Pending { stage } => Lookup::Pending { stage },
            Lookup::Refused(why) => Lookup::Refused(why),
            Lookup::NotFound => Lookup::NotFound,
        })
    }

    fn certificate(&self, id: &RecordId) -> Result<Lookup<String>, BackendError> {
        Ok(match self.stage(id)? {
            Lookup::Found(record) => match self.certify(&record)? {
                Some(text) => Lookup::Found(text),
                None => Lookup::Pending { stage: "committed" },
            },
            Lookup::Pending { stage } => Lookup::Pending { stage },
            Lookup::Refused(why) => Lookup::Refused(why),
            Lookup::NotFound => Lookup::NotFound,
        })
    }

    fn inclusion(&self, id: &RecordId, size: u64) -> Result<Lookup<Value>, BackendError> {
        let record = match self.stage(id)? {
            Lookup::Found(record) => record,
            Lookup::Pending { stage } => return Ok(Lookup::Pending { stage }),
            Lookup::Refused(why) => return Ok(Lookup::Refused(why)),
            Lookup::NotFound => return Ok(Lookup::NotFound),
        };
        if size > self.shared.store.tip().history_size {
            return Ok(Lookup::NotFound);
        }
        let path = inclusion_path(record.leaf_index, size, &self.shared.store).map_err(ours)?;
        Ok(path.map_or(Lookup::NotFound, |path| {
            let path: Vec<_> = path.iter().map(hex::encode).collect();
            Lookup::Found(json!({"record": id, "leaf": record.leaf_index, "size": size, "path": path}))
        }))
    }

    fn cose_receipt(&self, id: &RecordId) -> Result<Lookup<Vec<u8>>, BackendError> {
        let text = match self.certificate(id)? {
            Lookup::Found(text) => text,
            Lookup::Pending { stage } => return Ok(Lookup::Pending { stage }),
            Lookup::Refused(why) => return Ok(Lookup::Refused(why)),
            Lookup::NotFound => return Ok(Lookup::NotFound),
        };
        // The certificate's checkpoint came from our own store, where only complete ones are.
        let certificate = Certificate::from_json(text.as_bytes()).map_err(ours)?;
        let proof: TlogProof = certificate.proof.parse().map_err(ours)?;
        let block = certificate.block;
        let entry =
            LogEntry { record: *id, height: block.height, time: block.time_ms, position: block.position };
        let checkpoint = proof.checkpoint.text.parse().map_err(ours)?;
        let proof = ReceiptProof { entry, index: proof.index, path: proof.path, checkpoint };
        let receipt = self.shared.checkpointer.cose_receipt(&proof).map_err(ours)?;
        Ok(receipt.map_or(Lookup::NotFound, Lookup::Found))
    }

    fn verify(&self, certificate: &[u8], document: Option<(Digest, u64)>) -> Result<Value, String> {
        let certificate = Certificate::from_json(certificate).map_err(|error| error.to_string())?;
        let policy = self.shared.genesis.policy().map_err(|error| error.to_string())?;
        let expected = Expectations {
            policy: Some(&policy),
            chain: Some(self.shared.chain),
            document,
            ..Expectations::default()
        };
        let verification = certificate.verify(&expected);
        let mut value = serde_json::to_value(&verification).map_err(|error| error.to_string())?;
        value["valid"] = json!(verification.is_valid());
        value["failed"] = json!(verification.failed_step().map(|(step, _)| step.name()));
        Ok(value)
    }

    fn project(&self, id: &ProjectId) -> Result<Option<Value>, BackendError> {
        shown::project(&self.state(), id).map_err(ours)
    }

    fn project_heads(&self, id: &ProjectId) -> Result<Option<Value>, BackendError> {
        let heads = project::view::heads(&self.state(), id).map_err(ours)?;
        heads.map(|heads| serde_json::to_value(heads).map_err(ours)).transpose()
    }

    /// The cursor counts public records only: a count of all would tell how many bids are sealed.
    fn project_records(
        &self,
        id: &ProjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page, BackendError> {
        let store = &self.shared.store;
        let skip = after.unwrap_or(0);
        let (mut seen, mut items, mut last) = (0u64, Vec::new(), None);
        // Closed records show, without their bodies, once their number is no secret: an archive counts them.
        let countable = shown::is_countable(&self.state(), id).map_err(ours)?;
        loop {
            let rows = store.project_records(id, last, 500).map_err(ours)?;
            let Some((end, _)) = rows.last() else { return Ok((items, None)) };
            last = Some(*end);
            for (_, id) in &rows {
                let missing = || self.damaged(format!("record {id}, which is listed, is missing"));
                let record = store.record(id).map_err(ours)?.ok_or_else(missing)?;
                if !countable && !self.is_public(&record)? {
                    continue;
                }
                seen = seen.saturating_add(1);
                if seen <= skip {
                    continue;
                }
                if items.len() == limit {
                    return Ok((items, Some(seen.saturating_sub(1).to_string())));
                }
                items.push(self.record_view(&record)?);
            }
        }
    }

    fn projects(&self, after: Option<&ProjectId>, limit: usize) -> Result<Page, BackendError> {
        let rows = project::view::projects(&self.state(), after, limit).map_err(ours)?;
        let next = (rows.len() == limit).then(|| rows.last().map(|(id, _)| id.to_string())).flatten();
        Ok((rows.into_iter().map(|(_, value)| value).collect(), next))
    }

    fn blocks(&self, after: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        let first = after.map_or(1, |after| after.get().saturating_add(1));
        let tip = self.shared.store.tip().height.get();
        let last = tip.min(first.saturating_add(limit as u64).saturating_sub(1));
        let mut items = Vec::new();
        for height in first..=last {
            if let Some(header) = self.shared.store.header(Height::new(height)).map_err(ours)? {
                items.push(self.block_view(&header));
            }
        }
        Ok((items, (last < tip && last >= first).then(|| last.to_string())))
    }

    fn blocks_newest(&self, before: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        let tip = self.shared.store.tip().height.get();
        let last = before.map_or(tip, |before| before.get().saturating_sub(1).min(tip));
        let first = last.saturating_sub((limit as u64).saturating_sub(1)).max(1);
        let mut items = Vec::new();
        for height in (first..=last).rev() {
            if let Some(header) = self.shared.store.header(Height::new(height)).map_err(ours)? {
                items.push(self.block_view(&header));
            }
        }
        Ok((items, (first > 1 && last > 0).then(|| first.to_string())))
    }

    fn projects_newest(&self, before: Option<u64>, limit: usize) -> Result<Page, BackendError> {
        let (projects, next) = self.shared.projects.newest(before, limit);
        let state = self.state();
        let mut items = Vec::new();
        for project in &projects {
            items.extend(project::view::project_line(&state, project).map_err(ours)?);
        }
        Ok((items, next.map(|next| next.to_string())))
    }

    fn block(&self, height: Height) -> Result<Option<Value>, BackendError> {
        let Some(header) = self.shared.store.header(height).map_err(ours)? else { return Ok(None) };
        let ids = self.shared.store.block_record_ids(height).map_err(ours)?.unwrap_or_default();
        let mut value = self.block_view(&header);
        value["record_ids"] = json!(ids);
        Ok(Some(value))
    }

    fn block_records(
        &self,
        height: Height,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Option<Value>, BackendError> {
        let store = &self.shared.store;
        let Some(header) = store.header(height).map_err(ours)? else { return Ok(None) };
        let ids = store.block_record_ids(height).map_err(ours)?.unwrap_or_default();
        let commit = store.certificate(height).map_err(ours)?;
        let commit =
            commit.ok_or_else(|| self.damaged(format!("block {height} has no commit certificate")))?;
        let (first, mut items) = (after.map_or(0, |after| after.saturating_add(1)), Vec::new());
        let mut rest = (0u32..).zip(&ids).filter(|(position, _)| *position >= first);
        for (_, id) in rest.by_ref().take(limit) {
            let missing = || self.damaged(format!("record {id} of block {height} is missing"));
            items.push(self.record_view(&store.record(id).map_err(ours)?.ok_or_else(missing)?)?);
        }
        let next = rest.next().map(|(position, _)| position.saturating_sub(1).to_string());
        Ok(Some(json!({
            "height": height, "header": hex::encode(header.encode()), "commit": hex::encode(commit),
            "items": items, "next": next,
        })))
    }

    fn checkpoint(&self) -> Result<Option<String>, BackendError> {
        Ok(self.shared.checkpointer.published().map(|shown| shown.1.to_string()))
    }

    fn consistency(&self, from: u64, to: u64) -> Result<Option<Value>, BackendError> {
        if to > self.shared.store.tip().history_size {
            return Ok(None);
        }
        let path = consistency_path(from, to, &self.shared.store).map_err(ours)?;
        Ok(path.map(
            |path| json!({"from": from, "to": to, "path": path.iter().map(hex::encode).collect::<Vec<_>>()}),
        ))
    }

    fn participants(&self, after: Option<&OrgId>, limit: usize) -> Result<Page, BackendError> {
        let rows = parties::view::participants(&self.state(), after, limit).map_err(ours)?;
        let next = (rows.len() == limit).then(|| rows.last().map(|(id, _)| id.to_string())).flatten();
        Ok((rows.into_iter().map(|(_, value)| value).collect(), next))
    }

    fn participant(&self, org: &OrgId) -> Result<Option<Value>, BackendError> {
        parties::view::participant(&self.state(), org).map_err(ours)
    }

    fn rulebooks(&self) -> Result<Vec<Value>, BackendError> {
        books::rulebooks(&self.state()).map_err(ours)
    }

    fn rulebook(&self, digest: &Digest) -> Result<Option<String>, BackendError> {
        books::rulebook(&self.state(), digest).map_err(ours)
    }

    fn look(&self, question: &Question) -> Result<Option<Value>, BackendError> {
        self.answer(question)
    }

    fn imported(&self, after: Option<String>, limit: usize) -> Result<Page, BackendError> {
        self.imported_page(after, limit)
    }

    fn height(&self) -> Height {
        self.shared.store.tip().height
    }

    async fn committed(&self, height: Height, timeout: Duration) {
        let mut committed = self.shared.progress.committed.subscribe();
        let _ = tokio::time::timeout(timeout, committed.wait_for(|tip| *tip >= height)).await;
    }

    fn genesis(&self) -> String {
        self.shared.genesis_json.clone()
    }

    fn policy(&self) -> String {
        self.policy.clone()
    }

    async fn status(&self) -> Value {
        let shared = &self.shared;
        let consensus = self.consensus.state().await;
        let names = shared.validators();
        let proposer = consensus
            .as_ref()
            .and_then(|state| state.proposer)
            .and_then(|key| names.all().iter().find(|one| one.key == key).map(|one| one.name.clone()));
        let reasons = self.not_ready();
        let witness = |one: WitnessStatus| json!({"name": one.name, "key": one.key, "size": one.size, "trouble": one.trouble});
        let witnesses: Vec<Value> = shared.witnessing.all().into_iter().map(witness).collect();
        let clocks = shared.clocks_off();
        let off = |one: &crate::clocks::Off| json!({"name": one.name, "ahead_ms": one.ahead_ms, "refused": one.refused});
        let tip = shared.store.tip();
        let idle_ms = now().saturating_since(shared.progress.last_commit());
        let peers: Vec<Value> = shared
            .gossip
            .peers()
            .into_iter()
            .map(|peer| {
                let place = shared.progress.peer(&peer.name);
                json!({
                    "name": peer.name, "validator": peer.validator, "connected": peer.connected,
                    "height": place.height, "tree_size": place.tree_size,
                    "told_ms": (place.told.get() > 0).then_some(place.told),
                })
            })
            .collect();
        json!({
            "name": shared.config.name,
            "role": if shared.votes() { "validator" } else { "observer" },
            "version": env!("CARGO_PKG_VERSION"),
            "chain": shared.chain, "height": tip.height, "block_time_ms": tip.time,
            "last_block_age_ms": idle_ms, "heartbeat_ms": shared.config.blocks.heartbeat_ms,
            "history_size": tip.history_size, "certified_size": shared.settlements.certified_size(),
            "witnesses": witnesses,
            "waiting": shared.mempool.len(), "peers": peers,
            "missing_validators": shared.missing_validators(), "quorum": names.quorum(),
            "validators": names.all().len(),
            "consensus": consensus.map(|state| json!({
                "height": state.height, "round": state.round, "step": state.step, "proposer": proposer,
            })),
            "next_block": if shared.mempool.is_empty() {
                json!({"reason": "heartbeat", "in_ms": shared.config.blocks.heartbeat_ms.saturating_sub(idle_ms)})
            } else {
                json!({"reason": "records wait"})
            },
            "engine_dropped_messages": self.consensus.dropped_messages(),
            "own_clock_ahead_ms": clocks.own_ahead_ms,
            "clocks_off": clocks.off.iter().map(off).collect::<Vec<_>>(),
            "ready": reasons.is_empty(), "reasons": reasons,
        })
    }

    fn operator(&self) -> Result<Value, BackendError> {
        self.for_operators()
    }

    fn not_ready(&self) -> Vec<String> {
        let shared = &self.shared;
        let mut reasons = Vec::new();
        if shared.progress.has_failed() {
            reasons.push(
                "this node stopped itself because it cannot trust its disk or its engine; see its log".into(),
            );
        }
        if !shared.quorum_in_reach() {
            let missing = shared.missing_validators().join(", ");
            reasons.push(format!("too few validators are in reach to decide blocks; missing: {missing}"));
        }
        if shared.store.tip().height == Height::GENESIS {
            reasons.push("no block yet".into());
        } else if reasons.is_empty()
            && let Some(standing) = shared.standing()
        {
            reasons.push(format!(
                "no block for {} s although one is due: nothing is promised until blocks are decided again",
                standing.as_secs()
            ));
        }
        reasons
    }

    fn metrics(&self) -> String {
        let shared = &self.shared;
        let set = |gauge: &prometheus_client::metrics::gauge::Gauge, value: u64| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        let metrics = &shared.metrics;
        set(&metrics.waiting, shared.mempool.len() as u64);
        set(&metrics.height, shared.store.tip().height.get());
        set(&metrics.tree_size, shared.store.tip().history_size);
        set(&metrics.certified_size, shared.settlements.certified_size());
        set(
            &metrics.peers_connected,
            shared.gossip.peers().iter().filter(|peer| peer.connected).count() as u64,
        );
        set(&metrics.disk_bytes, shared.store.disk_bytes().unwrap_or(0));
        set(&metrics.witnessed_size, shared.checkpointer.witnessed_size());
        set(&metrics.webhook_behind, self.hooks.behind(shared.store.tip().height.get()));
        set(&metrics.webhook_aside, self.hooks.set_aside() as u64);
        let dropped = self.consensus.dropped_messages();
        metrics.engine_dropped.inc_by(dropped.saturating_sub(metrics.engine_dropped.get()));
        let clocks = shared.clocks_off();
        metrics.own_clock_ahead.set(clocks.own_ahead_ms.unwrap_or(0));
        set(
            &metrics.clocks_off,
            (clocks.off.len() as u64).saturating_add(u64::from(clocks.own_ahead_ms.is_some())),
        );
        metrics.text()
    }

    fn log_size(&self) -> Result<u64, BackendError> {
        Ok(self.shared.store.tip().history_size)
    }

    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError> {
        let read = |index| self.shared.store.node(NodePlace { level, index }).map_err(ours);
        range.map(read).collect()
    }

    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, BackendError> {
        range.map(|index| self.entry(index)).collect()
    }

    fn document_of(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
    ) -> Result<Lookup<NamedDocument>, BackendError> {
        let record = match self.stage(record)? {
            Lookup::Found(record) => record,
            Lookup::Pending { stage } => return Ok(Lookup::Pending { stage }),
            Lookup::Refused(why) => return Ok(Lookup::Refused(why)),
            Lookup::NotFound => return Ok(Lookup::NotFound),
        };
        let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
        let public = shown::is_public(&self.state(), &payload).map_err(ours)?;
        let named = payload.documents.into_iter().find(|document| document.digest == *digest);
        Ok(named.map_or(Lookup::NotFound, |reference| Lookup::Found(NamedDocument { reference, public })))
    }

    fn documents(&self) -> Option<DocumentStore> {
        self.documents.store()
    }
}
