//! Real files in a scratch folder: recorded in batches, then removed, swapped, altered, cut and renamed.

use std::fs;
use std::path::Path;

use biaozheng_ledger::ids::{ChainId, OrgId, TimeMs};
use biaozheng_ledger::key::SecretKey;

use super::*;
use crate::author::Author;

const COUNT: u64 = 130;

fn recording() -> Recording {
    Recording {
        project: ProjectId::new("P-1").unwrap(),
        sitting: SittingId::new("evaluation").unwrap(),
        joint_ms: 0,
        clock_offset_ms: -7,
        gap_reason: None,
    }
}

fn camera(name: &str) -> CameraId {
    CameraId::new(name).unwrap()
}

fn name(camera: &str, index: u64) -> String {
    format!("{camera}_{index:06}_{}_{}.mp4", 10_000 * index, 10_000 * (index + 1))
}

fn write(folder: &Path, camera: &str, index: u64) {
    // One is larger than a piece read at a time.
    let size = if index == 7 { 300_000 } else { 3000 };
    let content = format!("{camera} {index} ").repeat(size);
    fs::write(folder.join(name(camera, index)), &content.as_bytes()[..size]).unwrap();
}

/// Records everything a folder has and is not recorded yet.
fn record_all(folder: &Path, recording: &Recording, camera: &CameraId, batches: &mut Vec<Batch>) -> usize {
    let files = scan(folder).unwrap();
    let mut chain = state(recording, camera, batches).unwrap();
    let before = batches.len();
    while let Some((batch, after)) = next_batch(&files, recording, camera, &chain).unwrap() {
        batches.push(batch);
        chain = after;
    }
    assert_eq!(state(recording, camera, batches).unwrap(), chain);
    batches.len() - before
}

fn check(folder: &Path, batches: &[Batch]) -> FolderCheck {
    let recording = recording();
    check_folder(folder, &recording.project, &recording.sitting, batches).unwrap()
}

fn findings(folder: &Path, batches: &[Batch], name: &str) -> Vec<Finding> {
    check(folder, batches).cameras[&camera(name)].findings.clone()
}

#[test]
fn a_folder_is_recorded_in_batches_and_every_change_of_it_is_found() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    (0..COUNT).for_each(|index| write(folder, "hall", index));
    write(folder, "door", 0);
    fs::write(folder.join("notes.txt"), "x").unwrap();
    let mut batches = Vec::new();
    assert_eq!(record_all(folder, &recording(), &camera("hall"), &mut batches), 2, "128 and 2 segments");
    assert_eq!(record_all(folder, &recording(), &camera("hall"), &mut batches), 0, "nothing twice");
    assert_eq!(record_all(folder, &recording(), &camera("door"), &mut batches), 1);
    let clean = check(folder, &batches);
    assert!(clean.is_complete());
    assert_eq!(
        (clean.cameras[&camera("hall")].segments, clean.cameras[&camera("hall")].files),
        (COUNT, COUNT)
    );
    assert_eq!(clean.strangers, [folder.join("notes.txt")]);

    let path = |index: u64| folder.join(name("hall", index));
    // Removed; the other camera is untouched.
    fs::rename(path(5), folder.join("away")).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Removed { index: 5 }]);
    assert_eq!(findings(folder, &batches, "door"), []);
    fs::rename(folder.join("away"), path(5)).unwrap();
    // One byte altered, and one cut off.
    let whole = fs::read(path(7)).unwrap();
    let mut altered = whole.clone();
    altered[123_456] ^= 1;
    for forged in [&altered[..], &whole[..whole.len() - 1]] {
        fs::write(path(7), forged).unwrap();
        assert_eq!(findings(folder, &batches, "hall"), [Finding::Altered { index: 7 }]);
    }
    fs::write(path(7), &whole).unwrap();
    // Swapped.
    let other = fs::read(path(20)).unwrap();
    fs::write(path(7), &other).unwrap();
    fs::write(path(20), &whole).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Swapped { first: 7, second: 20 }]);
    fs::write(path(7), &whole).unwrap();
    fs::write(path(20), &other).unwrap();
    assert!(check(folder, &batches).is_complete());
    // A second file of the same index, a file more, and the tail gone.
    fs::copy(path(3), folder.join("hall_3.mp4")).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Repeated { index: 3 }]);
    fs::rename(folder.join("hall_3.mp4"), folder.join("hall_999.mp4")).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Duplicate { index: 999, of: 3 }]);
    fs::write(folder.join("hall_999.mp4"), "later").unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Added { index: 999 }]);
    fs::remove_file(folder.join("hall_999.mp4")).unwrap();
    (100..COUNT).for_each(|index| fs::remove_file(path(index)).unwrap());
    assert_eq!(findings(folder, &batches, "hall"), [Finding::Truncated { from: 100, count: 30 }]);
}

#[test]
fn batches_are_read_back_from_records_and_missing_ones_are_noticed() {
    let scratch = tempfile::tempdir().unwrap();
    (0..3).for_each(|index| write(scratch.path(), "hall", index));
    let recording = recording();
    let mut batches = Vec::new();
    record_all(scratch.path(), &recording, &camera("hall"), &mut batches);
    write(scratch.path(), "hall", 3);
    record_all(scratch.path(), &recording, &camera("hall"), &mut batches);
    let chain = ChainId::new(Digest::of(b"chain"));
    let author = Author::new(OrgId::new("W1").unwrap(), SecretKey::from_seed(&[1; 32]), chain);
    let payload = |kind: &str, body: serde_json::Value| {
        let draft = author.record(kind, body).project(recording.project.clone());
        draft.sign(TimeMs::new(1)).unwrap().payload().clone()
    };
    let mut payloads: Vec<Payload> =
        batches.iter().map(|batch| payload(RECORD_TYPE, serde_json::to_value(batch).unwrap())).collect();
    payloads.push(payload("evidence.recorded/1", serde_json::json!({})));
    let read = |payloads: &[Payload]| recorded(payloads, &recording.project, &recording.sitting);
    assert_eq!(read(&payloads).unwrap(), batches);
    let other = SittingId::new("other").unwrap();
    assert_eq!(recorded(&payloads, &recording.project, &other).unwrap(), []);
    let lost = state(&recording, &camera("hall"), &batches[1..]).unwrap_err();
    assert!(matches!(lost, WitnessError::Records { position: 0, .. }), "{lost}");
    payloads.push(payload(RECORD_TYPE, serde_json::json!({"camera": "hall"})));
    assert!(matches!(read(&payloads), Err(WitnessError::Body(_))));
}

#[test]
fn gaps_need_a_reason_and_names_and_files_must_fit() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    [0, 1, 3].into_iter().for_each(|index| write(folder, "hall", index));
    let mut recording = recording();
    let hall = camera("hall");
    let start = state(&recording, &hall, &[]).unwrap();
    let next = |recording: &Recording| next_batch(&scan(folder).unwrap(), recording, &hall, &start);
    assert!(matches!(next(&recording), Err(WitnessError::Gap { index: 3, .. })));
    recording.gap_reason = Some("磁盘更换".into());
    let (batch, after) = next(&recording).unwrap().unwrap();
    assert_eq!(batch.segments[2].gap.as_deref(), Some("磁盘更换"));
    assert_eq!((batch.segments[1].gap.as_ref(), after.gaps), (None, 1));
    // The missing index was named as a gap: the folder is complete.
    assert!(check(folder, &[batch]).is_complete());
    fs::copy(folder.join(name("hall", 1)), folder.join("hall_1_10000_20000.mkv")).unwrap();
    assert!(matches!(next(&recording), Err(WitnessError::Repeated { index: 1, .. })));
    fs::rename(folder.join("hall_1_10000_20000.mkv"), folder.join("hall_4.mkv")).unwrap();
    assert!(matches!(next(&recording), Err(WitnessError::NoTimes(_))));
    fs::rename(folder.join("hall_4.mkv"), folder.join("hall_4_30000_50000.mkv")).unwrap();
    assert!(matches!(
        next(&recording),
        Err(WitnessError::Chain { reason: ChainError::Order { index: 4 }, .. })
    ));
    let strangers =
        ["hall.mp4", "hall_x.mp4", "hall_+1.mp4", "hall_1_2.mp4", "hall_1_2_3_4.mp4", "_1.mp4", "大厅_1.mp4"];
    for name in strangers {
        fs::write(folder.join(name), "x").unwrap();
    }
    assert_eq!(scan(folder).unwrap().strangers.len(), strangers.len());
    assert!(matches!(scan(&folder.join("nowhere")), Err(WitnessError::Read { .. })));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("secret"), "x").unwrap();
    std::os::unix::fs::symlink(scratch.path().join("secret"), scratch.path().join("hall_0.mp4")).unwrap();
    let found = scan(scratch.path()).unwrap();
    assert_eq!((found.segments.len(), found.strangers.len()), (0, 2));
}
