//! Prequalification, and the lists of who may bid.

use biaozheng_contracts::prequal::applications_digest;
use biaozheng_scenes::bodies::{
    List, admission_disclosed, invitation_issued, members, prequal_applied, prequal_opened,
    prequal_published, prequal_reviewed,
};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{key, project};
use biaozheng_scenes::tender::{opened, revealed, sealed};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("prequal_prep_min", "prequal.preparation", |book, outside| {
        let world = entered(book);
        let record = prequalification(book, &world, outside);
        (world, record)
    }),
    refused("prequal_clarify_lead", "prequal.clarify_lead", |book, outside| {
        let mut world = prequalifying(book);
        world.now = book.latest("prequal_clarify_lead", world.deadline()) + u64::from(outside);
        let record = draft("prequal.clarified/1", "OWNER", json!({"text": "澄清"})).at(world.step);
        (world, record)
    }),
    refused("objection_prequal_before", "objection.prequal_late", |book, outside| {
        let mut world = prequalifying(book);
        world.now = book.latest("objection_prequal_before", world.deadline()) + u64::from(outside);
        let body = json!({"concerns": "prequalification", "text": "限制竞争"});
        let record = draft("objection.raised/1", "B1", body).at(world.terms);
        (world, record)
    }),
    refused("prequal_pass_min", "prequal.too_few", passed),
    refused("invitees_min", "admission.too_few", invited),
];

/// The earliest deadline, or one moment before it.
fn prequalification(book: &Book, world: &World, outside: bool) -> Draft {
    let sold = book.due("doc_sale_min", world.now);
    let deadline = book.due("prequal_prep_min", sold) - u64::from(outside);
    let mut body = prequal_published(world.law(), world.now, sold, deadline);
    body["lots"] = json!([{"id": "1", "title": "土建一标"}]);
    draft("prequal.published/1", "OWNER", body).at(world.step)
}

fn prequalifying(book: &Book) -> World {
    let mut world = entered(book);
    let record = prequalification(book, &world, false);
    let id = world.ok(record);
    (world.step, world.terms) = (Some(id), Some(id));
    world
}

/// A list of those who passed needs at least as many who applied.
fn passed(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = prequalifying(book);
    let count = usize::try_from(book.number("prequal_pass_min")).unwrap() - usize::from(outside);
    for bidder in &["B1", "B2", "B3", "B4"][..count] {
        world.ok(draft("prequal.applied/1", bidder, prequal_applied(&["1"])).at(world.terms));
    }
    world.now = world.deadline();
    let names: Vec<String> = (1..=5).map(|n| format!("R{n}")).collect();
    let reviewers: Vec<_> = names.iter().map(|name| (name.clone(), key(name).public())).collect();
    let digest = applications_digest(&world.state, &project()).unwrap();
    world.step(draft("prequal.opened/1", "EAST", prequal_opened(digest, members(&reviewers))));
    let list = List::new(&project(), "1", &[("B1", 21), ("B2", 22), ("B3", 23)], "decoy");
    let review = draft("prequal.reviewed/1", "EAST", prequal_reviewed(&[("1", Some(&list))]));
    let record = names.iter().fold(review, |review, name| review.also(name)).at(world.step);
    (world, record)
}

/// As many invitees as the rule asks; outside, one fewer, where two bids would be enough.
fn invited(book: &Book, outside: bool) -> (World, Draft) {
    let all = [("B1", 11), ("B2", 12), ("B3", 13), ("B4", 14)];
    let least = usize::try_from(book.number("invitees_min")).unwrap();
    let invitees = &all[..if outside { least - 1 } else { least }];
    let list = List::new(&project(), "*", invitees, "d");
    let fewer = Book::of(&book.text.replace("min_bidders = { value = 3", "min_bidders = { value = 2"));
    let book = &fewer;
    let mut world = entered(book);
    let ground = book.first_word("invitation_grounds");
    let body = invitation_issued(&ground, &list, notice(book, &world));
    let id = world.ok(draft("invitation.issued/1", "OWNER", body).at(world.step));
    (world.step, world.terms) = (Some(id), Some(id));
    let mut held = Vec::new();
    for (bidder, price) in BIDS.iter().take(invitees.len()) {
        let mut record = sealed(bidder, Some(*price), 1);
        record.body["admission"] = list.proof(bidder);
        held.push((*bidder, *price, world.ok(record.at(world.terms))));
    }
    world.now = world.deadline();
    for (bidder, price, record) in held {
        world.ok(revealed(bidder, Some(price)).at(Some(record)));
    }
    let mut names: Vec<&str> = BIDS.iter().take(invitees.len()).map(|(bidder, _)| *bidder).collect();
    names.sort_unstable();
    world.step(opened(&names));
    let record = draft("admission.disclosed/1", "OWNER", admission_disclosed(&[&list])).at(world.step);
    (world, record)
}
