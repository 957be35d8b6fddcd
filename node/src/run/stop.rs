//! The one treatment of what a node finds it cannot trust: its disk, its state, its engine.
//!
//! **Invariant:** once it is said, nothing is acknowledged any more, and the node ends. A rule's refusal, and whatever a
//! peer or a client sends, never comes here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tracing::error;

use crate::chain::consensus::Fatal;

/// A handle every task holds. All clones are one.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Writes the reason, and ends the node.
    pub fn stop(&self, fatal: &Fatal) {
        error!(%fatal, "stopping: this node cannot trust its disk");
        self.fail();
    }

    /// As [`Stop::stop`], for whoever hands the failure on in words of its own.
    pub fn stopped<E: ToString>(&self, failure: E) -> E {
        self.stop(&Fatal::new(failure.to_string()));
        failure
    }

    /// As [`Stop::stop`], for whoever hands on what it got.
    ///
    /// # Errors
    /// The failure that was given, after the node was told to end over it.
    pub fn held<T>(&self, result: Result<T, Fatal>) -> Result<T, Fatal> {
        result.inspect_err(|fatal| self.stop(fatal))
    }

    /// Consensus or the disk failed, and whoever says so has named the reason already.
    pub fn fail(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
