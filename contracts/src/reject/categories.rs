//! Refusals of the other trading categories: listings, procurement, invitation, prequalification, bonds.

use super::{Kind, Reject};
use crate::rulebook::Rulebook;

codes! { CODES_CATEGORIES;
    PROCEDURE = "rulebook.procedure", "rulebook.procedure", "the rulebook is for another procedure", "所引用规则书不适用于该交易方式";
    LISTING_ASSET = "listing.asset", "asset_kinds", "the rulebook does not cover this kind of asset", "规则书不适用于该类标的";
    LISTING_NOTICE = "listing.notice", "listing_notice_min", "the notice runs too short before offers begin", "公告期不足";
    LISTING_PERIOD = "listing.period", "listing_period_min", "the time for offers is too short, or its moments are out of order", "挂牌报价期不足或时间顺序不符";
    LISTING_VIEWING = "listing.viewing", "viewing_min", "the asset is shown for too short a time before offers begin", "标的展示时间不足";
    LISTING_PRICE = "listing.price", "listing.price", "starting price and increment are above zero", "起始价和增价幅度须大于零";
    LISTING_HIDDEN = "listing.reserve_hidden", "listing_reserve_hidden", "the rulebook allows no hidden reserve price", "规则书不允许设置保密底价";
    LISTING_BOND_LOW = "listing.bond_low", "listing_bond_min_permille", "the bond is too low", "竞买保证金过低";
    LISTING_BOND = "listing.bond_high", "listing_bond_max_permille", "the bond is too high", "竞买保证金过高";
    LISTING_NUMBER = "listing.number", "listing.number", "a bidder number is new, no participant's id, signs the registration with its own key, and there is room for it", "竞买号须未曾使用、不与主体标识重复并以其密钥共同签名";
    LISTING_BONDLESS = "listing.bond_missing", "listing.bond", "a registration names a bond that was received for this project and serves no other number", "登记须对应本项目已收到且未使用的保证金";
    LISTING_REGISTERED = "listing.registration_closed", "listing.registration", "the time to register is over", "竞买登记时间已过";
    LISTING_STRANGER = "listing.not_registered", "listing.number", "an offer is signed by a registered number with its key", "报价须由已登记竞买号以其密钥签名";
    LISTING_TIME = "listing.not_running", "listing.period", "offers are made after the lot's begin and before its end", "不在报价时间内";
    LISTING_LOW = "listing.offer_low", "listing.increment", "an offer is at least the starting price, and at least one increment above the best one", "报价低于起始价或未达到增价幅度";
    LISTING_RUNNING = "listing.running", "listing.period", "a lot still runs", "仍有标的处于报价期";
    LISTING_NUMBERS = "listing.numbers", "listing.identity", "the closing opens exactly the registered numbers, each as it was committed", "结束记录须逐一揭示全部竞买号且与承诺一致";
    LISTING_RESERVE = "listing.reserve", "listing.reserve", "the closing opens each lot's reserve price as it was committed", "底价与承诺不符";
    LISTING_RESULT = "listing.result", "listing.recomputed", "the result is not what offers, reserve and rulebook give", "结果与依据报价、底价及规则书复算不一致";
    DEAL = "deal.terms", "deal.as_offered", "a deal is confirmed once for each lot, by centre and winner, at the offered price", "成交确认书须由中心与竞得人按成交价共同签署，每个标的一次";
    CONTRACT_PUBLICITY = "contract.publicity", "publicity_min", "the result's publicity period is not over", "成交结果公示期未满";
    BOND_AMOUNT = "tender.bid_bond_amount", "bid_bond_max_amount", "the bid bond is above the amount no bid bond may exceed", "投标保证金超过最高限额";
    BOND_UNKNOWN = "bond.unknown", "bond.received", "no such bond is held for this project, or there is no room for another", "没有该未退还保证金，或数量超限";
    BOND_COMMITMENT = "bond.commitment", "bond.commitment", "payer, amount and salt do not open the bond's commitment", "交纳人、金额与承诺不符";
    BOND_STANDING = "bond.standing", "bond_refund_on_withdraw", "a bond goes back before the opening only to a bidder whose bids are withdrawn", "开标前仅向已撤回投标者退还保证金";
    PROCUREMENT_KIND = "tender.procurement_kind", "procurement", "a notice of government procurement, and no other, says whether goods, services or works are bought", "政府采购公告须载明货物、服务或工程，其他公告不得载明";
    PRICE_WEIGHT = "tender.price_weight", "price_weight_goods_min_permille", "the price weighs too little", "价格分权重过低";
    PRICE_SCORE = "tender.price_score", "price_score_lowest_ratio", "the price is scored as the lowest price over the price, and no price is left out", "价格分须采用低价优先法计算，不得去掉最高或最低报价";
    CORRECTION_GROUND = "result.ground", "result_correction_grounds", "a reported result changes on the named grounds only", "评标结果仅可在法定情形下修改";
    CORRECTION = "result.correction", "result.correction", "a correction changes points that were given, once each, and objective criteria until all members agree", "修改须针对已给出的评分且不得重复，客观分须修改至全体一致";
    OBJECTION_OVER = "objection.over", "objection_raise_max", "the time to object is over", "异议提出期限已过";
    INVITATION_GROUND = "invitation.ground", "invitation_grounds", "an invited tender needs one of the named grounds", "邀请招标须符合法定情形";
    NOT_ADMITTED = "bid.not_admitted", "admission", "only those on the list may bid, and a bid proves its place on it", "仅受邀或通过资格预审者可投标，并须证明在名单内";
    DISCLOSURE = "admission.disclosure", "admission.list", "the disclosure opens every list once, exactly as committed: bidders of the ledger, and applicants where there was a prequalification", "名单公开须与承诺完全一致且仅公开一次";
    ADMITTED_FEW = "admission.too_few", "invitees_min", "the list has too few", "名单人数不足";
    UNDISCLOSED = "admission.undisclosed", "admission.disclosed", "the list of those who might bid is opened before the evaluation is reported", "评标报告前须公开受邀或通过资格预审的名单";
    PREQUAL_NOT_OFFERED = "prequal.not_offered", "prequal_prep_min", "the rulebook has no prequalification", "规则书未规定资格预审";
    PREQUAL_PREP = "prequal.preparation", "prequal_prep_min", "applicants have too little time after the end of the documents' sale", "资格预审申请准备时间不足";
    PREQUAL_LEAD = "prequal.clarify_lead", "prequal_clarify_lead", "so late a clarification must move the deadline out", "临近截止的澄清须顺延资格预审申请截止时间";
    OBJECTION_PREQUAL = "objection.prequal_late", "objection_prequal_before", "objections to the prequalification documents come earlier before the deadline", "对资格预审文件的异议提出过晚";
    PREQUAL_OPENED = "prequal.applications", "prequal.complete", "the opening commits to exactly the applications that were made", "须完整列明全部资格预审申请";
    PREQUAL_FEW = "prequal.too_few", "prequal_pass_min", "a lot with fewer applicants than must pass fails", "通过资格预审的申请人不足";
}

impl Kind {
    /// With the parameter that decided and its article, where one kind of refusal serves several parameters.
    pub(crate) fn by(self, rulebook: &Rulebook, rule: &str, value: impl std::fmt::Display) -> Reject {
        self.because(value).by_rule(rulebook, rule)
    }
}
