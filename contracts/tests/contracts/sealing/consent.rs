//! What the city centre would need to take the group's key, and is refused.

use biaozheng_contracts::parties;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::setting::{day, key, org};
use biaozheng_scenes::threshold::{
    MEMBERS, also_with, brought_in, grouped, of_bids, of_tokens, signed_by, started,
};
use biaozheng_scenes::world::World;
use serde_json::json;

#[test]
pub(crate) fn seats_are_of_different_founders_and_no_fewer_than_four() {
    let mut world = World::new();
    let now = world.now;
    for name in ["S1", "S2"] {
        let body =
            json!({"org": name, "name": name, "roles": ["district_centre"], "key": key(name).public()});
        world.ok(draft("participant.registered/1", "CITY", body));
    }
    let start = |members: &[&str]| signed_by(started(now, of_bids(), 0, members), members);
    // A group of one, or of fewer than go on with a share lost.
    world.refused(start(&["CITY"]), "dkg.seats");
    world.refused(start(&["CITY", "EAST", "REG"]), "dkg.seats");
    // Whoever the city centre registered has no seat, whatever its role.
    for stranger in ["S1", "B1"] {
        world.refused(start(&["CITY", "EAST", "REG", stranger]), "dkg.seats");
    }
    world.refused(start(&["CITY", "EAST", "REG", "NOBODY"]), "participant.unknown");
    world.refused(start(&["CITY", "EAST", "REG", "WEST", "S1", "S2"]), "dkg.seats");
    // One organisation, two seats with keys of their own.
    let mut twice = started(now, of_bids(), 0, &["CITY", "EAST", "REG", "S1"]);
    twice["members"][3]["org"] = json!("CITY");
    world.refused(signed_by(twice, &["CITY", "EAST", "REG", "WEST", "NORTH"]), "dkg.seats");
    // Who was revoked has no seat, and the others need no fewer for it.
    let mut fewer = world.clone();
    for name in ["NORTH", "WEST"] {
        fewer.ok(draft("participant.revoked/1", "CITY", json!({"org": name, "reason": "x"})));
    }
    fewer.refused(start(&["CITY", "EAST", "REG", "WEST"]), "participant.revoked");
    // Not even where the others sign for it.
    let unsigned = signed_by(started(now, of_bids(), 0, &MEMBERS), &["CITY", "EAST", "REG"]);
    fewer.refused(unsigned, "dkg.seats");
    fewer.refused(start(&["CITY", "EAST", "REG"]), "dkg.seats");
    world.fine(start(&MEMBERS));
}

#[test]
pub(crate) fn nobody_alone_starts_a_ceremony() {
    let mut world = World::new();
    let first = started(world.now, of_bids(), 0, &MEMBERS);
    let signed = |by: &[&str]| signed_by(first.clone(), by);
    world.refused(signed(&["CITY"]), "dkg.consent");
    // Another signs for the one that is missing: its seat could hold anybody's keys.
    let reject = world.refused(signed(&["CITY", "EAST", "REG", "NORTH"]), "dkg.consent");
    assert!(reject.message.contains("WEST"), "{reject}");
    // The city centre signs for a centre with a key it brought in itself: the seat signed, the quorum did not.
    brought_in(&mut world, "WEST", "WEST-2");
    let reject = world.refused(also_with(signed(&["CITY", "EAST", "REG"]), "WEST", "WEST-2"), "dkg.consent");
    assert!(reject.message.contains("3 of 4"), "{reject}");
    world.fine(also_with(signed(&["CITY", "EAST", "REG", "NORTH"]), "WEST", "WEST-2"));
    world.fine(signed(&MEMBERS));
    // Tokens are no other matter.
    let tokens = started(world.now, of_tokens(1, world.now + day()), 0, &MEMBERS);
    world.refused(signed_by(tokens, &["CITY", "EAST"]), "dkg.consent");

    // There is a group of four: three of them have to give its key away.
    let mut made = grouped();
    brought_in(&mut made.world, "EAST", "EAST-2");
    brought_in(&mut made.world, "WEST", "WEST-2");
    let all = ["CITY", "EAST", "REG", "WEST", "NORTH"];
    let next = started(made.world.now, of_bids(), 1, &all);
    let by = |names: &[&str]| signed_by(next.clone(), names);
    made.world.refused(by(&["CITY", "NORTH"]), "dkg.consent");
    let taken = also_with(also_with(by(&["CITY", "REG", "NORTH"]), "EAST", "EAST-2"), "WEST", "WEST-2");
    let reject = made.world.refused(taken, "dkg.consent");
    assert!(reject.message.contains("2 of 3"), "{reject}");
    // A centre that lost its key keeps its seat, when the others say so.
    made.world.fine(also_with(by(&["CITY", "REG", "NORTH", "EAST"]), "WEST", "WEST-2"));
    made.world.fine(by(&all));
    // The four can leave one of them out and take another in, whatever that one says.
    let without = ["CITY", "EAST", "REG", "NORTH"];
    made.world.fine(signed_by(started(made.world.now, of_bids(), 1, &without), &without));
}

/// A key that a centre's own key signed for is its own; one that the city's key for it signed for is the city's.
#[test]
fn keys_descend_from_who_signed_for_them() {
    let mut made = grouped();
    let rotated = |by: &str, with: &str, old: &str, new: &str| {
        let body = json!({"org": "EAST", "old": key(old).public(), "new": key(new).public(), "reason": "x"});
        draft("participant.key_rotated/1", by, body).with_key(key(with))
    };
    let all = MEMBERS.map(|name| if name == "EAST" { "" } else { name });
    let next = started(made.world.now, of_bids(), 1, &MEMBERS);
    let start = |with: &str, but: &str| {
        let others: Vec<&str> = all.iter().copied().filter(|name| !name.is_empty() && *name != but).collect();
        also_with(signed_by(next.clone(), &others), "EAST", with)
    };
    brought_in(&mut made.world, "WEST", "WEST-2");
    let three = |with: &str| also_with(start(with, "WEST"), "WEST", "WEST-2");
    // The city's, and the one that follows it.
    let mut taken = made.world.clone();
    taken.ok(rotated("CITY", "CITY", "EAST", "EAST-2"));
    taken.ok(rotated("EAST", "EAST-2", "EAST-2", "EAST-3"));
    taken.refused(three("EAST-3"), "dkg.consent");
    let shown = parties::view::participant(&taken.state, &org("EAST")).unwrap().unwrap();
    let lines: Vec<_> = shown["keys"].as_array().unwrap().iter().map(|key| key["line"].clone()).collect();
    assert_eq!(lines, [json!(0), json!(1), json!(1)]);
    // The centre's own.
    made.world.ok(rotated("EAST", "EAST", "EAST", "EAST-2"));
    made.world.ok(rotated("EAST", "EAST-2", "EAST-2", "EAST-3"));
    made.world.fine(three("EAST-3"));
}
