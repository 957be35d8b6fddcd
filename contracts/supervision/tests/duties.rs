//! No time limit of a shipped rulebook is without a duty or a reason.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::rulebook::duties::{DUTIES, NOTHING_OWED};
use biaozheng_ledger::ids::TimeMs;

/// Every duration of every shipped rulebook, and who has it.
fn durations() -> BTreeMap<String, BTreeSet<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rulebooks");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let book = Rulebook::parse(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        for name in book.parameters().filter(|name| book.due(name, TimeMs::new(0)).is_some()) {
            assert!(!book.article(name).unwrap().is_empty(), "{name} has no article");
            found.entry(name.to_owned()).or_default().insert(book.category().to_owned());
        }
    }
    found
}

#[test]
fn every_time_limit_of_every_shipped_rulebook_is_a_duty_or_says_why_not() {
    let durations = durations();
    assert!(durations.len() > 30 && durations["contract_max"].len() == 9, "{durations:?}");
    let owed: BTreeSet<&str> = DUTIES.iter().map(|duty| duty.parameter).collect();
    let excused: BTreeSet<&str> = NOTHING_OWED.iter().map(|(name, _)| *name).collect();
    let known = |name: &&String| owed.contains(name.as_str()) || excused.contains(name.as_str());
    let forgotten: Vec<_> = durations.keys().filter(|name| !known(name)).collect();
    assert_eq!(forgotten, [""; 0], "neither a duty nor excused");
    let idle: Vec<_> = owed.union(&excused).filter(|name| !durations.contains_key(**name)).collect();
    assert_eq!(idle, [&""; 0], "of no rulebook");
}
