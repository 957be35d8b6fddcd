//! Parameters of the way from the candidates to the contract.

use crate::machine::stage::Stage::{Awarded, Contracted, Evaluated, Publicised};
use crate::rulebook::owed::{AWARDS, Bound, Clock, Limit, Owed, Owes, REPORT};
use crate::rulebook::parameter::{
    Count, Direction, Duration, Fits, Flag, Outside, Parameter, Permille,
    Place::{Foreign, Optional, Required},
    at, in_listings, rows,
};
use crate::rulebook::procedure::{ALL, LISTINGS, TENDERS};

rows! { AWARD;
    CANDIDATES_MAX: Count = Parameter {
        name: "candidates_max",
        form: Count,
        stricter: Direction::Fall,
        fits: &[Fits::AtLeast(1)],
        read_by: &[at("candidates.publicised/1", 1)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The most candidates of one lot.",
    };

    PUBLICITY_START: Duration = Parameter {
        name: "publicity_start",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("candidates.publicised/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.publicity_start",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Steps,
            starts: &["evaluation.reported/1"],
            ends: &["candidates.publicised/1"],
            formula: "candidates - evaluation report <= publicity_start",
            title: "The candidates were not publicised in time",
            title_zh: "中标候选人未按时公示",
            runs: &[(TENDERS, Evaluated, Evaluated)],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Late,
        counted_from: "block time of the evaluation report",
        effect: "The latest publication of the candidates.",
    };

    PUBLICITY_MIN: Duration = Parameter {
        name: "publicity_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("award.notified/1", 1), in_listings("contract.signed/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.publicity_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Steps,
            starts: &["candidates.publicised/1", "result.publicised/1"],
            ends: &["award.notified/1", "contract.signed/1"],
            formula: "award, or contract of a listing, - publicity >= publicity_min",
            title: "The award came before the publicity period was over",
            title_zh: "公示期未满即定标",
            runs: &[(TENDERS, Publicised, Publicised), (LISTINGS, Awarded, Awarded)],
        }),
        tenders: Required,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of the candidates' record; of a listing, of the result's",
        effect: "The earliest award; of a listing, the earliest contract.",
    };

    AWARD_RANK_1: Flag = Parameter {
        name: "award_rank_1",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[at("award.notified/1", 2)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Passing over a better bid needs a ground for each; false allows any ranked bid.",
    };

    AWARD_MAX: Duration = Parameter {
        name: "award_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("award.notified/1", 3)],
        duty: Owed::Limit(Limit {
            rule: "timer.award_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Steps,
            starts: &["candidates.publicised/1"],
            ends: &["award.notified/1"],
            formula: "award - candidates <= award_max",
            title: "The award was not decided in time",
            title_zh: "未按时定标",
            runs: &[(TENDERS, Publicised, Publicised)],
        }),
        tenders: Optional("the award has no time limit of its own"),
        listings: Foreign,
        together: None,
        outside: Outside::Late,
        counted_from: "block time of the candidates' record",
        effect: "The latest award.",
    };

    CONTRACT_MAX: Duration = Parameter {
        name: "contract_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("contract.signed/1", 3)],
        duty: Owed::Limit(Limit {
            rule: "timer.contract_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Lots,
            starts: AWARDS,
            ends: &["contract.signed/1"],
            formula: "contract - award <= contract_max",
            title: "The contract was not signed in time",
            title_zh: "合同未按时签订",
            runs: &[(ALL, Awarded, Awarded)],
        }),
        tenders: Required,
        listings: Required,
        together: None,
        outside: Outside::Late,
        counted_from: "block time of the award; of a listing, of the result's record",
        effect: "The latest contract.",
    };

    REGULATOR_REPORT_MAX: Duration = Parameter {
        name: "regulator_report_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("supervision.reported/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.regulator_report_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Steps,
            starts: AWARDS,
            ends: REPORT,
            formula: "report - award <= regulator_report_max",
            title: "The regulator was not told in time",
            title_zh: "未按时提交招标投标情况书面报告",
            runs: &[(ALL, Awarded, Awarded), (ALL, Contracted, Awarded)],
        }),
        tenders: Required,
        listings: Required,
        together: None,
        outside: Outside::Late,
        counted_from: "block time of the award; of a listing, of the result's record",
        effect: "The latest report to the regulator.",
    };

    CONTRACT_FILING_MAX: Duration = Parameter {
        name: "contract_filing_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("supervision.reported/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.contract_filing_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Steps,
            starts: &["contract.signed/1"],
            ends: REPORT,
            formula: "filing - last contract <= contract_filing_max",
            title: "The contract was not filed in time",
            title_zh: "合同未按时备案",
            runs: &[(ALL, Contracted, Contracted)],
        }),
        tenders: Optional("only `regulator_report_max` counts"),
        listings: Foreign,
        together: None,
        outside: Outside::Late,
        counted_from: "the last contract",
        effect: "The latest filing of the contract.",
    };

    PERF_BOND_MAX_PERMILLE: Permille = Parameter {
        name: "perf_bond_max_permille",
        form: Permille,
        stricter: Direction::Fall,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("contract.signed/1", 2)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Optional("no performance bond may be asked"),
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The largest performance bond, as a share of the contract's price.",
    };
}
