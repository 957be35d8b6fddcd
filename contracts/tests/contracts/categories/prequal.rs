//! A metro tender with prequalification and two lots.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::prequal::applications_digest;
use biaozheng_contracts::shown;
use biaozheng_scenes::bodies::{
    List, admission_disclosed, members, prequal_applied, prequal_opened, prequal_published, prequal_reviewed,
};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{day, key, project};
use biaozheng_scenes::tender::{archive, contract, ranked, revealed};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{METRO, is_public, late, sealed_in, stage, under};

const APPLICANTS: &[(&str, &[&str])] =
    &[("B1", &["1"]), ("B2", &["1", "2"]), ("B3", &["1", "2"]), ("B4", &["2"])];

fn first() -> List {
    List::new(&project(), "1", &[("B1", 21), ("B2", 22), ("B3", 23)], "decoy")
}

fn second() -> List {
    List::new(&project(), "2", &[("B2", 24), ("B3", 25), ("B4", 26)], "decoy")
}

fn published(world: &World, book: &str, deadline: u64) -> Draft {
    let body = prequal_published(Rulebook::digest(book), world.now, world.now + 5 * day(), deadline);
    draft("prequal.published/1", "OWNER", body)
}

fn prequalifying() -> World {
    let mut world = under(&METRO);
    world.terms = Some(world.step(published(&world, &METRO, world.now + 10 * day())));
    world
}

fn apply(bidder: &str, lots: &[&str]) -> Draft {
    draft("prequal.applied/1", bidder, prequal_applied(lots))
}

fn reviewers() -> Vec<String> {
    (1..=5).map(|n| format!("R{n}")).collect()
}

fn open(world: &World) -> Draft {
    let named: Vec<_> = reviewers().into_iter().map(|name| (name.clone(), key(&name).public())).collect();
    let digest = applications_digest(&world.state, &project()).unwrap();
    draft("prequal.opened/1", "EAST", prequal_opened(digest, members(&named)))
}

fn review(lots: &[(&str, Option<&List>)]) -> Draft {
    let report = draft("prequal.reviewed/1", "EAST", prequal_reviewed(lots));
    reviewers().iter().fold(report, |report, name| report.also(name))
}

fn opened_applications(applicants: &[(&str, &[&str])]) -> World {
    let mut world = prequalifying();
    for (bidder, lots) in applicants {
        world.ok(apply(bidder, lots).at(world.terms));
    }
    world.now = world.deadline();
    let open = open(&world);
    world.step(open);
    world
}

fn lots(ids: &[&str]) -> Value {
    ids.iter()
        .map(|id| json!({"id": id, "title": "标段", "estimate": 100_000_000, "ceiling": 99_000_000}))
        .collect()
}

fn tender(world: &World, ids: &[&str]) -> Draft {
    let mut body = world.published();
    body["rulebook"] = json!(Rulebook::digest(&METRO).to_string());
    body["lots"] = lots(ids);
    draft("tender.published/1", "OWNER", body)
}

const BIDS: &[(&str, &str, u64)] = &[
    ("1", "B1", 90_000_000),
    ("1", "B2", 80_000_000),
    ("1", "B3", 95_000_000),
    ("2", "B2", 70_000_000),
    ("2", "B3", 60_000_000),
    ("2", "B4", 65_000_000),
];

/// Prequalified with these lists, bid for in both lots, opened, with a committee.
fn evaluating_with(first: &List, second: &List) -> World {
    let mut world = opened_applications(APPLICANTS);
    world.step(review(&[("1", Some(first)), ("2", Some(second))]));
    let tender = tender(&world, &["1", "2"]);
    world.terms = Some(world.step(tender));
    let mut records = Vec::new();
    for (lot, bidder, price) in BIDS {
        let list = if *lot == "1" { first } else { second };
        records.push(world.ok(sealed_in(bidder, lot, *price, list.proof(bidder)).at(world.terms)));
    }
    let shown = shown::project(&world.state, &project()).unwrap().unwrap();
    assert_eq!((&shown["records"], &shown["lots"][0]["bids"]), (&Value::Null, &Value::Null));
    let hidden = ["prequal.applied/1", "bid.sealed/1", "bond.received/1"];
    assert!(hidden.iter().all(|kind| !is_public(&world, kind)) && is_public(&world, "prequal.reviewed/1"));
    world.now = world.deadline();
    for ((lot, bidder, price), record) in BIDS.iter().zip(records) {
        let mut reveal = revealed(bidder, Some(*price));
        reveal.body["lot"] = json!(lot);
        world.ok(reveal.at(Some(record)));
    }
    let of = |lot: &str| -> Value {
        let bids = BIDS.iter().filter(|bid| bid.0 == lot);
        json!({"lot": lot, "bids": bids.map(|bid| json!({"bidder": bid.1, "number": 1})).collect::<Vec<_>>()})
    };
    world.step(draft("bids.opened/1", "EAST", json!({"lots": [of("1"), of("2")]})));
    assert!(hidden.iter().all(|kind| is_public(&world, kind)));
    world.draw();
    world
}

fn report(world: &World) -> Draft {
    let mut report = world.reported(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    let other = ranked(&[("B3", 60_000_000), ("B4", 65_000_000), ("B2", 70_000_000)]);
    report.body["lots"].as_array_mut().unwrap().push(json!({"lot": "2", "ranking": other}));
    report
}

fn disclosed(first: &List, second: &List) -> Draft {
    draft("admission.disclosed/1", "EAST", admission_disclosed(&[first, second]))
}

#[test]
fn a_metro_tender_runs_from_prequalification_to_archive() {
    let (first, second) = (first(), second());
    let mut world = evaluating_with(&first, &second);
    world.refused(report(&world).at(world.step), "admission.undisclosed");
    world.step(disclosed(&first, &second));
    world.step(report(&world));
    let bid = |bidder: &str| json!({"bidder": bidder, "number": 1});
    let listed = json!({"lots": [
        {"lot": "1", "candidates": [bid("B2"), bid("B1")]}, {"lot": "2", "candidates": [bid("B3")]},
    ]});
    world.step(draft("candidates.publicised/1", "OWNER", listed));
    world.now += 3 * day();
    let awards = json!({"lots": [
        {"lot": "1", "bid": bid("B2"), "price": 80_000_000}, {"lot": "2", "bid": bid("B3"), "price": 60_000_000},
    ]});
    world.step(draft("award.notified/1", "OWNER", awards));
    world.step(contract(80_000_000, 0).also("B2"));
    let mut other = contract(60_000_000, 6_000_000).also("B3");
    other.body["lot"] = json!("2");
    world.step(other);
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!((stage(&world).as_str(), late(&world)), ("archived", json!([])));
}

#[test]
fn a_lot_without_enough_applicants_falls_away_and_the_other_goes_on() {
    let mut world = opened_applications(&APPLICANTS[..3]);
    let first = first();
    world.step(review(&[("1", Some(&first)), ("2", None)]));
    world.refused(tender(&world, &["1", "2"]).at(world.step), "tender.lots");
    // The tender stays under the rulebook its prequalification pinned.
    let newer = METRO.replace("version = 1", "version = 2");
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": newer})));
    world.fine(tender(&world, &["1"]).at(world.step));
    let mut other = tender(&world, &["1"]);
    other.body["rulebook"] = json!(Rulebook::digest(&newer).to_string());
    world.refused(other.at(world.step), "rulebook.unknown");
    let mut none = opened_applications(&APPLICANTS[..1]);
    none.step(review(&[("1", None), ("2", None)]));
    let shown = shown::project(&none.state, &project()).unwrap().unwrap();
    assert_eq!(shown["stage"], "failed");
    assert!(shown["end_reason"].as_str().unwrap().contains("条例19"));
}

pub(crate) fn rules() {
    notice_rules();
    application_rules();
    admission_rules();
}

fn notice_rules() {
    let world = under(&METRO);
    let start = world.now;
    world.fine(published(&world, &METRO, start + 10 * day()).at(world.step));
    let early = world
        .refused(published(&world, &METRO, start + 10 * day() - 1).at(world.step), "prequal.preparation");
    assert_eq!(early.article.as_deref(), Some("条例17"));
    world.refused(published(&world, &law(), start + 10 * day()).at(world.step), "prequal.not_offered");
    let mut short = published(&world, &METRO, start + 10 * day());
    short.body["documents_until_ms"] = json!(start + 5 * day() - 1);
    world.refused(short.at(world.step), "tender.doc_sale");
    let mut world = prequalifying();
    let deadline = world.deadline();
    let clarify = |body: Value| draft("prequal.clarified/1", "OWNER", body);
    world.now = deadline - 3 * day();
    world.fine(clarify(json!({"text": "澄清"})).at(world.step));
    world.now += 1;
    let late = world.refused(clarify(json!({"text": "澄清"})).at(world.step), "prequal.clarify_lead");
    assert_eq!(late.article.as_deref(), Some("条例21"));
    world.fine(clarify(json!({"text": "澄清", "deadline_ms": deadline + 1})).at(world.step));
    world.refused(
        clarify(json!({"text": "澄清", "deadline_ms": deadline - 1})).at(world.step),
        "tender.deadline_back",
    );
    let object = || {
        let body = json!({"concerns": "prequalification", "text": "限制竞争"});
        draft("objection.raised/1", "B1", body)
    };
    world.now = deadline - 2 * day() + 1;
    let late = world.refused(object().at(world.terms), "objection.prequal_late");
    assert_eq!(late.article.as_deref(), Some("条例22"));
    world.now -= 1;
    world.ok(object().at(world.terms));
    world.now = deadline;
    world.refused(open(&world).at(world.step), "project.suspended");
    world.fine(draft("tender.terminated/1", "OWNER", json!({"reason": "项目取消"})).at(world.step));
}

fn application_rules() {
    let mut world = prequalifying();
    world.refused(apply("B1", &["1"]).at(None), "record.previous");
    world.refused(apply("B1", &["3"]).at(world.terms), "bid.lot");
    world.refused(apply("B1", &[]).at(world.terms), "bid.lot");
    let body = prequal_applied(&["1"]);
    world.refused(draft("prequal.applied/1", "OWNER", body).at(world.terms), "participant.role");
    for (bidder, lots) in &APPLICANTS[..3] {
        world.ok(apply(bidder, lots).at(world.terms));
    }
    world.refused(open(&world).at(world.step), "opening.early");
    world.now = world.deadline() - 1;
    let before = open(&world);
    world.ok(apply("B1", &["1"]).at(world.terms));
    world.now += 1;
    world.refused(apply("B4", &["1"]).at(world.terms), "bid.late");
    world.refused(before.at(world.step), "prequal.applications");
    let mut even = open(&world);
    even.body["members"].as_array_mut().unwrap().pop();
    world.refused(even.at(world.step), "committee.composition");
    let opening = open(&world);
    world.step(opening);
    let (one, two) = (first(), second());
    // Two applied for the second lot: nobody can say that three passed.
    let few =
        world.refused(review(&[("1", Some(&one)), ("2", Some(&two))]).at(world.step), "prequal.too_few");
    assert_eq!(few.article.as_deref(), Some("条例19"));
    world.fine(review(&[("1", Some(&one)), ("2", None)]).at(world.step));
    world.refused(review(&[("1", Some(&one))]).at(world.step), "tender.lots");
    let mut unsigned = review(&[("1", Some(&one)), ("2", None)]);
    unsigned.by.pop();
    world.refused(unsigned.at(world.step), "committee.not_member");
}

fn admission_rules() {
    let (one, two) = (first(), second());
    let mut world = opened_applications(APPLICANTS);
    world.step(review(&[("1", Some(&one)), ("2", Some(&two))]));
    let tender = tender(&world, &["1", "2"]);
    world.terms = Some(world.step(tender));
    world.fine(sealed_in("B1", "1", 1, one.proof("B1")).at(world.terms));
    let other = world.refused(sealed_in("B1", "2", 1, one.proof("B1")).at(world.terms), "bid.not_admitted");
    assert_eq!(other.article.as_deref(), Some("条例19"));
    world.refused(sealed_in("B4", "1", 1, two.proof("B4")).at(world.terms), "bid.not_admitted");
    // B1 never applied for the second lot: a list that has it cannot be disclosed.
    let false_list = List::new(&project(), "2", &[("B1", 27), ("B2", 24), ("B3", 25), ("B4", 26)], "decoy");
    let world = evaluating_with(&one, &false_list);
    world.refused(disclosed(&one, &false_list).at(world.step), "admission.disclosure");
    let list = draft("admission.disclosed/1", "EAST", admission_disclosed(&[&one]));
    world.refused(list.at(world.step), "admission.disclosure");
}
