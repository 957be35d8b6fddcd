//! A wallet's file: whole or as it was, its owner's alone, one process at a time.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::WalletError;
use super::content::Content;

/// Tokens of a wallet, spent ones too.
pub const TOKENS_MAX: usize = 4096;
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A wallet that draws is at most half as long as one that is read: signatures and digests of entries find room.
pub(super) const DRAWING_BYTES_MAX: usize = FILE_BYTES_MAX / 2;

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// Takes the wallet for this process, as long as what is returned lives. The file that is locked is another, since the
/// wallet's own is replaced with every change.
pub(super) fn lock(path: &Path) -> Result<File, WalletError> {
    let beside = beside(path, ".lock");
    let io = |reason| WalletError::Io { path: beside.clone(), reason };
    let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&beside);
    let file = open.map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(WalletError::Locked(path.to_owned())),
        Err(TryLockError::Error(reason)) => Err(io(reason)),
    }
}

/// Writes the wallet beside its place, to disk, and then into its place.
pub(super) fn put(path: &Path, bytes: &[u8]) -> Result<(), WalletError> {
    biaozheng_files::put_private(path, bytes)
        .map_err(|reason| WalletError::Io { path: path.to_owned(), reason })
}

/// Reads a wallet that its owner alone can read. A link is refused: under two names it would have two locks.
pub(super) fn read(path: &Path) -> Result<Content, WalletError> {
    let io = |reason| WalletError::Io { path: path.to_owned(), reason };
    if !path.symlink_metadata().map_err(io)?.is_file() {
        return Err(WalletError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(WalletError::Exposed { path: path.to_owned(), mode });
    }
    let damaged = |reason: String| WalletError::Damaged { path: path.to_owned(), reason };
    let length = usize::try_from(file.metadata().map_err(io)?.len()).unwrap_or(usize::MAX);
    if length > FILE_BYTES_MAX {
        return Err(damaged("larger than any wallet".into()));
    }
    // Of the size the file has, so that no copy of it is left where the buffer grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length.saturating_add(1)));
    file.take(FILE_BYTES_MAX as u64).read_to_end(&mut bytes).map_err(io)?;
    Content::from_bytes(&bytes).map_err(damaged)
}
