//! Rulebooks: versioned data a tender pins at publication. Every number a contract uses comes from here.
//!
//! TOML with `category`, `version`, titles, `currency`, days off, one `[parameter.<name>]` table each with `value`,
//! `article` and `basis`, and the category's steps ([`steps`]). An unknown or missing parameter is an error that names it.
//! What a project lives under is this text, tightened by its district ([`tighten`]), with its calendars ([`pins`]).

pub mod books;
pub mod calendar;
pub mod citing;
pub mod duties;
pub mod limits;
pub mod publishing;
pub(crate) mod refusals;
pub mod signer;
pub(crate) mod state_key;
pub mod suspending;
pub mod tightening;
pub mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use serde::{Deserialize, Serialize};

use crate::machine::calendar::{Calendar, KnownYear};
use crate::machine::duration::RuleDuration;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::rulebook::limits::{EFFECTIVE_RULEBOOK_BYTES_MAX, RULEBOOK_BYTES_MAX};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    category: String,
    version: u32,
    title: String,
    title_zh: String,
    /// What kind of rules these are: `law`, or `replay` for the practice of another place.
    nature: String,
    currency: String,
    #[serde(default)]
    utc_offset_minutes: i64,
    /// Days since 1970-01-01.
    #[serde(default)]
    holidays: Vec<i64>,
    parameter: BTreeMap<String, RawParameter>,
    /// By record type: what its refusals cite where no parameter decided.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    article: BTreeMap<String, String>,
    /// The category's steps; left out: all that the engine knows for its procedure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<BTreeMap<String, steps::RawStep>>,
    /// Years whose calendar a project lives under; only in the text of what holds for a project, never published.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    calendar: Vec<KnownYear>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParameter {
    value: toml::Value,
    article: String,
    /// `statute` (read), `unread`, `practice`, or `centre`.
    basis: String,
}

/// A parsed, complete rulebook. A copy shares all but the calendar's years.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// As written; its `calendar` is empty, the years stand in [`Self::calendar`].
    raw: Arc<Raw>,
    values: Arc<Values>,
    calendar: Calendar,
    steps: Option<Arc<BTreeMap<String, Step>>>,
}

/// The parameters by their form.
#[derive(Clone, Debug, Default)]
struct Values {
    durations: BTreeMap<String, RuleDuration>,
    counts: BTreeMap<String, u64>,
    ratios: BTreeMap<String, (u64, u64)>,
}

/// Why a text is not a rulebook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookError {
    #[error("a rulebook has at most {RULEBOOK_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a rulebook: {0}")]
    Toml(String),
    #[error("unknown parameter '{0}'")]
    UnknownParameter(String),
    #[error("parameter '{0}' is missing")]
    MissingParameter(&'static str),
    #[error("parameter '{name}': expected {expected}")]
    Value { name: String, expected: &'static str },
    #[error("parameter '{0}' leaves no value that fits: nobody could keep the rule")]
    Impossible(String),
    #[error("'{0}' has a form that cannot be used")]
    Field(&'static str),
    #[error(transparent)]
    Step(#[from] StepError),
}

impl Rulebook {
    /// # Errors
    /// [`RulebookError`] naming what is wrong.
    pub fn parse(text: &str) -> Result<Self, RulebookError> {
        if text.len() > RULEBOOK_BYTES_MAX {
            return Err(RulebookError::TooLarge);
        }
        let book = Self::parse_effective(text)?;
        // Calendars are records of their own: no rulebook brings its own.
        if !book.calendar.years.is_empty() {
            return Err(RulebookError::Field("calendar"));
        }
        match book.impossible() {
            Some(name) => Err(RulebookError::Impossible(name.to_owned())),
            None => Ok(book),
        }
    }

    /// What holds for one project, as [`Rulebook::effective_text`] writes it: a rulebook with the calendars of its years.
    ///
    /// # Errors
    /// [`RulebookError`] naming what is wrong.
    pub fn parse_effective(text: &str) -> Result<Self, RulebookError> {
        if text.len() > EFFECTIVE_RULEBOOK_BYTES_MAX {
            return Err(RulebookError::TooLarge);
        }
        let mut raw: Raw =
            toml::from_str(text).map_err(|error| RulebookError::Toml(error.message().to_owned()))?;
        let word = |text: &str| {
            !text.is_empty()
                && text.len() <= 40
                && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        if !word(&raw.category) || raw.version == 0 {
            return Err(RulebookError::Field("category"));
        }
        if raw.currency.len() != 3 || !raw.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(RulebookError::Field("currency"));
        }
        if !matches!(raw.nature.as_str(), "law" | "replay" | "trial")
            || raw.utc_offset_minutes.abs() > 14 * 60
        {
            return Err(RulebookError::Field("nature"));
        }
        if !raw.article.keys().all(|name| catalogue::has_type(name)) {
            return Err(RulebookError::Field("article"));
        }
        let mut holidays = raw.holidays.clone();
        holidays.sort_unstable();
        let years = std::mem::take(&mut raw.calendar);
        let calendar = Calendar { utc_offset_minutes: raw.utc_offset_minutes, holidays, years };
        let mut book = Self { raw: Arc::new(raw), values: Arc::default(), calendar, steps: None };
        book.read_parameters()?;
        if let Some(written) = &book.raw.step {
            book.steps = Some(Arc::new(steps::read(written, &book)?));
        }
        Ok(book)
    }

    #[must_use]
    pub fn category(&self) -> &str {
        &self.raw.category
    }

    #[must_use]
    pub fn version(&self) -> u32 {
        self.raw.version
    }

    #[must_use]
    pub fn titles(&self) -> (&str, &str) {
        (&self.raw.title, &self.raw.title_zh)
    }

    /// `law`, `replay` or `trial`.
    #[must_use]
    pub fn nature(&self) -> &str {
        &self.raw.nature
    }

    #[must_use]
    pub fn currency(&self) -> &str {
        &self.raw.currency
    }

    /// A rulebook is named by the digest of its text.
    #[must_use]
    pub fn digest(text: &str) -> Digest {
        Digest::of(text.as_bytes())
    }

    /// Every parameter's name.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.raw.parameter.keys().map(String::as_str)
    }

    /// A rulebook on chain. One that is named by state and does not parse is our failure.
    pub(crate) fn load(state: &dyn StateRead, digest: &Digest) -> Result<Option<Self>, StateFailure> {
        let Some(text) = load::<String>(state, &state_key::rulebook(digest))? else { return Ok(None) };
        parsed::book(digest, &text).map(Some)
    }
}

/// Commits to every rulebook, district tightening and calendar ever published, in order; all zero before the first.
///
/// # Errors
/// When the state cannot be read.
pub fn active_rulebook_digest(state: &dyn StateRead) -> Result<Digest, StateFailure> {
    Ok(load(state, &state_key::rulebooks_digest())?.unwrap_or_else(Digest::zero))
}

pub(crate) fn publish(state: &mut Overlay<'_>, book: &Rulebook, text: &str) -> Result<(), StateFailure> {
    let digest = Rulebook::digest(text);
    state.put(state_key::rulebook(&digest), &text.to_owned())?;
    state.put(state_key::newest_rulebook(book.category()), &(book.version(), digest))?;
    commit(state, "biaozheng/rulebooks/v1", &digest)
}

/// Adds a published rule to what every block's header commits to.
pub(crate) fn commit(
    state: &mut Overlay<'_>,
    domain: &'static str,
    digest: &Digest,
) -> Result<(), StateFailure> {
    let before = active_rulebook_digest(state)?;
    let after = FieldHasher::new(domain).digest(&before).digest(digest).finish();
    state.put(state_key::rulebooks_digest(), &after)
}

mod asking;
mod bounds;
mod catalogue;
pub(crate) mod owed;
pub mod parameter;
pub mod parameters;
pub mod parameters_page;
mod parsed;
pub(crate) mod pins;
mod procedure;
pub(crate) mod steps;
pub(crate) mod tighten;
mod value;

pub use procedure::Procedure;
pub(crate) use procedure::RECUSAL_GROUNDS;
pub use steps::{Signer, Step, StepError};
pub use tighten::{Judged, Tightening, TighteningError};
