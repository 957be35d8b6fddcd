//! The proof that a block was decided, read by whoever audits: no engine needed.

use std::collections::BTreeSet;

use biaozheng_ledger::ids::{BlockHash, ChainId, Height as LedgerHeight};
use biaozheng_ledger::validator::ValidatorSet;
use malachite_core_types::{NilOrVal, VoteType};

use super::codec::WireCommit;
use super::context::Vote;
use super::signer::vote_digest;

/// Why bytes do not prove a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    #[error("not a commit certificate")]
    Form,
    #[error("the commit certificate is for another block")]
    Other,
    #[error("a signer is no validator or signed twice")]
    Signer,
    #[error("a signature does not hold")]
    Signature,
    #[error("fewer than a quorum signed")]
    Quorum,
}

/// Verifies that a quorum of `validators` precommitted this block.
///
/// # Errors
/// [`EvidenceError`].
pub fn verify_commit_certificate(
    bytes: &[u8],
    chain: &ChainId,
    height: LedgerHeight,
    id: &BlockHash,
    validators: &ValidatorSet,
) -> Result<(), EvidenceError> {
    let commit: WireCommit = borsh::from_slice(bytes).map_err(|_| EvidenceError::Form)?;
    if commit.height.ledger() != height || commit.value.0 != *id {
        return Err(EvidenceError::Other);
    }
    let mut seen = BTreeSet::new();
    for (address, signature) in &commit.signatures {
        let known = validators.all().iter().any(|one| one.key == address.0);
        if !known || !seen.insert(*address) {
            return Err(EvidenceError::Signer);
        }
        let vote = Vote {
            kind: VoteType::Precommit,
            height: commit.height,
            round: commit.round,
            value: NilOrVal::Val(commit.value),
            address: *address,
        };
        let digest = vote_digest(chain, &vote);
        address.0.verify(digest.bytes(), signature).map_err(|_| EvidenceError::Signature)?;
    }
    if seen.len() < validators.quorum() { Err(EvidenceError::Quorum) } else { Ok(()) }
}
