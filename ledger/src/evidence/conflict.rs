//! Two signed trees of one log that cannot both be true: of one size with two roots, or a smaller one that is
//! no prefix of the larger.

use serde::{Deserialize, Serialize};

use super::{EvidenceError, NodeHash, Proven, read, written};
use crate::checkpoint::Checkpoint;
use crate::genesis::Genesis;
use crate::merkle::{Hash, NodeReader, ProofError, consistency_path, root_at, verify_consistency};
use crate::note::SignedNote;
use crate::policy::Policy;

/// Two checkpoints and, where they differ in size, the root that the second tree had at the first one's size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// The signed note of the smaller tree.
    pub first: String,
    pub second: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_root_in_second: Option<NodeHash>,
    /// Consistency proof from that root to the second checkpoint's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<NodeHash>,
}

impl Conflict {
    /// Two trees of one size.
    #[must_use]
    pub fn of_one_size(first: &SignedNote, second: &SignedNote) -> Self {
        Self {
            first: first.to_string(),
            second: second.to_string(),
            first_root_in_second: None,
            path: vec![],
        }
    }

    /// A smaller tree that the larger one, whose subtrees `reader` gives, does not begin with. `None` unless
    /// the sizes are in order.
    ///
    /// # Errors
    /// The reader's.
    pub fn of_two_sizes<R: NodeReader>(
        first: (&SignedNote, u64),
        second: (&SignedNote, u64),
        reader: &R,
    ) -> Result<Option<Self>, R::Error> {
        let Some(path) = consistency_path(first.1, second.1, reader)?.filter(|_| first.1 < second.1) else {
            return Ok(None);
        };
        let root = root_at(first.1, reader)?;
        Ok(Some(Self::with_path(first.0, second.0, root, &path)))
    }

    /// As [`Conflict::of_two_sizes`], from a proof that is there already.
    #[must_use]
    pub fn with_path(first: &SignedNote, second: &SignedNote, root: Hash, path: &[Hash]) -> Self {
        Self {
            first: first.to_string(),
            second: second.to_string(),
            first_root_in_second: Some(NodeHash::new(root)),
            path: written(path),
        }
    }

    /// Whether two checkpoints, those of the notes, are shown to be of trees that cannot both be true. Whoever asks
    /// has verified the notes.
    ///
    /// # Errors
    /// [`ProofError`] where the proof is not one of these two trees.
    pub(crate) fn disagrees(&self, small: &Checkpoint, large: &Checkpoint) -> Result<bool, ProofError> {
        match self.first_root_in_second {
            None if small.size != large.size || !self.path.is_empty() => Err(ProofError::Range),
            None => Ok(small.root != large.root),
            Some(root) if *root.bytes() == small.root => Ok(false),
            Some(_) if small.size >= large.size => Err(ProofError::Range),
            Some(root) => {
                let path = read(&self.path);
                verify_consistency(small.size, large.size, &path, root.bytes(), &large.root)?;
                Ok(true)
            }
        }
    }

    pub(super) fn verify(&self, genesis: &Genesis) -> Result<Proven, EvidenceError> {
        let (first, second): (SignedNote, SignedNote) = (self.first.parse()?, self.second.parse()?);
        let (small, large) = (checkpoint(&first, genesis)?, checkpoint(&second, genesis)?);
        if !self.disagrees(&small, &large)? {
            return Err(EvidenceError::NoConflict);
        }
        let policy = genesis.policy()?;
        let trusted = (policy.verify(&first).is_ok(), policy.verify(&second).is_ok());
        let signers = (signers(&policy, genesis, &first), signers(&policy, genesis, &second));
        let accused = match trusted {
            // A line under a tree that is not the quorum's is a false one, whoever else it signed for.
            (true, false) => signers.1,
            (false, true) => signers.0,
            _ => signers.0.into_iter().filter(|name| signers.1.contains(name)).collect(),
        };
        if accused.is_empty() {
            return Err(EvidenceError::NobodySigned);
        }
        Ok(Proven::Conflict { fork: trusted == (true, true), sizes: (small.size, large.size), accused })
    }
}

pub(super) fn checkpoint(note: &SignedNote, genesis: &Genesis) -> Result<Checkpoint, EvidenceError> {
    let checkpoint: Checkpoint =
        note.text.parse().map_err(|error| EvidenceError::Policy(crate::policy::PolicyError::from(error)))?;
    if checkpoint.origin == genesis.origin()? { Ok(checkpoint) } else { Err(EvidenceError::OtherLog) }
}

/// The policy's keys with a valid line, by the centres' names.
fn signers(policy: &Policy, genesis: &Genesis, note: &SignedNote) -> Vec<String> {
    let logs = policy.logs().iter().map(|key| (key, "log key"));
    let cosigners = policy.witnesses().iter().map(|(_, key)| (key, "cosigner key"));
    let names = || genesis.trust.cosigners.iter().map(|one| &one.name);
    logs.zip(names())
        .chain(cosigners.zip(names()))
        .filter(|((key, _), _)| key.find_valid(note).is_some())
        .map(|((_, kind), name)| format!("{name} ({kind})"))
        .collect()
}
