//! A log file that is closed when it is full and at midnight UTC; only the newest closed files are kept.
//!
//! ```text
//! biaozheng.log                                the open one
//! biaozheng.00000007.2026-11-23T120000Z.log    the seventh to be closed, at that time
//! ```
//! **Invariant:** the folder holds at most `files_max` closed files of about `bytes_max` bytes and the open one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;

const OPEN_NAME: &str = "biaozheng.log";

/// Somebody asked that the open file be opened anew.
static REOPEN: AtomicBool = AtomicBool::new(false);

/// Makes the next line open `biaozheng.log` anew: another program may have moved it.
pub fn reopen() {
    REOPEN.store(true, Ordering::Relaxed);
}

/// The writer.
#[derive(Debug)]
pub(super) struct RotatingFile {
    folder: PathBuf,
    bytes_max: u64,
    files_max: usize,
    file: File,
    bytes: u64,
    day: i64,
}

fn day_of(now: Timestamp) -> i64 {
    now.as_second().div_euclid(86_400)
}

impl RotatingFile {
    pub(super) fn open(folder: &Path, bytes_max: u64, files_max: usize) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = append(folder)?;
        let metadata = file.metadata()?;
        let written = metadata.modified().ok().and_then(|time| Timestamp::try_from(time).ok());
        let day = day_of(written.unwrap_or_else(Timestamp::now));
        Ok(Self { folder: folder.to_owned(), bytes_max, files_max, file, bytes: metadata.len(), day })
    }

    fn write_at(&mut self, line: &[u8], now: Timestamp) -> io::Result<()> {
        let full = self.bytes.saturating_add(line.len() as u64) > self.bytes_max;
        if self.bytes > 0 && (full || day_of(now) != self.day) {
            self.rotate(now)?;
        }
        self.day = day_of(now);
        self.file.write_all(line)?;
        self.bytes = self.bytes.saturating_add(line.len() as u64);
        Ok(())
    }

    fn open_anew(&mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file = append(&self.folder)?;
        self.bytes = self.file.metadata()?.len();
        Ok(())
    }

    fn rotate(&mut self, now: Timestamp) -> io::Result<()> {
        self.file.flush()?;
        let last = self.closed()?.last().map_or(0, |(number, _)| *number);
        let time = now.strftime("%Y-%m-%dT%H%M%SZ");
        let name = format!("biaozheng.{:08}.{time}.log", last.saturating_add(1));
        fs::rename(self.folder.join(OPEN_NAME), self.folder.join(name))?;
        self.file = append(&self.folder)?;
        self.bytes = 0;
        for (_, old) in self.closed()?.iter().rev().skip(self.files_max) {
            fs::remove_file(old)?;
        }
        Ok(())
    }

    /// Closed files by number, the oldest first.
    fn closed(&self) -> io::Result<Vec<(u64, PathBuf)>> {
        let mut closed = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let middle = name.strip_prefix("biaozheng.").and_then(|rest| rest.strip_suffix(".log"));
            if let Some(number) = middle.and_then(|middle| middle.split('.').next()?.parse().ok()) {
                closed.push((number, path));
            }
        }
        closed.sort_unstable();
        Ok(closed)
    }
}

fn append(folder: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(folder.join(OPEN_NAME))
}

impl Write for RotatingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if REOPEN.swap(false, Ordering::Relaxed) {
            self.open_anew()?;
        }
        self.write_at(line, Timestamp::now()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_moved_away_is_opened_anew_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = RotatingFile::open(folder.path(), 100, 3).unwrap();
        file.write_all(b"one\n").unwrap();
        fs::rename(folder.path().join(OPEN_NAME), folder.path().join("moved")).unwrap();
        file.write_all(b"two\n").unwrap();
        file.open_anew().unwrap();
        file.write_all(b"three\n").unwrap();
        assert_eq!(fs::read(folder.path().join("moved")).unwrap(), b"one\ntwo\n");
        assert_eq!(fs::read(folder.path().join(OPEN_NAME)).unwrap(), b"three\n");
        assert_eq!(file.bytes, 6);
    }

    #[test]
    fn files_are_closed_when_full_and_at_midnight_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).unwrap();
        let mut file = RotatingFile::open(folder.path(), 10, 3).unwrap();
        for n in 0..6u8 {
            file.write_at(&[b'0' + n; 8], at(0)).unwrap();
        }
        let closed = file.closed().unwrap();
        let content: Vec<_> = closed.iter().map(|(_, path)| fs::read(path).unwrap()[0]).collect();
        assert_eq!(content, [b'2', b'3', b'4'], "{closed:?}");
        drop(file);
        let mut file = RotatingFile::open(folder.path(), 100, 3).unwrap();
        file.day = day_of(at(0));
        file.write_at(b"same day\n", at(1)).unwrap();
        assert_eq!(fs::read(folder.path().join(OPEN_NAME)).unwrap(), b"55555555same day\n");
        file.write_at(b"next day\n", at(86_400)).unwrap();
        assert_eq!(fs::read(folder.path().join(OPEN_NAME)).unwrap(), b"next day\n");
        assert_eq!(file.closed().unwrap().len(), 3);
    }
}
