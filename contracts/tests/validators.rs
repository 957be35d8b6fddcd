//! Whose nodes vote: the genesis' first, then those a quorum of them names.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/world.rs"]
mod world;

use biaozheng_contracts::validators::{node_of, shown, validators_at};
use biaozheng_contracts::{CODES_VALIDATORS, Founding};
use biaozheng_ledger::genesis::NodeEntry;
use world::*;

const VOTING: [(&str, &str); 4] = [("city", "CITY"), ("east", "EAST"), ("west", "WEST"), ("north", "NORTH")];

fn voting_key(node: &str) -> String {
    key(&format!("{node}/consensus")).public().to_string()
}

/// Four that vote, a regulator's node, and two districts' that follow.
fn founded() -> World {
    let mut participants = founders();
    for (name, role) in [("SOUTH", Role::DistrictCentre), ("FAR", Role::DistrictCentre)] {
        let keys = vec![key(name).public()];
        participants.push(GenesisParticipant {
            org: org(name),
            name: name.into(),
            roles: vec![role],
            keys,
            nodes: vec![],
        });
    }
    for one in &mut participants {
        one.nodes = vec![one.org.as_str().to_lowercase()];
    }
    let entry = |node: &str, votes: bool| NodeEntry {
        name: node.into(),
        consensus_key: votes.then(|| key(&format!("{node}/consensus")).public()),
        network_key: key(&format!("{node}/network")).public(),
        api_key: key(&format!("{node}/api")).public(),
    };
    let voting = VOTING.iter().map(|(node, _)| entry(node, true));
    let nodes = voting.chain(["reg", "south", "far"].map(|node| entry(node, false))).collect();
    World::founded(law(), &Founding { participants, nodes })
}

fn named(nodes: &[(&str, &str)]) -> Vec<Value> {
    nodes.iter().map(|(node, org)| json!({"node": node, "org": org, "key": voting_key(node)})).collect()
}

fn change(number: u32, validators: Vec<Value>, by: &[&str]) -> Draft {
    let body = json!({"number": number, "validators": validators});
    by[1..].iter().fold(draft("validators.changed/1", by[0], body), |draft, one| draft.also(one))
}

fn voting(nodes: &[(&str, &str)]) -> Vec<String> {
    nodes.iter().map(|(node, _)| (*node).to_owned()).collect()
}

fn voting_now(world: &World) -> Vec<String> {
    let next = Height::new(world.height + 1);
    validators_at(&world.state, next).unwrap().unwrap().all().iter().map(|one| one.name.clone()).collect()
}

#[test]
fn a_newcomer_votes_from_the_next_block_on_and_one_that_leaves_does_not() {
    let mut world = founded();
    let four = validators_at(&world.state, Height::new(1)).unwrap().unwrap();
    assert_eq!(shown(&world.state).unwrap().unwrap()["quorum"], 3);
    let five = [&VOTING[..], &[("south", "SOUTH")]].concat();
    let record = world.ok(change(1, named(&five), &["CITY", "EAST", "WEST", "SOUTH"]));
    let height = Height::new(world.height);
    // The block that has the change is decided by those before.
    assert_eq!(validators_at(&world.state, height).unwrap().unwrap(), four);
    assert_eq!(voting_now(&world), ["city", "east", "west", "north", "south"]);
    let seen = shown(&world.state).unwrap().unwrap();
    assert_eq!((&seen["number"], &seen["record"]), (&json!(1), &json!(record)));
    assert_eq!((&seen["from_height"], &seen["quorum"]), (&json!(world.height + 1), &json!(4)));

    // The newcomer counts among those who agree: four of five.
    let without = [five[0], five[1], five[2], five[4]];
    world.refused(change(2, named(&without), &["CITY", "EAST", "WEST"]), "validators.consent");
    world.ok(change(2, named(&without), &["CITY", "EAST", "WEST", "SOUTH"]));
    let leaves = world.height;
    assert_eq!(voting_now(&world), ["city", "east", "west", "south"]);
    // It comes back with its own key, which is still its own alone.
    let back = [&without[..], &[("north", "NORTH")]].concat();
    let mut taken = named(&[&without[..], &[("far", "FAR")]].concat());
    taken[4]["key"] = json!(voting_key("north"));
    world.refused(change(3, taken, &["CITY", "EAST", "WEST", "FAR"]), "validators.key");
    world.ok(change(3, named(&back), &["CITY", "EAST", "WEST", "NORTH"]));
    let returns = world.height;
    assert_eq!(
        node_of(&world.state, &key("south/consensus").public().id()).unwrap().as_deref(),
        Some("south")
    );
    // Every block's validators are known for ever: whoever reads the chain later holds them against its votes.
    let at = |height: u64| {
        let set = validators_at(&world.state, Height::new(height)).unwrap().unwrap();
        set.all().iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    let [first, second, third] = [height.get(), leaves, returns];
    assert_eq!((at(1), at(first)), (voting(&VOTING), voting(&VOTING)));
    assert_eq!((at(first + 1), at(second)), (voting(&five), voting(&five)));
    assert_eq!((at(second + 1), at(third)), (voting(&without), voting(&without)));
    assert_eq!(at(third + 1), voting(&back));
    // A voting key is nobody's key for records any more.
    let body = json!({"org": "LATE", "name": "L", "roles": ["bidder"], "key": voting_key("south")});
    world.refused(draft("participant.registered/1", "CITY", body), "key.taken");
}

fn refusals() {
    let mut world = founded();
    let five = || named(&[&VOTING[..], &[("south", "SOUTH")]].concat());
    let all = ["CITY", "EAST", "WEST", "SOUTH"];
    world.refused(change(1, five(), &["EAST", "CITY", "WEST", "SOUTH"]), "participant.role");
    world.refused(change(2, five(), &all), "validators.number");
    world.refused(change(0, five(), &all), "validators.number");
    world.refused(change(1, named(&VOTING), &all), "validators.form");
    let twice = named(&[&VOTING[..], &[("city", "CITY")]].concat());
    world.refused(change(1, twice, &all), "validators.form");
    let mut shared = five();
    shared[4]["key"] = shared[0]["key"].clone();
    world.refused(change(1, shared, &all), "validators.form");
    // The regulator's node, a node of another's, and one that the genesis does not name.
    for (node, by) in [("reg", "REG"), ("far", "SOUTH"), ("new", "SOUTH")] {
        let strange = named(&[&VOTING[..], &[(node, by)]].concat());
        let reject = world.refused(change(1, strange, &["CITY", "EAST", "WEST", by]), "validators.node");
        assert!(reject.message.contains(node), "{reject}");
    }
    world.refused(change(1, named(&VOTING[..3]), &["CITY", "EAST", "WEST"]), "validators.size");
    let many =
        (0..65).map(|n| json!({"node": format!("n{n}"), "org": "CITY", "key": voting_key(&format!("n{n}"))}));
    assert!(world.clone().run(change(1, many.collect(), &all)).is_err());
    // Two of four changed at once: the two that stay decide nothing alone.
    let half = named(&[VOTING[0], VOTING[1], ("south", "SOUTH"), ("far", "FAR")]);
    world.refused(change(1, half, &["CITY", "EAST", "WEST", "SOUTH", "FAR"]), "validators.stay");
    // A key that signs records.
    let mut records = five();
    records[4]["key"] = json!(key("B1").public());
    world.refused(change(1, records, &all), "key.taken");
    let mut anothers = named(&[VOTING[0], VOTING[1], VOTING[2], ("south", "SOUTH")]);
    anothers[3]["key"] = json!(voting_key("north"));
    world.refused(change(1, anothers, &all), "validators.key");
    // The newcomer, and a quorum, with keys of their own.
    let reject = world.refused(change(1, five(), &["CITY", "EAST", "WEST", "NORTH"]), "validators.consent");
    assert!(reject.message.contains("south"), "{reject}");
    let reject = world.refused(change(1, five(), &["CITY", "EAST", "SOUTH", "REG"]), "validators.consent");
    assert!(reject.message.contains("2 of 3"), "{reject}");
    let brought = json!({"org": "WEST", "key": key("WEST-2").public(), "purposes": ["sign"]});
    let mut added = draft("participant.key_added/1", "CITY", brought);
    added.by.push(("WEST".into(), key("WEST-2")));
    world.ok(added);
    let mut with_it = change(1, five(), &["CITY", "EAST", "SOUTH"]);
    with_it.by.push(("WEST".into(), key("WEST-2")));
    let reject = world.refused(with_it, "validators.consent");
    assert!(reject.message.contains("2 of 3"), "{reject}");
    // A newcomer whose registration is revoked.
    let mut revoked = world.clone();
    revoked.ok(draft("participant.revoked/1", "CITY", json!({"org": "SOUTH", "reason": "撤并"})));
    revoked.refused(change(1, five(), &["CITY", "EAST", "WEST"]), "validators.node");
    world.ok(change(1, five(), &all));
}

/// A genesis that does not say whose its nodes are cannot change who votes.
#[test]
fn nodes_of_nobody_agree_to_nothing() {
    let world = World::new();
    world.refused(change(1, named(&VOTING), &["CITY", "EAST", "WEST"]), "validators.node");
    assert!(validators_at(&world.state, Height::new(2)).unwrap().unwrap().all().is_empty());
}

#[test]
fn every_code_is_met() {
    refusals();
    let missed: Vec<_> = SEEN.with(|seen| {
        CODES_VALIDATORS.iter().filter(|code| !seen.borrow().contains(*code)).copied().collect()
    });
    assert!(missed.is_empty(), "{missed:?}");
}
