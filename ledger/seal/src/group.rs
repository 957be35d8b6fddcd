//! The group: its public key, its members' shares, and the signatures a quorum makes together.
//!
//! BLS over BLS12-381 with signatures in G1 ("MinSig"), quorum `n - f` with `f = ⌊(n-1)/3⌋`. A group signature is
//! unique: whichever quorum makes it, its bytes are the same, so it can go on chain and everybody can check it.
//!
//! **Invariant:** a point that exists here is canonical, of the right subgroup and not the identity.

mod indexed;
mod polynomial;
mod share;
mod signature;
#[cfg(feature = "trusted-dealer")]
pub mod trusted_dealer;

use std::fmt;

use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::G2;
use commonware_cryptography::bls12381::primitives::variant::MinSig;

pub(crate) use indexed::{read_indexed, write_indexed};
pub use polynomial::PublicPolynomial;
pub use share::{PrivateShare, ShareAtRestError, StorageKey};
pub use signature::{
    BadPartial, GroupSignature, PartialSignature, RecoverError, Recovered, WrongSignature, recover,
    sign_partial, verify_partial,
};

use crate::bytes::DecodeError;

/// The library's choice of groups; fixed for ever by suite 1.
pub(crate) type Variant = MinSig;

/// How often the shares have been dealt anew; the group's key stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u32);

impl Epoch {
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// What a group's key is for. A blind signer signs points it cannot read; with the key of the bids it would open them,
/// so the two groups never share a key and a share knows which it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Labels: openings of slots and tenders, the beacon.
    Sealing,
    /// Tokens of admission of one token epoch, signed blindly.
    Tokens(u32),
}

impl Purpose {
    /// Kind in one byte, token epoch in four.
    pub(crate) fn bytes(self) -> [u8; 5] {
        let (kind, [a, b, c, d]) = match self {
            Self::Sealing => (1, [0; 4]),
            Self::Tokens(epoch) => (2, epoch.to_be_bytes()),
        };
        [kind, a, b, c, d]
    }

    pub(crate) fn from_bytes(bytes: [u8; 5]) -> Result<Self, DecodeError> {
        match bytes {
            [1, 0, 0, 0, 0] => Ok(Self::Sealing),
            [2, a, b, c, d] => Ok(Self::Tokens(u32::from_be_bytes([a, b, c, d]))),
            _ => Err(DecodeError::Value("purpose of a group")),
        }
    }
}

/// A share was to sign what its group is not for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this share belongs to the group for {0:?}")]
pub struct WrongPurpose(pub Purpose);

/// A member's place in the group, from 0: the place of its key among the members' keys in ascending order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShareIndex(u16);

impl ShareIndex {
    /// # Errors
    /// From [`crate::limits::MEMBERS_MAX`] up.
    pub fn new(index: u16) -> Result<Self, DecodeError> {
        if usize::from(index) < crate::limits::MEMBERS_MAX {
            Ok(Self(index))
        } else {
            Err(DecodeError::Value("share index"))
        }
    }

    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for ShareIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// The group's public key, to which bids are encrypted. Bytes: 96, the compressed point of G2.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GroupKey(G2);

impl GroupKey {
    pub const SIZE_BYTES: usize = 96;

    /// # Errors
    /// For anything but the canonical encoding of a point of the group other than the identity.
    pub fn from_bytes(bytes: &[u8; Self::SIZE_BYTES]) -> Result<Self, DecodeError> {
        G2::decode(Copying(bytes)).map(Self).map_err(|_| DecodeError::Value("group key"))
    }

    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::SIZE_BYTES] {
        point_bytes(&self.0)
    }

    pub(crate) const fn of(point: G2) -> Self {
        Self(point)
    }

    pub(crate) const fn point(&self) -> &G2 {
        &self.0
    }
}

impl fmt::Debug for GroupKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupKey({})", crate::bytes::Hex(&self.to_bytes()))
    }
}

/// The fixed number of bytes of a point.
pub(crate) fn point_bytes<const N: usize>(point: &impl commonware_codec::Write) -> [u8; N] {
    let mut bytes = [0; N];
    let mut rest = bytes.as_mut_slice();
    point.write(&mut rest);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identity_and_other_bytes_are_no_group_key() {
        let mut identity = [0; 96];
        identity[0] = 0xc0;
        for bad in [identity, [0; 96], [0xff; 96]] {
            assert!(GroupKey::from_bytes(&bad).is_err());
        }
        assert!(ShareIndex::new(64).is_err());
    }

    #[cfg(feature = "trusted-dealer")]
    mod with_a_group {
        use biaozheng_ledger::digest::Digest;
        use biaozheng_ledger::ids::ChainId;

        use super::super::*;
        use crate::label::{Label, Slot};
        use crate::seed::Seed;

        fn label(slot: u64) -> Label {
            Label::slot(&ChainId::new(Digest::of(b"chain")), Slot::new(slot))
        }

        fn group(members: u16) -> (PublicPolynomial, Vec<PrivateShare>) {
            trusted_dealer::deal(&Seed::new([7; 32]), Purpose::Sealing, members).unwrap()
        }

        fn signed(shares: &[PrivateShare], label: &Label) -> Vec<PartialSignature> {
            shares.iter().map(|share| sign_partial(share, label).unwrap()).collect()
        }

        #[test]
        fn any_quorum_recovers_the_same_signature_and_fewer_recover_none() {
            for (members, quorum) in [(1, 1), (4, 3), (5, 4), (7, 5)] {
                let (polynomial, shares) = group(members);
                assert_eq!((polynomial.members(), polynomial.quorum()), (usize::from(members), quorum));
                let parts = signed(&shares, &label(1));
                let first = recover(&polynomial, &label(1), &parts[..quorum]).unwrap();
                let last = recover(&polynomial, &label(1), &parts[parts.len() - quorum..]).unwrap();
                assert_eq!(first, last);
                assert_eq!(first.signature.verify(&polynomial.group_key(), &label(1)), Ok(()));
                assert_eq!(first.signature.verify(&polynomial.group_key(), &label(2)), Err(WrongSignature));
                let few = recover(&polynomial, &label(1), &parts[..quorum - 1]).unwrap_err();
                assert_eq!(few, RecoverError::TooFew { valid: quorum - 1, quorum, faulty: vec![] });
            }
        }

        #[test]
        fn a_wrong_part_is_found_its_sender_named_and_the_rest_recovers() {
            let (polynomial, shares) = group(7);
            let mut parts = signed(&shares, &label(1));
            parts[2] = sign_partial(&shares[2], &label(2)).unwrap(); // an early label's part
            let under_another_name = [&[0, 5], &parts[4].to_bytes()[2..]].concat();
            parts[5] = PartialSignature::from_bytes(&under_another_name).unwrap();
            for bad in [2, 5] {
                let sender = shares[bad].index();
                assert_eq!(verify_partial(&polynomial, &label(1), &parts[bad]), Err(BadPartial { sender }));
            }
            let recovered = recover(&polynomial, &label(1), &parts).unwrap();
            assert_eq!(recovered.faulty, [shares[2].index(), shares[5].index()]);
            parts[6] = sign_partial(&shares[6], &label(2)).unwrap();
            let error = recover(&polynomial, &label(1), &parts).unwrap_err();
            let faulty = [2, 5, 6].map(|i: usize| shares[i].index()).to_vec();
            assert_eq!(error, RecoverError::TooFew { valid: 4, quorum: 5, faulty });
        }

        #[test]
        fn repeating_one_members_part_makes_no_quorum() {
            let (polynomial, shares) = group(4);
            let one = sign_partial(&shares[0], &label(1)).unwrap();
            assert!(matches!(
                recover(&polynomial, &label(1), &[one; 5]),
                Err(RecoverError::TooFew { valid: 1, .. })
            ));
        }

        #[test]
        fn a_share_of_the_token_group_signs_no_label() {
            let (_, shares) = trusted_dealer::deal(&Seed::new([7; 32]), Purpose::Tokens(3), 4).unwrap();
            assert_eq!(sign_partial(&shares[0], &label(1)), Err(WrongPurpose(Purpose::Tokens(3))));
        }

        #[test]
        fn encodings_round_trip_and_refuse_everything_else() {
            let (polynomial, shares) = group(5);
            let bytes = polynomial.to_bytes();
            assert_eq!(bytes.len(), 4 + 4 * 96);
            assert_eq!(PublicPolynomial::from_bytes(&bytes), Ok(polynomial.clone()));
            for end in 0..bytes.len() {
                assert!(PublicPolynomial::from_bytes(&bytes[..end]).is_err());
            }
            let mut wrong_quorum = bytes.clone();
            wrong_quorum[1] = 4; // four members have a quorum of three
            assert!(PublicPolynomial::from_bytes(&wrong_quorum).is_err());
            let part = sign_partial(&shares[3], &label(1)).unwrap();
            assert_eq!(PartialSignature::from_bytes(&part.to_bytes()), Ok(part));
            assert!(PartialSignature::from_bytes(&[part.to_bytes(), vec![0]].concat()).is_err());
            assert_eq!(GroupKey::from_bytes(&polynomial.group_key().to_bytes()), Ok(polynomial.group_key()));
        }

        #[test]
        fn a_share_at_rest_opens_for_its_key_and_group_only() {
            let (polynomial, shares) = group(4);
            let (key, other) = (StorageKey::new([1; 32]), StorageKey::new([2; 32]));
            let bytes = shares[1].seal_at_rest(&key, &polynomial.group_key(), &Seed::new([9; 32]));
            let opened = PrivateShare::open_at_rest(&bytes, &key, &polynomial).unwrap();
            assert_eq!(sign_partial(&opened, &label(1)), sign_partial(&shares[1], &label(1)));
            let locked = Some(ShareAtRestError::Locked);
            assert_eq!(PrivateShare::open_at_rest(&bytes, &other, &polynomial).err(), locked);
            let (foreign, _) = trusted_dealer::deal(&Seed::new([8; 32]), Purpose::Sealing, 4).unwrap();
            assert_eq!(PrivateShare::open_at_rest(&bytes, &key, &foreign).err(), locked);
            for place in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[place] ^= 1;
                assert!(PrivateShare::open_at_rest(&changed, &key, &polynomial).is_err(), "byte {place}");
            }
            assert_eq!(format!("{:?}", shares[1]), "PrivateShare(index 1, epoch 0)");
        }
    }
}
