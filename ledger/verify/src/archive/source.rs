//! The files of a bag, in a folder or in a tar.
//!
//! **Invariant:** symbolic links, special files and names that could leave the bag are findings and never opened.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use biaozheng_archive::limits::{FILES_MAX, PATH_DEPTH_MAX};
use biaozheng_archive::path::BagPath;

use super::{ArchiveFinding, Kind};
use crate::problem::Problem;

mod tar;

use tar::Tar;

const CHUNK_BYTES: usize = 64 * 1024;

/// Files by their paths, and what is wrong with the container.
pub(super) trait Source {
    /// Sizes in bytes by path.
    fn files(&self) -> &BTreeMap<BagPath, u64>;
    fn findings(&self) -> &[ArchiveFinding];
    fn open(&mut self, path: &BagPath) -> io::Result<Box<dyn Read + '_>>;
}

/// Reads one file in pieces; a file that grows is noticed and never followed.
pub(super) fn read(source: &mut dyn Source, path: &BagPath, mut sink: impl FnMut(&[u8])) -> io::Result<()> {
    let size = source.files().get(path).copied().unwrap_or_default();
    let mut limited = source.open(path)?.take(size.saturating_add(1));
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = limited.read(&mut chunk)?;
        match chunk.get(..count) {
            Some(piece) if !piece.is_empty() => sink(piece),
            _ => return Ok(()),
        }
    }
}

pub(super) fn open(path: &Path) -> Result<Box<dyn Source>, Problem> {
    if path.is_dir() { Ok(Box::new(Folder::open(path)?)) } else { Ok(Box::new(Tar::open(path)?)) }
}

#[derive(Default)]
struct Folder {
    root: PathBuf,
    files: BTreeMap<BagPath, u64>,
    findings: Vec<ArchiveFinding>,
}

impl Folder {
    fn open(root: &Path) -> Result<Self, Problem> {
        let mut folder = Self { root: root.to_owned(), ..Self::default() };
        folder.walk(root, "", 1)?;
        Ok(folder)
    }

    fn walk(&mut self, at: &Path, prefix: &str, depth: usize) -> Result<(), Problem> {
        let failed = |source| Problem::Read { path: at.to_owned(), source };
        for entry in fs::read_dir(at).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let name = entry.file_name();
            let path = format!("{prefix}{}", name.to_string_lossy());
            let good = name.to_str().and_then(|_| BagPath::new(&path).ok());
            match good {
                Some(_) if kind.is_dir() && depth < PATH_DEPTH_MAX => {
                    self.walk(&entry.path(), &format!("{path}/"), depth.saturating_add(1))?;
                }
                Some(good) if kind.is_file() => {
                    self.files.insert(good, entry.metadata().map_err(failed)?.len());
                }
                _ => self.findings.push(ArchiveFinding {
                    path,
                    kind: Kind::Added,
                    reason: "not a plain file with a name this archive could have".into(),
                }),
            }
            if self.files.len().saturating_add(self.findings.len()) > FILES_MAX {
                return Err(Problem::TooMany(FILES_MAX));
            }
        }
        Ok(())
    }
}

impl Source for Folder {
    fn files(&self) -> &BTreeMap<BagPath, u64> {
        &self.files
    }

    fn findings(&self) -> &[ArchiveFinding] {
        &self.findings
    }

    fn open(&mut self, path: &BagPath) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.root.join(path.as_str()))?))
    }
}
