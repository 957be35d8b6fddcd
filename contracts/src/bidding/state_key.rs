//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId};

pub(crate) fn bids(project: &ProjectId) -> Vec<u8> {
    format!("bid/{project}/").into_bytes()
}

pub(crate) fn bid(project: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    format!("bid/{project}/{lot}/{bidder}/{number}").into_bytes()
}

pub(crate) fn bid_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("bidcount/{project}/{lot}").into_bytes()
}

/// Offers behind the first of their envelopes: counted apart, so that who counts names needs to open no body.
pub(crate) fn further_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("furthercount/{project}/{lot}").into_bytes()
}

pub(crate) fn required_licences(project: &ProjectId) -> Vec<u8> {
    format!("eligibility/required/{project}").into_bytes()
}

pub(crate) fn eligibility_of_lots(project: &ProjectId) -> Vec<u8> {
    format!("eligibility/judged/{project}/").into_bytes()
}

pub(crate) fn eligibility(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("eligibility/judged/{project}/{lot}").into_bytes()
}

pub(crate) fn bonds(project: &ProjectId) -> Vec<u8> {
    format!("bond/received/{project}/").into_bytes()
}

pub(crate) fn bond(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("bond/received/{project}/{}", record.hex()).into_bytes()
}

pub(crate) fn bond_count(project: &ProjectId) -> Vec<u8> {
    format!("bond/count/{project}").into_bytes()
}

/// When a bidder last withdrew a bid.
pub(crate) fn withdrawal(project: &ProjectId, bidder: &OrgId) -> Vec<u8> {
    format!("bond/withdrawal/{project}/{bidder}").into_bytes()
}

pub(crate) fn admission(project: &ProjectId) -> Vec<u8> {
    format!("admission/{project}").into_bytes()
}

pub(crate) fn application(project: &ProjectId, bidder: &OrgId) -> Vec<u8> {
    format!("prequal/application/{project}/{bidder}").into_bytes()
}

/// What a notice asks of building models.
pub(crate) fn model_terms(project: &ProjectId) -> Vec<u8> {
    format!("model/terms/{project}").into_bytes()
}

pub(crate) fn models(project: &ProjectId) -> Vec<u8> {
    format!("model/bid/{project}/").into_bytes()
}

/// The building model of an opened bid.
pub(crate) fn model(project: &ProjectId, lot: &str, bidder: &OrgId, number: u8) -> Vec<u8> {
    format!("model/bid/{project}/{lot}/{bidder}/{number}").into_bytes()
}
