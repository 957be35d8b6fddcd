//! Other chains' checkpoints on this one: a district's chain is registered, its checkpoints are anchored as they grow,
//! and a split of it is kept.
//!
//! **Invariant:** a chain's id commits to its policy, so nobody registers a chain with another quorum than its own; of
//! one chain no two checkpoints stand here that contradict each other.

use biaozheng_ledger::anchoring::{AnchoredCheckpoint, AnchoringError, ChainTrust, check_growth};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::evidence::Conflict;
use biaozheng_ledger::ids::{ChainId, OrgId, RecordId, TimeMs};
use biaozheng_ledger::limits::ANCHORED_CHECKPOINT_BYTES_MAX;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::chain::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::parties::participant::{Role, author, signer};

/// `chain.registered/1`, by the city centre: from this block on the chain's checkpoints are taken.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainRegistered {
    pub chain: ChainId,
    /// Whose chain it is, in the centre's words.
    pub title: String,
    /// The policy text as the chain's certificates carry it: cosigners, log keys and quorum.
    pub policy: String,
    pub genesis_remainder: String,
}

/// `chain.retired/1`, by the city centre: from this block on nothing more of the chain is taken.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainRetired {
    pub chain: ChainId,
    /// The chain that goes on in its place, registered before: another quorum makes another chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<ChainId>,
    pub reason: String,
}

/// `chain.split_shown/1`, by any participant: two trees the chain's quorum signed that cannot both be true.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitShown {
    pub chain: ChainId,
    pub conflict: Conflict,
}

/// A registered chain in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct ChildChain {
    pub(crate) title: String,
    pub(crate) policy: String,
    pub(crate) remainder: Digest,
    pub(crate) registered: (RecordId, TimeMs),
    pub(crate) retired: Option<(RecordId, TimeMs, Option<ChainId>)>,
    /// The record that keeps the evidence.
    pub(crate) split: Option<RecordId>,
    pub(crate) newest: Option<Anchored>,
    pub(crate) count: u64,
}

/// An anchored checkpoint in state; its signatures are in the record.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Anchored {
    pub(crate) size: u64,
    pub(crate) root: [u8; 32],
    pub(crate) record: RecordId,
    pub(crate) time: TimeMs,
    pub(crate) by: OrgId,
}

impl ChildChain {
    pub(crate) fn load(state: &dyn StateRead, chain: &ChainId) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::child_chain(chain))
    }

    fn expect(state: &dyn StateRead, chain: &ChainId) -> Result<Self, Refusal> {
        Self::load(state, chain)?.ok_or_else(|| refusals::CHAIN_UNKNOWN.because(chain).into())
    }

    fn store(&self, act: &mut Act<'_, '_, '_>, chain: &ChainId) -> Result<(), Refusal> {
        Ok(act.state.put(state_key::child_chain(chain), self)?)
    }

    fn trust(&self, chain: &ChainId) -> Result<ChainTrust, StateFailure> {
        ChainTrust::of(*chain, &self.policy, &self.remainder)
            .map_err(|error| StateFailure(format!("the registered chain {chain}: {error}")))
    }
}

pub(crate) fn register(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: ChainRegistered = act.body()?;
    text(&body.title)?;
    if body.chain == act.block.chain {
        return refusals::CHAIN_OWN.err();
    }
    if ChildChain::load(act.state, &body.chain)?.is_some() {
        return refusals::CHAIN_EXISTS.err();
    }
    let remainder: Digest =
        body.genesis_remainder.parse().map_err(|_| refusals::CHAIN_FORM.because("genesis_remainder"))?;
    ChainTrust::of(body.chain, &body.policy, &remainder)
        .map_err(|error| refusals::CHAIN_FORM.because(error))?;
    let child = ChildChain {
        title: body.title,
        policy: body.policy,
        remainder,
        registered: (act.id, act.block.time),
        retired: None,
        split: None,
        newest: None,
        count: 0,
    };
    child.store(act, &body.chain)
}

pub(crate) fn retire(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: ChainRetired = act.body()?;
    text(&body.reason)?;
    let mut child = ChildChain::expect(act.state, &body.chain)?;
    if child.retired.is_some() {
        return refusals::CHAIN_RETIRED.err();
    }
    if let Some(successor) = &body.successor {
        let next = ChildChain::expect(act.state, successor)?;
        if *successor == body.chain || next.retired.is_some() {
            return refusals::CHAIN_SUCCESSOR.err();
        }
    }
    child.retired = Some((act.id, act.block.time, body.successor));
    child.store(act, &body.chain)
}

pub(crate) fn anchor(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let roles = [Role::CityCentre, Role::DistrictCentre];
    let by = author(act.state, act.payload, act.block.height, &roles)?;
    let body: AnchoredCheckpoint = act.body()?;
    let mut child = ChildChain::expect(act.state, &body.chain)?;
    if child.retired.is_some() {
        return refusals::CHAIN_RETIRED.err();
    }
    if let Some(evidence) = child.split {
        return Err(refusals::CHAIN_SPLIT.because(evidence).into());
    }
    let trust = child.trust(&body.chain)?;
    let refused = |error: AnchoringError| refusals::ANCHOR_CHECKPOINT.because(error);
    let (_, cosigned) = trust.checkpoint(&body.checkpoint).map_err(refused)?;
    let (size, root) = (cosigned.checkpoint.size, cosigned.checkpoint.root);
    if let Some(known) = load::<Anchored>(act.state, &state_key::anchored(&body.chain, size))?
        && known.root != root
    {
        let (first, second) = (Digest::sha256(known.root), Digest::sha256(root));
        let value = format!("size {size}: {first} stands in record {}, this one has {second}", known.record);
        return Err(refusals::ANCHOR_SPLIT.because(value).into());
    }
    match &child.newest {
        Some(newest) if size <= newest.size => {
            let value = format!("{size} leaves, {} are anchored", newest.size);
            return Err(refusals::ANCHOR_SIZE.because(value).into());
        }
        Some(newest) => {
            check_growth((newest.size, &newest.root), (size, &root), &body.consistency)
                .map_err(|error| refusals::ANCHOR_CONSISTENCY.because(error))?;
        }
        None if !body.consistency.is_empty() => {
            return Err(refusals::ANCHOR_CONSISTENCY.because("nothing is anchored before it").into());
        }
        None => {}
    }
    let anchored = Anchored { size, root, record: act.id, time: act.block.time, by: by.org };
    act.state.put(state_key::anchored(&body.chain, size), &anchored)?;
    child.newest = Some(anchored);
    child.count = child.count.saturating_add(1);
    child.store(act, &body.chain)
}

pub(crate) fn show_split(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    signer(act.state, &act.payload.author, act.block.height)?;
    let body: SplitShown = act.body()?;
    let mut child = ChildChain::expect(act.state, &body.chain)?;
    if let Some(evidence) = child.split {
        return Err(refusals::CHAIN_SPLIT.because(evidence).into());
    }
    let longest = body.conflict.first.len().max(body.conflict.second.len());
    if longest > ANCHORED_CHECKPOINT_BYTES_MAX {
        return Err(refusals::SPLIT_UNPROVEN.because(AnchoringError::Note).into());
    }
    let trust = child.trust(&body.chain)?;
    trust.split(&body.conflict).map_err(|error| refusals::SPLIT_UNPROVEN.because(error))?;
    child.split = Some(act.id);
    child.store(act, &body.chain)
}
