//! Randomness as an argument.
//!
//! **Invariant:** one seed gives one stream for each purpose and context, so using a seed for two purposes, or for two
//! different bodies, gives unrelated streams. A seed must come from the operating system's generator and stay secret.

use std::fmt;

use biaozheng_ledger::digest::FieldHasher;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

/// 32 bytes of an operating system's random generator; wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Seed([u8; 32]);

impl Seed {
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another seed for one purpose.
    pub(crate) fn derive(&self, purpose: &str, context: &[u8]) -> Self {
        let hasher = FieldHasher::new("biaozheng/seal/seed/v1").field(purpose.as_bytes());
        Self(*hasher.field(&self.0).field(context).finish().bytes())
    }

    pub(crate) fn stream(&self, purpose: &str, context: &[u8]) -> ChaCha20Rng {
        let mut derived = self.derive(purpose, context);
        let stream = ChaCha20Rng::from_seed(derived.0);
        derived.0.zeroize();
        stream
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_contexts_give_unrelated_seeds() {
        let seed = Seed::new([1; 32]);
        assert_ne!(seed.derive("a", b"b"), seed.derive("a", b"c"));
        assert_ne!(seed.derive("a", b"b"), seed.derive("ab", b""));
        assert_eq!(seed.derive("a", b"b"), seed.derive("a", b"b"));
        assert_eq!(format!("{seed:?}"), "Seed(secret)");
    }
}
