//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, TimeMs};

/// History from elsewhere, apart from every project of this ledger.
pub(crate) const IMPORTED: &[u8] = b"imported/";

pub(crate) fn imported(ocid: &str) -> Vec<u8> {
    format!("imported/{}", Digest::of(ocid.as_bytes()).hex()).into_bytes()
}

pub(crate) const ENDED: &[u8] = b"indicators/ended/";

/// Ended projects in the order of their archives' block times.
pub(crate) fn ended(time: TimeMs, project: &ProjectId) -> Vec<u8> {
    format!("indicators/ended/{:016}/{project}", time.get()).into_bytes()
}

/// Before every project that ended at this time or later.
pub(crate) fn ended_from(time: TimeMs) -> Vec<u8> {
    format!("indicators/ended/{:016}/", time.get()).into_bytes()
}

pub(crate) const PUBLISHED_INDICATORS: &[u8] = b"indicators/published/";

pub(crate) fn published_indicators(record: &Digest) -> Vec<u8> {
    format!("indicators/published/{}", record.hex()).into_bytes()
}

/// Until when a project's archive is kept.
pub(crate) fn retention(project: &ProjectId) -> Vec<u8> {
    format!("archive/retention/{project}").into_bytes()
}

/// The steps of a project that were done on paper.
pub(crate) fn on_paper(project: &ProjectId) -> Vec<u8> {
    format!("paper/{project}").into_bytes()
}
