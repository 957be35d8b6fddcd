//! Which procedure a rulebook is for, told by its parameters, and the parameters that only some procedures have.
//!
//! **Invariant:** a rulebook names no parameter that its procedure does not ask for, so that it promises nothing nobody
//! enforces; and an act of one procedure never meets a rulebook of another.

use crate::machine::amount::Amount;
use crate::machine::refusal::Reject;
use crate::rulebook;
use crate::rulebook::{Form, PARAMETERS, Rulebook, refusals};

/// The procedures these contracts know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// 公开招标.
    Open,
    /// 邀请招标: the rulebook has `invitees_min`.
    Invited,
    /// 挂牌, 拍卖: the rulebook has `listing_period_min`.
    Listing,
}

/// Words of `asset_kinds`.
pub(super) const ASSET_KINDS: &[&str] =
    &["land_use_right", "mining_right", "equity", "assets", "capital_increase", "goods"];
/// Words of `invitation_grounds` (条例8).
pub(super) const INVITATION_GROUNDS: &[&str] = &["few_bidders", "cost_share"];
/// Words of `recusal_grounds` (招标投标法37, 评标委员会和评标方法暂行规定12; 政府采购法实施条例9).
pub(crate) const RECUSAL_GROUNDS: &[&str] = &[
    "same_employer",
    "equity_or_management",
    "near_relative",
    "earlier_punishment",
    "supervising_authority",
];
/// Words of `result_correction_grounds` (87号令64).
pub(super) const CORRECTION_GROUNDS: &[&str] =
    &["summation_error", "out_of_range", "objective_differs", "abnormal_score"];

/// What every listing's rulebook has, instead of the tender's parameters.
const LISTING: &[(&str, Form)] = &[
    ("asset_kinds", Form::Words(ASSET_KINDS)),
    ("listing_notice_min", Form::Duration),
    ("listing_period_min", Form::Duration),
    ("listing_reserve_hidden", Form::Flag),
    ("listing_bidders_min", Form::Count),
    ("result_publicity_max", Form::Duration),
    ("publicity_min", Form::Duration),
    ("contract_max", Form::Duration),
    ("regulator_report_max", Form::Duration),
];

/// What a listing's rulebook may leave out.
const LISTING_OPTIONAL: &[(&str, Form)] = &[
    // Left out or false: nobody need have approved the method.
    ("method_approval", Form::Flag),
    // Left out: nothing need be shown.
    ("viewing_min", Form::Duration),
    // Left out: a late offer does not move the end.
    ("extension_window", Form::Duration),
    // Left out: `listing_notice_min` holds for this kind of asset too.
    ("notice_equity_min", Form::Duration),
    ("notice_capital_increase_min", Form::Duration),
    // For assets whose starting prices sum to more than the amount of the same name.
    ("notice_assets_min", Form::Duration),
    ("notice_assets_above", Form::Amount),
    ("notice_assets_large_min", Form::Duration),
    ("notice_assets_large_above", Form::Amount),
    // Left out: no bound.
    ("listing_bond_min_permille", Form::Count),
    ("listing_bond_max_permille", Form::Count),
    // Left out: no performance bond may be asked.
    ("perf_bond_max_permille", Form::Count),
    // Left out: the return of a bond has no time limit.
    ("bond_refund_after_contract", Form::Duration),
    // Left out: an archive is kept as long as its record says, if it does.
    ("archive_retention_min", Form::Duration),
];

/// What a tender's rulebook may have for its category.
pub(super) const TENDER_OPTIONAL: &[(&str, Form)] = &[
    // Left out or false: nobody need have approved the method.
    ("method_approval", Form::Flag),
    // Left out: the share alone bounds a bid bond.
    ("bid_bond_max_amount", Form::Amount),
    // Left out: the return of a bond has no time limit.
    ("bond_refund_on_withdraw", Form::Duration),
    ("bond_refund_after_contract", Form::Duration),
    // Left out: the category asks no kind and no weight.
    ("price_weight_goods_min_permille", Form::Count),
    ("price_weight_services_min_permille", Form::Count),
    // Left out or false: the documents may choose another price score.
    ("price_score_lowest_ratio", Form::Flag),
    // Left out: the award has no time limit of its own.
    ("award_max", Form::Duration),
    // Left out: only `regulator_report_max` counts.
    ("contract_filing_max", Form::Duration),
    // Left out: an objection has no latest day after what it is about.
    ("objection_raise_max", Form::Duration),
    // Left out: an open objection suspends the procedure.
    ("objection_suspends", Form::Flag),
    // Left out: experts are recused on every ground there is.
    ("recusal_grounds", Form::Words(RECUSAL_GROUNDS)),
    // Left out: a reported result is never corrected.
    ("result_correction_grounds", Form::Words(CORRECTION_GROUNDS)),
    // Left out: every tender under the rulebook is one the law asks for.
    ("mandatory_scale_works", Form::Amount),
    ("mandatory_scale_goods", Form::Amount),
    ("mandatory_scale_services", Form::Amount),
    // Both make an invited tender.
    ("invitees_min", Form::Count),
    ("invitation_grounds", Form::Words(INVITATION_GROUNDS)),
    // Left out: there is no prequalification.
    ("prequal_prep_min", Form::Duration),
    ("prequal_pass_min", Form::Count),
    ("prequal_clarify_lead", Form::Duration),
    ("objection_prequal_before", Form::Duration),
    // Left out: complaints are not on the ledger.
    ("complaint_window", Form::Duration),
    ("complaint_accept_max", Form::Duration),
    ("complaint_decide_max", Form::Duration),
    // Left out: a suspension lasts until the decision.
    ("complaint_suspend_max", Form::Duration),
    // Left out: an objection to the opening has no latest moment before the next stage, and `objection_reply_max` holds.
    ("objection_opening_window", Form::Duration),
    ("objection_opening_reply_max", Form::Duration),
    // Left out: an archive is kept as long as its record says, if it does.
    ("archive_retention_min", Form::Duration),
];

/// Parameters that come together: one alone could not be used.
const TOGETHER: &[&[&str]] = &[
    &["invitees_min", "invitation_grounds"],
    &["mandatory_scale_works", "mandatory_scale_goods", "mandatory_scale_services"],
    &["prequal_prep_min", "prequal_pass_min", "prequal_clarify_lead", "objection_prequal_before"],
    &["notice_assets_min", "notice_assets_above"],
    &["objection_opening_window", "objection_opening_reply_max"],
    &["complaint_window", "complaint_accept_max", "complaint_decide_max"],
    &["notice_assets_large_min", "notice_assets_large_above"],
];

type Forms = &'static [(&'static str, Form)];

/// The parameters a rulebook must have and those it may have.
pub(super) fn forms<'a>(mut names: impl Iterator<Item = &'a String>) -> (Forms, [Forms; 2]) {
    if names.any(|name| name == "listing_period_min") {
        (LISTING, [LISTING_OPTIONAL, &[]])
    } else {
        (PARAMETERS, [rulebook::OPTIONAL, TENDER_OPTIONAL])
    }
}

/// Every list of forms but the two every tender has.
#[cfg(test)]
pub(super) const fn all() -> [Forms; 3] {
    [LISTING, LISTING_OPTIONAL, TENDER_OPTIONAL]
}

/// The first parameter that is missing beside another it belongs with.
pub(super) fn missing_beside(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let groups = TOGETHER.iter().filter(|group| group.iter().any(|name| has(name)));
    groups.flat_map(|group| group.iter()).find(|name| !has(name)).copied()
}

/// A whole amount of money in minor units.
pub(super) fn parse_amount(value: &toml::Value) -> Option<u64> {
    let number = value.as_integer().and_then(|number| u64::try_from(number).ok())?;
    Amount::new(number).ok().map(Amount::get)
}

/// A list of different known words, at least one.
pub(super) fn is_word_list(value: &toml::Value, words: &[&str]) -> bool {
    let Some(list) = value.as_array() else { return false };
    let known = list.iter().all(|one| one.as_str().is_some_and(|word| words.contains(&word)));
    let different =
        list.iter().enumerate().all(|(place, one)| !list.iter().take(place).any(|two| two == one));
    known && different && !list.is_empty()
}

impl Rulebook {
    /// The procedure this rulebook is for.
    #[must_use]
    pub fn procedure(&self) -> Procedure {
        if self.values.durations.contains_key("listing_period_min") {
            Procedure::Listing
        } else if self.values.counts.contains_key("invitees_min") {
            Procedure::Invited
        } else {
            Procedure::Open
        }
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
    pub(crate) fn lists(&self, parameter: &str, word: &str) -> bool {
        let list = self.raw.parameter.get(parameter).and_then(|one| one.value.as_array());
        list.is_some_and(|list| list.iter().any(|one| one.as_str() == Some(word)))
    }

    /// True when the rulebook has the parameter.
    pub(crate) fn has(&self, parameter: &str) -> bool {
        self.raw.parameter.contains_key(parameter)
    }
}
