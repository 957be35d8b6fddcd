//! The public commitment to the group's key and to every member's share.
//!
//! ```text
//! members n, 2 bytes | coefficients t = quorum of n, 2 bytes | t times 96 bytes, the first is the group's key
//! ```

use std::fmt;
use std::num::NonZeroU32;

use commonware_codec::{Copying, Decode as _, Encode as _};
use commonware_cryptography::bls12381::primitives::sharing::{ModeVersion, Sharing};
use commonware_utils::{Faults as _, N3f1, Participant};

use super::{GroupKey, ShareIndex, Variant, point_bytes};
use crate::bytes::{DecodeError, Reader, Writer};
use crate::limits::MEMBERS_MAX;

const WHAT: &str = "public polynomial";
const POINT_BYTES: usize = GroupKey::SIZE_BYTES;

/// Commits to the group's key and shares; with it anyone checks partial signatures.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicPolynomial(Sharing<Variant>);

impl PublicPolynomial {
    pub(crate) const fn of(sharing: Sharing<Variant>) -> Self {
        Self(sharing)
    }

    pub(crate) const fn sharing(&self) -> &Sharing<Variant> {
        &self.0
    }

    #[must_use]
    pub fn group_key(&self) -> GroupKey {
        GroupKey::of(*self.0.public())
    }

    #[must_use]
    pub fn members(&self) -> usize {
        usize::try_from(self.0.total().get()).unwrap_or(usize::MAX)
    }

    /// How many members sign together, `n - f`; one fewer learn nothing.
    #[must_use]
    pub fn quorum(&self) -> usize {
        usize::try_from(self.0.required()).unwrap_or(usize::MAX)
    }

    #[must_use]
    pub fn has(&self, index: ShareIndex) -> bool {
        usize::from(index.get()) < self.members()
    }

    /// The public key of one member's share, 96 bytes.
    #[must_use]
    pub fn share_commitment(&self, index: ShareIndex) -> Option<[u8; POINT_BYTES]> {
        let point = self.0.partial_public(Participant::new(index.get().into())).ok()?;
        Some(point_bytes(&point))
    }

    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // The library writes: mode 1 byte, total 4 bytes, number of coefficients (one byte below 128), coefficients.
        let theirs = self.0.encode();
        let coefficients = theirs.get(LIBRARY_HEAD_BYTES..).unwrap_or_default();
        let (n, t) = (u16_of(self.members()), u16_of(self.quorum()));
        Writer::default().raw(&n.to_be_bytes()).raw(&t.to_be_bytes()).raw(coefficients).finish()
    }

    /// # Errors
    /// Unless there are 1 to [`MEMBERS_MAX`] members, as many coefficients as their quorum, and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let (n, t) = (reader.u16(WHAT)?, reader.u16(WHAT)?);
        if n == 0 || usize::from(n) > MEMBERS_MAX || u32::from(t) != N3f1::quorum(n) {
            return Err(DecodeError::Value(WHAT));
        }
        let coefficients = reader.take(usize::from(t).saturating_mul(POINT_BYTES), WHAT)?;
        reader.end(WHAT)?;
        let count = u8::try_from(t).map_err(|_| DecodeError::Value(WHAT))?;
        let theirs =
            Writer::default().raw(&[0]).raw(&u32::from(n).to_be_bytes()).raw(&[count]).raw(coefficients);
        let limit = NonZeroU32::new(u32::from(n)).ok_or(DecodeError::Value(WHAT))?;
        let sharing = Sharing::decode_cfg(Copying(&theirs.finish()), &(limit, ModeVersion::v0()))
            .map_err(|_| DecodeError::Value(WHAT))?;
        if sharing.required() == u32::from(t) { Ok(Self(sharing)) } else { Err(DecodeError::Value(WHAT)) }
    }
}

const LIBRARY_HEAD_BYTES: usize = 6;

/// Members are bounded by 64.
fn u16_of(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

impl fmt::Debug for PublicPolynomial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicPolynomial({} of {}, {:?})", self.quorum(), self.members(), self.group_key())
    }
}
