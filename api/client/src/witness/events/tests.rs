//! A log file as a recorder keeps it: recorded from where it stands, then cut, altered and guessed at.

use std::fs;

use super::*;

const LINES: [&str; 5] = [
    r#"{"event":"entry","at_ms":1000,"person":"E-017"}"#,
    r#"{"event":"identity_checked","at_ms":2000,"person":"E-017"}"#,
    r#"{"event":"communication","at_ms":3000,"note":"电话收存"}"#,
    r#"{"event":"incident","at_ms":4000,"note":"断网两分钟"}"#,
    r#"{"event":"exit","at_ms":5000,"person":"E-017"}"#,
];

fn log(venue: &str) -> EventLog {
    EventLog {
        project: ProjectId::new("P-1").unwrap(),
        sitting: SittingId::new("evaluation-1").unwrap(),
        venue: OrgId::new(venue).unwrap(),
        clock_offset_ms: -35,
    }
}

fn salt(digit: &str) -> EventSalt {
    EventSalt::from_digits(&format!("{}\n", digit.repeat(64)), Path::new("salt")).unwrap()
}

fn read(lines: &[&str]) -> Result<Vec<Logged>, EventsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    entries(&path, &log("WEST"), &salt("a"))
}

#[test]
fn a_line_becomes_a_record_that_tells_nobody_who() {
    let all = read(&LINES).unwrap();
    let bodies = serde_json::to_string(&all).unwrap();
    for secret in ["E-017", "电话", "断网"] {
        assert!(!bodies.contains(secret), "{bodies}");
    }
    assert_eq!(all.iter().map(|one| one.sequence).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    assert_eq!((all[0].person, all[2].person), (all[4].person, None));
    assert!(all[0].person.is_some() && all[0].venue.as_ref().unwrap().as_str() == "WEST");
    // Who knows the line and not the salt cannot show that it is the one.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    fs::write(&path, LINES[0]).unwrap();
    let other = entries(&path, &log("WEST"), &salt("b")).unwrap();
    assert!(other[0].detail != all[0].detail && other[0].person != all[0].person);
    // The same line at another venue is another event by the same person.
    let elsewhere = entries(&path, &log("EAST"), &salt("a")).unwrap();
    assert!(elsewhere[0].detail != all[0].detail && elsewhere[0].person == all[0].person);
}

#[test]
fn recording_goes_on_after_the_last_line_and_stops_at_a_changed_one() {
    let path = Path::new("events.jsonl");
    let all = read(&LINES).unwrap();
    let rest = unrecorded(path, all.clone(), &all[..2]).unwrap();
    assert_eq!(rest.iter().map(|one| one.sequence).collect::<Vec<_>>(), [3, 4, 5]);
    assert!(unrecorded(path, all.clone(), &all).unwrap().is_empty());
    let mut changed = LINES;
    changed[1] = r#"{"event":"identity_checked","at_ms":2001,"person":"E-017"}"#;
    let error = unrecorded(path, read(&changed).unwrap(), &all[..3]).unwrap_err();
    assert!(matches!(error, EventsError::Changed { line: 2, .. }), "{error}");
    let error = unrecorded(path, read(&LINES[..2]).unwrap(), &all).unwrap_err();
    assert!(matches!(error, EventsError::Changed { line: 3, .. }), "{error}");
}

#[test]
fn a_check_names_what_is_missing_altered_or_not_recorded() {
    let recorded = read(&LINES[..4]).unwrap();
    let check = |lines: &[&str]| compare_events(&recorded, &read(lines).unwrap());
    assert_eq!(check(&LINES[..4]), []);
    assert_eq!(check(&LINES), [EventFinding::Unrecorded { line: 5 }]);
    assert_eq!(check(&[LINES[0], LINES[2], LINES[3]]), [EventFinding::Removed { sequence: 2 }]);
    assert_eq!(check(&LINES[..3]), [EventFinding::Removed { sequence: 4 }]);
    let other = r#"{"event":"incident","at_ms":4000,"note":"无"}"#;
    assert_eq!(check(&[LINES[0], LINES[1], LINES[2], other]), [EventFinding::Altered { sequence: 4 }]);
    assert_eq!(
        check(&[LINES[0], LINES[1], other, LINES[2], LINES[3]]),
        [EventFinding::Unrecorded { line: 3 }]
    );
}

#[test]
fn what_is_no_event_is_named_by_its_line() {
    for bad in [
        "",
        "[]",
        r#"{"event":"party","at_ms":1}"#,
        r#"{"event":"entry","at_ms":-1}"#,
        r#"{"event":"entry","at_ms":1,"persons":"E"}"#,
        r#"{"event":"entry","at_ms":1,"person":"E","person":"F"}"#,
    ] {
        let error = read(&[LINES[0], bad, LINES[1]]).unwrap_err();
        assert!(matches!(error, EventsError::Line { line: 2, .. }), "{bad}: {error}");
    }
    for digits in ["", "ab", &"g".repeat(64), &"A".repeat(64), &"a".repeat(66)] {
        assert!(
            matches!(EventSalt::from_digits(digits, Path::new("salt")), Err(EventsError::Salt(_))),
            "{digits}"
        );
    }
}

#[test]
fn a_venue_without_a_log_of_the_evaluation_is_named() {
    let recorded = read(&LINES).unwrap();
    let (east, west) = (OrgId::new("EAST").unwrap(), OrgId::new("WEST").unwrap());
    let session = [east.clone(), west.clone()];
    let of = |sitting: &str, recorded: &[Logged]| {
        venues_without_log(&SittingId::new(sitting).unwrap(), &session, recorded, &east)
    };
    assert_eq!(of("evaluation-1", &recorded), std::slice::from_ref(&east));
    assert_eq!(of("evaluation-2", &recorded), session);
    assert_eq!(of("opening", &recorded), []);
    let mut both = recorded.clone();
    both.push(Logged { venue: None, ..recorded[0].clone() });
    assert_eq!(of("evaluation-1", &both), []);
    assert_eq!(of_venue(&both, &east, &log("WEST")).len(), 5);
    assert_eq!(of_venue(&both, &east, &log("EAST")).len(), 1);
}
