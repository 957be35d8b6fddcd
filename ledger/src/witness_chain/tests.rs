//! Every index removed, swapped, altered, cut and doubled; every rule of the chain just inside and just outside.

use super::*;

const COUNT: u64 = 9;

fn names() -> (ProjectId, SittingId, CameraId) {
    (ProjectId::new("P-1").unwrap(), SittingId::new("opening").unwrap(), CameraId::new("hall-1").unwrap())
}

fn start() -> ChainState {
    let (project, sitting, camera) = names();
    ChainState::start(&project, &sitting, &camera, 500)
}

fn segment(index: u64) -> Segment {
    Segment {
        index,
        digest: DocumentDigest::new(Digest::of(&index.to_be_bytes())),
        bytes: 1000 + index,
        started_ms: TimeMs::new(10_000 * index),
        ended_ms: TimeMs::new(10_000 * index + 9_500),
        gap: None,
        run: None,
    }
}

fn batch(state: &ChainState, segments: Vec<Segment>) -> Batch {
    let (_, sitting, camera) = names();
    let previous = DocumentDigest::new(state.head);
    Batch { sitting, camera, previous, joint_ms: 500, clock_offset_ms: -20, segments }
}

fn recorded() -> Vec<Segment> {
    (0..COUNT).map(segment).collect()
}

fn on_hand() -> Vec<OnHand> {
    recorded().iter().map(|one| OnHand { index: one.index, digest: *one.digest.digest() }).collect()
}

fn findings(change: impl FnOnce(&mut Vec<OnHand>)) -> Vec<SegmentFinding> {
    let mut files = on_hand();
    change(&mut files);
    compare(&recorded(), &files)
}

#[test]
fn what_is_complete_has_no_finding() {
    assert_eq!(findings(|_| {}), []);
    assert_eq!(findings(|files| files.reverse()), []);
    assert_eq!(compare(&[], &[]), []);
}

#[test]
fn each_removed_index_is_named_even_when_the_rest_is_renamed() {
    for index in 0..COUNT {
        let last = index == COUNT - 1;
        let gone = if last {
            SegmentFinding::Truncated { from: index, count: 1 }
        } else {
            SegmentFinding::Removed { index }
        };
        assert_eq!(findings(|files| files.retain(|file| file.index != index)), [gone]);
        let renamed = findings(|files| {
            files.remove(index as usize);
            files.iter_mut().skip(index as usize).for_each(|file| file.index -= 1);
        });
        assert!(renamed.contains(&gone), "{index}: {renamed:?}");
        let moved = renamed.iter().filter(|one| matches!(one, SegmentFinding::Moved { .. })).count() as u64;
        assert_eq!((moved, renamed.len() as u64), (COUNT - 1 - index, COUNT - index), "{index}");
    }
}

#[test]
fn each_pair_of_swapped_indexes_is_named() {
    for first in 0..COUNT {
        for second in first + 1..COUNT {
            let swapped = findings(|files| {
                let digest = files[first as usize].digest;
                files[first as usize].digest = files[second as usize].digest;
                files[second as usize].digest = digest;
            });
            assert_eq!(swapped, [SegmentFinding::Swapped { first, second }]);
        }
    }
}

#[test]
fn each_altered_truncated_doubled_and_added_index_is_named() {
    for index in 0..COUNT {
        let altered = findings(|files| files[index as usize].digest = Digest::of(b"forged"));
        assert_eq!(altered, [SegmentFinding::Altered { index }]);
        let cut = findings(|files| files.truncate(index as usize));
        assert_eq!(cut, [SegmentFinding::Truncated { from: index, count: COUNT - index }]);
        let digest = segment(index).digest;
        let copy = |at: u64| OnHand { index: at, digest: *digest.digest() };
        let doubled = findings(|files| files.push(copy(COUNT + 3)));
        assert_eq!(doubled, [SegmentFinding::Duplicate { index: COUNT + 3, of: index }]);
        let repeated = findings(|files| files.push(copy(index)));
        assert_eq!(repeated, [SegmentFinding::Repeated { index }]);
        for over in (0..COUNT).filter(|over| *over != index) {
            let covered = findings(|files| files[over as usize].digest = *digest.digest());
            let gone = if over == COUNT - 1 {
                SegmentFinding::Truncated { from: over, count: 1 }
            } else {
                SegmentFinding::Removed { index: over }
            };
            assert_eq!(covered, [gone, SegmentFinding::Duplicate { index: over, of: index }]);
        }
    }
    let added = findings(|files| files.push(OnHand { index: COUNT, digest: Digest::of(b"late") }));
    assert_eq!(added, [SegmentFinding::Added { index: COUNT }]);
}

#[test]
fn equal_content_recorded_twice_is_no_finding() {
    let mut segments = recorded();
    segments[4].digest = segments[2].digest;
    let file = |one: &Segment| OnHand { index: one.index, digest: *one.digest.digest() };
    let mut files: Vec<_> = segments.iter().map(file).collect();
    assert_eq!(compare(&segments, &files), []);
    files.remove(4);
    assert_eq!(compare(&segments, &files), [SegmentFinding::Removed { index: 4 }]);
}

/// Any change of any recorded segment, and any batch left out or exchanged, breaks the chain or changes its head.
#[test]
fn the_head_depends_on_every_field_of_every_segment() {
    let (project, sitting, camera) = names();
    let whole = start().extended(&batch(&start(), recorded())).unwrap();
    // Written down: a change of these bytes orphans every chain on record.
    assert_eq!(
        start().head.to_string(),
        "sha256:4facecbc8a42782cf030804a1090c8b06d47a55c61ca436f08c0ea84353b5c7e"
    );
    assert_eq!(
        whole.head.to_string(),
        "sha256:6f118b891c7017008f0209c351f061504e4e1203d151279f5c7bb02a837bd080"
    );
    assert_eq!((whole.count, whole.gaps, whole.last), (COUNT, 0, Some((8, TimeMs::new(89_500)))));
    let mut state = start();
    let mut batches = Vec::new();
    for one in recorded() {
        let next = batch(&state, vec![one]);
        state = state.extended(&next).unwrap();
        batches.push(next);
    }
    assert_eq!(state, whole, "how segments are cut into batches changes nothing");
    assert_eq!(replay(&project, &sitting, &camera, &batches), Ok(whole.clone()));
    for index in 0..COUNT as usize {
        let changes: [fn(&mut Segment); 4] = [
            |one| one.digest = DocumentDigest::new(Digest::of(b"forged")),
            |one| one.bytes += 1,
            |one| one.started_ms = one.started_ms.saturating_add(1),
            |one| one.ended_ms = TimeMs::new(one.ended_ms.get() + 1),
        ];
        for change in changes {
            let mut segments = recorded();
            change(&mut segments[index]);
            let head = start().extended(&batch(&start(), segments)).map(|state| state.head);
            assert_ne!(head, Ok(whole.head), "{index}");
        }
        let mut fewer = batches.clone();
        fewer.remove(index);
        let broken = replay(&project, &sitting, &camera, &fewer);
        match broken {
            Ok(state) => assert!(index == 8 && state.head != whole.head),
            Err((at, error)) => {
                assert_eq!(at, index);
                assert!(matches!(error, ChainError::Previous { .. }), "{error}");
            }
        }
        if index > 0 {
            let mut swapped = batches.clone();
            swapped.swap(index - 1, index);
            assert_eq!(replay(&project, &sitting, &camera, &swapped).unwrap_err().0, index - 1);
        }
    }
    let other = ChainState::start(&project, &sitting, &CameraId::new("hall-2").unwrap(), 500);
    assert_ne!(other.head, start().head, "each camera has its own chain");
}

#[test]
fn gaps_need_a_reason_and_only_gaps_have_one() {
    let one = start().extended(&batch(&start(), vec![segment(0)])).unwrap();
    let next = |change: fn(&mut Segment)| {
        let mut second = segment(1);
        change(&mut second);
        one.extended(&batch(&one, vec![second])).map(|state| state.gaps)
    };
    let (gap, order) = (Err(ChainError::Gap { index: 1 }), Err(ChainError::Order { index: 1 }));
    assert_eq!(next(|_| {}), Ok(0), "a pause of exactly the joint");
    assert_eq!(next(|s| s.started_ms = TimeMs::new(10_001)), gap);
    assert_eq!(next(|s| (s.started_ms, s.gap) = (TimeMs::new(10_001), Some("断电".into()))), Ok(1));
    assert_eq!(next(|s| s.gap = Some("no gap".into())), gap);
    assert_eq!(next(|s| s.index = 3), Err(ChainError::Gap { index: 3 }));
    assert_eq!(next(|s| (s.index, s.gap) = (3, Some("文件损坏".into()))), Ok(1));
    for bad in [" ", "a\nb", &"x".repeat(201)] {
        let mut second = segment(3);
        second.gap = Some(bad.into());
        assert_eq!(one.extended(&batch(&one, vec![second])), Err(ChainError::Gap { index: 3 }), "{bad}");
    }
    assert_eq!(next(|s| s.started_ms = TimeMs::new(9_500)), Ok(0));
    assert_eq!(next(|s| s.started_ms = TimeMs::new(9_499)), order);
    assert_eq!(next(|s| s.ended_ms = s.started_ms), order);
    assert_eq!(next(|s| s.bytes = 0), order);
    assert_eq!(next(|s| s.index = 0), Err(ChainError::Order { index: 0 }));
    let late = segment(1);
    assert_eq!(start().extended(&batch(&start(), vec![late])), Err(ChainError::Gap { index: 1 }));
}

#[test]
fn batches_are_bounded() {
    let many = |count: u64| start().extended(&batch(&start(), (0..count).map(segment).collect()));
    assert!(many(128).is_ok());
    assert_eq!(many(129), Err(ChainError::Size));
    assert_eq!(many(0), Err(ChainError::Size));
    let with = |change: fn(&mut Batch)| {
        let mut one = batch(&start(), vec![segment(0)]);
        change(&mut one);
        start().extended(&one).map(drop)
    };
    assert_eq!(with(|one| one.clock_offset_ms = -86_400_000), Ok(()));
    assert_eq!(with(|one| one.clock_offset_ms = 86_400_001), Err(ChainError::ClockOffset));
    assert_eq!(with(|one| one.joint_ms = 499), Err(ChainError::Joint));
    let (project, sitting, camera) = names();
    for (joint, fits) in [(10_000, true), (10_001, false)] {
        let wide = ChainState::start(&project, &sitting, &camera, joint);
        let mut first = batch(&wide, vec![segment(0)]);
        first.joint_ms = joint;
        assert_eq!(wide.extended(&first).is_ok(), fits);
    }
}

#[test]
fn a_new_run_needs_a_reason_and_after_a_pause_a_gaps_too() {
    let whole = start().extended(&batch(&start(), recorded())).unwrap();
    let after = |change: &dyn Fn(&mut Segment)| {
        let mut next = segment(COUNT);
        change(&mut next);
        whole.extended(&batch(&whole, vec![next]))
    };
    let reason = || Some("录像机重启".to_owned());
    // Where nothing went back there is no new run, so that no gap hides behind one.
    assert_eq!(after(&|one| one.run = reason()), Err(ChainError::Run { index: COUNT }));
    let jump = |one: &mut Segment| (one.index, one.run) = (COUNT + 1, reason());
    assert_eq!(after(&jump), Err(ChainError::Run { index: COUNT + 1 }));
    for (index, started) in [(0, 200_000), (COUNT - 1, 200_000), (COUNT, 89_499), (0, 0)] {
        let back = |one: &mut Segment| {
            (one.index, one.started_ms, one.ended_ms) =
                (index, TimeMs::new(started), TimeMs::new(started + 9_500));
        };
        assert_eq!(after(&back), Err(ChainError::Order { index }));
        // The last one ended at 89,500: what begins half a second later and more begins after a pause.
        let (paused, ended) = (started > 90_000, 89_500);
        assert_eq!(paused, whole.is_gap(index, TimeMs::new(started)), "{started} after {ended}");
        let (right, wrong) = if paused { (reason(), None) } else { (None, reason()) };
        for (gap, run, fault) in [
            (reason(), None, ChainError::Order { index }),
            (right.clone(), Some(String::new()), ChainError::Run { index }),
            (right.clone(), Some("a\nb".to_owned()), ChainError::Run { index }),
            (right.clone(), Some("x".repeat(GAP_REASON_BYTES_MAX + 1)), ChainError::Run { index }),
            (wrong, reason(), ChainError::Gap { index }),
        ] {
            let both = |one: &mut Segment| {
                back(one);
                (one.gap, one.run) = (gap.clone(), run.clone());
            };
            assert_eq!(after(&both), Err(fault));
        }
        let begun = |why: &str| {
            after(&|one| {
                back(one);
                (one.gap, one.run) = (right.clone(), Some(why.to_owned()));
            })
            .unwrap()
        };
        let state = begun("录像机重启");
        assert_eq!((state.runs, state.gaps, state.count), (1, u64::from(paused), COUNT + 1));
        assert_eq!(state.last, Some((index, TimeMs::new(started + 9_500))));
        assert_ne!(state.head, begun("校时").head, "the reason is in the chain");
        assert!(!state.is_new_run(index + 1, TimeMs::new(started + 9_500)));
    }
}
