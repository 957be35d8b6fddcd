//! Who waits for which record: from receipt to block to certificate.
//!
//! Waiters are woken one by one by what they wait for, never all at once by every block.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use biaozheng_contracts::Reject;
use biaozheng_ledger::ids::RecordId;
use tokio::sync::oneshot;

/// How a record's wait ended.
#[derive(Debug, Clone)]
pub enum Settlement {
    /// In a block, as this leaf of the history tree.
    Committed { leaf: u64 },
    /// Refused when it was executed.
    Refused(Reject),
}

/// Waiting clients of one node.
#[derive(Debug, Default)]
pub struct Settlements {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_record: HashMap<RecordId, Vec<oneshot::Sender<Settlement>>>,
    by_leaf: BTreeMap<u64, Vec<oneshot::Sender<()>>>,
    certified: u64,
}

impl Settlements {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks to be told when the record is committed or refused. Register first, then look into the store.
    pub fn on_settled(&self, id: RecordId) -> oneshot::Receiver<Settlement> {
        let (sender, receiver) = oneshot::channel();
        let mut inner = self.lock();
        let waiters = inner.by_record.entry(id).or_default();
        waiters.retain(|waiter| !waiter.is_closed());
        waiters.push(sender);
        receiver
    }

    /// Asks to be told when a checkpoint covers the leaf; `None` when one does already.
    pub fn on_certified(&self, leaf: u64) -> Option<oneshot::Receiver<()>> {
        let mut inner = self.lock();
        if leaf < inner.certified {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        inner.by_leaf.entry(leaf).or_default().push(sender);
        Some(receiver)
    }

    pub fn settle(&self, id: &RecordId, settled: &Settlement) {
        let waiters = self.lock().by_record.remove(id).unwrap_or_default();
        for waiter in waiters {
            // A client that hung up is no error.
            let _ = waiter.send(settled.clone());
        }
    }

    /// A quorum cosigned a tree of this size.
    pub fn certify(&self, size: u64) {
        let woken = {
            let mut inner = self.lock();
            inner.certified = inner.certified.max(size);
            let later = inner.by_leaf.split_off(&size);
            std::mem::replace(&mut inner.by_leaf, later)
        };
        for waiter in woken.into_values().flatten() {
            let _ = waiter.send(());
        }
    }

    #[must_use]
    pub fn certified_size(&self) -> u64 {
        self.lock().certified
    }

    /// Forgets waiters whose clients hung up; called now and then.
    pub fn sweep(&self) {
        let mut inner = self.lock();
        inner.by_record.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
        inner.by_leaf.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
    }
}
