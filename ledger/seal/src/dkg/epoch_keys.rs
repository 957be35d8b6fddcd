//! The public result of a ceremony: the group's key, its polynomial, and who holds which share.
//!
//! ```text
//! "BZEK" | version 1 | epoch, 4 bytes | purpose, 5 bytes | the library's encoding of its output
//! ```

use std::fmt;
use std::num::NonZeroU32;

use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::PublicKey;
use commonware_cryptography::bls12381::primitives::sharing::ModeVersion;
use commonware_utils::N3f1;

use super::identity::Member;
use super::{Output, codec};
use crate::bytes::{DecodeError, Reader, Writer};
use crate::group::{Epoch, GroupKey, PublicPolynomial, Purpose, ShareIndex};
use crate::limits::{EPOCH_KEYS_BYTES_MAX, MEMBERS_MAX};

const WHAT: &str = "epoch keys";
const MAGIC: &[u8; 4] = b"BZEK";

/// The most members, as the library counts.
pub(super) fn members_max() -> NonZeroU32 {
    u32::try_from(MEMBERS_MAX).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
}

/// What everybody knows of an epoch.
#[derive(Clone, PartialEq, Eq)]
pub struct EpochKeys {
    epoch: Epoch,
    purpose: Purpose,
    output: Output,
}

impl EpochKeys {
    pub(super) const fn of(epoch: Epoch, purpose: Purpose, output: Output) -> Self {
        Self { epoch, purpose, output }
    }

    pub(super) const fn output(&self) -> &Output {
        &self.output
    }

    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    #[must_use]
    pub fn group_key(&self) -> GroupKey {
        self.polynomial().group_key()
    }

    #[must_use]
    pub fn polynomial(&self) -> PublicPolynomial {
        PublicPolynomial::of(self.output.public().clone())
    }

    /// Whose share has this index: whom a bad partial signature convicts.
    #[must_use]
    pub fn holder(&self, index: ShareIndex) -> Option<PublicKey> {
        self.output.players().iter().nth(index.get().into()).map(super::identity::StrictKey::public)
    }

    /// Members in the order of their share indices.
    #[must_use]
    pub fn members(&self) -> Vec<PublicKey> {
        self.output.players().iter().map(super::identity::StrictKey::public).collect()
    }

    /// Members whose shares the ceremony's reveals give away.
    #[must_use]
    pub fn revealed(&self) -> Vec<PublicKey> {
        self.output.revealed().iter().map(super::identity::StrictKey::public).collect()
    }

    /// True when these are the keys of a first epoch that these members made in the ceremony of this round: whoever holds
    /// a ceremony's certified start learns so that the keys are of it and of no other. For a later epoch always false.
    #[must_use]
    pub fn first_made_by(&self, chain: &ChainId, round: u64, members: &[Member]) -> bool {
        self.epoch == Epoch::default()
            && super::origin::first_made(&self.output, chain, self.purpose, round, members)
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let start = Writer::default().raw(MAGIC).raw(&[1]).raw(&self.epoch.get().to_be_bytes());
        start.raw(&self.purpose.bytes()).raw(&codec::write(&self.output)).finish()
    }

    /// # Errors
    /// For anything but the bytes [`EpochKeys::to_bytes`] writes, or a polynomial that does not fit its members.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > EPOCH_KEYS_BYTES_MAX {
            return Err(DecodeError::TooLong { what: WHAT, limit: EPOCH_KEYS_BYTES_MAX, found: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        reader.magic(MAGIC, WHAT)?;
        if reader.u8(WHAT)? != 1 {
            return Err(DecodeError::Kind(WHAT));
        }
        let epoch = Epoch::new(reader.u32(WHAT)?);
        let purpose = Purpose::from_bytes(reader.array(WHAT)?)?;
        let output: Output = codec::read(reader.rest(), &(members_max(), ModeVersion::v0()), WHAT)?;
        let fits = usize::try_from(output.public().total().get()) == Ok(output.players().len())
            && output.public().required() == output.quorum::<N3f1>();
        if fits { Ok(Self { epoch, purpose, output }) } else { Err(DecodeError::Value(WHAT)) }
    }
}

impl fmt::Debug for EpochKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EpochKeys({} {:?} {:?})", self.epoch.get(), self.purpose, self.polynomial())
    }
}
