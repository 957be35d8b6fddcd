//! Signs of 条例40 in the opened bids of one tender: equal traces, and prices that follow a pattern.
//!
//! **Invariant:** nothing is computed before the opening, and a bidder's own bids are never compared with each other.

use std::collections::BTreeMap;

use biaozheng_contracts::bidding::traces::Trace;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{OrgId, RecordId};
use biaozheng_ocds::{ExportError, Lot, Process, Reading};

use crate::alert::Finding;
use crate::rules::SupervisionRules;

const fn rule_of(trace: Trace) -> &'static str {
    match trace {
        Trace::Device => "collusion.same_device",
        Trace::Address => "collusion.same_address",
        Trace::Author => "collusion.same_author",
        Trace::Preparer => "collusion.same_preparer",
        Trace::BondAccount => "collusion.same_bond_account",
    }
}

/// Findings of every collusion rule.
///
/// # Errors
/// [`ExportError`] when the records do not read.
pub fn check(process: &Process, rules: &SupervisionRules) -> Result<Vec<Finding>, ExportError> {
    let reading = Reading::of(process)?;
    // Offers of a listing rise by its increment, and carry no traces.
    if reading.sale.is_some() {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    for trace in Trace::ALL {
        findings.extend(same_trace(process, &reading, trace));
    }
    for lot in &reading.lots {
        findings.extend(patterns(process, lot, rules));
    }
    Ok(findings)
}

/// Digests that stand in bids of more than one bidder, over all lots of the tender.
fn same_trace(process: &Process, reading: &Reading, trace: Trace) -> Vec<Finding> {
    let mut holders: BTreeMap<Digest, Vec<(OrgId, RecordId)>> = BTreeMap::new();
    for bid in reading.lots.iter().flat_map(|lot| &lot.bids) {
        let digest =
            bid.body.as_ref().and_then(|body| body.traces.as_ref()).and_then(|traces| traces.of(trace));
        if let (Some(digest), Some(record)) = (digest, bid.revealed) {
            holders.entry(*digest.digest()).or_default().push((bid.name.bidder.clone(), record));
        }
    }
    let shared = holders
        .into_iter()
        .filter(|(_, held)| held.iter().any(|(org, _)| held.first().is_some_and(|f| f.0 != *org)));
    shared
        .map(|(digest, held)| {
            let mut organisations: Vec<OrgId> = held.iter().map(|(org, _)| org.clone()).collect();
            organisations.sort();
            organisations.dedup();
            Finding {
                rule: rule_of(trace),
                project: Some(process.project.clone()),
                records: held.iter().map(|(_, record)| *record).collect(),
                found: format!("{} bidders with {digest}", organisations.len()),
                organisations,
                threshold: "1 bidder".to_owned(),
                article: None,
            }
        })
        .collect()
}

/// A bidder's lowest price in a lot.
#[derive(Clone, Debug)]
struct Offer {
    price: u64,
    bidder: OrgId,
    record: RecordId,
}

/// Lowest price of each bidder, ascending; of equal prices only one counts, since R028 names those.
fn offers(lot: &Lot) -> Vec<Offer> {
    let mut lowest: BTreeMap<&OrgId, Offer> = BTreeMap::new();
    for bid in &lot.bids {
        let price = bid.body.as_ref().and_then(|body| body.price).map(biaozheng_contracts::Amount::get);
        let (Some(price), Some(record)) = (price.filter(|price| *price > 0), bid.revealed) else { continue };
        let offer = Offer { price, bidder: bid.name.bidder.clone(), record };
        let known = lowest.entry(&bid.name.bidder).or_insert_with(|| offer.clone());
        if price < known.price {
            *known = offer;
        }
    }
    let mut offers: Vec<Offer> = lowest.into_values().collect();
    offers.sort_by(|a, b| (a.price, &a.bidder).cmp(&(b.price, &b.bidder)));
    offers.dedup_by_key(|offer| offer.price);
    offers
}

/// `a, b, c` rise in equal steps.
fn equal_step(a: u64, b: u64, c: u64, _: u64) -> bool {
    b.saturating_sub(a) == c.saturating_sub(b)
}

/// `a, b, c` rise by one ratio, as exactly as prices rounded to `unit` can: `|a·c − b²| ≤ unit·(a + 2b + c) / 2`.
fn equal_ratio(a: u64, b: u64, c: u64, unit: u64) -> bool {
    let [a, b, c, unit] = [a, b, c, unit].map(u128::from);
    let difference = a.saturating_mul(c).abs_diff(b.saturating_mul(b));
    let slack = unit.saturating_mul(a.saturating_add(b.saturating_mul(2)).saturating_add(c));
    difference.saturating_mul(2) <= slack
}

type Pattern = fn(u64, u64, u64, u64) -> bool;

/// Longest runs of successive offers of which every three fit a pattern.
fn runs(offers: &[Offer], least: usize, unit: u64, fits: Pattern) -> Vec<&[Offer]> {
    let mut found = Vec::new();
    let mut start = 0usize;
    while start.saturating_add(least) <= offers.len() {
        let rest = offers.get(start..).unwrap_or_default();
        let fitting = rest
            .windows(3)
            .take_while(|three| matches!(three, [a, b, c] if fits(a.price, b.price, c.price, unit)))
            .count();
        let length = if fitting == 0 { 1 } else { fitting.saturating_add(2) };
        if length >= least {
            found.extend(rest.get(..length));
            // The last offer of a run may begin the next.
            start = start.saturating_add(length).saturating_sub(1);
        } else {
            start = start.saturating_add(1);
        }
    }
    found
}

fn patterns(process: &Process, lot: &Lot, rules: &SupervisionRules) -> Vec<Finding> {
    let offers = offers(lot);
    let (least, unit) = (rules.regular_prices_min(), rules.price_rounding());
    let steps = runs(&offers, least, unit, equal_step);
    let ratios = runs(&offers, least, unit, equal_ratio);
    let finding = |rule, run: &[Offer]| {
        let prices: Vec<String> = run.iter().take(10).map(|offer| offer.price.to_string()).collect();
        Finding {
            rule,
            project: Some(process.project.clone()),
            records: run.iter().map(|offer| offer.record).collect(),
            organisations: run.iter().map(|offer| offer.bidder.clone()).collect(),
            threshold: format!("fewer than {least} prices"),
            found: format!("lot {}: {} prices: {}", lot.id, run.len(), prices.join(", ")),
            article: None,
        }
    };
    let prices = |run: &[Offer]| run.iter().map(|offer| offer.price).collect::<Vec<_>>();
    // Small equal steps are also nearly a constant ratio: what is inside one run of steps is told once.
    let told = |run: &[Offer]| {
        let inner = prices(run);
        steps.iter().any(|step| prices(step).windows(inner.len()).any(|part| part == inner.as_slice()))
    };
    let mut findings: Vec<Finding> = steps.iter().map(|run| finding("collusion.equal_steps", run)).collect();
    let fresh = ratios.iter().filter(|run| !told(run));
    findings.extend(fresh.map(|run| finding("collusion.constant_ratio", run)));
    findings
}
