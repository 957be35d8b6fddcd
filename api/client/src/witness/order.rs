//! Which files of a camera come next, and in which order.
//!
//! A recorder's index says the order as long as its counter goes on, its clock as long as nobody sets it: of the two
//! orders the one with fewer breaks is taken.
//!
//! **Invariant:** nothing comes after a file that is still being written, and a file that fills a hole behind the chain's
//! end is none of the next.

use std::collections::BTreeSet;

use biaozheng_ledger::ids::{CameraId, TimeMs};
use biaozheng_ledger::limits::SEGMENTS_PER_RECORD_MAX;
use biaozheng_ledger::witness_chain::{Batch, ChainState, Segment};

use super::SittingError;
use super::folder::{Folder, SegmentFile};

/// How far a camera's chain has come, and which files it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraState {
    pub chain: ChainState,
    /// Index, start and end of every recorded segment.
    recorded: BTreeSet<(u64, TimeMs, TimeMs)>,
    /// The indexes of the newest run.
    run: BTreeSet<u64>,
}

impl CameraState {
    pub(super) fn new(chain: ChainState, batches: &[Batch]) -> Self {
        let mut state = Self { chain, recorded: BTreeSet::new(), run: BTreeSet::new() };
        batches.iter().flat_map(|batch| &batch.segments).for_each(|segment| state.note(segment));
        state
    }

    /// After a batch that [`super::next_batch`] gave is on the ledger.
    pub fn advance(&mut self, batch: &Batch, after: ChainState) {
        batch.segments.iter().for_each(|segment| self.note(segment));
        self.chain = after;
    }

    fn note(&mut self, segment: &Segment) {
        if segment.run.is_some() {
            self.run.clear();
        }
        self.run.insert(segment.index);
        self.recorded.insert((segment.index, segment.started_ms, segment.ended_ms));
    }

    fn is_recorded(&self, file: &SegmentFile) -> bool {
        match file.times {
            Some((started, ended)) => self.recorded.contains(&(file.index, started, ended)),
            None => self.run.contains(&file.index),
        }
    }

    /// Whether a file fills a hole of the run that was recorded as a gap: it came too late for its place.
    fn is_late(&self, file: &SegmentFile) -> bool {
        let (Some((last, end)), Some(first)) = (self.chain.last, self.run.first()) else { return false };
        (*first..last).contains(&file.index)
            && !self.run.contains(&file.index)
            && file.times.is_some_and(|(_, ended)| ended <= end)
    }

    /// Files that came after their place was recorded as a gap, or after a later segment.
    pub fn late<'a>(
        &'a self,
        folder: &'a Folder,
        camera: &'a CameraId,
    ) -> impl Iterator<Item = &'a SegmentFile> {
        let own = folder.segments.iter().filter(move |file| file.camera == *camera && file.bytes > 0);
        own.filter(|file| !self.is_recorded(file) && self.is_late(file))
    }

    /// The first file of a camera that is still being written and holds back what comes after it.
    #[must_use]
    pub fn waits_for<'a>(&self, folder: &'a Folder, camera: &CameraId) -> Option<&'a SegmentFile> {
        let files = folder.segments.iter().chain(&folder.unfinished);
        files.filter(|file| file.camera == *camera && !file.settled).find(|file| !self.is_recorded(file))
    }

    /// What comes next, at most a batch, in order, up to a file that is still being written; a fault stands in the place of its file.
    pub(super) fn next_files<'a>(
        &self,
        folder: &'a Folder,
        camera: &CameraId,
    ) -> Vec<Result<&'a SegmentFile, SittingError>> {
        let unrecorded =
            |file: &&SegmentFile| file.camera == *camera && !self.is_recorded(file) && !self.is_late(file);
        let held = folder.unfinished.iter().filter(unrecorded).map(|file| file.index).min();
        let mut files: Vec<&SegmentFile> = folder.segments.iter().filter(unrecorded).collect();
        // An empty file that nobody writes any more holds nothing: its place is a gap, once something comes after it.
        files.retain(|file| file.bytes > 0 || !file.settled);
        let mut last = self.chain.clone();
        let mut next = Vec::new();
        for file in self.ordered(files.clone()) {
            let started = file.times.map_or(TimeMs::MAX, |(started, _)| started);
            if !file.settled
                || held.is_some_and(|held| file.index >= held || last.is_new_run(file.index, started))
            {
                break;
            }
            let twin = |other: &&&SegmentFile| other.path != file.path && is_same_place(other, file);
            let repeated = files.iter().any(|other| twin(&other));
            next.push(if repeated {
                Err(SittingError::Repeated { camera: camera.clone(), index: file.index })
            } else {
                Ok(file)
            });
            last.last = Some((file.index, file.times.map_or(started, |(_, ended)| ended)));
            if next.len() >= SEGMENTS_PER_RECORD_MAX {
                break;
            }
        }
        next
    }

    fn ordered<'a>(&self, files: Vec<&'a SegmentFile>) -> Vec<&'a SegmentFile> {
        let start = |file: &SegmentFile| file.times.map(|(started, _)| started);
        let (mut by_index, mut by_time) = (files.clone(), files);
        by_index.sort_by_key(|file| (file.index, start(file)));
        by_time.sort_by_key(|file| (start(file), file.index));
        if self.breaks(&by_time) < self.breaks(&by_index) { by_time } else { by_index }
    }

    /// How many gaps and new runs this order would have.
    fn breaks(&self, files: &[&SegmentFile]) -> usize {
        let mut chain = self.chain.clone();
        let mut is_break = |file: &&&SegmentFile| {
            let Some((started, ended)) = file.times else { return false };
            let breaks = chain.is_new_run(file.index, started) || chain.is_gap(file.index, started);
            chain.last = Some((file.index, ended));
            breaks
        };
        files.iter().filter(|file| is_break(file)).count()
    }
}

/// Two files of one index whose times overlap, or are not known: they claim one place.
fn is_same_place(a: &SegmentFile, b: &SegmentFile) -> bool {
    let overlap = match (a.times, b.times) {
        (Some((a_start, a_end)), Some((b_start, b_end))) => a_start < b_end && b_start < a_end,
        _ => true,
    };
    a.index == b.index && overlap
}
