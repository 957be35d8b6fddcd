//! From the closed listing to the contract: the deal confirmed by both, the result made public.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{DocumentDigest, OrgId, TimeMs};
use serde::{Deserialize, Serialize};

use super::Act;
use crate::listing::refusals;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::text::text;
use crate::parties::participant::signer;
use crate::project::Project;
use crate::project::listing::Listing;
use crate::rulebook::{Procedure, Rulebook};

/// `deal.confirmed/1` (成交确认书), by the hosting centre, cosigned by the winner with its organisation's key. One record
/// for each lot that did not fail.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    pub lot: String,
    pub price: Amount,
    /// Digest of the confirmation.
    pub confirmation: DocumentDigest,
}

/// `result.publicised/1`, by the hosting centre or the seller.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResultPublicised {
    pub text: String,
    /// The lots that did not fail, in the order of the notice.
    pub lots: Vec<LotResult>,
}

/// Who buys a lot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotResult {
    pub lot: String,
    pub bidder: OrgId,
    pub price: Amount,
}

pub(crate) fn confirm(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Confirmed = act.body()?;
    let [winner] = act.payload.cosigners.as_slice() else { return refusals::DEAL.err() };
    let winner = signer(act.state, winner, act.block.height)?;
    let mut listing = Listing::expect(act.state, &id)?;
    let award = project.lot(&body.lot)?.award.clone();
    let lot = listing.lot_mut(&body.lot)?;
    let as_offered = award.is_some_and(|award| award.bidder == winner.org && award.price == body.price);
    if !as_offered || lot.confirmed {
        return Err(refusals::DEAL.because(&body.lot).into());
    }
    lot.confirmed = true;
    let failed = |id: &str| project.lots.iter().any(|lot| lot.id == id && lot.failed);
    let all = listing.lots.iter().all(|lot| lot.confirmed || failed(&lot.id));
    listing.store(act, &id)?;
    act.reached(&id, &mut project, if all { Stage::DealConfirmed } else { Stage::ListingClosed })
}

pub(crate) fn publicise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: ResultPublicised = act.body()?;
    text(&body.text)?;
    let sold = project.lots.iter().filter_map(|lot| {
        let award = lot.award.as_ref()?;
        Some(LotResult { lot: lot.id.clone(), bidder: award.bidder.clone(), price: award.price })
    });
    let sold: Vec<LotResult> = sold.collect();
    if body.lots != sold {
        return Err(refusals::LISTING_RESULT.because(format!("{} lots are sold", sold.len())).into());
    }
    let rulebook = project.pinned(act.state)?;
    if act.block.time
        > rulebook.after(&parameters::RESULT_PUBLICITY_MAX, project.time_of(Stage::ListingClosed))
    {
        act.note_late(&id, &mut project, parameters::RESULT_PUBLICITY_MAX.name);
    }
    act.reached(&id, &mut project, Stage::Awarded)
}

/// A listing's contract waits until its result was public long enough.
pub(crate) fn publicity_is_over(project: &Project, rulebook: &Rulebook, now: TimeMs) -> Result<(), Refusal> {
    if rulebook.procedure() != Procedure::Listing {
        return Ok(());
    }
    let earliest = rulebook.after(&parameters::PUBLICITY_MIN, project.time_of(Stage::Awarded));
    if now < earliest {
        let value = Spoken::earliest(&rulebook.text(&parameters::PUBLICITY_MIN), earliest);
        return Err(refusals::CONTRACT_PUBLICITY.saying_under(rulebook, value).into());
    }
    Ok(())
}
