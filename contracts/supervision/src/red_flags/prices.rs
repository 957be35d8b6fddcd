//! R024 price close to winning bid, R028 identical prices, R036 lowest bid disqualified, R058 heavy discount.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::release::{identifiers, price, settled, sole, sole_supplier, submitted, text};
use super::{Calculator, Group, Indicator, release};
use crate::exact::Exact;

/// By process: how far the second-lowest valid bid is above the winner's, as a share of the winner's; and both tenderers.
pub(super) type Margins = BTreeMap<String, (Exact, [String; 2])>;

/// Keeps the lower of two bids, the earlier of equal ones.
fn lower<'a>(best: &mut Option<(Exact, &'a str)>, amount: Exact, tenderer: &'a str) {
    if best.as_ref().is_none_or(|(lowest, _)| amount < *lowest) {
        *best = Some((amount, tenderer));
    }
}

impl Calculator {
    /// True for the currency prices are compared in; the first one met becomes it.
    fn in_currency(&mut self, currency: &str) -> bool {
        self.currency.get_or_insert_with(|| currency.to_owned()) == currency
    }

    pub(super) fn winning_margin(&mut self, release: &Value, ocid: &str) {
        let needed = self.settings.r024.is_some() || self.settings.r058.is_some();
        if !needed || !self.settings.compares_prices(release) {
            return;
        }
        let Some((active, bids)) = settled(release) else { return };
        let Some(supplier) = sole_supplier(&active) else { return };
        let (mut won, mut lost) = (None, None);
        for bid in bids.iter().filter(|bid| text(bid, "status") == Some("valid")) {
            let (Some(tenderer), Some((amount, currency))) = (sole(bid, "tenderers"), price(bid)) else {
                continue;
            };
            if self.in_currency(currency) {
                lower(if tenderer == supplier { &mut won } else { &mut lost }, amount, tenderer);
            }
        }
        let (Some((won, winner)), Some((lost, loser))) = (won, lost) else { return };
        // A higher winner means that the price alone did not decide.
        if lost >= won
            && let Some(margin) = lost.minus(&won).over(&won)
        {
            let both = [winner.to_owned(), loser.to_owned()];
            self.winning_margins.insert(ocid.to_owned(), (margin, both));
        }
    }

    pub(super) fn finish_margins(&mut self) {
        let margins = std::mem::take(&mut self.winning_margins);
        let values: Vec<Exact> = margins.values().map(|(margin, _)| margin.clone()).collect();
        if let Some(settings) = self.settings.r024.clone() {
            let fence = match settings.threshold {
                Some(threshold) => Some(threshold),
                // With no difference in a quarter of the processes the fence says nothing.
                None => self
                    .quartiles(Indicator::R024, "", &values)
                    .map(|fences| (fences.first_quartile.is_positive(), fences.lower))
                    .and_then(|(useful, fence)| {
                        self.fence(Indicator::R024, "lower_fence", &fence);
                        useful.then_some(fence)
                    }),
            };
            for (ocid, (margin, both)) in &margins {
                if fence.as_ref().is_some_and(|fence| fence.is_positive() && margin <= fence) {
                    self.flag(Group::Ocid, ocid, Indicator::R024, margin.clone());
                    for tenderer in both {
                        self.flag_tenderer(ocid, tenderer, Indicator::R024, Exact::whole(0));
                    }
                }
            }
        }
        if let Some(settings) = self.settings.r058.clone() {
            let fence = settings
                .threshold
                .or_else(|| self.quartiles(Indicator::R058, "", &values).map(|fences| fences.upper));
            let Some(fence) = fence else { return };
            self.fence(Indicator::R058, "upper_fence", &fence);
            for (ocid, (margin, [winner, _])) in &margins {
                if fence.is_positive() && *margin >= fence {
                    self.flag(Group::Ocid, ocid, Indicator::R058, margin.clone());
                    self.flag_tenderer(ocid, winner, Indicator::R058, Exact::whole(0));
                }
            }
        }
    }

    pub(super) fn identical_prices(&mut self, release: &Value, ocid: &str) {
        if self.settings.r028.is_none() || !self.settings.compares_prices(release) {
            return;
        }
        let mut last: BTreeMap<(Exact, &str), BTreeSet<&str>> = BTreeMap::new();
        for bid in submitted(release) {
            let tenderers = identifiers(bid, "tenderers");
            let Some(price) = price(bid).filter(|_| !tenderers.is_empty()) else { continue };
            // A tenderer may repeat its own price.
            if let Some(other) = last.get(&price).filter(|other| **other != tenderers) {
                self.flag(Group::Ocid, ocid, Indicator::R028, Exact::whole(1));
                for tenderer in tenderers.union(other) {
                    self.flag_tenderer(ocid, tenderer, Indicator::R028, Exact::whole(1));
                }
            }
            last.insert(price, tenderers);
        }
    }

    pub(super) fn lowest_disqualified(&mut self, release: &Value, ocid: &str) {
        if self.settings.r036.is_none() || !self.settings.compares_prices(release) {
            return;
        }
        let awards = release::list(release, "awards").unwrap_or_default();
        if !awards.iter().any(|award| text(award, "status") == Some("active")) {
            return;
        }
        let mut lowest: Option<(Exact, &Value)> = None;
        let mut valid = false;
        for bid in submitted(release) {
            let Some((amount, currency)) = price(bid) else { continue };
            if !self.in_currency(currency) {
                continue;
            }
            valid |= text(bid, "status") == Some("valid");
            if lowest.as_ref().is_none_or(|(other, _)| amount < *other) {
                lowest = Some((amount, bid));
            }
        }
        let Some((_, bid)) = lowest.filter(|(_, bid)| valid && text(bid, "status") == Some("disqualified"))
        else {
            return;
        };
        self.flag(Group::Ocid, ocid, Indicator::R036, Exact::whole(1));
        let named = identifiers(bid, "tenderers").into_iter().map(str::to_owned).collect();
        self.flags.involved.insert((Indicator::R036, ocid.to_owned()), named);
    }
}
