//! Who applied in a prequalification, in state.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, ProjectId, RecordId};
use borsh::{BorshDeserialize, BorshSerialize};

use crate::bidding::admission::EVERY_LOT;
use crate::bidding::state_key;
use crate::machine::state::{StateFailure, StateRead, load};

/// An application in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Application {
    pub(crate) record: RecordId,
    pub(crate) commitment: Digest,
    pub(crate) lots: Vec<String>,
}

/// True when a bidder applied for a lot; of a list for every lot nobody had to apply.
pub(crate) fn has_applied(
    state: &dyn StateRead,
    id: &ProjectId,
    scope: &str,
    bidder: &OrgId,
) -> Result<bool, StateFailure> {
    if scope == EVERY_LOT {
        return Ok(true);
    }
    let found: Option<Application> = load(state, &state_key::application(id, bidder))?;
    Ok(found.is_some_and(|one| one.lots.iter().any(|lot| lot == scope)))
}
