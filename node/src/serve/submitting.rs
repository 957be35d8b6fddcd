//! A client's record: taken by the door, answered with a receipt, and waited for.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_api::{BackendError, Settled, SubmitError, Submitted, Wanted, Word};
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use biaozheng_store::Store;

use super::ours;
use crate::intake::door::{Door, From, Looked, NotTaken, Taken};
use crate::intake::settlements::{Settlement as Waited, Settlements};
use crate::log::certificates::Certificates;
use crate::run::clock::now;
use crate::run::identity::Identity;
use crate::sealing::entries::way_ms;

/// What a submission is answered with.
#[derive(Debug)]
pub struct Submitting {
    pub identity: Arc<Identity>,
    pub store: Store,
    pub door: Arc<Door>,
    pub settlements: Arc<Settlements>,
    pub certificates: Arc<Certificates>,
    /// What a receipt promises.
    pub promise_ms: u64,
}

fn not_taken(reason: NotTaken) -> SubmitError {
    match reason {
        NotTaken::Malformed(detail) => SubmitError::Malformed(detail),
        NotTaken::Signature(detail) => SubmitError::Signature(detail),
        NotTaken::Refused(reject) => SubmitError::Refused(reject),
        NotTaken::NotReady(reasons) => SubmitError::NotReady(reasons.join("; ")),
        NotTaken::Behind { retry_after_s } => SubmitError::Busy { retry_after_s },
        NotTaken::Full | NotTaken::Busy => SubmitError::Busy { retry_after_s: 1 },
    }
}

impl Submitting {
    pub(super) async fn submit(&self, envelope: &[u8]) -> Result<Submitted, SubmitError> {
        let record =
            Record::from_json(envelope).map_err(|error| SubmitError::Malformed(error.to_string()))?;
        let id = record.id();
        let taken = self.door.take(record, From::Client).await;
        // The door told the node to stop; the client hears that it did not work.
        let taken = taken.map_err(|fatal| SubmitError::Internal(fatal.to_string()))?;
        match taken.map_err(not_taken)? {
            Taken::Stands(block) => Ok(Submitted { id, word: Word::Stands(block) }),
            Taken::Waits { looked } => Ok(self.receipt(id, looked)),
        }
    }

    /// Promises a record; one that waits for its moment, from then on.
    fn receipt(&self, id: RecordId, looked: Looked) -> Submitted {
        let identity = &self.identity;
        // A clock that lags must not promise a time that is over.
        let received = now().max(looked.time);
        let promised = match self.door.moment_of(&id) {
            Some(moment) => moment.max(received).saturating_add(way_ms(self.promise_ms)),
            None => received.saturating_add(self.promise_ms),
        };
        let receipt = Receipt {
            chain: identity.chain,
            record: id,
            node: identity.name.clone(),
            key: identity.api_key.public(),
            received_at_ms: received,
            promised_by_ms: promised,
            history_size: Some(looked.history_size),
        };
        Submitted { id, word: Word::Receipt(receipt.sign(&identity.api_key).to_value()) }
    }

    pub(super) async fn wait(
        &self,
        id: RecordId,
        wanted: Wanted,
        timeout: Duration,
    ) -> Result<Settled, BackendError> {
        let now = tokio::time::Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now);
        let settled = self.settlements.on_settled(id);
        let leaf = match self.store.record(&id).map_err(ours)? {
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
        if let Some(certified) = self.settlements.on_certified(leaf)
            && tokio::time::timeout_at(deadline, certified).await.is_err()
        {
            return Ok(Settled::Timeout { stage: "committed" });
        }
        if let Some(text) = self.certificates.of_recent(&id).map_err(ours)? {
            return Ok(Settled::Certified(text));
        }
        let stored = self.store.record(&id).map_err(ours)?;
        let text = stored.map(|record| self.certificates.of_stored(&record)).transpose().map_err(ours)?;
        Ok(match text.flatten() {
            Some(text) => Settled::Certified(text),
            None => Settled::Timeout { stage: "committed" },
        })
    }
}
