//! R025 excessive unsuccessful bids, R035 sole survivor, R038 excessive disqualified bids.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::release::{identifiers, list, settled, sole, sole_supplier, submitted, text};
use super::{Calculator, Group, Indicator};
use crate::exact::Exact;

/// Some of all.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fraction {
    some: u64,
    all: u64,
}

impl Fraction {
    fn add(&mut self, some: u64, all: u64) {
        self.some = self.some.saturating_add(some);
        self.all = self.all.saturating_add(all);
    }

    fn value(self) -> Option<Exact> {
        Exact::ratio(self.some, self.all)
    }
}

/// Disqualified of submitted bids.
#[derive(Clone, Debug, Default)]
pub(super) struct Disqualified {
    buyers: BTreeMap<String, Fraction>,
    entities: BTreeMap<String, Fraction>,
    tenderers: BTreeMap<String, Fraction>,
}

impl Calculator {
    pub(super) fn losing_bids(&mut self, release: &Value) {
        if self.settings.r025.is_none() {
            return;
        }
        let Some((active, bids)) = settled(release) else { return };
        let Some(supplier) = sole_supplier(&active) else { return };
        // Once a process, whatever the number of its bids.
        let valid: BTreeSet<&str> = bids
            .iter()
            .filter(|bid| text(bid, "status") == Some("valid"))
            .filter_map(|bid| sole(bid, "tenderers"))
            .collect();
        for tenderer in valid {
            let won = u64::from(tenderer == supplier);
            self.losing.entry(tenderer.to_owned()).or_default().add(won, 1);
        }
    }

    pub(super) fn finish_losing(&mut self) {
        let Some(settings) = self.settings.r025.clone() else { return };
        let losing = std::mem::take(&mut self.losing);
        let counts: Vec<Exact> = losing.values().map(|fraction| Exact::whole(fraction.all)).collect();
        let ratios: Vec<Exact> = losing.values().filter_map(|fraction| fraction.value()).collect();
        let Some(busy) = Exact::quantile(&counts, settings.percentile) else { return };
        let fence = match settings.threshold {
            Some(threshold) => threshold,
            None => {
                let Some(fences) = self.quartiles(Indicator::R025, "", &ratios) else { return };
                self.fence(Indicator::R025, "lower_fence", &fences.lower);
                // With a quarter of the tenderers never winning the fence says nothing.
                if !fences.first_quartile.is_positive() {
                    self.fence(Indicator::R025, "upper_fence", &busy);
                    return;
                }
                fences.lower
            }
        };
        self.fence(Indicator::R025, "upper_fence", &busy);
        for (tenderer, fraction) in losing {
            let Some(ratio) = fraction.value().filter(|ratio| *ratio <= fence) else { continue };
            if fence.is_positive() && Exact::whole(fraction.all) >= busy {
                self.flag(Group::Tenderer, &tenderer, Indicator::R025, ratio);
            }
        }
    }

    pub(super) fn sole_survivor(&mut self, release: &Value, ocid: &str) {
        let Some(settings) = &self.settings.r035 else { return };
        let threshold = settings.threshold.max(1);
        let Some((active, bids)) = settled(release) else { return };
        let winners: BTreeSet<&str> =
            active.iter().flat_map(|award| identifiers(award, "suppliers")).collect();
        let with = |status| -> BTreeSet<&str> {
            let of_status = bids.iter().filter(|bid| text(bid, "status") == Some(status));
            // A list that is no list has no tenderers.
            of_status
                .filter(|bid| list(bid, "tenderers").is_some())
                .flat_map(|bid| identifiers(bid, "tenderers"))
                .collect()
        };
        let (valid, out) = (with("valid"), with("disqualified"));
        let others = u64::try_from(out.difference(&valid).count()).unwrap_or(u64::MAX);
        if valid.len() == 1 && valid == winners && others >= threshold {
            self.flag(Group::Ocid, ocid, Indicator::R035, Exact::whole(others));
            for tenderer in valid {
                self.flag_tenderer(ocid, tenderer, Indicator::R035, Exact::whole(0));
            }
        }
    }

    pub(super) fn disqualified_bids(&mut self, release: &Value) {
        if self.settings.r038.is_none() {
            return;
        }
        let (mut out, mut all) = (0u64, 0u64);
        for bid in submitted(release) {
            let one = u64::from(text(bid, "status") == Some("disqualified"));
            out = out.saturating_add(one);
            all = all.saturating_add(1);
            for tenderer in
                list(bid, "tenderers").unwrap_or_default().iter().filter_map(|one| text(one, "id"))
            {
                self.disqualified.tenderers.entry(tenderer.to_owned()).or_default().add(one, 1);
            }
        }
        if all == 0 {
            return;
        }
        if let Some(buyer) = release.get("buyer").and_then(|buyer| text(buyer, "id")) {
            self.disqualified.buyers.entry(buyer.to_owned()).or_default().add(out, all);
        }
        let entity = release.get("tender").and_then(|tender| tender.get("procuringEntity"));
        if let Some(entity) = entity.and_then(|entity| text(entity, "id")) {
            self.disqualified.entities.entry(entity.to_owned()).or_default().add(out, all);
        }
    }

    pub(super) fn finish_disqualified(&mut self) {
        let Some(settings) = self.settings.r038.clone() else { return };
        let Disqualified { buyers, entities, tenderers } = std::mem::take(&mut self.disqualified);
        let (processes, bids) = (settings.minimum_contracting_processes, settings.minimum_submitted_bids);
        for (group, prefix, fractions, least) in [
            (Group::Buyer, "Buyer_", buyers, processes),
            (Group::ProcuringEntity, "ProcuringEntity_", entities, processes),
            (Group::Tenderer, "Tenderer_", tenderers, bids),
        ] {
            let enough = fractions.into_iter().filter(|(_, fraction)| fraction.all >= least);
            let ratios: Vec<(String, Exact)> = enough.filter_map(|(id, f)| Some((id, f.value()?))).collect();
            let values: Vec<Exact> = ratios.iter().map(|(_, ratio)| ratio.clone()).collect();
            let fence = settings
                .threshold
                .clone()
                .or_else(|| self.quartiles(Indicator::R038, prefix, &values).map(|fences| fences.upper));
            let Some(fence) = fence.filter(|_| !ratios.is_empty()) else { continue };
            self.fence(Indicator::R038, &format!("{prefix}upper_fence"), &fence);
            for (id, ratio) in ratios {
                if fence.is_positive() && ratio >= fence {
                    self.flag(group, &id, Indicator::R038, ratio);
                }
            }
        }
    }
}
