//! The verifier's side: subtrees out of tiles, so that roots and proofs can be computed again.

use std::collections::BTreeMap;

use super::{TILE_HEIGHT, Tile, TileError, TileKind};
use crate::merkle::{Hash, NodePlace, NodeReader, root_of};

/// The tile a computation lacks; it is fetched, put in, and the computation tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing")]
pub struct MissingTile(pub Tile);

/// Tiles of a tree of one size. They are whatever a server gave: only a signed root makes them true.
#[derive(Clone, Debug)]
pub struct TileReader {
    size: u64,
    tiles: BTreeMap<Tile, Vec<Hash>>,
}

impl TileReader {
    #[must_use]
    pub const fn new(size: u64) -> Self {
        Self { size, tiles: BTreeMap::new() }
    }

    /// Takes a tile's bytes.
    ///
    /// # Errors
    /// [`TileError`] when they are not as long as the tile is wide, or the tile is one of entries.
    pub fn insert(&mut self, tile: &Tile, bytes: &[u8]) -> Result<(), TileError> {
        if tile.kind() == TileKind::Entries {
            return Err(TileError::Path);
        }
        self.tiles.insert(*tile, tile.decode_hashes(bytes)?);
        Ok(())
    }
}

impl NodeReader for TileReader {
    type Error = MissingTile;

    /// # Panics
    /// For a place outside the tree of this size, which no computation over it asks for.
    fn node(&self, place: NodePlace) -> Result<Hash, MissingTile> {
        let kind = TileKind::Hashes { level: place.level / TILE_HEIGHT };
        let within = place.level % TILE_HEIGHT;
        let tile = Tile::holding(kind, place.index << within, self.size)
            .expect("roots and proofs are made of subtrees inside the tree");
        let hashes = self.tiles.get(&tile).ok_or(MissingTile(tile))?;
        let first = usize::try_from((place.index << within) & 0xff).expect("masked to eight bits");
        let span = first..first.saturating_add(1 << within);
        let hashes = hashes.get(span).expect("a complete subtree lies wholly in its tile");
        Ok(root_of(hashes.iter().copied()))
    }
}
