//! From a log to the bytes of a tile.

use std::ops::Range;

use super::{Tile, TileKind};
use crate::limits::ENTRY_BYTES_MAX;
use crate::merkle::Hash;

/// A log that tiles can be cut from.
pub trait TileSource {
    /// What a failed read says; never a verdict about the log.
    type Error;
    /// Hashes of the complete subtrees of 2^`level` leaves with these indexes, every one of them.
    ///
    /// # Errors
    /// When one cannot be read or is not there.
    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, Self::Error>;
    /// The entries with these indexes, every one of them.
    ///
    /// # Errors
    /// When one cannot be read or is not there.
    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, Self::Error>;
}

/// Why a tile inside the tree could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileFault<E> {
    #[error(transparent)]
    Source(E),
    #[error("the log gave {found} items for {tile}")]
    Count { tile: Tile, found: usize },
    #[error("an entry of {0} bytes is longer than a bundle can hold")]
    EntryTooLong(usize),
}

/// The bytes of a tile; `None` when it is not wholly inside a tree of `size` leaves.
///
/// # Errors
/// [`TileFault`]: the source failed or broke its promise.
pub fn tile_bytes<S: TileSource>(
    tile: &Tile,
    size: u64,
    source: &S,
) -> Result<Option<Vec<u8>>, TileFault<S::Error>> {
    if !tile.is_within(size) {
        return Ok(None);
    }
    let (found, bytes) = match tile.kind() {
        TileKind::Entries => {
            let entries = source.entries(tile.items()).map_err(TileFault::Source)?;
            (entries.len(), encode_entries(&entries)?)
        }
        TileKind::Hashes { level } => {
            let level = level.saturating_mul(super::TILE_HEIGHT);
            let hashes = source.history_nodes(level, tile.items()).map_err(TileFault::Source)?;
            (hashes.len(), hashes.concat())
        }
    };
    if found == usize::from(tile.width()) {
        Ok(Some(bytes))
    } else {
        Err(TileFault::Count { tile: *tile, found })
    }
}

fn encode_entries<E>(entries: &[Vec<u8>]) -> Result<Vec<u8>, TileFault<E>> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).ok().filter(|length| usize::from(*length) <= ENTRY_BYTES_MAX);
        let length = length.ok_or(TileFault::EntryTooLong(entry.len()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}
