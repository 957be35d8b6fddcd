//! The group's key out of a certified ceremony, and its signature over a beacon's label.
//!
//! The nodes verify with another library over the same curve; this one, `blst`, is what that one computes with, taken
//! without its runtime. **Invariant:** key and signature are canonical points of their subgroups and not the identity.

use biaozheng_draw::randomness::BeaconVerifier;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use blst::BLST_ERROR;
use blst::min_sig::{PublicKey, Signature};

/// Ciphersuite of RFC 9380 for messages, signatures in G1.
const MESSAGE_DST: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";
const NAMESPACE: &[u8] = b"biaozheng/threshold/v1";
/// Most members of a group.
const MEMBERS_MAX: u32 = 64;
/// `"BZEK" | version 1 | epoch, 4 | purpose, 5 | digest of the ceremony, 32 | mode 0 | members, 4 | coefficients, 1`.
const HEAD_BYTES: usize = 52;
const KEY_BYTES: usize = 96;

/// The group's public key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    key: PublicKey,
    chain: ChainId,
}

impl Group {
    /// Reads the epoch keys a `dkg.finalised/1` carries.
    pub(super) fn of_epoch_keys(bytes: &[u8], chain: ChainId) -> Result<Self, String> {
        let broken = || "these are no epoch keys this program can read".to_owned();
        let head = bytes.get(..HEAD_BYTES).ok_or_else(broken)?;
        let (start, rest) = head.split_at_checked(9).ok_or_else(broken)?;
        if start.get(..5) != Some(b"BZEK\x01") {
            return Err(broken());
        }
        let (purpose, rest) = rest.split_at_checked(5).ok_or_else(broken)?;
        if purpose != [1, 0, 0, 0, 0] {
            return Err("that ceremony's group signs tokens, not labels".to_owned());
        }
        let Some([0, a, b, c, d, coefficients]) = rest.get(32..) else { return Err(broken()) };
        let members = u32::from_be_bytes([*a, *b, *c, *d]);
        let quorum = members.checked_sub(1).and_then(|n| members.checked_sub(n.checked_div(3)?));
        let fits = (1..=MEMBERS_MAX).contains(&members) && Some(u32::from(*coefficients)) == quorum;
        let key = bytes.get(HEAD_BYTES..HEAD_BYTES.saturating_add(KEY_BYTES)).filter(|_| fits);
        let key = PublicKey::key_validate(key.ok_or_else(broken)?).map_err(|_| broken())?;
        Ok(Self { key, chain })
    }
}

/// `field(b) = length in four big-endian bytes, then the bytes`.
fn field(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    [length.to_be_bytes().as_slice(), bytes].concat()
}

impl BeaconVerifier for Group {
    fn verify(&self, label: &Digest, signature: &[u8]) -> bool {
        let Some(signature) = signature.get(..48).filter(|start| start.len() == signature.len()) else {
            return false;
        };
        let Ok(signature) = Signature::sig_validate(signature, true) else { return false };
        // The namespace's length is a variable-length integer: one byte below 128.
        let length = u8::try_from(NAMESPACE.len()).unwrap_or(u8::MAX);
        let message =
            [&[length], NAMESPACE, &field(b"beacon"), &field(self.chain.bytes()), &field(label.bytes())]
                .concat();
        signature.verify(false, &message, MESSAGE_DST, &[], &self.key, false) == BLST_ERROR::BLST_SUCCESS
    }
}

/// For draws whose parties commit and reveal: no signature counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoGroup;

impl BeaconVerifier for NoGroup {
    fn verify(&self, _: &Digest, _: &[u8]) -> bool {
        false
    }
}
