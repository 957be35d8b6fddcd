//! Refusals that name the article of the rulebook's parameter behind them.

use crate::machine::refusal::{Kind, Reject};
use crate::machine::spoken::Spoken;
use crate::rulebook::Rulebook;

impl Reject {
    /// With the parameter that decided and its article.
    pub(crate) fn by_rule(mut self, rulebook: &Rulebook, rule: &str) -> Self {
        self.rule = rule.into();
        self.article = rulebook.article(rule).map(str::to_owned);
        self
    }
}

impl Kind {
    /// With the article of the rulebook's parameter of the same name.
    pub(crate) fn under(self, rulebook: &Rulebook, value: impl std::fmt::Display) -> Reject {
        let mut reject = self.because(value);
        reject.article = rulebook.article(self.rule).map(str::to_owned);
        reject
    }

    /// Likewise, in the words of each language.
    pub(crate) fn saying_under(self, rulebook: &Rulebook, found: Spoken) -> Reject {
        let mut reject = self.saying(found);
        reject.article = rulebook.article(self.rule).map(str::to_owned);
        reject
    }
}

impl Kind {
    /// With the parameter that decided and its article, where one kind of refusal serves several parameters.
    pub(crate) fn by(self, rulebook: &Rulebook, rule: &str, value: impl std::fmt::Display) -> Reject {
        self.because(value).by_rule(rulebook, rule)
    }
}
