//! The committee's composition, its draw, and the time it has.

use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::hour;
use biaozheng_scenes::tender::drawn;
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::scenes::*;
use super::table::*;

pub(crate) const ROWS: &[Row] = &[
    refused("committee_min", "committee.composition", size),
    refused("committee_odd", "committee.composition", odd),
    refused("expert_share_min_permille", "committee.composition", share),
    refused("committee_by_draw", "draw.required", named),
    refused("randomness_centres_min", "randomness.parties", centres),
    refused("randomness_regulators_min", "randomness.parties", regulators),
    refused("randomness_window", "randomness.window_over", window),
    refused("recusal_grounds", "draw.recusal_ground", recusal),
    refused("eval_extend_above", "session.extend", extension),
];

/// The record that fixes a committee of this size: named by the centre, or asked for where it is drawn.
fn composed(book: &Book, size: u64, experts: u64) -> (World, Draft) {
    let mut world = opened_under(book);
    let record = if book.flag("committee_by_draw") {
        let body = request_body(&mut world, size, experts, PARTIES);
        draft("draw.requested/1", "EAST", body)
    } else {
        drawn(usize::try_from(size).unwrap(), usize::try_from(experts).unwrap())
    };
    let record = record.at(world.step);
    (world, record)
}

/// Two fewer, so that the number stays odd.
fn size(book: &Book, outside: bool) -> (World, Draft) {
    let size = book.number("committee_min") - 2 * u64::from(outside);
    composed(book, size, size)
}

/// A rulebook that takes an even number as well is outside of itself with the flag set.
fn odd(book: &Book, outside: bool) -> (World, Draft) {
    let least = book.number("committee_min").max(3) | 1;
    if book.flag("committee_odd") {
        let size = least + u64::from(outside);
        return composed(book, size, size);
    }
    let strict = book.with("committee_odd", "true");
    composed(if outside { &strict } else { book }, least + 1, least + 1)
}

fn share(book: &Book, outside: bool) -> (World, Draft) {
    let size = book.number("committee_min");
    let least = (size * book.number("expert_share_min_permille")).div_ceil(1000);
    composed(book, size, least - u64::from(outside))
}

fn named(book: &Book, outside: bool) -> (World, Draft) {
    let world = opened_under(book);
    if outside {
        let record = drawn(5, 4).at(world.step);
        return (world, record);
    }
    drawn_on_chain(world, 5)
}

fn requested(book: &Book, parties: &[&str]) -> (World, Draft) {
    let mut world = opened_under(book);
    let body = request_body(&mut world, 5, 4, parties);
    let record = draft("draw.requested/1", "EAST", body).at(world.step);
    (world, record)
}

fn centres(book: &Book, outside: bool) -> (World, Draft) {
    let count = usize::try_from(book.number("randomness_centres_min")).unwrap() - usize::from(outside);
    requested(book, &[&["CITY", "EAST"][..count], &["REG"]].concat())
}

fn regulators(book: &Book, outside: bool) -> (World, Draft) {
    let count = usize::try_from(book.number("randomness_regulators_min")).unwrap() - usize::from(outside);
    requested(book, &[&["CITY", "EAST"], &["REG"][..count]].concat())
}

fn window(book: &Book, outside: bool) -> (World, Draft) {
    let (mut world, request) = requested(book, PARTIES);
    world.step = Some(world.ok(request));
    world.now = book.due("randomness_window", world.now) + u64::from(outside);
    let record = commit_of(&world, "CITY");
    (world, record)
}

/// A ground of the list, and one nobody knows.
fn recusal(book: &Book, outside: bool) -> (World, Draft) {
    let mut world = opened_under(book);
    let mut body = request_body(&mut world, 5, 4, PARTIES);
    let ground = if outside { "acquaintance".to_owned() } else { book.first_word("recusal_grounds") };
    body["recused"] = json!([{"expert": "E001", "ground": ground, "party": "B1"}]);
    let record = draft("draw.requested/1", "EAST", body).at(world.step);
    (world, record)
}

/// A committee the share divides: exactly the share is outside, one member more is inside.
fn extension(book: &Book, outside: bool) -> (World, Draft) {
    let (part, whole) = book.ratio("eval_extend_above");
    let least = book.number("committee_min");
    let size = (least..).find(|size| size % 2 == 1 && size % whole == 0).unwrap();
    let mut world = seat_many(book, opened_under(book), size);
    let seats: Vec<Value> = (1..=size).map(|n| json!({"member": format!("M{n}"), "venue": "EAST"})).collect();
    let until = world.now + hour();
    let body = json!({"host": "EAST", "venues": ["CITY"], "seats": seats, "until_ms": until});
    world.step(draft("evaluation.session_opened/1", "EAST", body));
    for n in 1..=size / whole * part + u64::from(!outside) {
        let short = draft("evaluation.time_short/1", &format!("M{n}"), json!({"reason": "标书过多"}));
        world.ok(short.at(world.step));
    }
    let record = draft("evaluation.extended/1", "OWNER", json!({"until_ms": until + hour()})).at(world.step);
    (world, record)
}
