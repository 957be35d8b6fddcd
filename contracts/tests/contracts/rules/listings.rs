//! Listings: the notice, bonds, offers, closing and result. A listing has no tender's rows; award and contract it shares.

use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::bodies::{
    Notice, bond_received, deal_confirmed, listing_closed, number_registered, offered, result_publicised,
};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{key, project};
use biaozheng_scenes::tender::contract;
use biaozheng_scenes::world::World;
use serde_json::json;

use super::scenes::{entered, now};

use super::table::*;

/// Starting price where the size of the sale does not matter.
pub(crate) const START: u64 = 1_000_000;

pub(crate) const ROWS: &[Row] = &[
    refused("asset_kinds", "listing.asset", kind),
    refused("listing_notice_min", "listing.notice", |book, outside| {
        period(book, asset(book), START, "listing_notice_min", outside)
    }),
    refused("notice_equity_min", "listing.notice", |book, outside| {
        period(book, "equity", START, "notice_equity_min", outside)
    }),
    refused("notice_capital_increase_min", "listing.notice", |book, outside| {
        period(book, "capital_increase", START, "notice_capital_increase_min", outside)
    }),
    refused("notice_assets_min", "listing.notice", |book, outside| {
        let start = book.number("notice_assets_large_above");
        period(book, "assets", start, "notice_assets_min", outside)
    }),
    refused("notice_assets_large_min", "listing.notice", |book, outside| {
        let start = book.number("notice_assets_large_above") + 1;
        period(book, "assets", start, "notice_assets_large_min", outside)
    }),
    threshold("notice_assets_above", "notice_assets_min", |book, outside| {
        size(book, "notice_assets_above", "listing_notice_min", outside)
    }),
    threshold("notice_assets_large_above", "notice_assets_large_min", |book, outside| {
        size(book, "notice_assets_large_above", "notice_assets_min", outside)
    }),
    refused("listing_period_min", "listing.period", |book, outside| {
        changed(book, |notice| notice.until_ms -= u64::from(outside))
    }),
    refused("viewing_min", "listing.viewing", |book, outside| {
        changed(book, |notice| {
            notice.viewing_ms = notice.viewing_ms.map(|(from, until)| (from, until - u64::from(outside)));
        })
    }),
    refused("listing_reserve_hidden", "listing.reserve_hidden", reserve),
    refused("listing_bond_min_permille", "listing.bond_low", |book, outside| {
        let least = START * book.number("listing_bond_min_permille") / 1000;
        changed(book, |notice| notice.bond = least - u64::from(outside))
    }),
    refused("listing_bond_max_permille", "listing.bond_high", |book, outside| {
        let most = START * book.number("listing_bond_max_permille") / 1000;
        changed(book, |notice| notice.bond = most + u64::from(outside))
    }),
    Row {
        parameter: "extension_window",
        judged: Judged::Refused("listing.running"),
        cites: "listing.period",
        scene: extension,
    },
    refused("listing_bidders_min", "listing.result", bidders),
    flagged("result_publicity_max", |book, outside| {
        let mut world = confirmed(book, 0).0;
        world.now = book.due("result_publicity_max", world.now) + u64::from(outside);
        let record = draft("result.publicised/1", "EAST", result_publicised("B1", START)).at(world.step);
        (world, record)
    }),
];

/// A row of an amount that only chooses which period holds: the refusal names that period.
const fn threshold(
    parameter: &'static str,
    cites: &'static str,
    scene: fn(&Book, bool) -> (World, Draft),
) -> Row {
    Row { parameter, judged: Judged::Refused("listing.notice"), cites, scene }
}

/// The kind of asset `listing_notice_min` holds for.
fn asset(book: &Book) -> &'static str {
    let kinds = book.rules.text("asset_kinds");
    let all = ["land_use_right", "mining_right", "assets", "goods"];
    all.into_iter().find(|kind| kinds.contains(&format!("\"{kind}\""))).unwrap()
}

/// A notice with every moment at its limit, and the least bond.
fn notice(book: &Book, world: &World, asset: &'static str, start: u64, parameter: &str) -> Notice {
    let from_ms = book.due(parameter, world.now);
    let share = book.rules.number("listing_bond_min_permille").unwrap_or(0);
    let viewed = (world.now, book.due("viewing_min", world.now));
    Notice {
        rulebook: world.law(),
        asset,
        start,
        increment: 1000,
        reserve: None,
        bond: start * share / 1000,
        viewing_ms: book.has("viewing_min").then_some(viewed),
        from_ms,
        until_ms: book.due("listing_period_min", from_ms),
    }
}

fn publish(world: &World, notice: &Notice) -> Draft {
    draft("listing.published/1", "OWNER", notice.body(&project())).at(world.step)
}

fn changed(book: &Book, change: impl FnOnce(&mut Notice)) -> (World, Draft) {
    let world = entered(book);
    let mut notice = notice(book, &world, asset(book), START, "listing_notice_min");
    change(&mut notice);
    let record = publish(&world, &notice);
    (world, record)
}

fn kind(book: &Book, outside: bool) -> (World, Draft) {
    let kinds = book.rules.text("asset_kinds");
    let all = ["land_use_right", "mining_right", "equity", "assets", "capital_increase", "goods"];
    let other = all.into_iter().find(|kind| !kinds.contains(&format!("\"{kind}\""))).unwrap();
    changed(book, |notice| notice.asset = if outside { other } else { notice.asset })
}

fn period(book: &Book, asset: &'static str, start: u64, parameter: &str, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut notice = notice(book, &world, asset, start, parameter);
    notice.from_ms -= u64::from(outside);
    let record = publish(&world, &notice);
    (world, record)
}

/// At the amount the shorter period is enough, above it no longer.
fn size(book: &Book, amount: &str, parameter: &str, outside: bool) -> (World, Draft) {
    period(book, "assets", book.number(amount) + u64::from(outside), parameter, false)
}

/// Where a hidden reserve is allowed, the same rulebook saying otherwise is outside; and the other way round.
fn reserve(book: &Book, outside: bool) -> (World, Draft) {
    let book = book.with("listing_reserve_hidden", if outside { "false" } else { "true" });
    changed(&book, |notice| notice.reserve = Some((START, 8)))
}

/// Number, who is behind it, and the byte of its salt.
type Numbers<'a> = &'a [(&'a str, &'a str, u8)];

/// Listed with these numbers, at the moment offers begin; the bonds come out.
fn listed(book: &Book, bond: u64, numbers: Numbers<'_>) -> (World, Vec<RecordId>) {
    let mut world = entered(book);
    let mut notice = notice(book, &world, asset(book), START, "listing_notice_min");
    notice.bond = notice.bond.max(bond.min(notice.start / 10));
    let record = publish(&world, &notice);
    let id = world.ok(record);
    (world.step, world.terms) = (Some(id), Some(id));
    let mut bonds = Vec::new();
    for (name, bidder, byte) in numbers {
        let paid = bond_received(&project(), bidder, bond.max(notice.bond), 4);
        let paid = world.ok(draft("bond.received/1", "EAST", paid).at(world.terms));
        let of_number = (notice.bond > 0).then_some(paid);
        let body = number_registered(&project(), name, key(name).public(), bidder, *byte, of_number);
        world.ok(draft("listing.registered/1", "EAST", body).also(name).at(world.terms));
        bonds.push(paid);
    }
    world.now = notice.from_ms;
    (world, bonds)
}

fn offer(world: &World, number: &str, price: u64) -> Draft {
    draft("listing.offered/1", number, offered("1", price)).at(world.terms)
}

fn closing(world: &World, numbers: Numbers<'_>) -> Draft {
    let body = listing_closed(numbers, None, Some(("N-1", "B1", START)));
    draft("listing.closed/1", "EAST", body).at(world.step)
}

/// An offer made one moment later than the window before the end moves the end.
fn extension(book: &Book, outside: bool) -> (World, Draft) {
    let numbers: Numbers<'_> = &[("N-1", "B1", 1), ("N-2", "B2", 2)];
    let (mut world, _) = listed(book, 0, numbers);
    let end = world.deadline();
    world.now = book.latest("extension_window", end) + u64::from(outside);
    let record = offer(&world, "N-1", START);
    world.ok(record);
    assert_eq!(world.deadline(), end + u64::from(outside), "the end moves by what the offer was late");
    world.now = end;
    let record = closing(&world, numbers);
    (world, record)
}

/// As many who may take part as the rule asks; outside, one of them turns out to be the seller.
fn bidders(book: &Book, outside: bool) -> (World, Draft) {
    let count = usize::try_from(book.number("listing_bidders_min")).unwrap();
    let mut numbers = [("N-1", "B1", 1), ("N-2", "B2", 2), ("N-3", "B3", 3)][..count].to_vec();
    if outside {
        numbers.last_mut().unwrap().1 = "OWNER";
    }
    let (mut world, _) = listed(book, 0, &numbers);
    let record = offer(&world, "N-1", START);
    world.ok(record);
    world.now = world.deadline();
    let record = closing(&world, &numbers);
    (world, record)
}

/// Sold to B1 at the starting price and confirmed by both, at the moment of the closing.
fn confirmed(book: &Book, bond: u64) -> (World, RecordId) {
    let numbers: Numbers<'_> = &[("N-1", "B1", 1), ("N-2", "B2", 2)];
    let (mut world, bonds) = listed(book, bond, numbers);
    let record = offer(&world, "N-1", START);
    world.ok(record);
    world.now = world.deadline();
    let record = closing(&world, numbers);
    world.step = Some(world.ok(record));
    world.step(draft("deal.confirmed/1", "EAST", deal_confirmed("1", START)).also("B1"));
    (world, bonds[0])
}

fn publicised(book: &Book, bond: u64) -> (World, RecordId) {
    let (mut world, bond) = confirmed(book, bond);
    world.step(draft("result.publicised/1", "EAST", result_publicised("B1", START)));
    (world, bond)
}

pub(crate) fn awarded(book: &Book) -> World {
    publicised(book, 0).0
}

/// The earliest moment of the contract.
pub(crate) fn contract_moment(book: &Book, awarded_at: u64) -> u64 {
    if book.has("listing_period_min") { book.due("publicity_min", awarded_at) } else { awarded_at }
}

/// Contracted, with a bond of B1 that was never returned.
pub(crate) fn contracted_with_bond(book: &Book, bond: u64) -> (World, RecordId) {
    let (mut world, bond) = publicised(book, bond);
    world.now = contract_moment(book, now(&world).get());
    world.step(contract(START, 0).also("B1"));
    (world, bond)
}

/// Published, with nobody registered yet.
pub(crate) fn running(book: &Book) -> World {
    listed(book, 0, &[]).0
}

// What a listing's steps hold, for the table of steps.

const TWO: Numbers<'static> = &[("N-1", "B1", 1), ("N-2", "B2", 2)];

pub(crate) fn free(book: &Book, outside: bool) -> (World, Draft) {
    changed(book, |notice| notice.increment *= u64::from(!outside))
}

pub(crate) fn register_late(book: &Book, outside: bool) -> (World, Draft) {
    let (mut world, _) = listed(book, 0, &[]);
    let share = book.rules.number("listing_bond_min_permille").unwrap_or(0);
    let bond = START * share / 1000;
    let paid =
        world.ok(draft("bond.received/1", "EAST", bond_received(&project(), "B1", bond, 4)).at(world.terms));
    let paid = (bond > 0).then_some(paid);
    // Registration ends when the offers do.
    world.now = world.deadline() - u64::from(!outside);
    let body = number_registered(&project(), "N-1", key("N-1").public(), "B1", 1, paid);
    let record = draft("listing.registered/1", "EAST", body).also("N-1").at(world.terms);
    (world, record)
}

pub(crate) fn offer_late(book: &Book, outside: bool) -> (World, Draft) {
    let (mut world, _) = listed(book, 0, TWO);
    world.now = world.deadline() - u64::from(!outside);
    let record = offer(&world, "N-1", START);
    (world, record)
}

/// One increment above the best offer.
pub(crate) fn offer_low(book: &Book, outside: bool) -> (World, Draft) {
    let (mut world, _) = listed(book, 0, TWO);
    let first = offer(&world, "N-1", START);
    world.ok(first);
    let record = offer(&world, "N-2", START + 1000 - u64::from(outside));
    (world, record)
}

pub(crate) fn offer_by_stranger(book: &Book, outside: bool) -> (World, Draft) {
    let (world, _) = listed(book, 0, TWO);
    let record = offer(&world, if outside { "N-9" } else { "N-1" }, START);
    (world, record)
}

fn offered_once(book: &Book) -> World {
    let (mut world, _) = listed(book, 0, TWO);
    let record = offer(&world, "N-1", START);
    world.ok(record);
    world
}

pub(crate) fn close_early(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = offered_once(book);
    world.now = world.deadline() - u64::from(outside);
    let record = closing(&world, TWO);
    (world, record)
}

pub(crate) fn close_without_one(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = offered_once(book);
    world.now = world.deadline();
    let record = closing(&world, if outside { &TWO[..1] } else { TWO });
    (world, record)
}

fn closed(book: &Book) -> World {
    let mut world = offered_once(book);
    world.now = world.deadline();
    let record = closing(&world, TWO);
    world.step = Some(world.ok(record));
    world
}

pub(crate) fn deal_at_other_price(book: &Book, outside: bool) -> (World, Draft) {
    let world = closed(book);
    let body = deal_confirmed("1", START + u64::from(outside));
    let record = draft("deal.confirmed/1", "EAST", body).also("B1").at(world.step);
    (world, record)
}

pub(crate) fn other_result(book: &Book, outside: bool) -> (World, Draft) {
    let (world, _) = confirmed(book, 0);
    let body = result_publicised(if outside { "B2" } else { "B1" }, START);
    let record = draft("result.publicised/1", "EAST", body).at(world.step);
    (world, record)
}

pub(crate) fn other_contract(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = awarded(book);
    world.now = contract_moment(book, now(&world).get());
    let record = contract(START + u64::from(outside), 0).also("B1").at(world.step);
    (world, record)
}

/// A listing may be ended while it runs.
pub(crate) fn end_after_offers(book: &Book, outside: bool) -> (World, Draft) {
    let world = if outside { closed(book) } else { running(book) };
    let record = draft("tender.terminated/1", "OWNER", json!({"reason": "撤回标的"})).at(world.step);
    (world, record)
}
