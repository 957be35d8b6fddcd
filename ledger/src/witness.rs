//! C2SP tlog-witness, without the network: the request, and the judgement over it.
//!
//! ```text
//! old <size>\n
//! <hash of the consistency proof, base64>\n      0 to 63 of them
//! \n
//! <checkpoint as a signed note>
//! ```
//! **Invariant:** [`judge`] accepts only a tree that extends the latest one cosigned, and only where the quorum of the
//! policy stands behind it: one log key alone could otherwise lead a witness onto a tree of its own, which no later one
//! of the log ever extends. A policy with `quorum none` asks for a log key only, as plain C2SP does, and whoever uses one
//! says so. It remembers nothing: whoever calls it keeps the latest tree, on disk before a cosignature leaves, and lets
//! one request at a time judge and keep.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::limits::{MERKLE_PATH_MAX, WITNESS_REQUEST_BYTES_MAX};
use crate::merkle::{Hash, verify_consistency};
use crate::note::SignedNote;
use crate::policy::{Policy, PolicyError};

/// The media type of a conflict's body.
pub const SIZE_MEDIA_TYPE: &str = "text/x.tlog.size";

/// What a log asks a witness; nothing about it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the tree the proof starts from.
    pub old: u64,
    pub path: Vec<Hash>,
    pub note: SignedNote,
}

/// Why a witness does not cosign, with the status C2SP gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogWitnessRefusal {
    #[error(
        "not a request: 'old <size>', at most {MERKLE_PATH_MAX} hashes, an empty line, a signed checkpoint"
    )]
    Malformed,
    #[error("the old size is above the checkpoint's")]
    OldAboveNew,
    #[error("no signature by a log key this witness trusts for the origin")]
    Unsigned,
    #[error(
        "a log key signed, and not the quorum of cosigners this witness asks for: send the note with the consortium's lines"
    )]
    NoQuorum,
    #[error("the origin is none this witness watches")]
    UnknownOrigin,
    #[error("the latest tree this witness cosigned has {latest} leaves")]
    OtherSize { latest: u64 },
    #[error("FORK: this witness cosigned another tree of {latest} leaves")]
    OtherRoot { latest: u64 },
    #[error("the consistency proof does not hold")]
    Proof,
}

impl LogWitnessRefusal {
    /// The HTTP status of C2SP tlog-witness.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed | Self::OldAboveNew => 400,
            Self::Unsigned | Self::NoQuorum => 403,
            Self::UnknownOrigin => 404,
            Self::OtherSize { .. } | Self::OtherRoot { .. } => 409,
            Self::Proof => 422,
        }
    }

    /// The size a conflict answers with.
    #[must_use]
    pub const fn latest(&self) -> Option<u64> {
        match self {
            Self::OtherSize { latest } | Self::OtherRoot { latest } => Some(*latest),
            _ => None,
        }
    }
}

/// Judges a request about a log by the policy a witness was given: the chain's own where it has the genesis. `latest` is
/// the newest checkpoint this witness cosigned, if any.
///
/// # Errors
/// [`LogWitnessRefusal`], in the order C2SP checks; the quorum is asked for right after the log's own signature.
pub fn judge(
    request: &AddCheckpoint,
    policy: &Policy,
    latest: Option<&Checkpoint>,
) -> Result<Checkpoint, LogWitnessRefusal> {
    let checkpoint: Checkpoint = request.note.text.parse().map_err(|error| match error {
        CheckpointError::Origin => LogWitnessRefusal::UnknownOrigin,
        CheckpointError::Form => LogWitnessRefusal::Malformed,
    })?;
    if !policy.logs().iter().any(|key| key.name() == checkpoint.origin.as_str()) {
        return Err(LogWitnessRefusal::UnknownOrigin);
    }
    match policy.verify(&request.note) {
        Ok(_) => {}
        Err(PolicyError::NoQuorum { .. }) => return Err(LogWitnessRefusal::NoQuorum),
        Err(_) => return Err(LogWitnessRefusal::Unsigned),
    }
    if request.old > checkpoint.size {
        return Err(LogWitnessRefusal::OldAboveNew);
    }
    let known = latest.map_or(0, |latest| latest.size);
    if request.old != known {
        return Err(LogWitnessRefusal::OtherSize { latest: known });
    }
    match latest {
        Some(latest) if latest.size == checkpoint.size && latest.root != checkpoint.root => {
            Err(LogWitnessRefusal::OtherRoot { latest: known })
        }
        Some(latest) => {
            verify_consistency(latest.size, checkpoint.size, &request.path, &latest.root, &checkpoint.root)
                .map(|()| checkpoint)
                .map_err(|_| LogWitnessRefusal::Proof)
        }
        // Every log here begins with its genesis entry, so there is no tree without leaves.
        None if checkpoint.size > 0 && request.path.is_empty() => Ok(checkpoint),
        None => Err(LogWitnessRefusal::Proof),
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash)))?;
        write!(f, "\n{}", self.note)
    }
}

impl FromStr for AddCheckpoint {
    type Err = LogWitnessRefusal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = LogWitnessRefusal::Malformed;
        if text.len() > WITNESS_REQUEST_BYTES_MAX {
            return Err(refuse);
        }
        let (head, note) = text.split_once("\n\n").ok_or(refuse)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).ok_or(refuse)?;
        let path = lines
            .take(MERKLE_PATH_MAX.saturating_add(1))
            .map(|line| BASE64.decode(line).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(refuse))
            .collect::<Result<Vec<Hash>, _>>()?;
        if path.len() > MERKLE_PATH_MAX {
            return Err(refuse);
        }
        let request =
            Self { old: old.parse().map_err(|_| refuse)?, path, note: note.parse().map_err(|_| refuse)? };
        if request.to_string() == text { Ok(request) } else { Err(refuse) }
    }
}
