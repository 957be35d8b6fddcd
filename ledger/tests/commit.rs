//! Commit certificates: what proves that a block was decided, and everything beside it that does not.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger::commit::{CommitError, VoteKind, verify_commit_certificate, vote_digest};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::limits::COMMIT_BYTES_MAX;
use biaozheng_ledger::validator::{Validator, ValidatorSet};

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"commit"))
}

fn keys() -> Vec<SecretKey> {
    (1..=5).map(|n| SecretKey::from_seed(&[n; 32])).collect()
}

/// Votes of one kind by these keys, in the bytes of a certificate.
fn votes(kind: VoteKind, block: &BlockHash, round: Option<u32>, voters: &[usize]) -> Vec<u8> {
    let keys = keys();
    let sign = |index: &usize| {
        let (secret, place) = (&keys[*index], (Height::new(7), round));
        let digest = vote_digest(&chain(), kind, place, Some(block), &secret.public());
        (secret.public(), secret.sign(digest.bytes()))
    };
    borsh::to_vec(&(7u64, round, *block, voters.iter().map(sign).collect::<Vec<_>>())).unwrap()
}

#[test]
fn a_quorum_of_precommits_and_nothing_less_proves_a_decision() {
    let block = BlockHash::new(Digest::of(b"block"));
    // The fifth key is no validator's.
    let named = keys().into_iter().take(4).enumerate();
    let set = ValidatorSet::new(
        named.map(|(n, key)| Validator { name: n.to_string(), key: key.public() }).collect(),
    );
    let verify = |bytes: &[u8]| verify_commit_certificate(bytes, &chain(), Height::new(7), &block, &set);
    for round in [Some(0), Some(3)] {
        for voters in [[0, 1, 2].as_slice(), &[3, 1, 0], &[0, 1, 2, 3]] {
            assert_eq!(verify(&votes(VoteKind::Precommit, &block, round, voters)), Ok(()));
        }
    }
    let good = votes(VoteKind::Precommit, &block, Some(0), &[0, 1, 2]);
    let other = BlockHash::new(Digest::of(b"another block"));
    let of_other = votes(VoteKind::Precommit, &other, Some(0), &[0, 1, 2]);
    for (bytes, why) in [
        (votes(VoteKind::Precommit, &block, Some(0), &[0, 1]), CommitError::Quorum),
        (votes(VoteKind::Precommit, &block, Some(0), &[]), CommitError::Quorum),
        (votes(VoteKind::Precommit, &block, Some(0), &[0, 1, 1]), CommitError::Signer),
        (votes(VoteKind::Precommit, &block, Some(0), &[0, 1, 4]), CommitError::Signer),
        (votes(VoteKind::Prevote, &block, Some(0), &[0, 1, 2]), CommitError::Signature),
        (of_other, CommitError::Other),
        (good[..good.len() - 1].to_vec(), CommitError::Form),
        ([good.as_slice(), &[0]].concat(), CommitError::Form),
        (vec![0; COMMIT_BYTES_MAX + 1], CommitError::Form),
    ] {
        assert_eq!(verify(&bytes), Err(why));
    }
    let elsewhere = ChainId::new(Digest::of(b"another chain"));
    let strange = verify_commit_certificate(&good, &elsewhere, Height::new(7), &block, &set);
    assert_eq!(strange, Err(CommitError::Signature));
    assert_eq!(
        verify_commit_certificate(&good, &chain(), Height::new(8), &block, &set),
        Err(CommitError::Other)
    );
    for byte in 0..good.len() {
        let mut changed = good.clone();
        changed[byte] ^= 1;
        assert!(verify(&changed).is_err(), "byte {byte}");
    }
}
