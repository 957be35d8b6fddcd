//! Government procurement: price weight and score, queries, corrections of a reported result.

use biaozheng_contracts::Rulebook;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::bodies::{result_corrected, salt};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, org, project};
use biaozheng_scenes::tender::{award, candidates, contract, evaluated};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{PROCUREMENT, contract_to_archive, late, stage, under};
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::shown;

fn book() -> Rulebook {
    Rulebook::parse(&PROCUREMENT).unwrap()
}

fn due(parameter: &str, from: u64) -> u64 {
    book().due(parameter, TimeMs::new(from)).unwrap().get()
}

fn criteria(tech: u64, cert: u64, price: u64) -> Value {
    json!([
        {"id": "tech", "weight_permille": tech}, {"id": "cert", "weight_permille": cert},
        {"id": "price", "weight_permille": price, "price": true},
    ])
}

fn notice(world: &World) -> Value {
    let mut body = world.published();
    body["rulebook"] = json!(Rulebook::digest(&PROCUREMENT).to_string());
    body["procurement"] = json!("goods");
    body["documents_until_ms"] = json!(due("doc_sale_min", world.now));
    body["method"] = json!("weighted");
    body["criteria"] = criteria(500, 200, 300);
    body["evaluation"] = json!({"objective": ["cert"]});
    body
}

/// M5 gives B1 far too little for the technical part, and differs on an objective criterion of B3.
fn sheet(member: u32) -> String {
    let row = |bidder: &str, tech: u32, cert: u32| json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "criteria": {"tech": tech, "cert": cert}});
    let odd = member == 5;
    json!({"scores": [
        row("B1", if odd { 4000 } else { 9000 }, 10_000), row("B2", 8000, 10_000),
        row("B3", 7000, if odd { 9000 } else { 10_000 }),
    ]})
    .to_string()
}

/// Tech 80.00, 80.00, 70.00; certificates 100, 100, 98.00; prices 88.89, 100.00, 84.21.
const REPORTED: [(&str, u64, u64); 3] =
    [("B2", 80_000_000, 9000), ("B1", 90_000_000, 8667), ("B3", 95_000_000, 7986)];
/// Tech of B1 at 90.00.
const CORRECTED: [(&str, u64, u64); 3] =
    [("B1", 90_000_000, 9167), ("B2", 80_000_000, 9000), ("B3", 95_000_000, 7986)];

/// A flagged score: kind, bidder, criterion, and whose it is.
type Flagged = (&'static str, &'static str, &'static str, Option<&'static str>);

/// What the members' sheets give rise to.
const FLAGGED: &[Flagged] = &[
    ("unanimity", "B3", "cert", None),
    ("distance", "B3", "cert", Some("M5")),
    ("distance", "B1", "tech", Some("M5")),
    ("decisive", "B1", "tech", Some("M5")),
];
/// What is left once the technical points of B1 are corrected.
const LEFT: &[Flagged] = &[("unanimity", "B3", "cert", None), ("distance", "B3", "cert", Some("M5"))];

fn report(world: &World, rows: &[(&str, u64, u64)], flagged: &[Flagged]) -> Draft {
    let row = |(bidder, price, score): &(&str, u64, u64)| json!({"bidder": bidder, "number": 1, "price": price, "score": score});
    let mut report = world.reported(rows.iter().map(row).collect());
    let explained = |(kind, bidder, criterion, member): &Flagged| {
        let mut flag = json!({"kind": kind, "bid": {"bidder": bidder, "number": 1}, "criterion": criterion});
        if let Some(member) = member {
            flag["member"] = json!(member);
        }
        json!({"flag": flag, "reason": "已由本人书面说明"})
    };
    if !flagged.is_empty() {
        report.body["lots"][0]["explanations"] = flagged.iter().map(explained).collect();
    }
    report
}

fn correction(ground: &str, one: (&str, &str, &str, u32), mut report: Draft) -> Draft {
    let (member, bidder, criterion, points) = one;
    report.kind = "result.corrected/1";
    report.body = result_corrected(ground, member, bidder, criterion, points, report.body);
    report
}

fn reported() -> World {
    let mut world = under(&PROCUREMENT);
    world.publish(notice(&world));
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    for n in 1..=5 {
        let name = format!("M{n}");
        let commitment = committee::commitment(&project(), &org(&name), &[5; 32], &sheet(n)).to_string();
        world.ok(draft("scores.sealed/1", &name, json!({"commitment": commitment})).at(world.step));
    }
    for n in 1..=5 {
        let body = json!({"sheet": sheet(n), "salt": salt(5)});
        world.ok(draft("scores.revealed/1", &format!("M{n}"), body).at(world.step));
    }
    let report = report(&world, &REPORTED, FLAGGED);
    world.step(report);
    world
}

#[test]
fn a_procurement_is_corrected_twice_awarded_filed_and_archived() {
    let mut world = reported();
    let abnormal = correction("abnormal_score", ("M5", "B1", "tech", 9000), report(&world, &CORRECTED, LEFT));
    world.step(abnormal);
    let mut rows = CORRECTED;
    rows[2].2 = 8026;
    let objective = correction("objective_differs", ("M5", "B3", "cert", 10_000), report(&world, &rows, &[]));
    world.step(objective);
    world.now = due("publicity_start", world.now);
    world.step(candidates(&["B1", "B2", "B3"]));
    world.now = due("award_max", world.now);
    world.step(award("B1", 90_000_000, &[]));
    contract_to_archive(&mut world, "B1", 90_000_000);
    assert_eq!(late(&world), json!([]));
}

#[test]
fn late_decision_and_late_filing_are_noted() {
    let mut world = reported();
    world.step(candidates(&["B2", "B1", "B3"]));
    world.now = due("award_max", world.now) + 1;
    world.step(award("B2", 80_000_000, &[]));
    assert_eq!(late(&world), json!(["award_max"]));
    world.step(contract(80_000_000, 0).also("B2"));
    let filing = || draft("supervision.reported/1", "OWNER", json!({"summary": "合同备案"}));
    world.now = due("contract_filing_max", world.now);
    let mut slow = world.clone();
    world.step(filing());
    assert_eq!(late(&world), json!(["award_max"]));
    slow.now += 1;
    slow.step(filing());
    assert_eq!(late(&slow), json!(["award_max", "contract_filing_max"]));
}

pub(crate) fn rules() {
    weights();
    queries();
    corrections();
}

fn weights() {
    let world = under(&PROCUREMENT);
    let publish = |body: Value| draft("tender.published/1", "OWNER", body).at(world.step);
    let change = |field: &str, value: Value| {
        let mut body = notice(&world);
        body[field] = value;
        body
    };
    world.fine(publish(notice(&world)));
    let light = world.refused(publish(change("criteria", criteria(500, 201, 299))), "tender.price_weight");
    assert_eq!(light.rule, "price_weight_goods_min_permille");
    assert_eq!(light.article.as_deref(), Some("政府采购货物和服务招标投标管理办法55"));
    let services = |price: u64| {
        let mut body = change("procurement", json!("services"));
        body["criteria"] = criteria(500, 500 - price, price);
        publish(body)
    };
    world.fine(services(100));
    let light = world.refused(services(99), "tender.price_weight");
    assert_eq!(light.rule, "price_weight_services_min_permille");
    world.refused(publish(change("procurement", Value::Null)), "tender.procurement_kind");
    let mut other = world.published();
    other["procurement"] = json!("goods");
    world.refused(publish(other), "tender.procurement_kind");
    let k = json!({"min_permille": 1000, "max_permille": 1000, "step_permille": 1});
    let score = json!({"kind": "benchmark", "k": k, "e_above_milli": 1000, "e_below_milli": 500, "trim_low": 1, "trim_high": 1, "trim_from": 5});
    let trimmed =
        world.refused(publish(change("evaluation", json!({"price_score": score}))), "tender.price_score");
    assert_eq!(trimmed.article.as_deref(), Some("政府采购货物和服务招标投标管理办法55"));
    let mut early = notice(&world);
    early["documents_until_ms"] = json!(due("doc_sale_min", world.now) - 1);
    let early = world.refused(publish(early), "tender.doc_sale");
    assert_eq!(early.article.as_deref(), Some("政府采购法实施条例31"));
}

fn queries() {
    let mut world = under(&PROCUREMENT);
    let mut body = notice(&world);
    body["deadline_ms"] = json!(world.now + 60 * day());
    world.publish(body);
    let raise =
        |concerns: &str| draft("objection.raised/1", "B1", json!({"concerns": concerns, "text": "质疑"}));
    world.now = due("objection_raise_max", world.now);
    let query = world.clone().ok(raise("documents").at(world.terms));
    world.now += 1;
    let over = world.refused(raise("documents").at(world.terms), "objection.over");
    assert_eq!(over.article.as_deref(), Some("政府采购法52"));
    // An amendment may be queried anew.
    world.terms = Some(world.step(draft("tender.amended/1", "OWNER", json!({"text": "更正"}))));
    world.now = due("objection_raise_max", world.now);
    let asked = world.ok(raise("documents").at(world.terms));
    assert_ne!(query, asked);
    // Nothing stands still meanwhile.
    assert_eq!(shown::project(&world.state, &project()).unwrap().unwrap()["suspended"], false);
    let answer = draft("objection.answered/1", "OWNER", json!({"objection": asked, "text": "答复"}));
    world.now = due("objection_reply_max", world.now);
    let mut slow = world.clone();
    world.ok(answer.at(Some(asked)));
    assert_eq!(late(&world), json!([]));
    slow.now += 1;
    slow.ok(
        draft("objection.answered/1", "OWNER", json!({"objection": asked, "text": "答复"})).at(Some(asked))
    );
    assert_eq!(late(&slow), json!(["objection_reply_max"]));
}

fn corrections() {
    let world = reported();
    let step = world.step;
    let good = || report(&world, &CORRECTED, LEFT);
    let tech = ("M5", "B1", "tech", 9000);
    world.fine(correction("abnormal_score", tech, good()).at(step));
    let ground = world.refused(correction("buyer_prefers", tech, good()).at(step), "result.ground");
    assert_eq!(ground.article.as_deref(), Some("政府采购货物和服务招标投标管理办法64"));
    for wrong in [
        ("M6", "B1", "tech", 9000),
        ("M5", "B4", "tech", 9000),
        ("M5", "B1", "price", 9000),
        ("M5", "B1", "tech", 4000),
        ("M5", "B1", "tech", 10_001),
    ] {
        world.refused(correction("out_of_range", wrong, good()).at(step), "result.correction");
    }
    let mut none = correction("summation_error", tech, good());
    none.body["corrections"] = json!([]);
    world.refused(none.at(step), "result.correction");
    let mut twice = correction("summation_error", tech, good());
    twice.body["corrections"] = json!([twice.body["corrections"][0], twice.body["corrections"][0]]);
    world.refused(twice.at(step), "result.correction");
    // Objective criteria end in agreement; a subjective one is none.
    for wrong in [("M4", "B3", "cert", 9000), ("M5", "B1", "tech", 9000)] {
        world.refused(correction("objective_differs", wrong, good()).at(step), "result.correction");
    }
    // The ranking follows from the corrected points and no other, and the committee signs it.
    world.refused(
        correction("abnormal_score", tech, report(&world, &REPORTED, LEFT)).at(step),
        "evaluation.ranking",
    );
    let mut alone = correction("abnormal_score", tech, good());
    alone.by.truncate(1);
    world.refused(alone.at(step), "committee.not_member");
    // A tender under a rulebook without grounds keeps its result.
    let open = evaluated();
    assert_eq!(stage(&open), "evaluated");
    open.refused(
        correction("abnormal_score", tech, report(&open, &CORRECTED, LEFT)).at(open.step),
        "result.ground",
    );
}
