//! R048 heterogeneous supplier.

use std::collections::BTreeSet;

use serde_json::Value;

use super::release::{list, sole, text};
use super::{Calculator, Group, Indicator};
use crate::exact::Exact;

/// What a supplier was awarded.
#[derive(Clone, Debug, Default)]
pub(super) struct Supplied {
    processes: u64,
    classes: BTreeSet<String>,
}

impl Calculator {
    pub(super) fn supplied_items(&mut self, release: &Value) {
        let Some(settings) = &self.settings.r048 else { return };
        let digits = settings.digits;
        let mut seen = BTreeSet::new();
        for award in list(release, "awards").unwrap_or_default() {
            // Of several suppliers none need have supplied every item.
            let supplier = sole(award, "suppliers").filter(|_| text(award, "status") == Some("active"));
            let Some(supplier) = supplier else { continue };
            for item in list(award, "items").unwrap_or_default() {
                let Some(code) = item.get("classification").and_then(|class| text(class, "id")) else {
                    continue;
                };
                let supplied = self.varieties.entry(supplier.to_owned()).or_default();
                if seen.insert(supplier) {
                    supplied.processes = supplied.processes.saturating_add(1);
                }
                supplied.classes.insert(code.chars().take(digits).collect());
            }
        }
    }

    pub(super) fn finish_varieties(&mut self) {
        let Some(settings) = self.settings.r048.clone() else { return };
        let supplied = std::mem::take(&mut self.varieties);
        let enough =
            supplied.into_iter().filter(|(_, s)| s.processes >= settings.minimum_contracting_processes);
        let varieties: Vec<(String, Exact)> = enough
            .map(|(id, s)| (id, Exact::whole(u64::try_from(s.classes.len()).unwrap_or(u64::MAX))))
            .collect();
        let values: Vec<Exact> = varieties.iter().map(|(_, variety)| variety.clone()).collect();
        let fence = settings
            .threshold
            .or_else(|| self.quartiles(Indicator::R048, "", &values).map(|fences| fences.upper));
        let Some(fence) = fence else { return };
        self.fence(Indicator::R048, "upper_fence", &fence);
        for (id, variety) in varieties {
            if variety >= fence {
                self.flag(Group::Tenderer, &id, Indicator::R048, variety);
            }
        }
    }
}
