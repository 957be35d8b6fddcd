//! A replay on disk, so that the next round goes on where this one ended: one file, written beside its place, synced
//! and renamed.
//!
//! **Invariant:** what is read back is held against the header it belongs to: its commit certificate, the root of
//! the state, the root of the history. A file that fails it is damage on this side and never a finding.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use biaozheng_ledger::block::Header;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, RecordId};
use biaozheng_ledger::merkle::{Frontier, Hash};
use borsh::{BorshDeserialize, BorshSerialize};

use super::{REPLAY_BYTES_MAX, Replay};
use crate::folder::FolderError;
use biaozheng_files::{self as files, Readers};

const FILE: &str = "replay.state";
const MAGIC: [u8; 4] = *b"BZR1";

#[derive(BorshSerialize)]
struct Written<'a> {
    magic: [u8; 4],
    chain: ChainId,
    header: Vec<u8>,
    commit: &'a [u8],
    peaks: &'a [Hash],
    records: &'a BTreeSet<RecordId>,
    records_digest: Digest,
    state: &'a BTreeMap<Vec<u8>, Vec<u8>>,
}

#[derive(BorshDeserialize)]
struct Held {
    magic: [u8; 4],
    chain: ChainId,
    header: Vec<u8>,
    commit: Vec<u8>,
    peaks: Vec<Hash>,
    records: BTreeSet<RecordId>,
    records_digest: Digest,
    state: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The record ids have no root in the header: a digest of their own.
fn digest_of(records: &BTreeSet<RecordId>) -> Digest {
    let start = FieldHasher::new("biaozheng/replayed-records/v1");
    records.iter().fold(start, |hasher, id| hasher.digest(id.digest())).finish()
}

impl Replay {
    /// Writes the replay into an auditor's folder; one before the first block needs no file.
    ///
    /// # Errors
    /// [`FolderError::Disk`].
    pub fn save(&self, folder: &Path) -> Result<(), FolderError> {
        let Some((header, commit)) = &self.tip else { return Ok(()) };
        let written = Written {
            magic: MAGIC,
            chain: self.chain,
            header: header.encode(),
            commit,
            peaks: self.frontier.peaks(),
            records: &self.records,
            records_digest: digest_of(&self.records),
            state: &self.state.pairs,
        };
        let path = folder.join(FILE);
        files::put_with(&path, Readers::All, |file| {
            let mut writer = BufWriter::new(file);
            borsh::to_writer(&mut writer, &written)?;
            writer.flush()
        })
        .map_err(|error| FolderError::Disk { path, error })
    }

    /// The replay in an auditor's folder, or one before the first block.
    ///
    /// # Errors
    /// [`FolderError`].
    pub fn load(folder: &Path, genesis: &Genesis) -> Result<Self, FolderError> {
        let path = folder.join(FILE);
        let damaged = |reason: String| FolderError::Damaged {
            path: path.clone(),
            reason: format!("{reason}; delete it, and the replay begins again at the genesis"),
        };
        let mut replay = Self::new(genesis).map_err(|error| damaged(format!("genesis: {error}")))?;
        let Some(held) = read(&path)? else { return Ok(replay) };
        if held.magic != MAGIC || held.chain != replay.chain {
            return Err(damaged("it is of another chain or version".into()));
        }
        let header = Header::decode(&held.header).map_err(|error| damaged(error.to_string()))?;
        let frontier = Frontier::from_peaks(header.history_size, held.peaks);
        let frontier = frontier.filter(|frontier| frontier.root() == header.history_root);
        replay.frontier = frontier.ok_or_else(|| damaged("its history is not its header's".into()))?;
        if digest_of(&held.records) != held.records_digest {
            return Err(damaged("its record ids were changed".into()));
        }
        replay.records = held.records;
        replay.fill(held.state);
        if replay.tree.root() != header.state_root {
            return Err(damaged("its state is not its header's".into()));
        }
        // Who decided it stands in the state.
        replay
            .check_decided(header.height, &header, &held.commit)
            .map_err(|error| damaged(error.to_string()))?;
        replay.tip = Some((header, held.commit));
        Ok(replay)
    }

    /// Takes a whole state, a part at a time so that its changes are not held twice.
    fn fill(&mut self, state: BTreeMap<Vec<u8>, Vec<u8>>) {
        let mut rest = state.into_iter().map(|(key, value)| (key, Some(value))).peekable();
        while rest.peek().is_some() {
            let part: BTreeMap<_, _> = rest.by_ref().take(65_536).collect();
            // The buckets are those this replay has just made itself.
            let Ok(update) = self.tree.preview(&part, &self.buckets) else { return };
            self.keep(&update);
            self.tree.apply(update);
            self.state.apply(part);
        }
    }
}

fn read(path: &PathBuf) -> Result<Option<Held>, FolderError> {
    let disk = |error| FolderError::Disk { path: path.clone(), error };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(disk(error)),
    };
    if file.metadata().map_err(disk)?.len() > REPLAY_BYTES_MAX as u64 {
        return Err(disk(io::ErrorKind::FileTooLarge.into()));
    }
    let damaged = |error: io::Error| FolderError::Damaged {
        path: path.clone(),
        reason: format!("{error}; delete it, and the replay begins again at the genesis"),
    };
    borsh::from_reader(&mut BufReader::new(file)).map(Some).map_err(damaged)
}
