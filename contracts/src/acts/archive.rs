//! The archive: sealed when a project ended in any way.

use biaozheng_ledger::ids::DocumentDigest;
use serde::{Deserialize, Serialize};

use super::Act;
use crate::limits::TEXT_BYTES_MAX;
use crate::participant::{Role, author};
use crate::project::{History, Stage};
use crate::reject::{self, Refusal};
use crate::state::load;
use crate::state_key;

/// `archive.sealed/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Records of the project before this one.
    pub records: u64,
    /// The chained hash over those records: `H("biaozheng/project-history/v1", before, record)` from zero.
    pub history: DocumentDigest,
    /// Digest of the archive's manifest.
    pub manifest: DocumentDigest,
    /// Documents that are named by records and not in the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}

pub(crate) fn seal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let (id, mut project) = act.step(&[Stage::Supervised, Stage::Failed, Stage::Terminated])?;
    project.by_centre(&by.org)?;
    let body: Sealed = act.body()?;
    let history: Option<History> = load(act.state, &state_key::history(&id))?;
    let matches = history
        .is_some_and(|history| history.count == body.records && history.head == *body.history.digest());
    let listed: usize = body.missing.iter().map(String::len).sum();
    if !matches || listed > TEXT_BYTES_MAX {
        return reject::ARCHIVE.err();
    }
    super::bond::note_unreturned(act, &id, &mut project)?;
    crate::indicators::note_end(act, &id, &project, body.records, body.missing.len())?;
    act.reached(&id, &mut project, Stage::Archived)
}
