//! The hash chain of a camera's segments: what a witness records, what a contract accepts, what a checker finds.
//!
//! ```text
//! start = H("biaozheng/witness-chain/v1", project, sitting, camera, joint_ms)
//! head  = H("biaozheng/witness-segment/v1", head before, index, digest, bytes, started, ended, gap reason or "")
//! ```
//! Where a recorder's counter begins again or its clock was set back, a new *run* begins; the segment that begins it has
//! the reason, and follows another head:
//! ```text
//! head before = H("biaozheng/witness-run/v1", head of the run before, run reason)
//! ```
//!
//! **Invariant:** within a run indexes and times only rise; a jump of the index, or a pause longer than the joint the
//! recorder declared, has its reason in the chain, and so has each new run, which is never counted as a gap. Nothing here reads a file: digests are arguments.

mod comparison;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::digest::{Digest, FieldHasher};
use crate::ids::{CameraId, DocumentDigest, ProjectId, SittingId, TimeMs};
use crate::limits::{
    CLOCK_OFFSET_MS_MAX, GAP_REASON_BYTES_MAX, SEGMENT_JOINT_MS_MAX, SEGMENTS_PER_RECORD_MAX,
};

pub use comparison::{OnHand, SegmentFinding, compare};

/// One audio or video file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Counted from 0 by the recorder, for each run of a camera in a sitting.
    pub index: u64,
    pub digest: DocumentDigest,
    pub bytes: u64,
    /// By the recorder's clock.
    pub started_ms: TimeMs,
    pub ended_ms: TimeMs,
    /// Why something is missing between the segment before and this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// Why index or clock begin anew with this segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

/// The body of `witness.segments/1`: the next segments of one camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch {
    pub sitting: SittingId,
    pub camera: CameraId,
    /// The chain's head before these segments; its start for the first.
    pub previous: DocumentDigest,
    /// A pause up to this long between two segments is none. The same for the whole chain.
    pub joint_ms: u32,
    /// The recorder's clock minus the reference clock.
    pub clock_offset_ms: i64,
    pub segments: Vec<Segment>,
}

/// How far a chain has come.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ChainState {
    pub head: Digest,
    pub joint_ms: u32,
    /// Segments, gaps not counted.
    pub count: u64,
    pub gaps: u64,
    /// Runs after the first: how often index or clock began anew.
    pub runs: u64,
    pub bytes: u64,
    pub first_started: TimeMs,
    /// Index and end of the last segment; none before the first.
    pub last: Option<(u64, TimeMs)>,
}

/// Why a batch does not continue a chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    #[error("the batch continues {found}, the chain stands at {expected}")]
    Previous { expected: Digest, found: Digest },
    #[error("a batch has 1 to {SEGMENTS_PER_RECORD_MAX} segments")]
    Size,
    #[error("the joint is at most {SEGMENT_JOINT_MS_MAX} ms and the same for the whole chain")]
    Joint,
    #[error("a clock offset is at most {CLOCK_OFFSET_MS_MAX} ms either way")]
    ClockOffset,
    #[error(
        "segment {index}: index and times only rise within a run, and a segment has bytes and a duration; a counter that \
         begins again or a clock that was set back needs a new run's reason"
    )]
    Order { index: u64 },
    #[error(
        "segment {index}: a new run has a reason of 1 to {GAP_REASON_BYTES_MAX} bytes, no gap, and only where index or \
         clock went back"
    )]
    Run { index: u64 },
    #[error(
        "segment {index}: a jump or a pause needs a reason of 1 to {GAP_REASON_BYTES_MAX} bytes, and only there"
    )]
    Gap { index: u64 },
}

impl ChainState {
    /// A chain without segments.
    #[must_use]
    pub fn start(project: &ProjectId, sitting: &SittingId, camera: &CameraId, joint_ms: u32) -> Self {
        let head = FieldHasher::new("biaozheng/witness-chain/v1")
            .field(project.as_str().as_bytes())
            .field(sitting.as_str().as_bytes())
            .field(camera.as_str().as_bytes())
            .number(u64::from(joint_ms))
            .finish();
        Self {
            head,
            joint_ms,
            count: 0,
            gaps: 0,
            runs: 0,
            bytes: 0,
            first_started: TimeMs::new(0),
            last: None,
        }
    }

    /// The chain after a batch.
    ///
    /// # Errors
    /// [`ChainError`], naming the segment.
    pub fn extended(&self, batch: &Batch) -> Result<Self, ChainError> {
        if *batch.previous.digest() != self.head {
            return Err(ChainError::Previous { expected: self.head, found: *batch.previous.digest() });
        }
        if batch.segments.is_empty() || batch.segments.len() > SEGMENTS_PER_RECORD_MAX {
            return Err(ChainError::Size);
        }
        if batch.joint_ms != self.joint_ms || batch.joint_ms > SEGMENT_JOINT_MS_MAX {
            return Err(ChainError::Joint);
        }
        if batch.clock_offset_ms.unsigned_abs() > CLOCK_OFFSET_MS_MAX {
            return Err(ChainError::ClockOffset);
        }
        batch.segments.iter().try_fold(self.clone(), |state, segment| state.after(segment))
    }

    /// Whether a segment of this index and start needs a gap's reason. The index of one that begins a new run says nothing,
    /// but a pause before it is one all the same.
    #[must_use]
    pub fn is_gap(&self, index: u64, started: TimeMs) -> bool {
        match self.last {
            None => index != 0,
            Some((last, ended)) => {
                let jumps = last.checked_add(1) != Some(index) && !self.is_new_run(index, started);
                jumps || started.saturating_since(ended) > u64::from(self.joint_ms)
            }
        }
    }

    /// Whether a segment of this index and start needs the reason of a new run: index or clock went back.
    #[must_use]
    pub fn is_new_run(&self, index: u64, started: TimeMs) -> bool {
        self.last.is_some_and(|(last, ended)| index <= last || started < ended)
    }

    fn after(&self, segment: &Segment) -> Result<Self, ChainError> {
        let index = segment.index;
        let begins = self.is_new_run(index, segment.started_ms);
        if (begins && segment.run.is_none())
            || segment.bytes == 0
            || segment.ended_ms <= segment.started_ms
            || segment.ended_ms > TimeMs::MAX
        {
            return Err(ChainError::Order { index });
        }
        if segment.run.is_some() != begins || !is_reason(segment.run.as_deref()) {
            return Err(ChainError::Run { index });
        }
        let reason = segment.gap.as_deref();
        let needed = self.is_gap(index, segment.started_ms);
        if !is_reason(reason) || reason.is_some() != needed {
            return Err(ChainError::Gap { index });
        }
        let before = segment.run.as_deref().map_or(self.head, |run| {
            FieldHasher::new("biaozheng/witness-run/v1").digest(&self.head).field(run.as_bytes()).finish()
        });
        let head = FieldHasher::new("biaozheng/witness-segment/v1")
            .digest(&before)
            .number(index)
            .digest(segment.digest.digest())
            .number(segment.bytes)
            .number(segment.started_ms.get())
            .number(segment.ended_ms.get())
            .field(reason.unwrap_or_default().as_bytes())
            .finish();
        Ok(Self {
            head,
            joint_ms: self.joint_ms,
            count: self.count.saturating_add(1),
            gaps: self.gaps.saturating_add(u64::from(reason.is_some())),
            runs: self.runs.saturating_add(u64::from(begins)),
            bytes: self.bytes.saturating_add(segment.bytes),
            first_started: if self.last.is_none() { segment.started_ms } else { self.first_started },
            last: Some((index, segment.ended_ms)),
        })
    }
}

/// Whether a reason, where one is given, is one that can stand.
fn is_reason(reason: Option<&str>) -> bool {
    reason.is_none_or(|reason| {
        !reason.trim().is_empty()
            && reason.len() <= GAP_REASON_BYTES_MAX
            && !reason.chars().any(char::is_control)
    })
}

/// Follows a camera's recorded batches from the start.
///
/// # Errors
/// The position of the first batch that does not fit, and why: records are missing, out of order, or not this chain's.
pub fn replay(
    project: &ProjectId,
    sitting: &SittingId,
    camera: &CameraId,
    batches: &[Batch],
) -> Result<ChainState, (usize, ChainError)> {
    let joint = batches.first().map_or(0, |batch| batch.joint_ms);
    let start = ChainState::start(project, sitting, camera, joint);
    batches
        .iter()
        .enumerate()
        .try_fold(start, |state, (at, batch)| state.extended(batch).map_err(|error| (at, error)))
}

#[cfg(test)]
mod tests;
