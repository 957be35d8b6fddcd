//! The key ceremony through records, and tokens.

use biaozheng_contracts::sealing::{group, requests, running, tokens};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::setting::{chain, day, key};
use biaozheng_scenes::threshold::{
    MEMBERS, Threshold, grouped, node, of_bids, of_tokens, run_ceremony, said, seed, signed_by, started,
};
use biaozheng_scenes::world::World;
use biaozheng_seal::dkg;
use biaozheng_seal::group::sign_partial;
use biaozheng_seal::label::{Label, Slot};
use biaozheng_seal::tokens::{request_token, sign_blindly};
use serde_json::{Value, json};

#[test]
pub(crate) fn refusals() {
    let mut world = World::new();
    let now = world.now;
    let start = |purpose: Value, epoch| started(now, purpose, epoch, &MEMBERS);
    let dkg = |body: Value| signed_by(body, &MEMBERS);
    world.refused(draft("dkg.started/1", "EAST", start(of_bids(), 0)).also("CITY"), "participant.role");
    world.refused(dkg(start(of_bids(), 1)), "dkg.terms");
    world.refused(dkg(start(json!({"kind": "sealing", "slot_ms": 0, "ahead": 1}), 0)), "dkg.terms");
    world.refused(dkg(start(of_tokens(2, now + day()), 0)), "dkg.terms");
    let mut unreadable = start(of_bids(), 0);
    unreadable["members"][1]["member"] = json!("00");
    world.refused(dkg(unreadable), "dkg.terms");
    // A share key of small order would be taken, and no honest member could deal. The refusal names whose it is.
    let mut small = start(of_bids(), 0);
    let mut keys = node("EAST").member().to_bytes();
    keys[32..].fill(0);
    small["members"][1]["member"] = json!(hex::encode(keys));
    let refused = world.refused(dkg(small), "dkg.terms");
    assert!(refused.message.contains("EAST: share key of small order"), "{refused}");
    world.refused(dkg(started(now - 60_000, of_bids(), 0, &MEMBERS)), "dkg.terms");
    let early = dkg::deal;
    world.refused(said("dkg.dealt/1", "CITY", "sealing", b"x"), "dkg.none");
    world.ok(dkg(start(of_bids(), 0)));
    world.refused(dkg(start(of_bids(), 0)), "dkg.running");
    let board = |world: &World| {
        running::ceremonies(&world.state, &chain(), TimeMs::new(world.now)).unwrap().remove(0).board
    };
    let ceremony = board(&world).ceremony().clone();
    let deal = early(&ceremony, &node("CITY"), None, &seed("CITY")).unwrap().to_bytes();
    world.refused(said("dkg.dealt/1", "CITY", "sealing", b"x"), "sealed.form");
    world.refused(said("dkg.dealt/1", "EAST", "sealing", &deal), "dkg.member");
    let mut spoiled = deal.clone();
    *spoiled.last_mut().unwrap() ^= 1;
    assert!(world.clone().run(said("dkg.dealt/1", "CITY", "sealing", &spoiled)).is_err());
    world.ok(said("dkg.dealt/1", "CITY", "sealing", &deal));
    world.refused(said("dkg.dealt/1", "CITY", "sealing", &deal), "dkg.message");
    let given = dkg::acknowledge(&ceremony, &node("EAST"), board(&world).deals().next().unwrap()).unwrap();
    let acknowledged = |by: &str| said("dkg.acknowledged/1", by, "sealing", &given.to_bytes());
    let reject = world.refused(acknowledged("EAST"), "dkg.message");
    assert!(reject.message.contains("Dealing"), "{reject}");
    world.now += 60_000;
    world.refused(acknowledged("REG"), "dkg.member");
    world.ok(acknowledged("EAST"));
    world.refused(acknowledged("EAST"), "dkg.message");
    let late = early(&ceremony, &node("WEST"), None, &seed("WEST")).unwrap().to_bytes();
    world.refused(said("dkg.dealt/1", "WEST", "sealing", &late), "dkg.message");
    world.now += 120_000;
    // One dealer of four: no keys, and the city centre begins again.
    world.refused(said("dkg.finalised/1", "CITY", "sealing", &[0; 64]), "dkg.result");
    world.refused(said("dkg.finalised/1", "B1", "sealing", &[0; 64]), "dkg.member");
    let now = world.now;
    world.fine(dkg(started(now, of_bids(), 0, &MEMBERS)));

    let made = grouped();
    made.world.refused(said("dkg.dealt/1", "CITY", "sealing", &deal), "dkg.none");
    let now = made.world.now;
    let other = json!({"kind": "sealing", "slot_ms": 1000, "ahead": 1});
    made.world.refused(dkg(started(now, other, 1, &MEMBERS)), "dkg.terms");
    made.world.refused(dkg(started(now, of_bids(), 0, &MEMBERS)), "dkg.terms");
    made.world.refused(
        draft(
            "participant.registered/1",
            "CITY",
            json!({"org": "TOKEN", "name": "T", "roles": ["bidder"], "key": key("TOKEN").public()}),
        ),
        "participant.exists",
    );
}

#[test]
fn wrong_keys_are_not_finalised_and_a_key_dealt_anew_opens_what_was_sealed_before() {
    let mut made = grouped();
    let before = made.keys();
    let old: Vec<_> = MEMBERS.iter().copied().zip(made.shares.iter().cloned()).collect();
    let members = ["CITY", "EAST", "WEST", "REG", "NORTH"];
    let stays: Vec<_> = old.iter().filter(|(name, _)| members.contains(name)).cloned().collect();
    let shares = run_ceremony(&mut made.world, of_bids(), 1, &members, &stays);
    let after = made.keys();
    assert_eq!(after.keys.group_key(), before.keys.group_key());
    assert_eq!((after.keys.epoch().get(), after.keys.polynomial().members()), (1, 5));
    let label = Label::slot(&chain(), Slot::new(1));
    let parts: Vec<_> = shares[1..].iter().map(|share| sign_partial(share, &label).unwrap()).collect();
    let signature =
        biaozheng_seal::group::recover(&after.keys.polynomial(), &label, &parts).unwrap().signature;
    assert_eq!(signature, sign_with_old(&made, &before, &label));
}

fn sign_with_old(
    made: &Threshold,
    keys: &group::SealingKeys,
    label: &Label,
) -> biaozheng_seal::group::GroupSignature {
    let parts: Vec<_> = made.shares[1..].iter().map(|one| sign_partial(one, label).unwrap()).collect();
    biaozheng_seal::group::recover(&keys.keys.polynomial(), label, &parts).unwrap().signature
}

#[test]
pub(crate) fn tokens_are_counted_and_a_tampered_signature_is_named() {
    let mut made = grouped();
    let group = made.token_keys().group;
    let ask = |count: usize| {
        let points: Vec<_> =
            (0..count).map(|n| *request_token(&group, &seed(&format!("t{n}"))).request()).collect();
        json!({"epoch": 1, "points": tokens::points_text(&points)})
    };
    let asked = |by: &str, body: Value| draft("token.requested/1", by, body);
    made.world.refused(asked("OWNER", ask(1)), "participant.role");
    made.world.refused(asked("B1", ask(9)), "token.quota");
    made.world.refused(asked("CITY", ask(33)), "token.quota");
    let mut other = ask(1);
    other["epoch"] = json!(2);
    made.world.refused(asked("B1", other), "sealing.no_group");
    made.world.refused(asked("B1", json!({"epoch": 1, "points": ["AA=="]})), "sealed.form");
    let first = made.world.ok(asked("B1", ask(6)));
    made.world.refused(asked("B1", ask(3)), "token.quota");
    made.world.fine(asked("B1", ask(2)));

    // A signature over another point, and one in another member's name.
    let (other, _) = made.ask("B2", 6);
    let mut tampered = made.blind(other, 0);
    tampered.body["request"] = json!(first);
    let reject = made.world.refused(tampered, "token.partial");
    let index = made.token_shares[0].index();
    assert!(reject.message.contains(&format!("member {index}")), "{reject}");
    let mut stolen = made.blind(first, 1);
    stolen.by = vec![("CITY".into(), key("CITY"))];
    made.world.refused(stolen, "sealing.member");
    let good = |made: &Threshold, place| made.blind(first, place);
    let signed = good(&made, 0);
    made.world.ok(signed);
    made.world.refused(good(&made, 0), "token.request");
    let fourth = good(&made, 3);
    for place in [1, 2] {
        let signed = good(&made, place);
        made.world.ok(signed);
    }
    made.world.refused(fourth, "token.request");
    assert!(
        requests::unsigned_requests(&made.world.state, |_| true)
            .unwrap()
            .iter()
            .all(|one| one.record != first)
    );
    // A share of the bids' group signs no token, whatever it is asked.
    let point = *request_token(&group, &seed("x")).request();
    assert!(sign_blindly(&group, &made.shares[0], &point).is_err());
}
