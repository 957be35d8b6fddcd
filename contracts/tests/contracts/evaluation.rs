//! A weighted tender evaluated across a host and a sub venue, from the request of the draw to its disclosure, and a
//! refusal beside every rule on the way.

mod beacon;

use std::collections::BTreeSet;

use biaozheng_contracts::CODES_EVALUATION;
use biaozheng_contracts::evaluation::draw::Secret;
use biaozheng_contracts::shown;
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::law::{law, shipped_law};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::remote::{Remote, enrolled, far_reason, mean_terms, value, weighted_terms};
use biaozheng_scenes::setting::{hour, key, project};
use biaozheng_scenes::tender::{drawn, ranked};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

/// From the request to the disclosure: a dissent, a member replaced by the draw, a venue that drops out.
#[test]
fn a_weighted_tender_is_evaluated_across_two_venues() {
    let mut remote = Remote::opened(weighted_terms());
    remote.request(&["CITY", "EAST", "REG"], &[]);
    remote.randomness(&["CITY", "EAST", "REG"]);
    remote.seat();
    remote.open_session();
    remote.seal_all();
    // CITY hosts the sub venue and falls silent: nobody waits for it, nothing can be drawn again.
    let again = remote.request_body(&["CITY", "EAST", "REG"], &[]);
    remote.world.refused(draft("draw.requested/1", "EAST", again).at(remote.world.step), "draw.not_offered");
    let void = remote.replace(0);
    remote.world.refused(remote.reveal_of(&void), "committee.not_member");
    remote.world.refused(remote.reveal_of("S2"), "scores.not_all_sealed");
    remote.seal("S6");
    remote.world.refused(remote.reveal_of("S2"), "blind.closed");
    remote.open_blind();
    remote.reveal_all();
    let right = remote.ranking();
    let report = remote.report(right, json!({"dissents": [{"member": "S3", "reason": "B1工期不可行"}]}), &[]);
    remote.world.step(report);
    remote.award();
    let disclosure = remote.disclosure(|_| ());
    remote.world.ok(disclosure);
    let again = remote.disclosure(|_| ());
    remote.world.refused(again, "draw.disclosed_already");
}

#[test]
fn every_rule_of_remote_evaluation_refuses_and_every_code_is_met() {
    forget();
    pool_rules();
    terms_rules();
    request_rules();
    randomness_rules();
    committee_rules();
    session_rules();
    report_rules();
    disclosure_rules();
    beacon::the_beacon_draws_and_a_request_stands_until_it_answers();
    a_weighted_tender_is_evaluated_across_two_venues();
    deviations_change_the_order();
    let missed = unmet(CODES_EVALUATION);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}

fn pool_rules() {
    let mut world = World::new();
    let body = |n: usize| enrolled(n);
    world.ok(draft("expert.enrolled/1", "EAST", body(1)));
    world.refused(draft("expert.enrolled/1", "CITY", body(1)), "expert.exists");
    world.refused(draft("expert.enrolled/1", "OWNER", body(2)), "participant.role");
    let mut twice = body(2);
    twice["specialities"] = json!(["A01", "A01"]);
    world.refused(draft("expert.enrolled/1", "CITY", twice), "expert.form");
    let suspend = |name: &str| draft("expert.suspended/1", "CITY", json!({"expert": name, "reason": "处分"}));
    world.refused(suspend("E099"), "expert.unknown");
    world.ok(suspend("E001"));
    world.refused(suspend("E001"), "expert.unknown");
    world.refused(draft("expert.enrolled/1", "CITY", body(1)), "expert.exists");
}

fn terms_rules() {
    let mut world = World::new();
    world.register();
    let mut body = world.published();
    body["evaluation"] = json!({"blind": ["tech"]});
    world.refused(draft("tender.published/1", "OWNER", body).at(world.step), "tender.evaluation");
}

fn request_rules() {
    let remote = Remote::opened(weighted_terms());
    let parties = ["CITY", "EAST", "REG"];
    let refused = |field: &str, value: Value, code: &str| {
        let mut body = remote.request_body(&parties, &[]);
        body[field] = value;
        remote.world.refused(draft("draw.requested/1", "EAST", body).at(remote.world.step), code);
    };
    refused("pool", json!(Digest::of(b"other").to_string()), "draw.pool");
    refused("size", json!(4), "committee.composition");
    refused("quotas", json!([{"speciality": "A01", "count": 3}]), "draw.quotas");
    refused("quotas", json!([{"speciality": "Z99", "count": 4}]), "draw.quotas");
    refused("recused", json!([{"expert": "E099", "ground": "same_employer", "party": "B1"}]), "draw.recused");
    recusal_rules(&remote);
    refused("blind", Value::Null, "draw.blind");
    refused("silent", json!(["REG"]), "draw.silent");
    for bad in
        [&["CITY", "REG"][..], &["CITY", "EAST"], &["CITY", "EAST", "REG", "B1"], &["CITY", "CITY", "REG"]]
    {
        refused("source", json!({"kind": "commit_reveal", "parties": bad}), "randomness.parties");
    }
    // A rulebook that offers no draw: the one of the replay.
    let stray = draft("randomness.committed/1", "CITY", json!({"commitment": Digest::of(b"c").to_string()}));
    remote.world.refused(stray.at(remote.world.step), "draw.none");
}

/// A ground of the rulebook, for a party it can lead to; anything else is refused and names the rule.
fn recusal_rules(remote: &Remote) {
    let requested = |world: &World, ground: &str, party: &str| {
        let mut body = remote.request_body(&["CITY", "EAST", "REG"], &[]);
        body["recused"] = json!([{"expert": "E003", "ground": ground, "party": party}]);
        draft("draw.requested/1", "EAST", body).at(world.step)
    };
    let world = &remote.world;
    for (ground, party) in [
        ("same_employer", "B1"),
        ("near_relative", "OWNER"),
        ("equity_or_management", "AGENT"),
        ("earlier_punishment", "REG"),
        ("supervising_authority", "REG"),
    ] {
        world.fine(requested(world, ground, party));
    }
    // B4 is registered and did not bid; a regulator has no employees among the bidders, a bidder punishes nobody.
    for (ground, party) in [
        ("same_employer", "B4"),
        ("same_employer", "B99"),
        ("near_relative", "REG"),
        ("earlier_punishment", "B1"),
        ("earlier_punishment", "EAST"),
        ("supervising_authority", "R99"),
    ] {
        let refused = world.refused(requested(world, ground, party), "draw.recusal_party");
        assert_eq!(refused.rule, "recusal_grounds");
        assert!(refused.article.unwrap().contains("招标投标法37"));
    }
    let refused = world.refused(requested(world, "unwanted", "B1"), "draw.recusal_ground");
    assert_eq!((refused.rule.as_str(), refused.value.as_deref()), ("recusal_grounds", Some("unwanted")));
    // A rulebook with a shorter list refuses what it leaves out; one without a list takes every known ground.
    let law = shipped_law();
    let line = law.lines().find(|line| line.starts_with("recusal_grounds")).unwrap().to_owned();
    let short = line.replace(", \"near_relative\"", "");
    let shorter = Remote::opened_under(law.replace(&line, &short), weighted_terms());
    shorter.world.fine(requested(&shorter.world, "same_employer", "B1"));
    shorter.world.refused(requested(&shorter.world, "near_relative", "B1"), "draw.recusal_ground");
    let without = law.replace(&line, "").replace(", \"recusal_grounds\"", "");
    let without = Remote::opened_under(without, weighted_terms());
    without.world.fine(requested(&without.world, "near_relative", "B1"));
    without.world.refused(requested(&without.world, "unwanted", "B1"), "draw.recusal_ground");
    without.world.refused(requested(&without.world, "near_relative", "B4"), "draw.recusal_party");
}

fn randomness_rules() {
    let parties = ["CITY", "EAST", "REG"];
    let mut remote = Remote::opened(weighted_terms());
    remote.request(&parties, &[]);
    let request = remote.world.step;
    remote.world.refused(remote.commit_of("B1"), "randomness.party");
    remote.world.ok(remote.commit_of("CITY"));
    remote.world.refused(remote.commit_of("CITY"), "randomness.once");
    remote.world.refused(remote.reveal_value("CITY"), "randomness.not_all_committed");
    remote.world.refused(remote.members(), "draw.unseeded");
    let body = remote.request_body(&parties, &["EAST", "REG"]);
    remote.world.refused(draft("draw.requested/1", "EAST", body).at(request), "draw.pending");
    remote.world.ok(remote.commit_of("EAST"));
    remote.world.ok(remote.commit_of("REG"));
    remote.world.ok(remote.reveal_value("EAST"));
    remote.world.refused(remote.reveal_value("EAST"), "randomness.once");
    let copied = draft("randomness.revealed/1", "REG", json!({"value": value("CITY").1}));
    remote.world.refused(copied.at(request), "randomness.commitment");
    // The regulator and the city never reveal: too late afterwards, named by the next request, and drawn anew.
    remote.world.now += 2 * hour() + 1;
    remote.world.refused(remote.reveal_value("REG"), "randomness.window_over");
    for wrong in [&[][..], &["REG"], &["CITY", "EAST", "REG"], &["REG", "REG"]] {
        let body = remote.request_body(&parties, wrong);
        remote.world.refused(draft("draw.requested/1", "EAST", body).at(request), "draw.silent");
    }
    remote.request(&parties, &["CITY", "REG"]);
    let shown = shown::project(&remote.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["late"], json!(["randomness_window"]));
    remote.randomness(&parties);
    remote.world.refused(remote.reveal_value("REG"), "draw.settled");
    let body = remote.request_body(&parties, &[]);
    remote.world.refused(draft("draw.requested/1", "EAST", body).at(remote.world.step), "draw.settled");
    // A chain without a beacon takes no beacon's word.
    let mut remote = Remote::opened(weighted_terms());
    let mut body = remote.request_body(&parties, &[]);
    body["source"] = json!({"kind": "beacon"});
    let step = Some(remote.world.step(draft("draw.requested/1", "EAST", body)));
    let signature = draft("randomness.revealed/1", "EAST", json!({"signature": "00".repeat(48)}));
    remote.world.refused(signature.at(step), "randomness.beacon");
}

fn committee_rules() {
    // Where the rulebook asks for a draw, the centre names nobody.
    let mut world = World::under(shipped_law());
    world.register();
    world.publish(world.published());
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.refused(drawn(5, 4).at(world.step), "draw.required");
    // A drawn committee is the one asked for, and commits to its list.
    let mut remote = Remote::opened(weighted_terms());
    remote.request(&["CITY", "EAST", "REG"], &[]);
    remote.randomness(&["CITY", "EAST", "REG"]);
    remote.world.refused(drawn(5, 4).at(remote.world.step), "draw.list");
}

fn session_rules() {
    let mut remote = Remote::seated();
    let step = remote.world.step;
    let short = |who: &str| draft("evaluation.time_short/1", who, json!({"reason": "标书过多"}));
    remote.world.refused(short("S1").at(step), "session.missing");
    let session = remote.session_body();
    let change = |field: &str, value: Value| {
        let mut body = session.clone();
        body[field] = value;
        draft("evaluation.session_opened/1", "EAST", body).at(step)
    };
    remote.world.refused(change("host", json!("CITY")), "session.venues");
    remote.world.refused(change("venues", json!(["REG"])), "session.venues");
    remote.world.refused(change("seats", json!([{"member": "S1", "venue": "EAST"}])), "session.seats");
    remote.world.refused(change("until_ms", json!(remote.world.now)), "session.time");
    remote.open_session();
    let step = remote.world.step;
    remote.world.refused(change("until_ms", json!(remote.world.now + 9)).at(step), "session.once");
    let later = json!({"until_ms": remote.world.now + 9 * hour()});
    let extend = || draft("evaluation.extended/1", "OWNER", later.clone()).at(step);
    remote.world.ok(short("S1").at(step));
    remote.world.refused(short("S1").at(step), "session.once");
    let few = remote.world.refused(extend(), "session.extend");
    assert_eq!(few.article.as_deref(), Some("条例48"), "one of five is not more than a third");
    remote.world.ok(short("S2").at(step));
    remote.world.fine(extend());
    let seal = draft("blind.opened/1", "EAST", json!({"secret": Digest::of(b"blind").hex()}));
    remote.world.refused(seal.at(step), "blind.unsealed");
    let replaced = |out: &str, by: &str, list: Value| {
        let replacement = json!({"member": by, "key": key(by).public(), "expert": true, "identity": Digest::of(b"i").to_string()});
        let body = json!({"out": out, "reason": "突发疾病", "replacement": replacement, "venue": "EAST", "list": list});
        draft("member.replaced/1", "EAST", body).at(step)
    };
    remote.world.refused(replaced("S9", "S6", json!(Digest::of(b"l").to_string())), "member.replacement");
    remote.world.refused(replaced("S1", "S2", json!(Digest::of(b"l").to_string())), "member.replacement");
    remote.world.refused(replaced("S1", "S6", Value::Null), "draw.list");
    // Late is noted, not refused.
    let mut late = remote.clone();
    late.world.now += 8 * hour() + 1;
    late.seal("S1");
    late.seal("S2");
    let shown = shown::project(&late.world.state, &project()).unwrap().unwrap();
    assert_eq!(shown["late"], json!(["evaluation.session_time"]));
    remote.seal_all();
    let wrong = draft("blind.opened/1", "EAST", json!({"secret": Digest::of(b"other").hex()}));
    remote.world.refused(wrong.at(step), "blind.secret");
}

fn report_rules() {
    let mut remote = Remote::seated();
    remote.seal_all();
    remote.open_blind();
    remote.reveal_all();
    let right = remote.ranking();
    let step = remote.world.step;
    let report = |extra: Value, unsigned: &[&str]| remote.report(right.clone(), extra, unsigned).at(step);
    remote.world.fine(report(json!({}), &[]));
    // Refusing to sign without a reason counts as agreement, while more than half sign.
    remote.world.refused(report(json!({}), &["S5"]), "committee.not_member");
    remote.world.fine(report(json!({"unsigned": ["S4", "S5"]}), &["S4", "S5"]));
    let three = json!({"unsigned": ["S3", "S4", "S5"]});
    remote.world.refused(report(three, &["S3", "S4", "S5"]), "evaluation.unsigned");
    let absent = json!({"unsigned": ["S5"], "dissents": [{"member": "S5", "reason": "不同意"}]});
    remote.world.refused(report(absent, &["S5"]), "evaluation.dissent");
    let mut swapped = right.clone();
    swapped.as_array_mut().unwrap().reverse();
    remote.world.refused(remote.report(swapped, json!({}), &[]).at(step), "evaluation.ranking");
    // A score far from the others stands, and needs its reason.
    let mut far = Remote::seated();
    far.points = |member, _, criterion| match (criterion, member) {
        ("tech", 1) => 9500,
        ("tech", _) => 8000 + member * 10,
        _ => 7000,
    };
    far.seal_all();
    far.open_blind();
    far.reveal_all();
    let (right, step) = (far.ranking(), far.world.step);
    let reject =
        far.world.refused(far.report(right.clone(), json!({}), &[]).at(step), "evaluation.unexplained");
    assert!(reject.value.unwrap().contains("Distance"));
    let reasons: Vec<Value> = ["B1", "B2", "B3"].map(far_reason).to_vec();
    let explain = |reasons: &[Value]| {
        let mut draft = far.report(right.clone(), json!({}), &[]);
        draft.body["lots"][0]["explanations"] = json!(reasons);
        draft.at(step)
    };
    far.world.refused(explain(&reasons[..2]), "evaluation.unexplained");
    far.world.fine(explain(&reasons));
    // One score turns the result: without it, another bid stands first.
    let mut narrow = Remote::seated();
    narrow.points = |member, bidder, criterion| match (criterion, bidder, member) {
        ("tech", "B1", 5) => 9999,
        ("tech", "B1", _) => 5000 + member,
        ("tech", _, _) => 5000,
        _ => 7000,
    };
    let decided = |remote: &Remote| -> Option<String> {
        let report = remote.report(remote.ranking(), json!({}), &[]).at(remote.world.step);
        remote.world.clone().run(report).err().and_then(|reject| reject.value)
    };
    narrow.scored();
    assert!(!decided(&narrow).unwrap_or_default().contains("Decisive"), "trimmed away: it decides nothing");
    let mut mean = Remote::opened(mean_terms());
    mean.points = |member, bidder, criterion| match (criterion, bidder, member) {
        ("tech", "B1", 1) => 10_000,
        ("tech", "B1", _) => 2000,
        ("tech", "B2", _) => 2500,
        ("tech", _, _) => 0,
        _ => 7000,
    };
    mean.committee();
    mean.scored();
    let (right, step) = (mean.ranking(), mean.world.step);
    assert_eq!(right[0]["bidder"], "B1", "{right}");
    let flag = |kind: &str| json!({"flag": {"kind": kind, "bid": {"bidder": "B1", "number": 1}, "criterion": "tech", "member": "S1"}, "reason": "详见评审意见"});
    let with = |reasons: Value| {
        let mut draft = mean.report(right.clone(), json!({}), &[]);
        draft.body["lots"][0]["explanations"] = reasons;
        draft.at(step)
    };
    let reject = mean.world.refused(with(json!([flag("distance")])), "evaluation.unexplained");
    assert!(reject.value.unwrap().contains("Decisive"));
    mean.world.fine(with(json!([flag("distance"), flag("decisive")])));
    // Objective criteria are unanimous, or the committee says why not.
    let mut split = Remote::seated();
    split.points = |member, _, criterion| if criterion == "record" { 7000 + member } else { 8000 };
    split.seal_all();
    split.open_blind();
    split.reveal_all();
    let report = split.report(split.ranking(), json!({}), &[]).at(split.world.step);
    let reject = split.world.refused(report, "evaluation.unexplained");
    assert!(reject.value.unwrap().contains("Unanimity"));
    // K has no seed where the committee was named without a draw.
    let mut terms = weighted_terms();
    terms["blind"] = json!([]);
    terms["objective"] = json!([]);
    let mut named = Remote::opened_under(law(), terms);
    named.world.step(drawn(5, 4));
    named.hidden = false;
    named.prefix = "M";
    named.seal_all();
    named.reveal_all();
    let report = named.report(json!([]), json!({}), &[]).at(named.world.step);
    named.world.refused(report, "evaluation.seed_missing");
}

fn disclosure_rules() {
    let mut remote = Remote::seated();
    let early = remote.disclosure(|_| ());
    remote.world.refused(early, "project.stage");
    remote.seal_all();
    remote.open_blind();
    remote.reveal_all();
    let report = remote.report(remote.ranking(), json!({}), &[]);
    remote.world.step(report);
    remote.award();
    let mut other = remote.disclosure(|_| ());
    other.body["secret"] = json!(Digest::of(b"other").hex());
    remote.world.refused(other, "draw.opening");
    let mut changed = remote.disclosure(|_| ());
    changed.body["list"] = json!(changed.body["list"].as_str().unwrap().replace("E0", "E1"));
    remote.world.refused(changed, "draw.opening");
    remote.world.fine(remote.disclosure(|_| ()));
    // A centre that commits to another list than the draw gives is found out by every node.
    for (name, code) in [
        ("expert", "draw.replay"),
        ("quota", "draw.replay"),
        ("seat", "draw.seats"),
        ("salt", "draw.seats"),
        ("short", "draw.replay"),
    ] {
        let mut cheat = Remote::opened(weighted_terms());
        cheat.request(&["CITY", "EAST", "REG"], &[]);
        cheat.randomness(&["CITY", "EAST", "REG"]);
        cheat.tamper = Some(name);
        cheat.seat();
        cheat.seal_all();
        cheat.open_blind();
        cheat.reveal_all();
        let report = cheat.report(cheat.ranking(), json!({}), &[]);
        cheat.world.step(report);
        cheat.award();
        cheat.world.refused(cheat.disclosure(|_| ()), code);
    }
}

#[test]
fn deviations_change_the_order() {
    let mut world = World::new();
    world.register();
    let mut body = world.published();
    body["evaluation"] = json!({"deviations": [{"id": "late-delivery", "permille": 150}, {"id": "spares", "amount": 1_000_000}]});
    world.publish(body);
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    let report = |items: Value, rows: &[(&str, u64)]| {
        let found = json!([{"bid": {"bidder": "B2", "number": 1}, "items": items}]);
        let body = json!({"lots": [{"lot": "1", "ranking": ranked(rows), "deviations": found}]});
        (1..=5)
            .fold(draft("evaluation.reported/1", "EAST", body), |d, n| d.also(&format!("M{n}")))
            .at(world.step)
    };
    // 80 + 15 % + 1 = 93 million: behind B1's 90, before B3's 95.
    let moved = [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];
    world.fine(report(json!(["late-delivery", "spares"]), &moved));
    world.refused(report(json!(["spares"]), &moved), "evaluation.ranking");
    world.refused(report(json!(["colour"]), &moved), "evaluation.deviation");
    world.refused(report(json!(["spares", "spares"]), &moved), "evaluation.deviation");
}

#[test]
fn what_is_public_does_not_tell_who_was_drawn() {
    // Two hosts' secrets, one public seed: other experts. What stands on chain does not give the list.
    let mut first = Remote::opened(weighted_terms());
    first.request(&["CITY", "EAST", "REG"], &[]);
    first.randomness(&["CITY", "EAST", "REG"]);
    let lists: BTreeSet<Vec<String>> =
        (0..20u64).map(|n| first.picks_with(Digest::of(&n.to_be_bytes()).bytes())).collect();
    assert!(lists.len() > 10, "{}", lists.len());
    assert_ne!(
        biaozheng_contracts::evaluation::draw::secret_commitment(Secret::Draw, &project(), &[1; 32]),
        biaozheng_contracts::evaluation::draw::secret_commitment(Secret::Blind, &project(), &[1; 32])
    );
}
