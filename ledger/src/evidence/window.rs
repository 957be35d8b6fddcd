//! A stretch of the log that anybody can check against a signed checkpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::{EvidenceError, NodeHash, conflict, read, written};
use crate::entry::{Entry, LOG_ENTRY_BYTES_MAX};
use crate::genesis::Genesis;
use crate::ids::ChainId;
use crate::limits::{EVIDENCE_ENTRIES_MAX, MERKLE_PATH_MAX};
use crate::merkle::{Frontier, NodeReader, consistency_path, leaf_hash, verify_consistency};
use crate::note::SignedNote;

/// Entries `first`, `first + 1`, … with what lies left of them (the peaks of a tree of `first` leaves) and
/// right of them (a consistency proof from the last one to the checkpoint).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// A signed note with its quorum.
    pub checkpoint: String,
    pub first: u64,
    pub peaks: Vec<NodeHash>,
    /// An entry bundle in base64: each entry behind its length as u16.
    pub entries: String,
    pub path: Vec<NodeHash>,
}

impl Window {
    /// Shows `entries`, which begin at leaf `first` of the tree of `size` leaves behind `checkpoint`. `None` for
    /// no entries, too many, too long ones, or a stretch outside the tree.
    ///
    /// # Errors
    /// The reader's.
    pub fn new<R: NodeReader>(
        checkpoint: &SignedNote,
        size: u64,
        first: u64,
        entries: &[Vec<u8>],
        reader: &R,
    ) -> Result<Option<Self>, R::Error> {
        let fits = (1..=EVIDENCE_ENTRIES_MAX).contains(&entries.len())
            && entries.iter().all(|entry| entry.len() <= LOG_ENTRY_BYTES_MAX);
        let end = u64::try_from(entries.len()).ok().and_then(|count| first.checked_add(count));
        let Some(end) = end.filter(|end| fits && *end <= size) else { return Ok(None) };
        let Some(path) = consistency_path(end, size, reader)? else { return Ok(None) };
        let mut bundle = Vec::new();
        for entry in entries {
            bundle.extend_from_slice(&u16::try_from(entry.len()).unwrap_or_default().to_be_bytes());
            bundle.extend_from_slice(entry);
        }
        Ok(Some(Self {
            checkpoint: checkpoint.to_string(),
            first,
            peaks: written(Frontier::load(first, reader)?.peaks()),
            entries: BASE64.encode(bundle),
            path: written(&path),
        }))
    }

    /// The entries, once they are proven to stand there under a quorum's checkpoint.
    pub(super) fn verify(&self, genesis: &Genesis) -> Result<Vec<Vec<u8>>, EvidenceError> {
        let note: SignedNote = self.checkpoint.parse()?;
        let checkpoint = conflict::checkpoint(&note, genesis)?;
        genesis.policy()?.verify(&note)?;
        if self.path.len() > MERKLE_PATH_MAX.saturating_add(1) {
            return Err(EvidenceError::Window("its path is too long"));
        }
        let mut frontier = Frontier::from_peaks(self.first, read(&self.peaks))
            .ok_or(EvidenceError::Window("it has not one peak for each bit of its first index"))?;
        let bundle =
            BASE64.decode(&self.entries).map_err(|_| EvidenceError::Window("its entries are not base64"))?;
        let entries = split(&bundle)?;
        for entry in &entries {
            frontier.append(leaf_hash(entry));
        }
        let path = read(&self.path);
        verify_consistency(frontier.size(), checkpoint.size, &path, &frontier.root(), &checkpoint.root)?;
        Ok(entries)
    }
}

fn split(bundle: &[u8]) -> Result<Vec<Vec<u8>>, EvidenceError> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    let cut = EvidenceError::Window("its bundle of entries is cut short");
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(cut.clone())?;
        let (entry, after) =
            after.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or(cut.clone())?;
        if entries.len() >= EVIDENCE_ENTRIES_MAX {
            return Err(EvidenceError::Window("it has too many entries"));
        }
        entries.push(entry.to_vec());
        rest = after;
    }
    if entries.is_empty() { Err(EvidenceError::Window("it has no entry")) } else { Ok(entries) }
}

/// The first entry that no log of this chain may hold at its place.
pub(super) fn first_disorder(
    first: u64,
    entries: &[Vec<u8>],
    chain: &ChainId,
) -> Option<(u64, &'static str)> {
    let mut before: Option<Entry> = None;
    for (index, bytes) in (first..).zip(entries) {
        let Ok(entry) = Entry::decode(bytes) else { return Some((index, "it is no entry of this format")) };
        match (&before, &entry) {
            (_, Entry::Genesis(found)) if index > 0 || found != chain => {
                return Some((index, "it is a genesis entry that does not belong there"));
            }
            (None, Entry::Record(_)) if index == 0 => {
                return Some((0, "the log does not begin with its genesis"));
            }
            (Some(before), entry) if !entry.may_follow(before) => {
                return Some((index, "its height, time or position may not follow the entry before"));
            }
            _ => {}
        }
        before = Some(entry);
    }
    None
}

/// As [`first_disorder`], for an auditor that reads a log.
#[must_use]
pub fn disorder_in(first: u64, entries: &[Vec<u8>], chain: &ChainId) -> Option<(u64, &'static str)> {
    first_disorder(first, entries, chain)
}
