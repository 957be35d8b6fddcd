//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId};

pub(crate) const NEWEST_RULEBOOKS: &[u8] = b"rulebook/newest/";

pub(crate) const NEWEST_TIGHTENINGS: &[u8] = b"tightening/newest/";

pub(crate) const NEWEST_CALENDARS: &[u8] = b"calendar/newest/";

pub(crate) const CALENDARS: &[u8] = b"calendar/year/";

pub(crate) fn rulebook(digest: &Digest) -> Vec<u8> {
    format!("rulebook/text/{}", digest.hex()).into_bytes()
}

/// The record that published it.
pub(crate) fn rulebook_record(digest: &Digest) -> Vec<u8> {
    format!("rulebook/record/{}", digest.hex()).into_bytes()
}

pub(crate) fn newest_rulebook(category: &str) -> Vec<u8> {
    format!("rulebook/newest/{category}").into_bytes()
}

/// The text by which a district centre tightens a rulebook.
pub(crate) fn tightening(digest: &Digest) -> Vec<u8> {
    format!("tightening/text/{}", digest.hex()).into_bytes()
}

/// The record that published it.
pub(crate) fn tightening_record(digest: &Digest) -> Vec<u8> {
    format!("tightening/record/{}", digest.hex()).into_bytes()
}

pub(crate) fn newest_tightening(category: &str, centre: &OrgId) -> Vec<u8> {
    format!("tightening/newest/{category}/{centre}").into_bytes()
}

/// One version of a year's calendar; versions of a year in order.
pub(crate) fn calendar(year: u16, version: u32) -> Vec<u8> {
    format!("calendar/year/{year:04}/{version:010}").into_bytes()
}

pub(crate) fn newest_calendar(year: u16) -> Vec<u8> {
    format!("calendar/newest/{year:04}").into_bytes()
}

/// What a project pinned beside its rulebook.
pub(crate) fn pins(project: &ProjectId) -> Vec<u8> {
    format!("pins/{project}").into_bytes()
}

pub(crate) fn rulebooks_digest() -> Vec<u8> {
    b"rulebook/digest".to_vec()
}
