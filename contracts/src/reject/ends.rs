//! Refusals of annulments, of tendering again, and of a method nobody approved.

use super::Kind;

codes! { CODES_ENDS;
    ANNULMENT_COMPLAINT = "annulment.complaint", "annulment.complaint", "the complaint an annulment follows is one about this project that was upheld; without one the regulator leaves it out", "所依据的投诉须为本项目经认定成立的投诉，依职权作出的不填";
    RETENDER_RUNNING = "retender.not_ended", "retender.ended", "only a project that failed, was terminated or was annulled is tendered again", "仅招标失败、终止或被认定无效的项目可以重新招标";
    RETENDER_TENDEREE = "retender.tenderee", "retender.tenderee", "a project is tendered again by its own tenderee", "重新招标须由原招标人办理";
    RETENDER_TAKEN = "retender.exists", "retender.once", "the project is tendered again already; a further attempt follows the newer project", "该项目已重新招标，再次招标须以较新项目为前序";
    METHOD_APPROVAL = "tender.method_approval", "method_approval", "the rulebook asks for the approval of the tender's method, given in the project's registration", "规则书要求招标方式经核准，并在项目登记时载明";
}
