//! What anyone may see of other chains' checkpoints here, and the dated policies that follow.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::limits::DATED_POLICIES_MAX;
use biaozheng_ledger::policy_history::{DatedPolicy, Dating, PolicyHistory};
use serde_json::{Value, json};

use crate::chain::anchoring::{Anchored, ChildChain};
use crate::chain::state_key;
use crate::machine::state::{StateFailure, StateRead};

fn anchored(one: &Anchored) -> Value {
    json!({
        "size": one.size, "root": Digest::sha256(one.root).to_string(), "record": one.record,
        "time_ms": one.time, "by": one.by,
    })
}

fn chain_view(chain: &ChainId, child: &ChildChain) -> Value {
    let retired = child.retired.as_ref();
    json!({
        "chain": chain, "title": child.title, "policy": child.policy,
        "genesis_remainder": child.remainder.to_string(),
        "registered": {"record": child.registered.0, "time_ms": child.registered.1},
        "retired": retired.map(|(record, time, next)| json!({"record": record, "time_ms": time, "successor": next})),
        "split": child.split, "newest": child.newest.as_ref().map(anchored), "count": child.count,
    })
}

/// A registered chain.
///
/// # Errors
/// When the state cannot be read.
pub fn chain(state: &dyn StateRead, chain: &ChainId) -> Result<Option<Value>, StateFailure> {
    Ok(ChildChain::load(state, chain)?.map(|child| chain_view(chain, &child)))
}

fn rows(
    state: &dyn StateRead,
    after: Option<&ChainId>,
    limit: usize,
) -> Result<Vec<(ChainId, ChildChain)>, StateFailure> {
    let after = after.map(state_key::child_chain);
    let decode = |(key, bytes): (Vec<u8>, Vec<u8>)| {
        let digits = key.strip_prefix(state_key::CHILD_CHAINS).and_then(|rest| str::from_utf8(rest).ok());
        let chain = digits.and_then(|digits| format!("sha256:{digits}").parse().ok());
        let chain: ChainId = chain.ok_or_else(|| StateFailure("a registered chain's key".into()))?;
        let child = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        Ok((chain, child))
    };
    state.scan(state_key::CHILD_CHAINS, after.as_deref(), limit)?.into_iter().map(decode).collect()
}

/// Registered chains in the order of their ids, after one.
///
/// # Errors
/// When the state cannot be read.
pub fn chains(
    state: &dyn StateRead,
    after: Option<&ChainId>,
    limit: usize,
) -> Result<Vec<(ChainId, Value)>, StateFailure> {
    let view = |(chain, child): (ChainId, ChildChain)| (chain, chain_view(&chain, &child));
    Ok(rows(state, after, limit)?.into_iter().map(view).collect())
}

/// The anchored checkpoints of a chain with at least `size` leaves, smallest first: the first one is what a certificate
/// of that tree is anchored by.
///
/// # Errors
/// When the state cannot be read.
pub fn checkpoints(
    state: &dyn StateRead,
    chain: &ChainId,
    size: u64,
    limit: usize,
) -> Result<Vec<(u64, Value)>, StateFailure> {
    let prefix = state_key::anchored_of(chain);
    let after = size.checked_sub(1).map(|before| state_key::anchored(chain, before));
    let decode = |(_, bytes): (Vec<u8>, Vec<u8>)| {
        let one: Anchored = borsh::from_slice(&bytes).map_err(|error| StateFailure(error.to_string()))?;
        Ok((one.size, anchored(&one)))
    };
    state.scan(&prefix, after.as_deref(), limit)?.into_iter().map(decode).collect()
}

/// The dated policies of all registered chains, as a verifier's file: an ended one asks for a proven date, since keys
/// that leak later can claim any time. `None` without a chain.
///
/// # Errors
/// When the state cannot be read, or has more chains than a file takes.
pub fn policies(state: &dyn StateRead) -> Result<Option<PolicyHistory>, StateFailure> {
    let rows = rows(state, None, DATED_POLICIES_MAX.saturating_add(1))?;
    if rows.is_empty() {
        return Ok(None);
    }
    let entry = |(chain, child): (ChainId, ChildChain)| {
        let policy = child.policy.parse();
        let policy = policy.map_err(|error| StateFailure(format!("the policy of {chain}: {error}")))?;
        let until = child.retired.as_ref().map(|(_, time, _)| *time);
        let dating = if until.is_some() { Dating::Proven } else { Dating::Claimed };
        // A chain is older than its registration, so nothing binds its beginning.
        Ok(DatedPolicy { policy, from: None, until, last_height: None, last_size: None, dating })
    };
    let entries = rows.into_iter().map(entry).collect::<Result<_, StateFailure>>()?;
    PolicyHistory::new(entries).map(Some).map_err(|error| StateFailure(error.to_string()))
}
