//! One record, one verdict: who may, in which order, then the act itself.

use biaozheng_ledger::genesis::{Genesis, NodeEntry};
use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, TimeMs};
use biaozheng_ledger::json::{StrictJsonError, from_value};
use biaozheng_ledger::record::VerifiedRecord;

use crate::acts;
use crate::participant::{GenesisParticipant, HeldKey, Participant, claim_key};
use crate::project::{self, Stage};
use crate::reject::{self, Refusal, Reject};
use crate::state::{Overlay, StateFailure};
use crate::state_key;
use crate::validators;

/// The block a record is executed in.
#[derive(Clone, Copy, Debug)]
pub struct BlockContext {
    pub chain: ChainId,
    pub height: Height,
    pub time: TimeMs,
}

/// What happened, for those who follow along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A project reached another stage.
    Stage { project: ProjectId, stage: Stage },
    /// A legal deadline was missed; the record stands all the same.
    Late { project: ProjectId, rule: String },
}

/// What an accepted record did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub project: Option<ProjectId>,
    pub position_in_project: Option<u64>,
    pub events: Vec<Event>,
}

/// Checks that need no state: the type is known and its body has the right form.
///
/// # Errors
/// [`Reject`].
pub fn check(record: &VerifiedRecord) -> Result<(), Reject> {
    acts::check(record.payload())
}

/// Executes a record. The state is unchanged unless the result is `Ok`.
///
/// # Errors
/// [`Refusal::Reject`] for the record's fault, [`Refusal::Failure`] for ours.
pub fn execute(
    state: &mut Overlay<'_>,
    block: &BlockContext,
    record: &VerifiedRecord,
) -> Result<Outcome, Refusal> {
    let mut attempt = Overlay::new(&*state);
    let mut outcome = Outcome::default();
    acts::execute(&mut attempt, block, record, &mut outcome.events)?;
    if let Some(project) = &record.payload().project {
        outcome.position_in_project = Some(project::append(&mut attempt, project, &record.id())?);
        outcome.project = Some(project.clone());
    }
    let changes = attempt.into_changes();
    state.absorb(changes);
    Ok(outcome)
}

/// What the contracts read in a genesis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Founding {
    pub participants: Vec<GenesisParticipant>,
    pub nodes: Vec<NodeEntry>,
}

impl Founding {
    /// # Errors
    /// When a participant is not of the form the contracts expect.
    pub fn of(genesis: &Genesis) -> Result<Self, StrictJsonError> {
        let participants = genesis.rest.participants.iter().map(from_value).collect::<Result<_, _>>()?;
        Ok(Self { participants, nodes: genesis.rest.nodes.clone() })
    }
}

/// Enters the genesis' participants and validators; part of executing the first block.
///
/// # Errors
/// When the state cannot be read, or the genesis repeats a key.
pub fn apply_genesis(state: &mut Overlay<'_>, founding: &Founding) -> Result<(), StateFailure> {
    for one in &founding.participants {
        for key in &one.keys {
            claim_key(state, &one.org, key).map_err(|refusal| match refusal {
                Refusal::Failure(failure) => failure,
                Refusal::Reject(_) => StateFailure(format!("the genesis gives {} a key twice", one.org)),
            })?;
        }
        let held = |key: &_| HeldKey::new(*key, Height::GENESIS, None);
        Participant {
            version: 1,
            org: one.org.clone(),
            name: one.name.clone(),
            commitment: None,
            roles: one.roles.clone(),
            keys: one.keys.iter().map(held).collect(),
            revoked: false,
            revocation: None,
        }
        .store(state)?;
    }
    let founds =
        |one: &&GenesisParticipant| one.roles.iter().any(|role| Participant::FOUNDING.contains(role));
    let founders: Vec<OrgId> =
        founding.participants.iter().filter(founds).map(|one| one.org.clone()).collect();
    state.put(state_key::founders(), &founders)?;
    validators::found(state, founding)
}

/// Plain text of people: bounded, no control characters.
pub(crate) fn text(value: &str) -> Result<(), Reject> {
    let bad = |c: char| c.is_control() && c != '\n';
    if value.trim().is_empty() || value.len() > crate::limits::TEXT_BYTES_MAX || value.chars().any(bad) {
        return Err(reject::TEXT.reject());
    }
    Ok(())
}
