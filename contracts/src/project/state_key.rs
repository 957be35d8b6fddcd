//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, TimeMs};

pub(crate) const PROJECTS: &[u8] = b"project/";

pub(crate) fn project(project: &ProjectId) -> Vec<u8> {
    format!("project/{project}").into_bytes()
}

/// Number of records and their chained hash, kept apart from the rest since every record changes it.
pub(crate) fn history(project: &ProjectId) -> Vec<u8> {
    format!("history/{project}").into_bytes()
}

pub(crate) fn objection(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("objection/{project}/{}", record.hex()).into_bytes()
}

/// Every objection of a project.
pub(crate) fn objection_prefix(project: &ProjectId) -> Vec<u8> {
    format!("objection/{project}/").into_bytes()
}

pub(crate) fn sealed_tender(project: &ProjectId) -> Vec<u8> {
    format!("sealing/tender/{project}").into_bytes()
}

/// Sealed tenders that take bids, by their deadlines. Padded, so that the order of keys is that of times.
pub(crate) const COMING_TENDERS: &[u8] = b"sealing/coming/";

pub(crate) fn coming_tender(deadline: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("sealing/coming/{:020}/{project}", deadline.get()).into_bytes()
}

/// Behind every tender with a deadline up to this one.
pub(crate) fn coming_tenders_after(deadline: TimeMs) -> Vec<u8> {
    format!("sealing/coming/{:020}/", deadline.get().saturating_add(1)).into_bytes()
}

/// Sealed tenders whose bodies fall due, by the first block time at which they do.
pub(crate) const DUE_TENDERS: &[u8] = b"sealing/due/";

pub(crate) fn due_tender(from: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("sealing/due/{:020}/{project}", from.get()).into_bytes()
}

/// Behind every tender that is due by this block time.
pub(crate) fn due_tenders_after(now: TimeMs) -> Vec<u8> {
    format!("sealing/due/{:020}/", now.get().saturating_add(1)).into_bytes()
}

/// Bidders of a lot whose sealed bids stand.
pub(crate) fn standing_count(project: &ProjectId, lot: &str) -> Vec<u8> {
    format!("sealing/standing/{project}/{lot}").into_bytes()
}

/// When a project's procedure last went on after it had stood still.
pub(crate) fn resumed(project: &ProjectId) -> Vec<u8> {
    format!("suspension/resumed/{project}").into_bytes()
}

/// Draws that wait for the beacon.
pub(crate) const WAITING_DRAWS: &[u8] = b"sealing/draw/";

pub(crate) fn waiting_draw(project: &ProjectId) -> Vec<u8> {
    format!("sealing/draw/{project}").into_bytes()
}

pub(crate) fn listing(project: &ProjectId) -> Vec<u8> {
    format!("listing/terms/{project}").into_bytes()
}

/// When the newest terms were made.
pub(crate) fn terms_time(project: &ProjectId) -> Vec<u8> {
    format!("terms/time/{project}").into_bytes()
}

/// Every complaint about a project.
pub(crate) fn complaints(project: &ProjectId) -> Vec<u8> {
    format!("complaint/{project}/").into_bytes()
}

pub(crate) fn complaint(project: &ProjectId, record: &Digest) -> Vec<u8> {
    format!("complaint/{project}/{}", record.hex()).into_bytes()
}

/// What annulled a project.
pub(crate) fn annulment(project: &ProjectId) -> Vec<u8> {
    format!("annulment/{project}").into_bytes()
}
