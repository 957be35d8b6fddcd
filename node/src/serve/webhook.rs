//! What a node's webhooks tell: the records of its committed blocks that anyone may see.
//!
//! **Invariant:** a hook reads what is committed, in a task of its own; nothing waits for it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_contracts::shown;
use biaozheng_ledger::ids::{ChainId, Height};
use biaozheng_ledger::payload::Payload;
use biaozheng_store::Store;
use biaozheng_webhook::{Event, Hooks, Source, SourceError, StartError};

use crate::chain::executor::StoredState;
use crate::chain::progress::Progress;
use crate::run::config::Config;
use crate::run::metrics::Metrics;
use crate::run::stop::Stop;

/// The blocks a node's webhooks read.
#[derive(Debug)]
pub struct CommittedBlocks {
    pub store: Store,
    pub progress: Arc<Progress>,
    pub metrics: Arc<Metrics>,
    pub stop: Stop,
}

/// Starts the webhooks of the configuration.
///
/// # Errors
/// When a secret or a cursor cannot be used.
pub fn start(config: &Config, chain: &ChainId, blocks: CommittedBlocks) -> Result<Hooks, StartError> {
    let source: Arc<dyn Source> = Arc::new(blocks);
    Hooks::start(&config.webhooks, &config.webhooks_path(), &chain.to_string(), &source)
}

fn ours(error: impl ToString) -> SourceError {
    SourceError(error.to_string())
}

#[async_trait]
impl Source for CommittedBlocks {
    fn height(&self) -> u64 {
        self.progress.committed.borrow().get()
    }

    async fn committed(&self, height: u64, timeout: Duration) {
        let mut committed = self.progress.committed.subscribe();
        let _ = tokio::time::timeout(timeout, committed.wait_for(|tip| tip.get() >= height)).await;
    }

    fn events(&self, height: u64) -> Result<Vec<Event>, SourceError> {
        // A receiver's failure is its own; a block that cannot be read is this node's.
        tokio::task::block_in_place(|| self.public_records(Height::new(height)))
            .map_err(|failure| self.stop.stopped(failure))
    }

    fn delivered(&self) {
        self.metrics.webhooks.deliveries.inc();
    }

    fn failed(&self) {
        self.metrics.webhooks.failures.inc();
    }
}

impl CommittedBlocks {
    /// A bid before its opening is left out, as everywhere.
    fn public_records(&self, height: Height) -> Result<Vec<Event>, SourceError> {
        let store = &self.store;
        let ids = store.block_record_ids(height).map_err(ours)?;
        let ids = ids.ok_or_else(|| ours(format!("block {height} is not there")))?;
        let mut events = Vec::new();
        for id in ids {
            let missing = || ours(format!("record {id} of block {height} is not there"));
            let record = store.record(&id).map_err(ours)?.ok_or_else(missing)?;
            let payload = Payload::decode(&record.envelope.payload).map_err(ours)?;
            if shown::is_public(&StoredState(store), &payload).map_err(ours)? {
                events.push(Event {
                    height: height.get(),
                    position: record.position,
                    time_ms: record.time.get(),
                    record: id.to_string(),
                    kind: payload.record_type.to_string(),
                    project: payload.project.map(|project| project.to_string()),
                    author: payload.author.org.to_string(),
                });
            }
        }
        Ok(events)
    }
}
