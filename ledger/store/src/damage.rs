//! What a store remembers of its first failure: whoever runs it asks, and stops.
//!
//! **Invariant:** damage and a failing disk are remembered wherever they are met, on a client's read as in a commit,
//! so that no answer of an error to one client is all that comes of it.

use std::sync::OnceLock;

use crate::error::StoreError;
use crate::open::Store;

/// The first failure that means that the store cannot be trusted any more.
#[derive(Debug, Default)]
pub(crate) struct FirstFailure(OnceLock<StoreError>);

/// A shortage passes, and the same file is read again.
fn is_momentary(message: &str) -> bool {
    message.contains("Too many open files")
}

impl FirstFailure {
    /// Remembers what went wrong, where it means that the store or its disk cannot be trusted.
    pub(crate) fn note<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &result {
            let ends = match error {
                StoreError::Corrupt { .. } => true,
                StoreError::Io { message } => !is_momentary(message),
                _ => false,
            };
            if ends {
                let _ = self.0.set(error.clone());
            }
        }
        result
    }

    pub(crate) fn get(&self) -> Option<&StoreError> {
        self.0.get()
    }
}

impl Store {
    /// The first damage or failure of the disk that any reader or writer met since the store was opened: the node
    /// that has it stops.
    #[must_use]
    pub fn failure(&self) -> Option<StoreError> {
        self.0.database.first_failure.get().cloned()
    }

    /// Tells the store of damage that its reader found by holding together what it gave: a row that another one
    /// names and that is not there, a value with another hash than the tree says. Gives the error back in words.
    pub fn found_damaged(&self, what: impl Into<String>) -> StoreError {
        let error = StoreError::corrupt(what);
        let _ = self.0.database.first_failure.note::<()>(Err(error.clone()));
        error
    }

    /// Remembers a failure that shows only after the row was read.
    pub(crate) fn noted<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        self.0.database.first_failure.note(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_and_a_failing_disk_are_remembered_and_what_passes_is_not() {
        let io = |message: &str| StoreError::Io { message: message.to_owned() };
        let first = FirstFailure::default();
        assert!(first.note::<()>(Err(io("IO error: While open: x.sst: Too many open files"))).is_err());
        assert!(first.note::<()>(Err(StoreError::Stopped)).is_err());
        assert_eq!(first.get(), None, "what passes, and what follows from an earlier failure");
        assert!(first.note::<()>(Err(io("IO error: While pread: x.sst: Input/output error"))).is_err());
        assert!(first.note::<()>(Err(StoreError::corrupt("later"))).is_err());
        assert_eq!(
            first.get(),
            Some(&io("IO error: While pread: x.sst: Input/output error")),
            "the first stays"
        );
    }
}
