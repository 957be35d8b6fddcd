//! Values in their form under which no procedure could end: no bid allowed, a committee nobody can seat.
//!
//! **Invariant:** a rulebook that is published, and one as its district tightened it, leaves every step that it needs a
//! record that can be made.

use crate::rulebook::Rulebook;
use crate::rulebook::limits::{
    ADMISSION_LEAVES, BIDS_PER_LOT_MAX, COMMITTEE_MAX, DRAW_PARTIES_MAX, LISTING_NUMBERS_MAX,
};

/// Counts below which nobody can act.
const AT_LEAST_ONE: &[&str] = &["candidates_max", "bids_per_bidder_max"];

/// Counts that the contracts' own maxima must leave room for.
const AT_MOST: &[(&str, usize)] = &[
    ("committee_min", COMMITTEE_MAX),
    ("min_bidders", BIDS_PER_LOT_MAX),
    ("invitees_min", ADMISSION_LEAVES),
    ("prequal_pass_min", ADMISSION_LEAVES),
    ("listing_bidders_min", LISTING_NUMBERS_MAX),
];

impl Rulebook {
    /// The first parameter whose value no record could keep: a share above the whole, no bid or candidate at all, more
    /// people or parties than there is room for, a least bond above the greatest, a draw demanded and not offered.
    pub(super) fn impossible(&self) -> Option<&str> {
        let over = |(name, value): (&String, &u64)| name.ends_with("_permille") && *value > 1000;
        if let Some((name, _)) = self.values.counts.iter().find(|(name, value)| over((name, value))) {
            return Some(name);
        }
        let count = |name: &str| self.values.counts.get(name).copied();
        let none = AT_LEAST_ONE.iter().copied().find(|name| count(name) == Some(0));
        let above = |(name, most): &&(&str, usize)| count(name).is_some_and(|found| found > *most as u64);
        if let Some(name) = none.or_else(|| AT_MOST.iter().find(above).map(|(name, _)| *name)) {
            return Some(name);
        }
        let bonds = (count("listing_bond_min_permille"), count("listing_bond_max_permille"));
        if matches!(bonds, (Some(least), Some(most)) if least > most) {
            return Some("listing_bond_min_permille");
        }
        let (centres, regulators) = (count("randomness_centres_min"), count("randomness_regulators_min"));
        let parties = centres.unwrap_or(0).saturating_add(regulators.unwrap_or(0));
        if parties > DRAW_PARTIES_MAX as u64 {
            return Some("randomness_centres_min");
        }
        let undrawable = count("committee_by_draw") == Some(1) && centres.is_none();
        undrawable.then_some("committee_by_draw")
    }
}
