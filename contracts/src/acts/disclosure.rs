//! The draw is shown after the award: every node replays it and refuses a list it does not give.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use serde::{Deserialize, Serialize};

use super::draw::{Draw, Secret, secret_commitment};
use super::session::Session;
use super::{Act, committee, pool};
use crate::draw::{Drawing, ExpertId, private_seed};
use crate::execute::text;
use crate::limits::{DRAW_LIST_BYTES_MAX, DRAW_PICKS_MAX};
use crate::project::{Member, Project};
use crate::reject::{Refusal, evaluation as codes};

/// `draw.disclosed/1`, by the hosting centre once the award is notified.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosed {
    /// A [`DrawnList`] as JSON text, exactly as committed.
    pub list: String,
    /// The host's draw secret, 64 hexadecimal digits.
    pub secret: String,
}

/// Everyone the draw gave, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnList {
    pub picks: Vec<DrawnPick>,
}

/// One pick.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(deny_unknown_fields)]
pub struct Replaces {
    pub expert: ExpertId,
    pub reason: String,
}

/// Opens a member's `identity`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatOpening {
    pub member: OrgId,
    /// 64 hexadecimal digits.
    pub salt: String,
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

pub(crate) fn disclose(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.party(&project, &by)?;
    rule.at(&project)?;
    let none = || Refusal::from(codes::DRAW_NONE.reject());
    let mut draw = Draw::load(act.state, &id)?.ok_or_else(none)?;
    act.follows(Some(draw.request))?;
    let (seed, committed) = draw.seed.zip(draw.list).ok_or_else(none)?;
    if draw.disclosed.is_some() {
        return codes::DRAW_DISCLOSED.err();
    }
    let body: Disclosed = act.body()?;
    let secret = committee::secret(&body.secret)?;
    if body.list.len() > DRAW_LIST_BYTES_MAX
        || secret_commitment(Secret::Draw, &id, &secret) != draw.secret
        || list_commitment(&id, &secret, &body.list) != committed
    {
        return codes::DRAW_OPENING.err();
    }
    let list: DrawnList =
        from_strict(body.list.as_bytes()).map_err(|error| codes::DRAW_REPLAY.because(error))?;
    let snapshot = pool::snapshot(act.state, draw.pool_version)?;
    let recused = draw.recused_experts();
    let start = Drawing::start(&private_seed(&seed, &secret), &snapshot, &draw.quotas, &recused);
    let drawing = start.map_err(|error| codes::DRAW_REPLAY.because(error))?;
    let standing = replay(drawing, &list)?;
    seats(act, &id, &project, &list, &standing)?;
    draw.disclosed = Some(act.id);
    draw.store(act, &id)
}

/// The list is what the draw gives; returns who was not replaced.
fn replay(mut drawing: Drawing<'_>, list: &DrawnList) -> Result<BTreeSet<ExpertId>, Refusal> {
    let first = drawing.picks().len();
    if list.picks.len() > DRAW_PICKS_MAX || list.picks.len() < first {
        return Err(codes::DRAW_REPLAY.because(format!("{first} to {DRAW_PICKS_MAX} picks")).into());
    }
    for (at, shown) in list.picks.iter().enumerate() {
        let wrong = || Refusal::from(codes::DRAW_REPLAY.because(format!("pick {at}")));
        let pick = match &shown.replaces {
            None => drawing.picks().get(at).filter(|_| at < first).cloned().ok_or_else(wrong)?,
            Some(replaces) if at >= first => {
                text(&replaces.reason)?;
                drawing.replace(&replaces.expert).map_err(|error| codes::DRAW_REPLAY.because(error))?
            }
            Some(_) => return Err(wrong()),
        };
        if pick.expert != shown.expert || pick.quota != shown.quota {
            return Err(wrong());
        }
    }
    Ok(drawing.standing().map(|pick| pick.expert.clone()).collect())
}

/// Every expert of the committee, present or former, was drawn; those who stand are exactly those who sit.
fn seats(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    list: &DrawnList,
    standing: &BTreeSet<ExpertId>,
) -> Result<(), Refusal> {
    let session = Session::load(act.state, id)?;
    let experts = |members: Vec<&Member>| -> BTreeMap<OrgId, Digest> {
        members.into_iter().filter(|one| one.expert).map(|one| (one.id.clone(), one.identity)).collect()
    };
    let mut sitting = experts(project.committee.iter().collect());
    let mut former = experts(session.former.iter().map(|(member, _)| member).collect());
    for pick in &list.picks {
        let among = if standing.contains(&pick.expert) { &mut sitting } else { &mut former };
        let Some(seat) = &pick.seat else {
            if standing.contains(&pick.expert) {
                return Err(codes::DRAW_SEATS.because(&pick.expert).into());
            }
            continue;
        };
        let salt = committee::secret(&seat.salt)?;
        let identity = session_identity(id, &seat.member, &salt, &pick.expert);
        if among.remove(&seat.member) != Some(identity) {
            return Err(codes::DRAW_SEATS.because(&seat.member).into());
        }
    }
    if sitting.is_empty() && former.is_empty() {
        return Ok(());
    }
    Err(codes::DRAW_SEATS.because(format!("{} not drawn", sitting.len().saturating_add(former.len()))).into())
}
