//! Parameters of rulebooks: each has one row, and who reads one names its row. The tables of docs/rulebook.md come from it.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use biaozheng_contracts::{parameters, parameters_page};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rulebook.md");

/// Rules of refusals that are no parameter and have no point in their name either.
const OTHER_RULES: &[&str] =
    &["admission", "ceiling", "criteria", "currency", "deadline", "disqualification", "procurement"];

/// The files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The texts of the contracts, without the rows themselves and without tests.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let all = ["src", "supervision/src", "ocds/src"].iter().flat_map(|folder| files(&root.join(folder)));
    let rows = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "parameters");
    all.filter(|path| !rows(path) && !path.ends_with("tests.rs"))
        .map(|path| (path.clone(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// Names in quotes right behind an opening that hands a parameter to a rulebook.
fn asked(text: &str) -> Vec<&str> {
    let calls = [
        "after",
        "optional_after",
        "count",
        "optional_count",
        "flag",
        "ratio",
        "lists",
        "has",
        "due",
        "number",
    ];
    let mut found = Vec::new();
    for book in ["book.", "rules."] {
        for part in text.split(book).skip(1) {
            let Some((call, rest)) = part.split_once('(') else { continue };
            if let Some(rest) = rest.trim_start().strip_prefix('"').filter(|_| calls.contains(&call)) {
                found.extend(rest.split('"').next());
            }
        }
    }
    found
}

/// The rules of a line of `codes!`: `NAME = "code", "rule", "English", "Chinese";`.
fn ruled(text: &str) -> Vec<&str> {
    let rule = |line| -> Option<&str> {
        let line: &str = line;
        let (name, rest) = line.trim().split_once(" = \"")?;
        let capital =
            name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        let rule = rest.split("\", \"").nth(1).filter(|_| capital && line.ends_with(';'))?;
        rest.split("\", \"").nth(3).map(|_| rule)
    };
    text.lines().filter_map(rule).collect()
}

#[test]
fn every_name_that_is_read_has_a_row() {
    let mut unknown = Vec::new();
    let mut rules = 0;
    for (path, text) in sources() {
        for name in asked(&text).into_iter().filter(|name| parameters::find(name).is_none()) {
            unknown.push(format!("{}: {name}", path.display()));
        }
        for rule in ruled(&text) {
            rules += 1;
            let known = rule.contains('.') || OTHER_RULES.contains(&rule) || parameters::find(rule).is_some();
            if !known {
                unknown.push(format!("{}: {rule}", path.display()));
            }
        }
    }
    assert!(unknown.is_empty(), "no parameter is called {unknown:#?}");
    // All lists of codes together; the reading above is a plain one.
    assert!(rules > 200, "the lists of codes were not read: {rules}");
}

#[test]
fn a_misspelt_name_would_be_listed() {
    assert_eq!(asked("rulebook.due(\n    \"bid_prep_mim\", at)"), ["bid_prep_mim"]);
    let line = "    DOC_SALE = \"tender.doc_sale\", \"doc_sale_mim\", \"too short\", \"不足\";";
    assert_eq!(ruled(line), ["doc_sale_mim"]);
}

/// By a rule that names its row, or by a code whose refusals cite it.
#[test]
fn every_row_is_read_by_somebody() {
    let sources = sources();
    let rules: BTreeSet<&str> = sources.iter().flat_map(|(_, text)| ruled(text)).collect();
    let unread: Vec<&str> = parameters::all()
        .map(|row| row.name)
        .filter(|name| {
            let constant = format!("parameters::{}", name.to_uppercase());
            !rules.contains(name) && !sources.iter().any(|(_, text)| is_in(text, &constant))
        })
        .collect();
    assert!(unread.is_empty(), "nobody reads {unread:?}");
}

/// A name of its own, not the start of a longer one.
fn is_in(text: &str, name: &str) -> bool {
    let longer = |next: char| next.is_ascii_alphanumeric() || next == '_';
    text.split(name).skip(1).any(|rest| !rest.starts_with(longer))
}

#[test]
fn the_page_is_current() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    assert!(
        parameters_page::filled(&page).expect("docs/rulebook.md has its markers") == page,
        "docs/rulebook.md is old; run: cargo test -p biaozheng-contracts --test parameters -- --ignored regenerate"
    );
}

#[test]
#[ignore = "writes the tables of docs/rulebook.md"]
fn regenerate() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    std::fs::write(PAGE, parameters_page::filled(&page).expect("docs/rulebook.md has its markers")).unwrap();
}
