//! The procedures, and the words that a rulebook's lists may have.

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

pub(super) const TENDERS: &[Procedure] = &[Procedure::Open, Procedure::Invited];
pub(super) const LISTINGS: &[Procedure] = &[Procedure::Listing];
pub(super) const ALL: &[Procedure] = &[Procedure::Open, Procedure::Invited, Procedure::Listing];
