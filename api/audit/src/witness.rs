//! C2SP tlog-witness: a party outside the consortium that cosigns a log only as long as it only grows.
//!
//! **Invariant:** the latest tree of a log is on disk, synced, before the cosignature over it leaves this
//! module, one request at a time; so the witness never signs a tree that its last one is no prefix of, through
//! any crash. A lost folder means a new key. It cosigns only what the quorum of its policy signed, the chain's own where it
//! has the genesis; [`bring_back`] is for one that an earlier version let a log key lead away.

mod astray;
mod client;
mod serve;
mod watched;

use std::cmp::Ordering;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_ledger::evidence::{Claim, Conflict, Evidence};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::merkle::{ProofError, consistency_roots};
use biaozheng_ledger::note::{NoteAlgorithm, NoteError, NoteKey, NoteSignature, SignedNote};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::witness::{AddCheckpoint, LogWitnessRefusal, judge};

use crate::audit::write_evidence;
use biaozheng_files as files;
use watched::Watched;

pub use astray::{ReturnError, Returned, bring_back};
pub use client::{WitnessClient, WitnessError};
pub use serve::{router, serve};

/// Most logs one witness watches.
pub const LOGS_MAX: usize = 64;
/// Most pieces of evidence one run writes: a log that signs anything must not fill the disk.
const EVIDENCE_MAX: usize = 64;

/// A witness with its folder.
#[derive(Debug)]
pub struct Witness {
    key: NoteKey,
    secret: SecretKey,
    folder: PathBuf,
    logs: Mutex<Logs>,
    _lock: File,
}

#[derive(Debug)]
struct Logs {
    all: Vec<Watched>,
    evidence_written: usize,
}

/// What a witness was told of one log.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The chain's genesis: its policy, and evidence that anybody can judge.
    Genesis(Genesis),
    /// A policy alone. With `quorum none` it names log keys and nothing else, and whoever holds one of them can lead the
    /// witness away.
    Policy(Policy),
}

/// A log and where this witness stands with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub origin: String,
    /// Leaves of the tree cosigned last; 0 for none.
    pub size: u64,
    /// Cosigners are asked for; else one log key is enough.
    pub needs_cosigners: bool,
    /// The quorum's lines are kept with that tree. Not where an earlier version of this program kept it.
    pub is_backed: bool,
}

/// Why a witness cannot start.
#[derive(Debug, thiserror::Error)]
pub enum WitnessOpenError {
    #[error("a witness watches 1 to {LOGS_MAX} logs, each once")]
    Logs,
    #[error("name: {0}")]
    Name(#[from] NoteError),
    #[error("genesis: {0}")]
    Genesis(#[from] biaozheng_ledger::genesis::GenesisError),
    #[error(
        "a witness's policy names the log keys of one log, biaozheng.log/<label>/<chain id> 策略只能属于一条日志"
    )]
    Policy,
    #[error("{path}: {error}", path = .path.display())]
    Disk { path: PathBuf, error: std::io::Error },
    #[error("{path}: the witness's memory is damaged; do not go on with this key 见证状态损坏", path = .0.display())]
    Damaged(PathBuf),
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum Withheld {
    #[error(transparent)]
    Refused(#[from] LogWitnessRefusal),
    #[error("the witness's disk failed: {0}")]
    Disk(#[from] std::io::Error),
}

impl Witness {
    /// Opens or makes a witness's folder, for this process alone.
    ///
    /// # Errors
    /// [`WitnessOpenError`].
    pub fn open(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        genesis: Vec<Genesis>,
    ) -> Result<Self, WitnessOpenError> {
        Self::open_trusting(folder, name, secret, genesis.into_iter().map(Trust::Genesis).collect())
    }

    /// The same, for logs of which only a policy is known as well.
    ///
    /// # Errors
    /// [`WitnessOpenError`].
    pub fn open_trusting(
        folder: &Path,
        name: &str,
        secret: SecretKey,
        trust: Vec<Trust>,
    ) -> Result<Self, WitnessOpenError> {
        if trust.is_empty() || trust.len() > LOGS_MAX {
            return Err(WitnessOpenError::Logs);
        }
        let key = NoteKey::new(name, NoteAlgorithm::CosignatureV1, secret.public())?;
        let lock =
            files::lock(folder).map_err(|error| WitnessOpenError::Disk { path: folder.into(), error })?;
        let mut all: Vec<Watched> = Vec::new();
        for trust in trust {
            let watched = Watched::load(folder, trust)?;
            if all.iter().any(|other| other.origin == watched.origin) {
                return Err(WitnessOpenError::Logs);
            }
            all.push(watched);
        }
        let logs = Mutex::new(Logs { all, evidence_written: 0 });
        Ok(Self { key, secret, folder: folder.to_owned(), logs, _lock: lock })
    }

    /// The key whose lines this witness writes; logs and auditors put its text into their policies.
    #[must_use]
    pub const fn key(&self) -> &NoteKey {
        &self.key
    }

    /// Each log and where this witness stands with it.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.all.iter().map(Watched::standing).collect()
    }

    /// Cosigns at `now_s` (Unix seconds), or says why not. Blocks on the disk.
    ///
    /// # Errors
    /// [`Withheld`].
    pub fn cosign(&self, request: &AddCheckpoint, now_s: u64) -> Result<NoteSignature, Withheld> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = request.note.text.lines().next().unwrap_or_default();
        let Some(place) = logs.all.iter().position(|log| log.origin.as_str() == origin) else {
            return Err(LogWitnessRefusal::UnknownOrigin.into());
        };
        let Logs { all, evidence_written } = &mut *logs;
        let log = all.get_mut(place).ok_or(LogWitnessRefusal::UnknownOrigin)?;
        let latest = log.latest.as_ref().map(|(_, checkpoint)| checkpoint);
        let checkpoint = match judge(request, &log.policy, latest) {
            Ok(checkpoint) => checkpoint,
            Err(refusal) => {
                if *evidence_written < EVIDENCE_MAX && self.accuse(log, request, refusal) {
                    *evidence_written = evidence_written.saturating_add(1);
                }
                return Err(refusal.into());
            }
        };
        files::put(&log.file, request.note.to_string().as_bytes())?;
        log.latest = Some((request.note.clone(), checkpoint));
        Ok(self.key.sign(&self.secret, &request.note.text, now_s))
    }

    /// Two trees that cannot both be true, both signed by the log: the request itself is evidence. One that lacks the
    /// quorum is none to cosign, and evidence all the same, for its log key signs nothing that has none.
    fn accuse(&self, log: &Watched, request: &AddCheckpoint, refusal: LogWitnessRefusal) -> bool {
        let (Some((known, ours)), Some(genesis)) = (&log.latest, &log.genesis) else { return false };
        let conflict = match refusal {
            LogWitnessRefusal::OtherRoot { .. } => Some(Conflict::of_one_size(known, &request.note)),
            LogWitnessRefusal::Proof => rewritten(known, ours, request).ok().flatten(),
            LogWitnessRefusal::NoQuorum => conflict(known, ours, request).ok().flatten(),
            _ => None,
        };
        conflict.is_some_and(|conflict| {
            let evidence = Evidence::new(genesis, Claim::Conflict(conflict));
            write_evidence(&self.folder, "conflict", &evidence).is_ok()
        })
    }
}

/// Whether a request's tree contradicts the one cosigned here, of the same size or by a proof that holds for another one.
fn conflict(
    known: &SignedNote,
    ours: &Checkpoint,
    request: &AddCheckpoint,
) -> Result<Option<Conflict>, ProofError> {
    let theirs: Checkpoint = request.note.text.parse().map_err(|_| ProofError::Root)?;
    match theirs.size.cmp(&ours.size) {
        Ordering::Equal => {
            Ok((theirs.root != ours.root).then(|| Conflict::of_one_size(known, &request.note)))
        }
        Ordering::Greater if request.old == ours.size => rewritten(known, ours, request),
        _ => Ok(None),
    }
}

/// A proof that holds for the log's new tree, from another old root than the one cosigned here.
fn rewritten(
    known: &SignedNote,
    ours: &Checkpoint,
    request: &AddCheckpoint,
) -> Result<Option<Conflict>, ProofError> {
    let theirs: Checkpoint = request.note.text.parse().map_err(|_| ProofError::Root)?;
    let (old, new) = consistency_roots(ours.size, theirs.size, &request.path, &ours.root)?;
    let holds = new == theirs.root && old != ours.root;
    Ok(holds.then(|| Conflict::with_path(known, &request.note, old, &request.path)))
}
