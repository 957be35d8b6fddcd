//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::ids::ProjectId;

pub(crate) fn applications(project: &ProjectId) -> Vec<u8> {
    format!("prequal/application/{project}/").into_bytes()
}

pub(crate) fn reviewers(project: &ProjectId) -> Vec<u8> {
    format!("prequal/reviewers/{project}").into_bytes()
}
