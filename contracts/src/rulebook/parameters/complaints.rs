//! Parameters of complaints to a regulator.

use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Direction, Duration, Guard, Outside, Parameter,
    Place::{Foreign, Optional},
    Together, at, rows,
};

rows! { COMPLAINTS;
    COMPLAINT_WINDOW: Duration = Parameter {
        name: "complaint_window",
        form: Duration,
        // The complainant's time.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("complaint.filed/1", 1)],
        duty: Owed::Nothing("a right of those concerned: the contracts refuse a complaint that comes later"),
        tenders: Optional("complaints are not on the ledger"),
        listings: Foreign,
        together: Some(Together::Complaints),
        outside: Outside::Refused,
        counted_from: "the objection's answer, its due date, or what became known",
        effect: "The latest complaint.",
    };

    COMPLAINT_ACCEPT_MAX: Duration = Parameter {
        name: "complaint_accept_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("complaint.accepted/1", 1), at("complaint.declined/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.complaint_accept_max",
            owes: Owes::Regulator,
            bound: Bound::Most,
            clock: Clock::Answers("complaint"),
            starts: &["complaint.filed/1"],
            ends: &["complaint.accepted/1", "complaint.declined/1"],
            formula: "accepted or declined - complaint <= complaint_accept_max",
            title: "A complaint was neither accepted nor declined in time",
            title_zh: "投诉未按时决定是否受理",
            runs: &[],
        }),
        tenders: Optional("complaints are not on the ledger"),
        listings: Foreign,
        together: Some(Together::Complaints),
        outside: Outside::Late,
        counted_from: "the complaint",
        effect: "The latest decision whether a complaint is accepted.",
    };

    COMPLAINT_DECIDE_MAX: Duration = Parameter {
        name: "complaint_decide_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("complaint.decided/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.complaint_decide_max",
            owes: Owes::Regulator,
            bound: Bound::Most,
            clock: Clock::Answers("complaint"),
            starts: &["complaint.accepted/1"],
            ends: &["complaint.decided/1"],
            formula: "decision - acceptance <= complaint_decide_max",
            title: "A complaint was not decided in time",
            title_zh: "投诉未按时作出处理决定",
            runs: &[],
        }),
        tenders: Optional("complaints are not on the ledger"),
        listings: Foreign,
        together: Some(Together::Complaints),
        outside: Outside::Late,
        counted_from: "the acceptance",
        effect: "The latest decision on a complaint.",
    };

    COMPLAINT_SUSPEND_MAX: Duration = Parameter {
        name: "complaint_suspend_max",
        form: Duration,
        // Longer protects the complainant, shorter the tender.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("complaint.accepted/1", 2), Guard::Suspended { contract: true, place: 2 }],
        duty: Owed::Nothing("ends a suspension by itself: nobody has to do anything"),
        tenders: Optional("a suspension lasts until the decision"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the acceptance",
        effect: "A suspension by a complaint ends by itself.",
    };
}
