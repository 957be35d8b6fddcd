//! All bids of a project that stand.

use biaozheng_ledger::ids::ProjectId;

use crate::bidding::bid::Bid;
use crate::bidding::state_key;
use crate::machine::state::{StateFailure, StateRead, load_all};
use crate::project::limits::LOTS_MAX;
use crate::rulebook::limits::BIDS_PER_LOT_MAX;

/// All bids that stand, whether or not they could be read.
pub(crate) fn bids(state: &dyn StateRead, project: &ProjectId) -> Result<Vec<Bid>, StateFailure> {
    // The bidders, and as many further offers.
    let most = BIDS_PER_LOT_MAX.saturating_mul(2).saturating_mul(LOTS_MAX);
    let all: Vec<(_, Bid)> = load_all(state, &state_key::bids(project), most)?;
    Ok(all.into_iter().map(|(_, bid)| bid).filter(|bid| !bid.withdrawn).collect())
}
