//! Invited tenders: a ground, a list nobody sees, bids of the invited alone.

use biaozheng_contracts::Rulebook;
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::bodies::{List, admission_disclosed, invitation_issued, salt};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::tender::{award, candidates, opened, ranked, revealed, sealed};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{INVITED, contract_to_archive, late, sealed_in, stage, under};
use biaozheng_contracts::shown;

const INVITEES: &[(&str, u8)] = &[("B1", 11), ("B2", 12), ("B3", 13)];

fn list(admitted: &[(&str, u8)]) -> List {
    List::new(&project(), "*", admitted, "decoy")
}

fn terms(world: &World, book: &str) -> Value {
    let mut body = world.published();
    body["rulebook"] = json!(Rulebook::digest(book).to_string());
    body
}

fn issued(world: &World, book: &str, ground: &str, list: &List) -> Draft {
    draft("invitation.issued/1", "OWNER", invitation_issued(ground, list, terms(world, book)))
}

fn disclosed(list: &List) -> Draft {
    draft("admission.disclosed/1", "OWNER", admission_disclosed(&[list]))
}

/// Bids of the listed, opened.
fn opened_with(book: &str, list: &List, bids: &[(&str, u64)]) -> World {
    let mut world = under(book);
    let invitation = issued(&world, book, "few_bidders", list);
    world.terms = Some(world.step(invitation));
    let mut records = Vec::new();
    for (bidder, price) in bids {
        records.push(world.ok(sealed_in(bidder, "1", *price, list.proof(bidder)).at(world.terms)));
    }
    let shown = shown::project(&world.state, &project()).unwrap().unwrap();
    assert_eq!((&shown["records"], &shown["lots"][0]["bids"]), (&Value::Null, &Value::Null));
    world.now = world.deadline();
    for ((bidder, price), record) in bids.iter().zip(records) {
        world.ok(revealed(bidder, Some(*price)).at(Some(record)));
    }
    let names: Vec<&str> = bids.iter().map(|(bidder, _)| *bidder).collect();
    world.step(opened(&names));
    world
}

const BIDS: &[(&str, u64)] = &[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];

#[test]
fn an_invited_tender_runs_from_invitation_to_archive() {
    let list = list(INVITEES);
    let mut world = opened_with(&INVITED, &list, BIDS);
    world.draw();
    let rows = ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]);
    world.refused(world.reported(rows.clone()).at(world.step), "admission.undisclosed");
    world.step(disclosed(&list));
    world.report(rows);
    world.step(candidates(&["B2", "B1", "B3"]));
    world.now += 3 * day();
    world.step(award("B2", 80_000_000, &[]));
    contract_to_archive(&mut world, "B2", 80_000_000);
    assert_eq!(late(&world), json!([]));
}

pub(crate) fn rules() {
    let list_of_three = list(INVITEES);
    let mut world = under(&INVITED);
    let issue = |world: &World, ground: &str| issued(world, &INVITED, ground, &list_of_three).at(world.step);
    for ground in ["few_bidders", "cost_share"] {
        world.fine(issue(&world, ground));
    }
    let ground = world.refused(issue(&world, "hurry"), "invitation.ground");
    assert_eq!(ground.article.as_deref(), Some("条例8"));
    world.refused(issued(&world, &law(), "few_bidders", &list_of_three).at(world.step), "rulebook.procedure");
    world.refused(
        draft("tender.published/1", "OWNER", terms(&world, &INVITED)).at(world.step),
        "rulebook.procedure",
    );
    world.terms = Some(world.step(issued(&world, &INVITED, "few_bidders", &list_of_three)));
    // Only the invited, each with its own proof.
    let proof = || list_of_three.proof("B1");
    let terms = world.terms;
    world.fine(sealed_in("B1", "1", 1, proof()).at(terms));
    let stranger = world.refused(sealed_in("B4", "1", 1, proof()).at(terms), "bid.not_admitted");
    assert_eq!(stranger.article.as_deref(), Some("招标投标法17"));
    world.refused(sealed("B1", Some(1), 1).at(terms), "bid.not_admitted");
    let change = |field: &str, value: Value| {
        let mut changed = proof();
        changed[field] = value;
        sealed_in("B1", "1", 1, changed).at(terms)
    };
    world.refused(change("salt", json!(salt(12))), "bid.not_admitted");
    world.refused(change("index", json!(256)), "bid.not_admitted");
    world.refused(change("path", json!([])), "bid.not_admitted");
    world.refused(disclosed(&list_of_three).at(world.step), "project.stage");
    // The disclosure opens the list as it was committed to, once.
    let mut world = opened_with(&INVITED, &list_of_three, BIDS);
    world.refused(world.reported(ranked(&[])).at(world.step), "admission.undisclosed");
    let mut short = list_of_three.clone();
    short.admitted.pop();
    let mut salted = list_of_three.clone();
    salted.admitted[0].1 = 99;
    let mut seeded = list_of_three.clone();
    seeded.seed = Digest::of(b"another");
    for wrong in [&short, &salted, &seeded] {
        world.refused(disclosed(wrong).at(world.step), "admission.disclosure");
    }
    // Two invited, and the rest made up.
    let two = list(&INVITEES[..2]);
    let fewer = INVITED.replace("min_bidders = { value = 3", "min_bidders = { value = 2");
    let padded = opened_with(&fewer, &two, &BIDS[..2]);
    let few = padded.refused(disclosed(&two).at(padded.step), "admission.too_few");
    assert_eq!(few.article.as_deref(), Some("招标投标法17"));
    world.refused(
        draft("admission.disclosed/1", "OWNER", json!({"lists": []})).at(world.step),
        "admission.disclosure",
    );
    world.step(disclosed(&list_of_three));
    world.refused(disclosed(&list_of_three).at(world.step), "admission.disclosure");
    // Who is no bidder was never invited.
    let padded = list(&[INVITEES, &[("OWNER", 14)]].concat());
    let world = opened_with(&INVITED, &padded, BIDS);
    world.refused(disclosed(&padded).at(world.step), "admission.disclosure");
    // Without a list that can be opened the tender fails.
    world.fine(draft("tender.failed/1", "OWNER", json!({"reason": "邀请名单不实"})).at(world.step));
    assert_eq!(stage(&world), "opened");
}
