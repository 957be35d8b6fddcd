//! Worlds at each step of a tender under any tender rulebook, its limits read from the rulebook.

use biaozheng_contracts::draw::{ExpertId, PoolExpert, Region, Snapshot, Speciality};
use biaozheng_contracts::{Procedure, randomness};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::bodies::{List, admission_disclosed, invitation_issued};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::remote::enrolled;
use biaozheng_scenes::setting::{org, project};
use biaozheng_scenes::tender::{award, candidates, contract, drawn, opened, ranked, revealed, sealed};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::table::Book;

/// Bidder and price, cheapest first.
pub(crate) const BIDS: &[(&str, u64)] = &[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)];
pub(crate) const PRICE: u64 = 80_000_000;
/// Room between the notice and the deadline beyond what the rule asks.
const ROOM: u64 = 60 * 86_400_000;
const EXPERTS: usize = 12;

pub(crate) fn now(world: &World) -> TimeMs {
    TimeMs::new(world.now)
}

pub(crate) fn entered(book: &Book) -> World {
    let mut world = World::under(book.text.clone());
    world.register();
    world
}

pub(crate) fn invitees() -> List {
    List::new(&project(), "*", &[("B1", 11), ("B2", 12), ("B3", 13), ("B4", 14)], "decoy")
}

/// A notice that fits the rulebook, with every moment at its limit.
pub(crate) fn notice(book: &Book, world: &World) -> Value {
    let mut body = world.published();
    body["currency"] = json!(book.rules.currency());
    body["documents_until_ms"] = json!(book.due("doc_sale_min", world.now));
    body["deadline_ms"] = json!(book.due("bid_prep_min", world.now));
    if book.has("price_weight_goods_min_permille") {
        body["procurement"] = json!("goods");
    }
    body
}

/// The record that publishes these terms under this rulebook.
pub(crate) fn publication(book: &Book, world: &World, body: Value) -> Draft {
    let record = if book.rules.procedure() == Procedure::Invited {
        let ground = book.first_word("invitation_grounds");
        draft("invitation.issued/1", "OWNER", invitation_issued(&ground, &invitees(), body))
    } else {
        draft("tender.published/1", "OWNER", body)
    };
    record.at(world.step)
}

pub(crate) fn published_with(book: &Book, change: impl FnOnce(&mut Value)) -> World {
    let mut world = entered(book);
    let mut body = notice(book, &world);
    body["deadline_ms"] = json!(book.due("bid_prep_min", world.now) + ROOM);
    change(&mut body);
    let record = publication(book, &world, body);
    let id = world.ok(record);
    (world.step, world.terms) = (Some(id), Some(id));
    world
}

pub(crate) fn published(book: &Book) -> World {
    published_with(book, |_| ())
}

pub(crate) fn sealed_under(book: &Book, world: &World, bidder: &str, price: u64, sequence: u32) -> Draft {
    let mut record = sealed(bidder, Some(price), sequence);
    if book.rules.procedure() == Procedure::Invited {
        record.body["admission"] = invitees().proof(bidder);
    }
    record.at(world.terms)
}

/// Seals these bids, and at the deadline reveals all of them but one; ready for the opening record, which is given.
pub(crate) fn bid_for(book: &Book, world: &mut World, bids: &[(&str, u64)], silent: Option<&str>) -> Draft {
    let mut held = Vec::new();
    for (bidder, price) in bids {
        let record = sealed_under(book, world, bidder, *price, 1);
        held.push((*bidder, *price, world.ok(record)));
    }
    world.now = world.deadline();
    for (bidder, price, record) in held.into_iter().filter(|(bidder, ..)| silent != Some(*bidder)) {
        world.ok(revealed(bidder, Some(price)).at(Some(record)));
    }
    if silent.is_some() {
        world.now = book.due("reveal_window", world.now) + 1;
    }
    let mut names: Vec<&str> = bids.iter().map(|(bidder, _)| *bidder).collect();
    names.sort_unstable();
    opened(&names).at(world.step)
}

pub(crate) fn open_with(book: &Book, mut world: World, bids: &[(&str, u64)], silent: Option<&str>) -> World {
    let opening = bid_for(book, &mut world, bids, silent);
    world.step = Some(world.ok(opening));
    if book.rules.procedure() == Procedure::Invited {
        world.step(draft("admission.disclosed/1", "OWNER", admission_disclosed(&[&invitees()])));
    }
    world
}

pub(crate) fn opened_under(book: &Book) -> World {
    open_with(book, published(book), BIDS, None)
}

fn expert(n: usize) -> Value {
    let mut body = enrolled(n);
    body["specialities"] = json!(["A01"]);
    body
}

/// The body of a request that draws experts of one speciality from a pool it first fills.
pub(crate) fn request_body(world: &mut World, size: u64, experts: u64, parties: &[&str]) -> Value {
    let pooled = |n: usize| PoolExpert {
        expert: ExpertId::new(expert(n)["expert"].as_str().unwrap()).unwrap(),
        specialities: vec![Speciality::new("A01").unwrap()],
        region: Region::new("320500").unwrap(),
        identity: serde_json::from_value(expert(n)["identity"].clone()).unwrap(),
    };
    for n in 0..EXPERTS {
        world.ok(draft("expert.enrolled/1", "CITY", expert(n)));
    }
    let pool = Snapshot::new((0..EXPERTS).map(pooled).collect()).unwrap();
    json!({
        "label": "评标专家抽取", "size": size, "experts": experts,
        "quotas": [{"speciality": "A01", "count": experts}], "pool": pool.digest().to_string(),
        "recused": [], "source": {"kind": "commit_reveal", "parties": parties},
        "secret": Digest::of(b"secret").to_string(),
    })
}

pub(crate) const PARTIES: &[&str] = &["CITY", "EAST", "REG"];

pub(crate) fn commit_of(world: &World, party: &str) -> Draft {
    let request = world.step.unwrap();
    let label = randomness::label(&project(), &request);
    let commitment = randomness::commitment(&label, &org(party), Digest::of(party.as_bytes()).bytes());
    draft("randomness.committed/1", party, json!({"commitment": commitment.to_string()})).at(Some(request))
}

/// Draws a committee on chain; the record that seats it is given.
pub(crate) fn drawn_on_chain(mut world: World, size: u64) -> (World, Draft) {
    let body = request_body(&mut world, size, size - 1, PARTIES);
    world.step(draft("draw.requested/1", "EAST", body));
    for party in PARTIES {
        let record = commit_of(&world, party);
        world.ok(record);
    }
    for party in PARTIES {
        let value = json!({"value": Digest::of(party.as_bytes()).hex()});
        world.ok(draft("randomness.revealed/1", party, value).at(world.step));
    }
    let mut members = named(size).at(world.step);
    members.body["list"] = json!(Digest::of(b"list").to_string());
    (world, members)
}

/// A committee of this size, all but one of them experts.
fn named(size: u64) -> Draft {
    let size = usize::try_from(size).unwrap();
    drawn(size, size - 1)
}

/// With its committee of five, where the rulebook asks for one.
pub(crate) fn seat(book: &Book, world: World) -> World {
    seat_many(book, world, 5)
}

pub(crate) fn seat_many(book: &Book, world: World, size: u64) -> World {
    if book.number("committee_min") == 0 {
        return world;
    }
    let (mut world, members) = if book.flag("committee_by_draw") {
        drawn_on_chain(world, size)
    } else {
        let members = named(size).at(world.step);
        (world, members)
    };
    world.step = Some(world.ok(members));
    world
}

/// The report of these bids, cheapest first.
pub(crate) fn report(book: &Book, world: &World, bids: &[(&str, u64)]) -> Draft {
    let mut record = world.reported(ranked(bids));
    if book.number("committee_min") == 0 {
        record.by.truncate(1);
    }
    record.at(world.step)
}

pub(crate) fn evaluated_with(book: &Book, bids: &[(&str, u64)]) -> World {
    let mut world = seat(book, open_with(book, published(book), bids, None));
    let record = report(book, &world, bids);
    world.step = Some(world.ok(record));
    world
}

pub(crate) fn publicised(book: &Book) -> World {
    let mut world = evaluated_with(book, BIDS);
    world.step(candidates(&["B2", "B1", "B3"]));
    world
}

pub(crate) fn awarded(book: &Book) -> World {
    let mut world = publicised(book);
    world.now = book.due("publicity_min", world.now);
    world.step(award("B2", PRICE, &[]));
    world
}

pub(crate) fn contracted(book: &Book) -> World {
    let mut world = awarded(book);
    world.step(contract(PRICE, 0).also("B2"));
    world
}
