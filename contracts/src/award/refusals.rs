//! Refusals of this domain.

use crate::machine::refusal::codes;

codes! { CODES;
    CANDIDATES = "candidates.list", "candidates_max", "candidates are the first of the ranking, at most as many as the rule allows", "中标候选人须按排名且不超过规定人数";
    PUBLICITY = "award.publicity", "publicity_min", "the publicity period is not over", "公示期未满";
    AWARD_RANK = "award.rank", "award_rank_1", "the award goes to rank 1 unless a ground of the article is named", "应确定排名第一者中标，除非列明法定情形";
    AWARD_PRICE = "award.price", "award.as_bid", "price as bid", "中标价须为投标报价";
    CONTRACT_TERMS = "contract.terms", "contract.as_awarded", "the contract is signed by both parties at the awarded price", "合同须由双方按中标价签署";
    PERFORMANCE_BOND = "contract.performance_bond", "perf_bond_max_permille", "the performance bond is too high", "履约保证金过高";
}
