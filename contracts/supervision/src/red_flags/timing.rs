//! R003 short submission period, R018 single bid received, R030 late bid won.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::release::{details, identifiers, list, text};
use super::{Calculator, Group, Indicator};
use crate::exact::Exact;

const DAY_S: i64 = 86_400;

fn method_in(tender: &Value, methods: &BTreeSet<String>) -> bool {
    methods.is_empty() || text(tender, "procurementMethod").is_some_and(|method| methods.contains(method))
}

/// Whole days between two RFC 3339 times, towards zero.
fn whole_days(start: &str, end: &str) -> Option<i64> {
    let (start, end): (Timestamp, Timestamp) = (start.parse().ok()?, end.parse().ok()?);
    end.duration_since(start).as_secs().checked_div(DAY_S)
}

impl Calculator {
    pub(super) fn short_period(&mut self, release: &Value, ocid: &str) {
        let Some(settings) = &self.settings.r003 else { return };
        let Some(tender) = release.get("tender") else { return };
        let period = tender.get("tenderPeriod");
        let date = |key| period.and_then(|period| text(period, key));
        let (Some(start), Some(end)) = (date("startDate"), date("endDate")) else { return };
        let special = text(tender, "procurementMethodDetails")
            .and_then(|details| settings.procurement_method_details.get(details));
        let threshold = *special.unwrap_or(&settings.threshold);
        let short = whole_days(start, end).is_some_and(|days| days < threshold);
        if short && method_in(tender, &settings.procurement_methods) {
            self.flag(Group::Ocid, ocid, Indicator::R003, Exact::whole(1));
        }
    }

    pub(super) fn single_bid(&mut self, release: &Value, ocid: &str) {
        let Some(settings) = &self.settings.r018 else { return };
        let Some(tender) = release.get("tender") else { return };
        let single = tender.get("numberOfTenderers").and_then(Value::as_u64) == Some(1);
        if single && method_in(tender, &settings.procurement_methods) {
            self.flag(Group::Ocid, ocid, Indicator::R018, Exact::whole(1));
        }
    }

    /// Dates are compared as texts, as Cardinal does: they need one form and offset.
    pub(super) fn late_bid_won(&mut self, release: &Value, ocid: &str) {
        if self.settings.r030.is_none() {
            return;
        }
        let period = release.get("tender").and_then(|tender| tender.get("tenderPeriod"));
        let Some(end) = period.and_then(|period| text(period, "endDate")) else { return };
        let awards = list(release, "awards").unwrap_or_default();
        let active = awards.iter().filter(|award| text(award, "status") == Some("active"));
        let winners: BTreeSet<&str> = active.flat_map(|award| identifiers(award, "suppliers")).collect();
        for bid in details(release).unwrap_or_default() {
            let late = text(bid, "date").is_some_and(|date| date > end);
            if !late || text(bid, "status") != Some("valid") {
                continue;
            }
            for tenderer in identifiers(bid, "tenderers").intersection(&winners) {
                self.flag(Group::Ocid, ocid, Indicator::R030, Exact::whole(1));
                self.flag_tenderer(ocid, tenderer, Indicator::R030, Exact::whole(1));
            }
        }
    }
}
