//! The parameters as a rulebook writes them, each read in the form its row gives.

use std::sync::Arc;

use super::asking::{missing_beside, told_by};
use super::parameter::{Form, Parameter, Place};
use super::{RawParameter, Rulebook, RulebookError, parameters};
use crate::machine::amount::Amount;
use crate::machine::duration::RuleDuration;

impl Rulebook {
    /// Reads every parameter, and refuses a text that lacks one its procedure needs.
    pub(super) fn read_parameters(&mut self) -> Result<(), RulebookError> {
        let parameters = self.raw.parameter.clone();
        let procedure = told_by(parameters.keys());
        for (name, parameter) in &parameters {
            let known = parameters::find(name).filter(|row| row.place(procedure) != Place::Foreign);
            let Some(row) = known else {
                return Err(RulebookError::UnknownParameter(name.chars().take(60).collect()));
            };
            self.read_value(row, parameter)?;
        }
        let required = parameters::all().filter(|row| row.place(procedure) == Place::Required);
        let missing = required.map(|row| row.name).find(|name| !parameters.contains_key(*name));
        match missing.or_else(|| missing_beside(|name| parameters.contains_key(name))) {
            Some(missing) => Err(RulebookError::MissingParameter(missing)),
            None => Ok(()),
        }
    }

    /// Takes one value in its form; a later one replaces an earlier.
    pub(super) fn read_value(
        &mut self,
        row: &Parameter<Form>,
        parameter: &RawParameter,
    ) -> Result<(), RulebookError> {
        let name = row.name;
        if !matches!(parameter.basis.as_str(), "statute" | "unread" | "practice" | "centre") {
            return Err(RulebookError::Value {
                name: name.to_owned(),
                expected: "a basis of statute, unread, practice or centre",
            });
        }
        let refuse = |expected| RulebookError::Value { name: name.to_owned(), expected };
        let values = Arc::make_mut(&mut self.values);
        match row.form {
            Form::Duration => {
                let expected = "a duration such as \"20d\", \"3wd\", \"5s\"";
                let parsed = parameter.value.as_str().and_then(RuleDuration::parse);
                values.durations.insert(name.to_owned(), parsed.ok_or_else(|| refuse(expected))?);
            }
            Form::Count | Form::Permille => {
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
                let amount = parse_amount(&parameter.value);
                values.counts.insert(name.to_owned(), amount.ok_or_else(|| refuse("an amount"))?);
            }
            Form::Words(words) => {
                let known = is_word_list(&parameter.value, words);
                known.then_some(()).ok_or_else(|| refuse("a list of words these contracts know"))?;
            }
        }
        Ok(())
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

/// A whole amount of money in minor units.
fn parse_amount(value: &toml::Value) -> Option<u64> {
    let number = value.as_integer().and_then(|number| u64::try_from(number).ok())?;
    Amount::new(number).ok().map(Amount::get)
}

/// A list of different known words, at least one.
fn is_word_list(value: &toml::Value, words: &[&str]) -> bool {
    let Some(list) = value.as_array() else { return false };
    let known = list.iter().all(|one| one.as_str().is_some_and(|word| words.contains(&word)));
    let different =
        list.iter().enumerate().all(|(place, one)| !list.iter().take(place).any(|two| two == one));
    known && different && !list.is_empty()
}
