//! Land-use right, mining right, state-owned assets, auction.

use biaozheng_contracts::Rulebook;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_scenes::bodies::{
    ASSETS, AUCTION, LAND, MINING, Notice, bond_received, deal_confirmed, listing_closed, number_registered,
    offered, result_publicised,
};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, key, project};
use biaozheng_scenes::tender::{archive, contract};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{contract_to_archive, is_public, late, stage, under};
use biaozheng_contracts::{listing, shown};

const LATER: u64 = 40 * 86_400_000;
const HOUR: u64 = 3_600_000;
const MINUTE: u64 = 60_000;

fn notice(world: &World, book: &str, asset: &'static str) -> Notice {
    Notice {
        rulebook: Rulebook::digest(book),
        asset,
        start: 50_000_000_000,
        increment: 100_000_000,
        reserve: None,
        bond: 0,
        viewing_ms: None,
        from_ms: world.now + LATER,
        until_ms: world.now + LATER + 20 * day(),
    }
}

fn publish(notice: &Notice) -> Draft {
    draft("listing.published/1", "OWNER", notice.body(&project()))
}

fn number(number: &str, bidder: &str, byte: u8, bond: Option<RecordId>) -> Draft {
    let body = number_registered(&project(), number, key(number).public(), bidder, byte, bond);
    draft("listing.registered/1", "EAST", body).also(number)
}

fn offer(number: &str, price: u64) -> Draft {
    draft("listing.offered/1", number, offered("1", price))
}

fn deal(price: u64) -> Draft {
    draft("deal.confirmed/1", "EAST", deal_confirmed("1", price))
}

fn closed(
    numbers: &[(&str, &str, u8)],
    reserve: Option<(u64, u8)>,
    winner: Option<(&str, &str, u64)>,
) -> Draft {
    draft("listing.closed/1", "EAST", listing_closed(numbers, reserve, winner))
}

const NUMBERS: &[(&str, &str, u8)] = &[("N-1", "B1", 1), ("N-2", "B2", 2)];

/// Published, with two numbers, at the moment offers begin.
fn listed(book: &str, notice: Notice) -> World {
    let mut world = under(book);
    let notice = Notice { from_ms: world.now + LATER, until_ms: world.now + LATER + 20 * day(), ..notice };
    world.terms = Some(world.step(publish(&notice)));
    for (name, bidder, byte) in NUMBERS {
        let bond = (notice.bond > 0).then(|| {
            let body = bond_received(&project(), bidder, notice.bond, *byte);
            world.ok(draft("bond.received/1", "EAST", body).at(world.terms))
        });
        world.ok(number(name, bidder, *byte, bond).at(world.terms));
    }
    world.now = notice.from_ms;
    world
}

fn blank(book: &str, asset: &'static str) -> Notice {
    notice(&World::new(), book, asset)
}

/// A whole life with two offers; the hidden reserve is met exactly.
fn whole_life(book: &str, mut notice: Notice, publicity: u64) {
    notice.reserve = (book != ASSETS).then_some((50_100_000_000, 8));
    let reserve = notice.reserve;
    let mut world = listed(book, notice);
    world.ok(offer("N-1", 50_000_000_000).at(world.terms));
    world.ok(offer("N-2", 50_100_000_000).at(world.terms));
    let shown = listing::view::listing(&world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["lots"][0]["best"], json!({"number": "N-2", "amount": 50_100_000_000u64}));
    let secret = shown::project(&world.state, &project()).unwrap().unwrap();
    assert_eq!(secret["records"], Value::Null, "the number of registrations does not show");
    let hidden = ["listing.registered/1", "bond.received/1", "bond.refunded/1"];
    assert!(hidden.iter().all(|kind| !is_public(&world, kind)) && is_public(&world, "listing.offered/1"));
    world.now += 20 * day();
    world.step(closed(NUMBERS, reserve, Some(("N-2", "B2", 50_100_000_000))));
    assert!(hidden.iter().all(|kind| is_public(&world, kind)));
    world.step(deal(50_100_000_000).also("B2"));
    world.step(draft("result.publicised/1", "EAST", result_publicised("B2", 50_100_000_000)));
    if publicity > 0 {
        world.refused(contract(50_100_000_000, 0).also("B2").at(world.step), "contract.publicity");
    }
    world.now += publicity;
    contract_to_archive(&mut world, "B2", 50_100_000_000);
    assert_eq!(late(&world), json!([]));
}

#[test]
fn a_land_use_right_is_listed_sold_and_archived() {
    whole_life(LAND, Notice { bond: 10_000_000_000, ..blank(LAND, "land_use_right") }, 0);
}

#[test]
fn a_mining_right_is_listed_sold_and_archived() {
    whole_life(MINING, blank(MINING, "mining_right"), 20 * day());
}

#[test]
fn state_owned_assets_are_listed_sold_and_archived() {
    for asset in ["equity", "assets"] {
        whole_life(ASSETS, Notice { bond: 15_000_000_000, ..blank(ASSETS, asset) }, 10 * day());
    }
}

#[test]
fn an_auction_is_announced_held_and_archived() {
    let mut notice = blank(AUCTION, "goods");
    let begin = notice.from_ms - LATER;
    notice.viewing_ms = Some((begin + 20 * day(), begin + 22 * day()));
    whole_life(AUCTION, notice, 0);
}

#[test]
fn a_late_offer_moves_the_end_so_that_others_can_answer() {
    let mut world = listed(LAND, with_bond(blank(LAND, "land_use_right"), 10_000_000_000));
    let end = world.deadline();
    world.now = end - 4 * MINUTE;
    world.ok(offer("N-1", 50_000_000_000).at(world.terms));
    assert_eq!(world.deadline(), end, "just outside the window");
    world.now = end - 1;
    world.ok(offer("N-2", 50_100_000_000).at(world.terms));
    assert_eq!(world.deadline(), end - 1 + 4 * MINUTE);
    world.now = end;
    world.refused(
        closed(NUMBERS, None, Some(("N-2", "B2", 50_100_000_000))).at(world.step),
        "listing.running",
    );
    world.ok(offer("N-1", 50_200_000_000).at(world.terms));
    world.now = world.deadline();
    world.refused(offer("N-2", 60_000_000_000).at(world.terms), "listing.not_running");
    world.fine(closed(NUMBERS, None, Some(("N-1", "B1", 50_200_000_000))).at(world.step));
}

#[test]
fn a_lot_below_its_reserve_fails_and_is_archived() {
    let reserve = Some((50_000_000_001, 8));
    let mut world = listed(MINING, Notice { reserve, ..blank(MINING, "mining_right") });
    world.ok(offer("N-1", 50_000_000_000).at(world.terms));
    world.now += 20 * day();
    world.refused(
        closed(NUMBERS, reserve, Some(("N-1", "B1", 50_000_000_000))).at(world.step),
        "listing.result",
    );
    world.step(closed(NUMBERS, reserve, None));
    assert_eq!(stage(&world), "failed");
    let (records, history) = world.chained();
    world.step(archive(records, history));
}

#[test]
fn numbers_of_one_bidder_of_the_seller_and_of_the_penalised_take_no_part() {
    let mut world = listed(MINING, blank(MINING, "mining_right"));
    for (name, bidder, byte) in [("N-3", "B3", 3), ("N-4", "B3", 4), ("N-5", "OWNER", 5), ("N-6", "B4", 6)] {
        world.ok(number(name, bidder, byte, None).at(world.terms));
    }
    let mut price = 50_000_000_000;
    for name in ["N-1", "N-3", "N-4", "N-5", "N-6"] {
        world.ok(offer(name, price).at(world.terms));
        price += 100_000_000;
    }
    let event = json!({
        "subject": "B4", "kind": "administrative_penalty", "source": "行政处罚", "basis": "招标投标法53", "severity": "disqualifying",
        "from_ms": world.now - 1, "expires_ms": world.now + 365 * day(),
    });
    world.ok(draft("credit.recorded/1", "REG", event));
    world.now += 20 * day();
    let all =
        [NUMBERS, &[("N-3", "B3", 3), ("N-4", "B3", 4), ("N-5", "OWNER", 5), ("N-6", "B4", 6)]].concat();
    for (name, bidder, paid) in [("N-6", "B4", 4), ("N-5", "OWNER", 3), ("N-4", "B3", 2), ("N-3", "B3", 1)] {
        let winner = (name, bidder, 50_000_000_000 + paid * 100_000_000);
        world.refused(closed(&all, None, Some(winner)).at(world.step), "listing.result");
    }
    world.fine(closed(&all, None, Some(("N-1", "B1", 50_000_000_000))).at(world.step));
}

/// Refusals, each beside what is just inside the rule.
pub(crate) fn rules() {
    notice_rules();
    state_asset_notices();
    offer_rules();
    closing_rules();
}

fn notice_rules() {
    let world = under(LAND);
    let good = || Notice {
        bond: 10_000_000_000,
        from_ms: world.now + 20 * day(),
        until_ms: world.now + 30 * day(),
        ..notice(&world, LAND, "land_use_right")
    };
    let refused = |notice: Notice, code: &str| world.refused(publish(&notice).at(world.step), code);
    world.fine(publish(&good()).at(world.step));
    let early = refused(Notice { from_ms: good().from_ms - 1, ..good() }, "listing.notice");
    assert_eq!(early.article.as_deref(), Some("招标拍卖挂牌出让国有建设用地使用权规定8"));
    let short = refused(Notice { until_ms: good().until_ms - 1, ..good() }, "listing.period");
    assert_eq!(short.article.as_deref(), Some("招标拍卖挂牌出让国有建设用地使用权规定18"));
    let low = refused(Notice { bond: 9_999_999_999, ..good() }, "listing.bond_low");
    assert!(low.article.is_some());
    let kind = refused(Notice { asset: "goods", ..good() }, "listing.asset");
    assert_eq!(kind.article.as_deref(), Some("招标拍卖挂牌出让国有建设用地使用权规定2"));
    refused(Notice { start: 0, ..good() }, "listing.price");
    refused(Notice { increment: 0, ..good() }, "listing.price");
    refused(Notice { rulebook: Rulebook::digest(MINING), ..good() }, "rulebook.unknown");
    refused(Notice { rulebook: world.law(), ..good() }, "rulebook.procedure");
    let mut tender = world.published();
    tender["rulebook"] = json!(Rulebook::digest(LAND).to_string());
    world.refused(draft("tender.published/1", "OWNER", tender).at(world.step), "rulebook.procedure");
    // An auction shows its goods for two days before it begins.
    let world = under(AUCTION);
    let begin = world.now + 7 * day();
    let shown = |from: u64, until: u64| Notice {
        viewing_ms: Some((from, until)),
        from_ms: begin,
        until_ms: begin + 30 * MINUTE,
        ..notice(&world, AUCTION, "goods")
    };
    world.fine(publish(&shown(begin - 2 * day(), begin)).at(world.step));
    for (from, until) in
        [(begin - 2 * day() + 1, begin), (begin - 2 * day(), begin + 1), (world.now - 1, begin)]
    {
        let refused = world.refused(publish(&shown(from, until)).at(world.step), "listing.viewing");
        assert_eq!(refused.article.as_deref(), Some("拍卖法48"));
    }
    let early = Notice { from_ms: begin - 1, ..shown(world.now, begin - 1) };
    let early = world.refused(publish(&early).at(world.step), "listing.notice");
    assert_eq!(early.article.as_deref(), Some("拍卖法45"));
}

/// Which notice period holds depends on what is sold and for how much.
fn state_asset_notices() {
    let world = under(ASSETS);
    let book = Rulebook::parse(ASSETS).unwrap();
    for (asset, start, parameter) in [
        ("equity", 1, "notice_equity_min"),
        ("capital_increase", 1, "notice_capital_increase_min"),
        ("assets", 1_000_000_001, "notice_assets_large_min"),
        ("assets", 1_000_000_000, "notice_assets_min"),
        ("assets", 100_000_001, "notice_assets_min"),
        ("assets", 100_000_000, "listing_notice_min"),
    ] {
        let from = book.due(parameter, TimeMs::new(world.now)).unwrap().get();
        let at = |from: u64| {
            let until = from + 2 * HOUR;
            publish(&Notice { start, from_ms: from, until_ms: until, ..notice(&world, ASSETS, asset) })
        };
        world.fine(at(from).at(world.step));
        let early = world.refused(at(from - 1).at(world.step), "listing.notice");
        assert_eq!(early.rule, parameter, "{asset} {start}");
        assert_eq!(early.article.as_deref(), book.article(parameter));
    }
    let good = || Notice { bond: 15_000_000_000, ..notice(&world, ASSETS, "equity") };
    world.fine(publish(&good()).at(world.step));
    let bond = world
        .refused(publish(&Notice { bond: 15_000_000_001, ..good() }).at(world.step), "listing.bond_high");
    assert_eq!(bond.article.as_deref(), Some("企业国有资产交易操作规则"));
    let hidden = Notice { reserve: Some((1, 1)), ..good() };
    let hidden = world.refused(publish(&hidden).at(world.step), "listing.reserve_hidden");
    assert_eq!(hidden.article.as_deref(), Some("企业国有资产交易监督管理办法17"));
}

fn offer_rules() {
    let mut world = listed(MINING, blank(MINING, "mining_right"));
    let terms = world.terms;
    let mut early = world.clone();
    early.now -= 1;
    early.refused(offer("N-1", 50_000_000_000).at(terms), "listing.not_running");
    world.refused(offer("N-1", 49_999_999_999).at(terms), "listing.offer_low");
    world.refused(offer("N-9", 50_000_000_000).at(terms), "listing.not_registered");
    world.refused(offer("N-1", 50_000_000_000).with_key(key("N-2")).at(terms), "listing.not_registered");
    world.refused(offer("N-1", 50_000_000_000).at(None), "record.previous");
    world.ok(offer("N-1", 50_000_000_000).at(terms));
    world.refused(offer("N-2", 50_099_999_999).at(terms), "listing.offer_low");
    world.fine(offer("N-2", 50_100_000_000).at(terms));
    // Numbers: new, nobody's id, signed with their own key, registered in time.
    world.fine(number("N-3", "B3", 3, None).at(terms));
    world.refused(number("N-1", "B3", 3, None).at(terms), "listing.number");
    world.refused(number("B3", "B3", 3, None).at(terms), "listing.number");
    let body = number_registered(&project(), "N-3", key("N-3").public(), "B3", 3, None);
    world.refused(draft("listing.registered/1", "EAST", body.clone()).at(terms), "listing.number");
    world.refused(draft("listing.registered/1", "CITY", body).also("N-3").at(terms), "participant.not_party");
    let mut over = world.clone();
    over.now = world.deadline() - 1;
    over.fine(number("N-3", "B3", 3, None).at(terms));
    over.now += 1;
    over.refused(number("N-3", "B3", 3, None).at(terms), "listing.registration_closed");
    // A bond serves one number.
    let mut bonded = listed(LAND, Notice { bond: 10_000_000_000, ..blank(LAND, "land_use_right") });
    let received = bond_received(&project(), "B3", 10_000_000_000, 3);
    let bond = bonded.ok(draft("bond.received/1", "EAST", received).at(bonded.terms));
    bonded.refused(number("N-3", "B3", 3, None).at(bonded.terms), "listing.bond_missing");
    bonded.ok(number("N-3", "B3", 3, Some(bond)).at(bonded.terms));
    bonded.refused(number("N-4", "B3", 4, Some(bond)).at(bonded.terms), "listing.bond_missing");
    bonded.refused(number("N-4", "B3", 4, bonded.step).at(bonded.terms), "listing.bond_missing");
}

fn closing_rules() {
    let reserve = Some((50_000_000_000, 8));
    let mut world = listed(MINING, Notice { reserve, ..blank(MINING, "mining_right") });
    world.ok(offer("N-1", 50_000_000_000).at(world.terms));
    world.ok(offer("N-2", 50_100_000_000).at(world.terms));
    let won = Some(("N-2", "B2", 50_100_000_000));
    world.now = world.deadline() - 1;
    world.refused(closed(NUMBERS, reserve, won).at(world.step), "listing.running");
    world.now += 1;
    world.refused(closed(&NUMBERS[..1], reserve, won).at(world.step), "listing.numbers");
    world.refused(closed(&[NUMBERS[0], ("N-2", "B3", 2)], reserve, won).at(world.step), "listing.numbers");
    world.refused(closed(&[NUMBERS[0], ("N-2", "B2", 3)], reserve, won).at(world.step), "listing.numbers");
    world.refused(closed(NUMBERS, None, won).at(world.step), "listing.reserve");
    world.refused(closed(NUMBERS, Some((50_000_000_001, 8)), won).at(world.step), "listing.reserve");
    world.refused(
        closed(NUMBERS, reserve, Some(("N-1", "B1", 50_000_000_000))).at(world.step),
        "listing.result",
    );
    world.refused(closed(NUMBERS, reserve, None).at(world.step), "listing.result");
    world.step(closed(NUMBERS, reserve, won));
    world.refused(deal(50_100_000_000).at(world.step), "deal.terms");
    world.refused(deal(50_100_000_000).also("B1").at(world.step), "deal.terms");
    world.refused(deal(50_000_000_000).also("B2").at(world.step), "deal.terms");
    // A winner who does not confirm leaves the seller to record the failure.
    world.fine(draft("tender.failed/1", "OWNER", json!({"reason": "竞得人放弃"})).at(world.step));
    let shut = world.now;
    world.step(deal(50_100_000_000).also("B2"));
    let result = |price: u64| draft("result.publicised/1", "OWNER", result_publicised("B2", price));
    world.refused(result(1).at(world.step), "listing.result");
    // A late result is noted, not refused.
    let book = Rulebook::parse(MINING).unwrap();
    world.now = book.due("result_publicity_max", TimeMs::new(shut)).unwrap().get();
    let mut slow = world.clone();
    slow.now += 1;
    slow.step(result(50_100_000_000));
    assert_eq!(late(&slow), json!(["result_publicity_max"]));
    world.step(result(50_100_000_000));
    assert_eq!(late(&world), json!([]));
    world.now = book.due("publicity_min", TimeMs::new(world.now)).unwrap().get();
    world.fine(contract(50_100_000_000, 0).also("B2").at(world.step));
    world.refused(contract(50_100_000_000, 1).also("B2").at(world.step), "contract.performance_bond");
    world.now -= 1;
    let early = world.refused(contract(50_100_000_000, 0).also("B2").at(world.step), "contract.publicity");
    assert_eq!(early.article.as_deref(), Some("矿业权出让交易规则"));
    // One bidder is enough for a listing and one too few for an auction.
    let mut alone = blank(AUCTION, "goods");
    let begin = alone.from_ms - LATER;
    alone.viewing_ms = Some((begin + 20 * day(), begin + 22 * day()));
    let mut auction = under(AUCTION);
    auction.terms = Some(auction.step(publish(&alone)));
    auction.ok(number("N-1", "B1", 1, None).at(auction.terms));
    auction.now = alone.from_ms;
    auction.ok(offer("N-1", 50_000_000_000).at(auction.terms));
    auction.now = auction.deadline();
    let first = Some(("N-1", "B1", 50_000_000_000));
    auction.refused(closed(&NUMBERS[..1], None, first).at(auction.step), "listing.result");
    auction.step(closed(&NUMBERS[..1], None, None));
    assert_eq!(stage(&auction), "failed");
}

fn with_bond(notice: Notice, bond: u64) -> Notice {
    Notice { bond, ..notice }
}
