//! Writes received records to disk before they are acknowledged: one synced batch for all that wait.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::record::VerifiedRecord;
use biaozheng_store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};

/// Records of one synced batch.
const BATCH_MAX: usize = 1024;
/// Under load, how long the first record of a batch waits for others: one sync costs as much as many.
const GATHER: Duration = Duration::from_millis(2);
/// Records that wait for the disk; a client beyond is told to come back.
const QUEUE_MAX: usize = 8192;

struct Entry {
    record: Arc<VerifiedRecord>,
    received: TimeMs,
    done: oneshot::Sender<Result<(), JournalError>>,
}

/// Handle to the journal's thread.
#[derive(Debug, Clone)]
pub struct Journal(mpsc::Sender<Entry>);

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.record.id())
    }
}

/// Why a record was not written. Only the second is the disk's failure, which stops the node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error("too many records wait for the disk")]
    Busy,
    #[error("the disk failed: {0}")]
    Disk(String),
}

impl From<StoreError> for JournalError {
    /// A full journal is a limit reached, by whoever sent so much: the disk is well.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::PendingFull { .. } => Self::Busy,
            other => Self::Disk(other.to_string()),
        }
    }
}

impl Journal {
    /// Starts the writer on a blocking thread of the runtime; it ends when the last handle is dropped.
    ///
    /// The runtime waits for it when it ends, so the store is closed before the process is: RocksDB must not be
    /// at work on another thread while the program's exit takes its statics away.
    #[must_use]
    pub fn start(store: Store) -> Self {
        Self::over(move |entries| store.add_pending(entries))
    }

    /// The same over whatever writes a batch, synced.
    pub(super) fn over(write: impl Fn(&[Row<'_>]) -> Result<(), StoreError> + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel::<Entry>(QUEUE_MAX);
        tokio::task::spawn_blocking(move || write_batches(receiver, write));
        Self(sender)
    }

    /// Returns when the record is on disk.
    ///
    /// # Errors
    /// [`JournalError`]: the record must not be acknowledged.
    pub async fn write(&self, record: Arc<VerifiedRecord>, received: TimeMs) -> Result<(), JournalError> {
        let (done, written) = oneshot::channel();
        self.0.try_send(Entry { record, received, done }).map_err(|_| JournalError::Busy)?;
        written.await.map_err(|_| JournalError::Disk("the journal's thread ended".into()))?
    }
}

/// One record as the store takes it.
pub(super) type Row<'a> = (RecordId, TimeMs, &'a Envelope);

fn write_batches(mut receiver: mpsc::Receiver<Entry>, write: impl Fn(&[Row<'_>]) -> Result<(), StoreError>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut busy = false;
    while let Some(first) = receiver.blocking_recv() {
        batch.push(first);
        if busy {
            std::thread::sleep(GATHER);
        }
        while batch.len() < BATCH_MAX {
            let Ok(next) = receiver.try_recv() else { break };
            batch.push(next);
        }
        let entries: Vec<Row<'_>> =
            batch.iter().map(|e| (e.record.id(), e.received, e.record.envelope())).collect();
        busy = batch.len() > 1;
        let result = write(&entries).map_err(JournalError::from);
        for entry in batch.drain(..) {
            let _ = entry.done.send(result.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_journal_is_no_disk_that_fails() {
        let full = StoreError::PendingFull { records_max: 1, bytes_max: 1 };
        assert_eq!(
            JournalError::from(full),
            JournalError::Busy,
            "whoever sends so much must not stop the node"
        );
        let failed = StoreError::Genesis("any other".into());
        assert!(matches!(JournalError::from(failed), JournalError::Disk(_)));
    }
}
