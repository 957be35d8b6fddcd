//! An ascending listing (挂牌, 拍卖) as its records tell it: lots, offers under numbers, the closing that names who offered.
//!
//! **Invariant:** until the closing an offer is nobody's: [`Lot::bids`] stays empty, though offers under numbers are public.

use std::collections::BTreeMap;

use biaozheng_contracts::bidding::bid::BidBody;
use biaozheng_contracts::listing::{Published, close, deal, offers};
use biaozheng_contracts::{Amount, BidName};
use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use serde_json::{Value, json};

use crate::model::{ExportError, Process, ProcessRecord, Publication};
use crate::money::value;
use crate::reading::{Award, Bid, BidStatus, End, Lot, Reading};
use crate::release::{date, lot_status, reference, status, sum, tenderers};

/// A number's best offer for a lot.
type Offer = (RecordId, TimeMs, Amount);

/// A listing, once published.
#[derive(Clone, Debug)]
pub struct Sale {
    pub published: Published,
    /// By lot and number. The last is the best: every offer is above all before it.
    offers: BTreeMap<(String, OrgId), Offer>,
}

impl Sale {
    pub(crate) fn of(published: Published) -> (Self, Vec<Lot>) {
        let lot = |lot: &biaozheng_contracts::listing::PublishedLot| Lot {
            id: lot.id.clone(),
            title: lot.title.clone(),
            estimate: lot.starting_price,
            failed: false,
            bids: Vec::new(),
            award: None,
        };
        let lots = published.lots.iter().map(lot).collect();
        (Self { published, offers: BTreeMap::new() }, lots)
    }

    pub(crate) fn offer(&mut self, record: &ProcessRecord, said: offers::Offered) {
        let offer = (record.id, record.time, said.amount);
        self.offers.insert((said.lot, record.author.clone()), offer);
    }

    /// The offers of a lot with the names the closing gives, highest first. Ranked is the winner's alone: the closing does
    /// not say of the others whether they took part, but a higher offer and several numbers of one bidder show that they
    /// did not.
    fn bids(&self, lot: &str, closed: &close::Closed, winner: Option<&close::Winner>) -> Vec<Bid> {
        let mut offers: Vec<(&close::OpenedNumber, &Offer)> = closed
            .numbers
            .iter()
            .filter_map(|one| Some((one, self.offers.get(&(lot.to_owned(), one.number.clone()))?)))
            .collect();
        offers.sort_by_key(|(_, (.., amount))| std::cmp::Reverse(*amount));
        let mut seen: BTreeMap<OrgId, u8> = BTreeMap::new();
        let bid = |(one, (record, time, amount)): (&close::OpenedNumber, &Offer)| {
            let number = seen.entry(one.bidder.clone()).and_modify(|n| *n = n.saturating_add(1)).or_insert(1);
            let won = winner.is_some_and(|winner| winner.number == one.number);
            let several = closed.numbers.iter().filter(|other| other.bidder == one.bidder).count() > 1;
            let passed_over = winner.is_some_and(|winner| *amount > winner.price);
            let status = match (won, several || passed_over) {
                (true, _) => BidStatus::Valid,
                (false, true) => BidStatus::Disqualified,
                (false, false) => BidStatus::Pending,
            };
            Bid {
                name: BidName { bidder: one.bidder.clone(), number: *number },
                sealed: Some((*record, *time)),
                revealed: None,
                body: Some(BidBody { price: Some(*amount), ..BidBody::default() }),
                status,
                rank: won.then_some(1),
                reason: None,
            }
        };
        offers.into_iter().map(bid).collect()
    }
}

impl Reading {
    /// The closing: who stood behind each number, and who bought what.
    pub(crate) fn close(&mut self, closed: &close::Closed) {
        let Some(sale) = self.sale.clone() else { return };
        self.opened = closed.lots.iter().any(|lot| lot.winner.is_some());
        if !self.opened {
            self.end = Some(End::Failed);
            return;
        }
        for one in &closed.lots {
            let Some(lot) = self.lots.iter_mut().find(|lot| lot.id == one.lot) else { continue };
            lot.failed = one.winner.is_none();
            lot.bids = sale.bids(&lot.id, closed, one.winner.as_ref());
        }
    }

    /// The deal (成交确认书) both signed: the award.
    pub(crate) fn confirm(&mut self, record: &ProcessRecord, said: &deal::Confirmed) {
        let Some(lot) = self.lots.iter_mut().find(|lot| lot.id == said.lot) else { return };
        let Some(won) = lot.bids.iter().find(|bid| bid.rank == Some(1)) else { return };
        lot.award = Some(Award {
            record: record.id,
            time: record.time,
            bid: won.name.clone(),
            price: said.price,
            grounds: Vec::new(),
            contract: None,
        });
    }
}

/// The `tender` of a listing. Prices rise from the starting price, which is therefore a least value; the tenderee sells,
/// and who is awarded buys.
pub(crate) fn tender(
    process: &Process,
    publication: &Publication,
    reading: &Reading,
    sale: &Sale,
) -> Result<Value, ExportError> {
    let Some(registered) = &reading.registered else { return Ok(Value::Null) };
    let said = &sale.published;
    let (count, tenderers) = tenderers(process, reading);
    let seller = reference(process, registered.agency.as_ref().unwrap_or(&registered.tenderee));
    let viewing = |time: Option<TimeMs>| time.map(date).transpose();
    let asset = serde_json::to_value(said.asset).unwrap_or_default();
    let lot = |lot: &Lot| {
        let least = value(lot.estimate, reading.currency())?;
        Ok(
            json!({"id": lot.id, "title": lot.title, "status": lot_status(lot, reading), "minimumValue": least}),
        )
    };
    let item = |lot: &Lot| json!({"id": lot.id, "description": lot.title, "relatedLot": lot.id});
    Ok(json!({
        "id": process.project.as_str(),
        "title": registered.title,
        "description": said.notice,
        "status": status(reading),
        "procuringEntity": seller,
        "minValue": sum(reading)?,
        "procurementMethod": "open",
        "procurementMethodDetails": crate::release::category(process, publication)?,
        "awardCriteria": "priceOnly",
        "submissionMethod": ["electronicAuction"],
        "tenderPeriod": {
            "startDate": date(said.listing_from_ms)?, "endDate": date(reading.deadline.unwrap_or(said.listing_until_ms))?,
        },
        "awardPeriod": {"endDate": reading.publicised_at.map(date).transpose()?},
        "numberOfTenderers": count,
        "tenderers": tenderers,
        "lots": reading.lots.iter().map(lot).collect::<Result<Vec<_>, ExportError>>()?,
        "items": reading.lots.iter().map(item).collect::<Vec<_>>(),
        "listing": {
            "assetKind": asset,
            "bond": value(said.bond, reading.currency())?,
            "registrationPeriod": {"endDate": date(said.registration_until_ms)?},
            "viewingPeriod": {"startDate": viewing(said.viewing_from_ms)?, "endDate": viewing(said.viewing_until_ms)?},
        },
    }))
}
