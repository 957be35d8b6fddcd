//! A change of the validators: a node of the genesis that followed gets a vote, or one loses it.
//!
//! **Invariant:** a quorum of those who vote gives votes away, and whoever is new, or comes with another key, signs that the key
//! is its own: all with keys the city centre did not bring in.
//! **Invariant:** those who stay and sign can decide blocks alone, so a newcomer that is not up stops nothing; and their number
//! never falls below the four of which one may fail.

use std::collections::BTreeSet;

use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::limits::{SIGNATURES_PER_RECORD_MAX, VALIDATORS_MAX};
use biaozheng_ledger::validator::quorum_of;
use serde::{Deserialize, Serialize};

use crate::chain::limits::SMALLEST_OF_ONE_FAULT;
use crate::chain::validators::{KnownNode, Validators, VotingNode};
use crate::chain::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::load;
use crate::parties::participant::{Participant, Role, author};
use crate::parties::signing::signed_by;

/// `validators.changed/1`, by the city centre; cosigned as the invariants say.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// 1 for the first change; each counts one up, so that an old one is not taken again.
    pub number: u32,
    /// All who vote from the next block on, in the order in which they propose.
    pub validators: Vec<NamedValidator>,
}

/// A validator as the change names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedValidator {
    /// The node's name in the genesis.
    pub node: String,
    pub org: OrgId,
    /// Votes and proposals, nothing else.
    pub key: PublicKey,
}

pub(crate) fn change(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: Changed = act.body()?;
    let now = Validators::load(act.state)?.ok_or_else(|| refusals::NODE.because("none"))?;
    let next = now.number.saturating_add(1);
    if body.number != next {
        return Err(refusals::NUMBER.because(format!("{next} is next")).into());
    }
    // Those of a change vote before the next one: two in a block would let nobody stay who ever voted.
    if act.block.height < now.from {
        return Err(refusals::NUMBER.because(format!("after block {}", now.from)).into());
    }
    let all = named(act, &body.validators)?;
    if all == now.all {
        return Err(refusals::FORM.because("nothing changes").into());
    }
    let least = now.all.len().min(SMALLEST_OF_ONE_FAULT);
    let most = now.all.len().max(SIGNATURES_PER_RECORD_MAX);
    if all.len() < least || all.len() > most {
        return Err(refusals::SIZE.because(format!("{}, from {least} to {most}", all.len())).into());
    }
    agreed(act, &now, &all)?;
    for one in &all {
        claim(act, one)?;
    }
    act.state.put(state_key::past_validators(now.number), &now)?;
    let from = act.block.height.next();
    let changed = Validators { version: 1, number: next, from, all, record: Some(act.id) };
    Ok(act.state.put(state_key::validators(), &changed)?)
}

/// Each node once, of the genesis, and of an organisation that runs a trading centre.
fn named(act: &Act<'_, '_, '_>, validators: &[NamedValidator]) -> Result<Vec<VotingNode>, Refusal> {
    let known: Vec<KnownNode> = load(act.state, &state_key::nodes())?.unwrap_or_default();
    let (mut nodes, mut keys) = (BTreeSet::new(), BTreeSet::new());
    let mut all = Vec::new();
    for one in validators.iter().take(VALIDATORS_MAX.saturating_add(1)) {
        if !nodes.insert(&one.node) || !keys.insert(one.key) || one.key.prepare().is_err() {
            return Err(refusals::FORM.because(&one.node).into());
        }
        let stands = known.iter().any(|node| node.name == one.node && node.org.as_ref() == Some(&one.org));
        let centre = Participant::load(act.state, &one.org)?
            .is_some_and(|org| !org.revoked && (org.has(Role::CityCentre) || org.has(Role::DistrictCentre)));
        if !stands || !centre {
            return Err(refusals::NODE.because(format!("{} of {}", one.node, one.org)).into());
        }
        all.push(VotingNode { node: one.node.clone(), org: Some(one.org.clone()), key: one.key });
    }
    Ok(all)
}

/// The signatures of all that are new, of a quorum of those who vote now, and of so many that stay that they are a quorum of
/// the new set. An organisation counts as often as it votes, and only a key counts that the city centre did not bring in.
fn agreed(act: &Act<'_, '_, '_>, now: &Validators, all: &[VotingNode]) -> Result<(), Refusal> {
    let (_, own) = signed_by(act)?;
    let agrees = |one: &&VotingNode| one.org.as_ref().is_some_and(|org| own.contains(org));
    if let Some(new) = all.iter().find(|one| !now.all.contains(one) && !agrees(one)) {
        return Err(refusals::CONSENT.because(format!("{} did not sign", new.node)).into());
    }
    let (quorum, agree) = (quorum_of(now.all.len()), now.all.iter().filter(agrees).count());
    if agree < quorum {
        return Err(refusals::CONSENT.because(format!("{agree} of {quorum} agree")).into());
    }
    let (quorum, stay) =
        (quorum_of(all.len()), now.all.iter().filter(|one| all.contains(one) && agrees(one)).count());
    if stay < quorum {
        return Err(refusals::STAY.because(format!("{stay} of {quorum}")).into());
    }
    Ok(())
}

/// A key votes for one node for ever.
fn claim(act: &mut Act<'_, '_, '_>, one: &VotingNode) -> Result<(), Refusal> {
    let place = state_key::voting_key(&one.key.id());
    match load::<String>(act.state, &place)? {
        Some(node) if node != one.node => Err(refusals::KEY.because(format!("it is {node}'s")).into()),
        Some(_) => Ok(()),
        None => Ok(act.state.put(place, &one.node)?),
    }
}
