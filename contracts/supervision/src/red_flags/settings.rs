//! Which indicators run, with which thresholds; the names are those of Cardinal's settings file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use super::release::text;
use crate::exact::Exact;

/// Settings. An indicator without its table does not run.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    pub currency: Option<String>,
    /// Procurement method details that are left out of everything.
    #[serde(default)]
    pub excluded_method_details: BTreeSet<String>,
    /// Procurement method details under which prices say nothing.
    #[serde(default)]
    pub no_price_comparison: BTreeSet<String>,
    /// If not empty, the only ones under which prices are compared.
    #[serde(default)]
    pub price_comparison: BTreeSet<String>,
    #[serde(default, rename = "R003")]
    pub r003: Option<ShortPeriod>,
    #[serde(default, rename = "R018")]
    pub r018: Option<SingleBid>,
    #[serde(default, rename = "R024")]
    pub r024: Option<BidRatio>,
    #[serde(default, rename = "R025")]
    pub r025: Option<Losing>,
    #[serde(default, rename = "R028")]
    pub r028: Option<Enabled>,
    #[serde(default, rename = "R030")]
    pub r030: Option<Enabled>,
    #[serde(default, rename = "R035")]
    pub r035: Option<SoleSurvivor>,
    #[serde(default, rename = "R036")]
    pub r036: Option<Enabled>,
    #[serde(default, rename = "R038")]
    pub r038: Option<Disqualification>,
    #[serde(default, rename = "R048")]
    pub r048: Option<Variety>,
    #[serde(default, rename = "R058")]
    pub r058: Option<BidRatio>,
}

/// An indicator without numbers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enabled {}

/// R003.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShortPeriod {
    /// Whole days.
    pub threshold: i64,
    /// Empty: all methods.
    pub procurement_methods: BTreeSet<String>,
    pub procurement_method_details: BTreeMap<String, i64>,
}

impl Default for ShortPeriod {
    fn default() -> Self {
        Self {
            threshold: 15,
            procurement_methods: BTreeSet::new(),
            procurement_method_details: BTreeMap::new(),
        }
    }
}

/// R018.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SingleBid {
    /// The competitive methods.
    pub procurement_methods: BTreeSet<String>,
}

impl Default for SingleBid {
    fn default() -> Self {
        Self { procurement_methods: ["open", "selective"].map(str::to_owned).into() }
    }
}

/// R024 (lower fence) and R058 (upper fence).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BidRatio {
    /// In place of the fence.
    pub threshold: Option<Exact>,
}

/// R025.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Losing {
    /// Of the numbers of bids: who is a top tenderer.
    pub percentile: u8,
    /// In place of the lower fence.
    pub threshold: Option<Exact>,
}

impl Default for Losing {
    fn default() -> Self {
        Self { percentile: 75, threshold: None }
    }
}

/// R035.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SoleSurvivor {
    /// At least so many other tenderers were disqualified.
    pub threshold: u64,
}

impl Default for SoleSurvivor {
    fn default() -> Self {
        Self { threshold: 1 }
    }
}

/// R038.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disqualification {
    /// In place of the upper fence.
    pub threshold: Option<Exact>,
    /// Of a tenderer.
    pub minimum_submitted_bids: u64,
    /// Of a buyer or procuring entity. Counted in bids, as Cardinal does.
    pub minimum_contracting_processes: u64,
}

impl Default for Disqualification {
    fn default() -> Self {
        Self { threshold: None, minimum_submitted_bids: 2, minimum_contracting_processes: 2 }
    }
}

/// R048.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variety {
    /// Leading digits of a classification that make a class.
    pub digits: usize,
    /// In place of the upper fence.
    pub threshold: Option<Exact>,
    pub minimum_contracting_processes: u64,
}

impl Default for Variety {
    fn default() -> Self {
        Self { digits: 2, threshold: None, minimum_contracting_processes: 20 }
    }
}

fn method_details(release: &Value) -> Option<&str> {
    text(release.get("tender")?, "procurementMethodDetails")
}

impl Settings {
    /// Every indicator with its defaults.
    #[must_use]
    pub fn all() -> Self {
        Self {
            r003: Some(ShortPeriod::default()),
            r018: Some(SingleBid::default()),
            r024: Some(BidRatio::default()),
            r025: Some(Losing::default()),
            r028: Some(Enabled {}),
            r030: Some(Enabled {}),
            r035: Some(SoleSurvivor::default()),
            r036: Some(Enabled {}),
            r038: Some(Disqualification::default()),
            r048: Some(Variety::default()),
            r058: Some(BidRatio::default()),
            ..Self::default()
        }
    }

    pub(super) fn covers(&self, release: &Value) -> bool {
        method_details(release).is_none_or(|details| !self.excluded_method_details.contains(details))
    }

    pub(super) fn compares_prices(&self, release: &Value) -> bool {
        match method_details(release) {
            Some(details) if self.price_comparison.is_empty() => !self.no_price_comparison.contains(details),
            Some(details) => self.price_comparison.contains(details),
            None => self.price_comparison.is_empty(),
        }
    }
}
