//! One party that makes the group's key and deals it: it could open everything.
//!
//! **Invariant:** compiled only with the feature `trusted-dealer`, which tests and the cost example turn on and no
//! program does. A chain's group comes from [`crate::dkg`].

use std::num::NonZeroU32;

use commonware_cryptography::bls12381::dkg::feldman_desmedt::deal_anonymous;
use commonware_cryptography::bls12381::primitives::sharing::Mode;
use commonware_utils::N3f1;

use super::{Epoch, PrivateShare, PublicPolynomial, Purpose, Variant};
use crate::bytes::DecodeError;
use crate::limits::MEMBERS_MAX;
use crate::seed::Seed;

/// Makes a key and deals it to that many members.
///
/// # Errors
/// Unless there are 1 to 64 members.
pub fn deal(
    seed: &Seed,
    purpose: Purpose,
    members: u16,
) -> Result<(PublicPolynomial, Vec<PrivateShare>), DecodeError> {
    let count = NonZeroU32::new(members.into())
        .filter(|_| usize::from(members) <= MEMBERS_MAX)
        .ok_or(DecodeError::Value("number of members"))?;
    let stream = seed.stream("trusted dealer", &members.to_be_bytes());
    let (sharing, shares) = deal_anonymous::<Variant, N3f1>(stream, Mode::NonZeroCounter, count);
    let shares = shares.into_iter().map(|share| PrivateShare::of(Epoch::default(), purpose, share)).collect();
    Ok((PublicPolynomial::of(sharing), shares))
}
