//! Whether a record may come in: its signatures, its form, and a trial on the newest state.
//!
//! **Invariant:** what the rules say is a [`Reject`], and what this node cannot read is a [`Fatal`]; neither becomes the other.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_contracts::{self as contracts, BlockContext, Refusal, Reject};
use biaozheng_ledger::record::{Record, RecordError, VerifiedRecord};
use biaozheng_store::Store;

use super::keyring::Keyring;
use crate::chain::consensus::Fatal;
use crate::chain::executor::{StoredState, overlay_at_tip};
use crate::run::clock::now;
use crate::run::identity::Identity;

/// A trial reads the state beside the blocks that change it, and one may come between two of its reads. What is the disk's
/// failure fails again: so often it is read again, after this pause.
const READ_AGAIN: usize = 3;
const READ_PAUSE: Duration = Duration::from_millis(20);

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Judge {
    identity: Arc<Identity>,
    store: Store,
    keyring: Arc<Keyring>,
}

impl Judge {
    #[must_use]
    pub const fn new(identity: Arc<Identity>, store: Store, keyring: Arc<Keyring>) -> Self {
        Self { identity, store, keyring }
    }

    /// Verifies a record with remembered keys.
    ///
    /// # Errors
    /// As [`Record::verify_with`].
    pub fn verify(&self, record: Record) -> Result<VerifiedRecord, RecordError> {
        record.verify_with(&self.identity.chain, |key| self.keyring.prepare(key))
    }

    /// Executes a record on the newest state without keeping anything: would it be refused now?
    ///
    /// # Errors
    /// [`Fatal`] when the state cannot be read.
    pub fn trial(&self, record: &VerifiedRecord) -> Result<Result<(), Reject>, Fatal> {
        for _ in 0..READ_AGAIN {
            match self.tried(record) {
                Err(_) => std::thread::sleep(READ_PAUSE),
                verdict => return verdict,
            }
        }
        self.tried(record)
    }

    fn tried(&self, record: &VerifiedRecord) -> Result<Result<(), Reject>, Fatal> {
        let tip = self.store.tip();
        let state = StoredState(&self.store);
        let mut overlay = overlay_at_tip(&state, tip.height, &self.identity.founding)?;
        let time = now().max(tip.time.saturating_add(1));
        let context = BlockContext { chain: self.identity.chain, height: tip.height.next(), time };
        match contracts::execute(&mut overlay, &context, record) {
            Ok(_) => Ok(Ok(())),
            Err(Refusal::Reject(reject)) => Ok(Err(reject)),
            Err(Refusal::Failure(broken)) => Err(broken.into()),
        }
    }
}
