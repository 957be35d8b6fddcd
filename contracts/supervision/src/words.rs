//! Every rule in words: its id, what it computes, and its title in English and Chinese. The rules about time limits are
//! those of [`biaozheng_contracts::rulebook::duties`]; here are the others.

use biaozheng_contracts::rulebook::duties::DUTIES;

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub id: &'static str,
    pub formula: &'static str,
    pub title: &'static str,
    pub title_zh: &'static str,
}

macro_rules! rules {
    ($($id:literal, $formula:literal, $title:literal, $zh:literal;)*) => {
        /// The rules that are about no time limit.
        const OTHERS: &[Rule] = &[$(Rule { id: $id, formula: $formula, title: $title, title_zh: $zh }),*];
    };
}

rules! {
    "award.not_rank_1", "rank of the awarded bid = 1", "The award did not go to the first of the ranking", "中标人不是排名第一的候选人";
    "result.override", "no tender fails after a bid was ranked", "A valid ranking was set aside", "已有有效排名而宣布招标失败";
    "collusion.same_device", "no device digest is in bids of two bidders", "Different bidders used the same device", "不同投标人的投标文件由同一设备编制";
    "collusion.same_address", "no address digest is in bids of two bidders", "Different bidders used the same network address", "不同投标人使用同一网络地址";
    "collusion.same_author", "no author digest is in bids of two bidders", "Bids of different bidders have the same author", "不同投标人的投标文件作者相同";
    "collusion.same_preparer", "no preparer digest is in bids of two bidders", "Bids of different bidders were prepared by the same person", "不同投标人的投标由同一人编制或办理";
    "collusion.same_bond_account", "no bond account digest is in bids of two bidders", "Bid bonds of different bidders came from the same account", "不同投标人的投标保证金由同一账户转出";
    "collusion.equal_steps", "p[i+1] - p[i] is the same for fewer than regular_prices_min successive prices", "Prices of different bidders rise in equal steps", "不同投标人的报价呈等差规律";
    "collusion.constant_ratio", "p[i+1] / p[i] is the same for fewer than regular_prices_min successive prices", "Prices of different bidders rise by a constant ratio", "不同投标人的报价呈等比规律";
    "R003", "whole days from start to end of the tender period >= threshold", "Short submission period", "投标期过短";
    "R018", "number of tenderers > 1", "Single bid received", "仅有一家投标";
    "R024", "(second-lowest - winning) / winning > Q1 - 1.5 IQR", "Price close to winning bid", "次低报价过于接近中标价";
    "R025", "processes won / processes with a valid bid > Q1 - 1.5 IQR, for top tenderers", "Excessive unsuccessful bids", "频繁陪标";
    "R028", "no price is in bids of two tenderers", "Identical bid prices", "不同投标人报价相同";
    "R030", "date of the winning bid <= end of the tender period", "Late bid won", "逾期投标中标";
    "R035", "other tenderers disqualified < threshold, or more than one valid tenderer", "All except winning bid disqualified", "除中标人外均被否决";
    "R036", "the lowest bid is not disqualified", "Lowest bid disqualified", "最低报价被否决";
    "R038", "disqualified / submitted bids < Q3 + 1.5 IQR", "Excessive disqualified bids", "否决投标比例过高";
    "R048", "classes of items supplied < Q3 + 1.5 IQR", "Heterogeneous supplier", "供应品类异常庞杂";
    "R058", "(second-lowest - winning) / winning < Q3 + 1.5 IQR", "Heavily discounted bid", "中标价显著低于次低报价";
}

/// All rules.
pub fn rules() -> impl Iterator<Item = Rule> {
    let timers = DUTIES.iter().map(|duty| Rule {
        id: duty.rule,
        formula: duty.formula,
        title: duty.title,
        title_zh: duty.title_zh,
    });
    timers.chain(OTHERS.iter().copied())
}

/// A rule by its id.
#[must_use]
pub fn rule(id: &str) -> Option<Rule> {
    rules().find(|rule| rule.id == id)
}

/// True for a rule whose limit and article are the rulebook's.
pub(crate) fn is_of_rulebook(id: &str) -> bool {
    DUTIES.iter().any(|duty| duty.rule == id)
}
