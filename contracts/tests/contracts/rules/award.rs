//! Candidates, award, contract, report to the regulator; the last three of listings as well.

use biaozheng_contracts::Procedure;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::tender::{archive, award, candidates, contract};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::listings;

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("candidates_max", "candidates.list", too_many),
    flagged("publicity_start", publicise_late),
    refused("publicity_min", "award.publicity or contract.publicity", publicity),
    refused("award_rank_1", "award.rank", rank),
    flagged("award_max", award_late),
    refused("perf_bond_max_permille", "contract.performance_bond", performance_bond),
    flagged("contract_max", |book, outside| {
        let mut world = if is_listing(book) { listings::awarded(book) } else { awarded(book) };
        world.now = book.due("contract_max", world.now) + u64::from(outside);
        let record = signing(book, &world, 0);
        (world, record)
    }),
    flagged("regulator_report_max", |book, outside| {
        let mut world = if is_listing(book) { listings::awarded(book) } else { awarded(book) };
        let from = world.now;
        world.now = listings::contract_moment(book, world.now);
        let record = signing(book, &world, 0);
        world.step = Some(world.ok(record));
        world.now = book.due("regulator_report_max", from) + u64::from(outside);
        filed(world)
    }),
    flagged("contract_filing_max", |book, outside| {
        let mut world = contracted(book);
        world.now = book.due("contract_filing_max", world.now) + u64::from(outside);
        filed(world)
    }),
    refused("archive_retention_min", "archive.retention", retention),
];

fn is_listing(book: &Book) -> bool {
    book.rules.procedure() == Procedure::Listing
}

fn filed(world: World) -> (World, Draft) {
    let record = draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})).at(world.step);
    (world, record)
}

fn signing(book: &Book, world: &World, bond: u64) -> Draft {
    let price = if is_listing(book) { listings::START } else { PRICE };
    contract(price, bond).also(if is_listing(book) { "B1" } else { "B2" }).at(world.step)
}

fn too_many(book: &Book, outside: bool) -> (World, Draft) {
    let bids = [BIDS, &[("B4", 96_000_000)]].concat();
    let world = evaluated_with(book, &bids);
    let most = usize::try_from(book.number("candidates_max")).unwrap() + usize::from(outside);
    let names: Vec<&str> = bids[..most].iter().map(|(bidder, _)| *bidder).collect();
    let record = candidates(&names).at(world.step);
    (world, record)
}

fn publicise_late(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = evaluated_with(book, BIDS);
    world.now = book.due("publicity_start", world.now) + u64::from(outside);
    let record = candidates(&["B2"]).at(world.step);
    (world, record)
}

fn publicity(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = if is_listing(book) { listings::awarded(book) } else { publicised(book) };
    world.now = book.due("publicity_min", world.now) - u64::from(outside);
    let record =
        if is_listing(book) { signing(book, &world, 0) } else { award("B2", PRICE, &[]).at(world.step) };
    (world, record)
}

/// Passing over the first with its ground is inside, without one outside.
fn rank(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = publicised(book);
    world.now = book.due("publicity_min", world.now);
    let grounds: &[&str] = if outside { &[] } else { &["declined"] };
    let record = award("B1", BIDS[1].1, grounds).at(world.step);
    (world, record)
}

fn award_late(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = publicised(book);
    world.now = book.due("award_max", world.now) + u64::from(outside);
    let record = award("B2", PRICE, &[]).at(world.step);
    (world, record)
}

fn performance_bond(book: &Book, outside: bool) -> (World, Draft) {
    let world = awarded(book);
    let most = PRICE * book.number("perf_bond_max_permille") / 1000;
    let record = signing(book, &world, most + u64::from(outside));
    (world, record)
}

/// A project may end at once; its archive is kept as long as any other.
fn retention(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = if is_listing(book) { listings::running(book) } else { published(book) };
    world.step(draft("tender.terminated/1", "OWNER", json!({"reason": "项目取消"})));
    let (records, history) = world.chained();
    let mut record = archive(records, history).at(world.step);
    let until = book.due("archive_retention_min", world.now) - u64::from(outside);
    record.body["retain_until_ms"] = json!(until);
    (world, record)
}
