//! A district's text that tightens parameters of the city's rulebook of one category.
//!
//! Every parameter has a direction, in its row. **Invariant:** what holds for a project is never looser than its rulebook: a value of
//! the district's counts only where it can be shown to be as strict, whatever calendar, as the value it would replace.

use std::collections::BTreeMap;
use std::sync::Arc;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use serde::{Deserialize, Serialize};

use super::parameter::Direction::{self, Fall, Fixed, Grow, Off, On, Rise, Shrink};
use super::{RawParameter, Rulebook, RulebookError, parameters};
use crate::rulebook::limits::RULEBOOK_BYTES_MAX;

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

fn direction(name: &str) -> Direction {
    parameters::find(name).map_or(Fixed, |row| row.stricter)
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
        if direction(name) == Fixed {
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

    /// This rulebook with another value of one parameter.
    fn with_value(&self, name: &str, parameter: &RawParameter) -> Result<Self, RulebookError> {
        let row = parameters::find(name).ok_or_else(|| RulebookError::UnknownParameter(name.to_owned()))?;
        let mut other = self.clone();
        other.read_value(row, parameter)?;
        Arc::make_mut(&mut other.raw).parameter.insert(name.to_owned(), parameter.clone());
        Ok(other)
    }

    /// True when the other's value of a parameter is at least as strict as this one's.
    fn is_as_strict(&self, name: &str, other: &Self) -> bool {
        let direction = direction(name);
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
