//! Whose nodes vote on blocks: the genesis' at first, then those the last `validators.changed/1` names.
//!
//! **Invariant:** the validators of a block follow from the state before it. The block that has a change is still decided by
//! those before; the next one by those it names.
//! **Invariant:** only nodes of the genesis vote, and one key votes for one node for ever.

use biaozheng_ledger::ids::{Height, KeyId, OrgId, RecordId};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::validator::{Validator, ValidatorSet};
use borsh::{BorshDeserialize, BorshSerialize};
use serde_json::{Value, json};

use crate::chain::limits::MISBEHAVIOUR_PROOFS_MAX;
use crate::chain::misbehaviour::proofs;
use crate::chain::state_key;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::parties::founding::Founding;

/// A voting node. One whose organisation the genesis does not name cannot agree to anything.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct VotingNode {
    pub(crate) node: String,
    pub(crate) org: Option<OrgId>,
    pub(crate) key: PublicKey,
}

/// The validators in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Validators {
    pub(crate) version: u8,
    /// Changes since the genesis.
    pub(crate) number: u32,
    /// The first block they decide.
    pub(crate) from: Height,
    pub(crate) all: Vec<VotingNode>,
    /// The change that named them.
    pub(crate) record: Option<RecordId>,
}

/// A node of the genesis.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct KnownNode {
    pub(crate) name: String,
    pub(crate) org: Option<OrgId>,
}

impl Validators {
    pub(crate) fn load(state: &dyn StateRead) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::validators())
    }

    fn set(all: &[VotingNode]) -> ValidatorSet {
        let one = |voting: &VotingNode| Validator { name: voting.node.clone(), key: voting.key };
        ValidatorSet::new(all.iter().map(one).collect())
    }
}

/// The key under which the validators stand in state: whoever keeps the set in memory looks for it among a block's changes.
#[must_use]
pub fn state_key_of_validators() -> Vec<u8> {
    state_key::validators()
}

/// Who decides the block at this height: the next one of this state, or one it has executed. `None` before the first block:
/// the genesis says.
///
/// # Errors
/// When the state cannot be read.
pub fn validators_at(state: &dyn StateRead, height: Height) -> Result<Option<ValidatorSet>, StateFailure> {
    let Some(mut one) = Validators::load(state)? else { return Ok(None) };
    while height < one.from && one.number > 0 {
        let before = load(state, &state_key::past_validators(one.number.saturating_sub(1)))?;
        one = before.ok_or_else(|| StateFailure("validators of the past are missing".into()))?;
    }
    Ok(Some(Validators::set(&one.all)))
}

/// The node whose key this is, now or once.
///
/// # Errors
/// When the state cannot be read.
pub fn node_of(state: &dyn StateRead, key: &KeyId) -> Result<Option<String>, StateFailure> {
    load(state, &state_key::voting_key(key))
}

/// True when a key's misbehaviour at a height is proven on chain, or its misbehaviour often enough.
///
/// # Errors
/// When the state cannot be read.
pub fn is_proven(state: &dyn StateRead, key: &KeyId, height: Height) -> Result<bool, StateFailure> {
    let known = state.get(&state_key::misbehaviour(key, height))?.is_some();
    Ok(known || proofs(state, key)?.len() >= MISBEHAVIOUR_PROOFS_MAX)
}

/// Enters the genesis' nodes.
pub(crate) fn found(state: &mut Overlay<'_>, founding: &Founding) -> Result<(), StateFailure> {
    let org_of = |name: &String| {
        let owner = founding.participants.iter().find(|one| one.nodes.contains(name));
        owner.map(|one| one.org.clone())
    };
    let (mut nodes, mut all) = (Vec::new(), Vec::new());
    for entry in &founding.nodes {
        let org = org_of(&entry.name);
        if let Some(key) = entry.consensus_key {
            state.put(state_key::voting_key(&key.id()), &entry.name)?;
            all.push(VotingNode { node: entry.name.clone(), org: org.clone(), key });
        }
        nodes.push(KnownNode { name: entry.name.clone(), org });
    }
    state.put(state_key::nodes(), &nodes)?;
    let from = Height::GENESIS.next();
    state.put(state_key::validators(), &Validators { version: 1, number: 0, from, all, record: None })
}

/// Who votes, as people read it. `None` before the first block.
///
/// # Errors
/// When the state cannot be read.
pub fn shown(state: &dyn StateRead) -> Result<Option<Value>, StateFailure> {
    let Some(now) = Validators::load(state)? else { return Ok(None) };
    let quorum = Validators::set(&now.all).quorum();
    let one = |one: &VotingNode| -> Result<Value, StateFailure> {
        let misbehaved = proofs(state, &one.key.id())?;
        Ok(json!({"node": one.node, "org": one.org, "key": one.key, "misbehaved": misbehaved}))
    };
    let all = now.all.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(json!({
        "number": now.number, "from_height": now.from, "record": now.record, "quorum": quorum, "validators": all,
    })))
}
