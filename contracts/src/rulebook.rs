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
use biaozheng_ledger::ids::TimeMs;
use serde::{Deserialize, Serialize};

use crate::machine::calendar::{Calendar, KnownYear};
use crate::machine::duration::RuleDuration;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::rulebook::limits::{EFFECTIVE_RULEBOOK_BYTES_MAX, RULEBOOK_BYTES_MAX};

/// What a parameter's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Duration,
    Count,
    Flag,
    Word(&'static [&'static str]),
    /// A share as written in an article: "1/3".
    Ratio,
    /// Minor units of the currency.
    Amount,
    /// A list of words.
    Words(&'static [&'static str]),
}

/// Every parameter, its form and its meaning.
const PARAMETERS: &[(&str, Form)] = &[
    ("doc_sale_min", Form::Duration),
    ("bid_prep_min", Form::Duration),
    ("clarify_lead", Form::Duration),
    ("objection_docs_before", Form::Duration),
    ("objection_reply_max", Form::Duration),
    ("reveal_window", Form::Duration),
    ("publicity_start", Form::Duration),
    ("publicity_min", Form::Duration),
    ("contract_max", Form::Duration),
    ("regulator_report_max", Form::Duration),
    ("min_bidders", Form::Count),
    ("bids_per_bidder_max", Form::Count),
    ("bid_bond_max_permille", Form::Count),
    ("perf_bond_max_permille", Form::Count),
    ("committee_min", Form::Count),
    ("expert_share_min_permille", Form::Count),
    ("candidates_max", Form::Count),
    ("committee_odd", Form::Flag),
    ("award_rank_1", Form::Flag),
    ("tie_break", Form::Word(&["lot"])),
    ("unopened_bid", Form::Word(&["disqualify"])),
];

/// Parameters a rulebook may leave out, so that older ones still parse. What holds then is said beside each.
const OPTIONAL: &[(&str, Form)] = &[
    // Left out: no committee is drawn on chain; `draw.requested` is refused.
    ("randomness_centres_min", Form::Count),
    // Left out: none is asked.
    ("randomness_regulators_min", Form::Count),
    // Left out: no contribution is ever in time.
    ("randomness_window", Form::Duration),
    // Left out or false: the hosting centre may name a committee without a draw.
    ("committee_by_draw", Form::Flag),
    // Left out: the time of an evaluation is not extended.
    ("eval_extend_above", Form::Ratio),
    // Left out: scores far from the others are not flagged.
    ("outlier_z_hundredths", Form::Count),
    // Left out or false: a score that alone decides the winner is not flagged.
    ("outlier_decisive", Form::Flag),
    // Left out: every member signs the report.
    ("report_signed_above", Form::Ratio),
    // Left out: no tender's bids are sealed to the chain's group.
    ("sealing_signature_window", Form::Duration),
];

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

    fn read_parameters(&mut self) -> Result<(), RulebookError> {
        let parameters = self.raw.parameter.clone();
        let (required, optional) = procedure::forms(parameters.keys());
        for (name, parameter) in &parameters {
            let mut known = required.iter().chain(optional.into_iter().flatten());
            let Some((_, form)) = known.find(|(known, _)| known == name) else {
                return Err(RulebookError::UnknownParameter(name.chars().take(60).collect()));
            };
            self.read_value(name, *form, parameter)?;
        }
        let missing = required.iter().map(|(name, _)| *name).find(|name| !parameters.contains_key(*name));
        match missing.or_else(|| procedure::missing_beside(|name| parameters.contains_key(name))) {
            Some(missing) => Err(RulebookError::MissingParameter(missing)),
            None => Ok(()),
        }
    }

    /// Takes one value in its form; a later one replaces an earlier.
    fn read_value(&mut self, name: &str, form: Form, parameter: &RawParameter) -> Result<(), RulebookError> {
        if !matches!(parameter.basis.as_str(), "statute" | "unread" | "practice" | "centre") {
            return Err(RulebookError::Value {
                name: name.to_owned(),
                expected: "a basis of statute, unread, practice or centre",
            });
        }
        let refuse = |expected| RulebookError::Value { name: name.to_owned(), expected };
        let values = Arc::make_mut(&mut self.values);
        match form {
            Form::Duration => {
                let expected = "a duration such as \"20d\", \"3wd\", \"5s\"";
                let parsed = parameter.value.as_str().and_then(RuleDuration::parse);
                values.durations.insert(name.to_owned(), parsed.ok_or_else(|| refuse(expected))?);
            }
            Form::Count => {
                let number = parameter.value.as_integer().and_then(|n| u64::try_from(n).ok());
                let number = number.filter(|n| *n <= 1_000_000);
                values.counts.insert(name.to_owned(), number.ok_or_else(|| refuse("a whole number"))?);
            }
            Form::Flag => {
                let flag = parameter.value.as_bool().ok_or_else(|| refuse("true or false"))?;
                values.counts.insert(name.to_owned(), u64::from(flag));
            }
            Form::Word(words) => {
                let known = parameter.value.as_str().is_some_and(|word| words.contains(&word));
                known.then_some(()).ok_or_else(|| refuse("a word these contracts know"))?;
            }
            Form::Ratio => {
                let ratio = parameter.value.as_str().and_then(parse_ratio);
                values
                    .ratios
                    .insert(name.to_owned(), ratio.ok_or_else(|| refuse("a share such as \"1/3\""))?);
            }
            Form::Amount => {
                let amount = procedure::parse_amount(&parameter.value);
                values.counts.insert(name.to_owned(), amount.ok_or_else(|| refuse("an amount"))?);
            }
            Form::Words(words) => {
                let known = procedure::is_word_list(&parameter.value, words);
                known.then_some(()).ok_or_else(|| refuse("a list of words these contracts know"))?;
            }
        }
        Ok(())
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

    /// The article a parameter stands on.
    #[must_use]
    pub fn article(&self, parameter: &str) -> Option<&str> {
        self.raw.parameter.get(parameter).map(|one| one.article.as_str())
    }

    /// A parameter's value as written.
    #[must_use]
    pub fn text(&self, parameter: &str) -> String {
        self.raw.parameter.get(parameter).map(|one| one.value.to_string()).unwrap_or_default()
    }

    pub(crate) fn after(&self, parameter: &str, start: TimeMs) -> TimeMs {
        let duration =
            self.values.durations.get(parameter).expect("parsing made sure that every parameter is there");
        duration.after(start, &self.calendar)
    }

    /// The moment a duration of this rulebook ends; nothing for a name that is no duration.
    #[must_use]
    pub fn due(&self, parameter: &str, start: TimeMs) -> Option<TimeMs> {
        self.values.durations.get(parameter).map(|duration| duration.after(start, &self.calendar))
    }

    /// A number of this rulebook (a flag is 0 or 1); nothing for a name that is none.
    #[must_use]
    pub fn number(&self, parameter: &str) -> Option<u64> {
        self.values.counts.get(parameter).copied()
    }

    pub(crate) fn count(&self, parameter: &str) -> u64 {
        *self.values.counts.get(parameter).expect("parsing made sure that every parameter is there")
    }

    pub(crate) fn flag(&self, parameter: &str) -> bool {
        self.count(parameter) != 0
    }

    /// A parameter the rulebook may leave out.
    pub(crate) fn optional_count(&self, parameter: &str) -> Option<u64> {
        self.values.counts.get(parameter).copied()
    }

    /// The moment a duration the rulebook may leave out ends.
    pub(crate) fn optional_after(&self, parameter: &str, start: TimeMs) -> Option<TimeMs> {
        self.values.durations.get(parameter).map(|duration| duration.after(start, &self.calendar))
    }

    /// A share the rulebook may leave out: part and whole.
    pub(crate) fn ratio(&self, parameter: &str) -> Option<(u64, u64)> {
        self.values.ratios.get(parameter).copied()
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

/// `part/whole`, each 1 to 1000, the part no larger than the whole.
fn parse_ratio(text: &str) -> Option<(u64, u64)> {
    let (part, whole) = text.split_once('/')?;
    let number = |digits: &str| {
        let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u64>().ok().filter(|number| plain && (1..=1000).contains(number))
    };
    let ratio = (number(part)?, number(whole)?);
    (ratio.0 <= ratio.1).then_some(ratio)
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

mod bounds;
mod catalogue;
mod parsed;
pub(crate) mod pins;
mod procedure;
pub(crate) mod steps;
pub(crate) mod tighten;

pub use procedure::Procedure;
pub(crate) use procedure::RECUSAL_GROUNDS;
pub use steps::{Signer, Step, StepError};
pub use tighten::{Judged, Tightening, TighteningError};
