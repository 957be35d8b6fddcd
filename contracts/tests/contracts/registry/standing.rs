//! Credit, licences, and what the opening makes of them.

use biaozheng_contracts::BidName;
use biaozheng_contracts::bidding::{bid, eligible};
use biaozheng_contracts::parties;
use biaozheng_contracts::parties::licence::LicenceKind;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, org, project};
use biaozheng_scenes::tender::{opened, ranked, revealed, sealed, text};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::ALL;

const KIND: &str = "建筑工程施工总承包一级";

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
pub(crate) fn credit_events_count_until_they_expire_or_are_overturned() {
    let mut world = World::new();
    let (from, end) = (world.now, world.now + day());
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
        let shown = parties::view::credit(&world.state, &org("B2"), TimeMs::new(now)).unwrap();
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

#[test]
pub(crate) fn a_penalised_bid_is_sealed_like_any_other_and_out_at_the_opening() {
    // The bid is accepted: a refusal would tell that B2 wanted to bid.
    let blocked = opened_with(|world| {
        let deadline = world.deadline();
        world.ok(credit("REG", "disqualifying", world.now, deadline + 1));
    });
    let shown = eligible::eligibility(&blocked.state, &project()).unwrap();
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
        let event = world.ok(credit("REG", "disqualifying", world.now, deadline + day()));
        let appealed = world.ok(appeal("B2", event));
        world.ok(decide("REG", appealed, true));
    });
    free.fine(report_without(&free, &[], ALL));
    // Recorded after the opening: this tender stands as it was judged.
    let mut later = opened_with(|_| {});
    later.ok(credit("REG", "disqualifying", 0, later.now + day()));
    later.fine(report_without(&later, &[], ALL));
    // Nothing is found, and nothing shows, before the opening.
    let mut before = World::new();
    before.register();
    before.publish(before.published());
    before.seal("B2", Some(1));
    assert_eq!(eligible::eligibility(&before.state, &project()).unwrap()["bids"], json!([]));
}

/// Lots are judged apart, and by the same bidder's standing.
#[test]
pub(crate) fn a_penalised_bidder_is_out_in_every_lot_it_bids_in() {
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
    let shown = eligible::eligibility(&world.state, &project()).unwrap();
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
        "valid_until_ms": world.now + 100 * day(), "document": Digest::of(b"pdf").to_string(),
    });
    draft("licence.issued/1", "REG", body)
}

fn changed(kind: &'static str, by: &str, number: &str) -> Draft {
    draft(kind, by, json!({"number": number, "reason": "依法处理"}))
}

fn status(world: &World, number: &str) -> String {
    let number = LicenceKind::new(number).unwrap();
    let shown = parties::view::licence(&world.state, &org("REG"), &number, TimeMs::new(world.now));
    shown.unwrap().unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
pub(crate) fn licences_change_only_by_their_authority() {
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
    world.now += 50 * day();
    assert_eq!(status(&world, "D1"), "suspended");
    world.ok(changed("licence.reinstated/1", "REG", "D1"));
    assert_eq!(status(&world, "D1"), "valid");
    let mut old = world.clone();
    old.now += 50 * day() - 1;
    assert_eq!(status(&old, "D1"), "valid");
    old.now += 1;
    assert_eq!(status(&old, "D1"), "expired");
    world.ok(changed("licence.revoked/1", "REG", "D1"));
    assert_eq!(status(&world, "D1"), "revoked");
    for kind in ["licence.suspended/1", "licence.reinstated/1", "licence.revoked/1"] {
        world.refused(changed(kind, "REG", "D1"), "licence.status");
    }
    let shown = parties::view::licences(&world.state, &org("B1"), TimeMs::new(world.now)).unwrap();
    assert_eq!(shown[0]["changes"].as_array().unwrap().len(), 3);
}

#[test]
pub(crate) fn a_revoked_licence_blocks_and_an_earlier_opening_keeps_its_finding() {
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
    let shown = eligible::eligibility(&all.state, &project()).unwrap();
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
        let shown = eligible::eligibility(&blocked.state, &project()).unwrap();
        assert_eq!(shown["bids"][1]["missing_licences"], json!([KIND]));
    }
    let back = opened_after(&|world| {
        world.ok(changed("licence.suspended/1", "REG", "D-B2"));
        world.ok(changed("licence.reinstated/1", "REG", "D-B2"));
    });
    back.fine(report_without(&back, &[], ALL));
}
