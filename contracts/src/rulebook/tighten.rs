//! A district's text that tightens parameters of the city's rulebook of one category.
//!
//! Every parameter has a direction. **Invariant:** what holds for a project is never looser than its rulebook: a value of
//! the district's counts only where it can be shown to be as strict, whatever calendar, as the value it would replace.

use std::collections::BTreeMap;
use std::sync::Arc;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use serde::{Deserialize, Serialize};

use crate::rulebook::limits::RULEBOOK_BYTES_MAX;
use crate::rulebook::{Form, RawParameter, Rulebook, RulebookError, procedure};

/// Which way a parameter gets stricter: for those who run a procedure, never against those who object, complain or bid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// A minimum: more is stricter.
    Rise,
    /// A maximum: less is stricter.
    Fall,
    /// True is stricter.
    On,
    /// False is stricter.
    Off,
    /// A list of what is allowed: fewer words are stricter.
    Shrink,
    /// A list of what keeps somebody out: more words are stricter.
    Grow,
    /// Neither way is stricter for everybody: the city alone sets it.
    Fixed,
}

use Direction::{Fall, Fixed, Grow, Off, On, Rise, Shrink};

const DIRECTIONS: &[(&str, Direction)] = &[
    ("doc_sale_min", Rise),
    ("bid_prep_min", Rise),
    ("clarify_lead", Rise),
    // Bidders' time to object, to complain and to reveal.
    ("objection_docs_before", Fixed),
    ("objection_prequal_before", Fixed),
    ("objection_raise_max", Fixed),
    ("objection_opening_window", Fixed),
    ("complaint_window", Fixed),
    ("reveal_window", Fixed),
    ("sealing_signature_window", Fixed),
    // Longer protects the complainant, shorter the tender.
    ("complaint_suspend_max", Fixed),
    // The parties' time, and the time a late offer adds for the others.
    ("randomness_window", Fixed),
    ("extension_window", Fixed),
    // 条例48 gives the members more time; a higher share takes it from them.
    ("eval_extend_above", Fixed),
    ("tie_break", Fixed),
    ("unopened_bid", Fixed),
    // Its end starts the complainant's own time (complaint_window): shorter takes from who was not answered.
    ("objection_reply_max", Fixed),
    ("objection_opening_reply_max", Fixed),
    ("publicity_start", Fall),
    ("publicity_min", Rise),
    ("contract_max", Fall),
    ("regulator_report_max", Fall),
    ("contract_filing_max", Fall),
    ("award_max", Fall),
    ("min_bidders", Rise),
    ("bids_per_bidder_max", Fall),
    ("bid_bond_max_permille", Fall),
    ("bid_bond_max_amount", Fall),
    ("perf_bond_max_permille", Fall),
    // A lower scale binds more tenders.
    ("mandatory_scale_works", Fall),
    ("mandatory_scale_goods", Fall),
    ("mandatory_scale_services", Fall),
    ("bond_refund_on_withdraw", Fall),
    ("bond_refund_after_contract", Fall),
    ("committee_min", Rise),
    ("expert_share_min_permille", Rise),
    ("candidates_max", Fall),
    ("committee_odd", On),
    ("award_rank_1", On),
    ("randomness_centres_min", Rise),
    ("randomness_regulators_min", Rise),
    ("committee_by_draw", On),
    // A lower distance flags more scores.
    ("outlier_z_hundredths", Fall),
    ("outlier_decisive", On),
    ("report_signed_above", Rise),
    ("price_weight_goods_min_permille", Rise),
    ("price_weight_services_min_permille", Rise),
    ("price_score_lowest_ratio", On),
    ("objection_suspends", On),
    ("method_approval", On),
    ("recusal_grounds", Grow),
    ("result_correction_grounds", Shrink),
    ("invitees_min", Rise),
    ("invitation_grounds", Shrink),
    ("prequal_prep_min", Rise),
    ("prequal_pass_min", Rise),
    ("prequal_clarify_lead", Rise),
    ("complaint_accept_max", Fall),
    ("complaint_decide_max", Fall),
    ("archive_retention_min", Rise),
    ("asset_kinds", Shrink),
    ("listing_notice_min", Rise),
    ("listing_period_min", Rise),
    ("listing_reserve_hidden", Off),
    ("listing_bidders_min", Rise),
    ("result_publicity_max", Fall),
    ("viewing_min", Rise),
    ("notice_equity_min", Rise),
    ("notice_capital_increase_min", Rise),
    ("notice_assets_min", Rise),
    ("notice_assets_large_min", Rise),
    // A lower threshold asks the longer notice of more assets.
    ("notice_assets_above", Fall),
    ("notice_assets_large_above", Fall),
    ("listing_bond_min_permille", Rise),
    ("listing_bond_max_permille", Fall),
];

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    category: String,
    /// The district's centre whose projects it is for.
    centre: OrgId,
    version: u32,
    /// The rulebook it was written against.
    base: DocumentDigest,
    title: String,
    title_zh: String,
    #[serde(default)]
    parameter: BTreeMap<String, RawParameter>,
}

/// A district's text.
#[derive(Clone, Debug)]
pub struct Tightening {
    raw: Raw,
}

/// Why a text is no tightening of a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TighteningError {
    #[error("a tightening has at most {RULEBOOK_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a tightening: {0}")]
    Toml(String),
    #[error("it is for category '{found}', the rulebook for '{expected}'")]
    Category { expected: String, found: String },
    #[error("the rulebook has no parameter '{0}' to tighten")]
    NotInBase(String),
    #[error("parameter '{0}' has no stricter direction: only the city's rulebook sets it")]
    Fixed(String),
    #[error("{0}")]
    Value(RulebookError),
    #[error(
        "parameter '{parameter}': the rulebook has {base}, {found} is looser or cannot be shown to be as strict"
    )]
    Looser { parameter: String, base: String, found: String },
    #[error("parameter '{0}' would leave no value that fits")]
    Impossible(String),
}

/// How one parameter of a tightening stands to a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    pub parameter: String,
    /// The rulebook's value as written.
    pub base: String,
    /// The district's.
    pub found: String,
    /// False: it repeats the rulebook's.
    pub stricter: bool,
}

impl Tightening {
    /// # Errors
    /// [`TighteningError`] when the text is no tightening; values are judged against a rulebook by [`Rulebook::judge`].
    pub fn parse(text: &str) -> Result<Self, TighteningError> {
        if text.len() > RULEBOOK_BYTES_MAX {
            return Err(TighteningError::TooLarge);
        }
        let raw: Raw =
            toml::from_str(text).map_err(|error| TighteningError::Toml(error.message().to_owned()))?;
        Ok(Self { raw })
    }

    #[must_use]
    pub fn category(&self) -> &str {
        &self.raw.category
    }

    #[must_use]
    pub fn centre(&self) -> &OrgId {
        &self.raw.centre
    }

    #[must_use]
    pub const fn version(&self) -> u32 {
        self.raw.version
    }

    /// The rulebook it was written against.
    #[must_use]
    pub const fn base(&self) -> &Digest {
        self.raw.base.digest()
    }

    #[must_use]
    pub fn titles(&self) -> (&str, &str) {
        (&self.raw.title, &self.raw.title_zh)
    }
}

fn shown(parameter: &RawParameter) -> String {
    parameter.value.to_string()
}

impl Rulebook {
    /// Judges every value of a tightening against this rulebook.
    ///
    /// # Errors
    /// [`TighteningError`] naming the first parameter that cannot stand, in their order.
    pub fn judge(&self, district: &Tightening) -> Result<Vec<Judged>, TighteningError> {
        if district.raw.category != self.category() {
            let (expected, found) = (self.category().to_owned(), district.raw.category.clone());
            return Err(TighteningError::Category { expected, found });
        }
        let judged: Vec<Judged> = district
            .raw
            .parameter
            .iter()
            .map(|(name, parameter)| self.judge_one(name, parameter))
            .collect::<Result<_, _>>()?;
        self.replaced(district).0.is_possible()?;
        Ok(judged)
    }

    fn judge_one(&self, name: &str, parameter: &RawParameter) -> Result<Judged, TighteningError> {
        let short = || name.chars().take(60).collect::<String>();
        let base = self.raw.parameter.get(name).ok_or_else(|| TighteningError::NotInBase(short()))?;
        if self.direction(name) == Fixed {
            return Err(TighteningError::Fixed(short()));
        }
        let other = self.with_value(name, parameter).map_err(TighteningError::Value)?;
        let (parameter, base, found) = (short(), shown(base), shown(parameter));
        if !self.is_as_strict(name, &other) {
            return Err(TighteningError::Looser { parameter, base, found });
        }
        let stricter = !other.is_as_strict(name, self);
        Ok(Judged { parameter, base, found, stricter })
    }

    fn direction(&self, name: &str) -> Direction {
        let found = DIRECTIONS.iter().find(|(known, _)| *known == name);
        found.map_or(Fixed, |(_, direction)| *direction)
    }

    fn form(&self, name: &str) -> Option<Form> {
        let (required, optional) = procedure::forms(self.raw.parameter.keys());
        let mut known = required.iter().chain(optional.into_iter().flatten());
        known.find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// This rulebook with another value of one parameter.
    fn with_value(&self, name: &str, parameter: &RawParameter) -> Result<Self, RulebookError> {
        let form = self.form(name).ok_or_else(|| RulebookError::UnknownParameter(name.to_owned()))?;
        let mut other = self.clone();
        other.read_value(name, form, parameter)?;
        Arc::make_mut(&mut other.raw).parameter.insert(name.to_owned(), parameter.clone());
        Ok(other)
    }

    /// True when the other's value of a parameter is at least as strict as this one's.
    fn is_as_strict(&self, name: &str, other: &Self) -> bool {
        let direction = self.direction(name);
        if let (Some(one), Some(two)) = (self.values.durations.get(name), other.values.durations.get(name)) {
            return match direction {
                Rise => one == two || two.is_at_least(*one),
                Fall => one == two || one.is_at_least(*two),
                On | Off | Shrink | Grow | Fixed => one == two,
            };
        }
        if let (Some(one), Some(two)) = (self.values.ratios.get(name), other.values.ratios.get(name)) {
            // Parts and wholes are at most 1000.
            let (one, two) = (one.0.saturating_mul(two.1), two.0.saturating_mul(one.1));
            return match direction {
                Rise => two >= one,
                Fall => two <= one,
                On | Off | Shrink | Grow | Fixed => one == two,
            };
        }
        if let (Some(one), Some(two)) = (self.values.counts.get(name), other.values.counts.get(name)) {
            return match direction {
                Rise | On => two >= one,
                Fall | Off => two <= one,
                Shrink | Grow | Fixed => one == two,
            };
        }
        let words = |book: &Self| {
            let list = book.raw.parameter.get(name).and_then(|one| one.value.as_array()).cloned();
            list.unwrap_or_default()
        };
        let (own, others) = (words(self), words(other));
        match direction {
            Shrink => others.iter().all(|word| own.contains(word)),
            Grow => own.iter().all(|word| others.contains(word)),
            Rise | Fall | On | Off | Fixed => false,
        }
    }

    /// What holds under a district's text: each value that is as strict as this rulebook's takes its place. Gives the
    /// parameters that were taken and those that lapsed, since this rulebook has become stricter or does not have them.
    pub(crate) fn tightened(&self, district: &Tightening) -> (Self, Vec<String>, Vec<String>) {
        let found = self.replaced(district);
        if found.0.is_possible().is_ok() {
            return found;
        }
        // Cannot be published, and only arises where the city's text has changed since: its own values hold.
        (self.clone(), Vec::new(), district.raw.parameter.keys().cloned().collect())
    }

    fn replaced(&self, district: &Tightening) -> (Self, Vec<String>, Vec<String>) {
        let (mut book, mut taken, mut lapsed) = (self.clone(), Vec::new(), Vec::new());
        for (name, parameter) in &district.raw.parameter {
            let held = match self.judge_one(name, parameter) {
                Ok(judged) if judged.stricter => book.with_value(name, parameter).ok(),
                // It repeats what holds anyway.
                Ok(_) => continue,
                Err(_) => None,
            };
            if let Some(held) = held {
                book = held;
                taken.push(name.clone());
            } else {
                lapsed.push(name.clone());
            }
        }
        (book, taken, lapsed)
    }

    fn is_possible(&self) -> Result<(), TighteningError> {
        self.impossible().map_or(Ok(()), |name| Err(TighteningError::Impossible(name.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::rulebook::{OPTIONAL, PARAMETERS};

    #[test]
    fn every_parameter_has_one_direction() {
        let known: BTreeSet<&str> = [PARAMETERS, OPTIONAL]
            .into_iter()
            .chain(procedure::all())
            .flatten()
            .map(|(name, _)| *name)
            .collect();
        let named: BTreeSet<&str> = DIRECTIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!((named.len(), &named), (DIRECTIONS.len(), &known));
    }
}
