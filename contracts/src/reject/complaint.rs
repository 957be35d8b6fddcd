//! Refusals of complaints, and of what waits for a project's end.

use super::Kind;

codes! { CODES_COMPLAINT;
    NOT_OFFERED = "complaint.not_offered", "complaint_window", "the rulebook knows no complaints; this one goes to the regulator outside the ledger", "规则书未规定投诉";
    OBJECTION_FIRST = "complaint.objection_first", "complaint.objection", "a complaint about a matter of objections names the complainant's own objection; any other names when the facts became known", "就异议事项投诉须先提出异议，其他事项须载明知道之日";
    EARLY = "complaint.early", "objection_reply_max", "the objection is not answered yet, and the time for its answer is not over", "异议尚未答复且答复期未满";
    LATE = "complaint.late", "complaint_window", "the time to complain is over", "投诉期限已过";
    EXISTS = "complaint.exists", "complaint.once", "this was complained about already, or there is no room for another", "同一事项已投诉，或数量超限";
    UNKNOWN = "complaint.unknown", "complaint.pending", "no pending complaint of this id waits for this", "没有处于该环节的投诉";
    SUSPENDED = "complaint.suspends", "complaint_suspend_max", "the procedure is suspended while a complaint is decided", "投诉处理期间程序暂停";
    PENDING = "complaint.undecided", "complaint.archive", "the archive waits for the decision of every complaint", "投诉处理完毕前不得归档";
    RETENTION = "archive.retention", "archive_retention_min", "the archive is kept for too short a time", "档案保存期限不足";
}
