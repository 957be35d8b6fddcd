//! The closing: every number and reserve opened, the result recomputed by every node.
//!
//! A number takes no part when it turns out to be no active bidder, the seller, under a disqualifying credit event, or
//! one of several numbers of the same bidder. The highest offer of those left wins where it reaches the reserve.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::{Deserialize, Serialize};

use super::Act;
use crate::listing::{number_commitment, offers, refusals, reserve_commitment, state_key};
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load_all};
use crate::parties::credit;
use crate::parties::participant::{Participant, Role};
use crate::project::listing;
use crate::project::listing::{Listing, Number};
use crate::project::{Project, Ranked};
use crate::rulebook::limits::LISTING_NUMBERS_MAX;

/// `listing.closed/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Every registered number, in order.
    pub numbers: Vec<OpenedNumber>,
    /// Every lot in the order of the notice.
    pub lots: Vec<ClosedLot>,
}

/// Who a number is.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedNumber {
    pub number: OrgId,
    pub bidder: OrgId,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// How a lot ended.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedLot {
    pub lot: String,
    /// The hidden reserve price, where the notice committed to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<OpenedReserve>,
    /// None: the lot failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub winner: Option<Winner>,
}

/// A reserve price as committed.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenedReserve {
    pub amount: Amount,
    pub salt: String,
}

/// Who won, and at what price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Winner {
    pub number: OrgId,
    pub bidder: OrgId,
    pub price: Amount,
}

/// All numbers of a listing, in order.
pub(crate) fn numbers(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Number>, StateFailure> {
    let all = load_all(state, &state_key::listing_numbers(id), LISTING_NUMBERS_MAX)?;
    Ok(all.into_iter().map(|(_, number)| number).collect())
}

/// Who stands behind each number; refuses where the record does not open exactly the registered ones.
fn opened(id: &ProjectId, numbers: &[Number], given: &[OpenedNumber]) -> Result<Vec<OrgId>, Refusal> {
    if numbers.len() != given.len() {
        return Err(refusals::LISTING_NUMBERS.because(format!("{} are registered", numbers.len())).into());
    }
    let pairs = numbers.iter().zip(given);
    let open = |(known, one): (&Number, &OpenedNumber)| {
        let salt = offers::salt(&one.salt)?;
        let fits = known.number == one.number
            && number_commitment(id, &one.number, &one.bidder, &salt) == known.identity;
        if fits {
            Ok(one.bidder.clone())
        } else {
            Err(refusals::LISTING_NUMBERS.because(&known.number).into())
        }
    };
    pairs.map(open).collect()
}

fn may_take_part(act: &Act<'_, '_, '_>, project: &Project, bidder: &OrgId) -> Result<bool, StateFailure> {
    let known = Participant::load(act.state, bidder)?;
    let active = known.is_some_and(|one| !one.revoked && one.has(Role::Bidder));
    let events = credit::events(act.state, bidder)?;
    let barred = events.iter().any(|event| event.disqualifies(act.block.time));
    Ok(active && !barred && project.by_tenderee(bidder).is_err())
}

pub(crate) fn close(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Closed = act.body()?;
    let listing = Listing::expect(act.state, &id)?;
    offers::has_ended(&listing, act.block.time)?;
    let numbers = numbers(act.state, &id)?;
    let bidders = opened(&id, &numbers, &body.numbers)?;
    let mut eligible: Vec<(&Number, &OrgId)> = Vec::new();
    for (number, bidder) in numbers.iter().zip(&bidders) {
        if bidders.iter().filter(|other| *other == bidder).count() == 1
            && may_take_part(act, &project, bidder)?
        {
            eligible.push((number, bidder));
        }
    }
    let rulebook = project.pinned(act.state)?;
    let enough = eligible.len() as u64 >= rulebook.count(&parameters::LISTING_BIDDERS_MIN);
    if body.lots.len() != listing.lots.len() {
        return Err(refusals::LISTING_RESULT.because(format!("{} lots", listing.lots.len())).into());
    }
    for (listed, closed) in listing.lots.iter().zip(&body.lots) {
        let reserve = reserve(&id, listed, closed)?;
        let ranking = ranking(&listed.id, &eligible);
        let first = ranking.first().filter(|(_, first)| enough && first.price.get() >= reserve);
        let expected = first.map(|(number, first)| Winner {
            number: number.clone(),
            bidder: first.bidder.clone(),
            price: first.price,
        });
        if closed.lot != listed.id || closed.winner != expected {
            let value = expected
                .map_or_else(|| "failed".to_owned(), |one| format!("{} at {}", one.number, one.price.get()));
            let value = format!("{}: {value}", listed.id);
            return Err(if enough {
                refusals::LISTING_RESULT.because(value).into()
            } else {
                refusals::LISTING_RESULT.by(&rulebook, parameters::LISTING_BIDDERS_MIN.name, value).into()
            });
        }
        let lot = project.lot_mut(&listed.id)?;
        lot.failed = first.is_none();
        lot.award = first.map(|(_, first)| first.clone());
        lot.ranking = ranking.into_iter().map(|(_, ranked)| ranked).collect();
    }
    if project.lots.iter().all(|lot| lot.failed) {
        let article = rulebook.article(&parameters::LISTING_BIDDERS_MIN).unwrap_or_default();
        project.end_reason = if enough {
            "no offer reached the reserve".into()
        } else {
            format!("fewer than {} bidders ({article})", rulebook.text(&parameters::LISTING_BIDDERS_MIN))
        };
        return act.reached(&id, &mut project, Stage::Failed);
    }
    act.reached(&id, &mut project, Stage::ListingClosed)
}

/// The price a lot must reach.
fn reserve(id: &ProjectId, listed: &listing::ListedLot, closed: &ClosedLot) -> Result<u64, Refusal> {
    match (&listed.reserve, &closed.reserve) {
        (None, None) => Ok(listed.start.get()),
        (Some(committed), Some(opened))
            if reserve_commitment(id, &listed.id, opened.amount, &offers::salt(&opened.salt)?)
                == *committed =>
        {
            Ok(opened.amount.get())
        }
        _ => Err(refusals::LISTING_RESERVE.because(&listed.id).into()),
    }
}

/// Offers of a lot, best first. No two are equal: every offer was above the one before it.
fn ranking(lot: &str, eligible: &[(&Number, &OrgId)]) -> Vec<(OrgId, Ranked)> {
    let offer = |(number, bidder): &(&Number, &OrgId)| {
        let price = *number.offers.get(lot)?;
        let ranked = Ranked { bidder: (*bidder).clone(), number: 1, price, score: None };
        Some((number.number.clone(), ranked))
    };
    let mut offers: Vec<_> = eligible.iter().filter_map(offer).collect();
    offers.sort_by_key(|(_, ranked)| std::cmp::Reverse(ranked.price));
    offers
}
