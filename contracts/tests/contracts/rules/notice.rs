//! The notice, its changes, and objections.

use biaozheng_scenes::bodies::invitation_issued;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("doc_sale_min", "tender.doc_sale", |book, outside| {
        moment(book, "documents_until_ms", "doc_sale_min", outside)
    }),
    refused("bid_prep_min", "tender.bid_preparation", |book, outside| {
        moment(book, "deadline_ms", "bid_prep_min", outside)
    }),
    refused("clarify_lead", "tender.clarify_lead", change),
    refused("objection_docs_before", "objection.late", object_before),
    refused("objection_raise_max", "objection.over", object_after),
    flagged("objection_reply_max", answer),
    refused("objection_opening_window", "objection.over", object_at_opening),
    flagged("objection_opening_reply_max", answer_at_opening),
    refused("objection_suspends", "project.suspended", open_beside_an_objection),
    refused("bid_bond_max_permille", "tender.bid_bond", bond_share),
    refused("bid_bond_max_amount", "tender.bid_bond_amount", bond_amount),
    refused("price_weight_goods_min_permille", "tender.price_weight", |book, outside| {
        weight(book, "goods", "price_weight_goods_min_permille", outside)
    }),
    refused("price_weight_services_min_permille", "tender.price_weight", |book, outside| {
        weight(book, "services", "price_weight_services_min_permille", outside)
    }),
    refused("price_score_lowest_ratio", "tender.price_score", price_score),
    refused("mandatory_scale_works", "tender.voluntary", |book, outside| {
        voluntary(book, "works", "mandatory_scale_works", outside)
    }),
    refused("mandatory_scale_goods", "tender.voluntary", |book, outside| {
        voluntary(book, "goods", "mandatory_scale_goods", outside)
    }),
    refused("mandatory_scale_services", "tender.voluntary", |book, outside| {
        voluntary(book, "services", "mandatory_scale_services", outside)
    }),
    refused("invitation_grounds", "invitation.ground", ground),
];

fn moment(book: &Book, field: &str, parameter: &str, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    body[field] = json!(book.due(parameter, world.now) - u64::from(outside));
    let record = publication(book, &world, body);
    (world, record)
}

fn change(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    world.now = book.latest("clarify_lead", world.deadline()) + u64::from(outside);
    let record = draft("tender.amended/1", "OWNER", json!({"text": "补充"})).at(world.step);
    (world, record)
}

fn objection(world: &World) -> Draft {
    draft("objection.raised/1", "B1", json!({"concerns": "documents", "text": "限制竞争"})).at(world.terms)
}

fn object_before(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    world.now = book.latest("objection_docs_before", world.deadline()) + u64::from(outside);
    let record = objection(&world);
    (world, record)
}

fn object_after(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    world.now = book.due("objection_raise_max", world.now) + u64::from(outside);
    let record = objection(&world);
    (world, record)
}

fn answer(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = published(book);
    let raised = objection(&world);
    let raised = world.ok(raised);
    world.now = book.due("objection_reply_max", world.now) + u64::from(outside);
    let body = json!({"objection": raised, "text": "答复"});
    let record = draft("objection.answered/1", "OWNER", body).at(Some(raised));
    (world, record)
}

/// Where the rulebook lets the procedure go on, the same rulebook saying otherwise is outside.
fn open_beside_an_objection(book: &Book, outside: bool) -> (World, Draft) {
    let suspends = book.flag("objection_suspends") || outside;
    let book = book.with("objection_suspends", if suspends { "true" } else { "false" });
    let mut world = published(&book);
    let raised = objection(&world);
    world.ok(raised);
    let opening = bid_for(&book, &mut world, BIDS, None);
    (world, opening)
}

fn bond_share(book: &Book, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    let estimate = body["lots"][0]["estimate"].as_u64().unwrap();
    let most = estimate * book.number("bid_bond_max_permille") / 1000;
    body["bid_bond"] = json!(most + u64::from(outside));
    let record = publication(book, &world, body);
    (world, record)
}

fn bond_amount(book: &Book, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    let most = book.number("bid_bond_max_amount");
    // Large enough for the share not to bind.
    body["lots"][0]["estimate"] = json!((most + 1) * 1000 / book.number("bid_bond_max_permille") * 2);
    body["bid_bond"] = json!(most + u64::from(outside));
    let record = publication(book, &world, body);
    (world, record)
}

fn weight(book: &Book, kind: &str, parameter: &str, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    let least = book.number(parameter) - u64::from(outside);
    body["procurement"] = json!(kind);
    body["method"] = json!("weighted");
    body["criteria"] = json!([
        {"id": "tech", "weight_permille": 1000 - least}, {"id": "price", "weight_permille": least, "price": true},
    ]);
    let record = publication(book, &world, body);
    (world, record)
}

fn price_score(book: &Book, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    let most = book.number("price_weight_goods_min_permille");
    body["method"] = json!("weighted");
    body["criteria"] = json!([
        {"id": "tech", "weight_permille": 1000 - most}, {"id": "price", "weight_permille": most, "price": true},
    ]);
    let k = json!({"min_permille": 1000, "max_permille": 1000, "step_permille": 1});
    let benchmark = json!({"kind": "benchmark", "k": k, "e_above_milli": 1000, "e_below_milli": 500});
    let score = if outside { benchmark } else { json!({"kind": "lowest_ratio"}) };
    body["evaluation"] = json!({"price_score": score});
    let record = publication(book, &world, body);
    (world, record)
}

/// Over two lots, one with an estimate, one with a ceiling far above its own: neither reaches the scale alone.
fn voluntary(book: &Book, kind: &str, parameter: &str, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let mut body = notice(book, &world);
    let most = book.number(parameter) - 1 + u64::from(outside);
    let lot = |id: &str, estimate: u64, ceiling: Option<u64>| {
        let mut lot = json!({"id": id, "title": format!("{id}标段"), "estimate": estimate});
        if let Some(ceiling) = ceiling {
            lot["ceiling"] = json!(ceiling);
        }
        lot
    };
    body["lots"] = json!([lot("1", most / 2, Some(1)), lot("2", 1, Some(most - most / 2))]);
    body["bid_bond"] = json!(0);
    body["voluntary"] = json!(kind);
    let record = publication(book, &world, body);
    (world, record)
}

fn ground(book: &Book, outside: bool) -> (World, Draft) {
    let world = entered(book);
    let named = book.first_word("invitation_grounds");
    let ground = if outside { "hurry" } else { named.as_str() };
    let body = invitation_issued(ground, &invitees(), notice(book, &world));
    let record = draft("invitation.issued/1", "OWNER", body).at(world.step);
    (world, record)
}

fn of_opening(world: &World) -> Draft {
    draft("objection.raised/1", "B1", json!({"concerns": "opening", "text": "唱标有误"})).at(world.terms)
}

fn object_at_opening(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = opened_under(book);
    world.now = book.due("objection_opening_window", world.now) + u64::from(outside);
    let record = of_opening(&world);
    (world, record)
}

fn answer_at_opening(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = opened_under(book);
    let raised = of_opening(&world);
    let raised = world.ok(raised);
    world.now = book.due("objection_opening_reply_max", world.now) + u64::from(outside);
    let body = json!({"objection": raised, "text": "已复核"});
    let record = draft("objection.answered/1", "OWNER", body).at(Some(raised));
    (world, record)
}
