//! What a tender's documents say about the evaluation beyond weights: fixed with the notice, for everybody to see.

use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::methods::{Aggregate, Deviation, PriceScore};
use crate::project::limits::CRITERIA_MAX;
use crate::project::{Criterion, Method};

/// The default is the plain method: the mean of all, the lowest price in relation, nothing blind.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    pub aggregate: Aggregate,
    pub price_score: PriceScore,
    /// Criteria scored by code before anybody knows whose part it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blind: Vec<String>,
    /// Criteria on which the members must agree (客观分).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objective: Vec<String>,
    /// What may be added to a price under the lowest evaluated price.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deviations: Vec<Deviation>,
}

impl Terms {
    /// They fit the method and its criteria, and every number is within its bounds.
    #[must_use]
    pub fn fit(&self, method: Method, criteria: &[Criterion]) -> bool {
        let scored: BTreeSet<&str> =
            criteria.iter().filter(|one| !one.price).map(|one| one.id.as_str()).collect();
        let chosen = |list: &[String]| {
            let different: BTreeSet<&str> = list.iter().map(String::as_str).collect();
            different.len() == list.len() && different.is_subset(&scored)
        };
        let items: BTreeSet<&str> = self.deviations.iter().map(|one| one.id.as_str()).collect();
        let named = |id: &&str| (1..=40).contains(&id.len()) && !id.chars().any(char::is_control);
        let priced = criteria.iter().any(|one| one.price);
        let price = match &self.price_score {
            PriceScore::LowestRatio => true,
            PriceScore::Benchmark(rule) => method == Method::Weighted && priced && rule.fits(),
        };
        chosen(&self.blind)
            && chosen(&self.objective)
            && price
            && items.len() == self.deviations.len()
            && items.len() <= CRITERIA_MAX
            && items.iter().all(named)
            && self.deviations.iter().all(|one| one.permille <= 1000)
            && (items.is_empty() || method == Method::LowestPrice)
            && (self.aggregate == Aggregate::Mean || method == Method::Weighted)
    }
}
