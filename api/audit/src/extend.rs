//! From the tree this side has verified to a larger one that a quorum signed: every entry is fetched and hashed,
//! and only if the signed root comes out is the copy extended.

use std::collections::BTreeMap;

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::entry::LOG_ENTRY_BYTES_MAX;
use biaozheng_ledger::evidence::Conflict;
use biaozheng_ledger::merkle::{Frontier, Hash, leaf_hash, root_at};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::tiles::{TILE_HEIGHT, TILE_LEVEL_MAX, Tile, TileKind, tiles_between};

use crate::folder::{FolderError, LogFolder};
use crate::source::{Source, SourceError};

/// Most entries taken in one step; a hundred times a large city's year. Their hashes are held in memory.
pub const EXTENSION_ENTRIES_MAX: u64 = 16 * 1024 * 1024;

/// How an attempt to extend the copy ended.
#[derive(Debug)]
pub enum Extended {
    /// The signed root came out; the copy is now at this tree.
    Done,
    /// The larger tree, whose own tiles give its signed root, does not begin with the tree verified before.
    Rewritten(Box<Conflict>),
}

/// Why nothing can be said.
#[derive(Debug, thiserror::Error)]
pub enum ExtendError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(
        "{at}: leaf {index} is another than the signed tree's: the entry was rewritten where it is served 条目被改写"
    )]
    Leaf { at: String, index: u64 },
    #[error(
        "{at}: the tiles do not give the signed root of {size} leaves: garbage, or a history it cannot show 瓦片与签名根不符"
    )]
    Root { at: String, size: u64 },
    #[error("{at}: {tile} is not that of the signed tree 瓦片与签名树不符")]
    HashTile { at: String, tile: Tile },
    #[error("{at}: leaf {index} is longer than any entry of this log 条目过长")]
    EntryTooLong { at: String, index: u64 },
    #[error("{at}: {entries} entries at once are more than {EXTENSION_ENTRIES_MAX} 一次增长过多")]
    TooFar { at: String, entries: u64 },
}

/// Extends the copy to `checkpoint`, which lies beyond it and whose signatures the caller verified.
///
/// # Errors
/// [`ExtendError`]: nothing was proven and the copy stands as before.
pub async fn extend(
    folder: &mut LogFolder,
    source: &Source,
    note: &SignedNote,
    checkpoint: &Checkpoint,
) -> Result<Extended, ExtendError> {
    let entries = checkpoint.size.saturating_sub(folder.size());
    if entries > EXTENSION_ENTRIES_MAX {
        return Err(ExtendError::TooFar { at: source.address().to_owned(), entries });
    }
    let mut growth = Growth::from(folder)?;
    let mut outcome = growth.fetch(folder, source, checkpoint.size, true).await;
    if growth.resumed && (matches!(outcome, Err(ExtendError::Leaf { .. })) || growth.gave_another(checkpoint))
    {
        // A run that was interrupted may have left bundles of another source: once more, all from this one.
        folder.unstage()?;
        growth = Growth::from(folder)?;
        outcome = growth.fetch(folder, source, checkpoint.size, false).await;
    }
    match outcome {
        Ok(()) if !growth.gave_another(checkpoint) => {}
        Ok(()) | Err(ExtendError::Leaf { .. }) => {
            folder.unstage()?;
            return explain(folder, source, note, checkpoint, &growth).await;
        }
        Err(error) => return Err(error),
    }
    let old = folder.size();
    let Growth { frontier, levels, .. } = growth;
    let tiles: Vec<_> =
        tiles_between(old, checkpoint.size).map(|tile| (tile, slice(&levels, &tile))).collect();
    folder.publish(note, checkpoint, frontier, tiles.into_iter())?;
    Ok(Extended::Done)
}

/// Holds the tiles of hashes that a source serves for leaves `from..to` against the verified copy.
///
/// # Errors
/// [`ExtendError::HashTile`], or what keeps them from being compared.
pub async fn compare_tiles(
    folder: &LogFolder,
    source: &Source,
    from: u64,
    to: u64,
) -> Result<(), ExtendError> {
    for tile in tiles_between(from, to).filter(|tile| tile.kind() != TileKind::Entries) {
        if source.hashes(&tile).await? != folder.hash_bytes(&tile)? {
            return Err(ExtendError::HashTile { at: source.address().to_owned(), tile });
        }
    }
    Ok(())
}

/// The signed root did not come out of the entries. Its own tiles say whether history was rewritten.
async fn explain(
    folder: &LogFolder,
    source: &Source,
    note: &SignedNote,
    checkpoint: &Checkpoint,
    growth: &Growth,
) -> Result<Extended, ExtendError> {
    let at = || source.address().to_owned();
    let size = checkpoint.size;
    let root = source.compute(size, |reader| root_at(size, reader)).await?;
    if root != checkpoint.root {
        return Err(ExtendError::Root { at: at(), size });
    }
    if let Some((known, ours)) = folder.latest() {
        let conflict = source
            .compute(size, |reader| Conflict::of_two_sizes((known, ours.size), (note, size), reader))
            .await?;
        let theirs = conflict.as_ref().and_then(|conflict| conflict.first_root_in_second);
        if let Some(conflict) = conflict.filter(|_| theirs.is_some_and(|root| *root.bytes() != ours.root)) {
            return Ok(Extended::Rewritten(Box::new(conflict)));
        }
    }
    let leaves = TileKind::Hashes { level: 0 };
    for tile in tiles_between(folder.size(), size).filter(|tile| tile.kind() == leaves) {
        let served = source.hashes(&tile).await?;
        let fetched = slice(&growth.levels, &tile);
        let differs = served.as_chunks::<32>().0.iter().zip(&fetched).position(|(a, b)| a != b);
        if let Some(place) = differs {
            let index = tile.items().start.saturating_add(place as u64);
            return Err(ExtendError::Leaf { at: at(), index });
        }
    }
    Err(ExtendError::Root { at: at(), size })
}

/// A tree on its way from the verified one to the next.
struct Growth {
    frontier: Frontier,
    /// For each level of tiles: index of the first hash held, and the hashes from there to the right edge.
    levels: BTreeMap<u8, (u64, Vec<Hash>)>,
    /// Bundles of an earlier run were used.
    resumed: bool,
}

impl Growth {
    fn from(folder: &LogFolder) -> Result<Self, FolderError> {
        let mut levels = BTreeMap::new();
        for level in 0..=TILE_LEVEL_MAX {
            let nodes = folder.size() >> u32::from(level).saturating_mul(u32::from(TILE_HEIGHT));
            let edge = nodes.checked_sub(1).and_then(|last| {
                Tile::holding(TileKind::Hashes { level }, last, folder.size()).filter(|tile| !tile.is_full())
            });
            let held = match edge {
                Some(tile) => (tile.items().start, folder.hash_bytes(&tile)?.as_chunks::<32>().0.to_vec()),
                None => (nodes, Vec::new()),
            };
            levels.insert(level, held);
        }
        Ok(Self { frontier: folder.frontier().clone(), levels, resumed: false })
    }

    fn gave_another(&self, checkpoint: &Checkpoint) -> bool {
        self.frontier.size() == checkpoint.size && self.frontier.root() != checkpoint.root
    }

    async fn fetch(
        &mut self,
        folder: &LogFolder,
        source: &Source,
        size: u64,
        resume: bool,
    ) -> Result<(), ExtendError> {
        let bundles = tiles_between(folder.size(), size).filter(|tile| tile.kind() == TileKind::Entries);
        for tile in bundles {
            let staged = if resume { folder.staged(&tile) } else { None };
            let fetched = staged.is_none();
            self.resumed |= !fetched;
            let entries = match staged {
                Some(entries) => entries,
                None => source.entries(&tile).await?,
            };
            let mut bundle = Vec::new();
            for (index, entry) in tile.items().zip(&entries) {
                self.take(source, index, entry)?;
                bundle.extend_from_slice(&u16::try_from(entry.len()).unwrap_or_default().to_be_bytes());
                bundle.extend_from_slice(entry);
            }
            if fetched {
                folder.stage(&tile, &bundle)?;
            }
        }
        Ok(())
    }

    /// A leaf verified before must be the same again; a new one is appended.
    fn take(&mut self, source: &Source, index: u64, entry: &[u8]) -> Result<(), ExtendError> {
        if entry.len() > LOG_ENTRY_BYTES_MAX {
            return Err(ExtendError::EntryTooLong { at: source.address().to_owned(), index });
        }
        let leaf = leaf_hash(entry);
        if index >= self.frontier.size() {
            for (place, hash) in self.frontier.append(leaf) {
                if place.level % TILE_HEIGHT == 0
                    && let Some((_, hashes)) = self.levels.get_mut(&(place.level / TILE_HEIGHT))
                {
                    hashes.push(hash);
                }
            }
            return Ok(());
        }
        let tile = Tile::new(TileKind::Hashes { level: 0 }, index >> TILE_HEIGHT, 256);
        let known = tile.map(|tile| slice(&self.levels, &tile)).unwrap_or_default();
        let place = usize::try_from(index & 0xff).unwrap_or(usize::MAX);
        if known.get(place).is_some_and(|known| *known == leaf) {
            return Ok(());
        }
        Err(ExtendError::Leaf { at: source.address().to_owned(), index })
    }
}

/// The hashes held of a tile, which may be fewer than it is wide; none for a bundle.
fn slice(levels: &BTreeMap<u8, (u64, Vec<Hash>)>, tile: &Tile) -> Vec<Hash> {
    let TileKind::Hashes { level } = tile.kind() else { return Vec::new() };
    let Some((first, hashes)) = levels.get(&level) else { return Vec::new() };
    let start = usize::try_from(tile.items().start.saturating_sub(*first)).unwrap_or(usize::MAX);
    hashes.iter().skip(start).take(usize::from(tile.width())).copied().collect()
}
