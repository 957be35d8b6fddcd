//! Secret keys on disk.
//!
//! ```text
//! biaozheng-secret-key/1 ed25519 <64 lower-case hexadecimal digits>\n      x.key, mode 0600
//! ed25519:<32 bytes in standard base64> <name>\n                          x.pub, mode 0644
//! ```
//! **Invariant:** a secret key file is created once, never overwritten, on disk before it is used, and readable
//! by its owner only; a file that others can read is refused, since its key may be known. Buffers that held a
//! secret are wiped. No error and no `Debug` shows any of a secret file's content.

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use biaozheng_files::Readers;
use biaozheng_ledger::key::{PublicKey, SecretKey};
use rand::RngCore as _;
use zeroize::Zeroizing;

const PREFIX: &str = "biaozheng-secret-key/1 ed25519 ";
/// Prefix, 64 digits, line end (perhaps two bytes of it, after a Windows editor).
const FILE_BYTES_MAX: usize = PREFIX.len() + 64 + 2;

/// Why a key file cannot be made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("{path}: exists already; keys are never overwritten 已有文件，不覆盖密钥", path = .0.display())]
    Exists(PathBuf),
    #[error(
        "{path}: others can read this key (mode {mode:04o}) 密钥文件权限过宽; run: chmod 600 {path}, and replace the key if anyone may have read it",
        path = .path.display()
    )]
    Exposed { path: PathBuf, mode: u32 },
    #[error(
        "{path}: others can write to this folder (mode {mode:04o}) 密钥目录权限过宽; run: chmod 700 {path}",
        path = .path.display()
    )]
    FolderExposed { path: PathBuf, mode: u32 },
    #[error("{path}: not a regular file", path = .0.display())]
    NotAFile(PathBuf),
    #[error(
        "{path}: not a secret key file; it is one line: 'biaozheng-secret-key/1 ed25519' and 64 lower-case hexadecimal digits",
        path = .0.display()
    )]
    Format(PathBuf),
    #[error("{path}: not a public key file; it is one line: 'ed25519:<base64> <name>'", path = .0.display())]
    PublicFormat(PathBuf),
    #[error("{path}: {reason}", path = .path.display())]
    Io { path: PathBuf, reason: io::Error },
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
}

/// A new key from the operating system's random generator.
///
/// # Errors
/// [`KeyFileError::Random`].
pub fn generate() -> Result<SecretKey, KeyFileError> {
    let mut seed = Zeroizing::new([0; 32]);
    rand::rngs::OsRng
        .try_fill_bytes(seed.as_mut())
        .map_err(|error| KeyFileError::Random(error.to_string()))?;
    Ok(SecretKey::from_seed(&seed))
}

/// Writes a secret key to a new file. A missing folder is made with mode 0700.
///
/// # Errors
/// [`KeyFileError`]; nothing that exists is touched.
pub fn create(path: &Path, key: &SecretKey) -> Result<(), KeyFileError> {
    make_folder(path)?;
    let mut line = Zeroizing::new([0; FILE_BYTES_MAX]);
    let seed = key.seed();
    let mut digits = Zeroizing::new([0; 64]);
    hex::encode_to_slice(seed.as_slice(), digits.as_mut()).expect("32 bytes are 64 digits");
    let parts = PREFIX.bytes().chain(digits.iter().copied()).chain(*b"\n");
    let mut length = 0usize;
    for (slot, byte) in line.iter_mut().zip(parts) {
        *slot = byte;
        length = length.saturating_add(1);
    }
    write_new(path, line.get(..length).expect("no more than the slots"), Readers::Owner)
}

/// The file beside `x.key` that holds the public half: `x.pub`.
#[must_use]
pub fn public_path(secret: &Path) -> PathBuf {
    secret.with_extension("pub")
}

/// Writes the public half with a name to a new file that anyone may read.
///
/// # Errors
/// [`KeyFileError`]; nothing that exists is touched.
pub fn create_public(path: &Path, key: &PublicKey, name: &str) -> Result<(), KeyFileError> {
    write_new(path, format!("{key} {name}\n").as_bytes(), Readers::All)
}

/// Generates a key and writes `path` and the public file beside it.
///
/// # Errors
/// [`KeyFileError`]; nothing that exists is touched.
pub fn create_pair(path: &Path, name: &str) -> Result<SecretKey, KeyFileError> {
    let public = public_path(path);
    for taken in [path, &public] {
        if taken.exists() {
            return Err(KeyFileError::Exists(taken.to_owned()));
        }
    }
    let key = generate()?;
    create(path, &key)?;
    create_public(&public, &key.public(), name)?;
    Ok(key)
}

/// Reads a secret key. A symbolic link is followed; what it leads to must be readable by its owner only.
///
/// # Errors
/// [`KeyFileError`], never with any of the content.
pub fn read(path: &Path) -> Result<SecretKey, KeyFileError> {
    let io = |reason| KeyFileError::Io { path: path.to_owned(), reason };
    let mut file = File::open(path).map_err(io)?;
    // Of the opened file, not of the path: nobody can swap it in between.
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile(path.to_owned()));
    }
    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    let refuse = || KeyFileError::Format(path.to_owned());
    // One byte more than allowed, so that a longer file is noticed.
    let mut buffer = Zeroizing::new([0; FILE_BYTES_MAX + 1]);
    let mut length = 0usize;
    while let Some(free) = buffer.get_mut(length..).filter(|free| !free.is_empty()) {
        match file.read(free) {
            Ok(0) => break,
            Ok(read) => length = length.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(io(error)),
        }
    }
    let text = buffer.get(..length).unwrap_or_default();
    let line = text.strip_suffix(b"\r\n").or_else(|| text.strip_suffix(b"\n")).unwrap_or(text);
    let digits = line.strip_prefix(PREFIX.as_bytes()).ok_or_else(refuse)?;
    if digits.len() != 64 || digits.iter().any(u8::is_ascii_uppercase) {
        return Err(refuse());
    }
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(digits, seed.as_mut()).map_err(|_| refuse())?;
    Ok(SecretKey::from_seed(&seed))
}

/// Reads a public key file: the key and the name behind it.
///
/// # Errors
/// [`KeyFileError`].
pub fn read_public(path: &Path) -> Result<(PublicKey, String), KeyFileError> {
    let text =
        std::fs::read_to_string(path).map_err(|reason| KeyFileError::Io { path: path.to_owned(), reason })?;
    let refuse = || KeyFileError::PublicFormat(path.to_owned());
    let (key, name) = text.trim_end().split_once(' ').ok_or_else(refuse)?;
    Ok((key.parse().map_err(|_| refuse())?, name.to_owned()))
}

pub(crate) fn make_folder(path: &Path) -> Result<(), KeyFileError> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let io = |reason| KeyFileError::Io { path: folder.to_owned(), reason };
    if !folder.exists() {
        return DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(io);
    }
    let mode = folder.metadata().map_err(io)?.permissions().mode() & 0o7777;
    // Whoever can write here can put their own key in the place of ours; a sticky folder such as /tmp is safe.
    if mode & 0o022 != 0 && mode & 0o1000 == 0 {
        return Err(KeyFileError::FolderExposed { path: folder.to_owned(), mode });
    }
    Ok(())
}

fn write_new(path: &Path, content: &[u8], readers: Readers) -> Result<(), KeyFileError> {
    biaozheng_files::create(path, content, readers).map_err(|reason| match reason.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_owned()),
        _ => KeyFileError::Io { path: path.to_owned(), reason },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::symlink;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_pair_is_written_for_its_owner_only_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/api.key");
        let key = create_pair(&path, "suzhou").unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(read(&path).unwrap().public(), key.public());
        assert_eq!(read_public(&public_path(&path)).unwrap(), (key.public(), "suzhou".into()));
        assert!(matches!(create_pair(&path, "x"), Err(KeyFileError::Exists(_))));
        assert!(matches!(create(&path, &key), Err(KeyFileError::Exists(_))));
        let link = folder.path().join("elsewhere.key");
        symlink(&path, &link).unwrap();
        assert_eq!(read(&link).unwrap().public(), key.public());
    }

    #[test]
    fn an_exposed_file_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.key");
        create_pair(&path, "a").unwrap();
        for exposed in [0o640, 0o604, 0o620, 0o601] {
            set_permissions(&path, Permissions::from_mode(exposed)).unwrap();
            let error = read(&path).unwrap_err();
            assert!(matches!(error, KeyFileError::Exposed { .. }));
            assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
        }
        let open = folder.path().join("open");
        std::fs::create_dir(&open).unwrap();
        set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
        assert!(matches!(create_pair(&open.join("b.key"), "b"), Err(KeyFileError::FolderExposed { .. })));
    }

    #[test]
    fn a_wrong_format_is_refused_without_showing_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let digits = "0123456789abcdef".repeat(4);
        let good = format!("{PREFIX}{digits}");
        let cases = [
            String::new(),
            digits.clone(),
            good.replace("key/1", "key/2"),
            good.to_uppercase(),
            format!("{PREFIX}{}", digits.to_uppercase()),
            format!("{good}0"),
            format!("{good}\n\n\n"),
            good.replace("ef", "eg"),
            good.chars().take(90).collect(),
            format!("{good}\n{good}\n"),
        ];
        for (index, text) in cases.iter().enumerate() {
            let path = folder.path().join(format!("{index}.key"));
            write_new(&path, text.as_bytes(), Readers::Owner).unwrap();
            let error = read(&path).unwrap_err();
            assert!(matches!(error, KeyFileError::Format(_)), "{index}: {error}");
            assert!(!format!("{error} {error:?}").to_lowercase().contains("0123456789abc"), "{error}");
        }
        for (name, text) in [("a", good.clone()), ("b", format!("{good}\n")), ("c", format!("{good}\r\n"))] {
            let path = folder.path().join(name);
            write_new(&path, text.as_bytes(), Readers::Owner).unwrap();
            assert!(read(&path).is_ok(), "{name}");
        }
    }
}
