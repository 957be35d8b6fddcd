//! Building models that are sealed, handed in and scored; an altered one is refused. Steps on paper, and what they do to
//! the completeness of a project. What a voluntary tender may.

use biaozheng_contracts::CODES_MODEL;
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::{archive, bidding, shown};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::{REPLAY, law};
use biaozheng_scenes::refusals::unmet;
use biaozheng_scenes::registers::{ifc, model_of, model_terms, on_paper, with_models};
use biaozheng_scenes::setting::{day, hour, key, org, project};
use biaozheng_scenes::tender::{archive, award, candidates, evaluating, ranked};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

const BIDS: &[(&str, u64)] = &[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)];

fn weighted(world: &World) -> Value {
    let mut body = world.published();
    body["method"] = json!("weighted");
    body["criteria"] = json!([
        {"id": "bim", "weight_permille": 400}, {"id": "price", "weight_permille": 600, "price": true},
    ]);
    body["model"] = model_terms("bim");
    body
}

/// Opened under a notice that asks for models, each bid with its text's extras.
fn opened(extras: impl FnOnce(&mut World)) -> World {
    let mut world = World::new();
    world.register();
    world.publish(weighted(&world));
    with_models(&mut world, &["B1", "B2", "B3"]);
    extras(&mut world);
    world.open_with(BIDS);
    world
}

fn shown(world: &World) -> Value {
    bidding::view::models(&world.state, &project()).unwrap().unwrap()
}

fn fault(world: &World, place: usize) -> Value {
    shown(world)["bids"][place]["fault"].clone()
}

fn seen(codes: &[&'static str]) -> Vec<&'static str> {
    unmet(codes)
}

fn a_notice_scores_the_model_by_one_of_its_criteria() {
    let mut world = World::new();
    world.register();
    let with = |change: fn(&mut Value)| {
        let mut body = weighted(&world);
        change(&mut body);
        draft("tender.published/1", "OWNER", body).at(world.step)
    };
    world.fine(with(|_| ()));
    let wrong: [fn(&mut Value); 7] = [
        // Who handed in a model is seen by all: no blind part.
        |body| body["evaluation"] = json!({"blind": ["bim"]}),
        |body| body["model"]["criterion"] = json!("price"),
        |body| body["model"]["criterion"] = json!("tech"),
        |body| body["model"]["schemas"] = json!([]),
        |body| body["model"]["schemas"] = json!(["IFC4", "IFC4"]),
        |body| body["model"]["size_max"] = json!(0),
        |body| body["model"]["schemas"] = (1..10).map(|n| format!("IFC{n}")).collect(),
    ];
    for change in wrong {
        world.refused(with(change), "tender.model");
    }
    world.fine(with(|body| {
        body["evaluation"] = json!({"blind": ["tech"]});
        body["criteria"][0]["weight_permille"] = json!(300);
        body["criteria"].as_array_mut().unwrap().push(json!({"id": "tech", "weight_permille": 100}));
    }));
    world.refused(with(|body| body["model"]["schemas"] = json!(["ifc4"])), "record.body");
    // Where the rulebook's steps have no way to hand a model in, none is asked for.
    let line = |text: &str| {
        text.lines().find(|line| line.starts_with("\"model.delivered/1\" = {")).map(str::to_owned)
    };
    let left_out = line(&law()).unwrap();
    let mut without = World::under(law().replace(&format!("{left_out}\n"), ""));
    without.register();
    let notice = |body: Value| draft("tender.published/1", "OWNER", body).at(without.step);
    let refused = without.refused(notice(weighted(&without)), "project.step");
    assert!(refused.message.contains("model.delivered/1"), "{refused}");
    let mut plain = weighted(&without);
    plain.as_object_mut().unwrap().remove("model");
    without.fine(notice(plain));
    world.fine(with(|body| body["model"]["schemas"] = (1..9).map(|n| format!("IFC{n}")).collect()));
}

fn a_bid_whose_model_was_altered_is_refused() {
    let mut world = opened(|_| ());
    assert_eq!([fault(&world, 0), fault(&world, 2)], [json!("undelivered"), json!("undelivered")]);
    // One byte, the same length; another file of the same bidder; another bidder's.
    let altered = ifc("B1").replacen("IFCPROJECT('0", "IFCPROJECT('1", 1);
    assert_eq!(altered.len(), ifc("B1").len());
    world.refused(model_of(&world, "B1", &altered), "model.altered");
    world.refused(model_of(&world, "B1", &ifc("B2")), "model.altered");
    // The body says what was sealed, and the document is another; or none is named.
    let mut hidden = model_of(&world, "B1", &ifc("B1"));
    hidden.papers = model_of(&world, "B1", &altered).papers;
    world.refused(hidden, "model.altered");
    let mut bare = model_of(&world, "B1", &ifc("B1"));
    bare.papers.clear();
    world.refused(bare, "model.altered");
    let mut size = model_of(&world, "B1", &ifc("B1"));
    size.papers[0].0.size += 1;
    world.refused(size, "model.altered");
    // Not under another's name, not without a bid, not twice.
    let mut stranger = model_of(&world, "B1", &ifc("B1"));
    stranger.by = vec![("B4".into(), key("B4"))];
    world.refused(stranger, "model.unknown");
    let mut loose = model_of(&world, "B1", &ifc("B1"));
    loose.previous = world.step;
    world.refused(loose, "record.previous");
    let handed = model_of(&world, "B1", &ifc("B1"));
    world.ok(handed);
    world.refused(model_of(&world, "B1", &ifc("B1")), "model.delivered_already");
    assert_eq!([fault(&world, 0), fault(&world, 1)], [Value::Null, json!("undelivered")]);
}

/// B1's price term 53.34, B2's 60.00, B3's 50.52; the model 36.00 each.
fn report(world: &World, out: &[&str]) -> Draft {
    let rows = [("B2", 80_000_000, 9600), ("B1", 90_000_000, 8933), ("B3", 95_000_000, 8653)];
    let rows = rows.iter().filter(|(bidder, ..)| !out.contains(bidder));
    let row = |(bidder, price, score): &(&str, u64, u64)| json!({"bidder": bidder, "number": 1, "price": price, "score": score});
    let out: Vec<Value> = out
        .iter()
        .map(|name| json!({"bid": {"bidder": name, "number": 1}, "reason": "模型与密封内容不符"}))
        .collect();
    let body =
        json!({"lots": [{"lot": "1", "ranking": rows.map(row).collect::<Vec<_>>(), "disqualified": out}]});
    (1..=5).fold(draft("evaluation.reported/1", "EAST", body), |d, n| d.also(&format!("M{n}"))).at(world.step)
}

fn score(world: &mut World) {
    let sheet = {
        let row = |bidder: &str| json!({"lot": "1", "bid": {"bidder": bidder, "number": 1}, "criteria": {"bim": 9000}});
        let rows = ["B1", "B2", "B3"].map(row);
        json!({"scores": rows}).to_string()
    };
    for n in 1..=5 {
        let name = format!("M{n}");
        let commitment = committee::commitment(&project(), &org(&name), &[5; 32], &sheet).to_string();
        world.ok(draft("scores.sealed/1", &name, json!({"commitment": commitment})).at(world.step));
    }
    for n in 1..=5 {
        let body = json!({"sheet": sheet, "salt": Digest::sha256([5; 32]).hex()});
        world.ok(draft("scores.revealed/1", &format!("M{n}"), body).at(world.step));
    }
}

fn a_report_ranks_only_bids_whose_models_are_as_sealed() {
    let mut world = opened(|world| {
        // B3 seals a model of a version the notice does not accept.
        world.extras.insert(
            "B3".into(),
            json!({"model": {"digest": Digest::of(b"x").to_string(), "size": 1, "schema": "IFC2X3"}}),
        );
    });
    assert_eq!(fault(&world, 2), "unfit");
    for bidder in ["B1", "B2"] {
        let handed = model_of(&world, bidder, &ifc(bidder));
        if bidder == "B1" {
            world.ok(handed);
        } else {
            world.fine(handed);
        }
    }
    world.draw();
    score(&mut world);
    // B2 has time still: neither a report without it nor one that keeps it out.
    world.now += 2 * hour();
    for out in [&["B3"][..], &["B2", "B3"]] {
        let refused = world.refused(report(&world, out), "model.waiting");
        assert_eq!((refused.rule.as_str(), refused.article.as_deref()), ("reveal_window", Some("中心规则")));
    }
    let mut in_time = world.apart();
    world.now += 1;
    // B2 did not hand in, B3's is unfit.
    for out in [&[][..], &["B2"], &["B3"]] {
        world.refused(report(&world, out), "model.not_disqualified");
    }
    for one in [&mut world, &mut in_time] {
        let handed = model_of(one, "B2", &ifc("B2"));
        one.ok(handed);
        let report = report(one, &["B3"]);
        one.ok(report);
    }
    // An edition's name takes its addenda, in whatever letters the bid has them; no draft, and not the other way round.
    for (asked, stated, faults) in [
        (json!(["IFC4"]), "Ifc4_add2_tc1", json!("undelivered")),
        (json!(["IFC4X3", "IFC4X3_ADD2"]), "IFC4x3_ADD2", json!("undelivered")),
        (json!(["IFC4X3_ADD2"]), "IFC4X3", json!("unfit")),
        (json!(["IFC4X3"]), "IFC4X3_RC4", json!("unfit")),
    ] {
        let mut world = World::new();
        world.register();
        let mut notice = weighted(&world);
        notice["model"]["schemas"] = asked.clone();
        world.publish(notice);
        with_models(&mut world, &["B1", "B2", "B3"]);
        let model = json!({"digest": Digest::of(b"x").to_string(), "size": 1, "schema": stated});
        world.extras.insert("B3".into(), json!({"model": model}));
        world.open_with(BIDS);
        assert_eq!(fault(&world, 2), faults, "{asked} {stated}");
    }
    // A bid without a model stays out as well, and nobody hands one in later.
    let none = opened(|world| drop(world.extras.remove("B2")));
    assert_eq!((fault(&none, 1), shown(&none)["bids"][1]["model"].clone()), (json!("none"), Value::Null));
    none.refused(model_of(&none, "B2", &ifc("B2")), "model.unknown");
}

fn models_are_secret_before_the_opening_and_absent_elsewhere() {
    let mut world = World::new();
    world.register();
    world.publish(weighted(&world));
    assert_eq!(shown(&world)["bids"], json!([]));
    assert_eq!(shown(&world)["criterion"], "bim");
    let plain = evaluating();
    assert_eq!(bidding::view::models(&plain.state, &project()).unwrap(), None);
    // A model nobody asked for changes nothing and is handed in by nobody.
    plain.refused(model_of(&plain, "B1", &ifc("B1")), "model.unknown");
}

fn completeness(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()["completeness"].clone()
}

fn a_step_on_paper_lowers_the_completeness() {
    let mut world = World::new();
    world.register();
    assert_eq!(completeness(&world), json!({"electronic": 1, "steps": 1, "permille": 1000, "on_paper": []}));
    let note = |by: &str, step: &str| {
        let body = json!({"step": step, "reason": "系统停电"});
        draft("step.on_paper/1", by, body).paper("扫描件.txt", "text/plain", "合成".as_bytes()).at(None)
    };
    world.refused(note("EAST", "notice"), "paper.step");
    world.publish(world.published());
    world.refused(note("B1", "notice"), "participant.role");
    world.refused(note("CITY", "notice"), "participant.not_party");
    world.fine(note("OWNER", "notice"));
    let mut bare = note("OWNER", "notice");
    bare.papers.clear();
    world.refused(bare, "paper.step");
    world.refused(note("EAST", "bids"), "paper.step");
    on_paper(&mut world, "notice");
    world.refused(note("OWNER", "notice"), "paper.step");
    let found = completeness(&world);
    assert_eq!(
        (&found["electronic"], &found["steps"], &found["permille"]),
        (&json!(1), &json!(2), &json!(500))
    );
    assert_eq!(found["on_paper"][0]["step"], "notice");
    assert_eq!(found["on_paper"][0]["record"], json!(world.records.last().unwrap()));
    // A committee that was not drawn on the ledger was drawn on paper, whoever says so or not.
    let mut drawn = evaluating();
    let found = completeness(&drawn);
    assert_eq!((&found["electronic"], &found["steps"]), (&json!(4), &json!(5)));
    assert_eq!(found["on_paper"], json!([{"step": "draw", "record": null}]));
    drawn.step(draft("tender.failed/1", "OWNER", json!({"reason": "x"})));
    let (records, history) = drawn.chained();
    drawn.step(archive(records, history));
    drawn.refused(note("EAST", "opening"), "paper.step");
    let (from, until) = (TimeMs::new(drawn.now), TimeMs::new(drawn.now + 1));
    let found = archive::view::indicators(&drawn.state, None, from, until).unwrap().unwrap();
    assert_eq!((found.electronic_steps.numerator, found.electronic_steps.denominator), (4, 5));
}

fn a_voluntary_tender_chooses_among_its_candidates() {
    // Without a scale in its rulebook no tender is voluntary.
    let mut plain = World::under(REPLAY.into());
    plain.register();
    let mut body = plain.published();
    body["currency"] = json!("JPY");
    body["voluntary"] = json!("works");
    plain.refused(draft("tender.published/1", "OWNER", body).at(plain.step), "tender.voluntary");
    let awarded_to_second = |voluntary: bool| {
        let mut world = World::new();
        world.register();
        let mut body = world.published();
        if voluntary {
            body["voluntary"] = json!("works");
        }
        world.publish(body);
        world.open_with(BIDS);
        world.draw();
        world.report(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
        world.step(candidates(&["B2", "B1"]));
        world.now += 3 * day();
        let shown = shown::project(&world.state, &project()).unwrap().unwrap();
        assert_eq!(shown["voluntary"], voluntary);
        world
    };
    let second = || award("B1", 90_000_000, &[]);
    let bound = awarded_to_second(false);
    let reject = bound.refused(second().at(bound.step), "award.rank");
    assert_eq!(reject.article.as_deref(), Some("条例55"));
    let free = awarded_to_second(true);
    free.fine(second().at(free.step));
    free.refused(award("B3", 95_000_000, &[]).at(free.step), "award.rank");
    // Estimated low and without a ceiling, awarded at the scale: bound as every tender the law asks for.
    for (second, is_bound) in [(399_999_999, false), (400_000_000, true)] {
        let mut world = World::new();
        world.register();
        let mut body = world.published();
        body["voluntary"] = json!("works");
        body["lots"][0].as_object_mut().unwrap().remove("ceiling");
        world.publish(body);
        world.open_with(&[("B1", second), ("B2", 80_000_000), ("B3", 500_000_000)]);
        world.draw();
        world.report(ranked(&[("B2", 80_000_000), ("B1", second), ("B3", 500_000_000)]));
        world.step(candidates(&["B2", "B1"]));
        world.now += 3 * day();
        if is_bound {
            world.refused(award("B1", second, &[]).at(world.step), "award.rank");
            world.fine(award("B2", 80_000_000, &[]).at(world.step));
        } else {
            world.fine(award("B1", second, &[]).at(world.step));
        }
    }
}

#[test]
fn models_papers_and_voluntary_tenders() {
    a_notice_scores_the_model_by_one_of_its_criteria();
    a_bid_whose_model_was_altered_is_refused();
    a_report_ranks_only_bids_whose_models_are_as_sealed();
    models_are_secret_before_the_opening_and_absent_elsewhere();
    a_step_on_paper_lowers_the_completeness();
    a_voluntary_tender_chooses_among_its_candidates();
    assert_eq!(seen(CODES_MODEL), Vec::<&str>::new(), "codes no test provokes");
}
