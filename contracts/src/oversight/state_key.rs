//! Where the state of this domain stands. Identifiers have no '/', so no key is a prefix of another's data.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, OrgId, ProjectId, SittingId};

pub(crate) const ALERTS: &[u8] = b"alert/raised/";

/// An alert by the record that raised it.
pub(crate) fn alert(record: &Digest) -> Vec<u8> {
    format!("alert/raised/{}", record.hex()).into_bytes()
}

/// The open alert of one rule about the same records and organisations.
pub(crate) fn open_alert(about: &Digest) -> Vec<u8> {
    format!("alert/open/{}", about.hex()).into_bytes()
}

pub(crate) fn rating(project: &ProjectId, step: &str, org: &OrgId) -> Vec<u8> {
    format!("rating/given/{project}/{step}/{org}").into_bytes()
}

pub(crate) fn rating_counts(project: &ProjectId) -> Vec<u8> {
    format!("rating/project/{project}").into_bytes()
}

pub(crate) fn centre_rating_counts(centre: &OrgId) -> Vec<u8> {
    format!("rating/centre/{centre}").into_bytes()
}

pub(crate) fn sittings(project: &ProjectId) -> Vec<u8> {
    format!("witness/sitting/{project}/").into_bytes()
}

pub(crate) fn sitting(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/sitting/{project}/{sitting}").into_bytes()
}

pub(crate) fn cameras(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/camera/{project}/{sitting}/").into_bytes()
}

pub(crate) fn camera(project: &ProjectId, sitting: &SittingId, camera: &CameraId) -> Vec<u8> {
    format!("witness/camera/{project}/{sitting}/{camera}").into_bytes()
}

/// Logs of venues that are not the hosting centre's.
pub(crate) fn venue_logs(project: &ProjectId, sitting: &SittingId) -> Vec<u8> {
    format!("witness/venue/{project}/{sitting}/").into_bytes()
}

pub(crate) fn venue_log(project: &ProjectId, sitting: &SittingId, venue: &OrgId) -> Vec<u8> {
    format!("witness/venue/{project}/{sitting}/{venue}").into_bytes()
}

pub(crate) fn person(project: &ProjectId, sitting: &SittingId, person: &Digest) -> Vec<u8> {
    format!("witness/person/{project}/{sitting}/{}", person.hex()).into_bytes()
}
