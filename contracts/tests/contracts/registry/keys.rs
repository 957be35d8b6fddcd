//! Keys with purposes and ends, and the codes organisations are registered with.

use biaozheng_contracts::parties;
use biaozheng_contracts::{CreditCode, credit_code_commitment};
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, key, org};
use biaozheng_scenes::tender::{opened, registered, revealed, sealed};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn note(by: &str) -> Draft {
    draft("evidence.recorded/1", by, json!({"note": "x"}))
}

fn add_key(by: &str, new: &str, purposes: &[&str], until: Option<u64>) -> Draft {
    let mut body = json!({"org": by, "key": key(new).public(), "purposes": purposes});
    if let Some(until) = until {
        body["valid_until_ms"] = json!(until);
    }
    let mut draft = draft("participant.key_added/1", by, body);
    draft.by.push((by.into(), key(new)));
    draft
}

#[test]
pub(crate) fn keys_hold_for_their_time_and_purpose() {
    let mut world = World::new();
    let end = world.now + day();
    // The new key proves that it is held; a stranger's public key cannot be claimed.
    let mut unproven = add_key("B1", "B1-phone", &["session"], Some(end));
    unproven.by.pop();
    world.refused(unproven, "key.proof");
    world.refused(add_key("B1", "B2", &["sign"], None), "key.taken");
    world.refused(add_key("B1", "B1-phone", &[], Some(end)), "key.validity");
    world.refused(add_key("B1", "B1-phone", &["sign", "sign"], Some(end)), "key.validity");
    world.refused(add_key("B1", "B1-phone", &["sign"], Some(world.now)), "key.validity");
    world.fine(add_key("B1", "B1-phone", &["sign"], Some(world.now + 1)));
    let mut foreign = add_key("B1", "B1-phone", &["sign"], None);
    foreign.by[0] = ("B2".into(), key("B2"));
    world.refused(foreign, "participant.role");
    world.ok(add_key("B1", "B1-phone", &["session"], Some(end)));
    world.ok(add_key("B1", "B1-seal", &["seal"], None));
    // Purposes: a session key notes, it neither bids nor rotates keys; a seal signs what a seal signs.
    world.fine(note("B1").with_key(key("B1-phone")));
    world.fine(note("B1").with_key(key("B1-seal")));
    let rotate = |with: &str| {
        let body =
            json!({"org": "B1", "old": key(with).public(), "new": key("B1-x").public(), "reason": "到期"});
        draft("participant.key_rotated/1", "B1", body).with_key(key(with))
    };
    world.refused(rotate("B1-phone"), "key.purpose");
    world.refused(rotate("B1-seal"), "key.purpose");
    world.fine(rotate("B1"));
    // Validity: to the last millisecond by block time, and not one more.
    world.now = end - 1;
    world.fine(note("B1").with_key(key("B1-phone")));
    world.now = end;
    world.refused(note("B1").with_key(key("B1-phone")), "key.expired");
    world.fine(note("B1"));
    // A cosigner's key is judged like the author's.
    let mut both = note("B2");
    both.by.push(("B1".into(), key("B1-phone")));
    world.refused(both, "key.expired");
    // A rotated key keeps its purposes and takes an end of its own.
    let body = json!({
        "org": "B1", "old": key("B1-seal").public(), "new": key("B1-seal-2").public(), "reason": "更换",
        "valid_until_ms": world.now,
    });
    let by_city = |body: &Value| draft("participant.key_rotated/1", "CITY", body.clone());
    world.refused(by_city(&body), "key.validity");
    let mut body = body;
    body["valid_until_ms"] = json!(world.now + 1);
    world.ok(by_city(&body));
    world.refused(rotate("B1-seal-2"), "key.purpose");
    world.fine(note("B1").with_key(key("B1-seal-2")));
    // Revoked: the reason and time stand on chain, and a later signature is refused.
    let body = json!({"org": "B1", "key": key("B1").public(), "reason": "compromised", "note": "私钥泄露"});
    world.refused(draft("participant.key_revoked/1", "B2", body.clone()), "participant.role");
    world.ok(draft("participant.key_revoked/1", "B1", body.clone()));
    world.refused(note("B1"), "key.revoked");
    world.refused(draft("participant.key_revoked/1", "CITY", body), "key.unknown");
    let shown = parties::view::participant(&world.state, &org("B1")).unwrap().unwrap();
    let held = |name: &str| {
        let public = json!(key(name).public());
        shown["keys"].as_array().unwrap().iter().find(|held| held["key"] == public).unwrap().clone()
    };
    let revoked = held("B1");
    assert_eq!(revoked["revocation"]["reason"], "compromised");
    assert_eq!(revoked["revocation"]["time_ms"], json!(world.now));
    assert_eq!(revoked["until"], json!(world.height + 1), "the revoking block is the last that it signs");
    assert_eq!(held("B1-phone")["purposes"], json!(["session"]));
    world.ok(draft("participant.revoked/1", "CITY", json!({"org": "B4", "reason": "注销"})));
    let gone = parties::view::participant(&world.state, &org("B4")).unwrap().unwrap();
    assert_eq!((&gone["revocation"]["note"], &gone["revocation"]["reason"]), (&json!("注销"), &Value::Null));
}

/// The agency registers a project and the tenderee signs beside it: with a key that holds, or the record is refused,
/// whatever its type and though the author's own key is good.
#[test]
pub(crate) fn a_cosigner_answers_for_its_key_like_the_author() {
    let mut world = World::new();
    let end = world.now + day();
    world.ok(add_key("OWNER", "OWNER-2", &["sign"], None));
    world.ok(add_key("OWNER", "OWNER-short", &["sign"], Some(end)));
    world.ok(add_key("OWNER", "OWNER-seal", &["seal"], None));
    let mut body = registered();
    body["agency"] = json!("AGENT");
    let beside = |org: &str, with: &str| {
        let mut record = draft("project.registered/1", "AGENT", body.clone());
        record.by.push((org.into(), key(with)));
        record.at(None)
    };
    for with in ["OWNER", "OWNER-2", "OWNER-short"] {
        world.fine(beside("OWNER", with));
    }
    world.refused(beside("OWNER", "OWNER-seal"), "key.purpose");
    world.refused(beside("OWNER", "never entered"), "key.unknown");
    world.refused(beside("OWNER", "B1"), "key.unknown");
    world.refused(beside("NOBODY", "NOBODY"), "participant.unknown");
    let lost = json!({"org": "OWNER", "key": key("OWNER").public(), "reason": "lost", "note": "U 盾遗失"});
    world.ok(draft("participant.key_revoked/1", "OWNER", lost).with_key(key("OWNER-2")));
    world.refused(beside("OWNER", "OWNER"), "key.revoked");
    world.now = end;
    world.refused(beside("OWNER", "OWNER-short"), "key.expired");
    world.ok(draft("participant.revoked/1", "CITY", json!({"org": "B4", "reason": "注销"})));
    world.refused(beside("B4", "B4"), "participant.revoked");
    world.ok(beside("OWNER", "OWNER-2"));
}

/// What a key signed before its revocation stays: the bid is opened, with another key of the same bidder.
#[test]
pub(crate) fn a_revoked_keys_earlier_bid_is_opened() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    let bids = ["B1", "B2", "B3"].map(|name| (name, world.seal(name, Some(90_000_000))));
    world.ok(add_key("B1", "B1-2", &["sign"], None));
    let body = json!({"org": "B1", "key": key("B1").public(), "reason": "lost", "note": "U 盾遗失"});
    world.ok(draft("participant.key_revoked/1", "B1", body).with_key(key("B1-2")));
    world.refused(sealed("B1", Some(1), 2).at(world.terms), "key.revoked");
    world.fine(sealed("B1", Some(1), 2).at(world.terms).with_key(key("B1-2")));
    world.now = world.deadline();
    for (name, record) in bids {
        let signing = if name == "B1" { "B1-2" } else { name };
        world.ok(revealed(name, Some(90_000_000)).at(Some(record)).with_key(key(signing)));
    }
    world.step(opened(&["B1", "B2", "B3"]));
}

#[test]
pub(crate) fn credit_codes_are_unique_and_a_persons_stays_a_commitment() {
    let mut world = World::new();
    let code = "91350100M000100Y43";
    let register = |name: &str, field: &str, value: &str| {
        let body =
            json!({"org": name, "name": name, "roles": ["bidder"], "key": key(name).public(), field: value});
        draft("participant.registered/1", "CITY", body)
    };
    world.refused(register("N1", "credit_code", "91350100M000100Y44"), "record.body");
    world.ok(register("N1", "credit_code", code));
    world.refused(register("N2", "credit_code", code), "participant.credit_code");
    assert_eq!(
        parties::view::credit_code(&world.state, &org("N1")).unwrap(),
        Some(json!({"credit_code": code}))
    );
    let commitment = credit_code_commitment(&CreditCode::new(code).unwrap(), &[3; 32]).to_string();
    world.ok(register("N2", "credit_code_commitment", &commitment));
    world.refused(register("N3", "credit_code_commitment", &commitment), "participant.credit_code");
    assert_eq!(
        parties::view::credit_code(&world.state, &org("N2")).unwrap(),
        Some(json!({"commitment": commitment}))
    );
    // A person's code is never written openly.
    let mut person = register("N4", "credit_code", "91350100M000100Y43");
    person.body["roles"] = json!(["expert"]);
    person.body["identity"] = json!(Digest::of(b"salted").to_string());
    person.body.as_object_mut().unwrap().remove("name");
    world.refused(person, "participant.credit_code");
}
