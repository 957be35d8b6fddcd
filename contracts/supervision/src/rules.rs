//! The supervision rules as data: severity, article, time to dispose, and the numbers the rules use.
//!
//! **Invariant:** a rule that is missing, or a name nobody knows, makes the text unusable: nothing is half supervised.

use std::collections::BTreeMap;

use biaozheng_contracts::oversight::alert::{Severity, UnderRules};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, TimeMs};
use serde::Deserialize;

use crate::limits::RULES_BYTES_MAX;
use crate::red_flags::Settings;
use crate::words::{is_of_rulebook, rule, rules};

const DAY_MS: u64 = 86_400_000;
const PARAMETERS: [&str; 2] = ["regular_prices_min", "price_rounding_minor_units"];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    title: String,
    title_zh: String,
    parameter: BTreeMap<String, RawParameter>,
    rule: BTreeMap<String, Weight>,
    #[serde(default)]
    red_flags: Settings,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    value: u32,
    #[serde(rename = "article")]
    _article: String,
    #[serde(rename = "basis")]
    _basis: String,
}

/// How a rule's alerts are treated.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    pub severity: Severity,
    pub due_days: u32,
    /// Left out for a time limit, whose article is the rulebook's.
    pub article: Option<String>,
}

/// Parsed, complete supervision rules.
#[derive(Clone, Debug)]
pub struct SupervisionRules {
    raw: Raw,
    digest: Digest,
}

/// Why a text is not a set of supervision rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    #[error("supervision rules have at most {RULES_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not supervision rules: {0}")]
    Toml(String),
    #[error("'{0}' is not a rule or parameter")]
    Unknown(String),
    #[error("'{0}' is missing")]
    Missing(&'static str),
    #[error("'{0}' has a value that cannot be used")]
    Value(&'static str),
}

impl SupervisionRules {
    /// # Errors
    /// [`RulesError`] naming what is wrong.
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        if text.len() > RULES_BYTES_MAX {
            return Err(RulesError::TooLarge);
        }
        let raw: Raw = toml::from_str(text).map_err(|error| RulesError::Toml(error.message().to_owned()))?;
        let short = |name: &String| name.chars().take(60).collect();
        if let Some(name) = raw.rule.keys().find(|name| rule(name).is_none()) {
            return Err(RulesError::Unknown(short(name)));
        }
        if let Some(name) = raw.parameter.keys().find(|name| !PARAMETERS.contains(&name.as_str())) {
            return Err(RulesError::Unknown(short(name)));
        }
        if let Some(missing) = rules().find(|rule| !raw.rule.contains_key(rule.id)) {
            return Err(RulesError::Missing(missing.id));
        }
        let bare = |(id, weight): &(&String, &Weight)| weight.article.is_some() == is_of_rulebook(id);
        if raw.rule.iter().any(|one| bare(&one)) {
            return Err(RulesError::Value("article"));
        }
        if let Some(missing) = PARAMETERS.iter().find(|name| !raw.parameter.contains_key(**name)) {
            return Err(RulesError::Missing(missing));
        }
        if raw.version == 0 {
            return Err(RulesError::Value("version"));
        }
        if raw.rule.values().any(|weight| weight.due_days == 0 || weight.due_days > 3660) {
            return Err(RulesError::Value("due_days"));
        }
        let rules = Self { raw, digest: Digest::of(text.as_bytes()) };
        // Two prices always have a step, three always two: a pattern needs four.
        if !(4..=1000).contains(&rules.regular_prices_min()) {
            return Err(RulesError::Value("regular_prices_min"));
        }
        Ok(rules)
    }

    #[must_use]
    pub fn titles(&self) -> (&str, &str) {
        (&self.raw.title, &self.raw.title_zh)
    }

    #[must_use]
    pub fn named(&self) -> UnderRules {
        UnderRules { version: self.raw.version, digest: DocumentDigest::new(self.digest) }
    }

    #[must_use]
    pub fn red_flags(&self) -> &Settings {
        &self.raw.red_flags
    }

    /// How a rule's alerts are treated.
    #[must_use]
    pub fn weight(&self, id: &str) -> Option<&Weight> {
        self.raw.rule.get(id)
    }

    pub(crate) fn due(&self, id: &str, raised: TimeMs) -> TimeMs {
        let days = self.weight(id).map_or(1, |weight| u64::from(weight.due_days));
        raised.saturating_add(days.saturating_mul(DAY_MS))
    }

    fn parameter(&self, name: &str) -> u32 {
        self.raw.parameter.get(name).expect("parsing made sure that every parameter is there").value
    }

    pub(crate) fn regular_prices_min(&self) -> usize {
        usize::try_from(self.parameter("regular_prices_min")).unwrap_or(usize::MAX)
    }

    pub(crate) fn price_rounding(&self) -> u64 {
        u64::from(self.parameter("price_rounding_minor_units"))
    }
}
