//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    PROJECT_EXISTS = "project.exists", "project.once", "the project is registered already", "项目已登记";
    PROJECT_CODE = "project.code", "project.code", "the investment-project code is NNNN-NNNNNN-NN-NN-NNNNNN", "投资项目代码格式不符";
    DOC_SALE = "tender.doc_sale", "doc_sale_min", "the documents are on offer for too short a time", "招标文件发售期不足";
    BID_PREP = "tender.bid_preparation", "bid_prep_min", "bidders have too little time until the deadline", "投标准备时间不足";
    CURRENCY = "tender.currency", "currency", "the currency is not the rulebook's", "币种与规则书不符";
    BID_BOND = "tender.bid_bond", "bid_bond_max_permille", "the bid bond is too high", "投标保证金过高";
    CEILING = "tender.ceiling", "ceiling", "a ceiling price is above zero", "最高投标限价须大于零";
    CRITERIA = "tender.criteria", "criteria", "the criteria do not fit the method or do not sum to 1000", "评标标准与方法不符或权重合计不为1000";
    CLARIFY_LEAD = "tender.clarify_lead", "clarify_lead", "so late a change must move the deadline out", "临近截止的澄清修改须顺延截止时间";
    DEADLINE_BACK = "tender.deadline_back", "deadline", "a deadline is never brought forward", "截止时间不得提前";
}

codes! { CODES_CATEGORIES;
    BOND_AMOUNT = "tender.bid_bond_amount", "bid_bond_max_amount", "the bid bond is above the amount no bid bond may exceed", "投标保证金超过最高限额";
    PROCUREMENT_KIND = "tender.procurement_kind", "procurement", "a notice of government procurement, and no other, says whether goods, services or works are bought", "政府采购公告须载明货物、服务或工程，其他公告不得载明";
    PRICE_WEIGHT = "tender.price_weight", "price_weight_goods_min_permille", "the price weighs too little", "价格分权重过低";
    PRICE_SCORE = "tender.price_score", "price_score_lowest_ratio", "the price is scored as the lowest price over the price, and no price is left out", "价格分须采用低价优先法计算，不得去掉最高或最低报价";
    INVITATION_GROUND = "invitation.ground", "invitation_grounds", "an invited tender needs one of the named grounds", "邀请招标须符合法定情形";
}

codes! { CODES_MODEL;
    VOLUNTARY = "tender.voluntary", "mandatory_scale_works", "a tender is voluntary only below the scale from which the law asks for one, over all its lots, each with its estimate or its ceiling, the higher", "各标段估算价与最高投标限价取高者合计达到必须招标规模标准的，不得作为自愿招标";
}

codes! { CODES_SEALING;
    TENDER_SEALING = "tender.sealing", "sealing_signature_window", "sealing by the group needs a group, a rulebook that has its window, and a deadline at the end of a slot", "门限密封须已有门限密钥、规则书规定开启期限且截止时间为时段终点";
}

codes! { CODES_ENDS;
    RETENDER_RUNNING = "retender.not_ended", "retender.ended", "only a project that failed, was terminated or was annulled is tendered again", "仅招标失败、终止或被认定无效的项目可以重新招标";
    RETENDER_TENDEREE = "retender.tenderee", "retender.tenderee", "a project is tendered again by its own tenderee", "重新招标须由原招标人办理";
    RETENDER_TAKEN = "retender.exists", "retender.once", "the project is tendered again already; a further attempt follows the newer project", "该项目已重新招标，再次招标须以较新项目为前序";
    METHOD_APPROVAL = "tender.method_approval", "method_approval", "the rulebook asks for the approval of the tender's method, given in the project's registration", "规则书要求招标方式经核准，并在项目登记时载明";
}
