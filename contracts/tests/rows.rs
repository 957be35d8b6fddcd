//! The table of records against every table elsewhere that repeats a fact of it, and the part of docs/registry.md made of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::records::{
    Apart, Facts, Filed, Keys, OpenData, Shown, Waits, record, records, types,
};
use biaozheng_contracts::rulebook::suspending;

const STAGES: &str = include_str!("../../ledger/archive/src/stage.rs");
const ITEMS: &str = include_str!("../../api/web/archive/items.js");
const RELEASES: &str = include_str!("../ocds/src/release.rs");
const READING: &str = include_str!("../ocds/src/reading.rs");
const FIELDS: &str = include_str!("../../ledger/pdf/src/fields.tsv");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/registry.md");
const BEGIN: &str = "<!-- made from the table of records; do not edit -->\n";
const END: &str = "<!-- end -->";

/// Name with version and facts.
type Row = (&'static str, bool, Facts);

fn rows() -> Vec<Row> {
    records().iter().map(|one| (one.name, one.in_project, one.facts)).collect()
}

fn bare(name: &str) -> &str {
    name.split('/').next().unwrap()
}

/// What stands between quotes behind each `start` of a text.
fn quoted<'a>(text: &'a str, start: &str) -> Vec<(&'a str, &'a str)> {
    text.match_indices(start)
        .map(|(at, _)| text[at + start.len()..].trim_start())
        .filter_map(|rest| rest.split_once('"').map_or(Some(rest), |(_, rest)| Some(rest)))
        .filter_map(|rest| rest.split_once('"'))
        .collect()
}

/// The archive's folders by type, as the crate below has them.
fn stages() -> BTreeMap<&'static str, &'static str> {
    let folder = |stage: &str| {
        let start = format!("Self::{stage} => \"");
        let all = quoted(STAGES, &start[..start.len() - 1]);
        all[0].0
    };
    quoted(STAGES, "    item(")
        .into_iter()
        .map(|(name, rest)| {
            let stage = rest.split_once("Stage::").unwrap().1.split_once(',').unwrap().0;
            (name, folder(stage))
        })
        .collect()
}

/// The same as the pages have them.
fn items() -> BTreeMap<&'static str, &'static str> {
    let lines = ITEMS.lines().filter_map(|line| line.strip_prefix("  ['"));
    let pair = |line: &'static str| {
        let mut parts = line.split("', '");
        Some((parts.next()?, parts.next()?))
    };
    lines.filter_map(pair).collect()
}

/// Types a text of the open data's crate names.
fn named(text: &'static str) -> BTreeSet<&'static str> {
    let ends = text.match_indices("/1\"");
    ends.map(|(at, _)| &text[text[..at].rfind('"').unwrap() + 1..at + 2]).collect()
}

/// Names with which the pages and the PDF call types.
fn titles() -> BTreeSet<&'static str> {
    FIELDS.lines().filter_map(|line| line.strip_prefix('!')?.split('\t').next()).collect()
}

/// Which tables elsewhere say something else of these rows, each with the name of what differs.
fn forgotten(rows: &[Row]) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    let mut note = |table, differs: bool, name: &str| {
        if differs {
            found.insert((table, name.to_owned()));
        }
    };
    let (stages, items, titles) = (stages(), items(), titles());
    let releases = RELEASES.split_once("fn tag").unwrap().1.split_once("return None").unwrap().0;
    let (releases, reading) = (named(releases), named(READING));
    for (name, _, facts) in rows {
        let folder = match facts.archive {
            Filed::Folder(folder) => Some(folder),
            Filed::Nowhere => None,
        };
        note("ledger/archive/src/stage.rs", stages.get(bare(name)).copied() != folder, name);
        note("api/web/archive/items.js", items.get(bare(name)).copied() != folder, name);
        note(
            "contracts/ocds/src/release.rs",
            releases.contains(name) != (facts.open_data == OpenData::Release),
            name,
        );
        let read = !matches!(facts.open_data, OpenData::Without(_));
        note("contracts/ocds/src/reading.rs", reading.contains(name) != read, name);
        note(
            "contracts/src/rulebook/suspending.rs",
            suspending::waits(name) != (facts.waits == Waits::Suspension),
            name,
        );
        note("ledger/pdf/src/fields.tsv", !titles.contains(bare(name)), name);
    }
    // What a table names that is no type.
    let known: BTreeSet<&str> = rows.iter().map(|(name, ..)| *name).collect();
    let known_bare: BTreeSet<&str> = known.iter().map(|name| bare(name)).collect();
    for name in stages.keys().chain(items.keys()).filter(|name| !known_bare.contains(**name)) {
        note("the archive's tables", true, name);
    }
    for name in releases.iter().chain(&reading).filter(|name| !known.contains(**name)) {
        note("the open data's tables", true, name);
    }
    for name in suspending::STEPS.iter().filter(|name| !known_bare.contains(**name)) {
        note("contracts/src/rulebook/suspending.rs", true, name);
    }
    found
}

#[test]
fn every_table_elsewhere_says_what_the_rows_say() {
    assert_eq!(forgotten(&rows()), BTreeSet::new());
    // The reading of these tables reads them.
    assert_eq!((stages().len(), items().len()), (items().len(), stages().len()));
    assert!(stages().len() > 60 && named(READING).len() > 20 && titles().len() > 80);
}

#[test]
fn a_made_up_record_is_missed_in_every_table_that_must_have_it() {
    let facts = Facts {
        waits: Waits::Suspension,
        archive: Filed::Folder("04-bids"),
        open_data: OpenData::Release,
        shown: Shown::AfterOpening,
        ..record("bid.sealed/1").unwrap().facts
    };
    let mut with_one_more = rows();
    with_one_more.push(("made.up/1", true, facts));
    let missed: Vec<&str> = forgotten(&with_one_more).into_iter().map(|(table, _)| table).collect();
    let tables = [
        "api/web/archive/items.js",
        "contracts/ocds/src/reading.rs",
        "contracts/ocds/src/release.rs",
        "contracts/src/rulebook/suspending.rs",
        "ledger/archive/src/stage.rs",
        "ledger/pdf/src/fields.tsv",
    ];
    assert_eq!(missed, tables);
    // And a row that is gone is missed too.
    let without: Vec<Row> = rows().into_iter().filter(|(name, ..)| *name != "bids.opened/1").collect();
    assert!(!forgotten(&without).is_empty());
}

#[test]
fn each_type_stands_once_and_every_project_record_has_its_place_in_the_archive() {
    let names = types();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    let nowhere = |(_, in_project, facts): &&Row| *in_project && facts.archive == Filed::Nowhere;
    let without: Vec<&str> = rows().iter().filter(nowhere).map(|(name, ..)| *name).collect();
    assert_eq!(without, ["archive.sealed/1"], "the archive's own seal, and nothing else");
}

fn listed(says: &str, fits: impl Fn(&Facts) -> bool) -> String {
    let all: Vec<String> =
        records().iter().filter(|one| fits(&one.facts)).map(|one| format!("`{}`", bare(one.name))).collect();
    format!("- {says}: {}.\n", all.join(", "))
}

/// The part of the page that repeats the rows.
fn made() -> String {
    [
        listed("Keys with the purpose `seal` (电子印章) sign, beside `sign`", |one| {
            matches!(one.keys, Keys::SignAndSeal | Keys::Any)
        }),
        listed("Keys with the purpose `session` (会话) sign, beside `sign`", |one| {
            matches!(one.keys, Keys::SignAndSession | Keys::Any)
        }),
        listed("The author may be no participant of", |one| one.apart == Apart::Author),
        listed("Cosigners may be no participants of", |one| one.apart == Apart::Cosigners),
        listed("Shown from the opening of the project on", |one| one.shown == Shown::AfterOpening),
        listed(
            "Shown from the opening of the project on, or from the end of a procedure without one",
            |one| one.shown == Shown::AfterOpeningOrEnd,
        ),
        listed("Wait while a complaint suspends the procedure", |one| one.waits == Waits::Suspension),
    ]
    .concat()
}

#[test]
fn the_page_is_current() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let between = page.split_once(BEGIN).and_then(|(_, rest)| rest.split_once(END)).map(|(part, _)| part);
    assert!(
        between == Some(&made()),
        "docs/registry.md is old; run: cargo test -p biaozheng-contracts --test rows -- --ignored regenerate"
    );
}

#[test]
#[ignore = "writes docs/registry.md"]
fn regenerate() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    std::fs::write(PAGE, format!("{before}{BEGIN}{}{END}{after}", made())).unwrap();
}
