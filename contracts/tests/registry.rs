//! Keys, credit, licences, ratings, digital witness, imported history, indicators: each rule just inside and just outside.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/world.rs"]
mod world;

use biaozheng_contracts::acts::licence::LicenceKind;
use biaozheng_contracts::{CODES_REGISTRY, CreditCode, credit_code_commitment};
use biaozheng_ledger::ids::{CameraId, SittingId};
use biaozheng_ledger::witness_chain::{Batch, ChainState, Finding, OnHand, Segment, compare, replay};
use world::*;

const KIND: &str = "建筑工程施工总承包一级";

/// Every refusal of this area is met, each beside what is just inside the rule.
#[test]
fn every_rule_refuses_just_outside_and_every_code_is_met() {
    keys_hold_for_their_time_and_purpose();
    credit_codes_are_unique_and_a_persons_stays_a_commitment();
    credit_events_count_until_they_expire_or_are_overturned();
    a_penalised_bid_is_sealed_like_any_other_and_out_at_the_opening();
    licences_change_only_by_their_authority();
    a_revoked_licence_blocks_and_an_earlier_opening_keeps_its_finding();
    each_participant_rates_a_finished_step_once();
    a_sitting_is_logged_chained_and_reported();
    cameras_and_incidents_are_bounded();
    imported_history_stays_apart();
    indicators_are_recomputed();
    let missed: Vec<_> = SEEN
        .with(|seen| CODES_REGISTRY.iter().filter(|code| !seen.borrow().contains(*code)).copied().collect());
    assert!(missed.is_empty(), "no test meets {missed:?}");
}

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
fn keys_hold_for_their_time_and_purpose() {
    let mut world = World::new();
    let end = world.now + DAY;
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
    let shown = view::participant(&world.state, &org("B1")).unwrap().unwrap();
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
    let gone = view::participant(&world.state, &org("B4")).unwrap().unwrap();
    assert_eq!((&gone["revocation"]["note"], &gone["revocation"]["reason"]), (&json!("注销"), &Value::Null));
}

/// What a key signed before its revocation stays: the bid is opened, with another key of the same bidder.
#[test]
fn a_revoked_keys_earlier_bid_is_opened() {
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
fn credit_codes_are_unique_and_a_persons_stays_a_commitment() {
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
        view::registry::credit_code(&world.state, &org("N1")).unwrap(),
        Some(json!({"credit_code": code}))
    );
    let commitment = credit_code_commitment(&CreditCode::new(code).unwrap(), &[3; 32]).to_string();
    world.ok(register("N2", "credit_code_commitment", &commitment));
    world.refused(register("N3", "credit_code_commitment", &commitment), "participant.credit_code");
    assert_eq!(
        view::registry::credit_code(&world.state, &org("N2")).unwrap(),
        Some(json!({"commitment": commitment}))
    );
    // A person's code is never written openly.
    let mut person = register("N4", "credit_code", "91350100M000100Y43");
    person.body["roles"] = json!(["expert"]);
    person.body["identity"] = json!(Digest::of(b"salted").to_string());
    person.body.as_object_mut().unwrap().remove("name");
    world.refused(person, "participant.credit_code");
}

fn credit(by: &str, severity: &str, from: u64, expires: u64) -> Draft {
    let body = json!({
        "subject": "B2", "kind": "bidding_ban", "source": "某市住建局 2026-17 号", "basis": "招标投标法54",
        "severity": severity, "from_ms": from, "expires_ms": expires,
    });
    draft("credit.recorded/1", by, body)
}

fn appeal(by: &str, event: RecordId) -> Draft {
    let mut draft = draft("credit.appealed/1", by, json!({"event": event, "text": "处罚已撤销"}));
    draft.previous = Some(event);
    draft
}

fn decide(by: &str, appeal: RecordId, overturned: bool) -> Draft {
    let body = json!({"appeal": appeal, "overturned": overturned, "reason": "经复核"});
    let mut draft = draft("credit.appeal_decided/1", by, body);
    draft.previous = Some(appeal);
    draft
}

#[test]
fn credit_events_count_until_they_expire_or_are_overturned() {
    let mut world = World::new();
    let (from, end) = (world.now, world.now + DAY);
    world.refused(credit("B1", "disqualifying", from, end), "participant.role");
    world.refused(credit("REG", "disqualifying", end, end), "credit.form");
    world.fine(credit("EAST", "disqualifying", end - 1, end));
    let mut praise = credit("CITY", "warning", from, end);
    praise.body["kind"] = json!("commendation");
    world.refused(praise, "credit.form");
    let mut unknown = credit("REG", "warning", from, end);
    unknown.body["subject"] = json!("NOBODY");
    world.refused(unknown, "participant.unknown");
    let event = world.ok(credit("REG", "disqualifying", from, end));
    let holds = |world: &World, now: u64| {
        let shown = view::registry::credit(&world.state, &org("B2"), TimeMs::new(now)).unwrap();
        shown["events"][0]["disqualifies"].as_bool().unwrap()
    };
    assert_eq!([holds(&world, from - 1), holds(&world, from)], [false, true]);
    assert_eq!([holds(&world, end - 1), holds(&world, end)], [true, false]);
    // Only its subject appeals, once; only a regulator decides, once.
    world.refused(appeal("B1", event), "participant.role");
    world.refused(appeal("B2", world.step.unwrap_or(RecordId::new(Digest::of(b"?")))), "credit.unknown");
    let appealed = world.ok(appeal("B2", event));
    world.refused(appeal("B2", event), "credit.appealed_already");
    world.refused(appeal("B2", appealed), "credit.unknown");
    assert!(holds(&world, from), "an appeal alone suspends nothing");
    world.refused(decide("EAST", appealed, true), "participant.role");
    world.refused(decide("REG", event, true), "credit.appeal_unknown");
    let mut upheld = world.clone();
    upheld.ok(decide("REG", appealed, false));
    assert!(holds(&upheld, from));
    world.ok(decide("REG", appealed, true));
    assert!(!holds(&world, from));
    world.refused(decide("REG", appealed, false), "credit.appeal_unknown");
}

/// Published, with bids of B1, B2 and B3, opened at the deadline.
fn opened_with(change: impl FnOnce(&mut World)) -> World {
    let mut world = World::new();
    world.register();
    let body = world.published();
    world.publish(body);
    change(&mut world);
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    world
}

fn report_without(world: &World, out: &[&str], rows: &[(&str, u64)]) -> Draft {
    let out: Vec<Value> = out
        .iter()
        .map(|name| json!({"bid": {"bidder": name, "number": 1}, "reason": "开标时不具备资格"}))
        .collect();
    let body = json!({"lots": [{"lot": "1", "ranking": ranked(rows), "disqualified": out}]});
    (1..=5).fold(draft("evaluation.reported/1", "EAST", body), |d, n| d.also(&format!("M{n}"))).at(world.step)
}

const ALL: &[(&str, u64)] = &[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)];

#[test]
fn a_penalised_bid_is_sealed_like_any_other_and_out_at_the_opening() {
    // The bid is accepted: a refusal would tell that B2 wanted to bid.
    let blocked = opened_with(|world| {
        let deadline = world.deadline();
        world.ok(credit("REG", "disqualifying", world.now, deadline + 1));
    });
    let shown = view::registry::eligibility(&blocked.state, &project()).unwrap();
    assert_eq!(shown["bids"][1]["bidder"], "B2");
    assert_eq!(shown["bids"][1]["eligible"], false);
    let reject = blocked.refused(report_without(&blocked, &[], ALL), "eligibility.not_disqualified");
    assert_eq!(reject.article.as_deref(), Some("招标投标法54"));
    blocked.fine(report_without(&blocked, &["B2"], &ALL[1..]));
    let drawing = draft(
        "lot.drawn/1",
        "EAST",
        json!({"lot": "1", "order": [{"bidder": "B1", "number": 1}], "method": "抽签"}),
    );
    blocked.refused(drawing.at(blocked.step), "eligibility.not_disqualified");
    // It expires with the opening's block time: it blocks no longer.
    for (severity, ends_early) in [("disqualifying", true), ("warning", false)] {
        let free = opened_with(|world| {
            let deadline = world.deadline();
            world.ok(credit("REG", severity, world.now, deadline + u64::from(!ends_early)));
        });
        free.fine(report_without(&free, &[], ALL));
    }
    // Overturned before the opening: it blocks no longer.
    let free = opened_with(|world| {
        let deadline = world.deadline();
        let event = world.ok(credit("REG", "disqualifying", world.now, deadline + DAY));
        let appealed = world.ok(appeal("B2", event));
        world.ok(decide("REG", appealed, true));
    });
    free.fine(report_without(&free, &[], ALL));
    // Recorded after the opening: this tender stands as it was judged.
    let mut later = opened_with(|_| {});
    later.ok(credit("REG", "disqualifying", 0, later.now + DAY));
    later.fine(report_without(&later, &[], ALL));
    // Nothing is found, and nothing shows, before the opening.
    let mut before = World::new();
    before.register();
    before.publish(before.published());
    before.seal("B2", Some(1));
    assert_eq!(view::registry::eligibility(&before.state, &project()).unwrap()["bids"], json!([]));
}

/// Lots are judged apart, and by the same bidder's standing.
#[test]
fn a_penalised_bidder_is_out_in_every_lot_it_bids_in() {
    let mut world = World::new();
    world.register();
    let mut body = world.published();
    let lot = |id: &str| json!({"id": id, "title": "标段", "estimate": 100_000_000, "ceiling": 99_000_000});
    body["lots"] = json!([lot("1"), lot("2")]);
    world.publish(body);
    let deadline = world.deadline();
    world.ok(credit("REG", "disqualifying", world.now, deadline + 1));
    let mut held = Vec::new();
    for lot in ["1", "2"] {
        for (name, price) in ALL {
            let bid = BidName { bidder: org(name), number: 1 };
            let commitment = bid::commitment(&project(), lot, &bid, &[9; 32], &text(Some(*price)));
            let mut sealing = sealed(name, Some(*price), 1);
            sealing.body["lot"] = json!(lot);
            sealing.body["commitment"] = json!(commitment.to_string());
            held.push((lot, *name, *price, world.ok(sealing.at(world.terms))));
        }
    }
    world.now = deadline;
    for (lot, name, price, record) in held {
        let mut reveal = revealed(name, Some(price));
        reveal.body["lot"] = json!(lot);
        world.ok(reveal.at(Some(record)));
    }
    let mut opening = opened(&["B1", "B2", "B3"]);
    let names = opening.body["lots"][0]["bids"].clone();
    opening.body = json!({"lots": [{"lot": "1", "bids": names}, {"lot": "2", "bids": names}]});
    world.step(opening);
    world.draw();
    let out = json!([{"bid": {"bidder": "B2", "number": 1}, "reason": "开标时不具备资格"}]);
    let report = |second: Value, rows: Value| {
        let body = json!({"lots": [
            {"lot": "1", "ranking": ranked(&ALL[1..]), "disqualified": out},
            {"lot": "2", "ranking": rows, "disqualified": second},
        ]});
        (1..=5)
            .fold(draft("evaluation.reported/1", "EAST", body), |d, n| d.also(&format!("M{n}")))
            .at(world.step)
    };
    world.refused(report(json!([]), ranked(ALL)), "eligibility.not_disqualified");
    world.fine(report(out.clone(), ranked(&ALL[1..])));
    let shown = view::registry::eligibility(&world.state, &project()).unwrap();
    let eligible: Vec<_> =
        shown["bids"].as_array().unwrap().iter().map(|bid| bid["eligible"].clone()).collect();
    assert_eq!(json!(eligible), json!([true, false, true, true, false, true]));
}

fn authority(world: &mut World) {
    let body = json!({"authority": "REG", "kinds": [KIND]});
    world.ok(draft("licence.authority_named/1", "CITY", body));
}

fn issue(world: &World, number: &str, holder: &str) -> Draft {
    let body = json!({
        "number": number, "holder": holder, "kind": KIND, "valid_from_ms": world.now,
        "valid_until_ms": world.now + 100 * DAY, "document": Digest::of(b"pdf").to_string(),
    });
    draft("licence.issued/1", "REG", body)
}

fn changed(kind: &'static str, by: &str, number: &str) -> Draft {
    draft(kind, by, json!({"number": number, "reason": "依法处理"}))
}

fn status(world: &World, number: &str) -> String {
    let number = LicenceKind::new(number).unwrap();
    let shown = view::registry::licence(&world.state, &org("REG"), &number, TimeMs::new(world.now));
    shown.unwrap().unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
fn licences_change_only_by_their_authority() {
    let mut world = World::new();
    world.refused(issue(&world, "D1", "B1"), "licence.authority");
    let named = |kinds: Value| {
        draft("licence.authority_named/1", "CITY", json!({"authority": "REG", "kinds": kinds}))
    };
    let many = |count: usize| named((0..count).map(|n| json!(format!("kind {n}"))).collect());
    world.fine(many(16));
    world.refused(many(17), "licence.kinds");
    world.refused(named(json!([KIND, KIND])), "licence.kinds");
    world.refused(named(json!([" outer"])), "record.body");
    world.refused(
        draft("licence.authority_named/1", "EAST", json!({"authority": "REG", "kinds": []})),
        "participant.role",
    );
    authority(&mut world);
    let mut empty = issue(&world, "D1", "B1");
    empty.body["valid_until_ms"] = json!(world.now);
    world.refused(empty, "licence.validity");
    world.refused(issue(&world, "D1", "NOBODY"), "participant.unknown");
    world.ok(issue(&world, "D1", "B1"));
    world.refused(issue(&world, "D1", "B2"), "licence.exists");
    assert_eq!(status(&world, "D1"), "valid");
    // Another organisation knows no such licence, an authority too.
    world.refused(changed("licence.revoked/1", "EAST", "D1"), "licence.unknown");
    world.refused(changed("licence.reinstated/1", "REG", "D1"), "licence.status");
    let suspend = |until: u64| {
        draft("licence.suspended/1", "REG", json!({"number": "D1", "reason": "整改", "until_ms": until}))
    };
    world.refused(suspend(world.now), "licence.validity");
    let mut timed = world.clone();
    timed.ok(suspend(timed.now + 10));
    assert_eq!(status(&timed, "D1"), "suspended");
    timed.refused(suspend(timed.now + 10), "licence.status");
    timed.now += 10;
    assert_eq!(status(&timed, "D1"), "valid");
    world.ok(changed("licence.suspended/1", "REG", "D1"));
    world.now += 50 * DAY;
    assert_eq!(status(&world, "D1"), "suspended");
    world.ok(changed("licence.reinstated/1", "REG", "D1"));
    assert_eq!(status(&world, "D1"), "valid");
    let mut old = world.clone();
    old.now += 50 * DAY - 1;
    assert_eq!(status(&old, "D1"), "valid");
    old.now += 1;
    assert_eq!(status(&old, "D1"), "expired");
    world.ok(changed("licence.revoked/1", "REG", "D1"));
    assert_eq!(status(&world, "D1"), "revoked");
    for kind in ["licence.suspended/1", "licence.reinstated/1", "licence.revoked/1"] {
        world.refused(changed(kind, "REG", "D1"), "licence.status");
    }
    let shown = view::registry::licences(&world.state, &org("B1"), TimeMs::new(world.now)).unwrap();
    assert_eq!(shown[0]["changes"].as_array().unwrap().len(), 3);
}

#[test]
fn a_revoked_licence_blocks_and_an_earlier_opening_keeps_its_finding() {
    let mut start = World::new();
    authority(&mut start);
    for name in ["B1", "B2", "B3"] {
        start.ok(issue(&start, &format!("D-{name}"), name));
    }
    start.register();
    let with = |kinds: Value| {
        let mut body = start.published();
        body["required_licences"] = kinds;
        body
    };
    let publish = |kinds: Value| draft("tender.published/1", "OWNER", with(kinds)).at(start.step);
    start.refused(publish(json!([KIND, KIND])), "licence.kinds");
    let opened_after = |change: &dyn Fn(&mut World)| {
        let mut world = start.clone();
        world.publish(with(json!([KIND])));
        change(&mut world);
        world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
        world.draw();
        world
    };
    let mut all = opened_after(&|_| {});
    all.fine(report_without(&all, &[], ALL));
    // Revoked after the opening: the earlier bid keeps its history, with the licence it was judged by.
    all.ok(changed("licence.revoked/1", "REG", "D-B2"));
    let shown = view::registry::eligibility(&all.state, &project()).unwrap();
    assert_eq!(shown["required_licences"], json!([KIND]));
    assert_eq!(
        (&shown["bids"][1]["eligible"], shown["bids"][1]["licences"].as_array().unwrap().len()),
        (&json!(true), 1)
    );
    all.fine(report_without(&all, &[], ALL));
    // Revoked or suspended between sealing and opening: the bid is out.
    for kind in ["licence.revoked/1", "licence.suspended/1"] {
        let blocked = opened_after(&|world| {
            world.ok(changed(kind, "REG", "D-B2"));
        });
        blocked.refused(report_without(&blocked, &[], ALL), "eligibility.not_disqualified");
        blocked.fine(report_without(&blocked, &["B2"], &ALL[1..]));
        let shown = view::registry::eligibility(&blocked.state, &project()).unwrap();
        assert_eq!(shown["bids"][1]["missing_licences"], json!([KIND]));
    }
    let back = opened_after(&|world| {
        world.ok(changed("licence.suspended/1", "REG", "D-B2"));
        world.ok(changed("licence.reinstated/1", "REG", "D-B2"));
    });
    back.fine(report_without(&back, &[], ALL));
}

fn rating(by: &str, step: &str, points: u8) -> Draft {
    draft("rating.given/1", by, json!({"step": step, "rating": points, "text": "办理及时"})).at(None)
}

#[test]
fn each_participant_rates_a_finished_step_once() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    world.seal("B1", Some(1));
    // Before the opening a bidder's rating would tell that it bids; the tenderee is known.
    world.refused(rating("B1", "published", 5), "rating.party");
    world.fine(rating("OWNER", "published", 5));
    let mut world = evaluated();
    world.refused(rating("B4", "opened", 5), "rating.party");
    world.refused(rating("EAST", "opened", 5), "rating.party");
    world.refused(rating("B1", "publicised", 5), "rating.step");
    world.refused(rating("B1", "opened", 0), "rating.range");
    world.refused(rating("B1", "opened", 6), "rating.range");
    let text = |length: usize| {
        draft("rating.given/1", "B1", json!({"step": "opened", "rating": 1, "text": "x".repeat(length)}))
            .at(None)
    };
    world.fine(text(500));
    world.refused(text(501), "rating.range");
    world.ok(rating("B1", "opened", 1));
    world.refused(rating("B1", "opened", 5), "rating.once");
    world.ok(rating("B1", "evaluated", 4));
    world.ok(rating("B2", "opened", 5));
    world.ok(rating("OWNER", "opened", 5));
    let shown = view::registry::ratings(&world.state, &project()).unwrap();
    let opened = json!({"step": "opened", "counts": [1, 0, 0, 0, 2], "ratings": 3, "sum": 11});
    let evaluated = json!({"step": "evaluated", "counts": [0, 0, 0, 1, 0], "ratings": 1, "sum": 4});
    assert_eq!(shown, json!([opened, evaluated]));
    assert_eq!(view::registry::centre_ratings(&world.state, &org("EAST")).unwrap(), shown);
    // The archive covers every record of its project: nothing is rated after it.
    world.step(draft("tender.failed/1", "OWNER", json!({"reason": "x"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    world.refused(rating("B3", "opened", 5), "rating.step");
}

fn logged(world: &World, sequence: u32, event: &str, person: Option<&str>) -> Draft {
    let mut body = json!({
        "sitting": "opening", "sequence": sequence, "event": event, "at_ms": world.now, "clock_offset_ms": -35,
        "detail": Digest::of(event.as_bytes()).to_string(),
    });
    if let Some(person) = person {
        body["person"] = json!(Digest::of(person.as_bytes()).to_string());
    }
    draft("witness.logged/1", "EAST", body).at(None)
}

fn names(camera: &str) -> (SittingId, CameraId) {
    (SittingId::new("opening").unwrap(), CameraId::new(camera).unwrap())
}

fn batch(state: &ChainState, camera: &str, indexes: &[u64]) -> Batch {
    let (sitting, camera) = names(camera);
    let segments = indexes.iter().map(|index| Segment {
        index: *index,
        digest: format!("{}", Digest::of(&index.to_be_bytes())).parse().unwrap(),
        bytes: 5_000_000,
        started_ms: TimeMs::new(10_000 * index),
        ended_ms: TimeMs::new(10_000 * index + 9_990),
        gap: None,
    });
    Batch {
        sitting,
        camera,
        previous: state.head.to_string().parse().unwrap(),
        joint_ms: 10,
        clock_offset_ms: 12,
        segments: segments.collect(),
    }
}

fn chain_start(camera: &str) -> ChainState {
    let (sitting, camera) = names(camera);
    ChainState::start(&project(), &sitting, &camera, 10)
}

fn segments(by: &str, batch: &Batch) -> Draft {
    draft("witness.segments/1", by, serde_json::to_value(batch).unwrap()).at(None)
}

fn witnessed() -> World {
    let mut world = World::new();
    for name in ["W1", "W2"] {
        let body = json!({"org": name, "name": name, "roles": ["witness"], "key": key(name).public()});
        world.ok(draft("participant.registered/1", "CITY", body));
    }
    world.register();
    world
}

#[test]
fn a_sitting_is_logged_chained_and_reported() {
    let mut world = witnessed();
    world.refused(logged(&world, 2, "entry", Some("张")), "witness.log");
    world.refused(logged(&world, 1, "entry", None), "witness.person");
    world.refused(logged(&world, 1, "seated", Some("张")), "witness.person");
    let mut by_bidder = logged(&world, 1, "entry", Some("张"));
    by_bidder.by = vec![("B1".into(), key("B1"))];
    world.refused(by_bidder, "participant.role");
    let mut by_city = logged(&world, 1, "entry", Some("张"));
    by_city.by = vec![("CITY".into(), key("CITY"))];
    world.refused(by_city, "participant.not_party");
    let mut clock = logged(&world, 1, "entry", Some("张"));
    clock.body["clock_offset_ms"] = json!(86_400_001);
    world.refused(clock, "witness.log");
    world.ok(logged(&world, 1, "entry", Some("张")));
    world.refused(logged(&world, 2, "seated", Some("张")), "witness.person");
    world.ok(logged(&world, 2, "identity_checked", Some("张")));
    world.ok(logged(&world, 3, "seated", Some("张")));
    world.ok(logged(&world, 4, "communication", None));
    let mut back = logged(&world, 5, "exit", Some("张"));
    back.body["at_ms"] = json!(world.now - 1);
    world.refused(back, "witness.log");
    let incident = world.ok(logged(&world, 5, "incident", None));
    world.ok(logged(&world, 6, "exit", Some("张")));
    world.refused(logged(&world, 7, "exit", Some("张")), "witness.person");
    let mut other = logged(&world, 7, "incident", None);
    other.by = vec![("W1".into(), key("W1"))];
    world.refused(other, "witness.recorder");
    // Segments: each camera has one recorder and one chain.
    let first = batch(&chain_start("hall"), "hall", &[0, 1, 2]);
    world.ok(segments("W1", &first));
    world.refused(segments("W1", &first), "witness.chain");
    let state = chain_start("hall").extended(&first).unwrap();
    let next = batch(&state, "hall", &[3, 4]);
    world.refused(segments("W2", &next), "witness.recorder");
    let skipped = batch(&state, "hall", &[4]);
    world.refused(segments("W1", &skipped), "witness.chain");
    world.ok(segments("W1", &next));
    world.ok(segments("W2", &batch(&chain_start("door"), "door", &[0])));
    // The checker replays the records alone and finds the head that the ledger shows.
    let (sitting, camera) = names("hall");
    let end = replay(&project(), &sitting, &camera, &[first.clone(), next.clone()]).unwrap();
    let shown = view::registry::sittings(&world.state, &project(), 10).unwrap();
    assert_eq!(shown[0]["cameras"][1]["head"], json!(end.head.to_string()));
    assert_eq!(shown[0]["recordings"][1]["clock_offset_ms"], 12);
    let recorded: Vec<Segment> = [first, next].into_iter().flat_map(|batch| batch.segments).collect();
    let hand: Vec<OnHand> = recorded
        .iter()
        .filter(|one| one.index != 3)
        .map(|one| OnHand { index: one.index, digest: *one.digest.digest() })
        .collect();
    assert_eq!(compare(&recorded, &hand), [Finding::Removed { index: 3 }]);
    // The report states exactly what is on record.
    let right = json!({
        "sitting": "opening", "log_entries": 6, "incidents": [incident], "cameras": shown[0]["cameras"],
        "conclusion": "全程见证，断网一次",
    });
    let report = |body: &Value, by: &str| draft("witness.reported/1", by, body.clone()).at(None);
    let wrong = |field: &str, value: Value| {
        let mut body = right.clone();
        body[field] = value;
        report(&body, "EAST")
    };
    world.refused(wrong("log_entries", json!(5)), "witness.report");
    world.refused(wrong("incidents", json!([])), "witness.report");
    world.refused(wrong("cameras", json!([shown[0]["cameras"][1]])), "witness.report");
    world.refused(wrong("sitting", json!("other")), "witness.report");
    world.refused(report(&right, "W1"), "witness.recorder");
    world.ok(report(&right, "EAST"));
    world.refused(report(&right, "EAST"), "witness.closed");
    world.refused(logged(&world, 7, "incident", None), "witness.closed");
    world.refused(segments("W1", &batch(&end, "hall", &[5])), "witness.closed");
}

#[test]
fn cameras_and_incidents_are_bounded() {
    let mut world = witnessed();
    for n in 0..64 {
        let name = format!("c{n}");
        world.ok(segments("W1", &batch(&chain_start(&name), &name, &[0])));
    }
    world.refused(segments("W1", &batch(&chain_start("c64"), "c64", &[0])), "witness.limit");
    for n in 1..=256 {
        world.ok(logged(&world, n, "incident", None));
    }
    world.refused(logged(&world, 257, "incident", None), "witness.limit");
    world.fine(logged(&world, 257, "communication", None));
}

fn imported(by: &str, ocid: &str, content: &[u8], previous: Option<RecordId>) -> Draft {
    let body = json!({
        "source": "https://example.org/ocds", "licence": "CC-BY-4.0", "ocid": ocid,
        "digest": Digest::of(content).to_string(), "summary": "2019 年道路工程，已完成",
    });
    let mut draft = draft("history.imported/1", by, body);
    draft.previous = previous;
    draft
}

#[test]
fn imported_history_stays_apart() {
    let mut world = World::new();
    let ocid = "ocds-213czf-000-00001";
    world.refused(imported("B1", ocid, b"v1", None), "participant.role");
    world.refused(imported("EAST", ocid, b"v1", None).at(None), "history.project");
    world.refused(imported("EAST", "213czf", b"v1", None), "history.form");
    let long = format!("ocds-{}", "x".repeat(123));
    world.fine(imported("EAST", &long, b"v1", None));
    world.refused(imported("EAST", &format!("{long}x"), b"v1", None), "history.form");
    let first = world.ok(imported("EAST", ocid, b"v1", None));
    world.refused(imported("EAST", ocid, b"v1", Some(first)), "history.same");
    world.refused(imported("EAST", ocid, b"v2", None), "record.previous");
    world.ok(imported("EAST", ocid, b"v2", Some(first)));
    let shown = view::registry::imported(&world.state, None, 10).unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["imported"], &shown[0]["version"]), (&json!(true), &json!(2)));
    assert_eq!(shown[0]["under_these_rules"], false);
    assert_eq!(view::registry::imported(&world.state, Some(ocid), 10).unwrap(), Vec::<Value>::new());
    // No list of projects has it, and a project of the same name is another thing.
    assert_eq!(view::projects(&world.state, None, 10).unwrap(), vec![]);
    assert_eq!(view::project(&world.state, &ProjectId::new(ocid).unwrap()).unwrap(), None);
}

/// A tender from registration to the archive, with an objection answered a day late.
fn ended() -> World {
    let mut world = World::new();
    world.register();
    world.now += 2 * DAY;
    world.publish(world.published());
    for (raised, delay) in [("第一次", 3 * DAY), ("第二次", 4 * DAY)] {
        let body = json!({"concerns": "documents", "text": raised});
        let id = world.ok(draft("objection.raised/1", "B1", body).at(world.terms));
        world.now += delay;
        let body = json!({"objection": id, "text": "已答复"});
        world.ok(draft("objection.answered/1", "OWNER", body).at(Some(id)));
    }
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    world.report(ranked(ALL));
    world.step(candidates(&["B2", "B1"]));
    world.now += 3 * DAY;
    world.step(award("B1", 90_000_000, &["declined"]));
    world.now += DAY;
    world.step(contract(90_000_000, 0).also("B1"));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已报告"})));
    let (records, history) = world.chained();
    let mut sealed = archive(records, history);
    sealed.body["missing"] = json!(["纸质签到表"]);
    world.step(sealed);
    world
}

#[test]
fn indicators_are_recomputed() {
    let mut world = ended();
    let end = world.now;
    let numbers = |world: &World, centre: Option<&str>, from: u64, until: u64| {
        let centre = centre.map(org);
        let found =
            view::registry::indicators(&world.state, centre.as_ref(), TimeMs::new(from), TimeMs::new(until));
        serde_json::to_value(found.unwrap().unwrap()).unwrap()
    };
    let one = numbers(&world, None, end, end + 1);
    let fraction =
        |numerator: u64, denominator: u64| json!({"numerator": numerator, "denominator": denominator});
    assert_eq!((&one["projects"], &one["supervised"], &one["failed"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(one["days"]["registered_to_published"], fraction(2 * DAY, DAY));
    assert_eq!(one["days"]["published_to_opened"], fraction(20 * DAY, DAY));
    assert_eq!(one["days"]["awarded_to_contracted"], fraction(DAY, DAY));
    assert_eq!(one["bidders_per_lot"], fraction(3, 1));
    assert_eq!(one["awards_to_rank_1"], fraction(0, 1));
    assert_eq!(one["award_to_ceiling"], json!({"CNY": fraction(90_000_000, 99_000_000)}));
    assert_eq!(one["objections_in_time"], fraction(1, 2));
    assert_eq!(one["complete_archives"], fraction(0, 1));
    let records = world.records.len() as u64 - 1;
    assert_eq!(one["completeness"], fraction(records, records + 1));
    // A period holds what ended from its begin on and before its end; a centre what it hosted.
    for (centre, from, until, count) in [
        (None, end + 1, end + 2, 0),
        (None, end - 1, end, 0),
        (Some("EAST"), 0, end + 1, 1),
        (Some("CITY"), 0, end + 1, 0),
    ] {
        assert_eq!(numbers(&world, centre, from, until)["projects"], count);
    }
    assert_eq!(numbers(&world, None, 0, end)["bidders_per_lot"], fraction(0, 0));
    // Published: what every node recomputes, over a period that is past.
    world.now += DAY;
    let publish = |by: &str, centre: Option<&str>, from: u64, until: u64, numbers: &Value| {
        let mut body = json!({"from_ms": from, "until_ms": until, "indicators": numbers});
        if let Some(centre) = centre {
            body["centre"] = json!(centre);
        }
        draft("indicators.published/1", by, body)
    };
    world.refused(publish("CITY", None, end, world.now + 1, &one), "indicators.period");
    world.refused(publish("CITY", None, end, end, &one), "indicators.period");
    world.refused(publish("EAST", None, end, world.now, &one), "participant.role");
    world.refused(publish("REG", None, end, world.now, &one), "participant.role");
    let record = world.clone().ok(publish("CITY", None, end, world.now, &one));
    world.fine(publish("EAST", Some("EAST"), end, world.now, &one));
    for field in one.as_object().unwrap().keys() {
        let mut wrong = one.clone();
        let value = &mut wrong[field];
        if value.is_u64() {
            *value = json!(value.as_u64().unwrap() + 1);
        } else if value.get("numerator").is_some() {
            value["numerator"] = json!(value["numerator"].as_u64().unwrap() + 1);
        } else {
            *value = json!({});
        }
        let reject = world.refused(publish("CITY", None, end, world.now, &wrong), "indicators.differ");
        assert_eq!(reject.value.as_deref(), Some(field.as_str()));
    }
    let same = world.ok(publish("CITY", None, end, world.now, &one));
    assert_eq!(record, same);
    let shown = view::registry::published_indicators(&world.state, 10).unwrap();
    assert_eq!((shown.len(), &shown[0]["record"]), (1, &json!(same)));
    // A tender that failed unopened is counted, its bidders are not.
    let mut failed = World::new();
    failed.register();
    failed.publish(failed.published());
    failed.open_with(&[("B1", 1), ("B2", 2)]);
    let (records, history) = failed.chained();
    failed.step(archive(records, history));
    let one = numbers(&failed, None, 0, failed.now + 1);
    assert_eq!((&one["failed"], &one["bidders_per_lot"]), (&json!(1), &fraction(0, 0)));
    assert_eq!(one["complete_archives"], fraction(1, 1));
}
