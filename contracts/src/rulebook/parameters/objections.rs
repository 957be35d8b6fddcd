//! Parameters of objections and their answers.

use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Direction, Duration, Flag, Guard, Outside, Parameter,
    Place::{Foreign, Optional, Required},
    Together, at, rows,
};

rows! { OBJECTIONS;
    OBJECTION_DOCS_BEFORE: Duration = Parameter {
        name: "objection_docs_before",
        form: Duration,
        // Bidders' time to object.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("objection.raised/1:documents", 1)],
        duty: Owed::Nothing("a right of bidders: the contracts refuse an objection that comes later"),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "back from the deadline",
        effect: "The latest objection to the documents.",
    };

    OBJECTION_PREQUAL_BEFORE: Duration = Parameter {
        name: "objection_prequal_before",
        form: Duration,
        // Applicants' time to object.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("objection.raised/1:prequalification", 1)],
        duty: Owed::Nothing("a right of applicants: the contracts refuse an objection that comes later"),
        tenders: Optional("there is no prequalification"),
        listings: Foreign,
        together: Some(Together::Prequalification),
        outside: Outside::Refused,
        counted_from: "back from the applications' deadline",
        effect: "The latest objection to the prequalification.",
    };

    OBJECTION_RAISE_MAX: Duration = Parameter {
        name: "objection_raise_max",
        form: Duration,
        // Bidders' time to object.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[
            at("objection.raised/1:documents", 2),
            at("objection.raised/1:opening", 2),
            at("objection.raised/1:result", 1),
            at("objection.raised/1:prequalification", 2),
        ],
        duty: Owed::Nothing("a right of bidders: the contracts refuse an objection that comes later"),
        tenders: Optional("an objection has no latest day after what it is about"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the newest terms, or the stage",
        effect: "The latest objection to what happened last.",
    };

    OBJECTION_OPENING_WINDOW: Duration = Parameter {
        name: "objection_opening_window",
        form: Duration,
        // Bidders' time to object.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("objection.raised/1:opening", 1)],
        duty: Owed::Nothing("a right of bidders: the contracts refuse an objection that comes later"),
        tenders: Optional("an objection to the opening has no latest moment before the next stage"),
        listings: Foreign,
        together: Some(Together::ObjectionOpening),
        outside: Outside::Refused,
        counted_from: "the opening",
        effect: "The latest objection to the opening.",
    };

    OBJECTION_SUSPENDS: Flag = Parameter {
        name: "objection_suspends",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[
            at("objection.raised/1:documents", 3),
            at("objection.raised/1:opening", 3),
            at("objection.raised/1:result", 2),
            at("objection.raised/1:prequalification", 3),
            at("evaluation.time_short/1", 1),
            Guard::Suspended { contract: false, place: 1 },
        ],
        duty: Owed::NoTime,
        tenders: Optional("an open objection suspends the procedure"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "An open objection suspends the procedure.",
    };

    OBJECTION_REPLY_MAX: Duration = Parameter {
        name: "objection_reply_max",
        form: Duration,
        // Its end starts the complainant's own time (complaint_window): shorter takes from who was not answered.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("objection.answered/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.objection_reply_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Answers("objection"),
            starts: &["objection.raised/1"],
            ends: &["objection.answered/1"],
            formula: "answer - objection <= objection_reply_max",
            title: "An objection was not answered in time",
            title_zh: "异议未按时答复",
            runs: &[],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Late,
        counted_from: "the objection's block time",
        effect: "The latest answer to an objection.",
    };

    OBJECTION_OPENING_REPLY_MAX: Duration = Parameter {
        name: "objection_opening_reply_max",
        form: Duration,
        // Its end starts the complainant's own time (complaint_window): shorter takes from who was not answered.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("objection.answered/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.objection_opening_reply_max",
            owes: Owes::Tenderee,
            bound: Bound::Most,
            clock: Clock::Answers("objection"),
            starts: &["objection.raised/1"],
            ends: &["objection.answered/1"],
            formula: "answer - objection to the opening <= objection_opening_reply_max",
            title: "An objection to the opening was not answered on the spot",
            title_zh: "开标异议未当场答复",
            runs: &[],
        }),
        tenders: Optional("`objection_reply_max` holds"),
        listings: Foreign,
        together: Some(Together::ObjectionOpening),
        outside: Outside::Late,
        counted_from: "the objection's block time",
        effect: "The latest answer to an objection to the opening.",
    };
}
