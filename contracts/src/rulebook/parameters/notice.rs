//! Parameters of the notice of a tender.

use crate::rulebook::owed::{Bound, Clock, Limit, NOTICES, Owed, Owes};
use crate::rulebook::parameter::{
    Amount, Direction, Duration, Fits, Flag, Outside, Parameter, Permille,
    Place::{Foreign, Optional, Required},
    Together, at, rows,
};

rows! { NOTICE;
    DOC_SALE_MIN: Duration = Parameter {
        name: "doc_sale_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("tender.published/1", 2), at("invitation.issued/1", 3), at("prequal.published/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.doc_sale_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: &["tender.published/1", "invitation.issued/1", "prequal.published/1"],
            ends: &[],
            formula: "documents_until - documents_from >= doc_sale_min",
            title: "The documents were on offer for too short a time",
            title_zh: "招标文件发售期不足",
            runs: &[],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "the notice's `documents_from_ms`",
        effect: "The documents are on offer at least so long.",
    };

    BID_PREP_MIN: Duration = Parameter {
        name: "bid_prep_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("tender.published/1", 3), at("invitation.issued/1", 4)],
        duty: Owed::Limit(Limit {
            rule: "timer.bid_prep_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: NOTICES,
            ends: &[],
            formula: "deadline - max(publication, documents_from) >= bid_prep_min",
            title: "Bidders had too little time to prepare",
            title_zh: "投标准备时间不足",
            runs: &[],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "block time or `documents_from_ms`, the later",
        effect: "The earliest deadline of a tender.",
    };

    CLARIFY_LEAD: Duration = Parameter {
        name: "clarify_lead",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("tender.clarified/1", 1), at("tender.amended/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "amendment.late",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: &["tender.amended/1", "tender.clarified/1"],
            ends: &[],
            formula: "deadline in force - change >= clarify_lead",
            title: "The documents were changed shortly before the deadline",
            title_zh: "临近投标截止修改招标文件",
            runs: &[],
        }),
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of the change",
        effect: "A clarification or amendment moves the deadline at least so far out.",
    };

    METHOD_APPROVAL: Flag = Parameter {
        name: "method_approval",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[
            at("tender.published/1", 1),
            at("invitation.issued/1", 1),
            at("prequal.published/1", 1),
            at("listing.published/1", 1),
        ],
        duty: Owed::NoTime,
        tenders: Optional("nobody need have approved the method"),
        listings: Optional("nobody need have approved the method"),
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A notice comes after the project's registration named who approved its method.",
    };

    BID_BOND_MAX_PERMILLE: Permille = Parameter {
        name: "bid_bond_max_permille",
        form: Permille,
        stricter: Direction::Fall,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("tender.published/1", 4), at("invitation.issued/1", 5)],
        duty: Owed::NoTime,
        tenders: Required,
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The largest bid bond, as a share of the sum of the lots' estimates.",
    };

    BID_BOND_MAX_AMOUNT: Amount = Parameter {
        name: "bid_bond_max_amount",
        form: Amount,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("tender.published/1", 5), at("invitation.issued/1", 6)],
        duty: Owed::NoTime,
        tenders: Optional("the share alone bounds a bid bond"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The largest bid bond, as an amount.",
    };

    PRICE_WEIGHT_GOODS_MIN_PERMILLE: Permille = Parameter {
        name: "price_weight_goods_min_permille",
        form: Permille,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("tender.published/1", 6), at("invitation.issued/1", 7)],
        duty: Owed::NoTime,
        tenders: Optional("the category asks no kind and no weight of goods"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The least weight of the price where goods are bought.",
    };

    PRICE_WEIGHT_SERVICES_MIN_PERMILLE: Permille = Parameter {
        name: "price_weight_services_min_permille",
        form: Permille,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("tender.published/1", 7), at("invitation.issued/1", 8)],
        duty: Owed::NoTime,
        tenders: Optional("the category asks no kind and no weight of services"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The least weight of the price where services are bought.",
    };

    PRICE_SCORE_LOWEST_RATIO: Flag = Parameter {
        name: "price_score_lowest_ratio",
        form: Flag,
        stricter: Direction::On,
        fits: &[],
        read_by: &[at("tender.published/1", 8), at("invitation.issued/1", 9)],
        duty: Owed::NoTime,
        tenders: Optional("the documents may choose another price score"),
        listings: Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The price is scored as the lowest price over the price, and in no other way.",
    };

    MANDATORY_SCALE_WORKS: Amount = Parameter {
        name: "mandatory_scale_works",
        form: Amount,
        // A lower scale binds more tenders.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("tender.published/1", 10), at("invitation.issued/1", 11)],
        duty: Owed::NoTime,
        tenders: Optional("every tender under the rulebook is one the law asks for"),
        listings: Foreign,
        together: Some(Together::Scale),
        outside: Outside::Refused,
        counted_from: "",
        effect: "A notice of works calls its tender voluntary only below this sum over all lots.",
    };

    MANDATORY_SCALE_GOODS: Amount = Parameter {
        name: "mandatory_scale_goods",
        form: Amount,
        // A lower scale binds more tenders.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("tender.published/1", 11), at("invitation.issued/1", 12)],
        duty: Owed::NoTime,
        tenders: Optional("every tender under the rulebook is one the law asks for"),
        listings: Foreign,
        together: Some(Together::Scale),
        outside: Outside::Refused,
        counted_from: "",
        effect: "A notice of goods calls its tender voluntary only below this sum over all lots.",
    };

    MANDATORY_SCALE_SERVICES: Amount = Parameter {
        name: "mandatory_scale_services",
        form: Amount,
        // A lower scale binds more tenders.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("tender.published/1", 12), at("invitation.issued/1", 13)],
        duty: Owed::NoTime,
        tenders: Optional("every tender under the rulebook is one the law asks for"),
        listings: Foreign,
        together: Some(Together::Scale),
        outside: Outside::Refused,
        counted_from: "",
        effect: "A notice of services calls its tender voluntary only below this sum over all lots.",
    };
}
