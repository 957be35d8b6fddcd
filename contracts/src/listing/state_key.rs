//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::ids::{OrgId, ProjectId};

pub(crate) fn listing_numbers(project: &ProjectId) -> Vec<u8> {
    format!("listing/number/{project}/").into_bytes()
}

pub(crate) fn listing_number(project: &ProjectId, number: &OrgId) -> Vec<u8> {
    format!("listing/number/{project}/{number}").into_bytes()
}
