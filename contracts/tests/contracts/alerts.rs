//! Alerts: the regulator raises one, disposes of it once; a table of refusals with its neighbours.

use biaozheng_contracts::CODES_SUPERVISION;
use biaozheng_contracts::shown;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::RecordId;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::tender::{candidates, evaluated};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn body(world: &World) -> Value {
    json!({
        "rule": "collusion.same_device", "severity": "high", "records": [world.step.unwrap().to_string()],
        "organisations": ["B1", "B2"], "formula": "equal digests", "threshold": "0", "found": "2 bidders",
        "rules": {"version": 1, "digest": Digest::of(b"rules").to_string()}, "due_ms": world.now + day(),
        "text": "two bidders, one device", "text_zh": "不同投标人设备相同",
    })
}

fn raised(body: Value) -> Draft {
    draft("alert.raised/1", "REG", body)
}

fn disposed(alert: RecordId) -> Draft {
    let body =
        json!({"alert": alert.to_string(), "disposition": "explained", "reason": "共用办公室，已核实"});
    draft("alert.disposed/1", "REG", body)
}

#[test]
fn an_alert_is_raised_and_disposed_of_once() {
    let mut world = evaluated();
    let good = body(&world);
    let in_project = |world: &World| raised(body(world)).at(world.step);
    let before = shown::project(&world.state, &project()).unwrap().unwrap();
    let alert = world.ok(in_project(&world));
    let after = shown::project(&world.state, &project()).unwrap().unwrap();
    for field in ["stage", "step", "late", "lots", "suspended"] {
        assert_eq!(before[field], after[field], "an alert changes nothing but the history");
    }
    world.refused(raised(good.clone()), "alert.exists");
    let mut other = good.clone();
    other["organisations"] = json!(["B1", "B3"]);
    world.fine(raised(other));
    world.refused(
        disposed(RecordId::new(Digest::of(b"none"))).at(Some(RecordId::new(Digest::of(b"none")))),
        "alert.unknown",
    );
    world.refused(disposed(alert).at(world.step), "record.previous");
    world.now += 2 * day();
    world.ok(disposed(alert).at(Some(alert)));
    world.refused(disposed(alert).at(Some(alert)), "alert.unknown");
    // What was disposed of may come up again.
    world.fine(raised(body(&world)));
    // The procedure goes on as if nothing had been.
    world.now -= 2 * day();
    world.step(candidates(&["B2", "B1", "B3"]));
}

#[test]
fn alerts_are_refused_for_their_own_reasons() {
    forget();
    let world = evaluated();
    let with = |field: &str, value: Value| {
        let mut body = body(&world);
        body[field] = value;
        raised(body)
    };
    world.fine(raised(body(&world)));
    world.refused(draft("alert.raised/1", "OWNER", body(&world)), "participant.role");
    world.refused(draft("alert.disposed/1", "OWNER", disposed(world.step.unwrap()).body), "participant.role");
    for bad in ["", "two words", &"r".repeat(61)] {
        world.refused(with("rule", json!(bad)), "alert.rule");
    }
    world.fine(with("rule", json!("r".repeat(60))));
    world.refused(with("rules", json!({"version": 0, "digest": Digest::of(b"r").to_string()})), "alert.rule");
    world.refused(with("due_ms", json!(world.now)), "alert.due");
    world.fine(with("due_ms", json!(world.now + 1)));
    let twice = json!(["B1", "B1"]);
    world.refused(with("organisations", twice), "alert.names");
    let many = |n: usize| json!((0..n).map(|n| Digest::of(&n.to_le_bytes()).to_string()).collect::<Vec<_>>());
    world.refused(with("records", many(201)), "alert.names");
    world.fine(with("records", many(200)));
    let mut none = body(&world);
    none["records"] = json!([]);
    none["organisations"] = json!([]);
    world.refused(raised(none), "alert.names");
    world.refused(with("text_zh", json!("")), "record.text");
    world.refused(with("surprise", json!(1)), "record.body");
    let mut nowhere = raised(body(&world));
    nowhere.project = true;
    World::new().refused(nowhere, "project.unknown");
    let mut seen = evaluated();
    let alert = seen.ok(raised(body(&seen)));
    seen.refused(raised(body(&seen)), "alert.exists");
    seen.refused(disposed(seen.step.unwrap()).at(seen.step), "alert.unknown");
    seen.fine(disposed(alert).at(Some(alert)));
    let missed = unmet(CODES_SUPERVISION);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
