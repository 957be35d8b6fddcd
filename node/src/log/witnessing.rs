//! Asks the outside witnesses of the configuration to cosign what the consortium cosigned.
//!
//! **Invariant:** it begins where the consortium's own work on a checkpoint ends, in a task of its own, and nothing
//! waits for it: a witness that is slow, away or hostile costs its own line and nothing else. Each witness has a task, so
//! at any time there is at most one request under way to each, and none waits for another.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use biaozheng_audit::WitnessClient;
use biaozheng_audit::witness::WitnessError;
use biaozheng_ledger::merkle::consistency_path;
use biaozheng_ledger::note::{NoteSignature, SignedNote};
use biaozheng_store::Store;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::chain::consensus::Fatal;
use crate::log::checkpointer::Checkpointer;
use crate::run::config::{LogWitnessSettings, OutsideWitness};
use crate::run::metrics::Metrics;
use crate::run::stop::Stop;

/// Time between two rounds of questions: under load a witness cosigns some of the checkpoints, which cover all.
const ROUND_PAUSE: Duration = Duration::from_millis(200);
/// So many answers in a row that it knows a larger tree are no longer explained by other nodes that asked before.
const OVERTAKEN_MAX: u32 = 30;
/// First wait after a failure; doubled with each further one.
const RETRY_MS_MIN: u64 = 1000;

/// What is known of each witness, for the node's status.
#[derive(Debug, Default)]
pub struct LogWitnesses(RwLock<Vec<LogWitnessStatus>>);

/// One witness as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogWitnessStatus {
    pub name: String,
    /// Its key text, for policies and auditors.
    pub key: String,
    /// Leaves of the newest tree that has its line.
    pub size: u64,
    /// Why it did not cosign when it was asked last.
    pub trouble: Option<String>,
}

impl LogWitnesses {
    #[must_use]
    pub fn all(&self) -> Vec<LogWitnessStatus> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn begin(&self, all: Vec<LogWitnessStatus>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    fn set(&self, place: usize, status: LogWitnessStatus) {
        if let Some(kept) = self.0.write().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
            *kept = status;
        }
    }
}

struct Asked {
    client: WitnessClient,
    /// Leaves of the newest tree that has its line.
    has: u64,
    failures: u32,
    /// Answers in a row that other nodes came first.
    overtaken: u32,
    due: Instant,
    trouble: Option<String>,
}

/// What the questions are asked with; each witness's task holds it.
#[derive(Debug)]
pub struct Questions {
    pub store: Store,
    pub checkpointer: Arc<Checkpointer>,
    pub witnessing: Arc<LogWitnesses>,
    pub settings: LogWitnessSettings,
    pub metrics: Arc<Metrics>,
    pub stop: Stop,
}

impl Questions {
    /// Starts asking; does nothing where no witness is configured.
    ///
    /// # Errors
    /// When a witness's address cannot be used, which the configuration refuses before.
    pub fn start(self, witnesses: &[OutsideWitness]) -> Result<(), WitnessError> {
        let timeout = Duration::from_millis(self.settings.timeout_ms);
        let client =
            |one: &OutsideWitness| Ok(WitnessClient::new(&one.url, one.key.clone())?.with_timeout(timeout));
        let clients = witnesses.iter().map(client).collect::<Result<Vec<_>, WitnessError>>()?;
        let asked =
            |client| Asked { client, has: 0, failures: 0, overtaken: 0, due: Instant::now(), trouble: None };
        let witnesses: Vec<Asked> = clients.into_iter().map(asked).collect();
        self.witnessing.begin(witnesses.iter().map(Asked::status).collect());
        let questions = Arc::new(self);
        for (place, witness) in witnesses.into_iter().enumerate() {
            tokio::spawn(run(Arc::clone(&questions), place, witness));
        }
        Ok(())
    }
}

/// Asks one witness, for ever.
async fn run(with: Arc<Questions>, place: usize, mut witness: Asked) {
    let mut sizes = with.checkpointer.sizes();
    loop {
        with.witnessing.set(place, witness.status());
        let size = *sizes.borrow_and_update();
        if witness.has >= size {
            if sizes.changed().await.is_err() {
                return;
            }
        } else if witness.due > Instant::now() {
            tokio::time::sleep_until(witness.due).await;
        }
        if let Some(newest) = with.checkpointer.newest() {
            witness.round(&with, newest.0, &newest.1).await;
        }
        if with.stop.has_failed() {
            return;
        }
        tokio::time::sleep(ROUND_PAUSE).await;
    }
}

impl Asked {
    /// Asks if it is due and lacks this tree, and adds its line.
    async fn round(&mut self, with: &Questions, size: u64, note: &SignedNote) {
        let asked = Instant::now();
        if self.has >= size || self.due > asked {
            return;
        }
        // With the consortium's lines: a witness that has the genesis asks for its quorum.
        let bare = with.checkpointer.own_lines(note);
        let line = match self.ask(with, size, &bare).await {
            Ok(Some(line)) => line,
            Ok(None) => return,
            Err(fatal) => return with.stop.stop(&fatal),
        };
        let added =
            tokio::task::block_in_place(|| with.checkpointer.witnessed(size, note, line, asked.into_std()));
        if let Err(fatal) = added {
            with.stop.stop(&fatal);
        }
    }

    fn status(&self) -> LogWitnessStatus {
        let key = self.client.key();
        LogWitnessStatus {
            name: key.name().to_owned(),
            key: key.to_string(),
            size: self.has,
            trouble: self.trouble.clone(),
        }
    }

    /// The witness's line; nothing where it gives none.
    ///
    /// # Errors
    /// [`Fatal`] when the tree cannot be read for the proof it is asked with.
    async fn ask(
        &mut self,
        with: &Questions,
        size: u64,
        note: &SignedNote,
    ) -> Result<Option<NoteSignature>, Fatal> {
        let unreadable = Mutex::new(None);
        let prove = |old| {
            let path = tokio::task::block_in_place(|| consistency_path(old, size, &with.store));
            path.unwrap_or_else(|error| {
                *unreadable.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
                None
            })
        };
        let answer = self.client.cosign(note, size, prove).await;
        if let Some(error) = unreadable.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(Fatal::new(error));
        }
        Ok(match answer {
            Ok(line) => {
                if self.trouble.take().is_some() {
                    info!(witness = %line.name, size, "an outside witness cosigns again");
                }
                (self.has, self.failures, self.overtaken) = (size, 0, 0);
                Some(line)
            }
            Err(failure) => {
                self.failed(with, &failure);
                None
            }
        })
    }

    fn failed(&mut self, with: &Questions, failure: &WitnessError) {
        // Another node of the consortium asked it about a newer tree in the meantime: no fault, and no long wait.
        let overtaken = matches!(failure, WitnessError::Ahead { .. } | WitnessError::Busy { .. });
        self.overtaken = if overtaken { self.overtaken.saturating_add(1) } else { 0 };
        if overtaken && self.overtaken <= OVERTAKEN_MAX {
            self.due = later(RETRY_MS_MIN);
            return;
        }
        if matches!(failure, WitnessError::Fork { .. }) {
            error!(%failure, "an outside witness says it knows another history of this chain: to be looked into");
            with.metrics.log.witness_conflicts.inc();
        } else if self.trouble.is_none() {
            warn!(%failure, "an outside witness does not cosign; the consortium goes on without its line");
        }
        with.metrics.log.witness_failures.inc();
        self.trouble = Some(failure.to_string());
        let wait_ms = RETRY_MS_MIN.checked_shl(self.failures).unwrap_or(u64::MAX);
        self.failures = self.failures.saturating_add(1).min(32);
        self.due = later(wait_ms.min(with.settings.retry_ms_max));
    }
}

fn later(wait_ms: u64) -> Instant {
    let now = Instant::now();
    now.checked_add(Duration::from_millis(wait_ms)).unwrap_or(now)
}
