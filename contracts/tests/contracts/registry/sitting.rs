//! Logs, chained segments and reports of witnessed sittings.

use biaozheng_contracts::oversight;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{CameraId, SittingId, TimeMs};
use biaozheng_ledger::witness_chain::{Batch, ChainState, OnHand, Segment, SegmentFinding, compare, replay};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{key, project};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

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
        run: None,
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
pub(crate) fn a_sitting_is_logged_chained_and_reported() {
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
    let shown = oversight::view::sittings(&world.state, &project(), None, 10).unwrap();
    let shown: Vec<Value> = shown.into_iter().map(|(_, row)| row).collect();
    assert_eq!(shown[0]["cameras"][1]["head"], json!(end.head.to_string()));
    assert_eq!(shown[0]["recordings"][1]["clock_offset_ms"], 12);
    let recorded: Vec<Segment> = [first, next].into_iter().flat_map(|batch| batch.segments).collect();
    let hand: Vec<OnHand> = recorded
        .iter()
        .filter(|one| one.index != 3)
        .map(|one| OnHand { index: one.index, digest: *one.digest.digest() })
        .collect();
    assert_eq!(compare(&recorded, &hand), [SegmentFinding::Removed { index: 3 }]);
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
pub(crate) fn sittings_come_in_pages() {
    let mut world = witnessed();
    for name in ["opening", "draw", "review-2", "review"] {
        let mut entry = logged(&world, 1, "entry", Some("张"));
        entry.body["sitting"] = json!(name);
        world.ok(entry);
    }
    let (mut paged, mut after) = (Vec::new(), None);
    while let Some((name, row)) =
        oversight::view::sittings(&world.state, &project(), after.as_ref(), 1).unwrap().pop()
    {
        assert_eq!(row["sitting"], json!(name));
        paged.push(name.to_string());
        after = Some(name);
    }
    assert_eq!(paged, ["draw", "opening", "review", "review-2"]);
}

#[test]
pub(crate) fn cameras_and_incidents_are_bounded() {
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

fn logged_at(world: &World, by: &str, venue: &str, sequence: u32, event: &str) -> Draft {
    let mut record = logged(world, sequence, event, None);
    record.by = vec![(by.into(), key(by))];
    record.body["sitting"] = json!("evaluation-1");
    record.body["venue"] = json!(venue);
    record
}

/// Opened, with a committee; EAST is to host its session, WEST and NORTH are centres too.
fn seated() -> World {
    let mut world = witnessed();
    world.publish(world.published());
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world.draw();
    world
}

fn session(world: &World) -> Draft {
    let seat = |n: usize| json!({"member": format!("M{n}"), "venue": if n < 3 { "EAST" } else { "WEST" }});
    let body = json!({
        "host": "EAST", "venues": ["WEST"], "seats": (1..=5).map(seat).collect::<Vec<_>>(),
        "until_ms": world.now + 1_000_000,
    });
    draft("evaluation.session_opened/1", "EAST", body)
}

#[test]
pub(crate) fn each_venue_of_a_session_has_its_log_and_one_without_is_named() {
    let mut world = seated();
    // Without a session any centre's venue will do, and nobody is missed.
    world.fine(logged_at(&world, "EAST", "NORTH", 1, "communication"));
    world.refused(logged_at(&world, "EAST", "B1", 1, "communication"), "witness.venue");
    world.refused(logged_at(&world, "WEST", "WEST", 1, "communication"), "participant.not_party");
    let opening = session(&world);
    world.step(opening);
    world.refused(logged_at(&world, "W1", "NORTH", 1, "communication"), "witness.venue");
    world.refused(logged_at(&world, "NORTH", "NORTH", 1, "communication"), "participant.not_party");
    // Any other sitting is no business of the session's.
    let mut other = logged_at(&world, "W1", "NORTH", 1, "communication");
    other.body["sitting"] = json!("evaluations");
    world.fine(other);
    world.ok(logged_at(&world, "EAST", "EAST", 1, "communication"));
    let shown =
        |world: &World| oversight::view::sittings(&world.state, &project(), None, 10).unwrap()[0].1.clone();
    assert_eq!(shown(&world)["without_log"], json!(["WEST"]));
    let report = |body: Value| draft("witness.reported/1", "EAST", body).at(None);
    let silent = json!({
        "sitting": "evaluation-1", "log_entries": 1, "without_log": ["WEST"], "incidents": [], "cameras": [],
        "conclusion": "副场未留见证日志",
    });
    let mut unsaid = silent.clone();
    unsaid["without_log"] = json!([]);
    world.refused(report(unsaid), "witness.report");
    world.fine(report(silent.clone()));
    // The sub venue's own centre keeps its log, which counts from 1; the host's goes on.
    world.refused(logged_at(&world, "WEST", "EAST", 2, "communication"), "participant.not_party");
    world.refused(logged_at(&world, "WEST", "WEST", 2, "communication"), "witness.log");
    world.ok(logged_at(&world, "WEST", "WEST", 1, "communication"));
    world.refused(logged_at(&world, "W1", "WEST", 2, "communication"), "witness.recorder");
    let mut back = logged_at(&world, "WEST", "WEST", 2, "communication");
    back.body["at_ms"] = json!(world.now - 1);
    world.refused(back, "witness.log");
    let incident = world.ok(logged_at(&world, "WEST", "WEST", 2, "incident"));
    // An entry without a venue is the hosting centre's.
    let mut host = logged_at(&world, "EAST", "EAST", 2, "communication");
    host.body.as_object_mut().unwrap().remove("venue");
    world.ok(host);
    world.fine(logged_at(&world, "EAST", "EAST", 3, "communication"));
    let logs = json!([
        {"venue": "EAST", "entries": 2, "recorder": "EAST"}, {"venue": "WEST", "entries": 2, "recorder": "WEST"},
    ]);
    let now = shown(&world);
    assert_eq!((&now["venues"], &now["log_entries"], &now["without_log"]), (&logs, &json!(4), &json!([])));
    world.refused(report(silent), "witness.report");
    let full = json!({
        "sitting": "evaluation-1", "log_entries": 4, "incidents": [incident], "cameras": [], "conclusion": "主副场均已见证",
        "venues": [{"venue": "EAST", "entries": 2}, {"venue": "WEST", "entries": 2}],
    });
    for (field, value) in [
        ("venues", json!([])),
        ("venues", json!([{"venue": "EAST", "entries": 4}])),
        ("log_entries", json!(2)),
        ("without_log", json!(["WEST"])),
    ] {
        let mut wrong = full.clone();
        wrong[field] = value;
        world.refused(report(wrong), "witness.report");
    }
    // The visiting centre reports nothing.
    let mut theirs = report(full.clone());
    theirs.by = vec![("WEST".into(), key("WEST"))];
    world.refused(theirs, "participant.not_party");
    world.ok(report(full));
    world.refused(logged_at(&world, "WEST", "WEST", 3, "communication"), "witness.closed");
}

#[test]
pub(crate) fn venues_of_a_sitting_are_bounded() {
    let mut world = witnessed();
    for n in 0..17 {
        let name = format!("V{n}");
        let body =
            json!({"org": name, "name": name, "roles": ["district_centre"], "key": key(&name).public()});
        world.ok(draft("participant.registered/1", "CITY", body));
        let record = logged_at(&world, "W1", &name, 1, "communication");
        if n < 16 {
            world.ok(record);
        } else {
            world.refused(record, "witness.limit");
        }
    }
}
