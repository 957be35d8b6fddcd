//! Receipts against the log: was every record that a node promised in the ledger by the promised time?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use biaozheng_client::ReceiptVerifier;
use biaozheng_ledger::entry::{Entry, LogEntry};
use biaozheng_ledger::evidence::{BrokenPromise, Window};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::limits::{ENVELOPE_JSON_BYTES_MAX, EVIDENCE_ENTRIES_MAX};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::tiles::{TileKind, tiles_between};

use crate::folder::{FolderError, LogFolder};
use crate::place;

/// Most receipts one audit takes.
pub const RECEIPTS_MAX: usize = 1_000_000;

/// A receipt of the folder and what became of its promise.
#[derive(Debug)]
pub struct Promise {
    pub file: PathBuf,
    pub receipt: Receipt,
    pub fate: Fate,
}

/// What became of a promise.
#[derive(Debug)]
pub enum Fate {
    Kept,
    /// The log has not come to the promised time yet.
    Open,
    Broken(Box<BrokenPromise>),
    /// Broken, and the log between receipt and promise is too long for one piece of evidence.
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
    let mut places: BTreeMap<RecordId, Option<TimeMs>> =
        waiting.iter().map(|(_, _, receipt)| (receipt.record, None)).collect();
    let mut reached = TimeMs::new(0);
    if !waiting.is_empty() {
        scan(folder, |_, entry| {
            reached = entry.time;
            if let Some(place) = places.get_mut(&entry.record) {
                *place = Some(entry.time);
            }
        })?;
    }
    let mut promises = Vec::new();
    for (file, text, receipt) in waiting {
        let time = places.get(&receipt.record).copied().flatten();
        let fate = match time {
            Some(time) if time <= receipt.promised_by_ms => Fate::Kept,
            _ if reached <= receipt.promised_by_ms => Fate::Open,
            _ => broken(folder, text, &receipt)?,
        };
        promises.push(Promise { file, receipt, fate });
    }
    Ok((promises, problems))
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
    let bytes = place::read(file, ENVELOPE_JSON_BYTES_MAX).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes.unwrap_or_default()).map_err(|_| "not text".to_owned())?;
    let record = Receipt::verify(text.as_bytes()).map_err(|error| error.to_string())?.record;
    let receipt = verifier.verify(text.as_bytes(), &record).map_err(|error| error.to_string())?;
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

/// Shows the log from its beginning where that fits, else from just before the receipt was given.
fn broken(folder: &LogFolder, text: String, receipt: &Receipt) -> Result<Fate, FolderError> {
    let (mut last_before, mut first_beyond) = (0u64, None);
    scan(folder, |index, entry| {
        if entry.time < receipt.received_at_ms {
            last_before = index;
        }
        if entry.time > receipt.promised_by_ms && first_beyond.is_none() {
            first_beyond = Some(index);
        }
    })?;
    let Some(end) = first_beyond.and_then(|beyond| beyond.checked_add(1)) else { return Ok(Fate::Open) };
    let most = u64::try_from(EVIDENCE_ENTRIES_MAX).unwrap_or(u64::MAX);
    let first = if end <= most { 0 } else { last_before };
    let fits = end.saturating_sub(first) <= most;
    let window = if fits { window(folder, first, end)? } else { None };
    Ok(window.map_or(Fate::BrokenTooLong, |window| {
        Fate::Broken(Box::new(BrokenPromise { receipt: text, window }))
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
