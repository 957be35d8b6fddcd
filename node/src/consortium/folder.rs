//! A folder that appears whole or not at all.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use biaozheng_files::{Readers, create};
use rand::RngCore as _;

use crate::folders;

/// A folder under construction, beside the place where it will stand. Removed unless it is finished.
#[derive(Debug)]
pub(super) struct Staging {
    place: PathBuf,
    partial: PathBuf,
    /// The place is a mount point or a link: it stays, and what was made moves into it.
    inside: bool,
    finished: bool,
}

impl Staging {
    /// Refuses a place that is taken; an empty folder is free.
    pub(super) fn new(place: &Path) -> anyhow::Result<Self> {
        let place = std::path::absolute(place)?;
        if !folders::is_free(&place).with_context(|| place.display().to_string())? {
            bail!(
                "{} exists and is not empty; nothing is overwritten 目录已存在且非空，不覆盖",
                place.display()
            );
        }
        let (Some(parent), Some(name)) = (place.parent(), place.file_name()) else {
            bail!("{} cannot be a new folder", place.display());
        };
        fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        let random = rand::rngs::OsRng.next_u32();
        let inside = place.exists() && folders::has_its_own_place(&place)?;
        let beside = if inside { place.as_path() } else { parent };
        let partial = beside.join(format!(".{}.{random:08x}.partial", name.to_string_lossy()));
        private_folder(&partial)?;
        Ok(Self { place, partial, inside, finished: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.partial
    }

    /// Moves the folder to its place, if that is still free.
    pub(super) fn finish(mut self) -> anyhow::Result<PathBuf> {
        // Renaming over an empty folder succeeds, over a full one fails: nothing is ever replaced.
        let moved = if self.inside { self.move_inside() } else { fs::rename(&self.partial, &self.place) };
        moved.with_context(|| self.place.display().to_string())?;
        self.finished = true;
        if let Some(parent) = self.place.parent() {
            File::open(parent)?.sync_all()?;
        }
        Ok(std::mem::take(&mut self.place))
    }
}

impl Staging {
    fn move_inside(&self) -> std::io::Result<()> {
        for entry in fs::read_dir(&self.partial)? {
            let name = entry?.file_name();
            let to = self.place.join(&name);
            if to.exists() {
                return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, to.display().to_string()));
            }
            fs::rename(self.partial.join(&name), to)?;
        }
        fs::remove_dir(&self.partial)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.finished {
            // It may hold secret keys that nobody will use.
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// Makes one folder with mode 0700, which must not exist.
pub(super) fn private_folder(path: &Path) -> anyhow::Result<()> {
    DirBuilder::new().mode(0o700).create(path).with_context(|| path.display().to_string())
}

/// Writes a new file, which must not exist, and waits for the disk.
pub(super) fn write_new(path: &Path, content: &str) -> anyhow::Result<()> {
    create(path, content.as_bytes(), Readers::All).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_place_stays_and_holds_what_was_made() {
        let (scratch, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let place = scratch.path().join("out");
        std::os::unix::fs::symlink(disk.path(), &place).unwrap();
        let staging = Staging::new(&place).unwrap();
        private_folder(&staging.path().join("nodes")).unwrap();
        write_new(&staging.path().join("a"), "x").unwrap();
        staging.finish().unwrap();
        assert!(place.is_symlink());
        let mut made: Vec<_> =
            fs::read_dir(disk.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
        made.sort();
        assert_eq!(made, ["a", "nodes"]);
        assert!(Staging::new(&place).unwrap_err().to_string().contains("not empty"));
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let scratch = tempfile::tempdir().unwrap();
        let place = scratch.path().join("out");
        let staging = Staging::new(&place).unwrap();
        write_new(&staging.path().join("a"), "x").unwrap();
        assert!(!place.exists());
        drop(staging);
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left behind");
        fs::create_dir(&place).unwrap();
        let (first, second) = (Staging::new(&place).unwrap(), Staging::new(&place).unwrap());
        write_new(&first.path().join("a"), "first").unwrap();
        first.finish().unwrap();
        assert!(second.finish().is_err(), "the place was taken meanwhile");
        assert!(Staging::new(&place).unwrap_err().to_string().contains("not empty"));
        assert_eq!(fs::read_to_string(place.join("a")).unwrap(), "first");
    }
}
