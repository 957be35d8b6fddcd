//! RFC 6962 Merkle trees over SHA-256: `leaf = H(0x00 ‖ entry)`, `node = H(0x01 ‖ left ‖ right)`.
//!
//! The history tree is append-only. A complete subtree of 2^level leaves never changes, so its hash is
//! stored once under `(level, index)`; roots and proofs are put together from those (RFC 9162 section 2.1).

use sha2::{Digest as _, Sha256};

use crate::limits::MERKLE_PATH_MAX;

/// A node's or leaf's hash.
pub type Hash = [u8; 32];

/// `SHA-256(0x00 ‖ entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(entry);
    hasher.finalize().into()
}

/// `SHA-256(0x01 ‖ left ‖ right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// The root of no leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// A complete subtree: `index` counts subtrees of 2^`level` leaves from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodePlace {
    pub level: u8,
    pub index: u64,
}

/// Where stored subtree hashes come from.
pub trait NodeReader {
    /// What a failed read says; never a verdict about the tree.
    type Error;
    /// # Errors
    /// When the hash cannot be read or is not there.
    fn node(&self, place: NodePlace) -> Result<Hash, Self::Error>;
}

/// The right edge of a growing tree: the roots of its complete subtrees, largest first.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    /// One hash for each bit set in `size`, most significant first.
    peaks: Vec<Hash>,
}

impl Frontier {
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// A frontier from its parts; `None` unless there is one peak for each bit set in `size`.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let expected = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == expected && size < 1 << 63).then_some(Self { size, peaks })
    }

    /// Roots of the complete subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Rebuilds the frontier of a stored tree.
    ///
    /// # Errors
    /// The reader's.
    pub fn load<R: NodeReader>(size: u64, reader: &R) -> Result<Self, R::Error> {
        let peaks =
            peak_places(size).into_iter().map(|place| reader.node(place)).collect::<Result<_, _>>()?;
        Ok(Self { size, peaks })
    }

    /// Adds a leaf hash; gives every newly complete subtree, the leaf itself first.
    ///
    /// # Panics
    /// Beyond 2^63 leaves.
    pub fn append(&mut self, leaf: Hash) -> Vec<(NodePlace, Hash)> {
        assert!(self.size < 1 << 63, "a tree has at most 2^63 leaves");
        let mut new = vec![(NodePlace { level: 0, index: self.size }, leaf)];
        let (mut hash, mut level, mut index) = (leaf, 0u8, self.size);
        while index & 1 == 1 {
            let left = self.peaks.pop().expect("one peak for each bit set in size");
            hash = node_hash(&left, &hash);
            level = level.saturating_add(1);
            index >>= 1;
            new.push((NodePlace { level, index }, hash));
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
        new
    }

    /// The root over all leaves so far.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        peaks.next().map_or_else(empty_root, |last| peaks.fold(*last, |right, left| node_hash(left, &right)))
    }
}

/// The complete subtrees that make up a tree of `size` leaves, left to right.
fn peak_places(size: u64) -> Vec<NodePlace> {
    let mut places = Vec::new();
    let mut start = 0u64;
    for level in (0..64u8).rev() {
        if size >> level & 1 == 1 {
            places.push(NodePlace { level, index: start >> level });
            start = start.saturating_add(1 << level);
        }
    }
    places
}

/// Root of leaves `start..end`, where the range is one a proof asks for: `start` is a multiple of the
/// smallest power of two not below its length.
fn range_root<R: NodeReader>(start: u64, end: u64, reader: &R) -> Result<Hash, R::Error> {
    let mut hash: Option<Hash> = None;
    for place in peak_places(end.saturating_sub(start)).into_iter().rev() {
        let index = (start >> place.level).saturating_add(place.index);
        let left = reader.node(NodePlace { level: place.level, index })?;
        hash = Some(hash.map_or(left, |right| node_hash(&left, &right)));
    }
    Ok(hash.unwrap_or_else(empty_root))
}

/// The root of the first `size` leaves, from stored subtrees.
///
/// # Errors
/// The reader's.
pub fn root_at<R: NodeReader>(size: u64, reader: &R) -> Result<Hash, R::Error> {
    range_root(0, size, reader)
}

/// Largest power of two strictly below `n` (`n` ≥ 2).
fn split_point(n: u64) -> u64 {
    let top = 63u32.saturating_sub(n.saturating_sub(1).leading_zeros());
    1 << top
}

/// RFC 9162 section 2.1.3.1: the path from leaf `index` to the root of `size` leaves, leaf side first.
/// `None` when the leaf is not in the tree.
///
/// # Errors
/// The reader's.
pub fn inclusion_path<R: NodeReader>(
    index: u64,
    size: u64,
    reader: &R,
) -> Result<Option<Vec<Hash>>, R::Error> {
    if index >= size {
        return Ok(None);
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0u64, size);
    while end.saturating_sub(start) > 1 {
        let middle = start.saturating_add(split_point(end.saturating_sub(start)));
        if index < middle {
            path.push(range_root(middle, end, reader)?);
            end = middle;
        } else {
            path.push(range_root(start, middle, reader)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(Some(path))
}

/// RFC 9162 section 2.1.4.1: proof that the tree of `old` leaves is a prefix of the tree of `new` leaves.
/// `None` unless `0 < old <= new`.
///
/// # Errors
/// The reader's.
pub fn consistency_path<R: NodeReader>(
    old: u64,
    new: u64,
    reader: &R,
) -> Result<Option<Vec<Hash>>, R::Error> {
    if old == 0 || old > new {
        return Ok(None);
    }
    let mut path = Vec::new();
    let (mut start, mut end, mut whole) = (0u64, new, true);
    while old != end {
        let middle = start.saturating_add(split_point(end.saturating_sub(start)));
        if old <= middle {
            path.push(range_root(middle, end, reader)?);
            end = middle;
        } else {
            path.push(range_root(start, middle, reader)?);
            start = middle;
            whole = false;
        }
    }
    if !whole {
        path.push(range_root(start, end, reader)?);
    }
    path.reverse();
    Ok(Some(path))
}

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("the leaf index is not inside the tree")]
    Range,
    #[error("the path has the wrong number of hashes")]
    Length,
    #[error("the path leads to another root")]
    Root,
}

/// RFC 9162 section 2.1.3.2: `leaf` stands at `index` of the tree with this `root` and `size`.
///
/// # Errors
/// [`ProofError`] naming what is wrong.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    if path.len() > MERKLE_PATH_MAX {
        return Err(ProofError::Length);
    }
    let (mut position, mut last) = (index, size.saturating_sub(1));
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// RFC 9162 section 2.1.4.2: the tree `(old, old_root)` is a prefix of `(new, new_root)`.
///
/// # Errors
/// [`ProofError`] naming what is wrong.
pub fn verify_consistency(
    old: u64,
    new: u64,
    path: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), ProofError> {
    if old == 0 || old > new {
        return Err(ProofError::Range);
    }
    if old == new {
        return match (path.is_empty(), old_root == new_root) {
            (false, _) => Err(ProofError::Length),
            (true, false) => Err(ProofError::Root),
            (true, true) => Ok(()),
        };
    }
    let (old_hash, new_hash) = consistency_roots(old, new, path, old_root)?;
    if old_hash == *old_root && new_hash == *new_root { Ok(()) } else { Err(ProofError::Root) }
}

/// The two roots a consistency proof leads to, whatever they are worth. Where `old` is a power of two the
/// proof leaves the old root out, and `old_root` stands for it.
///
/// # Errors
/// [`ProofError`] unless `0 < old < new` and the path is as long as it must be.
pub fn consistency_roots(
    old: u64,
    new: u64,
    path: &[Hash],
    old_root: &Hash,
) -> Result<(Hash, Hash), ProofError> {
    if old == 0 || old >= new {
        return Err(ProofError::Range);
    }
    if path.len() > MERKLE_PATH_MAX.saturating_add(1) {
        return Err(ProofError::Length);
    }
    let mut hashes = path.iter();
    let first = if old.is_power_of_two() { old_root } else { hashes.next().ok_or(ProofError::Length)? };
    let (mut position, mut last) = (old.saturating_sub(1), new.saturating_sub(1));
    while position & 1 == 1 {
        position >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (*first, *first);
    for sibling in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if position & 1 == 1 || position == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while position & 1 == 0 && position != 0 {
                position >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        position >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length);
    }
    Ok((old_hash, new_hash))
}

/// The RFC 6962 root of a short list, such as the records of one block.
#[must_use]
pub fn root_of(leaves: impl IntoIterator<Item = Hash>) -> Hash {
    let mut frontier = Frontier::default();
    for leaf in leaves {
        frontier.append(leaf);
    }
    frontier.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    struct Memory(BTreeMap<NodePlace, Hash>);

    impl NodeReader for Memory {
        type Error = NodePlace;
        fn node(&self, place: NodePlace) -> Result<Hash, NodePlace> {
            self.0.get(&place).copied().ok_or(place)
        }
    }

    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let (left, right) = many.split_at(usize::try_from(split_point(many.len() as u64)).unwrap());
                node_hash(&naive_root(left), &naive_root(right))
            }
        }
    }

    fn tree(size: u64) -> (Vec<Hash>, Memory, Vec<Hash>) {
        let leaves: Vec<_> = (0..size).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut frontier, mut memory, mut roots) =
            (Frontier::default(), BTreeMap::new(), vec![empty_root()]);
        for leaf in &leaves {
            memory.extend(frontier.append(*leaf));
            roots.push(frontier.root());
        }
        (leaves, Memory(memory), roots)
    }

    #[test]
    fn roots_and_every_proof_of_small_trees_hold_and_no_other_place_does() {
        let (leaves, memory, roots) = tree(40);
        for size in 1..=40usize {
            let (n, root) = (size as u64, roots[size]);
            assert_eq!(root, naive_root(&leaves[..size]));
            assert_eq!(root_at(n, &memory).unwrap(), root);
            assert_eq!(Frontier::load(n, &memory).unwrap().root(), root);
            for index in 0..n {
                let path = inclusion_path(index, n, &memory).unwrap().unwrap();
                for claimed in 0..n {
                    let verdict = verify_inclusion(&leaves[index as usize], claimed, n, &path, &root);
                    assert_eq!(verdict.is_ok(), claimed == index, "{index} {claimed} of {n}");
                }
                let mut longer = path.clone();
                longer.push([0; 32]);
                assert!(verify_inclusion(&leaves[index as usize], index, n, &longer, &root).is_err());
                if let Some((_, shorter)) = path.split_last() {
                    assert!(verify_inclusion(&leaves[index as usize], index, n, shorter, &root).is_err());
                }
            }
            for (old, old_root) in roots.iter().enumerate().take(size + 1).skip(1) {
                let path = consistency_path(old as u64, n, &memory).unwrap().unwrap();
                assert_eq!(verify_consistency(old as u64, n, &path, old_root, &root), Ok(()), "{old} {n}");
                for wrong in 1..=size {
                    if wrong != old {
                        assert!(verify_consistency(wrong as u64, n, &path, old_root, &root).is_err());
                    }
                }
                assert!(verify_consistency(old as u64, n, &path, &[7; 32], &root).is_err());
            }
        }
        assert_eq!(inclusion_path(40, 40, &memory).unwrap(), None);
        assert_eq!(consistency_path(0, 40, &memory).unwrap(), None);
    }
}
