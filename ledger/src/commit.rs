//! The proof that a block was decided: precommits of a quorum of validators over its hash.
//!
//! Bytes (borsh): `height u64le ‖ round (0, or 1 ‖ u32le) ‖ block hash ‖ count u32le ‖ count × (validator key ‖ signature)`.
//! Each signature is over `H("biaozheng/vote/v1", chain, 2, height, round, block hash, validator key)`.
//!
//! **Invariant:** no engine is needed to read it; the engine's own signer signs the digest made here.

use std::collections::BTreeSet;

use borsh::BorshDeserialize;

use crate::digest::{Digest, FieldHasher};
use crate::ids::{BlockHash, ChainId, Height};
use crate::key::{PublicKey, Signature};
use crate::limits::COMMIT_BYTES_MAX;
use crate::validator::ValidatorSet;

/// What a vote is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoteKind {
    Prevote,
    Precommit,
}

/// Why bytes do not prove a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
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

#[derive(BorshDeserialize)]
struct Commit {
    height: u64,
    round: Option<u32>,
    block: BlockHash,
    signatures: Vec<(PublicKey, Signature)>,
}

/// The digest a validator signs for a vote; `None` for the block votes nil.
#[must_use]
pub fn vote_digest(
    chain: &ChainId,
    kind: VoteKind,
    (height, round): (Height, Option<u32>),
    block: Option<&BlockHash>,
    voter: &PublicKey,
) -> Digest {
    let kind = match kind {
        VoteKind::Prevote => 1,
        VoteKind::Precommit => 2,
    };
    let hasher = FieldHasher::new("biaozheng/vote/v1").digest(chain.digest()).field(&[kind]);
    let hasher = hasher.number(height.get());
    let hasher = hasher.field(&[u8::from(round.is_some())]).number(u64::from(round.unwrap_or(0)));
    hasher.field(block.map_or(&[][..], |block| block.bytes().as_slice())).field(voter.bytes()).finish()
}

/// The digest a proposer signs for a proposal: `valid_round` where it takes up a block of an earlier round.
#[must_use]
pub fn proposal_digest(
    chain: &ChainId,
    (height, round): (Height, Option<u32>),
    valid_round: Option<u32>,
    block: &BlockHash,
    proposer: &PublicKey,
) -> Digest {
    let hasher = FieldHasher::new("biaozheng/proposal/v1").digest(chain.digest()).number(height.get());
    let number = |hasher: FieldHasher, round: Option<u32>| {
        hasher.field(&[u8::from(round.is_some())]).number(u64::from(round.unwrap_or(0)))
    };
    number(number(hasher, round), valid_round).field(block.bytes()).field(proposer.bytes()).finish()
}

/// Verifies that a quorum of `validators` precommitted this block.
///
/// # Errors
/// [`CommitError`].
pub fn verify_commit_certificate(
    bytes: &[u8],
    chain: &ChainId,
    height: Height,
    block: &BlockHash,
    validators: &ValidatorSet,
) -> Result<(), CommitError> {
    if bytes.len() > COMMIT_BYTES_MAX {
        return Err(CommitError::Form);
    }
    let commit: Commit = borsh::from_slice(bytes).map_err(|_| CommitError::Form)?;
    if commit.height != height.get() || commit.block != *block {
        return Err(CommitError::Other);
    }
    let mut seen = BTreeSet::new();
    for (voter, signature) in &commit.signatures {
        let known = validators.all().iter().any(|one| one.key == *voter);
        if !known || !seen.insert(*voter) {
            return Err(CommitError::Signer);
        }
        let digest = vote_digest(chain, VoteKind::Precommit, (height, commit.round), Some(block), voter);
        voter.verify(digest.bytes(), signature).map_err(|_| CommitError::Signature)?;
    }
    if seen.len() < validators.quorum() { Err(CommitError::Quorum) } else { Ok(()) }
}
