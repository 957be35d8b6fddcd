//! Real files in a scratch folder: recorded in batches, then removed, swapped, altered, cut and renamed.

use std::fs;
use std::path::Path;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::witness_chain::SegmentFinding;

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
        run_reason: None,
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
        chain.advance(&batch, after);
        batches.push(batch);
    }
    assert_eq!(state(recording, camera, batches).unwrap(), chain);
    batches.len() - before
}

fn check(folder: &Path, batches: &[Batch]) -> FolderCheck {
    let recording = recording();
    check_folder(folder, &recording.project, &recording.sitting, batches).unwrap()
}

fn findings(folder: &Path, batches: &[Batch], name: &str) -> Vec<SegmentFinding> {
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
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Removed { index: 5 }]);
    assert_eq!(findings(folder, &batches, "door"), []);
    fs::rename(folder.join("away"), path(5)).unwrap();
    // One byte altered, and one cut off.
    let whole = fs::read(path(7)).unwrap();
    let mut altered = whole.clone();
    altered[123_456] ^= 1;
    for forged in [&altered[..], &whole[..whole.len() - 1]] {
        fs::write(path(7), forged).unwrap();
        assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Altered { index: 7 }]);
    }
    fs::write(path(7), &whole).unwrap();
    // Swapped.
    let other = fs::read(path(20)).unwrap();
    fs::write(path(7), &other).unwrap();
    fs::write(path(20), &whole).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Swapped { first: 7, second: 20 }]);
    fs::write(path(7), &whole).unwrap();
    fs::write(path(20), &other).unwrap();
    assert!(check(folder, &batches).is_complete());
    // A second file of the same index, a file more, and the tail gone.
    fs::copy(path(3), folder.join("hall_3.mp4")).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Repeated { index: 3 }]);
    fs::rename(folder.join("hall_3.mp4"), folder.join("hall_999.mp4")).unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Duplicate { index: 999, of: 3 }]);
    fs::write(folder.join("hall_999.mp4"), "later").unwrap();
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Added { index: 999 }]);
    fs::remove_file(folder.join("hall_999.mp4")).unwrap();
    (100..COUNT).for_each(|index| fs::remove_file(path(index)).unwrap());
    assert_eq!(findings(folder, &batches, "hall"), [SegmentFinding::Truncated { from: 100, count: 30 }]);
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
    assert!(matches!(lost, SittingError::Records { position: 0, .. }), "{lost}");
    payloads.push(payload(RECORD_TYPE, serde_json::json!({"camera": "hall"})));
    assert!(matches!(read(&payloads), Err(SittingError::Body(_))));
}

/// A file of the camera `hall`, times in seconds.
fn put(folder: &Path, index: u64, started: u64, ended: u64) {
    let name = format!("hall_{index}_{}_{}.mp4", 1000 * started, 1000 * ended);
    fs::write(folder.join(name), format!("{index} {started}")).unwrap();
}

/// A segment's index, and the reason of the gap or of the run that begins with it.
type Begun = (u64, Option<String>, Option<String>);

/// Index and whether a gap or a run begins, of all that can be recorded, and the fault that stopped it.
fn next_all(
    files: &Folder,
    recording: &Recording,
    chain: &mut CameraState,
) -> (Vec<Begun>, Option<SittingError>) {
    let mut found = Vec::new();
    loop {
        match next_batch(files, recording, &camera("hall"), chain) {
            Ok(None) => return (found, None),
            Err(fault) => return (found, Some(fault)),
            Ok(Some((batch, after))) => {
                chain.advance(&batch, after);
                found.extend(batch.segments.into_iter().map(|one| (one.index, one.gap, one.run)));
            }
        }
    }
}

/// The same where nothing stops it.
fn undisturbed(files: &Folder, recording: &Recording, chain: &mut CameraState) -> Vec<Begun> {
    let (found, fault) = next_all(files, recording, chain);
    assert!(fault.is_none(), "{fault:?}");
    found
}

fn plain(index: u64) -> Begun {
    (index, None, None)
}

#[test]
fn gaps_need_a_reason_and_names_and_files_must_fit() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    [0, 1, 3].into_iter().for_each(|index| write(folder, "hall", index));
    let mut recording = recording();
    let hall = camera("hall");
    let start = state(&recording, &hall, &[]).unwrap();
    let next = |recording: &Recording| {
        let mut chain = start.clone();
        next_all(&scan(folder).unwrap(), recording, &mut chain)
    };
    let (good, fault) = next(&recording);
    assert_eq!(good, [plain(0), plain(1)], "what comes before a fault is recorded");
    assert!(matches!(fault, Some(SittingError::Gap { index: 3, .. })));
    recording.gap_reason = Some("磁盘更换".into());
    let (batch, after) = next_batch(&scan(folder).unwrap(), &recording, &hall, &start).unwrap().unwrap();
    assert_eq!(batch.segments[2].gap.as_deref(), Some("磁盘更换"));
    assert_eq!((batch.segments[1].gap.as_ref(), after.gaps), (None, 1));
    // The missing index was named as a gap: the folder is complete.
    assert!(check(folder, &[batch]).is_complete());
    fs::copy(folder.join(name("hall", 1)), folder.join("hall_1_10000_20000.mkv")).unwrap();
    assert!(matches!(next(&recording).1, Some(SittingError::Repeated { index: 1, .. })));
    fs::rename(folder.join("hall_1_10000_20000.mkv"), folder.join("hall_4.mkv")).unwrap();
    assert!(matches!(next(&recording).1, Some(SittingError::NoTimes(_))));
    fs::rename(folder.join("hall_4.mkv"), folder.join("hall_4_30000_50000.mkv")).unwrap();
    assert!(matches!(next(&recording).1, Some(SittingError::NewRun { index: 4, .. })));
    fs::rename(folder.join("hall_4_30000_50000.mkv"), folder.join("hall_4_50000_50000.mkv")).unwrap();
    let (_, fault) = next(&recording);
    assert!(
        matches!(fault, Some(SittingError::Chain { reason: ChainError::Order { index: 4 }, .. })),
        "{fault:?}"
    );
    let strangers =
        ["hall.mp4", "hall_x.mp4", "hall_+1.mp4", "hall_1_2.mp4", "hall_1_2_3_4.mp4", "_1.mp4", "大厅_1.mp4"];
    for name in strangers {
        fs::write(folder.join(name), "x").unwrap();
    }
    assert_eq!(scan(folder).unwrap().strangers.len(), strangers.len());
    assert!(matches!(scan(&folder.join("nowhere")), Err(SittingError::Read { .. })));
}

#[test]
fn what_is_still_being_written_is_no_gap() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    (0..3).for_each(|index| put(folder, index, 10 * index, 10 * index + 10));
    let mut recording = recording();
    recording.gap_reason = Some("磁盘更换".into());
    let mut chain = state(&recording, &camera("hall"), &[]).unwrap();
    let mut files = scan(folder).unwrap();
    files.segments[1].settled = false;
    assert_eq!(undisturbed(&files, &recording, &mut chain), vec![plain(0)]);
    assert_eq!(chain.waits_for(&files, &camera("hall")).unwrap().index, 1);
    // Under the name of a copy that goes on, by whatever program, whether it says the times or not.
    let whole = folder.join("hall_1_10000_20000.mp4");
    for name in [".hall_1_10000_20000.mp4.Xa81bQ", "hall_1_10000_20000.mp4.part", "hall_1.mp4.tmp"] {
        fs::rename(&whole, folder.join(name)).unwrap();
        let files = scan(folder).unwrap();
        assert_eq!(undisturbed(&files, &recording, &mut chain), vec![], "{name}");
        assert_eq!(chain.waits_for(&files, &camera("hall")).unwrap().index, 1, "{name}");
        fs::rename(folder.join(name), &whole).unwrap();
    }
    assert_eq!(undisturbed(&scan(folder).unwrap(), &recording, &mut chain), vec![plain(1), plain(2)]);
    assert_eq!(chain.chain.gaps, 0);
    // A leftover beside the whole file holds nobody up.
    fs::write(folder.join("hall_1_10000_20000.mp4.part"), "1").unwrap();
    put(folder, 3, 30, 40);
    assert_eq!(undisturbed(&scan(folder).unwrap(), &recording, &mut chain), vec![plain(3)]);
    // What fills a hole after it was recorded as a gap is named, and is no new run.
    put(folder, 5, 50, 60);
    recording.run_reason = Some("重启".into());
    let gap = (5, recording.gap_reason.clone(), None);
    assert_eq!(undisturbed(&scan(folder).unwrap(), &recording, &mut chain), vec![gap]);
    put(folder, 4, 40, 50);
    let files = scan(folder).unwrap();
    assert_eq!(undisturbed(&files, &recording, &mut chain), vec![]);
    assert_eq!(chain.late(&files, &camera("hall")).map(|file| file.index).collect::<Vec<_>>(), [4]);
}

#[test]
fn an_empty_file_stops_its_own_camera_at_most() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    put(folder, 0, 0, 10);
    fs::write(folder.join("hall_1_10000_20000.mp4"), "").unwrap();
    put(folder, 2, 20, 30);
    write(folder, "door", 0);
    let mut recording = recording();
    let mut chain = state(&recording, &camera("hall"), &[]).unwrap();
    let files = scan(folder).unwrap();
    let (good, fault) = next_all(&files, &recording, &mut chain);
    assert_eq!(good, [plain(0)]);
    assert!(matches!(fault, Some(SittingError::Gap { index: 2, .. })));
    let door = state(&recording, &camera("door"), &[]).unwrap();
    assert!(next_batch(&files, &recording, &camera("door"), &door).unwrap().is_some());
    // It may still be written: then nothing is missing yet.
    let mut growing = files.clone();
    growing.segments.iter_mut().filter(|file| file.bytes == 0).for_each(|file| file.settled = false);
    assert_eq!(undisturbed(&growing, &recording, &mut chain), vec![]);
    recording.gap_reason = Some("摄像机掉电".into());
    let mut batches = Vec::new();
    record_all(folder, &recording, &camera("hall"), &mut batches);
    let gaps: Vec<_> =
        batches.iter().flat_map(|batch| &batch.segments).map(|one| one.gap.is_some()).collect();
    assert_eq!(gaps, [false, true]);
    let found = check(folder, &batches);
    assert_eq!(found.cameras[&camera("hall")].findings, []);
    assert_eq!(found.strangers, [folder.join("hall_1_10000_20000.mp4")]);
}

/// Counters and clocks as they begin anew: `(index, start, end)` in seconds of what is recorded first, and of what comes
/// then; and the order in which the second is recorded.
#[test]
fn a_counter_that_begins_again_and_a_clock_set_back_begin_a_run() {
    type Files = &'static [(u64, u64, u64)];
    let first: Files = &[(0, 100, 110), (1, 110, 120), (2, 120, 130)];
    let cases: [(&str, Files, &[u64]); 5] = [
        ("counter", &[(0, 200, 210), (1, 210, 220), (2, 220, 230), (3, 230, 240)], &[0, 1, 2, 3]),
        ("clock", &[(3, 50, 60), (4, 60, 70), (5, 70, 80)], &[3, 4, 5]),
        ("clock by a little", &[(3, 129, 139), (4, 139, 149)], &[3, 4]),
        ("both", &[(0, 10, 20), (1, 20, 30)], &[0, 1]),
        ("counter, in the middle", &[(1, 200, 210), (2, 210, 220)], &[1, 2]),
    ];
    for (what, second, order) in cases {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path();
        let mut recording = recording();
        let mut batches = Vec::new();
        first.iter().for_each(|(index, from, to)| put(folder, *index, *from, *to));
        record_all(folder, &recording, &camera("hall"), &mut batches);
        second.iter().for_each(|(index, from, to)| put(folder, *index, *from, *to));
        let chain = state(&recording, &camera("hall"), &batches).unwrap();
        let stopped = next_batch(&scan(folder).unwrap(), &recording, &camera("hall"), &chain);
        assert!(matches!(stopped, Err(SittingError::NewRun { .. })), "{what}: {stopped:?}");
        recording.run_reason = Some("录像机重启".into());
        // Where the counter began again a minute passed before: what was not recorded in it is a gap.
        let paused = second[0].1 > 130;
        let next = next_batch(&scan(folder).unwrap(), &recording, &camera("hall"), &chain);
        assert_eq!(matches!(next, Err(SittingError::Gap { .. })), paused, "{what}: {next:?}");
        recording.gap_reason = Some("停录一分钟".into());
        record_all(folder, &recording, &camera("hall"), &mut batches);
        let segments: Vec<Segment> = batches.iter().flat_map(|batch| batch.segments.clone()).collect();
        let indexes: Vec<u64> = segments[3..].iter().map(|one| one.index).collect();
        assert_eq!(indexes, order, "{what}");
        let gaps: Vec<bool> = segments.iter().map(|one| one.gap.is_some()).collect();
        assert_eq!(
            (gaps[3], gaps.iter().filter(|gap| **gap).count()),
            (paused, usize::from(paused)),
            "{what}"
        );
        let runs: Vec<bool> = segments.iter().map(|one| one.run.is_some()).collect();
        assert_eq!(runs.iter().filter(|run| **run).count(), 1, "{what}");
        assert!(runs[3], "{what}");
        let found = check(folder, &batches);
        assert!(found.is_complete(), "{what}: {found:?}");
        assert_eq!(
            (found.cameras[&camera("hall")].runs, found.cameras[&camera("hall")].gaps),
            (1, u64::from(paused))
        );
        // What is altered in the second run is named as the second run's.
        let (index, from, to) = second[1];
        let altered = folder.join(format!("hall_{index}_{}_{}.mp4", 1000 * from, 1000 * to));
        fs::write(altered, "forged").unwrap();
        let found = check(folder, &batches);
        let found = &found.cameras[&camera("hall")];
        assert_eq!(found.findings, [], "{what}");
        assert_eq!(found.later_runs, [(2, vec![SegmentFinding::Altered { index }])].into(), "{what}");
    }
    // Both runs are there at the first look.
    let scratch = tempfile::tempdir().unwrap();
    let mut recording = recording();
    recording.run_reason = Some("录像机重启".into());
    recording.gap_reason = Some("停录一分钟".into());
    for (index, from, to) in first.iter().chain(cases[0].1) {
        put(scratch.path(), *index, *from, *to);
    }
    let mut chain = state(&recording, &camera("hall"), &[]).unwrap();
    let (found, fault) = next_all(&scan(scratch.path()).unwrap(), &recording, &mut chain);
    assert!(fault.is_none(), "{fault:?}");
    assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [0, 1, 2, 0, 1, 2, 3]);
    assert_eq!(chain.chain.runs, 1);
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
