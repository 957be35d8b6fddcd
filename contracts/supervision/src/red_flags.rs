//! Red flags as the Open Contracting Partnership defines them, over OCDS compiled releases.
//!
//! R003 R018 R024 R025 R028 R030 R035 R036 R038 R048 R058 of Cardinal, with its defaults, exclusions and quartiles, in
//! exact arithmetic. **Invariant:** a red flag is a lead to look at; nothing here is a finding or changes a record.

mod participation;
mod prices;
mod release;
mod settings;
mod timing;
mod variety;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::exact::Exact;
use crate::limits::{BIDS_PER_RELEASE_MAX, RELEASES_MAX};
pub use settings::{
    BidRatio, Disqualification, Enabled, Losing, Settings, ShortPeriod, SingleBid, SoleSurvivor, Variety,
};

/// Which indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Indicator {
    /// Short submission period.
    R003,
    /// Single bid received.
    R018,
    /// Price close to winning bid.
    R024,
    /// Excessive unsuccessful bids.
    R025,
    /// Identical bid prices.
    R028,
    /// Late bid won.
    R030,
    /// All except winning bid disqualified.
    R035,
    /// Lowest bid disqualified.
    R036,
    /// Excessive disqualified bids.
    R038,
    /// Heterogeneous supplier.
    R048,
    /// Heavily discounted bid.
    R058,
}

impl fmt::Display for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What a result is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Group {
    #[serde(rename = "OCID")]
    Ocid,
    Buyer,
    ProcuringEntity,
    Tenderer,
}

/// For each group, identifier and indicator the value.
pub type Results = BTreeMap<Group, BTreeMap<String, BTreeMap<Indicator, Exact>>>;

/// What was found, and against which fences.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RedFlags {
    pub results: Results,
    /// Quartiles and fences by name, exact.
    pub fences: BTreeMap<Indicator, BTreeMap<String, Exact>>,
    /// The tenderers a flagged process points at.
    #[serde(skip)]
    pub involved: BTreeMap<(Indicator, String), BTreeSet<String>>,
}

/// Too much for one calculation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    #[error("more than {RELEASES_MAX} releases")]
    Releases,
    #[error("a release with more than {BIDS_PER_RELEASE_MAX} bids or awards")]
    Bids,
}

/// Takes releases one after the other, in the order of the file.
#[derive(Clone, Debug)]
pub struct Calculator {
    settings: Settings,
    releases: usize,
    /// The one currency prices are compared in: the setting's, else the first one met.
    currency: Option<String>,
    winning_margins: prices::Margins,
    losing: BTreeMap<String, participation::Fraction>,
    disqualified: participation::Disqualified,
    varieties: BTreeMap<String, variety::Supplied>,
    flags: RedFlags,
}

impl Calculator {
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            currency: settings.currency.clone(),
            settings,
            releases: 0,
            winning_margins: BTreeMap::new(),
            losing: BTreeMap::new(),
            disqualified: participation::Disqualified::default(),
            varieties: BTreeMap::new(),
            flags: RedFlags::default(),
        }
    }

    /// Adds a compiled release. One without an `ocid`, or of a cancelled tender, counts for nothing.
    ///
    /// # Errors
    /// [`TooMany`]; the calculation is then unchanged.
    pub fn add(&mut self, release: &Value) -> Result<(), TooMany> {
        if self.releases >= RELEASES_MAX {
            return Err(TooMany::Releases);
        }
        if release::size(release) > BIDS_PER_RELEASE_MAX {
            return Err(TooMany::Bids);
        }
        self.releases = self.releases.saturating_add(1);
        let Some(ocid) = release::text(release, "ocid") else { return Ok(()) };
        if release::is_cancelled(release) || !self.settings.covers(release) {
            return Ok(());
        }
        let ocid = ocid.to_owned();
        self.short_period(release, &ocid);
        self.single_bid(release, &ocid);
        self.winning_margin(release, &ocid);
        self.losing_bids(release);
        self.identical_prices(release, &ocid);
        self.late_bid_won(release, &ocid);
        self.sole_survivor(release, &ocid);
        self.lowest_disqualified(release, &ocid);
        self.disqualified_bids(release);
        self.supplied_items(release);
        Ok(())
    }

    /// Compares across all releases and gives the result.
    #[must_use]
    pub fn finish(mut self) -> RedFlags {
        self.finish_margins();
        self.finish_losing();
        self.finish_disqualified();
        self.finish_varieties();
        self.flags
    }

    fn flag(&mut self, group: Group, id: &str, indicator: Indicator, value: Exact) {
        let of_group = self.flags.results.entry(group).or_default();
        of_group.entry(id.to_owned()).or_default().insert(indicator, value);
    }

    fn flag_tenderer(&mut self, ocid: &str, tenderer: &str, indicator: Indicator, value: Exact) {
        self.flag(Group::Tenderer, tenderer, indicator, value);
        let key = (indicator, ocid.to_owned());
        self.flags.involved.entry(key).or_default().insert(tenderer.to_owned());
    }

    fn fence(&mut self, indicator: Indicator, name: &str, value: &Exact) {
        self.flags.fences.entry(indicator).or_default().insert(name.to_owned(), value.clone());
    }

    /// First quartile, third quartile and the two fences 1.5 interquartile ranges outside; noted under `prefix`.
    fn quartiles(&mut self, indicator: Indicator, prefix: &str, values: &[Exact]) -> Option<Fences> {
        let first = Exact::quantile(values, 25)?;
        let third = Exact::quantile(values, 75)?;
        let reach = third.minus(&first).times(&Exact::ratio(3, 2)?);
        self.fence(indicator, &format!("{prefix}q1"), &first);
        self.fence(indicator, &format!("{prefix}q3"), &third);
        Some(Fences { lower: first.minus(&reach), upper: third.plus(&reach), first_quartile: first })
    }
}

/// See [`Calculator::quartiles`].
struct Fences {
    first_quartile: Exact,
    lower: Exact,
    upper: Exact,
}
