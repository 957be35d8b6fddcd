//! A folder of segments held against what was recorded of a sitting.

use std::collections::BTreeMap;
use std::path::PathBuf;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, ProjectId, SittingId};
use biaozheng_ledger::witness_chain::{Batch, ChainState, OnHand, Segment, SegmentFinding, compare};

use super::folder::{SegmentFile, digest, scan};
use super::{SittingError, follow, of_camera};

/// A camera's segments on hand against its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraCheck {
    /// To be compared with the head of the ledger's view, a witness report, or a certificate.
    pub head: Digest,
    /// Recorded.
    pub segments: u64,
    pub gaps: u64,
    /// Runs after the first.
    pub runs: u64,
    pub files: u64,
    /// Of the first run. Empty when exactly the recorded segments are there, each in its place.
    pub findings: Vec<SegmentFinding>,
    /// Of each later run, counted from 2; only runs with findings.
    pub later_runs: BTreeMap<u64, Vec<SegmentFinding>>,
    /// Files that could not be read, and records that are no chain.
    pub faults: Vec<String>,
}

impl CameraCheck {
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.findings.is_empty() && self.later_runs.is_empty() && self.faults.is_empty()
    }
}

/// What a check of a folder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderCheck {
    pub cameras: BTreeMap<CameraId, CameraCheck>,
    /// Files whose names are no segment's, or of segments that hold nothing and were never recorded.
    pub strangers: Vec<PathBuf>,
}

impl FolderCheck {
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cameras.values().all(CameraCheck::is_complete)
    }
}

/// Hashes every segment of a folder and compares with what was recorded of the sitting, camera by camera.
///
/// # Errors
/// [`SittingError`], when the folder cannot be read. What is wrong with one file or one camera's records is told there.
pub fn check_folder(
    folder: &std::path::Path,
    project: &ProjectId,
    sitting: &SittingId,
    recorded: &[Batch],
) -> Result<FolderCheck, SittingError> {
    let folder = scan(folder)?;
    let mut on_hand: BTreeMap<CameraId, Vec<&SegmentFile>> =
        recorded.iter().map(|batch| (batch.camera.clone(), Vec::new())).collect();
    for file in &folder.segments {
        on_hand.entry(file.camera.clone()).or_default().push(file);
    }
    let mut check = FolderCheck { cameras: BTreeMap::new(), strangers: folder.strangers.clone() };
    check.strangers.extend(folder.unfinished.iter().map(|file| file.path.clone()));
    for (camera, files) in on_hand {
        let one = check_camera((project, sitting, &camera), recorded, &files, &mut check.strangers);
        check.cameras.insert(camera, one);
    }
    Ok(check)
}

fn check_camera(
    (project, sitting, camera): (&ProjectId, &SittingId, &CameraId),
    recorded: &[Batch],
    files: &[&SegmentFile],
    strangers: &mut Vec<PathBuf>,
) -> CameraCheck {
    let batches = of_camera(recorded, camera);
    let mut faults = Vec::new();
    let chain = match follow(project, sitting, camera, &batches) {
        Ok(chain) => chain,
        Err(fault) => {
            faults.push(fault.to_string());
            longest_chain(project, sitting, camera, &batches)
        }
    };
    let runs = runs_of(batches.into_iter().flat_map(|batch| batch.segments));
    let mut places: BTreeMap<u64, Vec<(usize, &Segment)>> = BTreeMap::new();
    for (run, segments) in runs.iter().enumerate() {
        segments.iter().for_each(|one| places.entry(one.index).or_default().push((run, one)));
    }
    let newest = runs.len().saturating_sub(1);
    let mut on_hand: Vec<Vec<OnHand>> = vec![Vec::new(); runs.len()];
    for file in files {
        let recorded = places.get(&file.index).map(Vec::as_slice).unwrap_or_default();
        if file.bytes == 0 && recorded.is_empty() {
            strangers.push(file.path.clone());
            continue;
        }
        match digest(&file.path) {
            Ok((digest, _)) => {
                let run = run_of(recorded, file, &digest).unwrap_or(newest);
                if let Some(run) = on_hand.get_mut(run) {
                    run.push(OnHand { index: file.index, digest });
                }
            }
            Err(error) => faults.push(error.to_string()),
        }
    }
    let mut findings = runs.iter().zip(&on_hand).map(|(run, files)| compare(run, files));
    CameraCheck {
        findings: findings.next().unwrap_or_default(),
        later_runs: (2u64..).zip(findings).filter(|(_, found)| !found.is_empty()).collect(),
        head: chain.head,
        segments: chain.count,
        gaps: chain.gaps,
        runs: chain.runs,
        files: files.len() as u64,
        faults,
    }
}

/// As far as the records are a chain.
fn longest_chain(
    project: &ProjectId,
    sitting: &SittingId,
    camera: &CameraId,
    batches: &[Batch],
) -> ChainState {
    let joint = batches.first().map_or(0, |batch| batch.joint_ms);
    let mut chain = ChainState::start(project, sitting, camera, joint);
    for batch in batches {
        match chain.extended(batch) {
            Ok(longer) => chain = longer,
            Err(_) => break,
        }
    }
    chain
}

/// The recorded segments run by run, at least one run.
fn runs_of(segments: impl Iterator<Item = Segment>) -> Vec<Vec<Segment>> {
    let mut runs = vec![Vec::new()];
    for segment in segments {
        if segment.run.is_some() {
            runs.push(Vec::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(segment);
        }
    }
    runs
}

/// The run a file belongs to, of the segments recorded under its index: where its content stands, else by the times in
/// its name, else the first; nothing where the index was never recorded.
fn run_of(recorded: &[(usize, &Segment)], file: &SegmentFile, digest: &Digest) -> Option<usize> {
    let timed = |one: &Segment| file.times == Some((one.started_ms, one.ended_ms));
    let known = |one: &Segment| one.digest.digest() == digest;
    let find =
        |fits: &dyn Fn(&Segment) -> bool| recorded.iter().find(|(_, one)| fits(one)).map(|(run, _)| *run);
    find(&|one| timed(one) && known(one))
        .or_else(|| find(&known))
        .or_else(|| find(&timed))
        .or_else(|| find(&|_| true))
}
