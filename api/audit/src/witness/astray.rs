//! The way back for a witness that one log key led away.
//!
//! Versions before this one cosigned what a log key alone had signed. Whoever held one could show them a tree of its own,
//! of any size, and no later checkpoint of the log ever extended it.
//!
//! **Invariant:** nothing is forgotten without a reason that anybody can check: the tree kept has no quorum, the tree
//! gone on with has it, and the one is no beginning of the other. A tree with a quorum's lines is never left: if the log
//! contradicts it, the quorum forked. What was kept stays beside, and the conflict is written as evidence.

use std::path::{Path, PathBuf};

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::evidence::{Claim, Conflict, Evidence};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::merkle::root_at;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::policy::PolicyError;

use super::watched::Watched;
use super::{Trust, WitnessOpenError};
use crate::audit::write_evidence;
use crate::folder::{FolderError, LogFolder};
use biaozheng_files as files;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returned {
    /// The tree kept is a beginning of the log: nothing was changed.
    NotAstray { size: u64 },
    /// The witness goes on from the log's tree of `to` leaves.
    Back { from: u64, to: u64, aside: PathBuf, evidence: Option<PathBuf> },
}

/// Why a witness stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    #[error(transparent)]
    Open(#[from] WitnessOpenError),
    #[error("this witness has cosigned nothing of the log yet: there is nothing to come back from")]
    Nothing,
    #[error(
        "a quorum signed the tree of {0} leaves that this witness cosigned: it was not led away by a log key. If the log contradicts it, the quorum forked: keep the witness's folder and tell the regulator 法定多数已签署，疑为分叉"
    )]
    Backed(u64),
    #[error(transparent)]
    Copy(#[from] FolderError),
    #[error("the copy of the log is empty: make it with `biaozheng-audit mirror` 副本为空")]
    EmptyCopy,
    #[error("the copy's checkpoint is not this chain's with its quorum: {0}")]
    Policy(#[from] PolicyError),
    #[error(
        "the tree cosigned has {kept} leaves, the copy {copy}: bring the copy up to date from several nodes. If all of them stay smaller, no quorum ever had such a tree: say --log-is-smaller 副本较小"
    )]
    Larger { kept: u64, copy: u64 },
    #[error("{path}: {error}", path = .path.display())]
    Disk { path: PathBuf, error: std::io::Error },
    #[error("the two trees conflict and the evidence of it could not be written: {0}")]
    Evidence(String),
}

/// Brings a stopped witness back to the log, a verified copy of which is given. `log_is_smaller` is the operator's word
/// that no node knows a tree as large as the one kept.
///
/// # Errors
/// [`ReturnError`]; then nothing was changed.
pub fn bring_back(
    folder: &Path,
    genesis: &Genesis,
    copy: &LogFolder,
    log_is_smaller: bool,
) -> Result<Returned, ReturnError> {
    let _lock = files::lock(folder).map_err(|error| ReturnError::Disk { path: folder.into(), error })?;
    let watched = Watched::load(folder, Trust::Genesis(genesis.clone()))?;
    let (kept, ours) = watched.latest.as_ref().ok_or(ReturnError::Nothing)?;
    if watched.policy.verify(kept).is_ok() {
        return Err(ReturnError::Backed(ours.size));
    }
    let (note, log) = copy.latest().ok_or(ReturnError::EmptyCopy)?;
    watched.policy.verify(note)?;
    let evidence = if ours.size > log.size {
        if !log_is_smaller {
            return Err(ReturnError::Larger { kept: ours.size, copy: log.size });
        }
        None
    } else {
        match conflict(copy, (kept, ours), (note, log))? {
            None => return Ok(Returned::NotAstray { size: ours.size }),
            Some(conflict) => {
                let evidence = Evidence::new(genesis, Claim::Conflict(conflict));
                let found = write_evidence(folder, "conflict", &evidence);
                Some(found.map_err(|error| ReturnError::Evidence(error.to_string()))?.file)
            }
        }
    };
    let text = kept.to_string();
    let digest = Digest::of(text.as_bytes()).hex();
    let aside = watched.file.with_extension(format!("astray-{}", digest.get(..16).unwrap_or_default()));
    let put = |path: &Path, text: &str| {
        files::put(path, text.as_bytes()).map_err(|error| ReturnError::Disk { path: path.into(), error })
    };
    // What is left first, so that a crash between the two loses nothing.
    put(&aside, &text)?;
    put(&watched.file, &note.to_string())?;
    Ok(Returned::Back { from: ours.size, to: log.size, aside, evidence })
}

/// The proof that the tree kept is no beginning of the log; nothing where it is.
fn conflict(
    copy: &LogFolder,
    (kept, ours): (&SignedNote, &Checkpoint),
    (note, log): (&SignedNote, &Checkpoint),
) -> Result<Option<Conflict>, FolderError> {
    if copy.compute(log.size, |reader| root_at(ours.size, reader))? == ours.root {
        return Ok(None);
    }
    if ours.size == log.size {
        return Ok(Some(Conflict::of_one_size(kept, note)));
    }
    copy.compute(log.size, |reader| Conflict::of_two_sizes((kept, ours.size), (note, log.size), reader))
}
