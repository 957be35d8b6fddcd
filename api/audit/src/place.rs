//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// Writes a file beside its place, to disk, and then into its place; the folder is made where it lacks.
///
/// # Errors
/// The disk's.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_with(path, |file| file.write_all(bytes))
}

/// The same for a file too large to hold as bytes.
pub(crate) fn put_with(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = std::ffi::OsString::from(".new-");
    beside.push(name);
    let beside = folder.join(beside);
    let mut file = File::create(&beside)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(folder)?.sync_all()
}

/// Reads a regular file of at most `most` bytes; `None` when there is none, an error when it is larger.
///
/// # Errors
/// The disk's, and [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path, most: usize) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1) as u64).read_to_end(&mut bytes)?;
    if bytes.len() > most { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(Some(bytes)) }
}

/// Takes a folder for this process alone, as long as what is returned lives.
pub(crate) fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(".lock"))?;
    file.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => io::Error::other("another process uses this folder"),
        fs::TryLockError::Error(error) => error,
    })?;
    Ok(file)
}
