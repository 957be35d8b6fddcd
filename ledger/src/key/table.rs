//! Multiples of one public key, worked out once, so that further signatures of it cost half.
//!
//! `[S]B - [k]A` is what strict verification compares with `R`. With the multiples of `A` at hand no doubling is
//! left to do, and `R` need not be a point first: what equals the canonical encoding of a point is one. So this
//! gives the same verdict as `verify_strict` of the library on every input; the golden vectors and a property hold
//! the two against each other.

// Arithmetic of the curve's group, which has no overflow.
#![allow(clippy::arithmetic_side_effects)]

use curve25519_dalek::constants::ED25519_BASEPOINT_TABLE;
use curve25519_dalek::edwards::{EdwardsBasepointTable, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::BasepointTable as _;
use sha2::{Digest as _, Sha512};

/// About 30 KiB; made in about a millisecond.
pub(super) struct KeyTable {
    /// Of `-A`.
    multiples: EdwardsBasepointTable,
    key: [u8; 32],
}

impl KeyTable {
    /// `point` is of the prime-order group and `key` its canonical encoding.
    pub(super) fn new(point: &EdwardsPoint, key: [u8; 32]) -> Self {
        Self { multiples: EdwardsBasepointTable::create(&-point), key }
    }

    /// The verdict of `verify_strict` for this key.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let Some((r, s)) = signature.split_first_chunk::<32>() else { return false };
        let Ok(s) = <[u8; 32]>::try_from(s) else { return false };
        let Some(s) = Option::<Scalar>::from(Scalar::from_canonical_bytes(s)) else { return false };
        let digest = Sha512::new().chain_update(r).chain_update(self.key).chain_update(message);
        let k = Scalar::from_hash(digest);
        let expected = self.multiples.mul_base(&k) + ED25519_BASEPOINT_TABLE.mul_base(&s);
        expected.compress().as_bytes() == r && !expected.is_small_order()
    }
}
