//! Recusals of a draw: on the grounds the rulebook lists, each leading to somebody it can lead to.
//!
//! **Invariant:** nobody is kept out of a draw by a ground of the host's own, nor for the sake of a stranger to the project.

use crate::rulebook::parameter::{Parameter, Words};
use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_draw::records::Recused;
use biaozheng_ledger::ids::{OrgId, ProjectId};

use crate::bidding::standing;
use crate::evaluation::limits::RECUSALS_MAX;
use crate::evaluation::{pool, refusals};
use crate::machine::refusal::Refusal;
use crate::machine::state::StateRead;
use crate::parties::participant::{Participant, Role};
use crate::project::Project;
use crate::rulebook::{RECUSAL_GROUNDS, Rulebook};

/// The rulebook's list, and the grounds it may list. All others of [`RECUSAL_GROUNDS`] lie between the expert and a bidder,
/// the tenderee or its agency; these between the expert and an authority.
const PARAMETER: &Parameter<Words> = &parameters::RECUSAL_GROUNDS;
const OF_AN_AUTHORITY: &[&str] = &["earlier_punishment", "supervising_authority"];

/// Refuses a recusal of an expert who is not in the pool, one given twice, one on another ground, one for another party.
pub(super) fn check(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    rulebook: &Rulebook,
    recused: &[Recused],
) -> Result<(), Refusal> {
    let different: BTreeSet<&Recused> = recused.iter().collect();
    if different.len() != recused.len() || recused.len() > RECUSALS_MAX {
        return refusals::DRAW_RECUSED.err();
    }
    if recused.is_empty() {
        return Ok(());
    }
    let bidders: BTreeSet<OrgId> =
        standing::bids(state, id)?.into_iter().map(|bid| bid.name.bidder).collect();
    for one in recused {
        if !pool::known(state, &one.expert)? {
            return Err(refusals::DRAW_RECUSED.because(&one.expert).into());
        }
        let ground = one.ground.as_str();
        if !may_be(rulebook, ground) {
            return Err(refusals::RECUSAL_GROUND.under(rulebook, ground).into());
        }
        let leads = if OF_AN_AUTHORITY.contains(&ground) {
            Participant::load(state, &one.party)?.is_some_and(|party| party.has(Role::Regulator))
        } else {
            bidders.contains(&one.party) || project.by_tenderee(&one.party).is_ok()
        };
        if !leads {
            let value = format!("{ground}: {}", one.party);
            return Err(refusals::RECUSAL_PARTY.under(rulebook, value).into());
        }
    }
    Ok(())
}

/// Every ground these contracts know, where the rulebook lists none.
fn may_be(rulebook: &Rulebook, ground: &str) -> bool {
    if rulebook.has(PARAMETER) {
        rulebook.lists(PARAMETER, ground)
    } else {
        RECUSAL_GROUNDS.contains(&ground)
    }
}
