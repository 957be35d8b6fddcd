//! The files of a bag, in a folder or in a tar.
//!
//! **Invariant:** symbolic links, special files and names that could leave the bag are findings and never opened.
//! A tar is read only as [`biaozheng_archive::tar`] writes it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use biaozheng_archive::limits::{FILES_MAX, PATH_DEPTH_MAX};
use biaozheng_archive::path::BagPath;
use biaozheng_archive::tar::{self, BLOCK_BYTES, END_BYTES};

use super::{Finding, Kind};
use crate::problem::Problem;

const CHUNK_BYTES: usize = 64 * 1024;

/// Files by their paths, and what is wrong with the container.
pub(super) trait Source {
    /// Sizes in bytes by path.
    fn files(&self) -> &BTreeMap<BagPath, u64>;
    fn findings(&self) -> &[Finding];
    /// The name of the bag's folder, where the container fixes it.
    fn folder(&self) -> Option<&str>;
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
    findings: Vec<Finding>,
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
                _ => self.findings.push(Finding {
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

    fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn folder(&self) -> Option<&str> {
        None
    }

    fn open(&mut self, path: &BagPath) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.root.join(path.as_str()))?))
    }
}

struct Tar {
    file: File,
    folder: Option<String>,
    files: BTreeMap<BagPath, u64>,
    starts: BTreeMap<BagPath, u64>,
    findings: Vec<Finding>,
}

impl Tar {
    fn open(path: &Path) -> Result<Self, Problem> {
        let failed = |source| Problem::Read { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(Problem::NotAFile { path: path.to_owned() });
        }
        let mut tar = Self {
            file,
            folder: None,
            files: BTreeMap::new(),
            starts: BTreeMap::new(),
            findings: Vec::new(),
        };
        let mut magic = [0; 8];
        let looked = tar.exact(257, &mut magic).is_ok();
        // One damaged bit does not make an archive something else.
        if !looked || magic.iter().zip(b"ustar\x0000").filter(|(a, b)| a == b).count() < 6 {
            return Err(Problem::NotAnArchive { path: path.to_owned() });
        }
        tar.index(about.len()).map_err(failed)?;
        if tar.files.len() > FILES_MAX { Err(Problem::TooMany(FILES_MAX)) } else { Ok(tar) }
    }

    fn exact(&mut self, at: u64, into: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(into)
    }

    /// Finds every file; stops with a finding at the first thing that [`tar`] would not have written.
    fn index(&mut self, length: u64) -> io::Result<()> {
        let mut at = 0u64;
        while self.files.len() <= FILES_MAX {
            if length.saturating_sub(at) <= END_BYTES as u64 {
                return self.end(at, length);
            }
            let mut header = [0; BLOCK_BYTES];
            self.exact(at, &mut header)?;
            let Some(entry) = tar::decode(&header) else { return self.stop(at, &header) };
            let start = at.saturating_add(BLOCK_BYTES as u64);
            let end = start.saturating_add(entry.size_bytes);
            let mut padding = vec![0; tar::padding(entry.size_bytes)];
            let next = end.saturating_add(padding.len() as u64);
            let place = self.place(&entry.path);
            if next > length || place.is_none() {
                return self.stop(at, &header);
            }
            self.exact(end, &mut padding)?;
            let Some(place) = place.filter(|_| padding.iter().all(|byte| *byte == 0)) else {
                return self.stop(at, &header);
            };
            self.files.insert(place.clone(), entry.size_bytes);
            self.starts.insert(place, start);
            at = next;
        }
        Ok(())
    }

    /// The path inside the bag's folder, if it is the folder of all and comes after the path before it.
    fn place(&mut self, path: &str) -> Option<BagPath> {
        let (folder, inside) = path.split_once('/')?;
        let folder = self.folder.get_or_insert_with(|| folder.to_owned()) == folder;
        let inside = BagPath::new(inside).ok().filter(|_| folder)?;
        self.files.last_key_value().is_none_or(|(last, _)| *last < inside).then_some(inside)
    }

    fn end(&mut self, at: u64, length: u64) -> io::Result<()> {
        let mut end = [1; END_BYTES];
        let whole = length.saturating_sub(at) == END_BYTES as u64;
        if whole {
            self.exact(at, &mut end)?;
        }
        if !whole || end.iter().any(|byte| *byte != 0) {
            self.findings.push(Finding {
                path: format!("(byte {at})"),
                kind: Kind::Changed,
                reason: "the tar does not end with its two empty blocks".into(),
            });
        }
        Ok(())
    }

    fn stop(&mut self, at: u64, header: &[u8; BLOCK_BYTES]) -> io::Result<()> {
        let name = |field: Option<&[u8]>| {
            let bytes =
                field.unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default().to_owned();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (name, prefix) = (name(header.get(..100)), name(header.get(345..500)));
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let path = path.split_once('/').map_or(path.clone(), |(_, inside)| inside.to_owned());
        self.findings.push(Finding {
            path: if path.is_empty() { format!("(byte {at})") } else { path },
            kind: Kind::Changed,
            reason: format!(
                "the tar is damaged or not in its one form at byte {at}; nothing after it was read"
            ),
        });
        Ok(())
    }
}

impl Source for Tar {
    fn files(&self) -> &BTreeMap<BagPath, u64> {
        &self.files
    }

    fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn folder(&self) -> Option<&str> {
        self.folder.as_deref()
    }

    fn open(&mut self, path: &BagPath) -> io::Result<Box<dyn Read + '_>> {
        let start = self.starts.get(path).copied().ok_or(io::ErrorKind::NotFound)?;
        let size = self.files.get(path).copied().unwrap_or_default();
        self.file.seek(SeekFrom::Start(start))?;
        Ok(Box::new((&mut self.file).take(size)))
    }
}
