//! Admission without a name: one token, one sealed record.
//!
//! A registered organisation asks for tokens under its name; the validators sign each one blindly, each with its share
//! of a key made for this token epoch alone, and count them. Later anybody who holds a token enters one record with it,
//! and nobody can tell whose it is. Blind BLS signatures (Boldyreva 2003), dealt among the validators: nobody holds the
//! key alone, and everybody verifies with the public one.
//!
//! **Invariant:** the token is the signature on a one-time Ed25519 key, and that key signs the entry it is spent on, so
//! nobody who sees a token under way can spend it on something else. It names a token epoch and no tender. Its group is
//! never the group of the bids: a blind signature with that key would open bids.
//!
//! ```text
//! "BZTK" | version 1 | token epoch, 4 bytes | one-time key, 32 | group signature, 48 | signature over the entry, 64
//! blinded point: 48 bytes of G1            blind partial signature: index, 2 bytes | 48 bytes of G1
//! ```

mod request;
mod spend;

pub use request::{
    BlindPartial, BlindRequest, IssueError, PendingToken, UnspentToken, request_token, sign_blindly,
    verify_partials,
};
pub use spend::{Nullifier, SpentToken, TokenError};

use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::PublicKey;
use commonware_cryptography::bls12381::primitives::group::{G1, G1_MESSAGE};
use commonware_math::algebra::HashToGroup as _;

use crate::bytes::Writer;
use crate::group::{GroupKey, Purpose};

/// The group that signs tokens of one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenGroup {
    pub chain: ChainId,
    pub epoch: u32,
    pub key: GroupKey,
}

impl TokenGroup {
    /// What shares of this group are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        Purpose::Tokens(self.epoch)
    }

    /// The point a token is a signature on.
    fn point(&self, one_time: &PublicKey) -> G1 {
        let start = Writer::default().field(b"biaozheng/token/v1").field(self.chain.bytes());
        let message = start.field(&self.epoch.to_be_bytes()).field(one_time.bytes()).finish();
        G1::hash_to_group(G1_MESSAGE, &message)
    }
}
