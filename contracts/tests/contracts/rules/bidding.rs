//! Bids, their opening, and bonds.

use biaozheng_contracts::Procedure;
use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::bodies::{bond_received, bond_refunded};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::project;
use biaozheng_scenes::tender::{award, candidates, contract, revealed};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::listings;

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("bids_per_bidder_max", "bid.number", number),
    refused("reveal_window", "bid.reveal_closed", reveal),
    Row { parameter: "min_bidders", judged: Judged::Fails, cites: "min_bidders", scene: few },
    refused("unopened_bid", "evaluation.disqualified", unopened),
    refused("tie_break", "evaluation.tie", tie),
    flagged("bond_refund_on_withdraw", refund_of_withdrawn),
    flagged("bond_refund_after_contract", refund_after_contract),
];

fn number(book: &Book, outside: bool) -> (World, Draft) {
    let world = published(book);
    let mut record = sealed_under(book, &world, "B1", 1, 1);
    record.body["number"] = json!(book.number("bids_per_bidder_max") + u64::from(outside));
    (world, record)
}

fn reveal(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let record = sealed_under(book, &world, "B1", 1, 1);
    let sealed = world.ok(record);
    world.now = book.due("reveal_window", world.deadline()) + u64::from(outside);
    (world, revealed("B1", Some(1)).at(Some(sealed)))
}

fn few(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let count = usize::try_from(book.number("min_bidders")).unwrap() - usize::from(outside);
    let opening = bid_for(book, &mut world, &BIDS[..count], None);
    (world, opening)
}

/// A bid that nobody could open is disqualified, and a report that passes over it is refused.
fn unopened(book: &Book, outside: bool) -> (World, Draft) {
    let all = [BIDS, &[("B4", 96_000_000)]].concat();
    let world = seat(book, open_with(book, published(book), &all, Some("B4")));
    let mut record = report(book, &world, BIDS);
    if !outside {
        let out = json!([{"bid": {"bidder": "B4", "number": 1}, "reason": "未能解密"}]);
        record.body["lots"][0]["disqualified"] = out;
    }
    (world, record)
}

fn tie(book: &Book, outside: bool) -> (World, Draft) {
    let bids = [("B2", 80_000_000), ("B1", 80_000_000), ("B3", 95_000_000)];
    let mut world = seat(book, open_with(book, published(book), &bids, None));
    if !outside {
        let order = json!([{"bidder": "B2", "number": 1}, {"bidder": "B1", "number": 1}]);
        let body = json!({"lot": "1", "order": order, "method": "现场抽签"});
        world.step(draft("lot.drawn/1", "EAST", body));
    }
    let record = report(book, &world, &bids);
    (world, record)
}

const BOND: u64 = 2_000_000;

fn bonded(world: &mut World, payer: &str) -> RecordId {
    world.ok(draft("bond.received/1", "EAST", bond_received(&project(), payer, BOND, 4)).at(world.terms))
}

fn refund(bond: RecordId, payer: &str) -> Draft {
    draft("bond.refunded/1", "EAST", bond_refunded(bond, payer, BOND, 4)).at(Some(bond))
}

/// The note waits for the opening: before it, nobody learns that a bid was withdrawn.
fn refund_of_withdrawn(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let bond = bonded(&mut world, "B4");
    let record = sealed_under(book, &world, "B4", 1, 1);
    world.ok(record);
    world.ok(draft("bid.withdrawn/1", "B4", json!({"lot": "1"})).at(world.terms));
    world.now = book.due("bond_refund_on_withdraw", world.now) + u64::from(outside);
    world.ok(refund(bond, "B4"));
    let opening = bid_for(book, &mut world, BIDS, None);
    (world, opening)
}

fn refund_after_contract(book: &Book, outside: bool) -> (World, Draft) {
    let (mut world, bond) = if book.rules.procedure() == Procedure::Listing {
        listings::contracted_with_bond(book, BOND)
    } else {
        let mut world = published(book);
        let bond = bonded(&mut world, "B1");
        (to_contract(book, world), bond)
    };
    world.now = book.due("bond_refund_after_contract", world.now) + u64::from(outside);
    (world, refund(bond, "B1"))
}

fn to_contract(book: &Book, world: World) -> World {
    let mut world = seat(book, open_with(book, world, BIDS, None));
    let record = report(book, &world, BIDS);
    world.step = Some(world.ok(record));
    world.step(candidates(&["B2"]));
    world.now = book.due("publicity_min", world.now);
    world.step(award("B2", PRICE, &[]));
    world.step(contract(PRICE, 0).also("B2"));
    world
}
