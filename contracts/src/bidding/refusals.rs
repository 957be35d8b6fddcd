//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    BID_NUMBER = "bid.number", "bids_per_bidder_max", "more bids of one bidder than the rulebook allows", "同一投标人的投标份数超限";
    BID_SEQUENCE = "bid.sequence", "bid.sequence", "a replacement's sequence is one above the last", "替换投标的序号须递增";
    BID_UNKNOWN = "bid.unknown", "bid.sealed", "there is no such sealed bid", "没有该密封投标";
    COMMITMENT = "bid.commitment", "bid.commitment", "body and salt do not open the sealed commitment", "投标内容与密封承诺不符";
    REVEALED = "bid.revealed_already", "bid.once", "the bid is revealed already", "投标已揭示";
    REVEAL_CLOSED = "bid.reveal_closed", "reveal_window", "the time to reveal is over", "揭示时间已过";
}

codes! { CODES_SEALING;
    OTHER_WAY = "bid.other_way", "tender.sealing", "this tender takes its bids in the other way", "该项目以另一种方式接收投标";
}

codes! { CODES_CATEGORIES;
    LISTING_BONDLESS = "listing.bond_missing", "listing.bond", "a registration names a bond that was received for this project and serves no other number", "登记须对应本项目已收到且未使用的保证金";
    BOND_UNKNOWN = "bond.unknown", "bond.received", "no such bond is held for this project, or there is no room for another", "没有该未退还保证金，或数量超限";
    BOND_COMMITMENT = "bond.commitment", "bond.commitment", "payer, amount and salt do not open the bond's commitment", "交纳人、金额与承诺不符";
    BOND_STANDING = "bond.standing", "bond_refund_on_withdraw", "a bond goes back before the opening only to a bidder whose bids are withdrawn", "开标前仅向已撤回投标者退还保证金";
    NOT_ADMITTED = "bid.not_admitted", "admission", "only those on the list may bid, and a bid proves its place on it", "仅受邀或通过资格预审者可投标，并须证明在名单内";
    DISCLOSURE = "admission.disclosure", "admission.list", "the disclosure opens every list once, exactly as committed: bidders of the ledger, and applicants where there was a prequalification", "名单公开须与承诺完全一致且仅公开一次";
    ADMITTED_FEW = "admission.too_few", "invitees_min", "the list has too few", "名单人数不足";
    UNDISCLOSED = "admission.undisclosed", "admission.disclosed", "the list of those who might bid is opened before the evaluation is reported", "评标报告前须公开受邀或通过资格预审的名单";
}

codes! { CODES_REGISTRY;
    INELIGIBLE = "eligibility.not_disqualified", "eligibility.opening", "a bid found ineligible at the opening must be disqualified", "开标时不具备资格的投标须否决";
}

codes! { CODES_MODEL;
    MODEL_TERMS = "tender.model", "model.terms", "a notice that asks for building models scores them by one of its criteria that is neither the price nor blind, and names 1 to 8 different IFC versions and a size", "要求提交建筑信息模型的公告须以非价格且非暗标的评标标准评审模型，并载明1至8个IFC版本及文件大小上限";
    MODEL_UNKNOWN = "model.unknown", "model.sealed", "no opened bid of this bidder names a model here", "该投标人没有载明模型的已开启投标";
    MODEL_DELIVERED = "model.delivered_already", "model.once", "the model was handed in already", "模型已提交";
    MODEL_ALTERED = "model.altered", "model.as_sealed", "the model is not the one the bid sealed, or the record does not name the file as its document", "模型文件与密封投标所载不一致，或记录未以其为附件";
    MODEL_NOT_DISQUALIFIED = "model.not_disqualified", "model.as_sealed", "a bid whose model is missing, unfit or was not handed in as sealed must be disqualified", "未载明模型、模型不符合要求或未按密封内容提交模型的投标须否决";
    MODEL_WAITING = "model.waiting", "reveal_window", "a bidder may still hand in the model its bid names: no lots are drawn and nothing is reported before it has, or its time is over", "投标人提交所载模型的时限未满且尚未提交的，不得抽签或提交评标报告";
}
