//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::ids::{OrgId, ProjectId};

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
