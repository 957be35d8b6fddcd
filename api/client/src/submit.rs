//! Submitting until it is certain: the same bytes are sent again, never signed again, so nothing doubles.

use std::time::{Duration, Instant};

use biaozheng_ledger::record::Record;

use crate::client::Client;
use crate::error::ClientError;
use crate::model::{Submission, Wait};

/// How long and how often to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// From the first try to giving up.
    pub total: Duration,
    /// The first pause between tries; it doubles.
    pub pause_first: Duration,
    pub pause_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(60),
            pause_first: Duration::from_millis(100),
            pause_max: Duration::from_secs(5),
        }
    }
}

impl Client {
    /// Submits a record and, while the fault is temporary or the record has not come as far as `wait` asks,
    /// submits the very same bytes again.
    ///
    /// `Ok` may fall short of `wait` when patience ends: see [`Submission::reached`]. The receipt then stands.
    ///
    /// # Errors
    /// The last [`ClientError`] when patience ends without a receipt, or at once what another try cannot change.
    pub async fn submit_until(
        &self,
        record: &Record,
        wait: Wait,
        patience: Patience,
    ) -> Result<Submission, ClientError> {
        let envelope = record.envelope().to_json();
        let started = Instant::now();
        let mut pause = patience.pause_first;
        let mut received = None;
        loop {
            let left = patience.total.saturating_sub(started.elapsed());
            let outcome =
                match self.submit(&envelope, wait, left).await.map(|one| one.after(received.as_ref())) {
                    Ok(submission) if submission.record != record.id() => {
                        return Err(ClientError::Unexpected {
                            url: format!("{}/v1/records", self.base_url()),
                            reason: format!("the answer is about record {}", submission.record),
                        });
                    }
                    Ok(submission) if !submission.is_whole() => {
                        return Err(ClientError::Unexpected {
                            url: format!("{}/v1/records", self.base_url()),
                            reason: "the answer has neither a receipt nor the block the record stands in"
                                .to_owned(),
                        });
                    }
                    Ok(submission) if submission.reached(wait) => return Ok(submission),
                    Err(error) if !error.is_temporary() => return Err(error),
                    outcome => outcome,
                };
            let asked = outcome.as_ref().err().and_then(ClientError::retry_after);
            // A receipt outlives a later fault.
            let best = match (outcome, received.take()) {
                (Err(_), Some(before)) => Ok(before),
                (outcome, _) => outcome,
            };
            let next = asked.unwrap_or(pause).min(patience.pause_max);
            if started.elapsed().saturating_add(next) >= patience.total {
                return best;
            }
            received = best.ok();
            tokio::time::sleep(next).await;
            pause = pause.saturating_mul(2).min(patience.pause_max);
        }
    }
}
