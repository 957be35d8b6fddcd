//! The commitment to all key-value state: a Merkle tree of fixed depth over 65,536 buckets.
//!
//! ```text
//! key hash     H("biaozheng/state-key/v1", key)            value hash   H("biaozheng/state-value/v1", value)
//! bucket       its number is the first two bytes of the key hash; its content the list of
//!              (key hash 32 ‖ value hash 32) of its keys, strictly rising by key hash
//! bucket hash  SHA-256(0x00 ‖ "biaozheng/state-bucket/v1" ‖ content), of no entries too
//! node         SHA-256(0x01 ‖ left ‖ right), 16 levels over the bucket hashes; the top one is the state root
//! ```
//! The hashes stay in memory (4 MiB); bucket contents are read where they are stored and held against their
//! hash on every read. A block is executed before it is voted on, and several may be tried: [`StateTree::preview`]
//! changes nothing, [`StateTree::apply`] takes the one that was committed.
//!
//! **Invariant:** the root depends on the set of keys and values only, never on the order of changes.
//! It does not hold the values themselves, and knows nothing of where buckets are kept.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::digest::{Digest, FieldHasher};
use crate::ids::StateRoot;
use crate::merkle::{Hash, node_hash};

/// Levels above the bucket hashes, so also the siblings of a proof.
pub const STATE_TREE_DEPTH: usize = 16;
/// Bytes of one key in its bucket: key hash and value hash.
pub const STATE_ENTRY_BYTES: usize = 64;
/// Most keys of a bucket in a proof: 1 MiB. A state of a hundred million keys has 1,500 in a bucket.
pub const STATE_PROOF_ENTRIES_MAX: usize = 16_384;

const BUCKETS: usize = 1 << STATE_TREE_DEPTH;
const BUCKET_DOMAIN: &[u8] = b"biaozheng/state-bucket/v1";

/// Where stored bucket contents come from.
pub trait BucketReader {
    /// What a failed read says; never a verdict about the state.
    type Error;
    /// The content of a bucket, empty when it has no keys.
    ///
    /// # Errors
    /// When it cannot be read.
    fn bucket(&self, index: u16) -> Result<Vec<u8>, Self::Error>;
}

/// Why a change or a proof could not be computed: the store's fault, never the caller's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateTreeError<E> {
    #[error("{0}")]
    Reader(E),
    #[error("bucket {index} of the state as stored is not the one the state root commits to")]
    Bucket { index: u16 },
}

/// All hashes of the tree. The root is node 1, the children of node n are 2n and 2n + 1.
#[derive(Clone, PartialEq, Eq)]
pub struct StateTree {
    nodes: Vec<Hash>,
}

/// What a set of changes makes of the tree; nothing is changed yet.
#[derive(Clone, Debug)]
pub struct StateTreeUpdate {
    before: StateRoot,
    root: StateRoot,
    buckets: BTreeMap<u16, Vec<u8>>,
    nodes: Vec<(usize, Hash)>,
}

impl StateTreeUpdate {
    /// The state root after the changes.
    #[must_use]
    pub const fn root(&self) -> StateRoot {
        self.root
    }

    /// New contents of the buckets that change; an empty one is deleted.
    #[must_use]
    pub const fn buckets(&self) -> &BTreeMap<u16, Vec<u8>> {
        &self.buckets
    }
}

/// One key's change, hashed.
struct Change {
    key: Hash,
    value: Option<Hash>,
}

impl Default for StateTree {
    fn default() -> Self {
        Self::empty()
    }
}

impl std::fmt::Debug for StateTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StateTree({})", self.root())
    }
}

impl StateTree {
    /// The tree of a state without keys.
    #[must_use]
    pub fn empty() -> Self {
        let mut by_depth = vec![bucket_hash(&[])];
        for _ in 0..STATE_TREE_DEPTH {
            let below = by_depth.last().copied().unwrap_or_default();
            by_depth.push(node_hash(&below, &below));
        }
        // Node 0 does not exist; 1 is the root, 2..4 its children, and so on.
        let mut nodes = vec![[0; 32]];
        for (depth, hash) in by_depth.iter().rev().enumerate() {
            nodes.resize(2usize << depth, *hash);
        }
        Self { nodes }
    }

    /// The tree over stored buckets, from the [`bucket_hash`] of each that is not empty.
    #[must_use]
    pub fn load(buckets: impl IntoIterator<Item = (u16, Hash)>) -> Self {
        let mut tree = Self::empty();
        let sorted: BTreeMap<u16, Hash> = buckets.into_iter().collect();
        let leaves = sorted.into_iter().map(|(index, hash)| (leaf_place(index), hash)).collect();
        let nodes = tree.climb(leaves);
        tree.set(&nodes);
        tree
    }

    /// Commits to every key and value.
    #[must_use]
    pub fn root(&self) -> StateRoot {
        StateRoot::new(Digest::sha256(*self.node(1)))
    }

    /// Computes what `changes` (`None` deletes) make of the state, reading each bucket they touch once.
    ///
    /// # Errors
    /// [`StateTreeError`] when a bucket cannot be read or is not the one this tree commits to.
    pub fn preview<R: BucketReader>(
        &self,
        changes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
        reader: &R,
    ) -> Result<StateTreeUpdate, StateTreeError<R::Error>> {
        let mut hashed: Vec<Change> = changes
            .iter()
            .map(|(key, value)| Change { key: key_hash(key), value: value.as_deref().map(value_hash) })
            .collect();
        hashed.sort_unstable_by_key(|change| change.key);
        let mut buckets = BTreeMap::new();
        let mut leaves = Vec::with_capacity(hashed.len().min(BUCKETS));
        for group in hashed.chunk_by(|one, next| bucket_of(&one.key) == bucket_of(&next.key)) {
            let Some(first) = group.first() else { continue };
            let index = bucket_of(&first.key);
            let old = self.read(index, reader)?;
            let new = merge(&old, group);
            if new != old {
                leaves.push((leaf_place(index), bucket_hash(&new)));
                buckets.insert(index, new);
            }
        }
        let before = self.root();
        let nodes = self.climb(leaves);
        let root = nodes.last().map_or(before, |(_, hash)| StateRoot::new(Digest::sha256(*hash)));
        Ok(StateTreeUpdate { before, root, buckets, nodes })
    }

    /// Takes over a preview, after its buckets were stored.
    ///
    /// # Panics
    /// When the preview was made from another state than this tree's: the caller mixed up its candidates.
    pub fn apply(&mut self, update: StateTreeUpdate) {
        assert_eq!(self.root(), update.before, "a preview is applied to the state it was computed from");
        self.set(&update.nodes);
    }

    /// Proves what the state holds under `key`, or that it holds nothing.
    ///
    /// # Errors
    /// As [`StateTree::preview`].
    pub fn prove<R: BucketReader>(
        &self,
        key: &[u8],
        reader: &R,
    ) -> Result<StateProof, StateTreeError<R::Error>> {
        let index = bucket_of(&key_hash(key));
        let bucket = self.read(index, reader)?;
        let mut place = leaf_place(index);
        let siblings = std::array::from_fn(|_| {
            let sibling = *self.node(place ^ 1);
            place >>= 1;
            sibling
        });
        Ok(StateProof { bucket, siblings })
    }

    fn read<R: BucketReader>(&self, index: u16, reader: &R) -> Result<Vec<u8>, StateTreeError<R::Error>> {
        let content = reader.bucket(index).map_err(StateTreeError::Reader)?;
        if bucket_hash(&content) == *self.node(leaf_place(index)) {
            Ok(content)
        } else {
            Err(StateTreeError::Bucket { index })
        }
    }

    /// Every node that changes with these leaves (sorted, each once), the root last; none without leaves.
    fn climb(&self, leaves: Vec<(usize, Hash)>) -> Vec<(usize, Hash)> {
        let mut nodes = Vec::with_capacity(leaves.len().saturating_mul(STATE_TREE_DEPTH).min(2 * BUCKETS));
        let (mut level, mut above) = (leaves, Vec::new());
        for _ in 0..STATE_TREE_DEPTH {
            nodes.extend_from_slice(&level);
            let mut rest = level.iter().peekable();
            while let Some((place, hash)) = rest.next() {
                let sibling = rest.next_if(|(next, _)| *next == place ^ 1);
                let sibling = sibling.map_or_else(|| self.node(place ^ 1), |(_, hash)| hash);
                let (left, right) = if place & 1 == 0 { (hash, sibling) } else { (sibling, hash) };
                above.push((place >> 1, node_hash(left, right)));
            }
            std::mem::swap(&mut level, &mut above);
            above.clear();
        }
        nodes.extend(level);
        nodes
    }

    fn node(&self, place: usize) -> &Hash {
        self.nodes.get(place).expect("places come from 16-bit bucket numbers, and the tree is always whole")
    }

    fn set(&mut self, nodes: &[(usize, Hash)]) {
        for (place, hash) in nodes {
            let node = self.nodes.get_mut(*place).expect("places come from climb");
            *node = *hash;
        }
    }
}

/// Hash of a bucket's content.
#[must_use]
pub fn bucket_hash(content: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(BUCKET_DOMAIN);
    hasher.update(content);
    hasher.finalize().into()
}

/// True when `content` has the one form of bucket `index`: whole entries of its own keys, strictly rising.
#[must_use]
pub fn is_bucket(index: u16, content: &[u8]) -> bool {
    let entries = entries(content);
    entries.len().checked_mul(STATE_ENTRY_BYTES) == Some(content.len())
        && entries.iter().all(|[key, _]| bucket_of(key) == index)
        && entries.iter().zip(entries.iter().skip(1)).all(|([one, _], [next, _])| one < next)
}

fn key_hash(key: &[u8]) -> Hash {
    *FieldHasher::new("biaozheng/state-key/v1").field(key).finish().bytes()
}

fn value_hash(value: &[u8]) -> Hash {
    *FieldHasher::new("biaozheng/state-value/v1").field(value).finish().bytes()
}

const fn bucket_of(key: &Hash) -> u16 {
    let [high, low, ..] = *key;
    u16::from_be_bytes([high, low])
}

fn leaf_place(index: u16) -> usize {
    BUCKETS | usize::from(index)
}

/// The (key hash, value hash) pairs of a bucket.
fn entries(content: &[u8]) -> &[[Hash; 2]] {
    content.as_chunks::<32>().0.as_chunks::<2>().0
}

/// A bucket's content after changes to its keys, both sorted by key hash.
fn merge(old: &[u8], changes: &[Change]) -> Vec<u8> {
    fn put(new: &mut Vec<u8>, key: &Hash, value: Option<&Hash>) {
        if let Some(value) = value {
            new.extend_from_slice(key);
            new.extend_from_slice(value);
        }
    }
    let room = changes.len().saturating_mul(STATE_ENTRY_BYTES).saturating_add(old.len());
    let mut new = Vec::with_capacity(room);
    let mut changes = changes.iter().peekable();
    for [key, value] in entries(old) {
        while let Some(change) = changes.next_if(|change| change.key < *key) {
            put(&mut new, &change.key, change.value.as_ref());
        }
        match changes.next_if(|change| change.key == *key) {
            Some(change) => put(&mut new, key, change.value.as_ref()),
            None => put(&mut new, key, Some(value)),
        }
    }
    for change in changes {
        put(&mut new, &change.key, change.value.as_ref());
    }
    new
}

/// A key's bucket and the way from it to the state root.
///
/// Bytes: `entries u32be ‖ entries × (key hash 32 ‖ value hash 32) ‖ 16 × sibling 32`, bucket side first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateProof {
    pub bucket: Vec<u8>,
    pub siblings: [Hash; STATE_TREE_DEPTH],
}

/// Why a proof about the state does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StateProofError {
    #[error("a state proof has at most {STATE_PROOF_ENTRIES_MAX} entries")]
    TooLarge,
    #[error("the state proof is cut short, has bytes left over, or its bucket is not in order")]
    Form,
    #[error("the state proof leads to another state root")]
    Root,
    #[error("the state holds another value under this key")]
    OtherValue,
    #[error("the state holds nothing under this key")]
    Absent,
    #[error("the state holds a value under this key")]
    Present,
}

impl StateProof {
    /// The bytes of the proof.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let count = u32::try_from(entries(&self.bucket).len()).unwrap_or(u32::MAX);
        let mut out = count.to_be_bytes().to_vec();
        out.extend_from_slice(&self.bucket);
        self.siblings.iter().for_each(|hash| out.extend_from_slice(hash));
        out
    }

    /// Reads a proof; the limit is checked before memory is taken.
    ///
    /// # Errors
    /// [`StateProofError::TooLarge`] or [`StateProofError::Form`].
    pub fn decode(bytes: &[u8]) -> Result<Self, StateProofError> {
        let (count, rest) = bytes.split_first_chunk::<4>().ok_or(StateProofError::Form)?;
        let count = usize::try_from(u32::from_be_bytes(*count)).map_err(|_| StateProofError::TooLarge)?;
        if count > STATE_PROOF_ENTRIES_MAX {
            return Err(StateProofError::TooLarge);
        }
        let length = count.saturating_mul(STATE_ENTRY_BYTES);
        let (bucket, rest) = rest.split_at_checked(length).ok_or(StateProofError::Form)?;
        let (siblings, left_over) = rest.as_chunks::<32>();
        let siblings = siblings.try_into().map_err(|_| StateProofError::Form)?;
        if !left_over.is_empty() {
            return Err(StateProofError::Form);
        }
        Ok(Self { bucket: bucket.to_vec(), siblings })
    }
}

/// Under this state root, `key` holds `value`; with `None`, it holds nothing.
///
/// # Errors
/// [`StateProofError`] naming what is wrong.
pub fn verify_state(
    root: &StateRoot,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &StateProof,
) -> Result<(), StateProofError> {
    let entries = entries(&proof.bucket);
    if entries.len() > STATE_PROOF_ENTRIES_MAX {
        return Err(StateProofError::TooLarge);
    }
    let key = key_hash(key);
    let index = bucket_of(&key);
    if !is_bucket(index, &proof.bucket) {
        return Err(StateProofError::Form);
    }
    let mut place = leaf_place(index);
    let top = proof.siblings.iter().fold(bucket_hash(&proof.bucket), |hash, sibling| {
        let parent = if place & 1 == 0 { node_hash(&hash, sibling) } else { node_hash(sibling, &hash) };
        place >>= 1;
        parent
    });
    if *root != StateRoot::new(Digest::sha256(top)) {
        return Err(StateProofError::Root);
    }
    let found = entries.binary_search_by(|[held, _]| held.cmp(&key)).ok().and_then(|at| entries.get(at));
    match (found, value.map(value_hash)) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(StateProofError::Absent),
        (Some(_), None) => Err(StateProofError::Present),
        (Some([_, held]), Some(claimed)) if *held == claimed => Ok(()),
        (Some(_), Some(_)) => Err(StateProofError::OtherValue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

    #[derive(Default)]
    struct Memory(BTreeMap<u16, Vec<u8>>);

    impl BucketReader for Memory {
        type Error = u16;
        fn bucket(&self, index: u16) -> Result<Vec<u8>, u16> {
            Ok(self.0.get(&index).cloned().unwrap_or_default())
        }
    }

    impl Memory {
        fn store(&mut self, buckets: &BTreeMap<u16, Vec<u8>>) {
            for (index, content) in buckets {
                if content.is_empty() {
                    self.0.remove(index);
                } else {
                    self.0.insert(*index, content.clone());
                }
            }
        }
    }

    /// The definition, word for word: all buckets, all nodes.
    fn naive_root(state: &BTreeMap<Vec<u8>, Vec<u8>>) -> StateRoot {
        let mut lists = vec![BTreeMap::new(); BUCKETS];
        for (key, value) in state {
            let key = key_hash(key);
            lists[usize::from(key[0]) << 8 | usize::from(key[1])].insert(key, value_hash(value));
        }
        let mut level: Vec<Hash> = lists
            .iter()
            .map(|list| {
                let mut bytes = b"\0biaozheng/state-bucket/v1".to_vec();
                list.iter().for_each(|(key, value)| bytes.extend(key.iter().chain(value)));
                Sha256::digest(bytes).into()
            })
            .collect();
        while level.len() > 1 {
            level = level.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        StateRoot::new(Digest::sha256(level[0]))
    }

    /// SplitMix64: the same numbers on every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ z >> 31) % limit
        }
    }

    fn changes(random: &mut Random, count: u64, keys: u64) -> Changes {
        (0..count)
            .map(|_| {
                let key = format!("key/{}", random.below(keys)).into_bytes();
                let value = (random.below(4) > 0).then(|| random.below(1000).to_string().into_bytes());
                (key, value)
            })
            .collect()
    }

    fn commit(tree: &mut StateTree, memory: &mut Memory, changes: &Changes) {
        let update = tree.preview(changes, memory).unwrap();
        memory.store(update.buckets());
        tree.apply(update);
    }

    #[test]
    fn every_root_is_that_of_the_definition_and_a_reloaded_tree_has_it() {
        let (mut random, mut tree, mut memory) = (Random(1), StateTree::empty(), Memory::default());
        let mut state = BTreeMap::new();
        assert_eq!(tree.root(), naive_root(&state));
        for _ in 0..12 {
            let changes = changes(&mut random, 300, 500);
            let untouched = tree.clone();
            let update = tree.preview(&changes, &memory).unwrap();
            assert!(tree == untouched, "a preview changes nothing");
            memory.store(update.buckets());
            let root = update.root();
            tree.apply(update);
            for (key, value) in changes {
                match value {
                    Some(value) => state.insert(key, value),
                    None => state.remove(&key),
                };
            }
            assert_eq!(tree.root(), root);
            assert_eq!(root, naive_root(&state));
            assert!(memory.0.iter().all(|(index, content)| is_bucket(*index, content)));
        }
        let reloaded =
            StateTree::load(memory.0.iter().map(|(index, content)| (*index, bucket_hash(content))));
        assert!(reloaded == tree, "all nodes, not the root alone");
        let nothing = state.keys().map(|key| (key.clone(), None)).collect();
        commit(&mut tree, &mut memory, &nothing);
        assert!(memory.0.is_empty() && tree == StateTree::empty());
    }

    #[test]
    fn the_order_and_grouping_of_changes_does_not_matter() {
        let all = changes(&mut Random(2), 400, 1 << 40);
        let (mut at_once, mut memory) = (StateTree::empty(), Memory::default());
        commit(&mut at_once, &mut memory, &all);
        for parts in [2, 7, 400] {
            let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
            for part in (0..parts).rev() {
                let some = all.iter().enumerate().filter(|(n, _)| n % parts == part);
                commit(&mut tree, &mut memory, &some.map(|(_, (k, v))| (k.clone(), v.clone())).collect());
            }
            assert!(tree == at_once);
        }
    }

    #[test]
    fn changes_that_change_nothing_touch_no_bucket() {
        let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
        let set: Changes = [(b"a".to_vec(), Some(b"1".to_vec()))].into();
        commit(&mut tree, &mut memory, &set);
        let same: Changes = [(b"a".to_vec(), Some(b"1".to_vec())), (b"b".to_vec(), None)].into();
        for changes in [Changes::new(), same] {
            let update = tree.preview(&changes, &memory).unwrap();
            assert!(update.buckets().is_empty() && update.root() == tree.root());
        }
    }

    /// Keys of one bucket, found by trying.
    fn crowd() -> Vec<Vec<u8>> {
        let home = bucket_of(&key_hash(b"key 0"));
        (0u64..)
            .map(|n| format!("key {n}").into_bytes())
            .filter(|key| bucket_of(&key_hash(key)) == home)
            .take(5)
            .collect()
    }

    #[test]
    fn membership_and_absence_are_proved_and_no_other_claim_passes() {
        let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
        let empty_proof = tree.prove(b"x", &memory).unwrap();
        assert_eq!(verify_state(&tree.root(), b"x", None, &empty_proof), Ok(()));
        let crowd = crowd();
        let (absent, present) = crowd.split_last().unwrap();
        let mut set = changes(&mut Random(3), 2000, 5000);
        set.extend(present.iter().map(|key| (key.clone(), Some(key.clone()))));
        commit(&mut tree, &mut memory, &set);
        let root = tree.root();
        for key in present {
            let proof = tree.prove(key, &memory).unwrap();
            assert_eq!(StateProof::decode(&proof.encode()), Ok(proof.clone()));
            assert_eq!(verify_state(&root, key, Some(key), &proof), Ok(()));
            assert_eq!(verify_state(&root, key, None, &proof), Err(StateProofError::Present));
            assert_eq!(verify_state(&root, key, Some(b"v"), &proof), Err(StateProofError::OtherValue));
            assert_eq!(verify_state(&root, absent, None, &proof), Ok(()), "the same bucket");
            assert_eq!(verify_state(&root, absent, Some(b""), &proof), Err(StateProofError::Absent));
            assert_eq!(verify_state(&root, b"elsewhere", None, &proof), Err(StateProofError::Form));
            let other = StateTree::empty().root();
            assert_eq!(verify_state(&other, key, Some(key), &proof), Err(StateProofError::Root));
        }
    }

    #[test]
    fn no_flipped_bit_dropped_entry_or_cut_proof_passes() {
        let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
        let crowd = crowd();
        commit(&mut tree, &mut memory, &crowd.iter().map(|key| (key.clone(), Some(key.clone()))).collect());
        let (root, key) = (tree.root(), &crowd[2]);
        let proof = tree.prove(key, &memory).unwrap();
        let bytes = proof.encode();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let passes = StateProof::decode(&flipped)
                .is_ok_and(|proof| verify_state(&root, key, Some(key), &proof).is_ok());
            assert!(!passes, "bit {bit}");
        }
        for cut in 0..bytes.len() {
            assert!(StateProof::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
        for entry in 0..crowd.len() {
            let mut less = proof.clone();
            less.bucket.drain(entry * 64..entry * 64 + 64);
            for claim in [None, Some(key.as_slice())] {
                assert_eq!(verify_state(&root, key, claim, &less), Err(StateProofError::Root));
            }
        }
        let mut swapped = proof.clone();
        swapped.bucket.rotate_left(64);
        assert_eq!(verify_state(&root, key, Some(key), &swapped), Err(StateProofError::Form));
        let huge = StateProof { bucket: vec![0; (STATE_PROOF_ENTRIES_MAX + 1) * 64], ..proof };
        assert_eq!(verify_state(&root, key, Some(key), &huge), Err(StateProofError::TooLarge));
        assert_eq!(StateProof::decode(&huge.encode()), Err(StateProofError::TooLarge));
    }

    #[test]
    fn a_bucket_changed_behind_the_tree_is_found_before_it_is_used() {
        let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
        let set: Changes = [(b"a".to_vec(), Some(b"1".to_vec()))].into();
        commit(&mut tree, &mut memory, &set);
        let index = bucket_of(&key_hash(b"a"));
        memory.0.get_mut(&index).unwrap()[40] ^= 1;
        assert_eq!(tree.preview(&set, &memory).unwrap_err(), StateTreeError::Bucket { index });
        assert_eq!(tree.prove(b"a", &memory).unwrap_err(), StateTreeError::Bucket { index });
    }

    #[test]
    #[should_panic(expected = "applied to the state it was computed from")]
    fn a_preview_of_another_state_is_not_applied() {
        let (mut tree, mut memory) = (StateTree::empty(), Memory::default());
        let set: Changes = [(b"a".to_vec(), Some(b"1".to_vec()))].into();
        let stale = tree.preview(&set, &memory).unwrap();
        commit(&mut tree, &mut memory, &[(b"b".to_vec(), Some(b"1".to_vec()))].into());
        tree.apply(stale);
    }
}
