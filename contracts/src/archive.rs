//! The archive: sealed when a project ended in any way.

pub mod imported;
pub mod indicators;
pub mod limits;
pub mod paper;
pub mod publication;
pub(crate) mod refusals;
pub(crate) mod state_key;
pub mod view;

use crate::rulebook::parameters;
use biaozheng_ledger::certificate::Standing;
use biaozheng_ledger::ids::{DocumentDigest, TimeMs};
use serde::{Deserialize, Serialize};

use crate::bidding::bond;
use crate::machine::act::Act;
use crate::machine::limits::TEXT_BYTES_MAX;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::load;
use crate::project;
use crate::project::Project;
use crate::project::history::History;

/// `archive.sealed/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// The checkpoint under which the archive's certificates stand: with it anyone who has the ledger builds the archive
    /// again, byte for byte. Older records have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Standing>,
    /// Until when the archive is kept at least. Left out: as long as the rulebook asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retain_until_ms: Option<TimeMs>,
}

/// Until when the archive is kept: what the record promises, at least what the rulebook asks from the sealing on.
fn kept_until(
    act: &Act<'_, '_, '_>,
    project: &Project,
    promised: Option<TimeMs>,
) -> Result<Option<TimeMs>, Refusal> {
    if promised.is_some_and(|until| until > TimeMs::MAX) {
        return refusals::RETENTION.err();
    }
    if project.rulebook.is_none() {
        return Ok(promised);
    }
    let rulebook = project.pinned(act.state)?;
    let least = rulebook.optional_after(&parameters::ARCHIVE_RETENTION_MIN, act.block.time);
    match (promised, least) {
        (Some(promised), Some(least)) if promised < least => {
            let value = Spoken::earliest(&rulebook.text(&parameters::ARCHIVE_RETENTION_MIN), least);
            Err(refusals::RETENTION.saying_under(&rulebook, value).into())
        }
        _ => Ok(promised.or(least)),
    }
}

pub(crate) fn seal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Sealed = act.body()?;
    let history: Option<History> = load(act.state, &project::state_key::history(&id))?;
    let matches = history
        .is_some_and(|history| history.count == body.records && history.head == *body.history.digest());
    let listed: usize = body.missing.iter().map(String::len).sum();
    let foreign = body.checkpoint.as_ref().is_some_and(|standing| standing.chain() != act.block.chain);
    if !matches || foreign || listed > TEXT_BYTES_MAX {
        return refusals::ARCHIVE.err();
    }
    if let Some(until) = kept_until(act, &project, body.retain_until_ms)? {
        act.state.put(state_key::retention(&id), &until)?;
    }
    bond::note_unreturned(act, &id, &mut project)?;
    indicators::note_end(act, &id, &project, body.records, body.missing.len())?;
    act.reached(&id, &mut project, Stage::Archived)
}
