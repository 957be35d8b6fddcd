//! Every maximum of this domain.

/// Proofs of one key's misbehaviour in consensus that the chain keeps.
pub const MISBEHAVIOUR_PROOFS_MAX: usize = 16;

/// The smallest number that goes on with one lost: of shares, of validators.
pub(crate) const SMALLEST_OF_ONE_FAULT: usize = 4;
