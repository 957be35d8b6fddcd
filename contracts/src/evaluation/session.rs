//! The evaluation session: where members sit, how long they have, and who takes the place of one who leaves.
//!
//! **Invariant:** nothing here waits for a venue. Members act with their own session keys, so a venue that falls
//! silent changes neither the committee nor the draw.

use crate::rulebook::parameters;
use std::collections::BTreeSet;

pub use biaozheng_draw::records::Replaced;
use biaozheng_ledger::ids::{OrgId, ProjectId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::draw::Draw;
use crate::evaluation::limits::VENUES_MAX;
use crate::evaluation::{committee, refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::parties::participant::{Participant, Role};
use crate::project::{Member, Project};
use crate::rulebook::limits::COMMITTEE_MAX;

/// A member's place.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    pub member: OrgId,
    pub venue: OrgId,
}

/// `evaluation.session_opened/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionOpened {
    /// 主场; the hosting centre.
    pub host: OrgId,
    /// 副场, each a centre.
    pub venues: Vec<OrgId>,
    pub seats: Vec<Seat>,
    /// Until when the members are to seal.
    pub until_ms: TimeMs,
}

/// `evaluation.time_short/1`, by a member with its session key.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeShort {
    pub reason: String,
}

/// `evaluation.extended/1`, by the tenderee (条例48).
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extended {
    pub until_ms: TimeMs,
}

/// A session in state.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct Session {
    pub(crate) opened: bool,
    pub(crate) venues: Vec<OrgId>,
    pub(crate) seats: Vec<Seat>,
    pub(crate) until: Option<TimeMs>,
    /// Members who find the time too short.
    pub(crate) short: Vec<OrgId>,
    /// Members who left, with the reason.
    pub(crate) former: Vec<(Member, String)>,
}

impl Session {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Self, StateFailure> {
        Ok(load(state, &state_key::session(id))?.unwrap_or_default())
    }

    fn store(&self, act: &mut Act<'_, '_, '_>, id: &ProjectId) -> Result<(), Refusal> {
        Ok(act.state.put(state_key::session(id), self)?)
    }
}

/// The project's own centre, at the stage of evaluation, with a committee.
fn hosting(act: &Act<'_, '_, '_>) -> Result<(ProjectId, Project), Refusal> {
    let (id, project, _) = act.step()?;
    project.not_suspended()?;
    Ok((id, project))
}

pub(crate) fn open(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project) = hosting(act)?;
    let body: SessionOpened = act.body()?;
    let mut session = Session::load(act.state, &id)?;
    if session.opened {
        return refusals::SESSION_ONCE.err();
    }
    let venues: BTreeSet<&OrgId> = body.venues.iter().chain([&body.host]).collect();
    let every = body.venues.len().saturating_add(1);
    if body.host != project.centre || venues.len() != every || every > VENUES_MAX {
        return refusals::SESSION_VENUES.err();
    }
    for venue in &venues {
        let centre = Participant::load(act.state, venue)?
            .is_some_and(|one| !one.revoked && (one.has(Role::CityCentre) || one.has(Role::DistrictCentre)));
        if !centre {
            return Err(refusals::SESSION_VENUES.because(venue).into());
        }
    }
    let seated: BTreeSet<&OrgId> = body.seats.iter().map(|seat| &seat.member).collect();
    let members: BTreeSet<&OrgId> = project.committee.iter().map(|member| &member.id).collect();
    let placed = body.seats.iter().all(|seat| venues.contains(&seat.venue));
    if seated != members || seated.is_empty() || body.seats.len() != seated.len() || !placed {
        return Err(refusals::SESSION_SEATS.because(format!("{} members", members.len())).into());
    }
    if body.until_ms <= act.block.time || body.until_ms > TimeMs::MAX {
        return refusals::SESSION_TIME.err();
    }
    session.opened = true;
    session.venues = venues.into_iter().cloned().collect();
    session.seats = body.seats;
    session.until = Some(body.until_ms);
    session.store(act, &id)?;
    act.reached(&id, &mut project, Stage::Opened)
}

/// Sealed after the session's end: accepted and noted, since a member who seals late is better than none.
pub(crate) fn note_overtime(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &mut Project,
) -> Result<(), Refusal> {
    const RULE: &str = "evaluation.session_time";
    let session = Session::load(act.state, id)?;
    let over = session.until.is_some_and(|until| act.block.time > until);
    if over && !project.late.iter().any(|rule| rule == RULE) {
        act.note_late(id, project, RULE);
        project.store(act.state, id)?;
    }
    Ok(())
}

pub(crate) fn find_short(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let project = committee::evaluating(act)?;
    let id = act.project_id()?;
    let member = committee::member(act, &project)?;
    act.follows(Some(project.step))?;
    let body: TimeShort = act.body()?;
    text(&body.reason)?;
    let mut session = Session::load(act.state, &id)?;
    if !session.opened {
        return refusals::SESSION_MISSING.err();
    }
    if session.short.contains(&member) {
        return refusals::SESSION_ONCE.err();
    }
    session.short.push(member);
    session.store(act, &id)
}

pub(crate) fn extend(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Extended = act.body()?;
    let mut session = Session::load(act.state, &id)?;
    let rulebook = project.pinned(act.state)?;
    let short = project.committee.iter().filter(|member| session.short.contains(&member.id)).count();
    let above = rulebook.ratio(&parameters::EVAL_EXTEND_ABOVE).is_some_and(|(part, whole)| {
        (short as u64).saturating_mul(whole) > (project.committee.len() as u64).saturating_mul(part)
    });
    let later = session.until.is_some_and(|until| body.until_ms > until && body.until_ms <= TimeMs::MAX);
    if !above || !later {
        let value = format!(
            "{short} of {} find it too short; needs more than {}",
            project.committee.len(),
            rulebook.text(&parameters::EVAL_EXTEND_ABOVE)
        );
        return Err(refusals::SESSION_EXTEND.under(&rulebook, value).into());
    }
    session.until = Some(body.until_ms);
    session.short.clear();
    session.store(act, &id)?;
    act.reached(&id, &mut project, Stage::Opened)
}

pub(crate) fn replace(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project) = hosting(act)?;
    let body: Replaced = act.body()?;
    text(&body.reason)?;
    let mut session = Session::load(act.state, &id)?;
    let new = &body.replacement;
    let former = session.former.iter().map(|(member, _)| member);
    let used = project.committee.iter().chain(former).any(|one| one.id == new.member || one.key == new.key);
    let leaving = project.committee.iter().position(|one| one.id == body.out && one.expert == new.expert);
    let seat = session.opened == body.venue.is_some()
        && body.venue.as_ref().is_none_or(|venue| session.venues.contains(venue));
    let fits = seat && !used && new.key.prepare().is_ok() && session.former.len() < COMMITTEE_MAX;
    let Some(leaving) = leaving.filter(|_| fits) else {
        return refusals::MEMBER_REPLACEMENT.err();
    };
    // An expert of a drawn committee is replaced by the draw, so the committed list changes with it.
    let drawn = Draw::load(act.state, &id)?;
    match (drawn, body.list) {
        (Some(mut draw), Some(list)) if new.expert && draw.list != Some(*list.digest()) => {
            draw.list = Some(*list.digest());
            draw.store(act, &id)?;
        }
        (None, None) => {}
        (Some(_), None) if !new.expert => {}
        _ => return refusals::DRAW_LIST.err(),
    }
    let gone = project.committee.remove(leaving);
    session.seats.retain(|seat| seat.member != gone.id);
    if let Some(venue) = body.venue {
        session.seats.push(Seat { member: new.member.clone(), venue });
    }
    session.former.push((gone, body.reason));
    project.committee.push(committee::seated(body.replacement));
    session.store(act, &id)?;
    act.reached(&id, &mut project, Stage::Opened)
}
