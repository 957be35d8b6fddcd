//! What a rulebook says of a parameter, and which procedure its parameters make it for.
//!
//! **Invariant:** rules name the row of a parameter ([`super::parameters`]), never its text: a name nobody reads from a
//! rulebook does not compile. A rulebook names no parameter that its procedure does not know, so that it promises nothing
//! nobody enforces; and an act of one procedure never meets a rulebook of another.

use std::collections::BTreeSet;

use biaozheng_ledger::ids::TimeMs;

use super::parameter::{Duration, Flag, Number, Parameter, ParameterName, Ratio, Together, Words};
use super::parameters::{self, INVITEES_MIN, LISTING_PERIOD_MIN};
use super::{Procedure, Rulebook};
use crate::machine::refusal::Reject;
use crate::rulebook::refusals;

/// The procedure that a rulebook with parameters of these names is for.
pub(super) fn told_by<'a>(names: impl Iterator<Item = &'a String>) -> Procedure {
    let mut found = Procedure::Open;
    for name in names {
        if name == LISTING_PERIOD_MIN.name {
            return Procedure::Listing;
        } else if name == INVITEES_MIN.name {
            found = Procedure::Invited;
        }
    }
    found
}

/// The first parameter that is missing beside another it comes with.
pub(super) fn missing_beside(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let begun: BTreeSet<Together> =
        parameters::all().filter(|row| has(row.name)).filter_map(|row| row.together).collect();
    let mut due = parameters::all().filter(|row| row.together.is_some_and(|group| begun.contains(&group)));
    due.find(|row| !has(row.name)).map(|row| row.name)
}

impl Rulebook {
    /// The procedure this rulebook is for.
    #[must_use]
    pub fn procedure(&self) -> Procedure {
        told_by(self.raw.parameter.keys())
    }

    /// Refuses a rulebook of another procedure.
    pub(crate) fn is_for(&self, procedure: Procedure) -> Result<(), Reject> {
        if self.procedure() == procedure {
            return Ok(());
        }
        let value = format!("{} is for {:?}, needs {procedure:?}", self.category(), self.procedure());
        Err(refusals::PROCEDURE.because(value))
    }

    /// True when a list parameter has the word.
    pub(crate) fn lists(&self, parameter: &Parameter<Words>, word: &str) -> bool {
        let list = self.raw.parameter.get(parameter.name).and_then(|one| one.value.as_array());
        list.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(word)))
    }

    /// True when the rulebook has the parameter.
    pub(crate) fn has<N: ParameterName + ?Sized>(&self, parameter: &N) -> bool {
        self.raw.parameter.contains_key(parameter.name())
    }

    /// The article a parameter stands on.
    #[must_use]
    pub fn article<N: ParameterName + ?Sized>(&self, parameter: &N) -> Option<&str> {
        self.raw.parameter.get(parameter.name()).map(|one| one.article.as_str())
    }

    /// A parameter's value as written.
    #[must_use]
    pub fn text<N: ParameterName + ?Sized>(&self, parameter: &N) -> String {
        self.raw.parameter.get(parameter.name()).map(|one| one.value.to_string()).unwrap_or_default()
    }

    pub(crate) fn after(&self, parameter: &Parameter<Duration>, start: TimeMs) -> TimeMs {
        self.optional_after(parameter, start).expect("parsing made sure that every parameter is there")
    }

    /// The moment a duration of this rulebook ends; nothing for a name that is no duration.
    #[must_use]
    pub fn due<N: ParameterName + ?Sized>(&self, parameter: &N, start: TimeMs) -> Option<TimeMs> {
        self.values.durations.get(parameter.name()).map(|duration| duration.after(start, &self.calendar))
    }

    /// A number of this rulebook (a flag is 0 or 1); nothing for a name that is none.
    #[must_use]
    pub fn number<N: ParameterName + ?Sized>(&self, parameter: &N) -> Option<u64> {
        self.values.counts.get(parameter.name()).copied()
    }

    pub(crate) fn count<F: Number>(&self, parameter: &Parameter<F>) -> u64 {
        self.optional_count(parameter).expect("parsing made sure that every parameter is there")
    }

    pub(crate) fn flag(&self, parameter: &Parameter<Flag>) -> bool {
        self.count(parameter) != 0
    }

    /// A parameter the rulebook may leave out.
    #[must_use]
    pub fn optional_count<F: Number>(&self, parameter: &Parameter<F>) -> Option<u64> {
        self.number(parameter)
    }

    /// The moment a duration the rulebook may leave out ends.
    #[must_use]
    pub fn optional_after(&self, parameter: &Parameter<Duration>, start: TimeMs) -> Option<TimeMs> {
        self.due(parameter, start)
    }

    /// A share the rulebook may leave out: part and whole.
    pub(crate) fn ratio(&self, parameter: &Parameter<Ratio>) -> Option<(u64, u64)> {
        self.values.ratios.get(parameter.name).copied()
    }
}
