//! Receipts against the log: was every record that a node promised in the ledger by the promised time? A time the log stood
//! still does not count against a node ([`Running`]).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use biaozheng_client::ReceiptVerifier;
use biaozheng_ledger::entry::{Entry, LogEntry};
use biaozheng_ledger::evidence::{BrokenPromise, Running, Window};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::limits::{ENVELOPE_JSON_BYTES_MAX, EVIDENCE_ENTRIES_MAX};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::tiles::{TileKind, tiles_between};

use crate::folder::{FolderError, LogFolder};
use biaozheng_files as files;

/// Most receipts one audit takes.
pub const RECEIPTS_MAX: usize = 1_000_000;

/// A receipt of the folder and what became of its promise.
#[derive(Debug)]
pub struct Promise {
    pub file: PathBuf,
    pub receipt: Receipt,
    pub fate: PromiseOutcome,
}

/// What became of a promise.
#[derive(Debug)]
pub enum PromiseOutcome {
    Kept,
    /// The log has not come to the promised time yet, or has not run for long enough.
    Open,
    Broken(Box<BrokenPromise>),
    /// Broken, and the log from where the node had looked to beyond its promise is too long for one piece of evidence.
    BrokenTooLong,
}

/// Why a file is no receipt of this chain's nodes.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}", path = .file.display())]
pub struct ReceiptProblem {
    pub file: PathBuf,
    pub reason: String,
}

/// Why promises could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum PromisesError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("{path}: {error}", path = .path.display())]
    Receipts { path: PathBuf, error: std::io::Error },
}

/// Judges every `.json` file of `receipts` against the verified copy.
///
/// # Errors
/// [`PromisesError`]; a file that is no receipt is a problem of its own.
pub fn judge(
    folder: &LogFolder,
    genesis: &Genesis,
    receipts: &Path,
) -> Result<(Vec<Promise>, Vec<ReceiptProblem>), PromisesError> {
    let (mut waiting, mut problems) = (Vec::new(), Vec::new());
    let verifier = ReceiptVerifier::new(genesis);
    for file in files(receipts).map_err(|error| PromisesError::Receipts { path: receipts.into(), error })? {
        match read(&verifier, &file) {
            Ok((text, receipt)) => waiting.push((file, text, receipt)),
            Err(reason) => problems.push(ReceiptProblem { file, reason }),
        }
    }
    let mut places: BTreeMap<RecordId, Option<u64>> =
        waiting.iter().map(|(_, _, receipt)| (receipt.record, None)).collect();
    let mut blocks = Blocks::default();
    if !waiting.is_empty() {
        scan(folder, |index, entry| {
            blocks.add(index, entry.time);
            if let Some(place) = places.get_mut(&entry.record) {
                *place = Some(index);
            }
        })?;
    }
    let mut promises = Vec::new();
    for (file, text, receipt) in waiting {
        let place = places.get(&receipt.record).copied().flatten();
        let fate = match (blocks.overdue(&receipt), place) {
            (overdue, Some(place)) if overdue.is_none_or(|overdue| place < overdue) => PromiseOutcome::Kept,
            (None, _) => PromiseOutcome::Open,
            (Some(overdue), _) => broken(folder, text, &receipt, &blocks, overdue)?,
        };
        promises.push(Promise { file, receipt, fate });
    }
    Ok((promises, problems))
}

/// The blocks that stand in the log: the time and the first leaf of each, in order.
#[derive(Debug, Default)]
struct Blocks(Vec<(TimeMs, u64)>);

impl Blocks {
    fn add(&mut self, index: u64, time: TimeMs) {
        if self.0.last().is_none_or(|(last, _)| *last < time) {
            self.0.push((time, index));
        }
    }

    /// The first leaf at which a promise is overdue; nothing where the log did not run that long.
    fn overdue(&self, receipt: &Receipt) -> Option<u64> {
        let mut running = Running::of(receipt);
        let from = self.0.partition_point(|(time, _)| *time <= running.start());
        let rest = self.0.get(from..).unwrap_or_default();
        rest.iter().find(|(time, _)| running.is_over_at(*time)).map(|(_, index)| *index)
    }

    /// The first leaf of the last block before a time.
    fn last_before(&self, time: TimeMs) -> u64 {
        let after = self.0.partition_point(|(of, _)| *of < time);
        after.checked_sub(1).and_then(|last| self.0.get(last)).map_or(0, |(_, index)| *index)
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
        if files.len() > RECEIPTS_MAX {
            return Err(std::io::Error::other(format!("more than {RECEIPTS_MAX} receipts")));
        }
    }
    files.sort();
    Ok(files)
}

fn read(verifier: &ReceiptVerifier, file: &Path) -> Result<(String, Receipt), String> {
    let bytes = files::read(file, ENVELOPE_JSON_BYTES_MAX).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|_| "not text".to_owned())?;
    let record = Receipt::verify(text.as_bytes()).map_err(|error| error.to_string())?.record;
    let receipt = verifier.verify_any(text.as_bytes(), &record).map_err(|error| error.to_string())?;
    Ok((text, receipt))
}

/// Every record's entry of the copy, in order.
fn scan(folder: &LogFolder, mut each: impl FnMut(u64, LogEntry)) -> Result<(), FolderError> {
    for tile in tiles_between(0, folder.size()).filter(|tile| tile.kind() == TileKind::Entries) {
        for (index, bytes) in tile.items().zip(folder.entries(&tile)?) {
            if let Ok(Entry::Record(entry)) = Entry::decode(&bytes) {
                each(index, entry);
            }
        }
    }
    Ok(())
}

/// Shows the log from its beginning where that fits, else from where the node had looked when it promised.
fn broken(
    folder: &LogFolder,
    text: String,
    receipt: &Receipt,
    blocks: &Blocks,
    overdue: u64,
) -> Result<PromiseOutcome, FolderError> {
    let end = overdue.saturating_add(1);
    let most = u64::try_from(EVIDENCE_ENTRIES_MAX).unwrap_or(u64::MAX);
    let looked = receipt.history_size.map(|size| size.min(blocks.last_before(Running::of(receipt).start())));
    let first = if end <= most { Some(0) } else { looked };
    let window = match first.filter(|first| end.saturating_sub(*first) <= most) {
        Some(first) => window(folder, first, end)?,
        None => None,
    };
    Ok(window.map_or(PromiseOutcome::BrokenTooLong, |window| {
        PromiseOutcome::Broken(Box::new(BrokenPromise { receipt: text, window }))
    }))
}

/// Leaves `first..end` of the copy as a stretch that anybody can check.
pub(crate) fn window(folder: &LogFolder, first: u64, end: u64) -> Result<Option<Window>, FolderError> {
    let Some((note, checkpoint)) = folder.latest() else { return Ok(None) };
    let mut entries = Vec::new();
    let bundles = tiles_between(0, folder.size()).filter(|tile| tile.kind() == TileKind::Entries);
    for tile in bundles.filter(|tile| tile.items().end > first && tile.items().start < end) {
        let all = tile.items().zip(folder.entries(&tile)?);
        entries.extend(all.filter(|(index, _)| (first..end).contains(index)).map(|(_, entry)| entry));
    }
    folder.compute(checkpoint.size, |reader| Window::new(note, checkpoint.size, first, &entries, reader))
}
