//! Folders of a node that its operator may have made a mount point or a link: what is in them moves, they stay.
//!
//! **Invariant:** nothing is removed and nothing is copied; what is put aside lies on the file system it was on.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

/// Names tried for what is put aside.
const NAMES_MAX: u32 = 1000;

/// A folder that every file system of the ext family has at its root.
fn is_of_the_file_system(name: &OsStr) -> bool {
    name == "lost+found"
}

/// True where there is nothing, or an empty folder, which may be a mount point or a link to one.
///
/// # Errors
/// The disk's; a link to what is not there.
pub fn is_free(folder: &Path) -> io::Result<bool> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return if folder.is_symlink() { Err(dangling(folder)) } else { Ok(true) };
        }
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(false),
        Err(error) => return Err(error),
    };
    for entry in entries {
        if !is_of_the_file_system(&entry?.file_name()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn dangling(folder: &Path) -> io::Error {
    let target = fs::read_link(folder).unwrap_or_default();
    io::Error::new(
        ErrorKind::NotFound,
        format!("it is a link to {}, which is not there: is its disk mounted? 磁盘未挂载", target.display()),
    )
}

/// True for a folder that cannot be renamed without losing where it lies: a link, or another file system than its parent's.
///
/// # Errors
/// The disk's; a link to what is not there.
pub fn has_its_own_place(folder: &Path) -> io::Result<bool> {
    if folder.is_symlink() {
        return if folder.exists() { Ok(true) } else { Err(dangling(folder)) };
    }
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    Ok(fs::metadata(folder)?.dev() != fs::metadata(parent)?.dev())
}

/// The first of `name`, `name-2`, `name-3` … that is not taken: whatever was put aside before stays.
///
/// # Errors
/// When a thousand are.
pub fn first_free(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let numbered = |number: u32| match number {
        1 => folder.join(name),
        _ => folder.join(format!("{name}-{number}")),
    };
    let free = |path: &PathBuf| !path.exists() && !path.is_symlink();
    let full = || io::Error::new(ErrorKind::AlreadyExists, format!("{name} and {NAMES_MAX} more are there"));
    (1..=NAMES_MAX).map(numbered).find(free).ok_or_else(full)
}

/// Puts a folder's content aside: the folder itself beside its place, as `NAME.WORD`, or, where it is a mount point or
/// a link, all that is in it into a folder `WORD` inside. Gives the place.
///
/// # Errors
/// The disk's.
pub fn put_aside(folder: &Path, word: &str) -> io::Result<PathBuf> {
    if has_its_own_place(folder)? {
        return put_inside(folder, word);
    }
    let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
        return put_inside(folder, word);
    };
    let beside = first_free(parent, &format!("{}.{word}", name.to_string_lossy()))?;
    match fs::rename(folder, &beside) {
        Ok(()) => Ok(beside),
        // A bind mount of one file system, or a layer of a container's.
        Err(error) if matches!(error.kind(), ErrorKind::ResourceBusy | ErrorKind::CrossesDevices) => {
            put_inside(folder, word)
        }
        Err(error) => Err(error),
    }
}

fn put_inside(folder: &Path, word: &str) -> io::Result<PathBuf> {
    let inside = first_free(folder, word)?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !is_of_the_file_system(&name) && !name.to_string_lossy().starts_with(word) {
            names.push(name);
        }
    }
    fs::DirBuilder::new().mode(0o700).create(&inside)?;
    // A store without its CURRENT is none: cut short here, nothing takes the rest for one.
    names.sort_by_key(|name| name != "CURRENT");
    for name in names {
        fs::rename(folder.join(&name), inside.join(&name))?;
    }
    fs::File::open(folder)?.sync_all()?;
    Ok(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(folder: &Path) {
        fs::create_dir_all(folder).unwrap();
        for name in ["CURRENT", "000005.sst"] {
            fs::write(folder.join(name), name).unwrap();
        }
    }

    #[test]
    fn a_folder_is_put_beside_its_place_as_often_as_wanted() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        for name in ["data.old", "data.old-2", "data.old-3"] {
            filled(&data);
            assert_eq!(put_aside(&data, "old").unwrap(), home.path().join(name));
            assert!(!data.exists());
        }
    }

    #[test]
    fn what_is_in_a_linked_folder_moves_and_the_link_stays() {
        let (home, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = home.path().join("data");
        filled(disk.path());
        fs::create_dir(disk.path().join("lost+found")).unwrap();
        std::os::unix::fs::symlink(disk.path(), &data).unwrap();
        assert!(has_its_own_place(&data).unwrap() && !is_free(&data).unwrap());
        for name in ["old", "old-2"] {
            let aside = put_aside(&data, "old").unwrap();
            assert_eq!(aside, data.join(name));
            assert_eq!(fs::read(aside.join("CURRENT")).unwrap(), b"CURRENT");
            assert!(data.is_symlink() && !data.join("CURRENT").exists() && data.join("lost+found").exists());
            filled(disk.path());
        }
    }

    #[test]
    fn an_empty_disk_is_free_and_one_that_is_away_is_told() {
        let (home, disk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let data = home.path().join("data");
        assert!(is_free(&data).unwrap());
        fs::create_dir(disk.path().join("lost+found")).unwrap();
        std::os::unix::fs::symlink(disk.path(), &data).unwrap();
        assert!(is_free(&data).unwrap(), "as a file system is when it was just made");
        fs::remove_file(&data).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", &data).unwrap();
        for error in [is_free(&data).unwrap_err(), put_aside(&data, "old").unwrap_err()] {
            assert!(error.to_string().contains("is its disk mounted"), "{error}");
        }
    }
}
