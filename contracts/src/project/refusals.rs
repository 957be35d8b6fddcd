//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    NOT_OWNER = "participant.not_party", "participant.party", "the signer is not the party of this project that does this", "签名主体不是本项目的相应当事人";
    PROJECT_UNKNOWN = "project.unknown", "project.registered", "no such project", "项目不存在";
    STAGE = "project.stage", "project.stage", "the project is not at the step this record belongs to", "项目所处环节不允许该操作";
    SUSPENDED = "project.suspended", "objection_suspends", "the procedure is suspended until every objection is answered", "异议未答复前程序暂停";
    OBJECTION_LATE = "objection.late", "objection_docs_before", "objections to the documents come earlier before the deadline", "对招标文件的异议提出过晚";
    OBJECTION_UNKNOWN = "objection.unknown", "objection.open", "no open objection of this id", "没有该未答复异议";
    LOT_UNKNOWN = "bid.lot", "tender.lots", "the tender has no such lot", "标段不存在";
    LOTS = "tender.lots", "tender.lots", "lots need 1 to 64 different ids", "标段编号须为1至64个且不重复";
    DEADLINE_PASSED = "bid.late", "deadline", "the deadline has passed", "投标截止时间已过";
    DEADLINE_AHEAD = "opening.early", "deadline", "the deadline has not come", "投标截止时间未到";
}

codes! { CODES_CATEGORIES;
    OBJECTION_OVER = "objection.over", "objection_raise_max", "the time to object is over", "异议提出期限已过";
    OBJECTION_PREQUAL = "objection.prequal_late", "objection_prequal_before", "objections to the prequalification documents come earlier before the deadline", "对资格预审文件的异议提出过晚";
}

codes! { CODES_COMPLAINT;
    NOT_OFFERED = "complaint.not_offered", "complaint_window", "the rulebook knows no complaints; this one goes to the regulator outside the ledger", "规则书未规定投诉";
    OBJECTION_FIRST = "complaint.objection_first", "complaint.objection", "a complaint about a matter of objections names the complainant's own objection; any other names when the facts became known", "就异议事项投诉须先提出异议，其他事项须载明知道之日";
    EARLY = "complaint.early", "objection_reply_max", "the objection is not answered yet, and the time for its answer is not over", "异议尚未答复且答复期未满";
    LATE = "complaint.late", "complaint_window", "the time to complain is over", "投诉期限已过";
    EXISTS = "complaint.exists", "complaint.once", "this was complained about already, or there is no room for another", "同一事项已投诉，或数量超限";
    UNKNOWN = "complaint.unknown", "complaint.pending", "no pending complaint of this id waits for this", "没有处于该环节的投诉";
    STANDS_STILL = "complaint.suspends", "complaint_suspend_max", "the procedure is suspended while a complaint is decided", "投诉处理期间程序暂停";
    PENDING = "complaint.undecided", "complaint.archive", "the archive waits for the decision of every complaint", "投诉处理完毕前不得归档";
}

codes! { CODES_ENDS;
    ANNULMENT_COMPLAINT = "annulment.complaint", "annulment.complaint", "the complaint an annulment follows is one about this project that was upheld; without one the regulator leaves it out", "所依据的投诉须为本项目经认定成立的投诉，依职权作出的不填";
}
