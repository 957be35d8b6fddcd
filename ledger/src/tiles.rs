//! C2SP tlog-tiles: the log as a finite set of files that any static web server can serve.
//!
//! ```text
//! checkpoint                       the signed note
//! tile/<L>/<N>[.p/<W>]             W hashes of level 8·L, 32 bytes each
//! tile/entries/<N>[.p/<W>]         W entries, each behind its length as u16
//! ```
//! `N` in groups of three digits, all but the last behind an `x`: 1234067 is `x001/x234/067`. A full tile has
//! 256 items and never changes; `.p/<W>` is a partial one of 1 to 255.
//!
//! **Invariant:** one spelling a tile, and no [`Tile`] beyond a tree of 2^63 leaves. What a tile *says* is
//! unsigned: it counts for nothing until a root that a quorum signed was recomputed from it.

use std::fmt;
use std::str::FromStr;

use crate::limits::ENTRY_BYTES_MAX;
use crate::merkle::Hash;

mod reader;
mod source;

pub use reader::{MissingTile, TileReader};
pub use source::{TileFault, TileSource, tile_bytes};

/// Items of a full tile.
pub const TILE_WIDTH: u16 = 256;
/// Levels of the tree that one level of tiles covers.
pub const TILE_HEIGHT: u8 = 8;
/// Highest level of tiles of a tree of 2^63 leaves.
pub const TILE_LEVEL_MAX: u8 = 7;
/// Largest tile of hashes, bytes.
pub const HASH_TILE_BYTES_MAX: usize = 256 * 32;
/// Largest entry bundle, bytes.
pub const ENTRY_BUNDLE_BYTES_MAX: usize = 256 * (2 + ENTRY_BYTES_MAX);
/// Longest path of a tile, bytes; seven groups of digits number all there can be.
const PATH_BYTES_MAX: usize = 64;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TileKind {
    /// Log entries themselves.
    Entries,
    /// Hashes of complete subtrees of 256^level leaves.
    Hashes { level: u8 },
}

/// A tile's place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// Why a path or the bytes under it are not a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    #[error("not a tile's path: tile/<0-7 or entries>/<x000/…/000>[.p/<1-255>]")]
    Path,
    #[error("a tile of {expected} bytes is cut short or of another width: it has {found}")]
    Length { expected: usize, found: usize },
    #[error("an entry bundle ends inside its entry {0}")]
    Truncated(usize),
    #[error("an entry bundle goes on after its last entry")]
    Surplus,
}

impl Tile {
    /// `None` when the width is not 1 to 256 or the tile lies beyond a tree of 2^63 leaves.
    #[must_use]
    pub fn new(kind: TileKind, index: u64, width: u16) -> Option<Self> {
        let level = match kind {
            TileKind::Entries => 0,
            TileKind::Hashes { level } => level,
        };
        let nodes_max = nodes_at(1 << 63, level)?;
        let end = index.checked_mul(u64::from(TILE_WIDTH))?.checked_add(u64::from(width))?;
        (width > 0 && width <= TILE_WIDTH && end <= nodes_max).then_some(Self { kind, index, width })
    }

    #[must_use]
    pub const fn kind(&self) -> TileKind {
        self.kind
    }

    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    #[must_use]
    pub const fn width(&self) -> u16 {
        self.width
    }

    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The level of tiles; entries lie beside level 0.
    #[must_use]
    pub const fn level(&self) -> u8 {
        match self.kind {
            TileKind::Entries => 0,
            TileKind::Hashes { level } => level,
        }
    }

    /// The items' indexes within their level of the tree.
    #[must_use]
    pub fn items(&self) -> std::ops::Range<u64> {
        let first = self.index.saturating_mul(u64::from(TILE_WIDTH));
        first..first.saturating_add(u64::from(self.width))
    }

    /// True when every item of it is in a tree of `size` leaves.
    #[must_use]
    pub fn is_within(&self, size: u64) -> bool {
        nodes_at(size, self.level()).is_some_and(|nodes| self.items().end <= nodes)
    }

    /// The same tile, full.
    #[must_use]
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// The tile that holds item `item` of this kind in a tree of `size` leaves, as wide as that tree has it.
    #[must_use]
    pub fn holding(kind: TileKind, item: u64, size: u64) -> Option<Self> {
        let level = match kind {
            TileKind::Entries => 0,
            TileKind::Hashes { level } => level,
        };
        let nodes = nodes_at(size, level)?;
        let index = item >> TILE_HEIGHT;
        let left = nodes.checked_sub(index.checked_mul(u64::from(TILE_WIDTH))?)?;
        let width = u16::try_from(left.min(u64::from(TILE_WIDTH))).ok()?;
        (item < nodes).then_some(())?;
        Self::new(kind, index, width)
    }

    /// Reads the hashes of this tile from exactly as many bytes.
    ///
    /// # Errors
    /// [`TileError::Length`].
    pub fn decode_hashes(&self, bytes: &[u8]) -> Result<Vec<Hash>, TileError> {
        let expected = usize::from(self.width).saturating_mul(32);
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != usize::from(self.width) {
            return Err(TileError::Length { expected, found: bytes.len() });
        }
        Ok(hashes.to_vec())
    }

    /// Reads the entries of this bundle, exactly as many as it is wide.
    ///
    /// # Errors
    /// [`TileError`] naming the entry that is cut short.
    pub fn decode_entries<'a>(&self, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, TileError> {
        let mut entries = Vec::with_capacity(usize::from(self.width));
        let mut rest = bytes;
        for index in 0..usize::from(self.width) {
            let cut = TileError::Truncated(index);
            let (length, after) = rest.split_first_chunk::<2>().ok_or(cut)?;
            let (entry, after) =
                after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut)?;
            entries.push(entry);
            rest = after;
        }
        if rest.is_empty() { Ok(entries) } else { Err(TileError::Surplus) }
    }
}

/// Every tile of a tree of `new` leaves that a tree of `old` leaves did not have in this width, left to right,
/// entries first, then hashes from the leaves up.
pub fn tiles_between(old: u64, new: u64) -> impl Iterator<Item = Tile> {
    let levels = (0..=TILE_LEVEL_MAX).map(|level| TileKind::Hashes { level });
    std::iter::once(TileKind::Entries).chain(levels).flat_map(move |kind| {
        let level = if let TileKind::Hashes { level } = kind { level } else { 0 };
        let (before, nodes) = (nodes_at(old, level).unwrap_or(0), nodes_at(new, level).unwrap_or(0));
        let end = if nodes > before { nodes.div_ceil(u64::from(TILE_WIDTH)) } else { 0 };
        let width = move |index: u64| nodes.saturating_sub(index.saturating_mul(256)).min(256);
        ((before >> TILE_HEIGHT)..end)
            .filter_map(move |index| Tile::new(kind, index, u16::try_from(width(index)).ok()?))
    })
}

/// Complete subtrees of 256^level leaves in a tree of `size`; `None` above the highest level.
fn nodes_at(size: u64, level: u8) -> Option<u64> {
    (level <= TILE_LEVEL_MAX).then(|| size >> u32::from(level).saturating_mul(u32::from(TILE_HEIGHT)))
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => f.write_str("tile/entries/")?,
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        let mut groups = Vec::new();
        let mut rest = self.index;
        while rest > 999 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        groups.push(rest);
        while groups.len() > 1 {
            write!(f, "x{:03}/", groups.pop().unwrap_or_default())?;
        }
        write!(f, "{:03}", groups.pop().unwrap_or_default())?;
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

impl FromStr for Tile {
    type Err = TileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).filter(|tile| tile.to_string() == text).ok_or(TileError::Path)
    }
}

/// Reads leniently; what is not spelled as [`Tile`] writes it is refused by the caller.
fn parse(text: &str) -> Option<Tile> {
    if text.len() > PATH_BYTES_MAX {
        return None;
    }
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes { level: level.parse().ok()? },
    };
    let (digits, width) = match rest.split_once(".p/") {
        Some((digits, width)) => (digits, width.parse().ok().filter(|width| *width < TILE_WIDTH)?),
        None => (rest, TILE_WIDTH),
    };
    let index = digits.split('/').try_fold(0u64, |index, group| {
        let number: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index.checked_mul(1000)?.checked_add(number)
    })?;
    Tile::new(kind, index, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{
        Frontier, NodePlace, NodeReader, consistency_path, inclusion_path, leaf_hash, root_at,
    };
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    struct Memory(BTreeMap<NodePlace, Hash>, Vec<Vec<u8>>);

    impl TileSource for Memory {
        type Error = Infallible;
        fn history_nodes(&self, level: u8, range: std::ops::Range<u64>) -> Result<Vec<Hash>, Infallible> {
            Ok(range.map(|index| self.0[&NodePlace { level, index }]).collect())
        }
        fn entries(&self, range: std::ops::Range<u64>) -> Result<Vec<Vec<u8>>, Infallible> {
            Ok(self.1[range.start as usize..range.end as usize].to_vec())
        }
    }

    impl NodeReader for Memory {
        type Error = Infallible;
        fn node(&self, place: NodePlace) -> Result<Hash, Infallible> {
            Ok(self.0[&place])
        }
    }

    fn log(size: u64) -> Memory {
        let (mut frontier, mut memory) = (Frontier::default(), Memory(BTreeMap::new(), Vec::new()));
        for number in 0..size {
            let entry = format!("entry {number}").into_bytes();
            memory.0.extend(frontier.append(leaf_hash(&entry)));
            memory.1.push(entry);
        }
        memory
    }

    #[test]
    fn paths_are_those_of_the_specification_and_have_one_spelling() {
        let tile = Tile::new(TileKind::Hashes { level: 0 }, 1_234_067, 256).unwrap();
        assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
        for good in [
            "tile/0/000",
            "tile/7/000.p/128",
            "tile/0/x001/000.p/1",
            "tile/entries/x001/x234/067.p/255",
            "tile/1/999.p/17",
        ] {
            assert_eq!(good.parse::<Tile>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/8/000",
            "tile/63/000",
            "tile/-1/000",
            "tile/+1/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/1000",
            "tile/0/x000/000",
            "tile/0/x001",
            "tile/0/001/002",
            "tile/0/x001/x002",
            "tile/0/000.p/0",
            "tile/0/000.p/00",
            "tile/0/000.p/01",
            "tile/0/000.p/256",
            "tile/0/000.p/",
            "tile/0/000.p",
            "tile/0/000.p/1/",
            "tile/entries/+01",
            "tile/Entries/000",
            "/tile/0/000",
            "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/x１23/000",
            "tile/7/001",
            "tile/7/000",
        ] {
            assert_eq!(bad.parse::<Tile>(), Err(TileError::Path), "{bad}");
        }
    }

    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_the_specification_counts() {
        let tiles: Vec<Tile> = tiles_between(0, 70_000).collect();
        let count = |level: u8, full: bool| {
            let kind = TileKind::Hashes { level };
            tiles.iter().filter(|tile| tile.kind() == kind && tile.is_full() == full).count()
        };
        assert_eq!((count(0, true), count(0, false), count(1, true), count(1, false)), (273, 1, 1, 1));
        assert_eq!((count(2, true), count(2, false), count(3, false)), (0, 1, 0));
        let widths: Vec<u16> = tiles.iter().filter(|tile| !tile.is_full()).map(Tile::width).collect();
        assert_eq!(widths, [112, 112, 17, 1], "entries, then levels 0, 1, 2");
        assert_eq!(tiles_between(70_000, 70_000).count(), 0);
        let next: Vec<String> = tiles_between(70_000, 70_001).map(|tile| tile.to_string()).collect();
        assert_eq!(next, ["tile/entries/273.p/113", "tile/0/273.p/113"]);
    }

    #[test]
    fn roots_and_proofs_come_out_of_tiles_as_out_of_the_tree() {
        let log = log(70_000);
        for size in [1u64, 2, 255, 256, 257, 512, 65_535, 65_536, 65_793, 70_000] {
            let mut reader = TileReader::new(size);
            for tile in tiles_between(0, size) {
                let bytes = tile_bytes(&tile, size, &log).unwrap().unwrap();
                match tile.kind() {
                    TileKind::Hashes { .. } => reader.insert(&tile, &bytes).unwrap(),
                    TileKind::Entries => {
                        let entries = tile.decode_entries(&bytes).unwrap();
                        let first = tile.items().start as usize;
                        assert_eq!(entries[0], log.1[first].as_slice());
                    }
                }
            }
            assert_eq!(root_at(size, &reader).unwrap(), root_at(size, &log).unwrap(), "{size}");
            for part in [1, 2, size / 3 + 1, size / 2 + 1, size] {
                let part = part.min(size);
                assert_eq!(
                    consistency_path(part, size, &reader).unwrap(),
                    consistency_path(part, size, &log).unwrap()
                );
                assert_eq!(
                    inclusion_path(part - 1, size, &reader).unwrap(),
                    inclusion_path(part - 1, size, &log).unwrap()
                );
            }
        }
    }

    #[test]
    fn a_reader_names_the_tile_it_lacks_and_a_proof_needs_few() {
        let log = log(70_000);
        let mut reader = TileReader::new(70_000);
        let mut fetched = Vec::new();
        let path = loop {
            match consistency_path(65_793, 70_000, &reader) {
                Ok(path) => break path,
                Err(MissingTile(tile)) => {
                    let bytes = tile_bytes(&tile, 70_000, &log).unwrap().unwrap();
                    reader.insert(&tile, &bytes).unwrap();
                    fetched.push(tile);
                }
            }
        };
        assert_eq!(path, consistency_path(65_793, 70_000, &log).unwrap());
        assert!(fetched.len() <= 6, "{fetched:?}");
    }

    #[test]
    fn what_is_cut_short_or_too_long_or_outside_the_tree_is_refused() {
        let log = log(300);
        let tile: Tile = "tile/0/001.p/44".parse().unwrap();
        let bytes = tile_bytes(&tile, 300, &log).unwrap().unwrap();
        assert_eq!(tile.decode_hashes(&bytes).unwrap().len(), 44);
        for wrong in
            [&bytes[..bytes.len() - 1], &bytes[..bytes.len() - 32], &[bytes.as_slice(), &[0]].concat()]
        {
            assert!(matches!(tile.decode_hashes(wrong), Err(TileError::Length { expected: 1408, .. })));
        }
        let bundle: Tile = "tile/entries/001.p/44".parse().unwrap();
        let bytes = tile_bytes(&bundle, 300, &log).unwrap().unwrap();
        assert_eq!(bundle.decode_entries(&bytes[..bytes.len() - 1]), Err(TileError::Truncated(43)));
        assert_eq!(bundle.decode_entries(&[bytes.as_slice(), &[0]].concat()), Err(TileError::Surplus));
        for outside in ["tile/0/001.p/45", "tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2", "tile/2/000.p/1"]
        {
            let tile: Tile = outside.parse().unwrap();
            assert_eq!(tile_bytes(&tile, 300, &log).unwrap(), None, "{outside}");
        }
        // A narrower one than the tree now has is still served: a checkpoint of that size was given out.
        let older: Tile = "tile/0/001.p/43".parse().unwrap();
        assert!(tile_bytes(&older, 300, &log).unwrap().is_some());
    }
}
