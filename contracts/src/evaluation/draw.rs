//! The draw's request and its randomness: what is drawn is fixed before anybody can know the seed.
//!
//! **Invariant:** once a seed exists there is no second draw; replacements continue the first. A party that stays
//! silent is named by the next request, which starts with new commitments. Where there is a group, its beacon draws, and
//! a request keeps its label and its frozen terms until it is answered: some members know the value before it is on chain,
//! so whatever else could be drawn by their silence would be a second throw.

use crate::rulebook::parameter::{Count, Parameter};
use crate::rulebook::parameters;
use std::collections::BTreeSet;

pub use biaozheng_draw::Ground;
use biaozheng_draw::randomness::{self, Randomness, Reveal, Seed, Source};
pub use biaozheng_draw::records::{Committed, Recused, Requested, Revealed};
use biaozheng_draw::{ExpertId, Quota};
pub use biaozheng_draw::{Secret, secret_commitment};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::evaluation::beacon::GroupBeacon;
use crate::evaluation::limits::DRAW_QUOTAS_MAX;
use crate::evaluation::{beacon, committee, pool, refusals, state_key, terms};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text;
use crate::machine::text::text;
use crate::parties::participant::{Participant, Role, signer};
use crate::project;
use crate::project::Project;
use crate::rulebook::Rulebook;
use crate::rulebook::limits::DRAW_PARTIES_MAX;
use crate::sealing::group::Group;

mod recusal;

/// A party's part in the randomness.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Contribution {
    pub(crate) org: OrgId,
    pub(crate) commitment: Option<Digest>,
    pub(crate) value: Option<[u8; 32]>,
}

/// A draw in state.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Draw {
    pub(crate) version: u8,
    pub(crate) attempt: u32,
    pub(crate) request: RecordId,
    pub(crate) requested_at: TimeMs,
    pub(crate) size: u8,
    pub(crate) experts: u8,
    pub(crate) quotas: Vec<Quota>,
    pub(crate) pool: Digest,
    pub(crate) pool_version: u64,
    pub(crate) recused: Vec<Recused>,
    pub(crate) source: Source,
    pub(crate) contributions: Vec<Contribution>,
    /// When the last party committed.
    pub(crate) committed_at: Option<TimeMs>,
    pub(crate) seed: Option<Seed>,
    pub(crate) secret: Digest,
    pub(crate) blind: Option<Digest>,
    /// Opened after every score was sealed.
    pub(crate) blind_secret: Option<[u8; 32]>,
    /// Commitment to the drawn list, renewed with every replacement.
    pub(crate) list: Option<Digest>,
    /// Attempt and party.
    pub(crate) silent: Vec<(u32, OrgId)>,
    pub(crate) disclosed: Option<RecordId>,
}

/// What a request finds of those before it.
struct Before {
    attempt: u32,
    silent: Vec<(u32, OrgId)>,
}

impl Draw {
    pub(crate) fn load(state: &dyn StateRead, id: &ProjectId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::draw(id))
    }

    pub(crate) fn store(&self, act: &mut Act<'_, '_, '_>, id: &ProjectId) -> Result<(), Refusal> {
        Ok(act.state.put(state_key::draw(id), self)?)
    }

    pub(crate) fn recused_experts(&self) -> BTreeSet<ExpertId> {
        self.recused.iter().map(|one| one.expert.clone()).collect()
    }

    /// The end of the time in which this phase's contributions count.
    fn window_end(&self, rulebook: &Rulebook) -> Option<TimeMs> {
        rulebook
            .optional_after(&parameters::RANDOMNESS_WINDOW, self.committed_at.unwrap_or(self.requested_at))
    }

    /// Those who have not done their part of the present phase.
    pub(crate) fn missing(&self) -> Vec<OrgId> {
        let revealing = self.committed_at.is_some();
        let lacks =
            |one: &&Contribution| if revealing { one.value.is_none() } else { one.commitment.is_none() };
        self.contributions.iter().filter(lacks).map(|one| one.org.clone()).collect()
    }

    /// Keeps a draw that got its seed from the beacon. The group's answer never comes too late, but late it may be.
    pub(super) fn answered(
        &self,
        act: &mut Act<'_, '_, '_>,
        id: &ProjectId,
        project: &mut Project,
    ) -> Result<(), Refusal> {
        act.state.remove(project::state_key::waiting_draw(id));
        let rulebook = project.pinned(act.state)?;
        if self.window_end(&rulebook).is_some_and(|end| act.block.time > end) {
            act.note_late(id, project, parameters::RANDOMNESS_WINDOW.name);
            project.store(act.state, id)?;
        }
        self.store(act, id)
    }
}

/// The request of a draw that waits for the beacon, while its project is where it can be drawn.
pub(crate) fn waiting_for_beacon(
    state: &dyn StateRead,
    id: &ProjectId,
) -> Result<Option<RecordId>, StateFailure> {
    let opened = Project::load(state, id)?.is_some_and(|project| project.stage == Stage::Opened);
    let draw = Draw::load(state, id)?.filter(|draw| opened && draw.seed.is_none());
    Ok(draw.filter(|draw| matches!(draw.source, Source::Beacon {})).map(|draw| draw.request))
}

pub(crate) fn request(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let rulebook = project.pinned(act.state)?;
    if rulebook.optional_count(&parameters::RANDOMNESS_CENTRES_MIN).is_none() || !project.committee.is_empty()
    {
        return refusals::DRAW_NOT_OFFERED.err();
    }
    let body: Requested = act.body()?;
    text(&body.label)?;
    let before = Draw::load(act.state, &id)?;
    let group = Group::sealing(act.state)?.is_some();
    let before = after_failed(before, &body, &rulebook, act.block.time, group)?;
    if group && matches!(body.source, Source::CommitReveal { .. }) {
        let value = rulebook.text(&parameters::RANDOMNESS_WINDOW);
        return Err(refusals::DRAW_BEACON_FIRST.under(&rulebook, value).into());
    }
    let attempt = before.attempt;
    let draw = fixed(act, &id, &project, &rulebook, body, before)?;
    if matches!(draw.source, Source::Beacon {}) {
        beacon::wait(act, &id)?;
    } else {
        act.state.remove(project::state_key::waiting_draw(&id));
    }
    let latest = draw.silent.iter().any(|(of, _)| of.saturating_add(1) == attempt);
    draw.store(act, &id)?;
    if latest {
        act.note_late(&id, &mut project, parameters::RANDOMNESS_WINDOW.name);
    }
    act.reached(&id, &mut project, Stage::Opened)
}

/// A second request needs a first that failed, and names who was silent. A request for the beacon does not fail.
fn after_failed(
    before: Option<Draw>,
    body: &Requested,
    rulebook: &Rulebook,
    now: TimeMs,
    group: bool,
) -> Result<Before, Refusal> {
    let Some(before) = before else {
        let first = Before { attempt: 1, silent: Vec::new() };
        return if body.silent.is_empty() { Ok(first) } else { refusals::DRAW_SILENT.err() };
    };
    if before.seed.is_some() {
        return refusals::DRAW_SETTLED.err();
    }
    if group && matches!(before.source, Source::Beacon {}) {
        return Err(refusals::DRAW_BEACON_STANDS.because(before.request).into());
    }
    let end = before.window_end(rulebook).filter(|end| now > *end);
    if end.is_none() {
        let value = rulebook.text(&parameters::RANDOMNESS_WINDOW);
        return Err(refusals::DRAW_PENDING.under(rulebook, value).into());
    }
    let (missing, named): (BTreeSet<_>, BTreeSet<_>) =
        (before.missing().into_iter().collect(), body.silent.iter().cloned().collect());
    if missing != named || named.len() != body.silent.len() {
        return Err(refusals::DRAW_SILENT.because(format!("{} were silent", missing.len())).into());
    }
    let mut silent = before.silent;
    silent.extend(missing.into_iter().map(|org| (before.attempt, org)));
    Ok(Before { attempt: before.attempt.saturating_add(1), silent })
}

/// Checks what the request fixes.
fn fixed(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    body: Requested,
    before: Before,
) -> Result<Draw, Refusal> {
    committee::composition(rulebook, usize::from(body.size), usize::from(body.experts))?;
    let pool_version = pool::version(act.state)?;
    let snapshot = pool::snapshot(act.state, pool_version)?;
    if snapshot.digest() != *body.pool.digest() {
        return Err(refusals::DRAW_POOL.because(snapshot.digest()).into());
    }
    recusal::check(act.state, id, project, rulebook, &body.recused)?;
    let out: BTreeSet<ExpertId> = body.recused.iter().map(|one| one.expert.clone()).collect();
    let mut wanted = 0usize;
    for quota in &body.quotas {
        wanted = wanted.saturating_add(usize::from(quota.count));
        // Even when every earlier pick takes a candidate of this quota, enough are left: a seed never meets a draw
        // that cannot be done.
        if quota.count == 0 || snapshot.eligible(quota, &out) < wanted {
            return Err(refusals::DRAW_QUOTAS.because(&quota.speciality).into());
        }
    }
    if wanted != usize::from(body.experts) || body.quotas.len() > DRAW_QUOTAS_MAX {
        return Err(refusals::DRAW_QUOTAS.because(format!("{wanted} of {}", body.experts)).into());
    }
    let blind = !terms::of(act.state, id)?.blind.is_empty();
    if blind != body.blind.is_some() {
        return refusals::DRAW_BLIND.err();
    }
    let contributions = parties(act, project, rulebook, &body.source)?;
    Ok(Draw {
        version: 3,
        attempt: before.attempt,
        request: act.id,
        requested_at: act.block.time,
        size: body.size,
        experts: body.experts,
        quotas: body.quotas,
        pool: *body.pool.digest(),
        pool_version,
        recused: body.recused,
        source: body.source,
        contributions,
        committed_at: None,
        seed: None,
        secret: *body.secret.digest(),
        blind: body.blind.map(|blind| *blind.digest()),
        blind_secret: None,
        list: None,
        silent: before.silent,
        disclosed: None,
    })
}

/// Enough centres and regulators, each once; the tender's own side is not among them.
fn parties(
    act: &Act<'_, '_, '_>,
    project: &Project,
    rulebook: &Rulebook,
    source: &Source,
) -> Result<Vec<Contribution>, Refusal> {
    let Source::CommitReveal { parties } = source else { return Ok(Vec::new()) };
    let different: BTreeSet<&OrgId> = parties.iter().collect();
    let (mut centres, mut regulators) = (0u64, 0u64);
    for org in &different {
        let found = Participant::load(act.state, org)?.filter(|one| !one.revoked);
        match found {
            Some(one) if one.has(Role::Regulator) => regulators = regulators.saturating_add(1),
            Some(one) if one.has(Role::CityCentre) || one.has(Role::DistrictCentre) => {
                centres = centres.saturating_add(1);
            }
            _ => return Err(refusals::RANDOMNESS_PARTIES.because(org).into()),
        }
    }
    let least = |row: &Parameter<Count>| rulebook.optional_count(row).unwrap_or(0);
    if different.len() != parties.len()
        || parties.len() > DRAW_PARTIES_MAX
        || centres < least(&parameters::RANDOMNESS_CENTRES_MIN)
        || regulators < least(&parameters::RANDOMNESS_REGULATORS_MIN)
        || different.iter().any(|org| project.by_tenderee(org).is_ok())
    {
        let value = format!("{centres} centres, {regulators} regulators");
        let few = regulators < least(&parameters::RANDOMNESS_REGULATORS_MIN);
        let rule = if few {
            parameters::RANDOMNESS_REGULATORS_MIN.name
        } else {
            parameters::RANDOMNESS_CENTRES_MIN.name
        };
        return Err(refusals::RANDOMNESS_PARTIES.by(rulebook, rule, value).into());
    }
    Ok(different
        .into_iter()
        .map(|org| Contribution { org: org.clone(), commitment: None, value: None })
        .collect())
}

/// The draw a contribution belongs to, while its time runs.
fn open(act: &Act<'_, '_, '_>) -> Result<(ProjectId, Draw, OrgId), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let id = act.project_id()?;
    let project = Project::expect(act.state, &id)?;
    act.rule()?.at(&project)?;
    let draw = Draw::load(act.state, &id)?.ok_or_else(|| Refusal::from(refusals::DRAW_NONE.reject()))?;
    act.follows(Some(draw.request))?;
    if draw.seed.is_some() {
        return refusals::DRAW_SETTLED.err();
    }
    let rulebook = project.pinned(act.state)?;
    let beacon = matches!(draw.source, Source::Beacon {});
    if !beacon && draw.window_end(&rulebook).is_none_or(|end| act.block.time > end) {
        let value = rulebook.text(&parameters::RANDOMNESS_WINDOW);
        return Err(refusals::RANDOMNESS_WINDOW.under(&rulebook, value).into());
    }
    Ok((id, draw, by.org))
}

pub(crate) fn commit(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut draw, org) = open(act)?;
    let body: Committed = act.body()?;
    let own = draw.contributions.iter_mut().find(|one| one.org == org);
    let own = own.ok_or_else(|| Refusal::from(refusals::RANDOMNESS_PARTY.because(&org)))?;
    if own.commitment.is_some() {
        return refusals::RANDOMNESS_ONCE.err();
    }
    own.commitment = Some(*body.commitment.digest());
    if draw.contributions.iter().all(|one| one.commitment.is_some()) {
        draw.committed_at = Some(act.block.time);
    }
    draw.store(act, &id)
}

pub(crate) fn reveal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut draw, org) = open(act)?;
    let body: Revealed = act.body()?;
    let label = randomness::label(&id, &draw.request);
    let randomness = match (&draw.source, body.value, body.signature) {
        (Source::CommitReveal { .. }, Some(value), None) => {
            contribute(&mut draw, &label, &org, &value)?;
            if !draw.missing().is_empty() {
                return draw.store(act, &id);
            }
            let reveal = |one: &Contribution| Some(Reveal { org: one.org.clone(), value: one.value? });
            Randomness::CommitReveal { reveals: draw.contributions.iter().filter_map(reveal).collect() }
        }
        (Source::Beacon {}, None, Some(signature)) => {
            let signature = hex::decode(&signature).ok().filter(|bytes| bytes.len() <= 192);
            let signature = signature.ok_or_else(|| Refusal::from(refusals::RANDOMNESS_BEACON.reject()))?;
            Randomness::Beacon { signature }
        }
        _ => return refusals::RANDOMNESS_COMMITMENT.err(),
    };
    let seed = randomness.seed(&label, &GroupBeacon::on_chain(act)?);
    draw.seed = Some(seed.map_err(|error| refusals::RANDOMNESS_BEACON.because(error))?);
    if matches!(draw.source, Source::Beacon {}) {
        let mut project = Project::expect(act.state, &id)?;
        return draw.answered(act, &id, &mut project);
    }
    draw.store(act, &id)
}

/// One party's value, which must open its commitment.
fn contribute(draw: &mut Draw, label: &Digest, org: &OrgId, value: &str) -> Result<(), Refusal> {
    let waiting = draw.committed_at.is_none();
    let own = draw.contributions.iter_mut().find(|one| one.org == *org);
    let own = own.ok_or_else(|| Refusal::from(refusals::RANDOMNESS_PARTY.because(org)))?;
    if waiting {
        return refusals::RANDOMNESS_WAIT.err();
    }
    if own.value.is_some() {
        return refusals::RANDOMNESS_ONCE.err();
    }
    let value = text::secret(value)?;
    if own.commitment != Some(randomness::commitment(label, org, &value)) {
        return refusals::RANDOMNESS_COMMITMENT.err();
    }
    own.value = Some(value);
    Ok(())
}
