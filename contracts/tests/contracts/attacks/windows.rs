//! A suspension over the deadline once let every window after it run out; each counts from its end now.

use biaozheng_contracts::BlockContext;
use biaozheng_contracts::opening::now;
use biaozheng_contracts::oversight::timers;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, RecordId, TimeMs};
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{chain, day, project};
use biaozheng_scenes::tender::{opened, revealed};
use biaozheng_scenes::threshold::{HOUR, Threshold, grouped_in, proved, tendered};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::{PRICES, late, price_of, three_bids};

fn objected(made: &mut Threshold) -> RecordId {
    let raised = json!({"concerns": "documents", "text": "x"});
    made.world.ok(draft("objection.raised/1", "B3", raised).at(made.world.terms))
}

fn answered(made: &mut Threshold, objection: RecordId) {
    let answer = json!({"objection": objection, "text": "y"});
    made.world.ok(draft("objection.answered/1", "OWNER", answer).at(Some(objection)));
}

fn letter() -> String {
    Digest::of(b"letter").to_string()
}

fn suspended_by_complaint(world: &mut World) -> RecordId {
    let body = json!({"matter": "conduct", "known_ms": world.now, "letter": letter()});
    let complaint = world.ok(draft("complaint.filed/1", "B4", body).at(None));
    let body = json!({"complaint": complaint, "suspends": true});
    world.ok(draft("complaint.accepted/1", "REG", body).at(Some(complaint)));
    complaint
}

fn dismissed(world: &mut World, complaint: RecordId) {
    let body = json!({"complaint": complaint, "outcome": "dismissed", "decision": letter()});
    world.ok(draft("complaint.decided/1", "REG", body).at(Some(complaint)));
}

/// From here on the group opens, and nobody comes before it: neither the host nor one bidder's proof.
fn all_open(mut made: Threshold) {
    let since = made.world.now;
    let step = made.world.step;
    let list = || opened(&["B1", "B2", "B3"]).at(step);
    made.world.refused(list(), "opening.sealed_shut");
    made.world.now += 1;
    assert_eq!(made.due().len(), 1, "the bodies are due as soon as the procedure goes on");
    made.world.refused(list(), "opening.sealed_shut");
    // The group stays away for all but the last moment of all windows.
    made.world.now = since + 5 * HOUR;
    made.world.refused(list(), "opening.sealed_shut");
    let mut away = made.clone();
    away.world.now += 1;
    away.world.step(list());
    let late = late(&away).as_array().unwrap().clone();
    assert_eq!(
        late.last(),
        Some(&json!("sealing_signature_window")),
        "five hours in full, and the project says so"
    );
    assert_eq!(made.open_all(), 1);
    made.world.step(list());
    assert_eq!(PRICES.map(|(bidder, _)| price_of(&made, bidder)), PRICES.map(|(_, price)| json!(price)));
    assert!(made.completeness().complete);
}

/// The tenderee answers in the last moment of the windows as they were, one colluding bidder's proof is in the same block
/// and the host's opening in the next.
#[test]
fn an_answer_in_the_last_moment_takes_no_time_from_anybody() {
    let mut made = tendered();
    let objection = objected(&mut made);
    let proofs = three_bids(&mut made);
    let deadline = made.world.deadline();
    made.world.now = deadline;
    assert_eq!(made.open_all(), 1, "the group opens the slot at once; the bodies are suspended");
    assert!(made.due().is_empty());
    made.world.now = deadline + 3 * HOUR;
    made.world.refused(proved("B3", &proofs[2]), "project.suspended");
    answered(&mut made, objection);
    made.world.refused(proved("B3", &proofs[2]), "sealed.proof_time");
    all_open(made);
}

/// The same without the slot: the group was away all the time of the suspension. Binding counts from its end as well.
#[test]
fn a_suspension_over_a_shut_slot_leaves_both_steps_in_full() {
    let mut made = tendered();
    let objection = objected(&mut made);
    let proofs = three_bids(&mut made);
    made.world.now = made.world.deadline() + 40 * day();
    made.world.refused(made.bound("B3", &proofs[2]), "project.suspended");
    answered(&mut made, objection);
    let since = made.world.now;
    let binding = |made: &Threshold, place: usize| made.bound(PRICES[place].0, &proofs[place]);
    let proof = |place: usize| proved(PRICES[place].0, &proofs[place]);
    for (at, bind, prove) in [
        (since, "sealed.bind_time", "sealed.proof_time"),
        (since + HOUR, "sealed.bind_time", "sealed.proof_time"),
        (since + 3 * HOUR + 1, "sealed.bind_time", "sealed.proof"),
        (since + 5 * HOUR + 1, "sealed.bind_time", "sealed.proof_time"),
    ] {
        made.world.now = at;
        made.world.refused(binding(&made, 2), bind);
        made.world.refused(proof(2), prove);
    }
    made.world.now = since + 3 * HOUR;
    for place in 0..3 {
        let draft = binding(&made, place);
        made.world.ok(draft);
        made.world.refused(proof(place), "sealed.proof_time");
    }
    made.world.now = since + 5 * HOUR;
    for place in 0..3 {
        made.world.ok(proof(place));
    }
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.sealed_shut");
    made.world.now += 1;
    made.world.step(opened(&["B1", "B2", "B3"]));
    assert_eq!(PRICES.map(|(bidder, _)| price_of(&made, bidder)), PRICES.map(|(_, price)| json!(price)));
}

#[test]
fn after_a_regulators_suspension_the_host_leaves_no_bid_shut() {
    let mut made = tendered();
    three_bids(&mut made);
    let complaint = suspended_by_complaint(&mut made.world);
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 1);
    made.world.now += 3 * HOUR + 1;
    dismissed(&mut made.world, complaint);
    all_open(made);
}

/// Two suspensions that overlap: what counts is the end of the last one.
#[test]
fn of_two_suspensions_the_last_end_counts() {
    for objection_first in [true, false] {
        let mut made = tendered();
        let objection = objected(&mut made);
        three_bids(&mut made);
        let complaint = suspended_by_complaint(&mut made.world);
        made.world.now = made.world.deadline();
        assert_eq!(made.open_all(), 1);
        for first in [true, false] {
            assert!(made.due().is_empty(), "one of the two still suspends");
            made.world.now += 4 * HOUR;
            if first == objection_first {
                answered(&mut made, objection);
            } else {
                dismissed(&mut made.world, complaint);
            }
        }
        all_open(made);
    }
}

/// The rulebook with a longest suspension, which every step that waits for its end names.
fn with_a_longest_suspension() -> String {
    const WAIT: [&str; 19] = [
        "complaint.accepted",
        "prequal.opened",
        "prequal.reviewed",
        "bids.opened",
        "tender.opened",
        "sealed.bound",
        "sealed.proved",
        "draw.requested",
        "experts.drawn",
        "evaluation.session_opened",
        "member.replaced",
        "scores.sealed",
        "scores.revealed",
        "lot.drawn",
        "evaluation.reported",
        "result.corrected",
        "candidates.publicised",
        "award.notified",
        "contract.signed",
    ];
    let parameter =
        "complaint_suspend_max = { value = \"30d\", article = \"政府采购法57\", basis = \"statute\" }";
    let mut lines = Vec::new();
    for line in law().lines() {
        let waits =
            line.contains("roles = [") && WAIT.iter().any(|name| line.starts_with(&format!("\"{name}/1\"")));
        lines.push(match (waits, line.contains("guards = [")) {
            (false, _) => line.to_owned(),
            (true, true) => line.replace("guards = [", "guards = [\"complaint_suspend_max\", "),
            (true, false) => line.replace(" }", ", guards = [\"complaint_suspend_max\"] }"),
        });
        if line.starts_with("complaint_window = ") {
            lines.push(parameter.to_owned());
        }
    }
    lines.join("\n")
}

/// A suspension that the rulebook lets run out by itself ends without a record; the windows count from there too.
#[test]
fn a_suspension_that_runs_out_by_itself_takes_no_time_either() {
    let mut made = grouped_in(World::under(with_a_longest_suspension()));
    made.world.register();
    made.world.publish(made.published());
    three_bids(&mut made);
    made.world.now = made.world.deadline() - 10 * day();
    suspended_by_complaint(&mut made.world);
    let until = made.world.now + 30 * day();
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 1);
    made.world.now = until;
    assert!(made.due().is_empty());
    let moment =
        biaozheng_contracts::opening::due::next_moment(&made.world.state, TimeMs::new(until)).unwrap();
    assert_eq!(moment, Some(TimeMs::new(until + 1)), "who makes blocks makes one when it ends");
    made.world.now = until + 1;
    assert_eq!(made.due().len(), 1);
    let step = made.world.step;
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.sealed_shut");
    made.world.now = until + 5 * HOUR;
    made.world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.sealed_shut");
    assert_eq!(made.open_all(), 1);
    made.world.step(opened(&["B1", "B2", "B3"]));
}

/// Where bidders commit and reveal, they may reveal while the procedure stands still and for the whole window after it.
#[test]
fn a_window_to_reveal_counts_from_the_end_of_a_suspension() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    let records = PRICES.map(|(bidder, price)| (bidder, price, world.seal(bidder, Some(price))));
    let raised = json!({"concerns": "documents", "text": "x"});
    let objection = world.ok(draft("objection.raised/1", "B3", raised).at(world.terms));
    world.now = world.deadline() + 2 * HOUR + 1;
    let reveal = |place: usize| revealed(records[place].0, Some(records[place].1)).at(Some(records[place].2));
    world.ok(reveal(0));
    let answer = json!({"objection": objection, "text": "y"});
    world.ok(draft("objection.answered/1", "OWNER", answer).at(Some(objection)));
    let since = world.now;
    let step = world.step;
    world.refused(opened(&["B1", "B2", "B3"]).at(step), "opening.reveal_window");
    let shown = timers::timers(&world.state, None, 10, TimeMs::new(since)).unwrap().0;
    assert_eq!((&shown[0]["rule"], &shown[0]["from_ms"]), (&json!("reveal_window"), &json!(since)));
    world.now = since + 2 * HOUR;
    world.ok(reveal(1));
    world.now += 1;
    world.refused(reveal(2), "bid.reveal_closed");
    world.step(opened(&["B1", "B2", "B3"]));
}

/// A bidder that bound and did not prove once got every window again, with all prices visible, by a complaint filed when
/// the windows were over.
#[test]
fn a_suspension_after_the_windows_starts_none_anew() {
    let mut made = tendered();
    let proofs = three_bids(&mut made);
    let last = made.world.deadline() + 5 * HOUR;
    made.world.now = made.world.deadline() + HOUR + 1;
    for place in 0..3 {
        let draft = made.bound(PRICES[place].0, &proofs[place]);
        made.world.ok(draft);
    }
    made.world.now += 2 * HOUR;
    for place in 0..2 {
        made.world.ok(proved(PRICES[place].0, &proofs[place]));
    }
    // In the last moment it takes no time from B3; after it, it gives none.
    for (began, is_taken) in [(last, true), (last + 1, false)] {
        let mut held = made.clone();
        held.world.now = began;
        let complaint = suspended_by_complaint(&mut held.world);
        held.world.now += 9 * HOUR;
        dismissed(&mut held.world, complaint);
        held.world.now += 1;
        let step = held.world.step;
        if is_taken {
            held.world.refused(opened(&["B1", "B2"]).at(step), "opening.sealed_shut");
            held.world.ok(proved("B3", &proofs[2]));
        } else {
            held.world.refused(proved("B3", &proofs[2]), "sealed.proof_time");
            held.world.step(opened(&["B1", "B2"]));
        }
    }
}

/// The same where bidders commit and reveal: neither while the procedure stands still nor after it.
#[test]
fn a_suspension_after_the_window_lets_nobody_reveal() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    let records = PRICES.map(|(bidder, price)| (bidder, price, world.seal(bidder, Some(price))));
    let reveal = |place: usize| revealed(records[place].0, Some(records[place].1)).at(Some(records[place].2));
    world.now = world.deadline();
    world.ok(reveal(0));
    world.ok(reveal(1));
    world.now = world.deadline() + 2 * HOUR + 1;
    let complaint = suspended_by_complaint(&mut world);
    world.refused(reveal(2), "bid.reveal_closed");
    world.now += HOUR;
    dismissed(&mut world, complaint);
    world.refused(reveal(2), "bid.reveal_closed");
    world.step(opened(&["B1", "B2", "B3"]));
}

/// The second of two that overlap began when the windows from the deadline were over, and not those from the first's end.
#[test]
fn a_suspension_within_the_windows_of_another_counts() {
    let mut made = tendered();
    let objection = objected(&mut made);
    let proofs = three_bids(&mut made);
    made.world.now = made.world.deadline() + 6 * HOUR;
    let complaint = suspended_by_complaint(&mut made.world);
    answered(&mut made, objection);
    made.world.now += 9 * HOUR;
    dismissed(&mut made.world, complaint);
    made.world.refused(proved("B3", &proofs[2]), "sealed.proof_time");
    made.world.now += HOUR + 1;
    for place in 0..3 {
        let draft = made.bound(PRICES[place].0, &proofs[place]);
        made.world.ok(draft);
    }
}

/// While the procedure stands still nobody is shown to owe the opening.
#[test]
fn nobody_owes_an_opening_while_the_procedure_stands_still() {
    let mut made = tendered();
    let objection = objected(&mut made);
    three_bids(&mut made);
    made.world.now = made.world.deadline() + 2 * day();
    let rules = |made: &Threshold| {
        let now = TimeMs::new(made.world.now);
        let shown = timers::timers(&made.world.state, None, 10, now).unwrap().0;
        shown.into_iter().map(|one| (one["rule"].clone(), one["from_ms"].clone())).collect::<Vec<_>>()
    };
    assert!(rules(&made).iter().all(|(rule, _)| rule == "objection_reply_max"));
    answered(&mut made, objection);
    assert_eq!(rules(&made), [(json!("reveal_window"), json!(made.world.now + HOUR))]);
}

/// The centre was shown to owe the opening from a moment at which the rules refuse it.
#[test]
fn the_opening_is_owed_from_when_it_may_be_recorded() {
    let from = |world: &World| {
        let shown = timers::timers(&world.state, None, 10, TimeMs::new(world.now)).unwrap().0;
        assert_eq!((shown.len(), &shown[0]["rule"]), (1, &json!("reveal_window")));
        shown[0]["from_ms"].as_u64().unwrap() - world.deadline()
    };
    let mut made = tendered();
    three_bids(&mut made);
    let mut away = made.clone();
    made.world.now = made.world.deadline();
    assert_eq!(made.open_all(), 2);
    for (after, is_away) in [(HOUR, HOUR), (HOUR + 1, 5 * HOUR), (5 * HOUR, 5 * HOUR), (6 * HOUR, 5 * HOUR)] {
        made.world.now = made.world.deadline() + after;
        away.world.now = made.world.now;
        assert_eq!((from(&made.world), from(&away.world)), (HOUR, is_away), "{after}");
    }
    // By commitment: bidders' own time, and then the centre's, whatever was revealed.
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    for (bidder, price) in PRICES {
        world.seal(bidder, Some(price));
    }
    for (after, expected) in [(0, 0), (2 * HOUR, 0), (2 * HOUR + 1, 2 * HOUR), (9 * HOUR, 2 * HOUR)] {
        world.now = world.deadline() + after;
        assert_eq!(from(&world), expected);
    }
}

fn opening_now(world: &World) -> Value {
    let block = BlockContext { chain: chain(), height: Height::new(1), time: TimeMs::new(world.now) };
    now::opening_now(&world.state, &block, &project()).unwrap().unwrap()
}

/// The list for the centre's tool could change in the fallback without a word, and what it waits for ignored suspensions.
#[test]
fn the_list_to_be_recorded_says_whether_it_may_still_change() {
    let mut made = tendered();
    let proofs = three_bids(&mut made);
    made.world.now = made.world.deadline();
    assert_eq!(opening_now(&made.world)["lots"], Value::Null);
    let mut opened = made.clone();
    opened.open_all();
    assert_eq!(opening_now(&opened.world)["may_change"], json!(false), "the group has opened everything");
    made.world.now += HOUR + 1;
    let binding = made.bound("B1", &proofs[0]);
    made.world.ok(binding);
    made.world.now += 2 * HOUR;
    made.world.ok(proved("B1", &proofs[0]));
    made.world.now += 40 * day();
    let fallback = opening_now(&made.world);
    assert_eq!(fallback["may_change"], json!(true));
    assert_eq!(fallback["lots"][0]["bids"].as_array().unwrap().len(), 1);
    assert_eq!(made.open_all(), 2);
    let back = opening_now(&made.world);
    assert_eq!((&back["may_change"], back["lots"][0]["bids"].as_array().unwrap().len()), (&json!(false), 3));
    // By commitment, after a suspension: the reveal window counts from its end, and so does what is waited for.
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    for (bidder, price) in PRICES {
        world.seal(bidder, Some(price));
    }
    let mut plain = world.clone();
    let raised = json!({"concerns": "documents", "text": "x"});
    let objection = world.ok(draft("objection.raised/1", "B3", raised).at(world.terms));
    world.now = world.deadline() + HOUR;
    let answer = json!({"objection": objection, "text": "y"});
    world.ok(draft("objection.answered/1", "OWNER", answer).at(Some(objection)));
    plain.now = world.now;
    let told = |world: &World| opening_now(world)["waits"]["message"].as_str().unwrap().to_owned();
    assert_ne!(told(&world), told(&plain), "an hour later, by the suspension");
}
