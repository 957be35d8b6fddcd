//! One chain's checkpoints as records of another: what a parent chain is told, and what follows for its contracts and
//! for certificates.
//!
//! **Invariant:** a child chain is named by its id, and its id commits to the policy: whoever accepts a checkpoint here
//! has seen the quorum the child was founded with. Nothing here reads state.

use serde::{Deserialize, Serialize};

use crate::checkpoint::{Checkpoint, Origin};
use crate::digest::Digest;
use crate::evidence::{Conflict, NodeHash};
use crate::genesis::TrustRoot;
use crate::ids::ChainId;
use crate::limits::{ANCHORED_CHECKPOINT_BYTES_MAX, MERKLE_PATH_MAX, POLICY_BYTES_MAX};
use crate::merkle::{Hash, ProofError, verify_consistency};
use crate::note::SignedNote;
use crate::policy::{Cosigned, Policy, PolicyError};

/// The record type that anchors a checkpoint.
pub const ANCHORED_TYPE: &str = "checkpoint.anchored/1";

/// The body of `checkpoint.anchored/1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AnchoredCheckpoint {
    /// The child chain.
    pub chain: ChainId,
    /// Its signed note: checkpoint and cosignatures.
    pub checkpoint: String,
    /// From the checkpoint anchored before; empty for the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consistency: Vec<NodeHash>,
}

/// Who may sign for a chain, proven by the chain's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainTrust {
    pub chain: ChainId,
    pub origin: Origin,
    pub policy: Policy,
}

/// Why a checkpoint, policy or pair of checkpoints is not what it is given as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchoringError {
    #[error("the policy is not in the one form a genesis makes")]
    PolicyForm,
    #[error("policy and remainder make chain {found}, not {named}")]
    OtherChain { named: ChainId, found: ChainId },
    #[error("the checkpoint is no signed note of at most {ANCHORED_CHECKPOINT_BYTES_MAX} bytes")]
    Note,
    #[error("the checkpoint is not satisfied by the chain's policy: {0}")]
    Policy(#[from] PolicyError),
    #[error("signature line {0} of the checkpoint is not a valid one by a key of the chain's policy")]
    Foreign(usize),
    #[error("consistency: {0}")]
    Consistency(#[from] ProofError),
    #[error("the two trees agree, or the proof does not show that they differ")]
    NoSplit,
}

impl ChainTrust {
    /// Checks that this policy text and genesis remainder are those of `chain`.
    ///
    /// # Errors
    /// [`AnchoringError`], for the policy's form or another chain.
    pub fn of(chain: ChainId, policy: &str, remainder: &Digest) -> Result<Self, AnchoringError> {
        if policy.len() > POLICY_BYTES_MAX {
            return Err(AnchoringError::PolicyForm);
        }
        let parsed: Policy = policy.parse().map_err(|_| AnchoringError::PolicyForm)?;
        if parsed.to_string() != policy {
            return Err(AnchoringError::PolicyForm);
        }
        let (trust, origin) = TrustRoot::from_policy(&parsed).ok_or(AnchoringError::PolicyForm)?;
        let found = trust.chain_id(remainder);
        if found != chain || origin.chain() != chain {
            return Err(AnchoringError::OtherChain { named: chain, found });
        }
        Ok(Self { chain, origin, policy: parsed })
    }

    /// The checkpoint in this signed note, where a quorum of the chain signed it and nobody else did.
    ///
    /// # Errors
    /// [`AnchoringError`].
    pub fn checkpoint(&self, note: &str) -> Result<(SignedNote, Cosigned), AnchoringError> {
        if note.len() > ANCHORED_CHECKPOINT_BYTES_MAX {
            return Err(AnchoringError::Note);
        }
        let note: SignedNote = note.parse().map_err(|_| AnchoringError::Note)?;
        let cosigned = self.policy.verify(&note)?;
        match self.policy.first_foreign_line(&note) {
            Some(line) => Err(AnchoringError::Foreign(line)),
            None => Ok((note, cosigned)),
        }
    }

    /// Checks that this chain's quorum signed two trees that cannot both be true.
    ///
    /// # Errors
    /// [`AnchoringError`].
    pub fn split(&self, conflict: &Conflict) -> Result<(Checkpoint, Checkpoint), AnchoringError> {
        let (_, first) = self.checkpoint(&conflict.first)?;
        let (_, second) = self.checkpoint(&conflict.second)?;
        let (first, second) = (first.checkpoint, second.checkpoint);
        if conflict.disagrees(&first, &second)? { Ok((first, second)) } else { Err(AnchoringError::NoSplit) }
    }
}

/// Checks that the later tree begins with the earlier.
///
/// # Errors
/// [`AnchoringError::Consistency`].
pub fn check_growth(
    earlier: (u64, &Hash),
    later: (u64, &Hash),
    path: &[NodeHash],
) -> Result<(), AnchoringError> {
    if path.len() > MERKLE_PATH_MAX.saturating_add(1) {
        return Err(ProofError::Length.into());
    }
    let path: Vec<Hash> = path.iter().map(|hash| *hash.bytes()).collect();
    Ok(verify_consistency(earlier.0, later.0, &path, earlier.1, later.1)?)
}
