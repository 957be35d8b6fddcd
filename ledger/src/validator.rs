//! The validators of a chain. Every validator weighs the same: threshold keys count heads, votes count power,
//! and the two must agree.

use crate::digest::{Digest, FieldHasher};
use crate::key::PublicKey;

/// One voting node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    pub name: String,
    /// Signs votes and proposals, nothing else.
    pub key: PublicKey,
}

/// The validators of one height, in the order in which they propose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorSet(Vec<Validator>);

impl ValidatorSet {
    #[must_use]
    pub const fn new(validators: Vec<Validator>) -> Self {
        Self(validators)
    }

    #[must_use]
    pub fn all(&self) -> &[Validator] {
        &self.0
    }

    /// Votes that decide: more than two thirds of all.
    #[must_use]
    pub fn quorum(&self) -> usize {
        quorum_of(self.0.len())
    }

    /// What a block header names the set by.
    #[must_use]
    pub fn hash(&self) -> Digest {
        let start = FieldHasher::new("biaozheng/validators/v1").number(self.0.len() as u64);
        self.0
            .iter()
            .fold(start, |hasher, one| {
                hasher.field(one.name.as_bytes()).field(&[one.key.algorithm() as u8]).field(one.key.bytes())
            })
            .finish()
    }
}

/// The smallest number above two thirds of `n`.
#[must_use]
pub const fn quorum_of(n: usize) -> usize {
    (n.saturating_mul(2) / 3).saturating_add(1)
}
