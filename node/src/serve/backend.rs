//! The node behind the API: which part answers what.

#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_api::backend::{Newest, Page};
use biaozheng_api::{
    ApiLimits, Backend, BackendError, Lookup, NamedDocument, Settled, SubmitError, Submitted, Wanted,
};
use biaozheng_contracts::BlockContext;
use biaozheng_contracts::project;
use biaozheng_contracts::project::search::Place;
use biaozheng_documents::DocumentStore;
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, Height, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::merkle::Hash;
use biaozheng_ledger::payload::Payload;
use bytes::Bytes;
use serde_json::{Value, json};

use super::blocks::Blocks;
use super::documents::Documents;
use super::operator::Operator;
use super::ours;
use super::records::Records;
use super::search::search;
use super::status::Status;
use super::submitting::Submitting;
use crate::chain::executor::StoredState;
use crate::chain::project_order::ProjectOrder;
use crate::run::config::Config;

/// Serves the API from a running node.
#[derive(Debug)]
pub struct NodeBackend {
    pub submitting: Submitting,
    pub records: Arc<Records>,
    pub blocks: Blocks,
    pub projects: Arc<ProjectOrder>,
    pub status: Status,
    pub operator: Operator,
    pub documents: Documents,
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

#[async_trait]
impl Backend for NodeBackend {
    async fn submit(&self, envelope: Bytes) -> Result<Submitted, SubmitError> {
        self.submitting.submit(&envelope).await
    }

    async fn wait(&self, id: RecordId, wanted: Wanted, timeout: Duration) -> Result<Settled, BackendError> {
        self.submitting.wait(id, wanted, timeout).await
    }

    fn record(&self, id: &RecordId) -> Result<Lookup<Value>, BackendError> {
        self.records.record(id)
    }

    fn certificate(&self, id: &RecordId) -> Result<Lookup<String>, BackendError> {
        self.records.certificate(id)
    }

    fn inclusion(&self, id: &RecordId, size: u64) -> Result<Lookup<Value>, BackendError> {
        self.records.inclusion(id, size)
    }

    fn cose_receipt(&self, id: &RecordId) -> Result<Lookup<Vec<u8>>, BackendError> {
        self.records.cose_receipt(id)
    }

    fn verify(&self, certificate: &[u8], document: Option<(Digest, u64)>) -> Result<Value, String> {
        let certificate = Certificate::from_json(certificate).map_err(|error| error.to_string())?;
        let identity = &self.submitting.identity;
        let policy = identity.genesis.policy().map_err(|error| error.to_string())?;
        let expected = Expectations {
            policy: Some(&policy),
            chain: Some(identity.chain),
            document,
            ..Expectations::default()
        };
        let verification = certificate.verify(&expected);
        let mut value = serde_json::to_value(&verification).map_err(|error| error.to_string())?;
        value["valid"] = json!(verification.is_valid());
        value["failed"] = json!(verification.failed_step().map(|(step, _)| step.name()));
        Ok(value)
    }

    fn newest(&self) -> Newest<'_> {
        let store = &self.submitting.store;
        // The block first: state read after it is never older.
        let tip = store.tip();
        let block =
            BlockContext { chain: self.submitting.identity.chain, height: tip.height, time: tip.time };
        Newest { block, state: Box::new(StoredState(store)) }
    }

    fn said(&self, id: &RecordId) -> Result<Option<(Payload, TimeMs)>, BackendError> {
        self.records.said(id)
    }

    fn search(&self, words: &str, after: Option<&Place>, limit: usize) -> Result<Page, BackendError> {
        search(&StoredState(&self.submitting.store), words, after, limit)
    }

    fn project_records(
        &self,
        id: &ProjectId,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Page, BackendError> {
        self.records.of_project(id, after, limit)
    }

    fn projects_newest(&self, before: Option<u64>, limit: usize) -> Result<Page, BackendError> {
        let (projects, next) = self.projects.newest(before, limit);
        let state = StoredState(&self.submitting.store);
        let mut items = Vec::new();
        for project in &projects {
            items.extend(project::view::project_line(&state, project).map_err(ours)?);
        }
        Ok((items, next.map(|next| next.to_string())))
    }

    fn blocks(&self, after: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        self.blocks.page(after, limit)
    }

    fn blocks_newest(&self, before: Option<Height>, limit: usize) -> Result<Page, BackendError> {
        self.blocks.newest(before, limit)
    }

    fn block(&self, height: Height) -> Result<Option<Value>, BackendError> {
        self.blocks.block(height)
    }

    fn block_records(
        &self,
        height: Height,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Option<Value>, BackendError> {
        self.blocks.decided(height, after, limit)
    }

    fn checkpoint(&self) -> Result<Option<String>, BackendError> {
        Ok(self.status.checkpointer.published().map(|shown| shown.1.to_string()))
    }

    fn consistency(&self, from: u64, to: u64) -> Result<Option<Value>, BackendError> {
        self.blocks.consistency(from, to)
    }

    fn height(&self) -> Height {
        self.submitting.store.tip().height
    }

    async fn committed(&self, height: Height, timeout: Duration) {
        let mut committed = self.status.readiness.progress.committed.subscribe();
        let _ = tokio::time::timeout(timeout, committed.wait_for(|tip| *tip >= height)).await;
    }

    fn genesis(&self) -> String {
        self.submitting.identity.genesis_json.clone()
    }

    fn policy(&self) -> String {
        self.submitting.certificates.policy().to_owned()
    }

    async fn status(&self) -> Value {
        self.status.show().await
    }

    fn operator(&self) -> Result<Value, BackendError> {
        self.operator.show()
    }

    fn not_ready(&self) -> Vec<String> {
        self.status.readiness.reasons()
    }

    fn metrics(&self) -> String {
        self.status.metrics()
    }

    fn log_size(&self) -> Result<u64, BackendError> {
        Ok(self.submitting.store.tip().history_size)
    }

    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError> {
        self.blocks.history_nodes(level, range)
    }

    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, BackendError> {
        range.map(|index| self.blocks.entry(index)).collect()
    }

    fn document_of(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
    ) -> Result<Lookup<NamedDocument>, BackendError> {
        self.records.document_of(record, digest)
    }

    fn documents(&self) -> Option<DocumentStore> {
        self.documents.store()
    }
}
