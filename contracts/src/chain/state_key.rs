//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::ids::{ChainId, Height, KeyId};

pub(crate) const CHILD_CHAINS: &[u8] = b"anchoring/chain/";

pub(crate) fn child_chain(chain: &ChainId) -> Vec<u8> {
    format!("anchoring/chain/{}", chain.digest().hex()).into_bytes()
}

pub(crate) fn anchored_of(chain: &ChainId) -> Vec<u8> {
    format!("anchoring/checkpoint/{}/", chain.digest().hex()).into_bytes()
}

/// Padded, so that the order of keys is the order of sizes.
pub(crate) fn anchored(chain: &ChainId, size: u64) -> Vec<u8> {
    format!("anchoring/checkpoint/{}/{size:020}", chain.digest().hex()).into_bytes()
}

/// Whose nodes vote.
pub(crate) fn validators() -> Vec<u8> {
    b"consensus/validators".to_vec()
}

/// Whose nodes voted, by the number of the change that had named them.
pub(crate) fn past_validators(number: u32) -> Vec<u8> {
    format!("consensus/past/{number:010}").into_bytes()
}

/// Proofs of one key's misbehaviour.
pub(crate) fn misbehaviours(key: &KeyId) -> Vec<u8> {
    format!("consensus/misbehaved/{}/", key.digest().hex()).into_bytes()
}

pub(crate) fn misbehaviour(key: &KeyId, height: Height) -> Vec<u8> {
    format!("consensus/misbehaved/{}/{:020}", key.digest().hex(), height.get()).into_bytes()
}

/// The nodes of the genesis, with their organisations.
pub(crate) fn nodes() -> Vec<u8> {
    b"consensus/nodes".to_vec()
}

/// The node that votes with a key, or once did.
pub(crate) fn voting_key(key: &KeyId) -> Vec<u8> {
    format!("consensus/key/{}", key.digest().hex()).into_bytes()
}

/// The organisations whose nodes the genesis names.
pub(crate) fn founders() -> Vec<u8> {
    b"sealing/founders".to_vec()
}
