//! Refusals: the record broke a rule. Deterministic, with a stable code, the rule, its value and its article.

use crate::machine::spoken::Spoken;
use crate::machine::state::StateFailure;

/// Why a record is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Stable, one of [`CODES`].
    pub code: &'static str,
    /// The rulebook parameter or the rule's name.
    pub rule: String,
    /// What the rule asks and what was found.
    pub value: Option<String>,
    pub article: Option<String>,
    /// English; says what to do.
    pub message: String,
    pub message_zh: String,
}

impl std::fmt::Display for Reject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// Either the record's fault or ours; the two never mix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Reject(Reject),
    Failure(StateFailure),
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        Self::Reject(reject)
    }
}

impl From<StateFailure> for Refusal {
    fn from(failure: StateFailure) -> Self {
        Self::Failure(failure)
    }
}

/// A kind of refusal before its details are filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) code: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

impl Kind {
    pub(crate) fn reject(self) -> Reject {
        Reject {
            code: self.code,
            rule: self.rule.into(),
            value: None,
            article: None,
            message: self.en.into(),
            message_zh: self.zh.into(),
        }
    }

    /// With what was asked and what was found.
    pub(crate) fn because(self, value: impl std::fmt::Display) -> Reject {
        let value = value.to_string();
        let mut reject = self.reject();
        reject.message = format!("{} ({value})", self.en);
        reject.message_zh = format!("{}（{value}）", self.zh);
        reject.value = Some(value);
        reject
    }

    /// With what was asked and what was found, in the words of each language.
    pub(crate) fn saying(self, found: Spoken) -> Reject {
        let mut reject = self.reject();
        reject.message = format!("{} ({})", self.en, found.en);
        reject.message_zh = format!("{}（{}）", self.zh, found.zh);
        reject.value = Some(found.en);
        reject
    }

    pub(crate) fn err<T>(self) -> Result<T, Refusal> {
        Err(self.reject().into())
    }
}

/// A domain's refusals: each a code, the rule, and what it says in both languages.
macro_rules! codes {
    ($list:ident; $($name:ident = $code:literal, $rule:literal, $en:literal, $zh:literal;)*) => {
        $(pub(crate) const $name: $crate::machine::refusal::Kind =
            $crate::machine::refusal::Kind { code: $code, rule: $rule, en: $en, zh: $zh };)*
        /// Codes of this list; the tests of its area meet every one.
        pub(crate) const $list: &[&str] = &[$($code),*];
    };
}
pub(crate) use codes;
