//! Parameters of the committee and its draw.

use crate::rulebook;
use crate::rulebook::limits::{COMMITTEE_MAX, DRAW_PARTIES_MAX};
use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Count, Direction, Duration, Fits, Flag, Outside, Parameter, Permille,
    Place::{Foreign, Optional, Required},
    Words, at, rows,
};

rows! { COMMITTEE;
    COMMITTEE_MIN: Count = Parameter {
        name: "committee_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(COMMITTEE_MAX as u64)],
        read_by: &[
            at("prequal.opened/1", 1),
            at("draw.requested/1", 1),
            at("experts.drawn/1", 1),
            at("evaluation.reported/1", 2),
            at("result.corrected/1", 2),
        ],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The fewest members of a committee; 0 allows an evaluation without one.",
    };

    COMMITTEE_ODD: Flag = Parameter {
        name: "committee_odd",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[at("prequal.opened/1", 2), at("draw.requested/1", 2), at("experts.drawn/1", 2)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The number of members is odd.",
    };

    EXPERT_SHARE_MIN_PERMILLE: Permille = Parameter {
        name: "expert_share_min_permille",
        form: Permille,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("prequal.opened/1", 3), at("draw.requested/1", 3), at("experts.drawn/1", 3)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The least share of experts among the members.",
    };

    RANDOMNESS_CENTRES_MIN: Count = Parameter {
        name: "randomness_centres_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::SumAtMost(RANDOMNESS_REGULATORS_MIN.name, DRAW_PARTIES_MAX as u64)],
        read_by: &[at("draw.requested/1", 4)],
        duty: Owed::NoTime,
        tenders: Optional("no committee is drawn on chain"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The fewest centres that contribute to a draw.",
    };

    RANDOMNESS_REGULATORS_MIN: Count = Parameter {
        name: "randomness_regulators_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("draw.requested/1", 5)],
        duty: Owed::NoTime,
        tenders: Optional("none is asked"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The fewest regulators that contribute to a draw.",
    };

    RANDOMNESS_WINDOW: Duration = Parameter {
        name: "randomness_window",
        form: Duration,
        // The parties' time.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("draw.requested/1", 6), at("randomness.committed/1", 1), at("randomness.revealed/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.randomness_window",
            owes: Owes::Party,
            bound: Bound::Most,
            clock: Clock::Own,
            starts: &["draw.requested/1", "randomness.committed/1"],
            ends: &["randomness.committed/1", "randomness.revealed/1"],
            formula: "contribution - request, or last commitment, <= randomness_window",
            title: "A party of the draw stayed silent",
            title_zh: "抽取随机数参与方未按时提交",
            runs: &[],
        }),
        tenders: Optional("no contribution is ever in time"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the request, then the last commitment",
        effect: "How long contributions to a draw, or the group's answer, may take.",
    };

    COMMITTEE_BY_DRAW: Flag = Parameter {
        name: "committee_by_draw",
        form: Flag,
        stricter: Direction::On,
        fits: &[Fits::OnlyWith(RANDOMNESS_CENTRES_MIN.name)],
        read_by: &[at("experts.drawn/1", 4)],
        duty: Owed::NoTime,
        tenders: Optional("the hosting centre may name a committee without a draw"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The committee comes from a draw.",
    };

    RECUSAL_GROUNDS: Words = Parameter {
        name: "recusal_grounds",
        form: Words(rulebook::RECUSAL_GROUNDS),
        stricter: Direction::Grow,
        fits: &[],
        read_by: &[at("draw.requested/1", 7)],
        duty: Owed::NoTime,
        tenders: Optional("experts are recused on every ground there is"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Why an expert may be kept out of a draw.",
    };
}
