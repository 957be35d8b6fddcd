//! Every time limit of a rulebook as a duty: which record starts its clock, which ends it, and who owes it.
//!
//! The running limits ([`crate::oversight::timers`]) and the supervision rules read this one table. **Invariant:** a duration
//! of a shipped rulebook is the limit of a duty here, or stands in [`NOTHING_OWED`] with the reason.

use crate::machine::stage::Stage;
use crate::machine::stage::Stage::{
    Awarded, Contracted, DealConfirmed, Evaluated, ListingClosed, Publicised, Supervised,
};
use crate::rulebook::Procedure::{self, Invited, Listing, Open};

/// Who is asked why it is late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owes {
    /// 招标人, or the seller.
    Tenderee,
    /// The hosting centre.
    Centre,
    /// The regulator that handles the complaint.
    Regulator,
    /// The chain's group: no single organisation.
    Group,
    /// The one the record names.
    Party,
}

/// Whether the second moment may be no later, or no earlier, than the limit's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    Most,
    Least,
}

/// How the two moments are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Both stand in one record.
    Notice,
    /// The last record that starts it, and the first after it that ends it.
    Steps,
    /// As [`Clock::Steps`], for each lot the first record names.
    Lots,
    /// The record that names the first one in this member of its body.
    Answers(&'static str),
    /// By more than two records.
    Own,
}

/// While a project of these procedures is at the first stage, the limit runs from when it reached the second.
pub(crate) type Run = (&'static [Procedure], Stage, Stage);

/// A duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    /// The rulebook's parameter that gives the limit and the article.
    pub parameter: &'static str,
    /// The supervision rule that tells when it is missed.
    pub rule: &'static str,
    pub owes: Owes,
    pub bound: Bound,
    pub clock: Clock,
    /// Record types that start it.
    pub starts: &'static [&'static str],
    /// Record types that end it; none where both moments stand in one record.
    pub ends: &'static [&'static str],
    pub formula: &'static str,
    /// What is wrong when it is missed.
    pub title: &'static str,
    pub title_zh: &'static str,
    pub(crate) runs: &'static [Run],
}

const TENDERS: &[Procedure] = &[Open, Invited];
const LISTINGS: &[Procedure] = &[Listing];
const ALL: &[Procedure] = &[Open, Invited, Listing];
const NOTICES: &[&str] = &["tender.published/1", "invitation.issued/1"];
const LISTED: &[&str] = &["listing.published/1"];
const AWARDS: &[&str] = &["award.notified/1", "result.publicised/1"];
const REPORT: &[&str] = &["supervision.reported/1"];

macro_rules! duties {
    ($($parameter:literal $owes:ident $bound:ident $clock:expr, $starts:expr => $ends:expr, $runs:expr;
       $rule:literal, $formula:literal, $title:literal, $zh:literal;)*) => {
        /// All duties.
        pub const DUTIES: &[Duty] = &[$(Duty {
            parameter: $parameter, rule: $rule, owes: Owes::$owes, bound: Bound::$bound, clock: $clock,
            starts: $starts, ends: $ends, formula: $formula, title: $title, title_zh: $zh, runs: $runs,
        }),*];
    };
}

// Of each duty: parameter, who owes it, bound, clock, the records between which it runs, the stages in which it runs;
// then rule, formula, title.
duties! {
    "doc_sale_min" Tenderee Least Clock::Notice, &["tender.published/1", "invitation.issued/1", "prequal.published/1"] => &[], &[];
    "timer.doc_sale_min", "documents_until - documents_from >= doc_sale_min", "The documents were on offer for too short a time", "招标文件发售期不足";
    "bid_prep_min" Tenderee Least Clock::Notice, NOTICES => &[], &[];
    "timer.bid_prep_min", "deadline - max(publication, documents_from) >= bid_prep_min", "Bidders had too little time to prepare", "投标准备时间不足";
    "clarify_lead" Tenderee Least Clock::Notice, &["tender.amended/1", "tender.clarified/1"] => &[], &[];
    "amendment.late", "deadline in force - change >= clarify_lead", "The documents were changed shortly before the deadline", "临近投标截止修改招标文件";
    "prequal_prep_min" Tenderee Least Clock::Notice, &["prequal.published/1"] => &[], &[];
    "timer.prequal_prep_min", "deadline - max(publication, documents_until) >= prequal_prep_min", "Applicants had too little time to prepare", "资格预审申请准备时间不足";
    "prequal_clarify_lead" Tenderee Least Clock::Notice, &["prequal.clarified/1"] => &[], &[];
    "timer.prequal_clarify_lead", "deadline after the change - change >= prequal_clarify_lead", "The prequalification was changed shortly before its deadline", "临近截止修改资格预审文件";
    "objection_reply_max" Tenderee Most Clock::Answers("objection"), &["objection.raised/1"] => &["objection.answered/1"], &[];
    "timer.objection_reply_max", "answer - objection <= objection_reply_max", "An objection was not answered in time", "异议未按时答复";
    "objection_opening_reply_max" Tenderee Most Clock::Answers("objection"), &["objection.raised/1"] => &["objection.answered/1"], &[];
    "timer.objection_opening_reply_max", "answer - objection to the opening <= objection_opening_reply_max", "An objection to the opening was not answered on the spot", "开标异议未当场答复";
    "sealing_signature_window" Group Most Clock::Own, NOTICES => &["tender.opened/1"], &[];
    "timer.sealing_signature_window", "last opening by the group - deadline, or the end of a suspension after it, <= sealing_signature_window", "The group did not open the sealed bids in time", "门限组未按时解密投标";
    "reveal_window" Centre Most Clock::Own, NOTICES => &["bids.opened/1"], &[];
    "timer.reveal_window", "opening - deadline, or the end of a suspension after it, <= reveal_window", "The bids were not opened in time", "未按时开标";
    "randomness_window" Party Most Clock::Own, &["draw.requested/1", "randomness.committed/1"] => &["randomness.committed/1", "randomness.revealed/1"], &[];
    "timer.randomness_window", "contribution - request, or last commitment, <= randomness_window", "A party of the draw stayed silent", "抽取随机数参与方未按时提交";
    "publicity_start" Tenderee Most Clock::Steps, &["evaluation.reported/1"] => &["candidates.publicised/1"], &[(TENDERS, Evaluated, Evaluated)];
    "timer.publicity_start", "candidates - evaluation report <= publicity_start", "The candidates were not publicised in time", "中标候选人未按时公示";
    "publicity_min" Tenderee Least Clock::Steps, &["candidates.publicised/1", "result.publicised/1"] => &["award.notified/1", "contract.signed/1"], &[(TENDERS, Publicised, Publicised), (LISTINGS, Awarded, Awarded)];
    "timer.publicity_min", "award, or contract of a listing, - publicity >= publicity_min", "The award came before the publicity period was over", "公示期未满即定标";
    "award_max" Tenderee Most Clock::Steps, &["candidates.publicised/1"] => &["award.notified/1"], &[(TENDERS, Publicised, Publicised)];
    "timer.award_max", "award - candidates <= award_max", "The award was not decided in time", "未按时定标";
    "contract_max" Tenderee Most Clock::Lots, AWARDS => &["contract.signed/1"], &[(ALL, Awarded, Awarded)];
    "timer.contract_max", "contract - award <= contract_max", "The contract was not signed in time", "合同未按时签订";
    "regulator_report_max" Tenderee Most Clock::Steps, AWARDS => REPORT, &[(ALL, Awarded, Awarded), (ALL, Contracted, Awarded)];
    "timer.regulator_report_max", "report - award <= regulator_report_max", "The regulator was not told in time", "未按时提交招标投标情况书面报告";
    "contract_filing_max" Tenderee Most Clock::Steps, &["contract.signed/1"] => REPORT, &[(ALL, Contracted, Contracted)];
    "timer.contract_filing_max", "filing - last contract <= contract_filing_max", "The contract was not filed in time", "合同未按时备案";
    "bond_refund_on_withdraw" Centre Most Clock::Own, &["bid.withdrawn/1"] => &["bond.refunded/1"], &[];
    "timer.bond_refund_on_withdraw", "refund - withdrawal <= bond_refund_on_withdraw", "The bond of a withdrawn bid was not returned in time", "撤回投标后保证金未按时退还";
    "bond_refund_after_contract" Centre Most Clock::Own, &["contract.signed/1"] => &["bond.refunded/1"], &[(ALL, Contracted, Contracted), (ALL, Supervised, Contracted)];
    "timer.bond_refund_after_contract", "refund - last contract <= bond_refund_after_contract", "A bond was not returned in time after the contract", "合同签订后保证金未按时退还";
    "complaint_accept_max" Regulator Most Clock::Answers("complaint"), &["complaint.filed/1"] => &["complaint.accepted/1", "complaint.declined/1"], &[];
    "timer.complaint_accept_max", "accepted or declined - complaint <= complaint_accept_max", "A complaint was neither accepted nor declined in time", "投诉未按时决定是否受理";
    "complaint_decide_max" Regulator Most Clock::Answers("complaint"), &["complaint.accepted/1"] => &["complaint.decided/1"], &[];
    "timer.complaint_decide_max", "decision - acceptance <= complaint_decide_max", "A complaint was not decided in time", "投诉未按时作出处理决定";
    "listing_notice_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.listing_notice_min", "start of offers - publication >= listing_notice_min", "The notice of the listing was too short", "挂牌（拍卖）公告期不足";
    "notice_equity_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.notice_equity_min", "start of offers - publication >= notice_equity_min", "The disclosure of a transfer of equity was too short", "产权转让信息披露期不足";
    "notice_capital_increase_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.notice_capital_increase_min", "start of offers - publication >= notice_capital_increase_min", "The disclosure of a capital increase was too short", "企业增资信息披露期不足";
    "notice_assets_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.notice_assets_min", "start of offers - publication >= notice_assets_min", "The disclosure of a transfer of assets was too short", "资产转让信息披露期不足";
    "notice_assets_large_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.notice_assets_large_min", "start of offers - publication >= notice_assets_large_min", "The disclosure of a large transfer of assets was too short", "大额资产转让信息披露期不足";
    "listing_period_min" Tenderee Least Clock::Notice, LISTED => &["listing.closed/1"], &[];
    "timer.listing_period_min", "end of offers - start of offers >= listing_period_min", "Offers were taken for too short a time", "挂牌（竞价）期不足";
    "viewing_min" Tenderee Least Clock::Notice, LISTED => &[], &[];
    "timer.viewing_min", "viewing_until - viewing_from >= viewing_min", "What is auctioned was not shown long enough", "拍卖标的展示时间不足";
    "extension_window" Centre Least Clock::Steps, &["listing.offered/1"] => &["listing.closed/1"], &[];
    "timer.extension_window", "closing - last offer >= extension_window", "The listing was closed while the last offer could be answered", "延时竞价期未满即结束";
    "result_publicity_max" Centre Most Clock::Steps, &["listing.closed/1"] => &["result.publicised/1"], &[(LISTINGS, ListingClosed, ListingClosed), (LISTINGS, DealConfirmed, ListingClosed)];
    "timer.result_publicity_max", "result - closing <= result_publicity_max", "The result of the listing was not made public in time", "成交结果未按时公布";
    "archive_retention_min" Centre Least Clock::Notice, &["archive.sealed/1"] => &[], &[];
    "timer.archive_retention_min", "retain_until - archiving >= archive_retention_min", "The archive is promised for too short a time", "档案保存期限不足";
}

/// Durations of which nothing can be late, and why.
pub const NOTHING_OWED: &[(&str, &str)] = &[
    ("objection_docs_before", "a right of bidders: the contracts refuse an objection that comes later"),
    ("objection_prequal_before", "a right of applicants: the contracts refuse an objection that comes later"),
    ("objection_opening_window", "a right of bidders: the contracts refuse an objection that comes later"),
    ("objection_raise_max", "a right of bidders: the contracts refuse an objection that comes later"),
    ("complaint_window", "a right of those concerned: the contracts refuse a complaint that comes later"),
    ("complaint_suspend_max", "ends a suspension by itself: nobody has to do anything"),
];

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
        for one in DUTIES {
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
