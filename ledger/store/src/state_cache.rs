//! Values of the state read lately: who may sign is asked for every record, and changes seldom.
//!
//! **Invariant:** what is remembered is what is stored. A commit forgets the keys it changes before they are written, and
//! until its block is the tip nothing new is remembered; a value read before that and brought after it is not taken.

use std::collections::{BTreeMap, HashMap};

/// Keys and values, bytes; beyond it the memory starts afresh, which costs time and nothing else.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// A longer value is read where it is stored.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// What an entry takes beside its key and value, about.
const ENTRY_BYTES: usize = 96;

/// Bounded in bytes.
#[derive(Debug, Default)]
pub(crate) struct StateCache {
    values: HashMap<Vec<u8>, Option<Vec<u8>>>,
    bytes: usize,
    /// Counts the beginnings and the ends of commits: odd while one is being written.
    turns: u64,
}

impl StateCache {
    /// What is known of a key; of one that is not there, too.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Option<Vec<u8>>> {
        self.values.get(key).cloned()
    }

    /// To be noted before the store is read, and given back with what was read.
    pub(crate) const fn turns(&self) -> u64 {
        self.turns
    }

    pub(crate) fn put(&mut self, turns: u64, key: &[u8], value: Option<&[u8]>) {
        let length = value.map_or(0, <[u8]>::len);
        if turns != self.turns || self.is_committing() || length > VALUE_BYTES_MAX {
            return;
        }
        if self.bytes > BYTES_MAX {
            self.values.clear();
            self.bytes = 0;
        }
        if self.values.insert(key.to_vec(), value.map(<[u8]>::to_vec)).is_none() {
            self.bytes =
                self.bytes.saturating_add(length).saturating_add(key.len()).saturating_add(ENTRY_BYTES);
        }
    }

    const fn is_committing(&self) -> bool {
        self.turns % 2 == 1
    }

    /// A block that changes these keys is about to be written. Where the writing fails, nothing is remembered any more.
    pub(crate) fn begin_commit(&mut self, changes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        self.turns = (self.turns | 1).wrapping_add(if self.is_committing() { 2 } else { 0 });
        for key in changes.keys() {
            if let Some(value) = self.values.remove(key) {
                let length = value.map_or(0, |value| value.len());
                let gone = length.saturating_add(key.len()).saturating_add(ENTRY_BYTES);
                self.bytes = self.bytes.saturating_sub(gone);
            }
        }
    }

    /// Its block is the tip.
    pub(crate) fn end_commit(&mut self) {
        self.turns = (self.turns | 1).wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_from_before_a_commit_is_not_taken_after_it() {
        let mut cache = StateCache::default();
        let before = cache.turns();
        cache.put(before, b"a", Some(b"1"));
        cache.put(before, b"b", None);
        assert_eq!(cache.get(b"a"), Some(Some(b"1".to_vec())));
        assert_eq!(cache.get(b"b"), Some(None));
        let changes = BTreeMap::from([(b"a".to_vec(), Some(b"2".to_vec())), (b"c".to_vec(), None)]);
        cache.begin_commit(&changes);
        assert_eq!(cache.get(b"a"), None, "changed");
        cache.put(cache.turns(), b"a", Some(b"1"));
        assert_eq!(
            cache.get(b"a"),
            None,
            "read while the commit was being written: old or new, nobody can tell"
        );
        let meanwhile = cache.turns();
        cache.end_commit();
        cache.put(meanwhile, b"a", Some(b"1"));
        assert_eq!(cache.get(b"a"), None, "read while it was being written, brought afterwards");
        assert_eq!(cache.get(b"b"), Some(None), "not changed");
        cache.put(before, b"a", Some(b"1"));
        assert_eq!(cache.get(b"a"), None, "read before the commit");
        cache.put(cache.turns(), b"a", Some(b"2"));
        assert_eq!(cache.get(b"a"), Some(Some(b"2".to_vec())));
        // A commit that failed, and the one that is tried again.
        cache.begin_commit(&changes);
        let failed = cache.turns();
        cache.begin_commit(&changes);
        cache.put(failed, b"a", Some(b"2"));
        assert_eq!(cache.get(b"a"), None);
        cache.end_commit();
        cache.put(cache.turns(), b"a", Some(b"3"));
        assert_eq!(cache.get(b"a"), Some(Some(b"3".to_vec())));
    }

    #[test]
    fn memory_is_bounded() {
        let mut cache = StateCache::default();
        let value = vec![7; VALUE_BYTES_MAX];
        for n in 0..1000u64 {
            cache.put(0, &n.to_be_bytes(), Some(&value));
            assert!(cache.bytes <= BYTES_MAX + VALUE_BYTES_MAX + 8 + ENTRY_BYTES);
        }
        cache.put(0, b"long", Some(&vec![7; VALUE_BYTES_MAX + 1]));
        assert_eq!(cache.get(b"long"), None);
        let changes = (0..1000u64).map(|n| (n.to_be_bytes().to_vec(), None)).collect();
        cache.begin_commit(&changes);
        assert_eq!((cache.bytes, cache.values.len()), (0, 0));
    }
}
