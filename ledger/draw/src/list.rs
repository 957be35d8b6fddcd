//! The list of a draw as its disclosure shows it, and its replay.

use std::collections::BTreeSet;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::{Deserialize, Serialize};

use crate::drawing::{DrawError, Drawing};
use crate::names::ExpertId;

/// Everyone the draw gave, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawnList {
    pub picks: Vec<DrawnPick>,
}

/// One pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DrawnPick {
    pub expert: ExpertId,
    /// The quota it fills, from 0.
    pub quota: usize,
    /// Whose place it takes; absent for the first picks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// Under which session id it sat, if it ever did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<SeatOpening>,
}

/// Who did not come, or left, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    pub expert: ExpertId,
    pub reason: String,
}

/// Opens a member's `identity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SeatOpening {
    pub member: OrgId,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// Where a list is not what the draw gives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    #[error("{found} picks where the draw gives at least {least}")]
    Length { found: usize, least: usize },
    #[error("pick {at}: a first pick stands after them, or a replacement among them")]
    Order { at: usize },
    #[error("pick {at}: the draw gives {expected} for quota {quota}, the list says {shown}")]
    Other { at: usize, expected: ExpertId, quota: usize, shown: ExpertId },
    #[error("pick {at}: {error}")]
    Draw { at: usize, error: DrawError },
}

impl DrawnList {
    /// Runs the draw on, one pick of the list after another; `seen` hears of each that is right. Gives those who were
    /// not replaced.
    ///
    /// # Errors
    /// [`ReplayError`] at the first pick that differs.
    pub fn replay(
        &self,
        mut drawing: Drawing<'_>,
        mut seen: impl FnMut(&DrawnPick),
    ) -> Result<BTreeSet<ExpertId>, ReplayError> {
        let least = drawing.picks().len();
        if self.picks.len() < least {
            return Err(ReplayError::Length { found: self.picks.len(), least });
        }
        for (at, shown) in self.picks.iter().enumerate() {
            let pick = match (&shown.replaces, drawing.picks().get(at)) {
                (None, Some(pick)) if at < least => pick.clone(),
                (Some(replaces), _) if at >= least => {
                    drawing.replace(&replaces.expert).map_err(|error| ReplayError::Draw { at, error })?
                }
                _ => return Err(ReplayError::Order { at }),
            };
            if pick.expert != shown.expert || pick.quota != shown.quota {
                let (expected, quota) = (pick.expert, pick.quota);
                return Err(ReplayError::Other { at, expected, quota, shown: shown.expert.clone() });
            }
            seen(shown);
        }
        Ok(drawing.standing().map(|pick| pick.expert.clone()).collect())
    }
}

/// `H("biaozheng/drawn-list/v1", project, draw secret, list)`: what `experts.drawn` and `member.replaced` carry.
#[must_use]
pub fn list_commitment(project: &ProjectId, secret: &[u8; 32], list: &str) -> Digest {
    FieldHasher::new("biaozheng/drawn-list/v1")
        .field(project.as_str().as_bytes())
        .field(secret)
        .field(list.as_bytes())
        .finish()
}

/// `H("biaozheng/session-identity/v1", project, member, salt, expert)`: a drawn member's `identity`.
#[must_use]
pub fn session_identity(project: &ProjectId, member: &OrgId, salt: &[u8; 32], expert: &ExpertId) -> Digest {
    FieldHasher::new("biaozheng/session-identity/v1")
        .field(project.as_str().as_bytes())
        .field(member.as_str().as_bytes())
        .field(salt)
        .field(expert.as_str().as_bytes())
        .finish()
}
