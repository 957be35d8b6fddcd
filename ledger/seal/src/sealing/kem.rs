//! A layer's key, encrypted to a label: timelock encryption (Boneh-Franklin with the Fujisaki-Okamoto transform).
//!
//! **Invariant:** under the one signature over its label a KEM ciphertext gives one key or none, the same on every
//! node, and nobody makes a second ciphertext of the same key without knowing the key.
//!
//! ```text
//! U, 96 bytes, point of G2 | V, 32 bytes | W, 32 bytes
//! ```

use biaozheng_ledger::digest::Digest;
use commonware_codec::{Copying, DecodeExt as _};
use commonware_cryptography::bls12381::tle::{self, Block, Ciphertext};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use super::aead::LayerKey;
use crate::bytes::DecodeError;
use crate::group::{GroupKey, GroupSignature, Variant, point_bytes};
use crate::label::{Label, NAMESPACE};

pub(super) const KEM_BYTES: usize = 160;

/// One encrypted key, its point known to be of the group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KemCiphertext(Ciphertext<Variant>);

impl KemCiphertext {
    /// # Panics
    /// Never: a [`GroupKey`] is not the identity, the only key the library refuses.
    pub(super) fn seal(group: &GroupKey, label: &Label, key: &LayerKey, stream: &mut ChaCha20Rng) -> Self {
        let block = Zeroizing::new(Block::new(**key));
        let target = (NAMESPACE, label.message());
        Self(tle::encrypt(stream, *group.point(), target, &block).expect("a group key is not the identity"))
    }

    pub(super) fn open(&self, signature: &GroupSignature) -> Option<LayerKey> {
        let block = Zeroizing::new(tle::decrypt::<Variant>(signature.point(), &self.0)?);
        <[u8; 32]>::try_from(block.as_ref()).ok().map(Zeroizing::new)
    }

    pub(super) fn to_bytes(&self) -> [u8; KEM_BYTES] {
        point_bytes(&self.0)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        Ciphertext::decode(Copying(bytes)).map(Self).map_err(|_| DecodeError::Value("KEM ciphertext"))
    }

    pub(super) fn digest(&self) -> Digest {
        Digest::of(&self.to_bytes())
    }
}
