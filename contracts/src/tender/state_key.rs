//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::ids::ProjectId;

/// Set for a tender the law does not ask for.
pub(crate) fn voluntary(project: &ProjectId) -> Vec<u8> {
    format!("tender/voluntary/{project}").into_bytes()
}

/// What a project tenders again, and who approved its method.
pub(crate) fn origin(project: &ProjectId) -> Vec<u8> {
    format!("origin/of/{project}").into_bytes()
}

/// The project that tenders this one again.
pub(crate) fn retender(project: &ProjectId) -> Vec<u8> {
    format!("origin/newer/{project}").into_bytes()
}
