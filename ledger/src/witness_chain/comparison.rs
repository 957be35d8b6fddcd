//! Recorded segments against those on hand: which index is removed, swapped, altered.
//!
//! Judged by content, so that renaming the rest after a removal does not hide what was removed.

use std::collections::{BTreeMap, BTreeSet};

use super::Segment;
use crate::digest::Digest;

/// A file on hand, by the index its name claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnHand {
    pub index: u64,
    pub digest: Digest,
}

/// What differs from the record. Indexes are the recorded ones unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SegmentFinding {
    /// The content of this segment is nowhere on hand.
    Removed { index: u64 },
    /// This segment and every one after it are nowhere on hand.
    Truncated { from: u64, count: u64 },
    /// The file at this index has content that was never recorded.
    Altered { index: u64 },
    /// Each of the two stands in the other's place.
    Swapped { first: u64, second: u64 },
    /// The content of this segment stands at another index.
    Moved { index: u64, to: u64 },
    /// The file that claims this index repeats a segment that is in its own place too.
    Duplicate { index: u64, of: u64 },
    /// The file that claims this index was never recorded.
    Added { index: u64 },
    /// More than one file claims this index.
    Repeated { index: u64 },
}

/// Compares; an empty list says that exactly the recorded segments are on hand, each in its place.
#[must_use]
pub fn compare(recorded: &[Segment], on_hand: &[OnHand]) -> Vec<SegmentFinding> {
    let expected: BTreeMap<u64, Digest> =
        recorded.iter().map(|one| (one.index, *one.digest.digest())).collect();
    let mut found: BTreeMap<u64, Digest> = BTreeMap::new();
    let mut findings = BTreeSet::new();
    for file in on_hand {
        if found.insert(file.index, file.digest).is_some() {
            findings.insert(SegmentFinding::Repeated { index: file.index });
        }
    }
    let (known, places) = (by_content(&expected), by_content(&found));
    for (index, digest) in &expected {
        let here = found.get(index);
        if here == Some(digest) {
            continue;
        }
        // A place that rightly holds the same content does not count.
        let elsewhere = places.get(digest).into_iter().flatten();
        let elsewhere = elsewhere.copied().find(|place| expected.get(place) != Some(digest));
        findings.insert(match (elsewhere, here) {
            (Some(place), Some(here)) if expected.get(&place) == Some(here) => {
                SegmentFinding::Swapped { first: place.min(*index), second: place.max(*index) }
            }
            (Some(place), _) => SegmentFinding::Moved { index: *index, to: place },
            (None, Some(here)) if !known.contains_key(here) => SegmentFinding::Altered { index: *index },
            (None, _) => SegmentFinding::Removed { index: *index },
        });
    }
    for (index, digest) in found.iter().filter(|(index, digest)| expected.get(index) != Some(digest)) {
        let origin = known.get(digest).into_iter().flatten();
        match origin.copied().find(|origin| found.get(origin) == Some(digest)) {
            Some(of) => drop(findings.insert(SegmentFinding::Duplicate { index: *index, of })),
            None if !known.contains_key(digest) && !expected.contains_key(index) => {
                findings.insert(SegmentFinding::Added { index: *index });
            }
            // A stranger in a recorded place is 'altered', a recorded one elsewhere is 'swapped' or 'moved'.
            None => {}
        }
    }
    cut_tail(&expected, findings)
}

fn by_content(places: &BTreeMap<u64, Digest>) -> BTreeMap<Digest, BTreeSet<u64>> {
    let mut found: BTreeMap<Digest, BTreeSet<u64>> = BTreeMap::new();
    for (index, digest) in places {
        found.entry(*digest).or_default().insert(*index);
    }
    found
}

/// Says once that the tail is gone instead of naming every segment of it.
fn cut_tail(expected: &BTreeMap<u64, Digest>, mut findings: BTreeSet<SegmentFinding>) -> Vec<SegmentFinding> {
    let tail: Vec<u64> = expected
        .keys()
        .rev()
        .copied()
        .take_while(|index| findings.contains(&SegmentFinding::Removed { index: *index }))
        .collect();
    if let Some(from) = tail.last() {
        for index in &tail {
            findings.remove(&SegmentFinding::Removed { index: *index });
        }
        findings.insert(SegmentFinding::Truncated { from: *from, count: tail.len() as u64 });
    }
    findings.into_iter().collect()
}
