//! The history tree's stored subtrees, from which roots and proofs are put together.
//!
//! **Invariant:** a stored subtree never changes, so one that is remembered need not be read again; what is
//! remembered was on disk before.

use std::collections::HashMap;

use biaozheng_ledger::merkle::{Hash, NodePlace, NodeReader};

use crate::database::Database;
use crate::error::StoreError;
use crate::open::{Store, lock};
use crate::schema::{Family, node_key};

/// Subtrees of one generation: about 12 MiB of memory for both.
const GENERATION_MAX: usize = 65_536;

/// Remembers the subtrees used last, in two generations: bounded, and what is used survives.
#[derive(Debug, Default)]
pub(crate) struct NodeCache {
    young: HashMap<NodePlace, Hash>,
    old: HashMap<NodePlace, Hash>,
}

impl NodeCache {
    fn get(&mut self, place: NodePlace) -> Option<Hash> {
        if let Some(hash) = self.young.get(&place) {
            return Some(*hash);
        }
        let hash = *self.old.get(&place)?;
        self.put(place, hash);
        Some(hash)
    }

    pub(crate) fn put(&mut self, place: NodePlace, hash: Hash) {
        if self.young.len() >= GENERATION_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(place, hash);
    }
}

impl NodeReader for Database {
    type Error = StoreError;

    fn node(&self, place: NodePlace) -> Result<Hash, StoreError> {
        let what = |text: &str| {
            StoreError::corrupt(format!("history node {} of level {} {text}", place.index, place.level))
        };
        let row = self.get(Family::History, &node_key(place))?.ok_or_else(|| what("is missing"))?;
        row.try_into().map_err(|_| what("is not a hash"))
    }
}

impl NodeReader for Store {
    type Error = StoreError;

    fn node(&self, place: NodePlace) -> Result<Hash, StoreError> {
        if let Some(hash) = lock(&self.0.nodes).get(place) {
            return Ok(hash);
        }
        let hash = self.noted(self.0.database.node(place))?;
        lock(&self.0.nodes).put(place, hash);
        Ok(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_survives_and_memory_is_bounded() {
        let place = |index: usize| NodePlace { level: 0, index: index as u64 };
        let mut cache = NodeCache::default();
        for index in 0..GENERATION_MAX * 5 {
            cache.put(place(index), [u8::try_from(index % 251).unwrap(); 32]);
            assert_eq!(cache.get(place(0)), Some([0; 32]), "the one asked for all the time stays");
        }
        assert!(cache.young.len() + cache.old.len() <= 2 * GENERATION_MAX);
        assert_eq!(cache.get(place(1)), None, "an unused one goes");
    }
}
