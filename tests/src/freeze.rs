//! A running node, stopped for a moment: its whole folder, every key of its store, and its memory.
//!
//! The process stands still (SIGSTOP) while folder and memory are taken, so both are of one moment. What the store has
//! compressed, or not written to a table yet, is read through RocksDB itself on the copy: write-ahead log, memtables'
//! content and tables alike.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::search::Words;

/// Memory and files are read in pieces of so many bytes.
const PIECE: usize = 8 * 1024 * 1024;
const PAGE: usize = 4096;

/// What was taken of a node at one moment.
#[derive(Debug)]
pub struct Frozen {
    /// Copy of the node's folder.
    pub home: PathBuf,
    /// Its memory, mapping after mapping, without pages of zeros.
    pub memory: PathBuf,
    pub memory_bytes: u64,
}

fn signal(process: u32, name: &str) -> anyhow::Result<()> {
    let done = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status()?;
    ensure!(done.success(), "kill -{name} {process}");
    Ok(())
}

/// Takes a copy of a node's folder and memory into `to`, which must not exist. `log`: further files of the node.
///
/// # Errors
/// When something cannot be read. The process runs on in any case.
pub fn freeze(process: u32, home: &Path, logs: &[PathBuf], to: &Path) -> anyhow::Result<Frozen> {
    std::fs::create_dir_all(to)?;
    signal(process, "STOP")?;
    let taken = copy(home, &to.join("home")).and_then(|()| {
        for log in logs {
            std::fs::copy(log, to.join("home").join(log.file_name().context("a log's name")?))?;
        }
        memory(process, &to.join("memory"))
    });
    signal(process, "CONT")?;
    Ok(Frozen { home: to.join("home"), memory: to.join("memory"), memory_bytes: taken? })
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (entry, kind) = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)))?;
        let place = to.join(entry.file_name().context("a name")?);
        if kind.is_dir() {
            copy(&entry, &place)?;
        } else if kind.is_file() {
            std::fs::copy(&entry, &place)?;
        }
    }
    Ok(())
}

/// Every readable mapping of a process.
fn memory(process: u32, to: &Path) -> anyhow::Result<u64> {
    let maps = BufReader::new(File::open(format!("/proc/{process}/maps"))?);
    let source = File::open(format!("/proc/{process}/mem")).context("the memory of the node's process")?;
    let (mut out, mut written) = (BufWriter::new(File::create(to)?), 0u64);
    for line in maps.lines() {
        let line = line?;
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        // The kernel's own pages are no memory of the process, and cannot be read.
        if !rights.starts_with('r') || line.ends_with("[vvar]") || line.ends_with("[vsyscall]") {
            continue;
        }
        let (from, end) = range.split_once('-').context("a mapping's range")?;
        let (mut at, end) = (u64::from_str_radix(from, 16)?, u64::from_str_radix(end, 16)?);
        let mut piece = vec![0; PIECE];
        while at < end {
            let length = usize::try_from((end - at).min(PIECE as u64))?;
            // A mapping beyond its file's end cannot be read; nothing of the process stands there.
            let Ok(read @ 1..) = source.read_at(&mut piece[..length], at) else { break };
            for page in piece[..read].chunks(PAGE).filter(|page| page.iter().any(|byte| *byte != 0)) {
                out.write_all(page)?;
                written += page.len() as u64;
            }
            at += read as u64;
        }
    }
    out.flush()?;
    Ok(written)
}

/// A row of a store: its column family and its key.
pub type Row = (String, Vec<u8>);

impl Frozen {
    /// The words that stand in the node's memory.
    ///
    /// # Errors
    /// When the dump cannot be read.
    pub fn in_memory(&self, words: &Words) -> anyhow::Result<BTreeSet<String>> {
        in_file(&self.memory, words)
    }

    /// The words that stand in any file, or file name, of the node's folder as it is on disk.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn in_files(&self, words: &Words) -> anyhow::Result<BTreeSet<String>> {
        let (mut found, mut folders) = (BTreeSet::new(), vec![self.home.clone()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                found.extend(words.in_bytes(path.strip_prefix(&self.home)?.to_string_lossy().as_bytes()));
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.extend(in_file(&path, words)?);
                }
            }
        }
        Ok(found)
    }

    /// The rows of the node's store in which any of the words stands, each as its family and key; and how many there are
    /// altogether. Read from a copy, so that `in_files` still sees the folder as it was.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub fn in_store(&self, words: &Words) -> anyhow::Result<(BTreeSet<Row>, usize)> {
        let place = self.home.with_file_name("store");
        let _ = std::fs::remove_dir_all(&place);
        copy(&self.home.join("data"), &place)?;
        // Only the store's lock; it is not this copy's.
        let _ = std::fs::remove_file(place.join("LOCK"));
        let options = rocksdb::Options::default();
        let families = rocksdb::DB::list_cf(&options, &place)?;
        let store = rocksdb::DB::open_cf_for_read_only(&options, &place, &families, false)?;
        let (mut found, mut rows) = (BTreeSet::new(), 0);
        for name in families {
            let family = store.cf_handle(&name).context("a family")?;
            for row in store.iterator_cf(family, rocksdb::IteratorMode::Start) {
                let (key, value) = row?;
                rows += 1;
                if !words.in_bytes(&key).is_empty() || !words.in_bytes(&value).is_empty() {
                    found.insert((name.clone(), key.to_vec()));
                }
            }
        }
        Ok((found, rows))
    }
}

fn in_file(path: &Path, words: &Words) -> anyhow::Result<BTreeSet<String>> {
    let (mut file, mut found) = (File::open(path)?, BTreeSet::new());
    let (mut piece, mut kept) = (vec![0; PIECE], 0);
    loop {
        let read = file.read(&mut piece[kept..])?;
        if read == 0 {
            return Ok(found);
        }
        let filled = kept + read;
        found.extend(words.in_bytes(&piece[..filled]));
        // A word may stand across two pieces.
        kept = words.longest().min(filled);
        piece.copy_within(filled - kept..filled, 0);
    }
}
