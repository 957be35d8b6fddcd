//! A verified copy of the log on disk, in the paths of C2SP tlog-tiles: any static web server that serves the
//! folder serves the log.
//!
//! **Invariant:** tiles are in their place before the checkpoint that needs them; `checkpoint` is written last
//! and names a tree whose root these tiles give. A crash leaves the former checkpoint and perhaps tiles too
//! many, which the next run writes again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::entry::LOG_ENTRY_BYTES_MAX;
use biaozheng_ledger::limits::NOTE_BYTES_MAX;
use biaozheng_ledger::merkle::{Frontier, Hash, root_at};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::tiles::{HASH_TILE_BYTES_MAX, MissingTile, Tile, TileKind, TileReader};

use biaozheng_files as files;

const BUNDLE_BYTES_MAX: usize = 256 * (2 + LOG_ENTRY_BYTES_MAX);
const CHECKPOINT: &str = "checkpoint";
/// Bundles of a copy under way; nothing in it counts.
const STAGED: &str = ".staged";

/// The copy, for this process alone.
#[derive(Debug)]
pub struct LogFolder {
    path: PathBuf,
    latest: Option<(SignedNote, Checkpoint)>,
    frontier: Frontier,
    _lock: File,
}

/// Why the copy cannot be used. It is this side's trouble, not the log's.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("{path}: {error}", path = .path.display())]
    Disk { path: PathBuf, error: std::io::Error },
    #[error("{path}: this copy is damaged: {reason} 本地副本损坏", path = .path.display())]
    Damaged { path: PathBuf, reason: String },
}

impl LogFolder {
    /// Opens or makes a copy. The right edge of its tree is recomputed and held against its checkpoint.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let disk = |error| FolderError::Disk { path: path.to_owned(), error };
        let lock = files::lock(path).map_err(disk)?;
        let mut folder =
            Self { path: path.to_owned(), latest: None, frontier: Frontier::default(), _lock: lock };
        let Some(bytes) = files::read(&path.join(CHECKPOINT), NOTE_BYTES_MAX).map_err(disk)? else {
            return Ok(folder);
        };
        let damaged = |reason: &str| folder.damaged(CHECKPOINT, reason);
        let text = String::from_utf8(bytes).map_err(|_| damaged("not text"))?;
        let note: SignedNote = text.parse().map_err(|_| damaged("not a signed note"))?;
        let checkpoint: Checkpoint = note.text.parse().map_err(|_| damaged("not a checkpoint"))?;
        folder.latest = Some((note, checkpoint.clone()));
        let (frontier, root) = folder.compute(checkpoint.size, |reader| {
            Ok((Frontier::load(checkpoint.size, reader)?, root_at(checkpoint.size, reader)?))
        })?;
        if root != checkpoint.root {
            return Err(folder.damaged(CHECKPOINT, "its root does not come out of the tiles beside it"));
        }
        folder.frontier = frontier;
        Ok(folder)
    }

    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves of the copy.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    #[must_use]
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The newest checkpoint; `None` for an empty copy.
    #[must_use]
    pub const fn latest(&self) -> Option<&(SignedNote, Checkpoint)> {
        self.latest.as_ref()
    }

    /// Runs a computation over the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn compute<T>(
        &self,
        size: u64,
        computation: impl Fn(&TileReader) -> Result<T, MissingTile>,
    ) -> Result<T, FolderError> {
        let mut reader = TileReader::new(size);
        loop {
            match computation(&reader) {
                Ok(value) => return Ok(value),
                Err(MissingTile(tile)) => {
                    let bytes = self.hash_bytes(&tile)?;
                    let damaged = |_| self.damaged(&tile.to_string(), "of the wrong length");
                    reader.insert(&tile, &bytes).map_err(damaged)?;
                }
            }
        }
    }

    /// The bytes of a tile of hashes, out of the widest one there is.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn hash_bytes(&self, tile: &Tile) -> Result<Vec<u8>, FolderError> {
        let mut bytes = self.tile(tile, HASH_TILE_BYTES_MAX)?;
        bytes.truncate(usize::from(tile.width()).saturating_mul(32));
        Ok(bytes)
    }

    /// Entries of the copy: those of one bundle.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn entries(&self, tile: &Tile) -> Result<Vec<Vec<u8>>, FolderError> {
        let widest = self.widest(tile);
        let bytes = self.tile(tile, BUNDLE_BYTES_MAX)?;
        let entries = widest
            .decode_entries(&bytes)
            .map_err(|error| self.damaged(&widest.to_string(), &error.to_string()))?;
        Ok(entries.into_iter().take(usize::from(tile.width())).map(<[u8]>::to_vec).collect())
    }

    /// The tile as wide as this copy has it.
    fn widest(&self, tile: &Tile) -> Tile {
        let size = self.latest.as_ref().map_or(0, |(_, checkpoint)| checkpoint.size);
        Tile::holding(tile.kind(), tile.items().start, size).unwrap_or(*tile)
    }

    fn tile(&self, tile: &Tile, most: usize) -> Result<Vec<u8>, FolderError> {
        let name = self.widest(tile).to_string();
        let path = self.path.join(&name);
        let bytes = files::read(&path, most).map_err(|error| FolderError::Disk { path, error })?;
        bytes.ok_or_else(|| self.damaged(&name, "is missing"))
    }

    fn damaged(&self, name: &str, reason: &str) -> FolderError {
        FolderError::Damaged { path: self.path.join(name), reason: reason.to_owned() }
    }

    /// A full bundle that an interrupted run fetched already.
    pub(crate) fn staged(&self, tile: &Tile) -> Option<Vec<Vec<u8>>> {
        let path = self.path.join(STAGED).join(tile.to_string());
        let bytes = files::read(&path, BUNDLE_BYTES_MAX).ok().flatten().filter(|_| tile.is_full())?;
        let entries = tile.decode_entries(&bytes).ok()?;
        Some(entries.into_iter().map(<[u8]>::to_vec).collect())
    }

    pub(crate) fn stage(&self, tile: &Tile, bundle: &[u8]) -> Result<(), FolderError> {
        let path = self.path.join(STAGED).join(tile.to_string());
        files::put(&path, bundle).map_err(|error| FolderError::Disk { path, error })
    }

    /// Forgets what an interrupted run fetched.
    pub(crate) fn unstage(&self) -> Result<(), FolderError> {
        let path = self.path.join(STAGED);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(FolderError::Disk { path, error })
            }
            _ => Ok(()),
        }
    }

    /// Takes a tree that was verified: its bundles are staged, its hashes given here; the checkpoint comes last.
    pub(crate) fn publish(
        &mut self,
        note: &SignedNote,
        checkpoint: &Checkpoint,
        frontier: Frontier,
        tiles: impl Iterator<Item = (Tile, Vec<Hash>)>,
    ) -> Result<(), FolderError> {
        let put = |path: PathBuf, bytes: &[u8]| {
            files::put(&path, bytes).map_err(|error| FolderError::Disk { path, error })
        };
        for (tile, hashes) in tiles {
            let path = self.path.join(tile.to_string());
            if tile.kind() == TileKind::Entries {
                let from = self.path.join(STAGED).join(tile.to_string());
                let disk = |error| FolderError::Disk { path: path.clone(), error };
                path.parent().map_or(Ok(()), fs::create_dir_all).map_err(disk)?;
                fs::rename(&from, &path).map_err(disk)?;
            } else {
                put(path, &hashes.concat())?;
            }
        }
        put(self.path.join(CHECKPOINT), note.to_string().as_bytes())?;
        self.frontier = frontier;
        self.latest = Some((note.clone(), checkpoint.clone()));
        self.unstage()
    }
}
