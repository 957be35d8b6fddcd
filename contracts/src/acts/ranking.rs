//! The ranking anyone recomputes: integers only, rounding stated.

use std::collections::BTreeSet;

use super::bid::Bid;
use super::committee::Scores;
use crate::amount::Amount;
use crate::project::{BidName, Lot, Method, Project, Ranked};
use crate::reject::{self, Reject};

/// A valid bid with what it is ranked by, smaller first.
struct Candidate {
    ranked: Ranked,
    key: (u64, u64),
}

/// Ranks the bids of a lot that are not disqualified. Equal ones need a drawing of lots.
pub(crate) fn rank(
    project: &Project,
    lot: &Lot,
    bids: &[Bid],
    disqualified: &BTreeSet<BidName>,
    scores: &[Scores],
) -> Result<Vec<Ranked>, Reject> {
    let mut candidates = Vec::new();
    for bid in bids.iter().filter(|bid| bid.lot == lot.id && !disqualified.contains(&bid.name)) {
        if usable(lot, bid).is_none() {
            return Err(reject::DISQUALIFIED.because(format!("{} of {}", bid.name.number, bid.name.bidder)));
        }
    }
    candidates.extend(of_lot(project, lot, bids, disqualified, scores));
    candidates.sort_by(|a, b| {
        (a.key, order(lot, a), a.ranked.name()).cmp(&(b.key, order(lot, b), b.ranked.name()))
    });
    for pair in candidates.windows(2) {
        if let [first, second] = pair
            && first.key == second.key
            && (order(lot, first).is_none() || order(lot, second).is_none())
        {
            return Err(reject::TIE.because(format!("{} and {}", first.ranked.bidder, second.ranked.bidder)));
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

fn of_lot(
    project: &Project,
    lot: &Lot,
    bids: &[Bid],
    disqualified: &BTreeSet<BidName>,
    scores: &[Scores],
) -> Vec<Candidate> {
    let standing = bids.iter().filter(|bid| bid.lot == lot.id && !disqualified.contains(&bid.name));
    let valid: Vec<_> = standing.filter_map(|bid| usable(lot, bid).map(|(p, d)| (bid, p, d))).collect();
    let lowest = valid.iter().map(|(_, price, _)| *price).min();
    valid
        .into_iter()
        .map(|(bid, price, deviations)| candidate(project, lot, bid, price, deviations, lowest, scores))
        .collect()
}

/// The names of bids that share their place with another.
pub(crate) fn ties(
    project: &Project,
    lot: &Lot,
    bids: &[Bid],
    disqualified: &BTreeSet<BidName>,
    scores: &[Scores],
) -> BTreeSet<BidName> {
    let candidates = of_lot(project, lot, bids, disqualified, scores);
    let shared = |key| candidates.iter().filter(|other| other.key == key).count() > 1;
    candidates.iter().filter(|one| shared(one.key)).map(|one| one.ranked.name()).collect()
}

fn total(price: Amount, deviations: Amount) -> u64 {
    price.get().saturating_add(deviations.get())
}

fn order(lot: &Lot, candidate: &Candidate) -> Option<usize> {
    lot.drawn.iter().position(|name| *name == candidate.ranked.name())
}

fn candidate(
    project: &Project,
    lot: &Lot,
    bid: &Bid,
    price: Amount,
    deviations: Amount,
    lowest: Option<Amount>,
    scores: &[Scores],
) -> Candidate {
    let ranked = |score| Ranked { bidder: bid.name.bidder.clone(), number: bid.name.number, price, score };
    match project.method {
        Method::LowestPrice => Candidate { ranked: ranked(None), key: (total(price, deviations), 0) },
        Method::Weighted => {
            let score = weighted(project, lot, &bid.name, price, lowest.unwrap_or(price), scores);
            // Higher scores first; of equal ones the lower price.
            Candidate { ranked: ranked(Some(score)), key: (u64::MAX.saturating_sub(score), price.get()) }
        }
    }
}

/// Σ weight × points, in hundredths of a point, each term rounded half up.
///
/// A criterion's points are the mean of the members', rounded half up; the price's are `lowest / price × 100`.
fn weighted(
    project: &Project,
    lot: &Lot,
    name: &BidName,
    price: Amount,
    lowest: Amount,
    scores: &[Scores],
) -> u64 {
    project.criteria.iter().fold(0u64, |sum, criterion| {
        let points = if criterion.price {
            half_up(u128::from(lowest.get()).saturating_mul(10_000), u128::from(price.get()))
        } else {
            let given: Vec<u128> = scores
                .iter()
                .filter_map(|scores| scores.revealed.as_ref())
                .flatten()
                .filter(|(of, bid, id, _)| *of == lot.id && bid == name && *id == criterion.id)
                .map(|(.., points)| u128::from(*points))
                .collect();
            half_up(given.iter().sum(), given.len() as u128)
        };
        let term = half_up(u128::from(points).saturating_mul(u128::from(criterion.weight_permille)), 1000);
        sum.saturating_add(term)
    })
}

/// `numerator / denominator`, rounded half up; 0 when there is nothing to divide by.
fn half_up(numerator: u128, denominator: u128) -> u64 {
    let doubled = numerator.saturating_mul(2).saturating_add(denominator);
    let result = doubled.checked_div(denominator.saturating_mul(2)).unwrap_or(0);
    u64::try_from(result).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::half_up;

    #[test]
    fn rounds_half_up() {
        for (n, d, expected) in [(1, 2, 1), (1, 3, 0), (2, 3, 1), (5, 2, 3), (0, 7, 0), (7, 0, 0)] {
            assert_eq!(half_up(n, d), expected, "{n}/{d}");
        }
    }
}
