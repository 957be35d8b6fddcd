//! Working days come from a year's calendar: the one a project pinned, or the first of a year it could not pin.

use biaozheng_contracts::project::complaints;
use biaozheng_contracts::rulebook;
use biaozheng_ledger::digest::Digest;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::setting::{key, project};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::shown;

fn calendar(year: u16, version: u32, holidays: &[&str], working: &[&str]) -> Draft {
    let body = json!({
        "year": year, "version": version, "holidays": holidays, "working_days": working, "source": "国办发明电（演示）",
    });
    draft("calendar.published/1", "CITY", body)
}

/// 国庆: the week from Thursday on, and the Saturday after it is worked.
const OCTOBER: &[&str] = &["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"];
const WORKED: &[&str] = &["2026-10-10"];

fn october(version: u32) -> Draft {
    calendar(2026, version, OCTOBER, WORKED)
}

/// Noon in UTC+8.
fn noon(date: &str) -> u64 {
    let days = biaozheng_days(date);
    days * 86_400_000 + 4 * 3_600_000
}

/// Days since 1970-01-01 of a date in 2026, counted without the code under test.
fn biaozheng_days(date: &str) -> u64 {
    let part = |from: usize, to: usize| date[from..to].parse::<u64>().unwrap();
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    assert_eq!(part(0, 4), 2026);
    20_454 + before[usize::try_from(part(5, 7)).unwrap() - 1] + part(8, 10) - 1
}

/// 24:00 in UTC+8.
fn end_of(date: &str) -> u64 {
    (biaozheng_days(date) + 1) * 86_400_000 - 8 * 3_600_000
}

/// A tender's complaint filed on Tuesday, 29 September: the regulator accepts or declines within three working days.
fn complained(world: &mut World) {
    world.now = noon("2026-09-29");
    let body = json!({
        "matter": "conduct", "known_ms": world.now, "letter": Digest::of(b"letter").to_string(),
    });
    world.ok(draft("complaint.filed/1", "B1", body).at(None));
}

fn due(world: &World) -> u64 {
    complaints::complaints(&world.state, &project()).unwrap()[0]["due_ms"].as_u64().unwrap()
}

fn published(mut world: World) -> World {
    world.register();
    let body = world.published();
    world.publish(body);
    world
}

#[test]
fn a_pinned_calendar_decides() {
    let mut world = World::new();
    world.ok(october(1));
    let mut world = published(world);
    complained(&mut world);
    // 30 September, 8 and 9 October.
    assert_eq!(due(&world), end_of("2026-10-09"));
    let seen = shown(&world);
    assert_eq!(
        (&seen["rules"]["calendars"][0]["year"], &seen["rules"]["weekends_only"]),
        (&json!(2026), &json!([2027]))
    );
    // A correction is for tenders that come after it.
    world.ok(calendar(
        2026,
        2,
        &["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08"],
        &[],
    ));
    assert_eq!(due(&world), end_of("2026-10-09"));
    let mut late = world.apart();
    late.now = end_of("2026-10-09") + 1;
    let complaint = late
        .log
        .iter()
        .rev()
        .find(|(one, ..)| one.payload().record_type.name() == "complaint.filed")
        .unwrap()
        .0
        .id();
    let declined = || {
        let mut one = draft(
            "complaint.declined/1",
            "REG",
            json!({"complaint": complaint.to_string(), "reason": "不予受理"}),
        );
        one.project = true;
        one.previous = Some(complaint);
        one
    };
    let record = declined();
    late.ok(record);
    assert_eq!(shown(&late)["late"], json!(["complaint_accept_max"]));
    world.now = end_of("2026-10-09");
    let record = declined();
    world.ok(record);
    assert_eq!(shown(&world)["late"], json!([]));
}

#[test]
fn without_a_calendar_weekends_only_until_the_first_one_comes() {
    let mut world = published(World::new());
    complained(&mut world);
    assert_eq!(due(&world), end_of("2026-10-02"));
    assert_eq!(shown(&world)["rules"]["weekends_only"], json!([2026, 2027]));
    // It comes in time: what is ahead moves.
    let mut early = world.apart();
    early.now = noon("2026-09-30");
    early.ok(october(1));
    assert_eq!(due(&early), end_of("2026-10-09"));
    assert_eq!(shown(&early)["rules"]["calendars"][0]["pinned"], json!(false));
    // A correction of it does not move it again.
    early.ok(calendar(2026, 2, &[], &[]));
    assert_eq!(due(&early), end_of("2026-10-09"));
    // It comes when the duty had fallen due: that stays.
    world.now = end_of("2026-10-02") + 1;
    world.ok(october(1));
    assert_eq!(due(&world), end_of("2026-10-02"));
}

pub(crate) fn rules() {
    let mut world = World::new();
    let bad = |draft: Draft| drop(world.refused(draft, "calendar.invalid"));
    bad(calendar(2026, 1, &["2026-10-02", "2026-10-01"], &[]));
    bad(calendar(2026, 1, &["2026-10-01", "2026-10-01"], &[]));
    bad(calendar(2026, 1, &["2025-10-01"], &[]));
    bad(calendar(2026, 1, &["2026-02-30"], &[]));
    bad(calendar(2026, 1, &["1 October"], &[]));
    // A Friday is worked anyway.
    bad(calendar(2026, 1, &[], &["2026-10-09"]));
    bad(calendar(2026, 1, &["2026-10-10"], &["2026-10-10"]));
    bad(calendar(1999, 1, &[], &[]));
    world.refused(calendar(2026, 2, OCTOBER, WORKED), "calendar.version");
    world.ok(october(1));
    world.refused(october(1), "calendar.version");
    world.fine(october(2));
    let mut by_district = october(2);
    by_district.by = vec![("EAST".into(), key("EAST"))];
    world.refused(by_district, "participant.role");
    let all = rulebook::view::calendars(&world.state).unwrap();
    assert_eq!(
        (all.len(), &all[0]["holidays"], &all[0]["working_days"]),
        (1, &json!(OCTOBER), &json!(WORKED))
    );
}
