//! 数字见证: what happens at a venue, as a log of events and chained audio and video segments, closed by a report.
//!
//! **Invariant:** people stand here as salted commitments only; each venue's log of a sitting and each camera have one
//! recorder; a report names every venue of the evaluation's session that has no log; after it nothing is added.

use biaozheng_ledger::ids::{CameraId, DocumentDigest, OrgId, ProjectId, RecordId, SittingId, TimeMs};
pub use biaozheng_ledger::witness_chain::Batch;
use biaozheng_ledger::witness_chain::{ChainError, ChainState};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::session::Session;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::oversight::limits::{CAMERAS_PER_SITTING_MAX, INCIDENTS_PER_SITTING_MAX, PEOPLE_PER_SITTING_MAX};
use crate::oversight::{refusals, state_key};
use crate::parties::participant::Participant;
use crate::project::Project;

mod venues;

pub use venues::is_of_session;
pub(crate) use venues::without_log;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VenueEvent {
    /// 进场
    Entry,
    /// 身份核验
    IdentityChecked,
    /// 入席
    Seated,
    /// 通讯
    Communication,
    /// 异常事件
    Incident,
    /// 离场
    Exit,
}

/// `witness.logged/1`, by a witness, the hosting centre, or in a sitting of the evaluation the venue's own centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logged {
    pub sitting: SittingId,
    /// The centre at whose venue it happened; left out: the hosting centre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<OrgId>,
    /// Counted from 1 in the venue's log of the sitting.
    pub sequence: u32,
    pub event: VenueEvent,
    /// Salted commitment to a person; an incident or a communication may be nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<DocumentDigest>,
    /// By the recorder's clock.
    pub at_ms: TimeMs,
    /// That clock minus the reference clock.
    pub clock_offset_ms: i64,
    /// Digest of what is known in detail, kept outside the chain.
    pub detail: DocumentDigest,
}

/// `witness.reported/1`, by who keeps the hosting centre's log: what the ledger holds of it, and the witness' conclusion.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    pub sitting: SittingId,
    /// Of all venues.
    pub log_entries: u32,
    /// Each venue that has a log, in the order of their ids; may be left out where only the hosting centre has one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub venues: Vec<VenueEntries>,
    /// Venues of the evaluation's session that have none, in the order of their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without_log: Vec<OrgId>,
    /// Records of the incidents, in the order they were logged.
    pub incidents: Vec<RecordId>,
    /// In the order of their names.
    pub cameras: Vec<CameraRange>,
    pub conclusion: String,
}

/// How long one venue's log is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueEntries {
    pub venue: OrgId,
    pub entries: u32,
}

/// One camera's chain as it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CameraRange {
    pub camera: CameraId,
    pub last_index: u64,
    pub segments: u64,
    pub gaps: u64,
    /// How often index or clock began anew; a report may leave it out where they never did.
    #[serde(default)]
    pub runs: u64,
    pub head: DocumentDigest,
}

/// A sitting in state, with the log of the hosting centre's venue.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Sitting {
    /// Who keeps that log; nobody before its first entry.
    pub(crate) recorder: Option<OrgId>,
    pub(crate) entries: u32,
    pub(crate) last: TimeMs,
    pub(crate) incidents: Vec<RecordId>,
    pub(crate) people: u32,
    pub(crate) reported: Option<RecordId>,
}

/// A camera in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Camera {
    pub(crate) recorder: OrgId,
    pub(crate) chain: ChainState,
    pub(crate) clock_offset_ms: i64,
    /// Of the newest batch.
    pub(crate) record: RecordId,
    pub(crate) recorded_at: TimeMs,
}

/// Where a person is in a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
enum Presence {
    Outside,
    Entered,
    Checked,
    Seated,
}

/// The signer, the project and the open sitting. In one of the evaluation the centre of a venue may do what a `visiting`
/// party may.
fn sitting(
    act: &Act<'_, '_, '_>,
    name: &SittingId,
    visiting: bool,
) -> Result<(Participant, ProjectId, Project, Sitting), Refusal> {
    let rule = act.rule()?;
    let by = rule.author(act)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    rule.at(&project)?;
    let at_venue = visiting && is_of_session(name) && Session::load(act.state, &id)?.venues.contains(&by.org);
    if !at_venue {
        rule.party(&project, &by)?;
    }
    let sitting: Sitting = load(act.state, &state_key::sitting(&id, name))?.unwrap_or_default();
    if sitting.reported.is_some() || project.stage == Stage::Archived {
        return refusals::WITNESS_CLOSED.err();
    }
    Ok((by, id, project, sitting))
}

pub(crate) fn log(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Logged = act.body()?;
    let (by, id, project, mut sitting) = sitting(act, &body.sitting, true)?;
    venues::enter(act, (&id, &project), &by, &body, &mut sitting)?;
    if let Some(person) = &body.person {
        let key = state_key::person(&id, &body.sitting, person.digest());
        let known: Option<Presence> = load(act.state, &key)?;
        let after = presence(known.unwrap_or(Presence::Outside), body.event);
        act.state.put(key, &after.ok_or_else(|| refusals::WITNESS_PERSON.reject())?)?;
        sitting.people = sitting.people.saturating_add(u32::from(known.is_none()));
    } else if !matches!(body.event, VenueEvent::Communication | VenueEvent::Incident) {
        return refusals::WITNESS_PERSON.err();
    }
    if body.event == VenueEvent::Incident {
        sitting.incidents.push(act.id);
    }
    let people = usize::try_from(sitting.people).unwrap_or(usize::MAX);
    if sitting.incidents.len() > INCIDENTS_PER_SITTING_MAX || people > PEOPLE_PER_SITTING_MAX {
        return refusals::WITNESS_LIMIT.err();
    }
    Ok(act.state.put(state_key::sitting(&id, &body.sitting), &sitting)?)
}

fn presence(before: Presence, event: VenueEvent) -> Option<Presence> {
    match (before, event) {
        (Presence::Outside, VenueEvent::Entry) => Some(Presence::Entered),
        (Presence::Entered, VenueEvent::IdentityChecked) => Some(Presence::Checked),
        (Presence::Checked, VenueEvent::Seated) => Some(Presence::Seated),
        (Presence::Entered | Presence::Checked | Presence::Seated, VenueEvent::Exit) => {
            Some(Presence::Outside)
        }
        (same, VenueEvent::Communication | VenueEvent::Incident) => Some(same),
        _ => None,
    }
}

pub(crate) fn add_segments(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Batch = act.body()?;
    let (by, id, _, sitting) = sitting(act, &body.sitting, true)?;
    let key = state_key::camera(&id, &body.sitting, &body.camera);
    let known: Option<Camera> = load(act.state, &key)?;
    if known.as_ref().is_some_and(|camera| camera.recorder != by.org) {
        return refusals::WITNESS_ROLE.err();
    }
    let before = match known {
        Some(camera) => camera.chain,
        None => {
            let cameras = cameras(act.state, &id, &body.sitting)?;
            if cameras.len() >= CAMERAS_PER_SITTING_MAX {
                return refusals::WITNESS_LIMIT.err();
            }
            ChainState::start(&id, &body.sitting, &body.camera, body.joint_ms)
        }
    };
    let broken = |error: ChainError| refusals::WITNESS_CHAIN.because(error);
    let chain = before.extended(&body).map_err(broken)?;
    let camera = Camera {
        recorder: by.org,
        chain,
        clock_offset_ms: body.clock_offset_ms,
        record: act.id,
        recorded_at: act.block.time,
    };
    act.state.put(state_key::sitting(&id, &body.sitting), &sitting)?;
    Ok(act.state.put(key, &camera)?)
}

pub(crate) fn cameras(
    state: &dyn StateRead,
    project: &ProjectId,
    sitting: &SittingId,
) -> Result<Vec<(CameraId, Camera)>, StateFailure> {
    let prefix = state_key::cameras(project, sitting);
    let rows: Vec<(Vec<u8>, Camera)> = load_all(state, &prefix, CAMERAS_PER_SITTING_MAX)?;
    let name = |key: &[u8]| {
        let text = key.strip_prefix(prefix.as_slice()).and_then(|rest| std::str::from_utf8(rest).ok());
        let name = text.and_then(|text| CameraId::new(text).ok());
        name.ok_or_else(|| StateFailure("a camera's key".into()))
    };
    rows.into_iter().map(|(key, camera)| Ok((name(&key)?, camera))).collect()
}

/// The cameras' part of a sitting's report, as the ledger has it.
pub(crate) fn ranges(
    state: &dyn StateRead,
    project: &ProjectId,
    sitting: &SittingId,
) -> Result<Vec<CameraRange>, StateFailure> {
    let range = |(camera, state): (CameraId, Camera)| CameraRange {
        camera,
        last_index: state.chain.last.map_or(0, |(index, _)| index),
        segments: state.chain.count,
        gaps: state.chain.gaps,
        runs: state.chain.runs,
        head: DocumentDigest::new(state.chain.head),
    };
    Ok(cameras(state, project, sitting)?.into_iter().map(range).collect())
}

pub(crate) fn report(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Reported = act.body()?;
    text(&body.conclusion)?;
    let (by, id, project, mut sitting) = sitting(act, &body.sitting, false)?;
    if sitting.recorder.as_ref().is_some_and(|recorder| *recorder != by.org) {
        return refusals::WITNESS_ROLE.err();
    }
    let ranges = ranges(act.state, &id, &body.sitting)?;
    let logs = sitting.logs(act.state, (&id, &body.sitting), &project.centre)?;
    let silent = without_log(act.state, &id, &body.sitting, &logs)?;
    let entries = logs.iter().fold(0u32, |sum, (_, log)| sum.saturating_add(log.entries));
    let only_host = logs.iter().all(|(venue, _)| *venue == project.centre);
    let lengths = logs.iter().map(|(venue, log)| VenueEntries { venue: venue.clone(), entries: log.entries });
    let venues = (only_host && body.venues.is_empty()) || lengths.eq(body.venues.iter().cloned());
    let something = entries > 0 || !ranges.is_empty();
    if !something
        || !venues
        || body.log_entries != entries
        || body.without_log != silent
        || body.incidents != sitting.incidents
        || body.cameras != ranges
    {
        let value = format!(
            "{entries} entries of {} venues, {} without a log, {} incidents, {} cameras",
            logs.len(),
            silent.len(),
            sitting.incidents.len(),
            ranges.len()
        );
        return Err(refusals::WITNESS_REPORT.because(value).into());
    }
    sitting.reported = Some(act.id);
    Ok(act.state.put(state_key::sitting(&id, &body.sitting), &sitting)?)
}
