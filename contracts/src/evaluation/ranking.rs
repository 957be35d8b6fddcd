//! The ranking anyone recomputes: integers only, rounding stated.

use crate::rulebook::parameters;
use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::ids::{OrgId, ProjectId};

use crate::bidding::bid::Bid;
use crate::evaluation::draw::Draw;
use crate::evaluation::methods::{
    PriceScore, Terms, aggregate, benchmark_score, draw_k, evaluated_price, half_up, lowest_ratio_score,
};
use crate::evaluation::{committee, refusals, terms};
use crate::machine::amount::Amount;
use crate::machine::refusal::Reject;
use crate::machine::state::{StateFailure, StateRead};
use crate::project::{BidName, Criterion, Lot, Method, Project, Ranked};
use biaozheng_draw::randomness::Seed;

/// One member's points for one criterion of one bid.
pub(crate) type Points = Vec<(OrgId, u32)>;

/// Everything but the report that a ranking follows from.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    pub(crate) terms: Terms,
    pub(crate) seed: Option<Seed>,
    /// By lot, bid and criterion.
    pub(crate) points: BTreeMap<(String, BidName, String), Points>,
    /// Some member has not revealed.
    pub(crate) unscored: bool,
}

impl Basis {
    pub(crate) fn load(
        state: &dyn StateRead,
        id: &ProjectId,
        project: &Project,
    ) -> Result<Self, StateFailure> {
        let scores = committee::all_scores(state, id, project)?;
        let revealed = scores.iter().filter(|(_, one)| one.revealed.is_some()).count();
        let mut points: BTreeMap<_, Points> = BTreeMap::new();
        for (member, scores) in scores {
            for (lot, bid, criterion, given) in scores.revealed.into_iter().flatten() {
                points.entry((lot, bid, criterion)).or_default().push((member.clone(), given));
            }
        }
        Ok(Self {
            terms: terms::of(state, id)?,
            seed: Draw::load(state, id)?.and_then(|draw| draw.seed),
            points,
            unscored: revealed < project.committee.len(),
        })
    }

    /// K of a lot, in thousandths: drawn when the range leaves a choice. `None` before there is a seed.
    pub(crate) fn k(&self, lot: &str) -> Option<u32> {
        match &self.terms.price_score {
            PriceScore::Benchmark(rule) if rule.k.is_fixed() => Some(rule.k.min_permille),
            PriceScore::Benchmark(rule) => Some(draw_k(rule.k, self.seed.as_ref()?, lot)),
            PriceScore::LowestRatio => None,
        }
    }

    /// A criterion's points of a bid, aggregated; without one member's when `without` names it.
    pub(crate) fn aggregated(
        &self,
        lot: &str,
        bid: &BidName,
        criterion: &str,
        without: Option<&OrgId>,
    ) -> u64 {
        let key = (lot.to_owned(), bid.clone(), criterion.to_owned());
        let given: Vec<u32> = self
            .points
            .get(&key)
            .into_iter()
            .flatten()
            .filter(|(member, _)| Some(member) != without)
            .map(|(_, points)| *points)
            .collect();
        aggregate(&given, self.terms.aggregate)
    }
}

/// What a report finds about a lot's bids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    pub(crate) disqualified: BTreeSet<BidName>,
    /// Items of the documents' deviations, by bid.
    pub(crate) deviations: BTreeMap<BidName, BTreeSet<String>>,
}

/// A valid bid with what it is ranked by, smaller first.
pub(crate) struct Candidate {
    pub(crate) ranked: Ranked,
    pub(crate) key: (u64, u64),
}

/// Ranks the bids of a lot that are not disqualified. Equal ones need a drawing of lots.
pub(crate) fn rank(
    project: &Project,
    basis: &Basis,
    lot: &Lot,
    bids: &[Bid],
    findings: &Findings,
) -> Result<Vec<Ranked>, Reject> {
    for bid in bids.iter().filter(|bid| bid.lot == lot.id && !findings.disqualified.contains(&bid.name)) {
        if usable(lot, bid).is_none() {
            let mut refused =
                refusals::DISQUALIFIED.because(format!("{} of {}", bid.name.number, bid.name.bidder));
            if bid.opened.is_none() {
                refused.rule = parameters::UNOPENED_BID.name.into();
            }
            return Err(refused);
        }
    }
    let mut candidates = of_lot(project, basis, lot, bids, findings)?;
    candidates.sort_by(|a, b| {
        (a.key, order(lot, a), a.ranked.name()).cmp(&(b.key, order(lot, b), b.ranked.name()))
    });
    for pair in candidates.windows(2) {
        if let [first, second] = pair
            && first.key == second.key
            && (order(lot, first).is_none() || order(lot, second).is_none())
        {
            return Err(
                refusals::TIE.because(format!("{} and {}", first.ranked.bidder, second.ranked.bidder))
            );
        }
    }
    Ok(candidates.into_iter().map(|candidate| candidate.ranked).collect())
}

/// Price and deviations of a bid that can be ranked: read, priced, not above the ceiling.
fn usable(lot: &Lot, bid: &Bid) -> Option<(Amount, Amount)> {
    let opened = bid.opened.as_ref()?;
    let price = opened.price.filter(|price| lot.ceiling.is_none_or(|ceiling| *price <= ceiling))?;
    Some((price, opened.deviations))
}

/// The lot's valid bids, in no order yet.
pub(crate) fn of_lot(
    project: &Project,
    basis: &Basis,
    lot: &Lot,
    bids: &[Bid],
    findings: &Findings,
) -> Result<Vec<Candidate>, Reject> {
    let standing = bids.iter().filter(|bid| bid.lot == lot.id && !findings.disqualified.contains(&bid.name));
    let valid: Vec<_> = standing.filter_map(|bid| usable(lot, bid).map(|(p, d)| (bid, p, d))).collect();
    let prices: Vec<u64> = valid.iter().map(|(_, price, _)| price.get()).collect();
    let priced = project.criteria.iter().any(|criterion| criterion.price);
    let k = basis.k(&lot.id);
    if priced && k.is_none() && matches!(basis.terms.price_score, PriceScore::Benchmark(_)) {
        return Err(refusals::SEED_MISSING.reject());
    }
    let candidate = |(bid, price, declared): &(&Bid, Amount, Amount)| {
        let name = &bid.name;
        let ranked =
            |score| Ranked { bidder: name.bidder.clone(), number: name.number, price: *price, score };
        match project.method {
            Method::LowestPrice => {
                let found = findings.deviations.get(name);
                let items = basis.terms.deviations.iter();
                let items = items.filter(|item| found.is_some_and(|found| found.contains(&item.id)));
                let total = evaluated_price(price.get(), items).saturating_add(declared.get());
                Candidate { ranked: ranked(None), key: (total, 0) }
            }
            Method::Weighted => {
                let score = project.criteria.iter().fold(0u64, |sum, criterion| {
                    let points = if criterion.price {
                        price_points(basis, price.get(), &prices, k)
                    } else {
                        basis.aggregated(&lot.id, name, &criterion.id, None)
                    };
                    sum.saturating_add(term(points, criterion))
                });
                Candidate { ranked: ranked(Some(score)), key: weighted_key(score, *price) }
            }
        }
    };
    Ok(valid.iter().map(candidate).collect())
}

/// Higher scores first; of equal ones the lower price.
pub(crate) const fn weighted_key(score: u64, price: Amount) -> (u64, u64) {
    (u64::MAX.saturating_sub(score), price.get())
}

/// Weight × points, in hundredths, rounded half up.
pub(crate) fn term(points: u64, criterion: &Criterion) -> u64 {
    half_up(u128::from(points).saturating_mul(u128::from(criterion.weight_permille)), 1000)
}

fn price_points(basis: &Basis, price: u64, prices: &[u64], k: Option<u32>) -> u64 {
    match (&basis.terms.price_score, k) {
        (PriceScore::Benchmark(rule), Some(k)) => benchmark_score(price, prices, rule, k),
        _ => lowest_ratio_score(price, prices.iter().copied().min().unwrap_or(price)),
    }
}

/// The names of bids that share their place with another.
pub(crate) fn ties(
    project: &Project,
    basis: &Basis,
    lot: &Lot,
    bids: &[Bid],
    findings: &Findings,
) -> Result<BTreeSet<BidName>, Reject> {
    let candidates = of_lot(project, basis, lot, bids, findings)?;
    let mut shared: BTreeMap<(u64, u64), Vec<BidName>> = BTreeMap::new();
    for one in &candidates {
        shared.entry(one.key).or_default().push(one.ranked.name());
    }
    Ok(shared.into_values().filter(|names| names.len() > 1).flatten().collect())
}

fn order(lot: &Lot, candidate: &Candidate) -> Option<usize> {
    lot.drawn.iter().position(|name| *name == candidate.ranked.name())
}
