//! Files that are there whole or not at all, for every program that keeps something on a disk.
//!
//! A file is written beside its place (`NAME.new`), synced, renamed into its place, and then the folder is synced, so that
//! its name outlives a power cut too.
//!
//! **Invariant:** when [`put`] or [`create`] returns, the content is on the disk under its name; when it does not, the place
//! holds what it held before. What a crash left beside the place is removed, never followed and never written into.
//!
//! The standard library alone; the pure crates (ledger, contracts and what they are made of) never depend on it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Who may read a file that is made, within the process's umask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everybody, as far as the umask lets; its owner alone writes it.
    All,
    /// Its owner.
    Owner,
}

impl Readers {
    const fn mode(self) -> u32 {
        match self {
            Self::All => 0o644,
            Self::Owner => 0o600,
        }
    }
}

/// Puts a file into its place, instead of what may be there; the folder is made where it lacks.
///
/// # Errors
/// The disk's.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_with(path, Readers::All, |file| file.write_all(bytes))
}

/// The same for a file that its owner alone may read.
///
/// # Errors
/// The disk's.
pub fn put_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_with(path, Readers::Owner, |file| file.write_all(bytes))
}

/// The same for a file too large to hold as bytes.
///
/// # Errors
/// The disk's, and those of `write`.
pub fn put_with(
    path: &Path,
    readers: Readers,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))?;
    let beside = beside(path)?;
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(readers.mode()).open(&beside)?;
    write(&mut file)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_name(path)
}

/// Makes a file that must not be there yet. After a crash it may be there in part: nothing else has its name.
///
/// # Errors
/// The disk's; [`io::ErrorKind::AlreadyExists`].
pub fn create(path: &Path, bytes: &[u8], readers: Readers) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(readers.mode()).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    sync_name(path)
}

/// Syncs the folder a file lies in: its new name, or that it has none any more, outlives a power cut.
///
/// # Errors
/// The disk's.
pub fn sync_name(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
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

/// Takes a folder for this process alone, as long as what is returned lives; the folder is made where it lacks.
///
/// # Errors
/// The disk's; another process has the folder.
pub fn lock(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(".lock"))?;
    file.try_lock().map_err(|error| match error {
        fs::TryLockError::WouldBlock => io::Error::other("another process uses this folder"),
        fs::TryLockError::Error(error) => error,
    })?;
    Ok(file)
}

/// A name alone lies in the folder the process works in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let mut name = OsString::from(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    name.push(".new");
    Ok(folder_of(path).join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_replaced_whole_and_its_folder_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/note.json");
        put(&path, b"one").unwrap();
        put(&path, b"2").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
        assert_eq!(names(path.parent().unwrap()), ["note.json"]);
    }

    #[test]
    fn a_writer_that_fails_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note");
        put(&path, b"old").unwrap();
        let failed = put_with(&path, Readers::All, |file| {
            file.write_all(b"ne")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        put(&path, b"new").unwrap();
        assert_eq!(names(folder.path()), ["note"], "what was left is gone");
    }

    #[test]
    fn what_lies_beside_is_removed_and_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("note"), folder.path().join("other"));
        fs::write(&other, b"of somebody").unwrap();
        symlink(&other, folder.path().join("note.new")).unwrap();
        put_private(&path, b"mine").unwrap();
        assert_eq!(fs::read(&other).unwrap(), b"of somebody");
        assert_eq!((fs::read(&path).unwrap(), path.is_symlink()), (b"mine".to_vec(), false));
    }

    #[test]
    fn a_private_file_is_its_owners_whatever_lay_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("share");
        put(&path, b"open").unwrap();
        put_private(&path, b"shut").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let made = folder.path().join("made");
        create(&made, b"shut", Readers::Owner).unwrap();
        assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_is_created_replaces_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note");
        create(&path, b"first", Readers::All).unwrap();
        let again = create(&path, b"second", Readers::All).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
    }

    #[test]
    fn a_file_that_is_too_large_or_none_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note");
        assert_eq!(read(&path, 3).unwrap(), None);
        put(&path, b"123").unwrap();
        assert_eq!(read(&path, 3).unwrap().unwrap(), b"123");
        assert_eq!(read(&path, 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        assert!(read(folder.path(), 3).is_err(), "a folder");
    }

    #[test]
    fn a_name_alone_lies_where_the_process_works() {
        assert_eq!(folder_of(Path::new("note")), Path::new("."));
        assert_eq!(beside(Path::new("note")).unwrap(), Path::new("./note.new"));
        assert_eq!(beside(Path::new("/")).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_folder_has_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        assert!(lock(folder.path()).is_err());
        drop(held);
        lock(folder.path()).unwrap();
    }
}
