//! A member's private share, and how it is kept on disk.
//!
//! **Invariant:** a share is never printed and leaves this type only encrypted; it is wiped when dropped.
//!
//! ```text
//! at rest: "BZSH" | version 1 | index, 2 bytes | epoch, 4 bytes | purpose, 5 bytes | nonce, 24 bytes | share 32 + tag 16 bytes
//! XChaCha20-Poly1305 under the storage key; associated data: everything before the nonce, and the group key.
//! ```

use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::primitives::group::{Private, Share};
use commonware_utils::Participant;
use rand_chacha::rand_core::Rng as _;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use super::{Epoch, GroupKey, PublicPolynomial, Purpose, ShareIndex, point_bytes};
use crate::bytes::{DecodeError, Reader, Writer};
use crate::seed::Seed;

const WHAT: &str = "share at rest";
const MAGIC: &[u8; 4] = b"BZSH";
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const SHARE_BYTES: usize = 32;

/// The key a share is kept under, from a password by a slow hash or from a key file; the caller's business.
#[derive(Clone, ZeroizeOnDrop)]
pub struct StorageKey([u8; 32]);

impl StorageKey {
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StorageKey(secret)")
    }
}

/// Why a share cannot be read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareAtRestError {
    #[error(transparent)]
    Encoding(#[from] DecodeError),
    #[error("the storage key is not the one, or the file was changed, or it belongs to another group")]
    Locked,
    #[error("the share does not belong to this epoch's polynomial")]
    Foreign,
}

/// One member's share of the group's private key.
#[derive(Clone)]
pub struct PrivateShare {
    epoch: Epoch,
    purpose: Purpose,
    share: Share,
}

impl PrivateShare {
    pub(crate) const fn of(epoch: Epoch, purpose: Purpose, share: Share) -> Self {
        Self { epoch, purpose, share }
    }

    pub(crate) const fn share(&self) -> &Share {
        &self.share
    }

    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// # Panics
    /// Never: groups have at most 64 members.
    #[must_use]
    pub fn index(&self) -> ShareIndex {
        ShareIndex(u16::try_from(self.share.index.get()).expect("groups have at most 64 members"))
    }

    /// Whether this is the share the polynomial commits to at its index.
    #[must_use]
    pub fn belongs_to(&self, polynomial: &PublicPolynomial) -> bool {
        let mine = point_bytes(&self.share.public::<super::Variant>());
        polynomial.share_commitment(self.index()) == Some(mine)
    }

    /// Encrypts the share for the disk. The seed gives the nonce and must be fresh.
    ///
    /// # Panics
    /// Never: the cipher refuses only texts of 256 GiB.
    #[must_use]
    pub fn seal_at_rest(&self, key: &StorageKey, group: &GroupKey, seed: &Seed) -> Vec<u8> {
        let head = head(self.index(), self.epoch, self.purpose);
        let mut nonce = [0; NONCE_BYTES];
        seed.stream("share at rest", &head).fill_bytes(&mut nonce);
        let secret = self.share.private.clone();
        let plain: Zeroizing<[u8; SHARE_BYTES]> = Zeroizing::new(point_bytes(&secret));
        let aad = associated(&head, group);
        let sealed = cipher(key)
            .encrypt(&XNonce::from(nonce), Payload { msg: plain.as_slice(), aad: &aad })
            .expect("32 bytes are below the cipher's limit");
        Writer::default().raw(&head).raw(&nonce).raw(&sealed).finish()
    }

    /// Reads a share back and holds it against the polynomial of its epoch.
    ///
    /// # Errors
    /// For other bytes, another key, another group, or a share the polynomial does not commit to.
    pub fn open_at_rest(
        bytes: &[u8],
        key: &StorageKey,
        polynomial: &PublicPolynomial,
    ) -> Result<Self, ShareAtRestError> {
        let mut reader = Reader::new(bytes);
        reader.magic(MAGIC, WHAT)?;
        if reader.u8(WHAT)? != VERSION {
            return Err(DecodeError::Kind(WHAT).into());
        }
        let index = ShareIndex::new(reader.u16(WHAT)?)?;
        let epoch = Epoch::new(reader.u32(WHAT)?);
        let purpose = Purpose::from_bytes(reader.array(WHAT)?)?;
        let nonce: [u8; NONCE_BYTES] = reader.array(WHAT)?;
        let sealed = reader.take(SHARE_BYTES.saturating_add(16), WHAT)?;
        reader.end(WHAT)?;
        let aad = associated(&head(index, epoch, purpose), &polynomial.group_key());
        let plain = cipher(key)
            .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| ShareAtRestError::Locked)?;
        let private = Private::decode(Copying(&plain)).map_err(|_| DecodeError::Value(WHAT))?;
        let share = Self::of(epoch, purpose, Share::new(Participant::new(index.get().into()), private));
        if share.belongs_to(polynomial) { Ok(share) } else { Err(ShareAtRestError::Foreign) }
    }
}

fn head(index: ShareIndex, epoch: Epoch, purpose: Purpose) -> Vec<u8> {
    let start = Writer::default().raw(MAGIC).raw(&[VERSION]).raw(&index.get().to_be_bytes());
    start.raw(&epoch.get().to_be_bytes()).raw(&purpose.bytes()).finish()
}

fn associated(head: &[u8], group: &GroupKey) -> Vec<u8> {
    Writer::default().field(b"biaozheng/share-at-rest/v1").field(head).field(&group.to_bytes()).finish()
}

fn cipher(key: &StorageKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.0.into())
}

impl fmt::Debug for PrivateShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateShare(index {}, epoch {})", self.index(), self.epoch.get())
    }
}
