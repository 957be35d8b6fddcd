//! Ratings, imported history and indicators.

use biaozheng_contracts::{archive, oversight, project, shown};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ProjectId, RecordId, TimeMs};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{day, org, project};
use biaozheng_scenes::tender::{archive, award, candidates, contract, evaluated, ranked};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

use super::ALL;

fn rating(by: &str, step: &str, points: u8) -> Draft {
    draft("rating.given/1", by, json!({"step": step, "rating": points, "text": "办理及时"})).at(None)
}

#[test]
pub(crate) fn each_participant_rates_a_finished_step_once() {
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
    let shown = oversight::view::ratings(&world.state, &project()).unwrap();
    let opened = json!({"step": "opened", "counts": [1, 0, 0, 0, 2], "ratings": 3, "sum": 11});
    let evaluated = json!({"step": "evaluated", "counts": [0, 0, 0, 1, 0], "ratings": 1, "sum": 4});
    assert_eq!(shown, [opened, evaluated]);
    assert_eq!(oversight::view::centre_ratings(&world.state, &org("EAST")).unwrap(), shown);
    // The archive covers every record of its project: nothing is rated after it.
    world.step(draft("tender.failed/1", "OWNER", json!({"reason": "x"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    world.refused(rating("B3", "opened", 5), "rating.step");
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
pub(crate) fn imported_history_stays_apart() {
    let mut world = World::new();
    let ocid = "ocds-213czf-000-00001";
    world.refused(imported("B1", ocid, b"v1", None), "participant.role");
    world.refused(imported("EAST", ocid, b"v1", None).at(None), "history.project");
    for none in ["", " ", "ocds-213czf\n1", "ocds-213czf\u{7f}"] {
        world.refused(imported("EAST", none, b"v1", None), "history.form");
    }
    // As publishers write them: with spaces, in other letters, without a prefix.
    for theirs in ["213czf", "ocds-abc123-OFFICE 2 CM-2022-0062", "ocds-标段-甲/2026（一）", "招标2026-1"]
    {
        world.fine(imported("EAST", theirs, b"v1", None));
    }
    let long = format!("ocds-{}", "x".repeat(251));
    world.fine(imported("EAST", &long, b"v1", None));
    world.refused(imported("EAST", &format!("{long}x"), b"v1", None), "history.form");
    let first = world.ok(imported("EAST", ocid, b"v1", None));
    world.refused(imported("EAST", ocid, b"v1", Some(first)), "history.same");
    world.refused(imported("EAST", ocid, b"v2", None), "record.previous");
    world.ok(imported("EAST", ocid, b"v2", Some(first)));
    let shown = archive::view::imported(&world.state, None, 10).unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!((&shown[0]["imported"], &shown[0]["version"]), (&json!(true), &json!(2)));
    assert_eq!(shown[0]["under_these_rules"], false);
    assert_eq!(archive::view::imported(&world.state, Some(ocid), 10).unwrap(), Vec::<Value>::new());
    // No list of projects has it, and a project of the same name is another thing.
    assert_eq!(project::view::projects(&world.state, None, 10).unwrap(), vec![]);
    assert_eq!(shown::project(&world.state, &ProjectId::new(ocid).unwrap()).unwrap(), None);
}

/// A tender from registration to the archive, with an objection answered a day late.
fn ended() -> World {
    let mut world = World::new();
    world.register();
    world.now += 2 * day();
    world.publish(world.published());
    for (raised, delay) in [("第一次", 3 * day()), ("第二次", 4 * day())] {
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
    world.now += 3 * day();
    world.step(award("B1", 90_000_000, &["declined"]));
    world.now += day();
    world.step(contract(90_000_000, 0).also("B1"));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已报告"})));
    let (records, history) = world.chained();
    let mut sealed = archive(records, history);
    sealed.body["missing"] = json!(["纸质签到表"]);
    world.step(sealed);
    world
}

#[test]
pub(crate) fn indicators_are_recomputed() {
    let mut world = ended();
    let end = world.now;
    let numbers = |world: &World, centre: Option<&str>, from: u64, until: u64| {
        let centre = centre.map(org);
        let found =
            archive::view::indicators(&world.state, centre.as_ref(), TimeMs::new(from), TimeMs::new(until));
        serde_json::to_value(found.unwrap().unwrap()).unwrap()
    };
    let one = numbers(&world, None, end, end + 1);
    let fraction =
        |numerator: u64, denominator: u64| json!({"numerator": numerator, "denominator": denominator});
    assert_eq!((&one["projects"], &one["supervised"], &one["failed"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(one["days"]["registered_to_published"], fraction(2 * day(), day()));
    assert_eq!(one["days"]["published_to_opened"], fraction(20 * day(), day()));
    assert_eq!(one["days"]["awarded_to_contracted"], fraction(day(), day()));
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
    world.now += day();
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
    let shown = archive::view::published_indicators(&world.state, None, 10).unwrap();
    assert_eq!((shown.len(), &shown[0].1["record"]), (1, &json!(same)));
    // Pages of one find every publication, each once.
    let mut published = vec![same];
    for step in 1..4 {
        let numbers = numbers(&world, None, 0, end + step);
        published.push(world.ok(publish("CITY", None, 0, end + step, &numbers)));
    }
    published.sort();
    let (mut paged, mut after) = (Vec::new(), None);
    while let Some((id, row)) =
        archive::view::published_indicators(&world.state, after.as_ref(), 1).unwrap().pop()
    {
        assert_eq!(row["record"], json!(id));
        paged.push(id);
        after = Some(id);
    }
    assert_eq!(paged, published);
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
