//! Parameters of who may bid: invited tenders and prequalification.

use crate::rulebook::limits::ADMISSION_LEAVES;
use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Count, Direction, Duration, Fits, Outside, Parameter,
    Place::{Foreign, Optional},
    Together, Words, at, rows,
};
use crate::rulebook::procedure;

rows! { ADMISSION;
    INVITEES_MIN: Count = Parameter {
        name: "invitees_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(ADMISSION_LEAVES as u64)],
        read_by: &[at("bid.sealed/1", 2), at("admission.disclosed/1", 2)],
        duty: Owed::NoTime,
        tenders: Optional("the tender is open"),
        listings: Foreign,
        together: Some(Together::Invitation),
        outside: Outside::Refused,
        counted_from: "",
        effect: "The fewest bidders an invitation names; this parameter makes the procedure an invited tender.",
    };

    INVITATION_GROUNDS: Words = Parameter {
        name: "invitation_grounds",
        form: Words(procedure::INVITATION_GROUNDS),
        stricter: Direction::Shrink,
        fits: &[],
        read_by: &[at("invitation.issued/1", 2)],
        duty: Owed::NoTime,
        tenders: Optional("the tender is open"),
        listings: Foreign,
        together: Some(Together::Invitation),
        outside: Outside::Refused,
        counted_from: "",
        effect: "Why a tender may be by invitation.",
    };

    PREQUAL_PREP_MIN: Duration = Parameter {
        name: "prequal_prep_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("prequal.published/1", 3)],
        duty: Owed::Limit(Limit {
            rule: "timer.prequal_prep_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: &["prequal.published/1"],
            ends: &[],
            formula: "deadline - max(publication, documents_until) >= prequal_prep_min",
            title: "Applicants had too little time to prepare",
            title_zh: "资格预审申请准备时间不足",
            runs: &[],
        }),
        tenders: Optional("there is no prequalification"),
        listings: Foreign,
        together: Some(Together::Prequalification),
        outside: Outside::Refused,
        counted_from: "block time or `documents_until_ms`, the later",
        effect: "The earliest deadline of a prequalification.",
    };

    PREQUAL_CLARIFY_LEAD: Duration = Parameter {
        name: "prequal_clarify_lead",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("prequal.clarified/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.prequal_clarify_lead",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: &["prequal.clarified/1"],
            ends: &[],
            formula: "deadline after the change - change >= prequal_clarify_lead",
            title: "The prequalification was changed shortly before its deadline",
            title_zh: "临近截止修改资格预审文件",
            runs: &[],
        }),
        tenders: Optional("there is no prequalification"),
        listings: Foreign,
        together: Some(Together::Prequalification),
        outside: Outside::Refused,
        counted_from: "block time of the change",
        effect: "A clarification moves the deadline of the applications at least so far out.",
    };

    PREQUAL_PASS_MIN: Count = Parameter {
        name: "prequal_pass_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(ADMISSION_LEAVES as u64)],
        read_by: &[at("prequal.reviewed/1", 1), at("bid.sealed/1", 3), at("admission.disclosed/1", 1)],
        duty: Owed::NoTime,
        tenders: Optional("there is no prequalification"),
        listings: Foreign,
        together: Some(Together::Prequalification),
        outside: Outside::Refused,
        counted_from: "",
        effect: "A lot with fewer applicants that pass fails.",
    };
}
