//! Partial signatures, and the one signature a quorum of them gives.
//!
//! ```text
//! partial signature: index, 2 bytes | 48 bytes, compressed point of G1        group signature: 48 bytes
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::G1;
use commonware_cryptography::bls12381::primitives::ops::{self, threshold};
use commonware_cryptography::bls12381::primitives::variant::PartialSignature as TheirPartial;
use commonware_parallel::Sequential;
use commonware_utils::Participant;

use super::indexed::{read_indexed, write_indexed};
use super::{
    GroupKey, PrivateShare, PublicPolynomial, Purpose, ShareIndex, Variant, WrongPurpose, point_bytes,
};
use crate::bytes::{DecodeError, Hex};
use crate::label::{Label, NAMESPACE};

/// One member's part of a signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PartialSignature {
    index: ShareIndex,
    point: G1,
}

impl PartialSignature {
    pub const SIZE_BYTES: usize = 50;

    #[must_use]
    pub const fn index(&self) -> ShareIndex {
        self.index
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write_indexed(self.index, &self.point)
    }

    /// # Errors
    /// For anything but an index and a canonical point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read_indexed(bytes, "partial signature").map(|(index, point)| Self { index, point })
    }

    fn theirs(&self) -> TheirPartial<Variant> {
        TheirPartial { index: Participant::new(self.index.get().into()), value: self.point }
    }
}

/// The group's signature over a label: what opens everything sealed to it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GroupSignature(G1);

impl GroupSignature {
    pub const SIZE_BYTES: usize = 48;

    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::SIZE_BYTES] {
        point_bytes(&self.0)
    }

    /// # Errors
    /// For anything but the canonical encoding of a point of the group other than the identity.
    pub fn from_bytes(bytes: &[u8; Self::SIZE_BYTES]) -> Result<Self, DecodeError> {
        G1::decode(Copying(bytes)).map(Self).map_err(|_| DecodeError::Value("group signature"))
    }

    pub(crate) const fn point(&self) -> &G1 {
        &self.0
    }

    /// # Errors
    /// [`WrongSignature`] unless the group signed exactly this label.
    pub fn verify(&self, group: &GroupKey, label: &Label) -> Result<(), WrongSignature> {
        ops::verify_message::<Variant>(group.point(), NAMESPACE, label.message(), &self.0)
            .map_err(|_| WrongSignature)
    }
}

/// The group did not sign this label with this signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not the group's over this label")]
pub struct WrongSignature;

/// A partial signature that its sender's share did not make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the partial signature of member {sender} is not of its share over this label")]
pub struct BadPartial {
    pub sender: ShareIndex,
}

/// What a recovery gave: the signature, and who sent something else than its share's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    pub signature: GroupSignature,
    pub faulty: Vec<ShareIndex>,
}

/// Why no signature came out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecoverError {
    #[error("{valid} valid partial signatures, {quorum} are needed; faulty senders: {faulty:?}")]
    TooFew { valid: usize, quorum: usize, faulty: Vec<ShareIndex> },
    #[error("valid partial signatures gave a signature that is not the group's")]
    Inconsistent,
}

/// Signs a label with one share.
///
/// # Errors
/// [`WrongPurpose`] for a share of a group that signs tokens.
pub fn sign_partial(share: &PrivateShare, label: &Label) -> Result<PartialSignature, WrongPurpose> {
    if share.purpose() != Purpose::Sealing {
        return Err(WrongPurpose(share.purpose()));
    }
    let theirs = threshold::sign_message::<Variant>(share.share(), NAMESPACE, label.message());
    Ok(PartialSignature { index: share.index(), point: theirs.value })
}

/// Checks one member's part.
///
/// # Errors
/// [`BadPartial`] names the sender: its part is of another label, another share, or made up.
pub fn verify_partial(
    polynomial: &PublicPolynomial,
    label: &Label,
    partial: &PartialSignature,
) -> Result<(), BadPartial> {
    threshold::verify_message::<Variant>(polynomial.sharing(), NAMESPACE, label.message(), &partial.theirs())
        .map_err(|_| BadPartial { sender: partial.index })
}

/// Makes the group's signature from any quorum. Every part is checked first; a bad one is left out and its sender
/// named, and of two parts of one member the valid one counts.
///
/// # Errors
/// [`RecoverError::TooFew`] when fewer than a quorum are valid.
pub fn recover(
    polynomial: &PublicPolynomial,
    label: &Label,
    partials: &[PartialSignature],
) -> Result<Recovered, RecoverError> {
    let quorum = polynomial.quorum();
    let (mut valid, mut faulty) = (BTreeMap::new(), BTreeSet::new());
    for partial in partials {
        match verify_partial(polynomial, label, partial) {
            Ok(()) => drop(valid.insert(partial.index, partial.theirs())),
            Err(BadPartial { sender }) => drop(faulty.insert(sender)),
        }
    }
    let faulty: Vec<_> = faulty.into_iter().collect();
    if valid.len() < quorum {
        return Err(RecoverError::TooFew { valid: valid.len(), quorum, faulty });
    }
    let point =
        threshold::recover::<Variant, _>(polynomial.sharing(), valid.values().take(quorum), &Sequential)
            .map_err(|_| RecoverError::Inconsistent)?;
    let signature = GroupSignature(point);
    signature.verify(&polynomial.group_key(), label).map_err(|_| RecoverError::Inconsistent)?;
    Ok(Recovered { signature, faulty })
}

impl fmt::Debug for PartialSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialSignature({} {})", self.index, Hex(&point_bytes::<48>(&self.point)))
    }
}

impl fmt::Debug for GroupSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupSignature({})", Hex(&self.to_bytes()))
    }
}
