//! Puts an archive on disk: a folder or a tar, from documents in a folder.
//!
//! **Invariant:** nothing is written over: the folder or the tar must be new, and a half-written one keeps the name
//! of its target with `.part`, so that nobody takes it for an archive.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use biaozheng_archive::{Archive, Documents};
use biaozheng_ledger::ids::DocumentDigest;

const CHUNK_BYTES: usize = 64 * 1024;

/// Documents in a folder, each under the 64 hexadecimal digits of its digest.
#[derive(Clone, Debug)]
pub struct DocumentFolder(PathBuf);

impl DocumentFolder {
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }
}

impl Documents for DocumentFolder {
    fn read(
        &mut self,
        digest: &DocumentDigest,
        sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        let mut file = match File::open(self.0.join(digest.digest().hex())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            other => other?,
        };
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = file.read(&mut chunk)?;
            match chunk.get(..count) {
                Some(piece) if !piece.is_empty() => sink(piece)?,
                _ => return Ok(true),
            }
        }
    }
}

/// Writes the archive as a tar, synced, that is not there yet.
///
/// # Errors
/// The disk's or the documents'; [`io::ErrorKind::AlreadyExists`].
pub fn write_tar(archive: &Archive, documents: &mut impl Documents, path: &Path) -> io::Result<()> {
    let part = part_of(path)?;
    let mut out = BufWriter::new(File::create_new(&part)?);
    archive.write_tar(documents, &mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(part, path)?;
    biaozheng_files::sync_name(path)
}

/// Writes the archive as a folder that is not there yet.
///
/// # Errors
/// As [`write_tar`].
pub fn write_folder(archive: &Archive, documents: &mut impl Documents, path: &Path) -> io::Result<()> {
    let part = part_of(path)?;
    fs::create_dir(&part)?;
    for (name, content) in archive.files() {
        let target = part.join(name.as_str());
        target.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = File::create_new(&target)?;
        content.read(documents, &mut |piece| file.write_all(piece))?;
        file.sync_all()?;
    }
    fs::rename(part, path)?;
    biaozheng_files::sync_name(path)
}

fn part_of(path: &Path) -> io::Result<PathBuf> {
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut part = OsString::from(path);
    part.push(".part");
    Ok(part.into())
}
