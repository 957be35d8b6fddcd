//! A recorder's folder of audio and video segments: what to record next, and whether all that was recorded is there;
//! and a venue's log of events ([`events`]).
//!
//! A segment's file name says whose it is: `<camera>_<index>_<started>_<ended>.<extension>`, times in Unix
//! milliseconds of the recorder's clock, such as `hall-1_000042_1790000000000_1790000010000.mp4`. For checking alone
//! `<camera>_<index>.<extension>` is enough. A camera's name has no `_`.
//!
//! **Invariant:** files are read in pieces, links are never followed, and a file that grows while it is read is an error:
//! its digest would hold for nothing. What is still being written holds back what comes after it: nothing is called a gap
//! that may yet be filled. What is wrong with one camera or one file leaves the others as they are.

mod check;
pub mod events;
mod folder;
mod order;

use std::io;
use std::path::PathBuf;

use biaozheng_ledger::ids::{CameraId, DocumentDigest, ProjectId, SittingId};
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::limits::SEGMENTS_PER_RECORD_MAX;
use biaozheng_ledger::payload::Payload;
use biaozheng_ledger::witness_chain::{Batch, ChainError, ChainState, Segment, replay};

pub use check::{CameraCheck, FolderCheck, check_folder};
pub use folder::{Folder, SegmentFile, digest, scan};
pub use order::CameraState;

/// The record type whose body a [`Batch`] is.
pub const RECORD_TYPE: &str = "witness.segments/1";

/// Most files one folder may hold.
pub const FILES_MAX: usize = 1_000_000;

/// Why a folder cannot be recorded or checked.
#[derive(Debug, thiserror::Error)]
pub enum SittingError {
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
    #[error(
        "camera {camera}: with segment {index} the counter begins again or the clock was set back; give the reason of \
         the new run"
    )]
    NewRun { camera: CameraId, index: u64 },
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
    /// Why a counter began again or a clock was set back, where one did; without it that is an error.
    pub run_reason: Option<String>,
}

/// The segments recorded for a project's sitting, from its records in the order of the chain.
///
/// # Errors
/// When a record of the type has another body.
pub fn recorded<'a>(
    payloads: impl IntoIterator<Item = &'a Payload>,
    project: &ProjectId,
    sitting: &SittingId,
) -> Result<Vec<Batch>, SittingError> {
    let mut found = Vec::new();
    let ours = |payload: &&Payload| {
        payload.record_type.as_str() == RECORD_TYPE && payload.project.as_ref() == Some(project)
    };
    for payload in payloads.into_iter().filter(ours) {
        let batch =
            from_value::<Batch>(&payload.body).map_err(|error| SittingError::Body(error.to_string()))?;
        if batch.sitting == *sitting {
            found.push(batch);
        }
    }
    Ok(found)
}

/// How far a camera's chain has come by the recorded batches of its sitting.
///
/// # Errors
/// [`SittingError::Records`], when they are no chain.
pub fn state(
    recording: &Recording,
    camera: &CameraId,
    recorded: &[Batch],
) -> Result<CameraState, SittingError> {
    let own = of_camera(recorded, camera);
    let chain = if own.is_empty() {
        ChainState::start(&recording.project, &recording.sitting, camera, recording.joint_ms)
    } else {
        follow(&recording.project, &recording.sitting, camera, &own)?
    };
    Ok(CameraState::new(chain, &own))
}

fn of_camera(recorded: &[Batch], camera: &CameraId) -> Vec<Batch> {
    recorded.iter().filter(|batch| batch.camera == *camera).cloned().collect()
}

fn follow(
    project: &ProjectId,
    sitting: &SittingId,
    camera: &CameraId,
    batches: &[Batch],
) -> Result<ChainState, SittingError> {
    replay(project, sitting, camera, batches).map_err(|(position, reason)| SittingError::Records {
        camera: camera.clone(),
        position,
        reason,
    })
}

/// The next body of `witness.segments/1` for a camera, at most 128 segments, and the chain after it; nothing when every
/// file is recorded that can be by now. Submit it, then [`CameraState::advance`]; call again until nothing is left.
///
/// # Errors
/// [`SittingError`] about the first file that would come next; files before a faulty one are given first.
pub fn next_batch(
    folder: &Folder,
    recording: &Recording,
    camera: &CameraId,
    before: &CameraState,
) -> Result<Option<(Batch, ChainState)>, SittingError> {
    let mut segments: Vec<Segment> = Vec::new();
    // The chain as it grows tells where a gap is; its head is not looked at.
    let mut last = before.chain.clone();
    for next in before.next_files(folder, camera) {
        match next.and_then(|file| segment_of(file, recording, &last)) {
            Ok(segment) => {
                last.last = Some((segment.index, segment.ended_ms));
                segments.push(segment);
            }
            Err(fault) if segments.is_empty() => return Err(fault),
            Err(_) => break,
        }
        if segments.len() >= SEGMENTS_PER_RECORD_MAX {
            break;
        }
    }
    if segments.is_empty() {
        return Ok(None);
    }
    let batch = Batch {
        sitting: recording.sitting.clone(),
        camera: camera.clone(),
        previous: DocumentDigest::new(before.chain.head),
        joint_ms: recording.joint_ms,
        clock_offset_ms: recording.clock_offset_ms,
        segments,
    };
    let after = before
        .chain
        .extended(&batch)
        .map_err(|reason| SittingError::Chain { camera: camera.clone(), reason })?;
    Ok(Some((batch, after)))
}

/// A file as the segment after the chain's last.
fn segment_of(file: &SegmentFile, recording: &Recording, last: &ChainState) -> Result<Segment, SittingError> {
    let (camera, index) = (&file.camera, file.index);
    let (started_ms, ended_ms) = file.times.ok_or_else(|| SittingError::NoTimes(file.path.clone()))?;
    let (mut gap, mut run) = (None, None);
    if last.is_new_run(index, started_ms) {
        let reason = recording.run_reason.clone();
        run = Some(reason.ok_or_else(|| SittingError::NewRun { camera: camera.clone(), index })?);
    }
    // A new run may come after a pause, and nobody knows what was not recorded in it.
    if last.is_gap(index, started_ms) {
        let reason = recording.gap_reason.clone();
        gap = Some(reason.ok_or_else(|| SittingError::Gap { camera: camera.clone(), index })?);
    }
    let (digest, bytes) = digest(&file.path)?;
    Ok(Segment { index, digest: DocumentDigest::new(digest), bytes, started_ms, ended_ms, gap, run })
}

#[cfg(test)]
mod tests;
