//! A project as its records tell it, up to any one of them.
//!
//! **Invariant:** [`Reading`] holds what was sealed or revealed, but [`Lot::bids`] stays empty until the opening.

use biaozheng_contracts::parameters;
use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::evaluation::correction;
use biaozheng_contracts::listing::offers;
use biaozheng_contracts::prequal::review;
use biaozheng_contracts::tender::invitation;
use biaozheng_contracts::{Amount, BidName, Method, Rulebook};
use biaozheng_contracts::{award, evaluation, opening, prequal, tender};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId, TimeMs};
use biaozheng_ledger::json::{from_strict, from_value};
use serde::de::DeserializeOwned;

use crate::limits::RECORDS_MAX;
use crate::model::{ExportError, Process, ProcessRecord};
use crate::prequalification::Prequalification;
use crate::sale::Sale;

/// What became of a bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BidStatus {
    Pending,
    Valid,
    Disqualified,
}

/// An opened bid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bid {
    pub name: BidName,
    /// Its last seal.
    pub sealed: Option<(RecordId, TimeMs)>,
    pub revealed: Option<RecordId>,
    pub body: Option<bid::BidBody>,
    pub status: BidStatus,
    /// From 1, after the evaluation.
    pub rank: Option<u64>,
    /// Why it is disqualified.
    pub reason: Option<String>,
}

/// A lot's award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Award {
    pub record: RecordId,
    pub time: TimeMs,
    pub bid: BidName,
    pub price: Amount,
    pub grounds: Vec<award::Ground>,
    pub contract: Option<Contract>,
}

/// A signed contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    pub record: RecordId,
    pub time: TimeMs,
    pub price: Amount,
    pub digest: DocumentDigest,
}

/// A lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub id: String,
    pub title: String,
    pub estimate: Amount,
    pub failed: bool,
    pub bids: Vec<Bid>,
    pub award: Option<Award>,
}

/// How a tender ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Failed,
    Terminated,
    /// By a regulator; a contract too.
    Annulled,
}

/// What the records say so far.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub registered: Option<tender::ProjectRegistered>,
    pub published: Option<tender::Published>,
    pub published_at: Option<TimeMs>,
    /// By invitation instead of a public notice.
    pub invited: bool,
    pub deadline: Option<TimeMs>,
    /// Clarifications and amendments: record, time, text.
    pub changes: Vec<(RecordId, TimeMs, String)>,
    /// In place of `published`, where the project is a listing.
    pub sale: Option<Sale>,
    /// Before `published`, where bidders are prequalified.
    pub prequalification: Option<Prequalification>,
    pub lots: Vec<Lot>,
    /// True from the opening of at least one lot on; a tender that fails for want of bidders is never opened.
    pub opened: bool,
    pub evaluated: bool,
    pub publicised_at: Option<TimeMs>,
    pub end: Option<End>,
    sealed: BTreeMap<(String, BidName), (RecordId, TimeMs)>,
    revealed: BTreeMap<(String, BidName), (RecordId, Option<bid::BidBody>)>,
}

fn body<T: DeserializeOwned>(record: &ProcessRecord) -> Result<T, ExportError> {
    from_value(&record.body).map_err(|error| ExportError::Body {
        record: record.id,
        record_type: record.record_type.clone(),
        message: error.to_string().chars().take(200).collect(),
    })
}

impl Reading {
    /// Reads all records of a project.
    ///
    /// # Errors
    /// [`ExportError`] when a record has not the form of its type.
    pub fn of(process: &Process) -> Result<Self, ExportError> {
        if process.records.len() > RECORDS_MAX {
            return Err(ExportError::TooMany);
        }
        let mut reading = Self::default();
        for record in &process.records {
            reading.add(process, record)?;
        }
        Ok(reading)
    }

    /// Adds the next record. Types that say nothing about the procurement are passed over.
    ///
    /// # Errors
    /// As [`Reading::of`].
    pub fn add(&mut self, process: &Process, record: &ProcessRecord) -> Result<(), ExportError> {
        match record.record_type.as_str() {
            "project.registered/1" => self.registered = Some(body(record)?),
            "tender.published/1" => self.publish(body(record)?, record.time),
            "invitation.issued/1" => {
                let said: invitation::Issued = body(record)?;
                self.invited = true;
                self.publish(said.terms, record.time);
            }
            "tender.clarified/1" => {
                let said: tender::Clarified = body(record)?;
                self.change(record, said.text, said.deadline_ms);
            }
            "tender.amended/1" => {
                let said: tender::Amended = body(record)?;
                self.change(record, said.text, said.deadline_ms);
            }
            "bid.sealed/1" => {
                let said: bid::Sealed = body(record)?;
                let name = BidName { bidder: record.author.clone(), number: said.number };
                self.sealed.insert((said.lot, name), (record.id, record.time));
            }
            "bid.withdrawn/1" => {
                let said: bid::Withdrawn = body(record)?;
                let name = BidName { bidder: record.author.clone(), number: said.number };
                self.sealed.remove(&(said.lot, name));
            }
            "bid.revealed/1" => {
                let said: bid::Revealed = body(record)?;
                let name = BidName { bidder: record.author.clone(), number: said.number };
                // A text that is no bid is opened as a bid without a price.
                let bid = from_strict(said.bid.as_bytes()).ok();
                self.revealed.insert((said.lot, name), (record.id, bid));
            }
            "bids.opened/1" => self.open(process, &body(record)?)?,
            "evaluation.reported/1" => self.evaluate(body(record)?),
            "result.corrected/1" => self.evaluate(body::<correction::Corrected>(record)?.report),
            "candidates.publicised/1" => self.publicised_at = Some(record.time),
            "award.notified/1" => self.award(record, body(record)?),
            "contract.signed/1" => self.contract(record, &body(record)?),
            "prequal.reviewed/1" => {
                let said: review::Reviewed = body(record)?;
                if let Some(before) = &mut self.prequalification {
                    before.review(&said);
                }
                if said.lots.iter().all(|lot| lot.passed.is_none()) {
                    self.end = Some(End::Failed);
                }
            }
            "prequal.published/1" => {
                self.published_at = Some(record.time);
                self.prequalification = Some(Prequalification::of(body(record)?));
            }
            "prequal.clarified/1" => {
                let said: prequal::Clarified = body(record)?;
                if let Some(before) = &mut self.prequalification {
                    before.clarify(record, said);
                }
            }
            "prequal.opened/1" => {
                if let Some(before) = &mut self.prequalification {
                    before.opened_at = Some(record.time);
                }
            }
            "listing.published/1" => {
                let (sale, lots) = Sale::of(body(record)?);
                (self.deadline, self.published_at) =
                    (Some(sale.published.listing_until_ms), Some(record.time));
                (self.sale, self.lots) = (Some(sale), lots);
            }
            "listing.offered/1" => {
                let said: offers::Offered = body(record)?;
                if let Some(sale) = &mut self.sale {
                    sale.offer(record, said);
                }
            }
            "listing.closed/1" => self.close(&body(record)?),
            "deal.confirmed/1" => self.confirm(record, &body(record)?),
            "result.publicised/1" => self.publicised_at = Some(record.time),
            "tender.failed/1" => self.end = Some(End::Failed),
            "tender.terminated/1" => self.end = Some(End::Terminated),
            "tender.annulled/1" => self.end = Some(End::Annulled),
            _ => {}
        }
        Ok(())
    }

    fn publish(&mut self, published: tender::Published, time: TimeMs) {
        self.deadline = Some(published.deadline_ms);
        self.published_at = Some(time);
        self.lots = published
            .lots
            .iter()
            .map(|lot| Lot {
                id: lot.id.clone(),
                title: lot.title.clone(),
                estimate: lot.estimate,
                failed: false,
                bids: Vec::new(),
                award: None,
            })
            .collect();
        self.published = Some(published);
    }

    fn change(&mut self, record: &ProcessRecord, text: String, deadline: Option<TimeMs>) {
        self.deadline = deadline.or(self.deadline);
        self.changes.push((record.id, record.time, text));
    }

    fn lot_mut(&mut self, id: &str) -> Option<&mut Lot> {
        self.lots.iter_mut().find(|lot| lot.id == id)
    }

    /// 条例44 as the contracts apply it: a lot with too few bidders fails and stays closed.
    fn open(&mut self, process: &Process, opened: &opening::Opened) -> Result<(), ExportError> {
        let rulebook = Rulebook::parse_effective(&process.rulebook)
            .map_err(|error| ExportError::Rulebook(error.to_string()))?;
        let least = rulebook.number(&parameters::MIN_BIDDERS).unwrap_or(0);
        self.unseal(process);
        for listed in &opened.lots {
            let bidders: BTreeSet<&OrgId> = listed.bids.iter().map(|bid| &bid.bidder).collect();
            let failed = u64::try_from(bidders.len()).unwrap_or(u64::MAX) < least;
            let bids = if failed { Vec::new() } else { self.opened_bids(listed) };
            if let Some(lot) = self.lot_mut(&listed.lot) {
                lot.failed = failed;
                lot.bids = bids;
            }
        }
        self.opened = self.lots.iter().any(|lot| !lot.failed);
        if !self.opened {
            self.end = Some(End::Failed);
        }
        Ok(())
    }

    /// What was sealed to the group reads as if its bidder had revealed it.
    fn unseal(&mut self, process: &Process) {
        for one in &process.unsealed {
            let read: Option<bid::BidBody> =
                one.text.as_ref().and_then(|text| from_strict(text.as_bytes()).ok());
            // A text that is no bid is opened as a bid without a price.
            let offers: Vec<_> =
                read.as_ref().map_or_else(|| vec![None], |body| body.offers().map(Some).collect());
            for (offer, number) in offers.into_iter().zip(1u8..) {
                let key = (one.lot.clone(), BidName { bidder: one.bidder.clone(), number });
                let body = offer.and_then(|offer| {
                    Some(bid::BidBody { price: offer.price, deviations: offer.deviations, ..read.clone()? })
                });
                self.sealed.insert(key.clone(), (one.sealed, one.sealed_at));
                self.revealed.insert(key, (one.opened, body));
            }
        }
    }

    fn opened_bids(&self, listed: &opening::OpenedLot) -> Vec<Bid> {
        let bid = |name: &BidName| {
            let key = (listed.lot.clone(), name.clone());
            let revealed = self.revealed.get(&key);
            Bid {
                name: name.clone(),
                sealed: self.sealed.get(&key).copied(),
                revealed: revealed.map(|(record, _)| *record),
                body: revealed.and_then(|(_, body)| body.clone()),
                status: BidStatus::Pending,
                rank: None,
                reason: None,
            }
        };
        listed.bids.iter().map(bid).collect()
    }

    fn evaluate(&mut self, reported: evaluation::Reported) {
        self.evaluated = true;
        for report in reported.lots {
            let Some(lot) = self.lot_mut(&report.lot) else { continue };
            // A correction replaces the whole report.
            for bid in &mut lot.bids {
                (bid.status, bid.rank, bid.reason) = (BidStatus::Pending, None, None);
            }
            for (rank, ranked) in (1u64..).zip(&report.ranking) {
                let same =
                    |bid: &&mut Bid| bid.name.bidder == ranked.bidder && bid.name.number == ranked.number;
                if let Some(bid) = lot.bids.iter_mut().find(same) {
                    bid.status = BidStatus::Valid;
                    bid.rank = Some(rank);
                }
            }
            for out in report.disqualified {
                if let Some(bid) = lot.bids.iter_mut().find(|bid| bid.name == out.bid) {
                    bid.status = BidStatus::Disqualified;
                    bid.reason = Some(out.reason);
                }
            }
            lot.failed = report.ranking.is_empty();
        }
        if self.lots.iter().all(|lot| lot.failed) {
            self.end = Some(End::Failed);
        }
    }

    fn award(&mut self, record: &ProcessRecord, notified: award::Notified) {
        for one in notified.lots {
            let award = Award {
                record: record.id,
                time: record.time,
                bid: one.bid,
                price: one.price,
                grounds: one.grounds,
                contract: None,
            };
            if let Some(lot) = self.lot_mut(&one.lot) {
                lot.award = Some(award);
            }
        }
    }

    fn contract(&mut self, record: &ProcessRecord, signed: &award::ContractSigned) {
        if let Some(award) = self.lot_mut(&signed.lot).and_then(|lot| lot.award.as_mut()) {
            let digest = signed.contract;
            award.contract =
                Some(Contract { record: record.id, time: record.time, price: signed.price, digest });
        }
    }

    /// The tender's currency, once published.
    #[must_use]
    pub fn currency(&self) -> &str {
        let sale = self.sale.as_ref().map(|sale| sale.published.currency.as_str());
        self.published.as_ref().map(|published| published.currency.as_str()).or(sale).unwrap_or_default()
    }

    pub(crate) fn by_price_alone(&self) -> bool {
        self.published.as_ref().is_some_and(|published| published.method == Method::LowestPrice)
    }
}
