//! A recorder's folder of audio and video segments: what to record next, and whether all that was recorded is there;
//! and a venue's log of events ([`events`]).
//!
//! A segment's file name says whose it is: `<camera>_<index>_<started>_<ended>.<extension>`, times in Unix
//! milliseconds of the recorder's clock, such as `hall-1_000042_1790000000000_1790000010000.mp4`. For checking alone
//! `<camera>_<index>.<extension>` is enough. A camera's name has no `_`.
//!
//! **Invariant:** files are read in pieces, links are never followed, and a file that grows while it is read is an error:
//! its digest would hold for nothing.

pub mod events;
mod folder;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, DocumentDigest, ProjectId, SittingId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::limits::SEGMENTS_PER_RECORD_MAX;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::witness_chain::{
    Batch, ChainError, ChainState, Finding, OnHand, Segment, compare, replay,
};

pub use folder::{Folder, SegmentFile, digest, scan};

/// The record type whose body a [`Batch`] is.
pub const RECORD_TYPE: &str = "witness.segments/1";

/// Most files one folder may hold.
pub const FILES_MAX: usize = 1_000_000;

/// Why a folder cannot be recorded or checked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{0} has more than {FILES_MAX} files")]
    TooMany(PathBuf),
    #[error("{0} changed while it was read: is it still being written?")]
    Changing(PathBuf),
    #[error("{0} does not say when it was recorded; name it <camera>_<index>_<started>_<ended>.<extension>")]
    NoTimes(PathBuf),
    #[error("camera {camera}: index {index} has more than one file")]
    Repeated { camera: CameraId, index: u64 },
    #[error("camera {camera}: something is missing before segment {index}; give the gap's reason")]
    Gap { camera: CameraId, index: u64 },
    #[error("camera {camera}: {reason}")]
    Chain { camera: CameraId, reason: ChainError },
    #[error("record {position} of camera {camera} does not continue its chain: {reason}")]
    Records { camera: CameraId, position: usize, reason: ChainError },
    #[error("a record of {RECORD_TYPE} has another body: {0}")]
    Body(String),
}

/// What a recorder says about its segments.
#[derive(Clone, Debug)]
pub struct Recording {
    pub project: ProjectId,
    pub sitting: SittingId,
    /// A pause up to this long between segments is none. The same for the whole chain.
    pub joint_ms: u32,
    /// The recorder's clock minus the reference clock.
    pub clock_offset_ms: i64,
    /// Why segments are missing, where they are; without it a gap is an error.
    pub gap_reason: Option<String>,
}

/// The segments recorded for a project's sitting, from its records in the order of the chain.
///
/// # Errors
/// When a record of the type has another body.
pub fn recorded<'a>(
    payloads: impl IntoIterator<Item = &'a Payload>,
    project: &ProjectId,
    sitting: &SittingId,
) -> Result<Vec<Batch>, WitnessError> {
    let mut found = Vec::new();
    let ours = |payload: &&Payload| {
        payload.record_type.as_str() == RECORD_TYPE && payload.project.as_ref() == Some(project)
    };
    for payload in payloads.into_iter().filter(ours) {
        let batch =
            from_value::<Batch>(&payload.body).map_err(|error| WitnessError::Body(error.to_string()))?;
        if batch.sitting == *sitting {
            found.push(batch);
        }
    }
    Ok(found)
}

/// How far a camera's chain has come by the recorded batches of its sitting.
///
/// # Errors
/// [`WitnessError::Records`], when they are no chain.
pub fn state(
    recording: &Recording,
    camera: &CameraId,
    recorded: &[Batch],
) -> Result<ChainState, WitnessError> {
    let own = of_camera(recorded, camera);
    if own.is_empty() {
        return Ok(ChainState::start(&recording.project, &recording.sitting, camera, recording.joint_ms));
    }
    follow(&recording.project, &recording.sitting, camera, &own)
}

fn of_camera(recorded: &[Batch], camera: &CameraId) -> Vec<Batch> {
    recorded.iter().filter(|batch| batch.camera == *camera).cloned().collect()
}

fn follow(
    project: &ProjectId,
    sitting: &SittingId,
    camera: &CameraId,
    batches: &[Batch],
) -> Result<ChainState, WitnessError> {
    replay(project, sitting, camera, batches).map_err(|(position, reason)| WitnessError::Records {
        camera: camera.clone(),
        position,
        reason,
    })
}

/// The next body of `witness.segments/1` for a camera, at most 128 segments, and the chain after it; nothing when
/// every file is recorded. Call again with the new state until nothing is left.
///
/// # Errors
/// [`WitnessError`]; nothing is recorded then.
pub fn next_batch(
    folder: &Folder,
    recording: &Recording,
    camera: &CameraId,
    before: &ChainState,
) -> Result<Option<(Batch, ChainState)>, WitnessError> {
    let mut segments: Vec<Segment> = Vec::new();
    // The chain as it grows tells where a gap is; its head is not looked at.
    let mut last = before.clone();
    let unrecorded = |file: &&SegmentFile| {
        file.camera == *camera && before.last.is_none_or(|(index, _)| file.index > index)
    };
    for file in folder.segments.iter().filter(unrecorded).take(SEGMENTS_PER_RECORD_MAX) {
        let index = file.index;
        if segments.last().is_some_and(|segment| segment.index == index) {
            return Err(WitnessError::Repeated { camera: camera.clone(), index });
        }
        let (started_ms, ended_ms) = file.times.ok_or_else(|| WitnessError::NoTimes(file.path.clone()))?;
        let gap = if last.is_gap(index, started_ms) {
            let reason = recording.gap_reason.clone();
            Some(reason.ok_or_else(|| WitnessError::Gap { camera: camera.clone(), index })?)
        } else {
            None
        };
        let (digest, bytes) = digest(&file.path)?;
        let digest = DocumentDigest::new(digest);
        segments.push(Segment { index, digest, bytes, started_ms, ended_ms, gap });
        last.last = Some((index, ended_ms));
    }
    if segments.is_empty() {
        return Ok(None);
    }
    let batch = Batch {
        sitting: recording.sitting.clone(),
        camera: camera.clone(),
        previous: DocumentDigest::new(before.head),
        joint_ms: recording.joint_ms,
        clock_offset_ms: recording.clock_offset_ms,
        segments,
    };
    let after =
        before.extended(&batch).map_err(|reason| WitnessError::Chain { camera: camera.clone(), reason })?;
    Ok(Some((batch, after)))
}

/// A camera's segments on hand against its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraCheck {
    /// To be compared with the head of the ledger's view, a witness report, or a certificate.
    pub head: Digest,
    /// Recorded.
    pub segments: u64,
    pub gaps: u64,
    pub files: u64,
    /// Empty when exactly the recorded segments are there, each in its place.
    pub findings: Vec<Finding>,
}

/// What a check of a folder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderCheck {
    pub cameras: BTreeMap<CameraId, CameraCheck>,
    /// Files whose names are no segment's.
    pub strangers: Vec<PathBuf>,
}

impl FolderCheck {
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cameras.values().all(|camera| camera.findings.is_empty())
    }
}

/// Hashes every segment of a folder and compares with what was recorded of the sitting, camera by camera.
///
/// # Errors
/// [`WitnessError`], when a file cannot be read or the records themselves are no chain.
pub fn check_folder(
    folder: &std::path::Path,
    project: &ProjectId,
    sitting: &SittingId,
    recorded: &[Batch],
) -> Result<FolderCheck, WitnessError> {
    let folder = scan(folder)?;
    let mut on_hand: BTreeMap<CameraId, Vec<OnHand>> =
        recorded.iter().map(|batch| (batch.camera.clone(), Vec::new())).collect();
    for file in &folder.segments {
        let (digest, _) = digest(&file.path)?;
        on_hand.entry(file.camera.clone()).or_default().push(OnHand { index: file.index, digest });
    }
    let mut check = FolderCheck { cameras: BTreeMap::new(), strangers: folder.strangers };
    for (camera, files) in on_hand {
        let batches = of_camera(recorded, &camera);
        let chain = follow(project, sitting, &camera, &batches)?;
        let segments: Vec<Segment> = batches.into_iter().flat_map(|batch| batch.segments).collect();
        let one = CameraCheck {
            head: chain.head,
            segments: chain.count,
            gaps: chain.gaps,
            files: files.len() as u64,
            findings: compare(&segments, &files),
        };
        check.cameras.insert(camera, one);
    }
    Ok(check)
}

#[cfg(test)]
mod tests;
