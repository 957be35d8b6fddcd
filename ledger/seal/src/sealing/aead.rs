//! ChaCha20-Poly1305 under a key that is used once.
//!
//! **Invariant:** the nonce is zero because no key seals two texts: each key is drawn fresh and sits in its own KEM
//! ciphertext, whose hash is part of the associated data.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

pub(super) const TAG_BYTES: usize = 16;

/// The key of one layer.
pub(super) type LayerKey = Zeroizing<[u8; 32]>;

/// # Panics
/// Never: the cipher refuses only texts of 256 GiB.
pub(super) fn encrypt(key: &LayerKey, plain: &[u8], aad: &[u8]) -> Vec<u8> {
    ChaCha20Poly1305::new(&(**key).into())
        .encrypt(&Nonce::default(), Payload { msg: plain, aad })
        .expect("size classes are below the cipher's limit")
}

pub(super) fn decrypt(key: &LayerKey, sealed: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let cipher = ChaCha20Poly1305::new(&(**key).into());
    cipher.decrypt(&Nonce::default(), Payload { msg: sealed, aad }).ok().map(Zeroizing::new)
}
