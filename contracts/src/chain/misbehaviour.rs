//! The proof that a validator signed two things where it may sign one: on chain, so that nobody forgets it, and whoever votes
//! may take its vote.
//!
//! **Invariant:** what is kept was signed by a key that voted at that height. One proof a height and key, and so many of a key
//! as its other validators need to know.

use biaozheng_ledger::ids::{KeyId, RecordId};
use biaozheng_ledger::misbehaviour::Misbehaviour;

use crate::chain::limits::MISBEHAVIOUR_PROOFS_MAX;
use crate::chain::validators::validators_at;
use crate::chain::{refusals, state_key};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load_all};
use crate::parties::participant::{Role, author};

/// `validator.misbehaved/1`, by a centre or the regulator; the key of its node will do.
pub(crate) fn show(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let roles = [Role::CityCentre, Role::DistrictCentre, Role::Regulator];
    author(act.state, act.payload, act.block.height, &roles)?;
    let shown: Misbehaviour = act.body()?;
    shown.verify(&act.block.chain).map_err(|error| refusals::PROOF.because(error))?;
    let voted = if shown.height > act.block.height { None } else { validators_at(act.state, shown.height)? };
    if !voted.is_some_and(|set| set.all().iter().any(|one| one.key == shown.voter)) {
        return Err(refusals::VOTER.because(shown.voter).into());
    }
    let key = shown.voter.id();
    let place = state_key::misbehaviour(&key, shown.height);
    if act.state.get(&place)?.is_some() || proofs(act.state, &key)?.len() >= MISBEHAVIOUR_PROOFS_MAX {
        return Err(refusals::KNOWN.because(format!("block {}", shown.height)).into());
    }
    Ok(act.state.put(place, &act.id)?)
}

/// The records that prove misbehaviour of a key, in the order of heights.
pub(crate) fn proofs(state: &dyn StateRead, key: &KeyId) -> Result<Vec<RecordId>, StateFailure> {
    let rows = load_all(state, &state_key::misbehaviours(key), MISBEHAVIOUR_PROOFS_MAX)?;
    Ok(rows.into_iter().map(|(_, record)| record).collect())
}
