//! The contracts' key-value state, and the buckets of the tree that commits to it.

use std::sync::PoisonError;

use biaozheng_ledger::state_tree::{BucketReader, StateTree, bucket_hash, is_bucket};

use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::schema::{Family, prefix_end};

/// A key of the state and its value.
pub type KeyValue = (Vec<u8>, Vec<u8>);

impl Store {
    /// The value of a key at the tip.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn state_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let turns = {
            let cache = self.0.state_cache.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = cache.get(key) {
                return Ok(known);
            }
            cache.turns()
        };
        let value = self.0.database.get(Family::State, key)?;
        let mut cache = self.0.state_cache.write().unwrap_or_else(PoisonError::into_inner);
        cache.put(turns, key, value.as_deref());
        Ok(value)
    }

    /// Keys that begin with `prefix`, with their values, in order, from the first above `after`; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or the disk's.
    pub fn state_scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<KeyValue>, StoreError> {
        // The smallest key above another is that key and a zero byte.
        let start = after.map(|after| [after, &[0]].concat()).unwrap_or_default().max(prefix.to_vec());
        let rows = self.0.database.scan(Family::State, &start, prefix_end(prefix)).take(limit);
        rows.map(|row| row.map(|(key, value)| (key.into_vec(), value))).collect()
    }

    /// The state tree at the tip. The one the opening check computed is given away once; afterwards it is read
    /// again, a matter of seconds for ten million keys.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when its root is not the newest block's, or the disk's.
    pub fn load_state_tree(&self) -> Result<StateTree, StoreError> {
        let _no_commit_meanwhile = lock(&self.0.commits);
        if let Some(tree) = lock(&self.0.state_tree).take() {
            return Ok(tree);
        }
        let tree = self.noted(self.read_state_tree())?;
        if tree.root() != self.position().tip.state_root {
            return Err(self.found_damaged("the state has another root than the newest block says"));
        }
        Ok(tree)
    }

    pub(crate) fn read_state_tree(&self) -> Result<StateTree, StoreError> {
        let mut hashes = Vec::new();
        for row in self.0.database.scan(Family::Buckets, &[], None) {
            let (key, content) = row?;
            let index = key.as_ref().try_into().map(u16::from_be_bytes);
            match index {
                Ok(index) if is_bucket(index, &content) => hashes.push((index, bucket_hash(&content))),
                _ => {
                    return Err(StoreError::corrupt(format!(
                        "{} is not a bucket",
                        Family::Buckets.row(&key)
                    )));
                }
            }
        }
        Ok(StateTree::load(hashes))
    }
}

/// Gives what is stored; the tree holds it against the bucket's hash.
impl BucketReader for Store {
    type Error = StoreError;

    fn bucket(&self, index: u16) -> Result<Vec<u8>, StoreError> {
        Ok(self.0.database.get(Family::Buckets, &index.to_be_bytes())?.unwrap_or_default())
    }
}
