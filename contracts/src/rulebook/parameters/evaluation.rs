//! Parameters of the evaluation.

use crate::rulebook::owed::Owed;
use crate::rulebook::parameter::{
    Count, Direction, Flag, Outside, Parameter,
    Place::{Foreign, Optional, Required},
    Ratio, Word, Words, at, rows,
};
use crate::rulebook::procedure;

rows! { EVALUATION;
    EVAL_EXTEND_ABOVE: Ratio = Parameter {
        name: "eval_extend_above",
        form: Ratio,
        // 条例48 gives the members more time; a higher share takes it from them.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("evaluation.extended/1", 1)],
        duty: Owed::NoTime,
        tenders: Optional("the time of an evaluation is not extended"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The evaluation is extended when a larger share of the members find the time too short.",
    };

    OUTLIER_Z_HUNDREDTHS: Count = Parameter {
        name: "outlier_z_hundredths",
        form: Count,
        // A lower distance flags more scores.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("evaluation.reported/1", 5), at("result.corrected/1", 5)],
        duty: Owed::NoTime,
        tenders: Optional("scores far from the others are not flagged"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A score further than this from the others (hundredths of a robust z) is flagged.",
    };

    OUTLIER_DECISIVE: Flag = Parameter {
        name: "outlier_decisive",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[at("evaluation.reported/1", 6), at("result.corrected/1", 6)],
        duty: Owed::NoTime,
        tenders: Optional("a score that alone decides the winner is not flagged"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A score that alone decides the winner is flagged.",
    };

    REPORT_SIGNED_ABOVE: Ratio = Parameter {
        name: "report_signed_above",
        form: Ratio,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("evaluation.reported/1", 7), at("result.corrected/1", 7)],
        duty: Owed::NoTime,
        tenders: Optional("every member signs the report"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A larger share of the members than this signs the report.",
    };

    TIE_BREAK: Word = Parameter {
        name: "tie_break",
        form: Word(&["lot"]),
        // There is one choice.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("lot.drawn/1", 2), at("evaluation.reported/1", 3), at("result.corrected/1", 3)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Lots are drawn between equal bids; there is no other choice yet.",
    };

    RESULT_CORRECTION_GROUNDS: Words = Parameter {
        name: "result_correction_grounds",
        form: Words(procedure::CORRECTION_GROUNDS),
        stricter: Direction::Shrink,
        fits: &[],
        read_by: &[at("result.corrected/1", 1)],
        duty: Owed::NoTime,
        tenders: Optional("a reported result is never corrected"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Why a reported result may be corrected.",
    };
}
