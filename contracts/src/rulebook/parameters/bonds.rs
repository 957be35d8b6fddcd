//! Parameters of the return of bonds.

use crate::machine::stage::Stage::{Contracted, Supervised};
use crate::rulebook::owed::{Bound, Clock, Limit, Owed, Owes};
use crate::rulebook::parameter::{
    Direction, Duration, Outside, Parameter,
    Place::{Foreign, Optional},
    at, rows,
};
use crate::rulebook::procedure::ALL;

rows! { BONDS;
    BOND_REFUND_ON_WITHDRAW: Duration = Parameter {
        name: "bond_refund_on_withdraw",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("bids.opened/1", 4), at("bond.refunded/1", 1)],
        duty: Owed::Limit(Limit {
            rule: "timer.bond_refund_on_withdraw",
            owes: Owes::Centre,
            bound: Bound::Most,
            clock: Clock::Own,
            starts: &["bid.withdrawn/1"],
            ends: &["bond.refunded/1"],
            formula: "refund - withdrawal <= bond_refund_on_withdraw",
            title: "The bond of a withdrawn bid was not returned in time",
            title_zh: "撤回投标后保证金未按时退还",
            runs: &[],
        }),
        tenders: Optional("the return of a bond has no time limit"),
        listings: Foreign,
        together: None,
        outside: Outside::Late,
        counted_from: "the withdrawal",
        effect: "The latest return of the bond of a withdrawn bid.",
    };

    BOND_REFUND_AFTER_CONTRACT: Duration = Parameter {
        name: "bond_refund_after_contract",
        form: Duration,
        stricter: Direction::Fall,
        fits: &[],
        read_by: &[at("bond.refunded/1", 2), at("archive.sealed/1", 2)],
        duty: Owed::Limit(Limit {
            rule: "timer.bond_refund_after_contract",
            owes: Owes::Centre,
            bound: Bound::Most,
            clock: Clock::Own,
            starts: &["contract.signed/1"],
            ends: &["bond.refunded/1"],
            formula: "refund - last contract <= bond_refund_after_contract",
            title: "A bond was not returned in time after the contract",
            title_zh: "合同签订后保证金未按时退还",
            runs: &[(ALL, Contracted, Contracted), (ALL, Supervised, Contracted)],
        }),
        tenders: Optional("the return of a bond has no time limit"),
        listings: Optional("the return of a bond has no time limit"),
        together: None,
        outside: Outside::Late,
        counted_from: "the last contract",
        effect: "The latest return of a bond.",
    };
}
