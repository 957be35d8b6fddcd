//! Ascending listings (挂牌, 拍卖): land-use and mining rights, state-owned assets, auctions.
//!
//! One engine: a notice, numbers under which bidders offer, rising offers, the closing every node recomputes, the deal.
//! **Invariant:** until the listing has ended no record names a bidder: a number is a pseudonym with a key of its own, and
//! who stands behind it is a salted commitment that the closing opens.

pub(crate) mod refusals;
pub(crate) mod state_key;
pub mod view;

use crate::rulebook::parameter;
use crate::rulebook::parameter::{Duration, Parameter};
use crate::rulebook::parameters;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, TimeMs};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::refusals::BODY;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::text::text;
use crate::project::Lot;
use crate::project::limits::LOTS_MAX;
use crate::project::listing::{AssetKind, ListedLot, Listing};
use crate::project::refusals::LOTS;
use crate::rulebook::{Procedure, Rulebook, pins};
use crate::tender;
use crate::tender::origin;
use crate::tender::refusals::CURRENCY;

pub mod close;
pub mod deal;
pub mod offers;

/// A lot on offer.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedLot {
    pub id: String,
    pub title: String,
    /// 起始价
    pub starting_price: Amount,
    /// 增价幅度
    pub increment: Amount,
    /// [`reserve_commitment`] to a hidden reserve price (底价). Without one the starting price is the reserve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserve: Option<DocumentDigest>,
}

/// `listing.published/1`, by the seller: the project's tenderee or its agency.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub rulebook: DocumentDigest,
    /// The hosting centre's newest text that tightens this rulebook, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tightening: Option<DocumentDigest>,
    pub currency: String,
    pub notice: String,
    pub asset: AssetKind,
    pub lots: Vec<PublishedLot>,
    /// 保证金, for each bidder; 0 for none.
    pub bond: Amount,
    pub registration_until_ms: TimeMs,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewing_from_ms: Option<TimeMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewing_until_ms: Option<TimeMs>,
    pub listing_from_ms: TimeMs,
    pub listing_until_ms: TimeMs,
}

/// The commitment to who stands behind a bidder number.
#[must_use]
pub fn number_commitment(project: &ProjectId, number: &OrgId, bidder: &OrgId, salt: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/listing-number/v1")
        .field(project.as_str().as_bytes())
        .field(number.as_str().as_bytes())
        .field(bidder.as_str().as_bytes())
        .field(salt)
        .finish()
}

/// The commitment to a lot's hidden reserve price.
#[must_use]
pub fn reserve_commitment(project: &ProjectId, lot: &str, reserve: Amount, salt: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/listing-reserve/v1")
        .field(project.as_str().as_bytes())
        .field(lot.as_bytes())
        .number(reserve.get())
        .field(salt)
        .finish()
}

pub(crate) fn publish(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Published = act.body()?;
    let digest = *body.rulebook.digest();
    let (id, mut project, _) = act.step_under(&act.rule_under(&digest)?)?;
    text(&body.notice)?;
    let named = body.tightening.map(|digest| *digest.digest());
    let rulebook = pins::pin(act.state, &id, &project.centre, digest, named)?;
    rulebook.is_for(Procedure::Listing)?;
    origin::check_approval(act.state, &id, &rulebook)?;
    check_lots(&body, &rulebook)?;
    check_times(&body, &rulebook, act.block.time)?;
    let listing = Listing {
        asset: body.asset,
        bond: body.bond,
        registration_until: body.registration_until_ms,
        from: body.listing_from_ms,
        numbers: 0,
        lots: body
            .lots
            .iter()
            .map(|lot| ListedLot {
                id: lot.id.clone(),
                start: lot.starting_price,
                increment: lot.increment,
                reserve: lot.reserve.map(|digest| *digest.digest()),
                end: body.listing_until_ms,
                best: None,
                offers: 0,
                confirmed: false,
            })
            .collect(),
    };
    listing.store(act, &id)?;
    let lots = body.lots.into_iter();
    project.lots = lots.map(|lot| Lot::new(lot.id, lot.title, lot.starting_price, None)).collect();
    project.rulebook = Some(digest);
    project.deadline = body.listing_until_ms;
    project.terms = Some(act.id);
    act.reached(&id, &mut project, Stage::Listed)
}

fn check_lots(body: &Published, rulebook: &Rulebook) -> Result<(), Refusal> {
    let ids: BTreeSet<&str> = body.lots.iter().map(|lot| lot.id.as_str()).collect();
    let fit = !ids.is_empty() && ids.len() == body.lots.len() && ids.len() <= LOTS_MAX;
    if !fit || !ids.iter().all(|id| tender::is_lot_id(id)) {
        return LOTS.err();
    }
    body.lots.iter().try_for_each(|lot| text(&lot.title))?;
    if body.currency != rulebook.currency() {
        return Err(CURRENCY.under(rulebook, format!("needs {}", rulebook.currency())).into());
    }
    if !rulebook.lists(&parameters::ASSET_KINDS, body.asset.word()) {
        return Err(refusals::LISTING_ASSET.under(rulebook, rulebook.text(&parameters::ASSET_KINDS)).into());
    }
    if body.lots.iter().any(|lot| lot.starting_price.get() == 0 || lot.increment.get() == 0) {
        return refusals::LISTING_PRICE.err();
    }
    if body.lots.iter().any(|lot| lot.reserve.is_some())
        && !rulebook.flag(&parameters::LISTING_RESERVE_HIDDEN)
    {
        return Err(refusals::LISTING_HIDDEN
            .under(rulebook, rulebook.text(&parameters::LISTING_RESERVE_HIDDEN))
            .into());
    }
    let start = starting_sum(body)?;
    if let Some(least) =
        rulebook.optional_count(&parameters::LISTING_BOND_MIN_PERMILLE).map(|share| start.permille(share))
        && body.bond.get() < least
    {
        return Err(refusals::LISTING_BOND_LOW.under(rulebook, format!("at least {least}")).into());
    }
    if let Some(most) =
        rulebook.optional_count(&parameters::LISTING_BOND_MAX_PERMILLE).map(|share| start.permille(share))
        && body.bond.get() > most
    {
        return Err(refusals::LISTING_BOND.under(rulebook, format!("at most {most}")).into());
    }
    Ok(())
}

fn starting_sum(body: &Published) -> Result<Amount, Refusal> {
    Ok(Amount::new(sum(&body.lots)).map_err(|error| BODY.because(error))?)
}

fn sum(lots: &[PublishedLot]) -> u64 {
    lots.iter().fold(0, |sum, lot| sum.saturating_add(lot.starting_price.get()))
}

/// The parameter that bounds this notice: of its kind of asset and its size, where the rulebook has one.
#[must_use]
pub fn notice_parameter(body: &Published, rulebook: &Rulebook) -> &'static Parameter<Duration> {
    let sum = sum(&body.lots);
    let above = |limit: &Parameter<parameter::Amount>| {
        rulebook.optional_count(limit).is_some_and(|limit| sum > limit)
    };
    let chosen = match body.asset {
        AssetKind::Equity => &parameters::NOTICE_EQUITY_MIN,
        AssetKind::CapitalIncrease => &parameters::NOTICE_CAPITAL_INCREASE_MIN,
        AssetKind::Assets if above(&parameters::NOTICE_ASSETS_LARGE_ABOVE) => {
            &parameters::NOTICE_ASSETS_LARGE_MIN
        }
        AssetKind::Assets if above(&parameters::NOTICE_ASSETS_ABOVE) => &parameters::NOTICE_ASSETS_MIN,
        _ => &parameters::LISTING_NOTICE_MIN,
    };
    if rulebook.has(chosen) { chosen } else { &parameters::LISTING_NOTICE_MIN }
}

fn check_times(body: &Published, rulebook: &Rulebook, now: TimeMs) -> Result<(), Refusal> {
    let notice = notice_parameter(body, rulebook);
    let earliest = rulebook.after(notice, now);
    if body.listing_from_ms < earliest {
        let value = Spoken::earliest(&rulebook.text(notice), earliest);
        return Err(refusals::LISTING_NOTICE.saying(value).by_rule(rulebook, notice.name).into());
    }
    let earliest = rulebook.after(&parameters::LISTING_PERIOD_MIN, body.listing_from_ms);
    let in_order = body.registration_until_ms > now && body.registration_until_ms <= body.listing_until_ms;
    if body.listing_until_ms < earliest || body.listing_until_ms > TimeMs::MAX || !in_order {
        let value = Spoken::earliest(&rulebook.text(&parameters::LISTING_PERIOD_MIN), earliest);
        return Err(refusals::LISTING_PERIOD.saying_under(rulebook, value).into());
    }
    if !rulebook.has(&parameters::VIEWING_MIN) {
        return Ok(());
    }
    let shown = match (body.viewing_from_ms, body.viewing_until_ms) {
        (Some(from), Some(until)) => {
            from >= now
                && until >= rulebook.after(&parameters::VIEWING_MIN, from)
                && until <= body.listing_from_ms
        }
        _ => false,
    };
    if !shown {
        return Err(refusals::LISTING_VIEWING
            .under(rulebook, rulebook.text(&parameters::VIEWING_MIN))
            .into());
    }
    Ok(())
}
