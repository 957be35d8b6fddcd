//! State as contracts see it: reads from below, writes kept apart until the record is accepted.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::machine::memory::Memory;

/// The state could not be read or does not decode. Ours, fatal, never a verdict.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("state: {0}")]
pub struct StateFailure(pub String);

/// Key and value.
pub(crate) type Entry = (Vec<u8>, Vec<u8>);

/// Where state is read from.
pub trait StateRead: Sync {
    /// # Errors
    /// When the disk fails.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure>;

    /// Entries whose key begins with `prefix`, in order, after a key.
    ///
    /// # Errors
    /// When the disk fails.
    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Entry>, StateFailure>;

    /// What this node remembers of cryptography; results are the same without it.
    fn memory(&self) -> Option<&Memory> {
        None
    }
}

/// Writes over a base that is left as it is.
pub struct Overlay<'a> {
    base: &'a dyn StateRead,
    changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
}

impl std::fmt::Debug for Overlay<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Overlay({} changes)", self.changes.len())
    }
}

impl<'a> Overlay<'a> {
    #[must_use]
    pub fn new(base: &'a dyn StateRead) -> Self {
        Self { base, changes: BTreeMap::new() }
    }

    #[must_use]
    pub fn into_changes(self) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        self.changes
    }

    pub(crate) fn absorb(&mut self, changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        self.changes.extend(changes);
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) {
        self.changes.insert(key, None);
    }

    pub(crate) fn put<T: BorshSerialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), StateFailure> {
        let bytes = borsh::to_vec(value).map_err(|error| StateFailure(error.to_string()))?;
        self.changes.insert(key, Some(bytes));
        Ok(())
    }
}

impl StateRead for Overlay<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateFailure> {
        match self.changes.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.base.get(key),
        }
    }

    fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Entry>, StateFailure> {
        let start = after.map_or_else(|| prefix.to_vec(), |after| [after, &[0]].concat());
        let own: Vec<_> =
            self.changes.range(start..).take_while(|(key, _)| key.starts_with(prefix)).collect();
        // Every removed key may hide one of the base's: ask for as many more.
        let below = self.base.scan(prefix, after, limit.saturating_add(own.len()))?;
        let mut merged: BTreeMap<Vec<u8>, Vec<u8>> = below.into_iter().collect();
        for (key, value) in own {
            match value {
                Some(value) => drop(merged.insert(key.clone(), value.clone())),
                None => drop(merged.remove(key)),
            }
        }
        Ok(merged.into_iter().take(limit).collect())
    }

    fn memory(&self) -> Option<&Memory> {
        self.base.memory()
    }
}

/// Reads and decodes one value.
pub(crate) fn load<T: BorshDeserialize>(
    state: &dyn StateRead,
    key: &[u8],
) -> Result<Option<T>, StateFailure> {
    let Some(bytes) = state.get(key)? else { return Ok(None) };
    borsh::from_slice(&bytes)
        .map(Some)
        .map_err(|error| StateFailure(format!("{}: {error}", key.escape_ascii())))
}

/// Reads and decodes all values under a prefix, at most `limit`.
pub(crate) fn load_all<T: BorshDeserialize>(
    state: &dyn StateRead,
    prefix: &[u8],
    limit: usize,
) -> Result<Vec<(Vec<u8>, T)>, StateFailure> {
    load_after(state, prefix, None, limit)
}

/// The same after a key: a page of them.
pub(crate) fn load_after<T: BorshDeserialize>(
    state: &dyn StateRead,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Vec<(Vec<u8>, T)>, StateFailure> {
    let decode = |(key, bytes): Entry| match borsh::from_slice(&bytes) {
        Ok(value) => Ok((key, value)),
        Err(error) => Err(StateFailure(format!("{}: {error}", key.escape_ascii()))),
    };
    state.scan(prefix, after, limit)?.into_iter().map(decode).collect()
}
