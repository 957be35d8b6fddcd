//! The expert pool: pseudonyms, specialities, and commitments by which a recusal can be proved. No personal data.
//!
//! **Invariant:** nothing is removed. Every change raises the pool's version, and an expert is in the snapshot of each
//! version between enrolment and suspension: a draw can be replayed years later.

use std::collections::BTreeSet;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::limits::{POOL_LINKS_MAX, POOL_MAX, POOL_SPECIALITIES_MAX};
use crate::evaluation::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::parties::participant::{Role, author};
use biaozheng_draw::{ExpertId, PoolExpert, Region, Snapshot, Speciality};

/// `expert.enrolled/1`, by a centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// A pseudonym, never used for anybody else.
    pub expert: ExpertId,
    pub specialities: Vec<Speciality>,
    pub region: Region,
    /// [`link`] commitments, each with a salt of its own that the centre keeps.
    pub identity: DocumentDigest,
    pub employer: DocumentDigest,
    /// Organisations the expert owns part of or manages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub equity: Vec<DocumentDigest>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relatives: Vec<DocumentDigest>,
}

/// `expert.suspended/1`, by a centre: not drawn from here on.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    pub expert: ExpertId,
    pub reason: String,
}

/// What a commitment of an enrolment is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Identity,
    Employer,
    Equity,
    Relative,
}

/// `H("biaozheng/expert-link/v1", kind, salt, value)`; kind is `identity`, `employer`, `equity` or `relative`, value
/// the identity number or 统一社会信用代码. Opened only when a recusal is disputed.
#[must_use]
pub fn link(kind: Link, salt: &[u8; 32], value: &str) -> Digest {
    let kind = match kind {
        Link::Identity => "identity",
        Link::Employer => "employer",
        Link::Equity => "equity",
        Link::Relative => "relative",
    };
    FieldHasher::new("biaozheng/expert-link/v1")
        .field(kind.as_bytes())
        .field(salt)
        .field(value.as_bytes())
        .finish()
}

/// An expert in state.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Pooled {
    version: u8,
    entry: PoolExpert,
    employer: Digest,
    equity: Vec<Digest>,
    relatives: Vec<Digest>,
    by: OrgId,
    /// Pool versions: first in, first out again.
    from: u64,
    until: Option<u64>,
}

/// How often the pool changed, and how many were ever enrolled.
#[derive(Clone, Copy, Debug, Default, BorshSerialize, BorshDeserialize)]
struct Changes {
    version: u64,
    enrolled: u64,
}

fn changes(state: &dyn StateRead) -> Result<Changes, StateFailure> {
    Ok(load(state, &state_key::pool_changes())?.unwrap_or_default())
}

pub(crate) fn version(state: &dyn StateRead) -> Result<u64, StateFailure> {
    Ok(changes(state)?.version)
}

/// The pool as it was at a version.
pub(crate) fn snapshot(state: &dyn StateRead, version: u64) -> Result<Snapshot, StateFailure> {
    let all: Vec<(_, Pooled)> = load_all(state, state_key::POOL, POOL_MAX)?;
    let inside = |one: &Pooled| one.from <= version && one.until.is_none_or(|until| version < until);
    let experts = all.into_iter().map(|(_, one)| one).filter(inside).map(|one| one.entry).collect();
    Snapshot::new(experts).map_err(|error| StateFailure(error.to_string()))
}

const CENTRES: &[Role] = &[Role::CityCentre, Role::DistrictCentre];

pub(crate) fn enrol(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, CENTRES)?;
    let body: Enrolled = act.body()?;
    let different: BTreeSet<&Speciality> = body.specialities.iter().collect();
    let links = body.equity.len().max(body.relatives.len());
    if different.is_empty()
        || different.len() != body.specialities.len()
        || different.len() > POOL_SPECIALITIES_MAX
        || links > POOL_LINKS_MAX
    {
        return Err(refusals::EXPERT_FORM.because(&body.expert).into());
    }
    let key = state_key::pool_expert(body.expert.as_str());
    if act.state.get(&key)?.is_some() {
        return Err(refusals::EXPERT_EXISTS.because(&body.expert).into());
    }
    let mut changes = changes(act.state)?;
    if usize::try_from(changes.enrolled).is_ok_and(|count| count >= POOL_MAX) {
        return Err(refusals::EXPERT_FORM.because(format!("at most {POOL_MAX} in the pool")).into());
    }
    changes.version = changes.version.saturating_add(1);
    changes.enrolled = changes.enrolled.saturating_add(1);
    let digests = |list: &[DocumentDigest]| list.iter().map(|one| *one.digest()).collect();
    let mut specialities = body.specialities;
    specialities.sort();
    let pooled = Pooled {
        version: 1,
        employer: *body.employer.digest(),
        equity: digests(&body.equity),
        relatives: digests(&body.relatives),
        entry: PoolExpert { expert: body.expert, specialities, region: body.region, identity: body.identity },
        by: by.org,
        from: changes.version,
        until: None,
    };
    act.state.put(key, &pooled)?;
    Ok(act.state.put(state_key::pool_changes(), &changes)?)
}

pub(crate) fn suspend(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, CENTRES)?;
    let body: Suspended = act.body()?;
    text(&body.reason)?;
    let key = state_key::pool_expert(body.expert.as_str());
    let found: Option<Pooled> = load(act.state, &key)?;
    let standing = found.filter(|one| one.until.is_none());
    let mut pooled = standing.ok_or_else(|| Refusal::from(refusals::EXPERT_UNKNOWN.because(&body.expert)))?;
    let mut changes = changes(act.state)?;
    changes.version = changes.version.saturating_add(1);
    pooled.until = Some(changes.version);
    act.state.put(key, &pooled)?;
    Ok(act.state.put(state_key::pool_changes(), &changes)?)
}

/// True when an expert was ever enrolled under this pseudonym.
pub(crate) fn known(state: &dyn StateRead, expert: &ExpertId) -> Result<bool, StateFailure> {
    Ok(state.get(&state_key::pool_expert(expert.as_str()))?.is_some())
}
