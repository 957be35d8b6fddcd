//! The draw is shown after the award: every node replays it and refuses a list it does not give.

use std::collections::{BTreeMap, BTreeSet};

pub use biaozheng_draw::records::Disclosed;
use biaozheng_draw::{Drawing, ExpertId, private_seed};
pub use biaozheng_draw::{DrawnList, DrawnPick, Replaces, SeatOpening, list_commitment, session_identity};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;

use crate::evaluation::draw::{Draw, Secret, secret_commitment};
use crate::evaluation::limits::{DRAW_LIST_BYTES_MAX, DRAW_PICKS_MAX};
use crate::evaluation::session::Session;
use crate::evaluation::{pool, refusals};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::text;
use crate::machine::text::text;
use crate::project::{Member, Project};

pub(crate) fn disclose(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.party(&project, &by)?;
    rule.at(&project)?;
    let none = || Refusal::from(refusals::DRAW_NONE.reject());
    let mut draw = Draw::load(act.state, &id)?.ok_or_else(none)?;
    act.follows(Some(draw.request))?;
    let (seed, committed) = draw.seed.zip(draw.list).ok_or_else(none)?;
    if draw.disclosed.is_some() {
        return refusals::DRAW_DISCLOSED.err();
    }
    let body: Disclosed = act.body()?;
    let secret = text::secret(&body.secret)?;
    if body.list.len() > DRAW_LIST_BYTES_MAX
        || secret_commitment(Secret::Draw, &id, &secret) != draw.secret
        || list_commitment(&id, &secret, &body.list) != committed
    {
        return refusals::DRAW_OPENING.err();
    }
    let list: DrawnList =
        from_strict(body.list.as_bytes()).map_err(|error| refusals::DRAW_REPLAY.because(error))?;
    let snapshot = pool::snapshot(act.state, draw.pool_version)?;
    let recused = draw.recused_experts();
    let start = Drawing::start(&private_seed(&seed, &secret), &snapshot, &draw.quotas, &recused);
    let drawing = start.map_err(|error| refusals::DRAW_REPLAY.because(error))?;
    let standing = replay(drawing, &list)?;
    seats(act, &id, &project, &list, &standing)?;
    draw.disclosed = Some(act.id);
    draw.store(act, &id)
}

/// The list is what the draw gives; returns who was not replaced.
fn replay(drawing: Drawing<'_>, list: &DrawnList) -> Result<BTreeSet<ExpertId>, Refusal> {
    if list.picks.len() > DRAW_PICKS_MAX {
        return Err(refusals::DRAW_REPLAY.because(format!("at most {DRAW_PICKS_MAX} picks")).into());
    }
    for replaces in list.picks.iter().filter_map(|pick| pick.replaces.as_ref()) {
        text(&replaces.reason)?;
    }
    list.replay(drawing, |_| ()).map_err(|error| refusals::DRAW_REPLAY.because(error).into())
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
                return Err(refusals::DRAW_SEATS.because(&pick.expert).into());
            }
            continue;
        };
        let salt = text::secret(&seat.salt)?;
        let identity = session_identity(id, &seat.member, &salt, &pick.expert);
        if among.remove(&seat.member) != Some(identity) {
            return Err(refusals::DRAW_SEATS.because(&seat.member).into());
        }
    }
    if sitting.is_empty() && former.is_empty() {
        return Ok(());
    }
    Err(refusals::DRAW_SEATS
        .because(format!("{} not drawn", sitting.len().saturating_add(former.len())))
        .into())
}
