//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES_CATEGORIES;
    PREQUAL_NOT_OFFERED = "prequal.not_offered", "prequal_prep_min", "the rulebook has no prequalification", "规则书未规定资格预审";
    PREQUAL_PREP = "prequal.preparation", "prequal_prep_min", "applicants have too little time after the end of the documents' sale", "资格预审申请准备时间不足";
    PREQUAL_LEAD = "prequal.clarify_lead", "prequal_clarify_lead", "so late a clarification must move the deadline out", "临近截止的澄清须顺延资格预审申请截止时间";
    PREQUAL_OPENED = "prequal.applications", "prequal.complete", "the opening commits to exactly the applications that were made", "须完整列明全部资格预审申请";
    PREQUAL_FEW = "prequal.too_few", "prequal_pass_min", "a lot with fewer applicants than must pass fails", "通过资格预审的申请人不足";
}
