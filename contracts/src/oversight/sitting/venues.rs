//! The logs of a sitting's venues: one each, with its own recorder, sequence and times.
//!
//! **Invariant:** a sitting of the evaluation, once its session is opened, has logs of that session's venues only.

use biaozheng_ledger::ids::{OrgId, ProjectId, SittingId, TimeMs};
use biaozheng_ledger::limits::CLOCK_OFFSET_MS_MAX;
use borsh::{BorshDeserialize, BorshSerialize};

use crate::evaluation::limits::VENUES_MAX;
use crate::evaluation::session::Session;
use crate::machine::act::Act;
use crate::machine::moment::BeijingTime;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::oversight::sitting::{Logged, Sitting};
use crate::oversight::{refusals, state_key};
use crate::parties::participant::{Participant, Role};
use crate::project::Project;
use crate::project::refusals::NOT_OWNER;

/// True for a sitting of the evaluation, which its session's venues share: `evaluation`, `evaluation-1`, …
#[must_use]
pub fn is_of_session(sitting: &SittingId) -> bool {
    let rest = sitting.as_str().strip_prefix("evaluation");
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn next_entry(next: u32, last: TimeMs) -> Spoken {
    let from = BeijingTime(last);
    Spoken::new(format!("next is {next}, from {from}"), format!("下一序号为 {next}，时间不早于 {from}"))
}

/// A venue's log of a sitting.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct VenueLog {
    /// Nobody before its first entry.
    pub(crate) recorder: Option<OrgId>,
    pub(crate) entries: u32,
    pub(crate) last: TimeMs,
}

/// The venue is one of the evaluation's session, where the sitting is one of the evaluation; else any centre's.
fn check_venue(
    act: &Act<'_, '_, '_>,
    (id, project): (&ProjectId, &Project),
    name: &SittingId,
    venue: &OrgId,
) -> Result<(), Refusal> {
    let session = Session::load(act.state, id)?;
    let known = if is_of_session(name) && session.opened {
        session.venues.contains(venue)
    } else {
        *venue == project.centre
            || Participant::load(act.state, venue)?.is_some_and(|one| {
                !one.revoked && (one.has(Role::CityCentre) || one.has(Role::DistrictCentre))
            })
    };
    if known { Ok(()) } else { Err(refusals::WITNESS_VENUE.because(venue).into()) }
}

/// Adds an entry to its venue's log.
pub(super) fn enter(
    act: &mut Act<'_, '_, '_>,
    (id, project): (&ProjectId, &Project),
    by: &Participant,
    body: &Logged,
    sitting: &mut Sitting,
) -> Result<(), Refusal> {
    let venue = body.venue.as_ref().unwrap_or(&project.centre);
    check_venue(act, (id, project), &body.sitting, venue)?;
    // A centre that is not the host logs what happens at its own venue.
    let elsewhere = by.org != project.centre && by.org != *venue && !by.has(Role::Witness);
    if elsewhere {
        return NOT_OWNER.err();
    }
    let own = *venue == project.centre;
    let key = state_key::venue_log(id, &body.sitting, venue);
    let mut log = if own { sitting.host_log() } else { load(act.state, &key)?.unwrap_or_default() };
    if log.recorder.as_ref().is_some_and(|recorder| *recorder != by.org) {
        return refusals::WITNESS_ROLE.err();
    }
    let next = log.entries.saturating_add(1);
    let fits = body.sequence == next
        && body.at_ms >= log.last
        && body.at_ms <= TimeMs::MAX
        && body.clock_offset_ms.unsigned_abs() <= CLOCK_OFFSET_MS_MAX;
    if !fits {
        return Err(refusals::WITNESS_LOG.saying(next_entry(next, log.last)).into());
    }
    if !own && next == 1 && venue_logs(act.state, id, &body.sitting)?.len() >= VENUES_MAX {
        return refusals::WITNESS_LIMIT.err();
    }
    log = VenueLog { recorder: Some(by.org.clone()), entries: next, last: body.at_ms };
    if own {
        (sitting.recorder, sitting.entries, sitting.last) = (log.recorder, log.entries, log.last);
        return Ok(());
    }
    Ok(act.state.put(key, &log)?)
}

impl Sitting {
    fn host_log(&self) -> VenueLog {
        VenueLog { recorder: self.recorder.clone(), entries: self.entries, last: self.last }
    }

    /// Each venue that has a log, in the order of their ids.
    pub(crate) fn logs(
        &self,
        state: &dyn StateRead,
        (id, name): (&ProjectId, &SittingId),
        centre: &OrgId,
    ) -> Result<Vec<(OrgId, VenueLog)>, StateFailure> {
        let mut found = venue_logs(state, id, name)?;
        if self.entries > 0 {
            found.push((centre.clone(), self.host_log()));
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(found)
    }
}

/// The logs of venues that are not the hosting centre's.
fn venue_logs(
    state: &dyn StateRead,
    project: &ProjectId,
    sitting: &SittingId,
) -> Result<Vec<(OrgId, VenueLog)>, StateFailure> {
    let prefix = state_key::venue_logs(project, sitting);
    let rows: Vec<(Vec<u8>, VenueLog)> = load_all(state, &prefix, VENUES_MAX)?;
    let name = |key: &[u8]| {
        let text = key.strip_prefix(prefix.as_slice()).and_then(|rest| std::str::from_utf8(rest).ok());
        text.and_then(|text| OrgId::new(text).ok()).ok_or_else(|| StateFailure("a venue log's key".into()))
    };
    rows.into_iter().map(|(key, log)| Ok((name(&key)?, log))).collect()
}

/// Venues of the evaluation's session without a log of this sitting; none of a sitting that is not the evaluation's.
pub(crate) fn without_log(
    state: &dyn StateRead,
    id: &ProjectId,
    name: &SittingId,
    logs: &[(OrgId, VenueLog)],
) -> Result<Vec<OrgId>, StateFailure> {
    if !is_of_session(name) {
        return Ok(Vec::new());
    }
    let mut venues = Session::load(state, id)?.venues;
    venues.retain(|venue| !logs.iter().any(|(logged, _)| logged == venue));
    venues.sort();
    Ok(venues)
}
