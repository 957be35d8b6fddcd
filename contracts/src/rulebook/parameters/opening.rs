//! Parameters of bids and their opening.

use crate::rulebook::limits::BIDS_PER_LOT_MAX;
use crate::rulebook::owed::{Bound, Clock, Limit, NOTICES, Owed, Owes};
use crate::rulebook::parameter::{
    Count, Direction, Duration, Fits, Outside, Parameter,
    Place::{Foreign, Optional, Required},
    Word, at, rows,
};

rows! { OPENING;
    BIDS_PER_BIDDER_MAX: Count = Parameter {
        name: "bids_per_bidder_max",
        form: Count,
        stricter: Direction::Fall,
        fits: &[Fits::AtLeast(1)],
        read_by: &[at("bid.sealed/1", 1)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Bids of one bidder in one lot; at most 255 can be numbered.",
    };

    SEALING_SIGNATURE_WINDOW: Duration = Parameter {
        name: "sealing_signature_window",
        form: Duration,
        // Bidders' own time follows it.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[
            at("tender.published/1", 9),
            at("invitation.issued/1", 10),
            at("sealed.bound/1", 1),
            at("sealed.proved/1", 1),
            at("bids.opened/1", 3),
        ],
        duty: Owed::Limit(Limit {
            rule: "timer.sealing_signature_window",
            owes: Owes::Group,
            bound: Bound::Most,
            clock: Clock::Own,
            starts: NOTICES,
            ends: &["tender.opened/1"],
            formula: "last opening by the group - deadline, or the end of a suspension after it, <= sealing_signature_window",
            title: "The group did not open the sealed bids in time",
            title_zh: "门限组未按时解密投标",
            runs: &[],
        }),
        tenders: Optional("no tender's bids are sealed to the chain's group"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the deadline, or the end of a suspension over it",
        effect: "How long the group's signature may take before bidders open their sealed bids themselves.",
    };

    REVEAL_WINDOW: Duration = Parameter {
        name: "reveal_window",
        form: Duration,
        // Bidders' time to reveal.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[
            at("bid.revealed/1", 1),
            at("sealed.bound/1", 2),
            at("sealed.proved/1", 2),
            at("bids.opened/1", 2),
            at("lot.drawn/1", 1),
            at("evaluation.reported/1", 1),
        ],
        duty: Owed::Limit(Limit {
            rule: "timer.reveal_window",
            owes: Owes::Centre,
            bound: Bound::Most,
            clock: Clock::Own,
            starts: NOTICES,
            ends: &["bids.opened/1"],
            formula: "opening - deadline, or the end of a suspension after it, <= reveal_window",
            title: "The bids were not opened in time",
            title_zh: "未按时开标",
            runs: &[],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the deadline, or the end of a suspension over it",
        effect: "The time to reveal a bid. Sealed to the group: the time to bind, and then the time to prove.",
    };

    MIN_BIDDERS: Count = Parameter {
        name: "min_bidders",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(BIDS_PER_LOT_MAX as u64)],
        read_by: &[at("bids.opened/1", 1)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Fails,
        counted_from: "",
        effect: "A lot with fewer bidders fails at the opening.",
    };

    UNOPENED_BID: Word = Parameter {
        name: "unopened_bid",
        form: Word(&["disqualify"]),
        // There is one choice.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("evaluation.reported/1", 4), at("result.corrected/1", 4)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A bid nobody could read is disqualified; there is no other choice yet.",
    };
}
