//! Every state key. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{KeyId, OrgId, ProjectId};

pub(crate) const PARTICIPANTS: &[u8] = b"participant/";
pub(crate) const PROJECTS: &[u8] = b"project/";
pub(crate) const NEWEST_RULEBOOKS: &[u8] = b"rulebook/newest/";

pub(crate) fn participant(org: &OrgId) -> Vec<u8> {
    format!("participant/{org}").into_bytes()
}

/// Who a key belongs to; a key belongs to one organisation for ever.
pub(crate) fn key_owner(key: &KeyId) -> Vec<u8> {
    format!("key/{}", key.digest().hex()).into_bytes()
}

pub(crate) fn rulebook(digest: &Digest) -> Vec<u8> {
    format!("rulebook/text/{}", digest.hex()).into_bytes()
}

pub(crate) fn newest_rulebook(category: &str) -> Vec<u8> {
    format!("rulebook/newest/{category}").into_bytes()
}

pub(crate) fn rulebooks_digest() -> Vec<u8> {
    b"rulebook/digest".to_vec()
}

pub(crate) fn project(project: &ProjectId) -> Vec<u8> {
    format!("project/{project}").into_bytes()
}

/// Number of records and their chained hash, kept apart from the rest since every record changes it.
pub(crate) fn history(project: &ProjectId) -> Vec<u8> {
    format!("history/{project}").into_bytes()
}

pub(crate) fn bids(project: &ProjectId) -> Vec<u8> {
    format!("bid/{project}/").into_bytes()
}

pub(crate) fn bid(project: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    format!("bid/{project}/{lot}/{bidder}/{number}").into_bytes()
}

pub(crate) fn bid_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("bidcount/{project}/{lot}").into_bytes()
}

pub(crate) fn objection(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("objection/{project}/{}", record.hex()).into_bytes()
}

pub(crate) fn score(project: &ProjectId, member: &OrgId) -> Vec<u8> {
    format!("scores/{project}/{member}").into_bytes()
}

pub(crate) const POOL: &[u8] = b"pool/expert/";

pub(crate) fn pool_expert(expert: &str) -> Vec<u8> {
    format!("pool/expert/{expert}").into_bytes()
}

/// The expert pool's version and size.
pub(crate) fn pool_changes() -> Vec<u8> {
    b"pool/changes".to_vec()
}

pub(crate) fn draw(project: &ProjectId) -> Vec<u8> {
    format!("draw/{project}").into_bytes()
}

pub(crate) fn session(project: &ProjectId) -> Vec<u8> {
    format!("session/{project}").into_bytes()
}

pub(crate) fn evaluation_terms(project: &ProjectId) -> Vec<u8> {
    format!("evaluation/terms/{project}").into_bytes()
}
