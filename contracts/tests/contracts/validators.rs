//! Whose nodes vote: the genesis' first, then those a quorum of them names.

use biaozheng_contracts::chain::validators::{node_of, shown, validators_at};
use biaozheng_contracts::{CODES_VALIDATORS, Founding, GenesisParticipant, Role};
use biaozheng_ledger::commit::{VoteKind, vote_digest};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::genesis::NodeEntry;
use biaozheng_ledger::ids::{BlockHash, Height};
use biaozheng_ledger::misbehaviour::{Choice, Misbehaviour, Step};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::law;
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{chain, key, org};
use biaozheng_scenes::threshold::{MEMBERS, also_with, brought_in, of_bids, signed_by, started};
use biaozheng_scenes::world::{World, founders};
use serde_json::{Value, json};

const VOTING: [(&str, &str); 4] = [("city", "CITY"), ("east", "EAST"), ("west", "WEST"), ("north", "NORTH")];
const SOUTH: (&str, &str) = ("south", "SOUTH");
const FOLLOWING: [&str; 3] = ["reg", "south", "far"];
/// Nodes of the organisation that has very many.
const MANY: usize = 40;

fn voting_key(node: &str) -> String {
    key(&format!("{node}/consensus")).public().to_string()
}

fn votes_at_first(node: &str) -> bool {
    VOTING.iter().any(|(one, _)| *one == node)
}

/// Four that vote, a regulator's node, and two districts' that follow; the last has very many. `owner` of each.
fn founded_by(owner: impl Fn(&str) -> String) -> World {
    let mut participants = founders();
    for name in ["SOUTH", "FAR"] {
        participants.push(GenesisParticipant {
            org: org(name),
            name: name.into(),
            roles: vec![Role::DistrictCentre],
            keys: vec![key(name).public()],
            nodes: vec![],
        });
    }
    let first = VOTING.iter().map(|(node, _)| *node).chain(FOLLOWING).map(str::to_owned);
    let mut nodes = Vec::new();
    for name in first.chain((0..MANY).map(|n| format!("far-{n}"))) {
        let owner = owner(name.split('-').next().unwrap());
        let owner = participants.iter_mut().find(|one| one.org.as_str() == owner).unwrap();
        owner.nodes.push(name.clone());
        nodes.push(NodeEntry {
            consensus_key: votes_at_first(&name).then(|| key(&format!("{name}/consensus")).public()),
            network_key: key(&format!("{name}/network")).public(),
            api_key: key(&format!("{name}/api")).public(),
            name,
        });
    }
    World::founded(law(), &Founding { participants, nodes })
}

fn founded() -> World {
    founded_by(str::to_uppercase)
}

fn named(nodes: &[(&str, &str)]) -> Vec<Value> {
    nodes.iter().map(|(node, org)| json!({"node": node, "org": org, "key": voting_key(node)})).collect()
}

fn five() -> Vec<Value> {
    named(&[&VOTING[..], &[SOUTH]].concat())
}

fn change(number: u32, validators: Vec<Value>, by: &[&str]) -> Draft {
    let body = json!({"number": number, "validators": validators});
    by[1..].iter().fold(draft("validators.changed/1", by[0], body), |draft, one| draft.also(one))
}

fn names(nodes: &[(&str, &str)]) -> Vec<String> {
    nodes.iter().map(|(node, _)| (*node).to_owned()).collect()
}

/// Who decides the block at a height.
fn at(world: &World, height: u64) -> Vec<String> {
    let set = validators_at(&world.state, Height::new(height)).unwrap().unwrap();
    set.all().iter().map(|one| one.name.clone()).collect()
}

#[test]
fn a_newcomer_votes_from_the_next_block_on_and_one_that_leaves_does_not() {
    let mut world = founded();
    assert_eq!(shown(&world.state).unwrap().unwrap()["quorum"], 3);
    let five = [&VOTING[..], &[SOUTH]].concat();
    let record = world.ok(change(1, named(&five), &["CITY", "EAST", "WEST", "NORTH", "SOUTH"]));
    let first = world.height;
    // The block that has the change is decided by those before.
    assert_eq!((at(&world, first), at(&world, first + 1)), (names(&VOTING), names(&five)));
    let seen = shown(&world.state).unwrap().unwrap();
    assert_eq!((&seen["number"], &seen["record"]), (&json!(1), &json!(record)));
    assert_eq!((&seen["from_height"], &seen["quorum"]), (&json!(first + 1), &json!(4)));

    // The newcomer counts among those who agree: four of five.
    let without = [five[0], five[1], five[2], five[4]];
    world.refused(change(2, named(&without), &["CITY", "EAST", "WEST"]), "validators.consent");
    world.ok(change(2, named(&without), &["CITY", "EAST", "WEST", "SOUTH"]));
    let second = world.height;
    // The one that left comes back with its own key, which is still its own alone.
    let back = [&without[..], &[VOTING[3]]].concat();
    let mut taken = named(&[&without[..], &[("far", "FAR")]].concat());
    taken[4]["key"] = json!(voting_key("north"));
    world.refused(change(3, taken, &["CITY", "EAST", "WEST", "SOUTH", "FAR"]), "validators.key");
    world.ok(change(3, named(&back), &["CITY", "EAST", "WEST", "SOUTH", "NORTH"]));
    let third = world.height;
    let south = key("south/consensus").public().id();
    assert_eq!(node_of(&world.state, &south).unwrap().as_deref(), Some("south"));
    // Every block's validators are known for ever: whoever reads the chain later holds them against its votes.
    assert_eq!((at(&world, 1), at(&world, first)), (names(&VOTING), names(&VOTING)));
    assert_eq!((at(&world, first + 1), at(&world, second)), (names(&five), names(&five)));
    assert_eq!((at(&world, second + 1), at(&world, third)), (names(&without), names(&without)));
    assert_eq!(at(&world, third + 1), names(&back));
}

fn refusals() {
    let mut world = founded();
    let all = ["CITY", "EAST", "WEST", "NORTH", "SOUTH"];
    world.refused(change(1, five(), &["EAST", "CITY", "WEST", "NORTH", "SOUTH"]), "participant.role");
    world.refused(change(2, five(), &all), "validators.number");
    world.refused(change(0, five(), &all), "validators.number");
    world.refused(change(1, named(&VOTING), &all), "validators.form");
    world.refused(change(1, named(&[&VOTING[..], &VOTING[..1]].concat()), &all), "validators.form");
    let mut shared = five();
    shared[4]["key"] = shared[0]["key"].clone();
    world.refused(change(1, shared, &all), "validators.form");
    // The regulator's node, a node of another's, and one that the genesis does not name.
    for (node, by) in [("reg", "REG"), ("far", "SOUTH"), ("new", "SOUTH")] {
        let strange = named(&[&VOTING[..], &[(node, by)]].concat());
        let reject =
            world.refused(change(1, strange, &["CITY", "EAST", "WEST", "NORTH", by]), "validators.node");
        assert!(reject.message.contains(node), "{reject}");
    }
    world.refused(change(1, named(&VOTING[..3]), &["CITY", "EAST", "WEST"]), "validators.size");
    let many: Vec<String> = (0..MANY).map(|n| format!("far-{n}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|node| (node.as_str(), "FAR")).collect();
    let of = |count: usize| named(&[&VOTING[..], &many[..count]].concat());
    let by = ["CITY", "EAST", "WEST", "NORTH", "FAR"];
    world.refused(change(1, of(29), &by), "validators.stay");
    world.refused(change(1, of(30), &by), "validators.size");
    // Two of four changed at once: the two that stay decide nothing alone.
    let half = named(&[VOTING[0], VOTING[1], SOUTH, ("far", "FAR")]);
    world.refused(change(1, half, &["CITY", "EAST", "WEST", "SOUTH", "FAR"]), "validators.stay");
    let mut anothers = named(&[VOTING[0], VOTING[1], VOTING[2], SOUTH]);
    anothers[3]["key"] = json!(voting_key("north"));
    world.refused(change(1, anothers, &all), "validators.key");
    // The newcomer; a quorum; and so many that stay that one which is down and a newcomer that does not come stop nothing.
    let reject = world.refused(change(1, five(), &["CITY", "EAST", "WEST", "NORTH"]), "validators.consent");
    assert!(reject.message.contains("south"), "{reject}");
    let reject = world.refused(change(1, five(), &["CITY", "EAST", "SOUTH", "REG"]), "validators.consent");
    assert!(reject.message.contains("2 of 3"), "{reject}");
    let reject = world.refused(change(1, five(), &["CITY", "EAST", "WEST", "SOUTH"]), "validators.stay");
    assert!(reject.message.contains("3 of 4"), "{reject}");
    // Keys the city centre brought in speak neither for who votes nor for who is to.
    for (name, found) in [("WEST", "2 of 3"), ("SOUTH", "south")] {
        let held = format!("{name}-2");
        brought_in(&mut world, name, &held);
        let others: Vec<&str> =
            ["CITY", "EAST", "WEST", "SOUTH"].into_iter().filter(|one| *one != name).collect();
        let with_it = also_with(change(1, five(), &others), name, &held);
        let reject = world.refused(with_it, "validators.consent");
        assert!(reject.message.contains(found), "{reject}");
    }
    // A newcomer whose registration is revoked.
    let mut revoked = world.clone();
    revoked.ok(draft("participant.revoked/1", "CITY", json!({"org": "SOUTH", "reason": "撤并"})));
    revoked.refused(change(1, five(), &["CITY", "EAST", "WEST", "NORTH"]), "validators.node");
    world.ok(change(1, five(), &all));
    // Those of a change vote before the next one comes.
    let four =
        || change(2, named(&[VOTING[0], VOTING[1], VOTING[2], SOUTH]), &["CITY", "EAST", "WEST", "SOUTH"]);
    world.height -= 1;
    world.refused(four(), "validators.number");
    world.height += 1;
    world.ok(four());
}

/// An organisation counts as often as it votes.
#[test]
fn who_runs_several_nodes_agrees_for_each() {
    let owner = |node: &str| if node == "east" { "CITY".to_owned() } else { node.to_uppercase() };
    let mut world = founded_by(owner);
    let mut four = named(&[("city", "CITY"), ("east", "CITY"), ("west", "WEST"), SOUTH]);
    world.refused(change(1, four.clone(), &["CITY", "NORTH", "SOUTH"]), "validators.stay");
    world.refused(change(1, four.clone(), &["CITY", "SOUTH"]), "validators.consent");
    world.ok(change(1, four.clone(), &["CITY", "WEST", "SOUTH"]));
    four[1]["org"] = json!("EAST");
    world.refused(change(2, four, &["CITY", "EAST", "WEST", "SOUTH"]), "validators.node");
}

/// Those who vote agree to the group that opens bids, where they are several; else all who found the chain.
#[test]
fn a_centre_that_runs_the_nodes_of_others_does_not_deal_the_key_alone() {
    let dkg = |world: &World, by: &[&str]| signed_by(started(world.now, of_bids(), 0, &MEMBERS), by);
    let world = founded();
    world.refused(dkg(&world, &["CITY", "EAST", "REG"]), "dkg.consent");
    world.fine(dkg(&world, &MEMBERS));
    let mut brought = world.clone();
    brought_in(&mut brought, "EAST", "EAST-2");
    brought_in(&mut brought, "WEST", "WEST-2");
    let start = also_with(also_with(dkg(&brought, &["CITY", "REG"]), "EAST", "EAST-2"), "WEST", "WEST-2");
    let reject = brought.refused(start, "dkg.consent");
    assert!(reject.message.contains("1 of 3"), "{reject}");
    // The city runs every voting node: seven found this chain, and five of them are the least.
    let owner = |node: &str| if votes_at_first(node) { "CITY".to_owned() } else { node.to_uppercase() };
    let world = founded_by(owner);
    let reject = world.refused(dkg(&world, &MEMBERS), "dkg.seats");
    assert!(reject.message.contains("from 5"), "{reject}");
}

/// Two prevotes of a node at one place.
fn twice(node: &str, height: u64, round: u32) -> Misbehaviour {
    let secret = key(&format!("{node}/consensus"));
    let choice = |text: &str| {
        let block = BlockHash::new(Digest::of(text.as_bytes()));
        let place = (Height::new(height), Some(round));
        let digest = vote_digest(&chain(), VoteKind::Prevote, place, Some(&block), &secret.public());
        Choice::new(Some(block), None, &secret.sign(digest.bytes()))
    };
    let place = (Height::new(height), round);
    Misbehaviour::of((secret.public(), Step::Prevote), place, choice("one"), choice("other")).unwrap()
}

fn shown_by(by: &str, proof: &Misbehaviour) -> Draft {
    draft("validator.misbehaved/1", by, serde_json::to_value(proof).unwrap())
}

fn misbehaviour() {
    let mut world = founded();
    let all = ["CITY", "EAST", "WEST", "NORTH", "SOUTH"];
    world.ok(change(1, five(), &all));
    let first = world.height;
    world.height += 20;
    world.refused(shown_by("B1", &twice("east", 3, 0)), "participant.role");
    let mut spoiled = twice("east", 3, 0);
    spoiled.round = 1;
    world.refused(shown_by("REG", &spoiled), "misbehaviour.proof");
    // A vote before it had one, one in a block that is not there, and one of a key that never voted.
    world.refused(shown_by("REG", &twice("south", first, 0)), "misbehaviour.voter");
    world.refused(shown_by("REG", &twice("south", world.height + 9, 0)), "misbehaviour.voter");
    world.refused(shown_by("REG", &twice("far", first + 1, 0)), "misbehaviour.voter");
    let record = world.ok(shown_by("REG", &twice("south", first + 1, 0)));
    world.refused(shown_by("EAST", &twice("south", first + 1, 2)), "misbehaviour.known");
    let of = |world: &World, node: &str| {
        let seen = shown(&world.state).unwrap().unwrap();
        let mut all = seen["validators"].as_array().unwrap().iter();
        all.find(|one| one["node"] == node).unwrap()["misbehaved"].clone()
    };
    assert_eq!((of(&world, "south"), of(&world, "east")), (json!([record]), json!([])));
    for height in first + 2..first + 17 {
        world.ok(shown_by("EAST", &twice("south", height, 0)));
    }
    world.refused(shown_by("EAST", &twice("south", first + 17, 0)), "misbehaviour.known");
    assert_eq!(of(&world, "south").as_array().unwrap().len(), 16);
    // What it did stays provable when it has lost its vote, and a node's key for its records is enough to show it.
    let mut node = draft(
        "participant.key_added/1",
        "EAST",
        json!({"org": "EAST", "key": key("EAST/records").public(), "purposes": ["session"]}),
    );
    node.by.push(("EAST".into(), key("EAST/records")));
    world.ok(node);
    world.ok(change(2, named(&[VOTING[0], VOTING[1], VOTING[2], SOUTH]), &["CITY", "EAST", "WEST", "SOUTH"]));
    world.ok(shown_by("EAST", &twice("north", first + 1, 0)).with_key(key("EAST/records")));
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
    forget();
    refusals();
    misbehaviour();
    let missed = unmet(CODES_VALIDATORS);
    assert!(missed.is_empty(), "{missed:?}");
}
