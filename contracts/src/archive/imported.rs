//! Past projects from elsewhere, as imported evidence.
//!
//! **Invariant:** nothing imported is a project of this ledger: own keys, own view, no `project` in the record, and no
//! contract of the trading process reads it. The importer attests where it comes from, not that it is true.

use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::archive::limits::OCID_BYTES_MAX;
use crate::archive::{refusals, state_key};
use crate::machine::act;
use crate::machine::act::Act;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::state::load;
use crate::machine::text::text;
use crate::parties::limits::SOURCE_BYTES_MAX;
use crate::parties::participant::{Role, author};

/// `history.imported/1`, by a centre. A newer version of the same OCID names the one before as its `previous`.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Imported {
    /// Who published the data, and where.
    pub source: String,
    /// Under which licence the data is used, such as `CC-BY-4.0`.
    pub licence: String,
    /// Open Contracting ID of the past process.
    pub ocid: String,
    /// Digest of the data as imported.
    pub digest: DocumentDigest,
    pub summary: String,
}

/// Imported history in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct History {
    pub(crate) ocid: String,
    pub(crate) source: String,
    pub(crate) licence: String,
    pub(crate) digest: DocumentDigest,
    pub(crate) summary: String,
    pub(crate) by: OrgId,
    pub(crate) record: RecordId,
    pub(crate) imported_at: TimeMs,
    /// Counted from 1.
    pub(crate) version: u32,
}

pub(crate) fn check(payload: &Payload) -> Result<(), Reject> {
    if payload.project.is_some() {
        return Err(refusals::HISTORY_PROJECT.reject());
    }
    act::body::<Imported>(payload).map(drop)
}

/// OCDS 1.1.5 asks for a registered `ocds-` prefix, and publishers write spaces, letters of any script and no prefix: an
/// identifier of others is kept as they wrote it.
fn is_ocid(text: &str) -> bool {
    text.len() <= OCID_BYTES_MAX && !text.trim().is_empty() && !text.chars().any(char::is_control)
}

pub(crate) fn import(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let body: Imported = act.body()?;
    for field in [&body.source, &body.licence, &body.summary] {
        text(field)?;
    }
    if !is_ocid(&body.ocid) || body.source.len().max(body.licence.len()) > SOURCE_BYTES_MAX {
        return refusals::HISTORY_FORM.err();
    }
    let key = state_key::imported(&body.ocid);
    let before: Option<History> = load(act.state, &key)?;
    act.follows(before.as_ref().map(|before| before.record))?;
    if before.as_ref().is_some_and(|before| before.digest == body.digest) {
        return refusals::HISTORY_SAME.err();
    }
    let history = History {
        ocid: body.ocid,
        source: body.source,
        licence: body.licence,
        digest: body.digest,
        summary: body.summary,
        by: by.org,
        record: act.id,
        imported_at: act.block.time,
        version: before.map_or(1, |before| before.version.saturating_add(1)),
    };
    Ok(act.state.put(key, &history)?)
}
