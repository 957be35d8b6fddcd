//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::OrgId;

/// The newest ceremony of one kind of group.
pub(crate) fn ceremony(kind: &str) -> Vec<u8> {
    format!("sealing/ceremony/{kind}").into_bytes()
}

/// Everything said in one kind's ceremony.
pub(crate) fn ceremony_messages(kind: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/").into_bytes()
}

/// One kind of message of it.
pub(crate) fn ceremony_part(kind: &str, part: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/{part}/").into_bytes()
}

pub(crate) fn ceremony_message(kind: &str, part: &str, sender: &str) -> Vec<u8> {
    format!("sealing/dkg/{kind}/{part}/{sender}").into_bytes()
}

/// The group that holds the key of the bids.
pub(crate) fn sealing_group() -> Vec<u8> {
    b"sealing/group".to_vec()
}

/// The group that signs the tokens of one epoch.
pub(crate) fn token_group(epoch: u32) -> Vec<u8> {
    format!("sealing/tokens/{epoch:010}").into_bytes()
}

pub(crate) fn tokens_asked(epoch: u32, org: &OrgId) -> Vec<u8> {
    format!("sealing/asked/{epoch:010}/{org}").into_bytes()
}

pub(crate) fn token_request(record: &Digest) -> Vec<u8> {
    format!("sealing/token/{}", record.hex()).into_bytes()
}

pub(crate) fn token_partials(record: &Digest) -> Vec<u8> {
    format!("sealing/blind/{}/", record.hex()).into_bytes()
}

pub(crate) fn token_partial(record: &Digest, index: u16) -> Vec<u8> {
    format!("sealing/blind/{}/{index:05}", record.hex()).into_bytes()
}

/// Requests for tokens of an epoch that a quorum has not signed yet.
pub(crate) fn unsigned_of_epoch(epoch: u32) -> Vec<u8> {
    format!("sealing/unsigned/{epoch:010}/").into_bytes()
}

pub(crate) fn unsigned_tokens(epoch: u32, record: &Digest) -> Vec<u8> {
    format!("sealing/unsigned/{epoch:010}/{}", record.hex()).into_bytes()
}

pub(crate) fn nullifier(epoch: u32, nullifier: &Digest) -> Vec<u8> {
    format!("sealing/spent/{epoch:010}/{}", nullifier.hex()).into_bytes()
}

/// Slot and place of the entry of this digest.
pub(crate) fn sealed_bytes(entry: &Digest) -> Vec<u8> {
    format!("sealing/bytes/{}", entry.hex()).into_bytes()
}

pub(crate) fn slot(number: u64) -> Vec<u8> {
    format!("sealing/slot/{number:020}").into_bytes()
}

pub(crate) fn sealed_entry(slot: u64, place: u32) -> Vec<u8> {
    format!("sealing/entry/{slot:020}/{place:010}").into_bytes()
}

/// Slots with entries whose outer layers are not all open.
pub(crate) const PENDING_SLOTS: &[u8] = b"sealing/pending/";

pub(crate) fn pending_slot(number: u64) -> Vec<u8> {
    format!("sealing/pending/{number:020}").into_bytes()
}
