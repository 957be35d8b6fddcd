//! On a chain with a group its beacon draws; and what it was asked for stands until it answers.

use biaozheng_contracts::shown;
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::remote::{Remote, weighted_terms};
use biaozheng_scenes::setting::{chain, day, hour, project};
use biaozheng_scenes::threshold::grouped_in;
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

const PARTIES: [&str; 3] = ["CITY", "EAST", "REG"];

fn late(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()["late"].clone()
}

#[test]
pub(crate) fn the_beacon_draws_and_a_request_stands_until_it_answers() {
    let mut remote = Remote::opened(weighted_terms());
    let request = |remote: &Remote, beacon: bool, silent: &[&str]| {
        let mut body = remote.request_body(&PARTIES, silent);
        if beacon {
            body["source"] = json!({"kind": "beacon"});
        }
        draft("draw.requested/1", "EAST", body).at(remote.world.step)
    };
    // Without a group the parties are all there is.
    remote.world.fine(request(&remote, false, &[]));
    let made = grouped_in(remote.world.clone());
    remote.world = made.world.clone();
    let refused = remote.world.refused(request(&remote, false, &[]), "draw.beacon_first");
    assert_eq!(refused.rule, "randomness_window");
    assert!(refused.article.is_some() && refused.message.contains("ask for the beacon"));
    let asked = request(&remote, true, &[]);
    remote.world.step(asked);
    let answered = |world: &World| {
        let mut made = made.clone();
        made.world = world.clone();
        assert_eq!(made.open_all(), 1, "the beacon's signature");
        made.world
    };
    // Within the window, at its end and long after it: neither the beacon again nor parties.
    remote.world.now += 2 * hour();
    let settled = answered(&remote.world);
    assert_eq!(late(&settled), json!([]));
    for after in [0, 1, 30 * day()] {
        remote.world.now += after;
        for beacon in [true, false] {
            let refused = remote.world.refused(request(&remote, beacon, &[]), "draw.beacon_stands");
            assert!(refused.message.contains("start the members") && refused.article.is_some(), "{refused}");
        }
        remote.world.refused(request(&remote, true, &["REG"]), "draw.beacon_stands");
    }
    // A signature over anything else is none.
    let wrong = made.sign(&biaozheng_seal::label::Label::beacon(&chain(), &Digest::of(b"late")));
    let wrong = json!({"signature": hex::encode(wrong.to_bytes())});
    remote.world.refused(draft("beacon.recovered/1", "CITY", wrong).at(None), "randomness.beacon");
    // The group may still answer, with the value it would have given at once; the project says that it was late.
    let mut settled = remote.clone();
    settled.world = answered(&remote.world);
    settled.world.refused(request(&settled, true, &[]), "draw.settled");
    assert_eq!(late(&settled.world), json!(["randomness_window"]));
}

/// Before there is a group nobody knows what it would answer: a request that waited for one may be made anew.
#[test]
fn a_request_for_the_beacon_before_there_is_a_group_lapses_and_after_it_stands() {
    let mut remote = Remote::opened(weighted_terms());
    let request = |remote: &Remote| {
        let mut body = remote.request_body(&PARTIES, &[]);
        body["source"] = json!({"kind": "beacon"});
        draft("draw.requested/1", "EAST", body).at(remote.world.step)
    };
    let asked = request(&remote);
    remote.world.step(asked);
    remote.world.now += 2 * hour() + 1;
    remote.world.fine(request(&remote));
    let made = grouped_in(remote.world.clone());
    remote.world = made.world.clone();
    remote.world.refused(request(&remote), "draw.beacon_stands");
    assert_eq!(made.due().len(), 1, "the first label is what the new group signs");
}

/// Parties that began before there was a group go on; when they fail, the beacon takes over and nothing comes after it.
#[test]
fn parties_of_before_the_group_go_on_and_then_the_beacon_draws() {
    let mut remote = Remote::opened(weighted_terms());
    remote.request(&PARTIES, &[]);
    let made = grouped_in(remote.world.clone());
    remote.world = made.world.clone();
    remote.world.now += 2 * hour() + 1;
    let mut body = remote.request_body(&PARTIES, &PARTIES);
    remote
        .world
        .refused(draft("draw.requested/1", "EAST", body.clone()).at(remote.world.step), "draw.beacon_first");
    body["source"] = json!({"kind": "beacon"});
    remote.world.step(draft("draw.requested/1", "EAST", body.clone()));
    remote.world.now += 2 * hour() + 1;
    body["silent"] = json!([]);
    remote.world.refused(draft("draw.requested/1", "EAST", body).at(remote.world.step), "draw.beacon_stands");
}
