//! Refusals: the record broke a rule. Deterministic, with a stable code, the rule, its value and its article.

use crate::rulebook::Rulebook;
use crate::state::StateFailure;
use spoken::Spoken;

/// Why a record is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Stable: of one of the lists that `codes!` makes, one for each domain. The node adds `record.repeated` of its own.
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

impl Reject {
    /// With the parameter that decided and its article.
    pub(crate) fn by_rule(mut self, rulebook: &Rulebook, rule: &str) -> Self {
        self.rule = rule.into();
        self.article = rulebook.article(rule).map(str::to_owned);
        self
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

macro_rules! codes {
    ($list:ident; $($name:ident = $code:literal, $rule:literal, $en:literal, $zh:literal;)*) => {
        $(pub(crate) const $name: Kind = Kind { code: $code, rule: $rule, en: $en, zh: $zh };)*
        /// Codes the contracts of this area refuse with; its tests meet every one.
        pub const $list: &[&str] = &[$($code),*];
    };
}

/// A kind of refusal before its details are filled in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) code: &'static str,
    pub(crate) rule: &'static str,
    en: &'static str,
    zh: &'static str,
}

codes! { CODES;
    UNKNOWN_TYPE = "record.type_unknown", "record.type", "this record type is not known to these contracts", "未知的记录类型";
    BODY = "record.body", "record.body", "the body is not what this record type needs", "记录内容不符合该类型要求";
    PROJECT_MISSING = "record.project_missing", "record.project", "this record type needs 'project'", "缺少项目编号";
    PREVIOUS = "record.previous", "record.previous", "'previous' does not name the record this one must follow; read the project again and sign anew", "前序记录不符，请重新读取项目后再签名";
    UNKNOWN_ORG = "participant.unknown", "participant.registered", "the organisation is not registered; the city centre registers participants", "主体未登记";
    REVOKED_ORG = "participant.revoked", "participant.active", "the organisation's registration is revoked", "主体登记已撤销";
    REVOKED_ALREADY = "participant.revoked_already", "participant.revoked_once", "the organisation's registration is revoked already; the first revocation's time counts", "主体登记此前已撤销，以首次撤销时间为准";
    KEY_UNKNOWN = "key.unknown", "key.registered", "the key does not belong to the organisation", "密钥不属于该主体";
    KEY_REVOKED = "key.revoked", "key.active", "the key was rotated or revoked before this block", "密钥已轮换或撤销";
    ROLE = "participant.role", "participant.role", "the signer's role may not do this", "签名主体的角色无权办理";
    NOT_OWNER = "participant.not_party", "participant.party", "the signer is not the party of this project that does this", "签名主体不是本项目的相应当事人";
    ORG_EXISTS = "participant.exists", "participant.once", "the organisation is registered already", "主体已登记";
    KEY_TAKEN = "key.taken", "key.once", "the key belongs to somebody already or is not usable", "密钥已被使用或不可用";
    RULEBOOK_INVALID = "rulebook.invalid", "rulebook.form", "the rulebook cannot be used", "规则书无效";
    RULEBOOK_VERSION = "rulebook.version", "rulebook.version", "a category's version only rises by one", "规则书版本只能逐一递增";
    RULEBOOK_UNKNOWN = "rulebook.unknown", "rulebook.pinned", "the tender must pin the newest rulebook of its category", "招标须引用该类别最新规则书";
    PROJECT_EXISTS = "project.exists", "project.once", "the project is registered already", "项目已登记";
    PROJECT_UNKNOWN = "project.unknown", "project.registered", "no such project", "项目不存在";
    PROJECT_CODE = "project.code", "project.code", "the investment-project code is NNNN-NNNNNN-NN-NN-NNNNNN", "投资项目代码格式不符";
    STAGE = "project.stage", "project.stage", "the project is not at the step this record belongs to", "项目所处环节不允许该操作";
    SUSPENDED = "project.suspended", "objection_suspends", "the procedure is suspended until every objection is answered", "异议未答复前程序暂停";
    LOTS = "tender.lots", "tender.lots", "lots need 1 to 64 different ids", "标段编号须为1至64个且不重复";
    DOC_SALE = "tender.doc_sale", "doc_sale_min", "the documents are on offer for too short a time", "招标文件发售期不足";
    BID_PREP = "tender.bid_preparation", "bid_prep_min", "bidders have too little time until the deadline", "投标准备时间不足";
    CURRENCY = "tender.currency", "currency", "the currency is not the rulebook's", "币种与规则书不符";
    BID_BOND = "tender.bid_bond", "bid_bond_max_permille", "the bid bond is too high", "投标保证金过高";
    CEILING = "tender.ceiling", "ceiling", "a ceiling price is above zero", "最高投标限价须大于零";
    CRITERIA = "tender.criteria", "criteria", "the criteria do not fit the method or do not sum to 1000", "评标标准与方法不符或权重合计不为1000";
    CLARIFY_LEAD = "tender.clarify_lead", "clarify_lead", "so late a change must move the deadline out", "临近截止的澄清修改须顺延截止时间";
    DEADLINE_BACK = "tender.deadline_back", "deadline", "a deadline is never brought forward", "截止时间不得提前";
    DEADLINE_PASSED = "bid.late", "deadline", "the deadline has passed", "投标截止时间已过";
    DEADLINE_AHEAD = "opening.early", "deadline", "the deadline has not come", "投标截止时间未到";
    OBJECTION_LATE = "objection.late", "objection_docs_before", "objections to the documents come earlier before the deadline", "对招标文件的异议提出过晚";
    OBJECTION_UNKNOWN = "objection.unknown", "objection.open", "no open objection of this id", "没有该未答复异议";
    LOT_UNKNOWN = "bid.lot", "tender.lots", "the tender has no such lot", "标段不存在";
    BID_NUMBER = "bid.number", "bids_per_bidder_max", "more bids of one bidder than the rulebook allows", "同一投标人的投标份数超限";
    BID_SEQUENCE = "bid.sequence", "bid.sequence", "a replacement's sequence is one above the last", "替换投标的序号须递增";
    BID_UNKNOWN = "bid.unknown", "bid.sealed", "there is no such sealed bid", "没有该密封投标";
    COMMITMENT = "bid.commitment", "bid.commitment", "body and salt do not open the sealed commitment", "投标内容与密封承诺不符";
    REVEALED = "bid.revealed_already", "bid.once", "the bid is revealed already", "投标已揭示";
    REVEAL_CLOSED = "bid.reveal_closed", "reveal_window", "the time to reveal is over", "揭示时间已过";
    REVEAL_OPEN = "opening.reveal_window", "reveal_window", "some bids are not revealed and their time is not over", "仍有投标未揭示且揭示期未满";
    OPENING_LIST = "opening.incomplete", "opening.complete", "the opening must list exactly the sealed bids", "开标记录须完整列明全部投标";
    COMMITTEE = "committee.composition", "committee_min", "the committee's size or composition breaks the rule", "评标委员会组成不符合规定";
    COMMITTEE_MISSING = "committee.missing", "committee_min", "the committee must be drawn first", "须先组建评标委员会";
    NOT_MEMBER = "committee.not_member", "committee.member", "only members of the committee do this, with their session key", "仅评标委员会成员可办理";
    SCORES_SEALED = "scores.sealed_already", "scores.once", "this member's scores are sealed already", "该成员评分已密封";
    SCORES_WAIT = "scores.not_all_sealed", "scores.commit_first", "scores are revealed after every member has sealed", "全体成员密封评分后方可揭示";
    SCORES_COMMITMENT = "scores.commitment", "scores.commitment", "scores and salt do not open the sealed commitment", "评分与密封承诺不符";
    SCORES = "scores.form", "criteria", "scores cover every criterion and every opened bid within its range", "评分须覆盖全部标准与投标且在分值范围内";
    LOT_DRAW = "evaluation.lot_draw", "tie_break", "a drawing of lots names exactly the bids that tie", "抽签须恰为并列投标";
    TIE = "evaluation.tie", "tie_break", "equal bids need a recorded drawing of lots first", "并列投标须先抽签";
    DISQUALIFIED = "evaluation.disqualified", "disqualification", "a disqualification names an opened bid and a reason; bids without a usable price must be disqualified", "否决投标须指明投标及理由；无有效报价者须否决";
    RANKING = "evaluation.ranking", "evaluation.recomputed", "the ranking is not what opened bids, scores and rulebook give", "排名与依据投标、评分及规则书复算结果不一致";
    CANDIDATES = "candidates.list", "candidates_max", "candidates are the first of the ranking, at most as many as the rule allows", "中标候选人须按排名且不超过规定人数";
    PUBLICITY = "award.publicity", "publicity_min", "the publicity period is not over", "公示期未满";
    AWARD_RANK = "award.rank", "award_rank_1", "the award goes to rank 1 unless a ground of the article is named", "应确定排名第一者中标，除非列明法定情形";
    AWARD_PRICE = "award.price", "award.as_bid", "price as bid", "中标价须为投标报价";
    CONTRACT_TERMS = "contract.terms", "contract.as_awarded", "the contract is signed by both parties at the awarded price", "合同须由双方按中标价签署";
    PERFORMANCE_BOND = "contract.performance_bond", "perf_bond_max_permille", "the performance bond is too high", "履约保证金过高";
    TEXT = "record.text", "record.text", "a text is empty, too long, or has control characters", "文本为空、过长或含控制字符";
    ARCHIVE = "archive.incomplete", "archive.complete", "the archive must cover every record of the project", "档案须覆盖项目全部记录";
}

pub(crate) mod registry;
pub(crate) mod spoken;
pub(crate) mod supervision;
pub(crate) mod validators;

pub(crate) mod anchoring;

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

    pub(crate) fn err<T>(self) -> Result<T, Refusal> {
        Err(self.reject().into())
    }
}

pub(crate) mod evaluation;
pub(crate) mod sealing;

pub(crate) mod categories;

pub(crate) mod complaint;
pub(crate) mod ends;
pub(crate) mod model;

pub(crate) mod rules;
