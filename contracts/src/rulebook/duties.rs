//! Every time limit of a rulebook as a duty: which record starts its clock, which ends it, and who owes it.
//!
//! The running limits ([`crate::view::timers`]) and the supervision rules read them; each stands in its parameter's row
//! ([`crate::parameters`]). **Invariant:** a duration is the limit of a duty, or its row says why nothing can be late.

use std::ops::Deref;
use std::sync::LazyLock;

use crate::rulebook::parameter::{Form, Parameter};
use crate::rulebook::parameters;

pub use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes, Run};

/// A duty with the parameter that gives the limit and the article. The rest is its [`Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    pub parameter: &'static str,
    limit: Limit,
}

impl Deref for Duty {
    type Target = Limit;

    fn deref(&self) -> &Limit {
        &self.limit
    }
}

/// All duties, in the order of the rows.
pub static DUTIES: LazyLock<Vec<Duty>> = LazyLock::new(|| {
    let duty = |row: &Parameter<Form>| match row.duty {
        Owed::Limit(limit) => Some(Duty { parameter: row.name, limit }),
        Owed::Nothing(_) | Owed::NoTime => None,
    };
    parameters::all().filter_map(duty).collect()
});

/// Durations of which nothing can be late, and why.
pub static NOTHING_OWED: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let reason = |row: &Parameter<Form>| match row.duty {
        Owed::Nothing(why) => Some((row.name, why)),
        Owed::Limit(_) | Owed::NoTime => None,
    };
    parameters::all().filter_map(reason).collect()
});

/// The duty a parameter limits.
#[must_use]
pub fn duty(parameter: &str) -> Option<&'static Duty> {
    DUTIES.iter().find(|duty| duty.parameter == parameter)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_duty_is_between_known_records_and_has_a_rule_of_its_own() {
        let types = crate::records::types();
        let mut rules = BTreeSet::new();
        for one in DUTIES.iter() {
            let unknown: Vec<_> =
                one.starts.iter().chain(one.ends).filter(|name| !types.contains(name)).collect();
            assert!(unknown.is_empty() && !one.starts.is_empty(), "{}: {unknown:?}", one.parameter);
            assert!(rules.insert(one.rule), "{} twice", one.rule);
            assert!(one.formula.contains(one.parameter), "{}", one.parameter);
        }
        let owed = |name: &&str| duty(name).is_some();
        assert_eq!(NOTHING_OWED.iter().map(|(name, _)| *name).find(owed), None);
    }
}
