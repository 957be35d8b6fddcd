//! On a chain with a group its beacon draws; parties commit and reveal only when it does not answer.

use super::remote::*;
use super::threshold::grouped_in;
use super::world::*;

const PARTIES: [&str; 3] = ["CITY", "EAST", "REG"];

fn late(world: &World) -> Value {
    view::project(&world.state, &project()).unwrap().unwrap()["late"].clone()
}

#[test]
pub(crate) fn parties_commit_and_reveal_only_when_the_group_stays_silent() {
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
    // Not before the window is over.
    remote.world.now += 2 * hour();
    remote.world.refused(request(&remote, false, &[]), "draw.pending");
    remote.world.now += 1;
    // The group may still answer; then the draw is settled.
    let mut settled = remote.clone();
    settled.world = answered(&remote.world);
    settled.world.refused(request(&settled, false, &[]), "draw.settled");
    // It may be asked once more, or the parties take over; nobody of them was silent.
    remote.world.fine(request(&remote, true, &[]));
    remote.world.refused(request(&remote, false, &["REG"]), "draw.silent");
    assert_eq!(late(&remote.world), json!([]));
    remote.request(&PARTIES, &[]);
    assert_eq!(late(&remote.world), json!(["randomness_window"]));
    // The group's answer comes too late now: this request is not for the beacon.
    let label = biaozheng_seal::label::Label::beacon(&chain(), &Digest::of(b"late"));
    let wrong = made.sign(&label);
    let wrong = json!({"signature": hex::encode(wrong.to_bytes())});
    remote.world.refused(draft("beacon.recovered/1", "CITY", wrong).at(None), "randomness.commitment");
    // A party that stays silent is named; the others commit anew without waiting for the beacon again.
    for party in ["CITY", "EAST"] {
        let commitment = remote.commit_of(party);
        remote.world.ok(commitment);
    }
    remote.world.now += 2 * hour() + 1;
    remote.request(&PARTIES, &["REG"]);
    remote.randomness(&PARTIES);
    remote.seat();
}
