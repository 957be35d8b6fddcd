//! A hook's place in the chain, on disk.
//!
//! ```text
//! FOLDER/<name>.json   {"format":"biaozheng-webhook-cursor/1","chain":"sha256:…","height":57,"position":2}
//! ```
//! The next event to send is the first at or after this place. The file is replaced whole, after the receiver took an
//! event and never before: what is lost with the power is sent again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FORMAT: &str = "biaozheng-webhook-cursor/1";
const FILE_BYTES_MAX: u64 = 4096;

/// Why a cursor cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    #[error("{path}: {reason}", path = .path.display())]
    Io { path: PathBuf, reason: std::io::Error },
    #[error("{path} is not a webhook's cursor: {reason}; removed, the hook begins at the newest block", path = .path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{path} belongs to another chain, {found}", path = .path.display())]
    OtherChain { path: PathBuf, found: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    chain: String,
    height: u64,
    position: u32,
}

/// The place of the next event.
#[derive(Debug)]
pub(crate) struct Cursor {
    path: PathBuf,
    chain: String,
    pub(crate) height: u64,
    pub(crate) position: u32,
}

impl Cursor {
    /// Reads the cursor of a hook, or makes one that begins with the block at `first`.
    pub(crate) fn open(folder: &Path, name: &str, chain: &str, first: u64) -> Result<Self, CursorError> {
        use std::os::unix::fs::DirBuilderExt as _;
        let io = |path: &Path, reason| CursorError::Io { path: path.to_owned(), reason };
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder).map_err(|reason| io(folder, reason))?;
        let path = folder.join(format!("{name}.json"));
        let mut cursor = Self { path, chain: chain.to_owned(), height: first, position: 0 };
        let text = match std::fs::metadata(&cursor.path) {
            Ok(found) if found.len() > FILE_BYTES_MAX => {
                return Err(CursorError::Damaged { path: cursor.path, reason: "it is too large".to_owned() });
            }
            Ok(_) => std::fs::read(&cursor.path).map_err(|reason| io(&cursor.path, reason))?,
            Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => {
                // From now on nothing is missed, even when nothing was ever sent.
                cursor.save()?;
                return Ok(cursor);
            }
            Err(reason) => return Err(io(&cursor.path, reason)),
        };
        let damaged = |reason: String| CursorError::Damaged { path: cursor.path.clone(), reason };
        let written: Written = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if written.format != FORMAT {
            return Err(damaged(format!("its format is {:?}", written.format)));
        }
        if written.chain != chain {
            return Err(CursorError::OtherChain { path: cursor.path, found: written.chain });
        }
        (cursor.height, cursor.position) = (written.height, written.position);
        Ok(cursor)
    }

    /// Writes the place so that a power cut leaves the old one or this one.
    pub(crate) fn save(&self) -> Result<(), CursorError> {
        let written = Written {
            format: FORMAT.to_owned(),
            chain: self.chain.clone(),
            height: self.height,
            position: self.position,
        };
        let write = || biaozheng_files::put(&self.path, serde_json::to_string(&written)?.as_bytes());
        write().map_err(|reason| CursorError::Io { path: self.path.clone(), reason })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_is_read_back_and_belongs_to_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let mut cursor = Cursor::open(folder.path(), "a", "chain", 7).unwrap();
        assert_eq!((cursor.height, cursor.position), (7, 0));
        (cursor.height, cursor.position) = (9, 3);
        cursor.save().unwrap();
        let again = Cursor::open(folder.path(), "a", "chain", 100).unwrap();
        assert_eq!((again.height, again.position), (9, 3));
        assert!(matches!(
            Cursor::open(folder.path(), "a", "other", 1),
            Err(CursorError::OtherChain { found, .. }) if found == "chain"
        ));
    }

    #[test]
    fn a_new_cursor_is_on_disk_at_once() {
        let folder = tempfile::tempdir().unwrap();
        drop(Cursor::open(folder.path(), "a", "chain", 7).unwrap());
        assert_eq!(Cursor::open(folder.path(), "a", "chain", 12).unwrap().height, 7);
    }

    #[test]
    fn a_damaged_one_is_not_guessed_at() {
        let folder = tempfile::tempdir().unwrap();
        for bad in
            ["", "{}", "{\"format\":\"x/1\",\"chain\":\"c\",\"height\":1,\"position\":0}", &" ".repeat(5000)]
        {
            std::fs::write(folder.path().join("a.json"), bad).unwrap();
            assert!(matches!(Cursor::open(folder.path(), "a", "c", 1), Err(CursorError::Damaged { .. })));
        }
    }
}
