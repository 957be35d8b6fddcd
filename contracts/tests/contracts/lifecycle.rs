//! The open tender from registration to archive, and a table of refusals: one record just outside a rule, and
//! beside it one just inside.

use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::project::history;
use biaozheng_contracts::shown;
use biaozheng_contracts::{CODES, Rulebook};
use biaozheng_ledger::checkpoint::{Checkpoint, Origin};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, ProjectId, RecordId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::note::{NoteAlgorithm, NoteKey, SignedNote};
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::law::{REPLAY, law};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{chain, day, hour, key, org, project};
use biaozheng_scenes::tender::{
    archive, award, candidates, contract, drawn, evaluated, opened, ranked, registered, revealed, sealed,
};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

#[test]
fn an_open_tender_runs_from_registration_to_archive() {
    let mut world = evaluated();
    world.step(candidates(&["B2", "B1", "B3"]));
    world.now += 3 * day();
    world.step(award("B2", 80_000_000, &[]));
    world.step(contract(80_000_000, 8_000_000).also("B2"));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    let (records, history) = world.chained();
    assert_eq!(history::history(&world.state, &project()).unwrap(), Some((records as u64, history)));
    world.step(archive(records, history));
    let shown = shown::project(&world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["stage"], "archived");
    assert_eq!(shown["lots"][0]["award"]["bidder"], "B2");
    assert_eq!(shown["late"], json!([]));
}

#[test]
fn weighted_scores_are_sealed_revealed_and_recomputed() {
    let mut world = World::new();
    world.register();
    let mut body = world.published();
    body["method"] = json!("weighted");
    body["criteria"] = json!([{"id": "tech", "weight_permille": 600}, {"id": "price", "weight_permille": 400, "price": true}]);
    world.publish(body);
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    let sheet = |points: u64| {
        let row = |name: &str, add: u64| json!({"lot": "1", "bid": {"bidder": name, "number": 1}, "criteria": {"tech": points + add}});
        json!({"scores": [row("B1", 900), row("B2", 0), row("B3", 100)]}).to_string()
    };
    let members: Vec<(String, String)> =
        (1..=5u64).map(|n| (format!("M{n}"), sheet(8000 + n * 10))).collect();
    let commit =
        |name: &str, sheet: &str| committee::commitment(&project(), &org(name), &[5; 32], sheet).to_string();
    let step = world.step;
    let reveal = |name: &str, sheet: &str| {
        draft("scores.revealed/1", name, json!({"sheet": sheet, "salt": Digest::sha256([5; 32]).hex()}))
            .at(step)
    };
    world.refused(
        draft("scores.sealed/1", "B1", json!({"commitment": commit("B1", "x")})).at(step),
        "committee.not_member",
    );
    for (name, sheet) in &members {
        world.refused(reveal(name, sheet), "scores.not_all_sealed");
        world.ok(draft("scores.sealed/1", name, json!({"commitment": commit(name, sheet)})).at(step));
    }
    world.refused(
        draft("scores.sealed/1", "M1", json!({"commitment": commit("M1", "x")})).at(step),
        "scores.sealed_already",
    );
    world.refused(world.reported(ranked(&[])).at(step), "scores.not_all_sealed");
    // A copied sheet does not open the copier's commitment, and a sheet with a gap opens none.
    world.refused(reveal("M1", &members[1].1), "scores.commitment");
    let mut gap = world.clone();
    for (name, sheet) in &members[1..] {
        gap.ok(reveal(name, sheet));
    }
    for (name, sheet) in &members {
        world.ok(reveal(name, sheet));
    }
    // tech means 89.30, 80.30, 81.30; price 88.89, 100.00, 84.21: total = 0.6 tech + 0.4 price.
    let row = |name: &str, price: u64, score: u64| json!({"bidder": name, "number": 1, "price": price, "score": score});
    let rows = json!([row("B1", 90_000_000, 8914), row("B2", 80_000_000, 8818), row("B3", 95_000_000, 8246)]);
    world.refused(world.reported(json!([rows[1], rows[0], rows[2]])).at(step), "evaluation.ranking");
    world.report(rows);
}

#[test]
fn scores_must_cover_everything() {
    let mut world = World::new();
    world.register();
    let mut body = world.published();
    body["method"] = json!("weighted");
    body["criteria"] = json!([{"id": "tech", "weight_permille": 1000}]);
    world.publish(body);
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    let step = world.step;
    let sheet =
        json!({"scores": [{"lot": "1", "bid": {"bidder": "B1", "number": 1}, "criteria": {"tech": 10001}}]})
            .to_string();
    for n in 1..=5 {
        let name = format!("M{n}");
        let commitment = committee::commitment(&project(), &org(&name), &[5; 32], &sheet).to_string();
        world.ok(draft("scores.sealed/1", &name, json!({"commitment": commitment})).at(step));
    }
    let body = json!({"sheet": sheet, "salt": Digest::sha256([5; 32]).hex()});
    world.refused(draft("scores.revealed/1", "M1", body).at(step), "scores.form");
}

/// Every refusal, each beside what is just inside the rule.
#[test]
fn every_rule_refuses_just_outside_and_every_code_is_met() {
    forget();
    registry_rules();
    publication_rules();
    bidding_rules();
    opening_rules();
    evaluation_rules();
    award_rules();
    weighted_scores_are_sealed_revealed_and_recomputed();
    scores_must_cover_everything();
    let missed = unmet(CODES);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}

fn registry_rules() {
    let mut world = World::new();
    let person =
        |name: &str| json!({"org": name, "name": name, "roles": ["bidder"], "key": key(name).public()});
    world.fine(draft("participant.registered/1", "CITY", person("NEW")));
    world.refused(draft("participant.registered/1", "EAST", person("NEW")), "participant.role");
    world.refused(draft("participant.registered/1", "NOBODY", person("NEW")), "participant.unknown");
    world.refused(draft("participant.registered/1", "CITY", person("B1")), "participant.exists");
    let taken = json!({"org": "NEW", "name": "n", "roles": ["bidder"], "key": key("B1").public()});
    world.refused(draft("participant.registered/1", "CITY", taken), "key.taken");
    let named = json!({"org": "NEW", "name": "张三", "roles": ["expert"], "key": key("NEW").public()});
    world.refused(draft("participant.registered/1", "CITY", named), "record.body");
    let blank = json!({"org": "NEW", "name": " ", "roles": ["bidder"], "key": key("NEW").public()});
    world.refused(draft("participant.registered/1", "CITY", blank), "record.text");
    world.refused(draft("nothing.known/1", "CITY", json!({})), "record.type_unknown");
    world.refused(draft("project.registered/1", "OWNER", registered()), "record.project_missing");
    // A rotated key signs no longer; its earlier records stay.
    let rotation =
        json!({"org": "B1", "old": key("B1").public(), "new": key("B1-new").public(), "reason": "到期"});
    world.ok(draft("participant.key_rotated/1", "B1", rotation));
    let note = || draft("evidence.recorded/1", "B1", json!({"note": "x"}));
    world.refused(note(), "key.revoked");
    world.fine(note().with_key(key("B1-new")));
    world.refused(note().with_key(key("stranger")), "key.unknown");
    world.ok(draft("participant.revoked/1", "CITY", json!({"org": "B4", "reason": "失信"})));
    world.refused(draft("evidence.recorded/1", "B4", json!({})), "participant.revoked");
    // A second revocation would set a later time, and what the organisation did between would count again.
    let again = json!({"org": "B4", "reason": "再次"});
    world.now += 5000;
    world.refused(draft("participant.revoked/1", "CITY", again), "participant.revoked_already");
    world.refused(draft("rulebook.published/1", "CITY", json!({"toml": "category = 1"})), "rulebook.invalid");
    world.refused(draft("rulebook.published/1", "CITY", json!({"toml": law()})), "rulebook.version");
    world.fine(draft(
        "rulebook.published/1",
        "CITY",
        json!({"toml": law().replace("version = 1", "version = 2")}),
    ));
    world.fine(draft("rulebook.published/1", "CITY", json!({"toml": REPLAY})));
}

fn publication_rules() {
    let mut world = World::new();
    let register = |body: Value| draft("project.registered/1", "OWNER", body).at(None);
    let with = |field: &str, value: Value| {
        let mut body = registered();
        body[field] = value;
        body
    };
    world.refused(register(with("code", json!("2026-32050-48-01-000123"))), "project.code");
    world.refused(register(with("centre", json!("B1"))), "participant.role");
    world.refused(register(with("tenderee", json!("AGENT"))), "participant.not_party");
    world.register();
    world.refused(register(registered()), "project.exists");
    let step = world.step;
    let publish = |body: Value| draft("tender.published/1", "OWNER", body).at(step);
    let change = |field: &str, value: Value| {
        let mut body = world.published();
        body[field] = value;
        body
    };
    world.fine(publish(world.published()));
    let early = world
        .refused(publish(change("deadline_ms", json!(world.now + 20 * day() - 1))), "tender.bid_preparation");
    assert_eq!(early.article.as_deref(), Some("招标投标法24"));
    let sale = world
        .refused(publish(change("documents_until_ms", json!(world.now + 5 * day() - 1))), "tender.doc_sale");
    assert_eq!(sale.article.as_deref(), Some("条例16"));
    let bond = world.refused(publish(change("bid_bond", json!(2_000_001))), "tender.bid_bond");
    assert_eq!(bond.article.as_deref(), Some("条例26"));
    world.refused(publish(change("currency", json!("JPY"))), "tender.currency");
    world.refused(publish(change("lots", json!([]))), "tender.lots");
    let lot = |ceiling: u64| json!([{"id": "1", "title": "t", "estimate": 100_000_000, "ceiling": ceiling}]);
    world.refused(publish(change("lots", lot(0))), "tender.ceiling");
    let floor = json!([{"id": "1", "title": "t", "estimate": 100_000_000, "floor": 1}]);
    world.refused(publish(change("lots", floor)), "record.body");
    world.refused(publish(change("method", json!("weighted"))), "tender.criteria");
    world.refused(publish(change("rulebook", json!(Digest::of(b"?").to_string()))), "rulebook.unknown");
    world.refused(draft("tender.published/1", "OWNER", world.published()).at(None), "record.previous");
    let again = world.published();
    world.publish(world.published());
    world.refused(publish(again), "project.stage");
    // An older rulebook is not pinned any more, but the tender that pinned it lives on under it.
    world.ok(draft(
        "rulebook.published/1",
        "CITY",
        json!({"toml": law().replace("version = 1", "version = 2")}),
    ));

    let amend = |world: &World, body: Value| draft("tender.amended/1", "OWNER", body).at(world.step);
    let deadline = world.deadline();
    world.now = deadline - 15 * day();
    world.fine(amend(&world, json!({"text": "补充"})));
    world
        .refused(amend(&world, json!({"text": "补充", "deadline_ms": deadline - 1})), "tender.deadline_back");
    world.now += 1;
    let late = world.refused(amend(&world, json!({"text": "补充"})), "tender.clarify_lead");
    assert_eq!(late.article.as_deref(), Some("招标投标法23, 条例21"));
    world.fine(amend(&world, json!({"text": "补充", "deadline_ms": deadline + 1})));
    let object = |world: &World| {
        draft("objection.raised/1", "B1", json!({"concerns": "documents", "text": "限制竞争"}))
            .at(world.terms)
    };
    world.now = deadline - 10 * day() + 1;
    assert_eq!(world.refused(object(&world), "objection.late").article.as_deref(), Some("条例22"));
    world.now -= 1;
    let objection = world.ok(object(&world));
    let answer = |id: RecordId| {
        draft("objection.answered/1", "OWNER", json!({"objection": id, "text": "已修改"})).at(Some(id))
    };
    world.refused(answer(world.step.unwrap()), "objection.unknown");
    // Suspended until answered.
    let mut suspended = world.clone();
    suspended.now = deadline;
    suspended.refused(opened(&[]).at(world.step), "project.suspended");
    world.ok(answer(objection));
    world.refused(answer(objection), "objection.unknown");
    world.fine(draft("tender.terminated/1", "OWNER", json!({"reason": "项目取消"})).at(world.step));
}

fn bidding_rules() {
    let mut world = World::new();
    world.register();
    world.refused(draft("bid.sealed/1", "B1", json!({})).at(None), "record.body");
    world.publish(world.published());
    let terms = world.terms;
    world.refused(sealed("B1", Some(1), 1).at(None), "record.previous");
    world.refused(sealed("B1", Some(1), 2).at(terms), "bid.sequence");
    let mut other = sealed("B1", Some(1), 1);
    other.body["lot"] = json!("2");
    world.refused(other.at(terms), "bid.lot");
    let mut second = sealed("B1", Some(1), 1);
    second.body["number"] = json!(2);
    world.refused(second.at(terms), "bid.number");
    world.refused(draft("bid.withdrawn/1", "B1", json!({"lot": "1"})).at(terms), "bid.unknown");
    let record = world.seal("B1", Some(90_000_000));
    assert_eq!(shown::project(&world.state, &project()).unwrap().unwrap()["lots"][0]["bids"], Value::Null);
    world.refused(revealed("B1", Some(90_000_000)).at(Some(record)), "opening.early");
    world.refused(opened(&["B1"]).at(world.step), "opening.early");
    world.now = world.deadline() - 1;
    world.fine(sealed("B2", Some(1), 1).at(terms));
    world.now += 1;
    world.refused(sealed("B2", Some(1), 1).at(terms), "bid.late");
    world.refused(draft("tender.amended/1", "OWNER", json!({"text": "x"})).at(world.step), "bid.late");
    world.refused(revealed("B1", Some(90_000_001)).at(Some(record)), "bid.commitment");
    world.refused(revealed("B2", Some(1)).at(Some(record)), "bid.unknown");
    let mut late = world.clone();
    late.now += 2 * hour();
    late.fine(revealed("B1", Some(90_000_000)).at(Some(record)));
    late.now += 1;
    late.refused(revealed("B1", Some(90_000_000)).at(Some(record)), "bid.reveal_closed");
    world.ok(revealed("B1", Some(90_000_000)).at(Some(record)));
    world.refused(revealed("B1", Some(90_000_000)).at(Some(record)), "bid.revealed_already");
    world.refused(draft("evidence.recorded/1", "B1", json!({"a": {"b": 1}})), "record.body");
    let unknown = ProjectId::new("P-1").unwrap();
    assert_eq!(unknown, project());
    World::new().refused(opened(&[]).at(None), "project.unknown");
}

fn opening_rules() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    for name in ["B1", "B2", "B3"] {
        world.seal(name, Some(90_000_000));
    }
    world.now = world.deadline();
    world.refused(opened(&["B1", "B2", "B3"]).at(world.step), "opening.reveal_window");
    world.now += 2 * hour() + 1;
    world.refused(opened(&["B1", "B2"]).at(world.step), "opening.incomplete");
    world
        .refused(draft("bids.opened/1", "CITY", json!({"lots": []})).at(world.step), "participant.not_party");
    world.fine(opened(&["B1", "B2", "B3"]).at(world.step));
    // Two bidders are one too few: the tender fails, its bids stay closed, and it is archived all the same.
    let mut few = World::new();
    few.register();
    few.publish(few.published());
    few.open_with(&[("B1", 1), ("B2", 2)]);
    let shown = shown::project(&few.state, &project()).unwrap().unwrap();
    assert_eq!((shown["stage"].as_str(), shown["lots"][0]["bids"].is_null()), (Some("failed"), true));
    assert!(shown["end_reason"].as_str().unwrap().contains("条例44"));
    let (records, history) = few.chained();
    few.refused(archive(records - 1, history).at(few.step), "archive.incomplete");
    // The checkpoint of the archive's certificates may be stated; it is one, and this chain's.
    let under = |checkpoint: Value| {
        let mut sealed = archive(records, history);
        sealed.body["checkpoint"] = checkpoint;
        sealed.at(few.step)
    };
    few.fine(under(json!({"note": signed_checkpoint(&chain())})));
    let other = ChainId::new(Digest::of(b"another chain"));
    few.refused(under(json!({"note": signed_checkpoint(&other)})), "archive.incomplete");
    for wrong in [
        json!({"note": "x"}),
        json!({"note": signed_checkpoint(&chain()), "witnesses": ["x"]}),
        json!({"note": signed_checkpoint(&chain()), "more": 1}),
        json!(signed_checkpoint(&chain())),
    ] {
        few.refused(under(wrong), "record.body");
    }
    few.step(archive(records, history));
}

/// The contract asks for the form alone: whoever builds the archive again verifies.
fn signed_checkpoint(chain: &ChainId) -> String {
    let origin = Origin::new("contracts", chain).unwrap();
    let text = Checkpoint { origin: origin.clone(), size: 9, root: [7; 32] }.to_string();
    let secret = SecretKey::from_seed(&[8; 32]);
    let line = NoteKey::new(origin.as_str(), NoteAlgorithm::Ed25519, secret.public()).unwrap();
    let signatures = vec![line.sign(&secret, &text, 0)];
    SignedNote { text, signatures }.to_string()
}

fn evaluation_rules() {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 99_000_001), ("B4", 80_000_000)]);
    for (members, experts) in [(3, 3), (6, 6), (5, 3)] {
        let reject = world.refused(drawn(members, experts).at(world.step), "committee.composition");
        assert_eq!(reject.article.as_deref(), Some("招标投标法37"));
    }
    world.refused(
        draft("evaluation.reported/1", "EAST", json!({"lots": []})).at(world.step),
        "committee.missing",
    );
    world.fine(drawn(9, 6).at(world.step));
    world.draw();
    let report = |world: &World, ranking: Value, out: Value| {
        let body = json!({"lots": [{"lot": "1", "ranking": ranking, "disqualified": out}]});
        (1..=5)
            .fold(draft("evaluation.reported/1", "EAST", body), |d, n| d.also(&format!("M{n}")))
            .at(world.step)
    };
    let over = json!([{"bid": {"bidder": "B3", "number": 1}, "reason": "超过最高投标限价"}]);
    world.refused(report(&world, json!([]), json!([])), "evaluation.disqualified");
    world.refused(report(&world, json!([]), over.clone()), "evaluation.tie");
    let lots = |order: Value| {
        let out = json!([{"bidder": "B3", "number": 1}]);
        draft(
            "lot.drawn/1",
            "EAST",
            json!({"lot": "1", "order": order, "method": "现场抽签", "disqualified": out}),
        )
    };
    world.refused(lots(json!([{"bidder": "B1", "number": 1}])).at(world.step), "evaluation.lot_draw");
    world.step(lots(json!([{"bidder": "B4", "number": 1}, {"bidder": "B2", "number": 1}])));
    let right = ranked(&[("B4", 80_000_000), ("B2", 80_000_000), ("B1", 90_000_000)]);
    let wrong = ranked(&[("B2", 80_000_000), ("B4", 80_000_000), ("B1", 90_000_000)]);
    world.refused(report(&world, wrong, over.clone()), "evaluation.ranking");
    world.fine(report(&world, right.clone(), over.clone()));
    let body = json!({"lots": [{"lot": "1", "ranking": right, "disqualified": over}]});
    world.refused(
        draft("evaluation.reported/1", "EAST", body).also("M1").at(world.step),
        "committee.not_member",
    );
}

fn award_rules() {
    let mut world = evaluated();
    world.refused(candidates(&["B1"]).at(world.step), "candidates.list");
    world.step(candidates(&["B2", "B1"]));
    let award = |bidder: &str, price: u64, grounds: &[&str]| award(bidder, price, grounds).at(world.step);
    let mut early = world.clone();
    early.now += 3 * day() - 1;
    assert_eq!(
        early.refused(award("B2", 80_000_000, &[]), "award.publicity").article.as_deref(),
        Some("条例54")
    );
    early.now += 1;
    early.fine(award("B2", 80_000_000, &[]));
    assert_eq!(early.refused(award("B1", 90_000_000, &[]), "award.rank").article.as_deref(), Some("条例55"));
    early.fine(award("B1", 90_000_000, &["declined"]));
    early.refused(award("B3", 95_000_000, &["declined", "declined"]), "award.rank");
    early.refused(award("B2", 79_999_999, &[]), "award.price");
    let mut world = early;
    world.step(draft(
        "award.notified/1",
        "OWNER",
        json!({"lots": [{"lot": "1", "bid": {"bidder": "B2"}, "price": 80_000_000}]}),
    ));
    world.refused(contract(80_000_000, 0).at(world.step), "contract.terms");
    world.refused(contract(80_000_000, 0).also("B1").at(world.step), "contract.terms");
    let bond =
        world.refused(contract(80_000_000, 8_000_001).also("B2").at(world.step), "contract.performance_bond");
    assert_eq!(bond.article.as_deref(), Some("条例58"));
    // Late is recorded and flagged, not refused: the truth late rather than not at all.
    let mut late = world.clone();
    late.now += 31 * day();
    late.step(contract(80_000_000, 8_000_000).also("B2"));
    assert_eq!(shown::project(&late.state, &project()).unwrap().unwrap()["late"], json!(["contract_max"]));
}

#[test]
fn the_same_records_give_the_same_state() {
    let (one, two) = (evaluated(), evaluated());
    assert_eq!(one.state.0, two.state.0);
}

#[test]
fn the_replays_rulebook_is_no_law_and_takes_one_bid() {
    let book = Rulebook::parse(REPLAY).unwrap();
    assert_eq!((book.nature(), book.currency()), ("replay", "JPY"));
    for (bad, names) in [
        (REPLAY.replace("min_bidders", "min_biders"), "min_biders"),
        (
            REPLAY.replace(
                "committee_odd = { value = false, article = \"practice\", basis = \"practice\" }",
                "",
            ),
            "committee_odd",
        ),
        (REPLAY.replace("\"600s\"", "\"600 seconds\""), "window"),
        (REPLAY.replace("version = 1", "version = 1\nunknown = 2"), "unknown"),
    ] {
        let error = Rulebook::parse(&bad).unwrap_err().to_string();
        assert!(error.contains(names) || error.contains("duration"), "{error}");
    }
}
