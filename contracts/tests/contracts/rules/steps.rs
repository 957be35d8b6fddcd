//! Rules that are no numbers: what a step may hold, and when. Each with a record just inside, and one just outside whose
//! refusal cites the step's article as the rulebook writes it.

use std::collections::BTreeSet;

use biaozheng_contracts::Procedure;
use biaozheng_contracts::evaluation::committee;
use biaozheng_scenes::bodies::salt;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{org, project};
use biaozheng_scenes::tender::{award, contract, revealed};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::listings;
use super::table::Book;

use super::scenes::*;

/// The step, the refusal's code, and the scene: true asks for the record outside.
type StepRow = (&'static str, &'static str, fn(&Book, bool) -> (World, Draft));

const ROWS: &[StepRow] = &[
    ("tender.clarified/1", "tender.deadline_back", deadline_back),
    ("bid.sealed/1", "bid.late", bid_late),
    ("bid.withdrawn/1", "bid.late", withdraw_late),
    ("bid.revealed/1", "bid.commitment", other_bid),
    ("bids.opened/1", "opening.early", open_early),
    ("bids.opened/1", "opening.incomplete", open_short),
    ("bids.opened/1", "project.suspended", open_beside_objection),
    ("scores.revealed/1", "scores.form", other_criterion),
    ("scores.revealed/1", "scores.not_all_sealed", reveal_early),
    ("scores.sealed/1", "committee.not_member", by_stranger),
    ("evaluation.reported/1", "evaluation.ranking", other_ranking),
    ("evaluation.reported/1", "evaluation.dissent", strangers_dissent),
    ("award.notified/1", "award.price", other_price),
    ("contract.signed/1", "contract.terms", other_terms),
    ("tender.terminated/1", "project.stage", end_after_award),
];

/// The same of listings.
const LISTING_ROWS: &[StepRow] = &[
    ("listing.published/1", "listing.price", listings::free),
    ("listing.registered/1", "listing.registration_closed", listings::register_late),
    ("listing.offered/1", "listing.not_running", listings::offer_late),
    ("listing.offered/1", "listing.offer_low", listings::offer_low),
    ("listing.offered/1", "listing.not_registered", listings::offer_by_stranger),
    ("listing.closed/1", "listing.running", listings::close_early),
    ("listing.closed/1", "listing.numbers", listings::close_without_one),
    ("deal.confirmed/1", "deal.terms", listings::deal_at_other_price),
    ("result.publicised/1", "listing.result", listings::other_result),
    ("contract.signed/1", "contract.terms", listings::other_contract),
    ("tender.terminated/1", "project.stage", listings::end_after_offers),
];

/// What this rulebook does not have, by the rule's own words.
fn excepted(book: &Book, code: &str) -> bool {
    // 政府采购法57: a query stops nothing.
    code == "project.suspended" && book.has("objection_suspends") && !book.flag("objection_suspends")
}

/// Rulebooks of the law.
fn of_law() -> Vec<Book> {
    Book::shipped().into_iter().filter(|book| book.rules.nature() == "law").collect()
}

/// Every record of a step has an article to cite, and the table names no other.
pub(crate) fn articles() {
    let books = of_law();
    assert_eq!(books.len(), 8);
    for book in books {
        let steps = book.rules.steps();
        let types: BTreeSet<&str> = steps.iter().filter_map(|step| step.name.split(':').next()).collect();
        let without: Vec<&&str> =
            types.iter().filter(|name| book.rules.step_article(name).is_none_or(str::is_empty)).collect();
        assert!(without.is_empty(), "{}: no article for {without:?}", book.name);
        let whole: toml::Table = toml::from_str(&book.text).unwrap();
        let written = whole["article"].as_table().unwrap();
        let stray: Vec<&String> = written.keys().filter(|name| !types.contains(name.as_str())).collect();
        assert!(stray.is_empty(), "{}: no step {stray:?}", book.name);
    }
}

/// Every row under every rulebook of the law.
pub(crate) fn judge() {
    let mut judged = 0;
    for book in of_law() {
        let rows = if book.rules.procedure() == Procedure::Listing { LISTING_ROWS } else { ROWS };
        for (step, code, scene) in rows.iter().filter(|(_, code, _)| !excepted(&book, code)) {
            let about = format!("{}: {step} {code}", book.name);
            let (mut inside, record) = scene(&book, false);
            assert_eq!(record.kind, *step, "{about}");
            inside.run(record).unwrap_or_else(|reject| panic!("{about}: inside: {reject}"));
            let (mut outside, record) = scene(&book, true);
            let Err(reject) = outside.run(record) else { panic!("{about}: accepted outside") };
            assert_eq!(reject.code, *code, "{about}: {reject}");
            assert!(reject.article.is_some(), "{about}: no article");
            let own = book.rules.article(&reject.rule).or_else(|| book.rules.step_article(step));
            assert_eq!(reject.article.as_deref(), own, "{about}");
            judged += 1;
        }
    }
    let expected = 4 * ROWS.len() - 1 + 4 * LISTING_ROWS.len();
    assert_eq!(judged, expected, "four tenders, of which one has no suspension, and four listings");
}

fn deadline_back(book: &Book, outside: bool) -> (World, Draft) {
    let world = published(book);
    let body = json!({"text": "补充说明", "deadline_ms": world.deadline() - u64::from(outside)});
    let record = draft("tender.clarified/1", "OWNER", body).at(world.step);
    (world, record)
}

fn bid_late(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    world.now = world.deadline() - 1 + u64::from(outside);
    let record = sealed_under(book, &world, "B1", PRICE, 1);
    (world, record)
}

fn withdraw_late(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let record = sealed_under(book, &world, "B1", PRICE, 1);
    world.ok(record);
    world.now = world.deadline() - 1 + u64::from(outside);
    let record = draft("bid.withdrawn/1", "B1", json!({"lot": "1"})).at(world.terms);
    (world, record)
}

fn other_bid(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let record = sealed_under(book, &world, "B1", PRICE, 1);
    let sealed = world.ok(record);
    world.now = world.deadline();
    let record = revealed("B1", Some(PRICE - u64::from(outside))).at(Some(sealed));
    (world, record)
}

fn open_early(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let record = bid_for(book, &mut world, BIDS, None);
    world.now = world.deadline() - u64::from(outside);
    (world, record)
}

fn open_short(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let mut record = bid_for(book, &mut world, BIDS, None);
    if outside {
        record.body["lots"][0]["bids"].as_array_mut().unwrap().pop();
    }
    (world, record)
}

fn open_beside_objection(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let body = json!({"concerns": "documents", "text": "限制竞争"});
    let raised = world.ok(draft("objection.raised/1", "B1", body).at(world.terms));
    if !outside {
        let body = json!({"objection": raised, "text": "答复"});
        world.ok(draft("objection.answered/1", "OWNER", body).at(Some(raised)));
    }
    let record = bid_for(book, &mut world, BIDS, None);
    (world, record)
}

fn sheet(criterion: &str) -> String {
    let row = |bidder: &str| json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "criteria": {criterion: 8000}});
    let rows = ["B1", "B2", "B3"].map(row);
    json!({"scores": rows}).to_string()
}

/// Opened under one criterion, with its committee.
fn seated(book: &Book) -> World {
    let world = published_with(book, |body| {
        body["method"] = json!("weighted");
        body["criteria"] = json!([
            {"id": "tech", "weight_permille": 700}, {"id": "price", "weight_permille": 300, "price": true},
        ]);
    });
    seat(book, open_with(book, world, BIDS, None))
}

fn sealing(world: &World, member: &str, criterion: &str) -> Draft {
    let sealed = committee::commitment(&project(), &org(member), &[5; 32], &sheet(criterion)).to_string();
    draft("scores.sealed/1", member, json!({"commitment": sealed})).at(world.step)
}

fn revealing(world: &World, member: &str, criterion: &str) -> Draft {
    draft("scores.revealed/1", member, json!({"sheet": sheet(criterion), "salt": salt(5)})).at(world.step)
}

/// The criteria of the notice are the only ones that are scored.
fn other_criterion(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = seated(book);
    let criterion = if outside { "fame" } else { "tech" };
    for n in 1..=5 {
        let record = sealing(&world, &format!("M{n}"), criterion);
        world.ok(record);
    }
    let record = revealing(&world, "M1", criterion);
    (world, record)
}

fn reveal_early(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = seated(book);
    for n in 1..=5 - u32::from(outside) {
        let record = sealing(&world, &format!("M{n}"), "tech");
        world.ok(record);
    }
    let record = revealing(&world, "M1", "tech");
    (world, record)
}

fn by_stranger(book: &Book, outside: bool) -> (World, Draft) {
    let world = seated(book);
    let record = sealing(&world, if outside { "M9" } else { "M1" }, "tech");
    (world, record)
}

fn ranked_world(book: &Book) -> World {
    seat(book, opened_under(book))
}

fn other_ranking(book: &Book, outside: bool) -> (World, Draft) {
    let world = ranked_world(book);
    let mut record = report(book, &world, BIDS);
    if outside {
        record.body["lots"][0]["ranking"].as_array_mut().unwrap().swap(0, 1);
    }
    (world, record)
}

fn strangers_dissent(book: &Book, outside: bool) -> (World, Draft) {
    let world = ranked_world(book);
    let mut record = report(book, &world, BIDS);
    let member = if outside { "M9" } else { "M3" };
    record.body["dissents"] = json!([{"member": member, "reason": "报价偏低"}]);
    (world, record)
}

fn other_price(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = publicised(book);
    world.now = book.due("publicity_min", world.now);
    let record = award("B2", PRICE + u64::from(outside), &[]).at(world.step);
    (world, record)
}

fn other_terms(book: &Book, outside: bool) -> (World, Draft) {
    let world = awarded(book);
    let record = contract(PRICE + u64::from(outside), 0).also("B2").at(world.step);
    (world, record)
}

/// A tender may be ended up to its award.
fn end_after_award(book: &Book, outside: bool) -> (World, Draft) {
    let world = if outside { awarded(book) } else { publicised(book) };
    let record = draft("tender.terminated/1", "OWNER", json!({"reason": "项目取消"})).at(world.step);
    (world, record)
}
