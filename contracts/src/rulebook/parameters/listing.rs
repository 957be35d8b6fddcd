//! Parameters of listings and auctions.

use crate::machine::stage::Stage::{DealConfirmed, ListingClosed};
use crate::rulebook::limits::LISTING_NUMBERS_MAX;
use crate::rulebook::owed::{Bound, Clock, LISTED, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Amount, Count, Direction, Duration, Fits, Flag, Outside, Parameter, Permille,
    Place::{Foreign, Optional, Required},
    Together, Words, at, rows,
};
use crate::rulebook::procedure;
use crate::rulebook::procedure::LISTINGS;

rows! { LISTING;
    ASSET_KINDS: Words = Parameter {
        name: "asset_kinds",
        form: Words(procedure::ASSET_KINDS),
        stricter: Direction::Shrink,
        fits: &[],
        read_by: &[at("listing.published/1", 2)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "What may be listed.",
    };

    LISTING_NOTICE_MIN: Duration = Parameter {
        name: "listing_notice_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 3)],
        duty: Owed::Limit(Limit {
            rule: "timer.listing_notice_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "start of offers - publication >= listing_notice_min",
            title: "The notice of the listing was too short",
            title_zh: "挂牌（拍卖）公告期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of the notice",
        effect: "The earliest start of offers.",
    };

    NOTICE_EQUITY_MIN: Duration = Parameter {
        name: "notice_equity_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 7)],
        duty: Owed::Limit(Limit {
            rule: "timer.notice_equity_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "start of offers - publication >= notice_equity_min",
            title: "The disclosure of a transfer of equity was too short",
            title_zh: "产权转让信息披露期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("`listing_notice_min` holds for this kind of asset too"),
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of the notice",
        effect: "The earliest start of offers for equity.",
    };

    NOTICE_CAPITAL_INCREASE_MIN: Duration = Parameter {
        name: "notice_capital_increase_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 8)],
        duty: Owed::Limit(Limit {
            rule: "timer.notice_capital_increase_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "start of offers - publication >= notice_capital_increase_min",
            title: "The disclosure of a capital increase was too short",
            title_zh: "企业增资信息披露期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("`listing_notice_min` holds for this kind of asset too"),
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of the notice",
        effect: "The earliest start of offers for a capital increase.",
    };

    NOTICE_ASSETS_MIN: Duration = Parameter {
        name: "notice_assets_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 9)],
        duty: Owed::Limit(Limit {
            rule: "timer.notice_assets_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "start of offers - publication >= notice_assets_min",
            title: "The disclosure of a transfer of assets was too short",
            title_zh: "资产转让信息披露期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("`listing_notice_min` holds for this kind of asset too"),
        together: Some(Together::Assets),
        outside: Outside::Refused,
        counted_from: "block time of the notice",
        effect: "The earliest start of offers for assets above `notice_assets_above`.",
    };

    NOTICE_ASSETS_ABOVE: Amount = Parameter {
        name: "notice_assets_above",
        form: Amount,
        // A lower threshold asks the longer notice of more assets.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("listing.published/1", 10)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Optional("`listing_notice_min` holds for this kind of asset too"),
        together: Some(Together::Assets),
        outside: Outside::Decides,
        counted_from: "",
        effect: "Above this sum of starting prices `notice_assets_min` holds.",
    };

    NOTICE_ASSETS_LARGE_MIN: Duration = Parameter {
        name: "notice_assets_large_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 11)],
        duty: Owed::Limit(Limit {
            rule: "timer.notice_assets_large_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "start of offers - publication >= notice_assets_large_min",
            title: "The disclosure of a large transfer of assets was too short",
            title_zh: "大额资产转让信息披露期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("`notice_assets_min` or `listing_notice_min` holds"),
        together: Some(Together::LargeAssets),
        outside: Outside::Refused,
        counted_from: "block time of the notice",
        effect: "The earliest start of offers for assets above `notice_assets_large_above`.",
    };

    NOTICE_ASSETS_LARGE_ABOVE: Amount = Parameter {
        name: "notice_assets_large_above",
        form: Amount,
        // A lower threshold asks the longer notice of more assets.
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("listing.published/1", 12)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Optional("`notice_assets_min` or `listing_notice_min` holds"),
        together: Some(Together::LargeAssets),
        outside: Outside::Decides,
        counted_from: "",
        effect: "Above this sum of starting prices `notice_assets_large_min` holds.",
    };

    LISTING_PERIOD_MIN: Duration = Parameter {
        name: "listing_period_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 4)],
        duty: Owed::Limit(Limit {
            rule: "timer.listing_period_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &["listing.closed/1"],
            formula: "end of offers - start of offers >= listing_period_min",
            title: "Offers were taken for too short a time",
            title_zh: "挂牌（竞价）期不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "the start of offers",
        effect: "Offers are taken at least so long; this parameter makes the procedure a listing.",
    };

    VIEWING_MIN: Duration = Parameter {
        name: "viewing_min",
        form: Duration,
        stricter: Direction::Rise,
        fits: &[],
        read_by: &[at("listing.published/1", 6)],
        duty: Owed::Limit(Limit {
            rule: "timer.viewing_min",
            owes: Owes::Tenderee,
            bound: Bound::Least,
            clock: Clock::Notice,
            starts: LISTED,
            ends: &[],
            formula: "viewing_until - viewing_from >= viewing_min",
            title: "What is auctioned was not shown long enough",
            title_zh: "拍卖标的展示时间不足",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("nothing need be shown"),
        together: None,
        outside: Outside::Refused,
        counted_from: "the notice's `viewing_from_ms`",
        effect: "What is listed is shown at least so long before the offers.",
    };

    LISTING_RESERVE_HIDDEN: Flag = Parameter {
        name: "listing_reserve_hidden",
        form: Flag,
        stricter: Direction::Off,
        fits: &[],
        read_by: &[at("listing.published/1", 5)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "A reserve price may be hidden.",
    };

    EXTENSION_WINDOW: Duration = Parameter {
        name: "extension_window",
        form: Duration,
        // The time a late offer adds for the others.
        stricter: Direction::Fixed,
        fits: &[],
        read_by: &[at("listing.offered/1", 1), at("listing.closed/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.extension_window",
            owes: Owes::Centre,
            bound: Bound::Least,
            clock: Clock::Steps,
            starts: &["listing.offered/1"],
            ends: &["listing.closed/1"],
            formula: "closing - last offer >= extension_window",
            title: "The listing was closed while the last offer could be answered",
            title_zh: "延时竞价期未满即结束",
            runs: &[],
        }),
        tenders: Foreign,
        listings: Optional("a late offer does not move the end"),
        together: None,
        outside: Outside::Refused,
        counted_from: "block time of an offer",
        effect: "An offer moves a lot's end at least so far out.",
    };

    LISTING_BIDDERS_MIN: Count = Parameter {
        name: "listing_bidders_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(LISTING_NUMBERS_MAX as u64)],
        read_by: &[at("listing.closed/1", 1)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "With fewer bidders every lot fails.",
    };

    RESULT_PUBLICITY_MAX: Duration = Parameter {
        name: "result_publicity_max",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("result.publicised/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.result_publicity_max",
            owes: Owes::Centre,
            bound: Bound::Most,
            clock: Clock::Steps,
            starts: &["listing.closed/1"],
            ends: &["result.publicised/1"],
            formula: "result - closing <= result_publicity_max",
            title: "The result of the listing was not made public in time",
            title_zh: "成交结果未按时公布",
            runs: &[(LISTINGS, ListingClosed, ListingClosed), (LISTINGS, DealConfirmed, ListingClosed)],
        }),
        tenders: Foreign,
        listings: Required,
        together: None,
        outside: Outside::Late,
        counted_from: "block time of the closing",
        effect: "The latest publication of the result.",
    };

    LISTING_BOND_MIN_PERMILLE: Permille = Parameter {
        name: "listing_bond_min_permille",
        form: Permille,
        stricter: Direction::Rise,
        fits: &[Fits::AtMost(1000), Fits::NotAbove(LISTING_BOND_MAX_PERMILLE.name)],
        read_by: &[at("listing.published/1", 13)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Optional("no bound"),
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The least bond, as a share of the starting prices' sum.",
    };

    LISTING_BOND_MAX_PERMILLE: Permille = Parameter {
        name: "listing_bond_max_permille",
        form: Permille,
        stricter: Direction::Fall,
        fits: &[Fits::AtMost(1000)],
        read_by: &[at("listing.published/1", 14)],
        duty: Owed::NoTime,
        tenders: Foreign,
        listings: Optional("no bound"),
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "The largest bond, as a share of the starting prices' sum.",
    };
}
