//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId};

pub(crate) fn key_ciphertext(digest: &Digest) -> Vec<u8> {
    format!("sealing/kem/{}", digest.hex()).into_bytes()
}

/// What a bidder bound in the fallback.
pub(crate) fn bound_entry(project: &ProjectId, lot: &str, bidder: &OrgId) -> Vec<u8> {
    format!("sealing/bound/{project}/{lot}/{bidder}").into_bytes()
}

pub(crate) fn standing_bids(project: &ProjectId) -> Vec<u8> {
    format!("sealing/bid/{project}/").into_bytes()
}

pub(crate) fn standing_bid(project: &ProjectId, lot: &str, bidder: &OrgId) -> Vec<u8> {
    format!("sealing/bid/{project}/{lot}/{bidder}").into_bytes()
}
