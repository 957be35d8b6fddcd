//! Every parameter of every shipped rulebook: a record just inside the limit is accepted, one just outside is refused with
//! its code, citing parameter and article as the rulebook writes them, or recorded with the missed duty flagged.
//!
//! No value stands here: the scenes read it from the rulebook, so a table of another city is judged by the same rows.

mod award;
mod bidding;
mod committee;
mod complaints;
mod listings;
mod notice;
mod prequal;
mod scenes;
mod scores;
mod sealing;
mod steps;
mod table;

use std::collections::BTreeSet;

use biaozheng_contracts::parameter::Outside;
use biaozheng_contracts::parameters;
use biaozheng_scenes::{law, setting};
use table::{Book, Judged, Row};

/// All rows, group by group.
fn rows() -> Vec<Row> {
    [
        notice::ROWS,
        bidding::ROWS,
        committee::ROWS,
        scores::ROWS,
        sealing::ROWS,
        award::ROWS,
        prequal::ROWS,
        listings::ROWS,
        complaints::ROWS,
    ]
    .concat()
}

/// Parameters of a shipped rulebook that nothing can be just outside of, and why.
const WITHOUT_OUTSIDE: &[(&str, &str, &str)] = &[
    (
        "government-procurement",
        "objection_docs_before",
        "0 d: objection_raise_max ends long before the deadline",
    ),
    ("government-procurement", "publicity_min", "0 d: no record comes before the one it follows"),
    ("replay-tsuchiura", "publicity_min", "0 s: no record comes before the one it follows"),
    ("land-use-right", "publicity_min", "0 d: no record comes before the one it follows"),
    ("auction", "publicity_min", "0 d: no record comes before the one it follows"),
    ("replay-tsuchiura", "committee_min", "0: the auctions are ranked by price without a committee"),
    ("replay-tsuchiura", "expert_share_min_permille", "0: no committee can have fewer experts"),
];

fn excepted(book: &str, parameter: &str) -> bool {
    WITHOUT_OUTSIDE.iter().any(|(of, name, _)| *of == book && *name == parameter)
}

fn judge(group: &[Row]) {
    for row in group {
        let books = Book::shipped().into_iter().filter(|book| book.has(row.parameter));
        for book in books.filter(|book| !excepted(&book.name, row.parameter)) {
            row.judge(&book);
        }
    }
}

#[test]
fn notices_changes_and_objections() {
    judge(notice::ROWS);
}

#[test]
fn bids_openings_and_bonds() {
    judge(bidding::ROWS);
}

#[test]
fn committees_and_draws() {
    judge(committee::ROWS);
}

#[test]
fn scores_reports_and_corrections() {
    judge(scores::ROWS);
}

#[test]
fn bids_sealed_to_the_group() {
    judge(sealing::ROWS);
}

#[test]
fn candidates_awards_and_contracts() {
    judge(award::ROWS);
}

#[test]
fn prequalification_and_invitation() {
    judge(prequal::ROWS);
}

#[test]
fn listings_and_auctions() {
    judge(listings::ROWS);
}

#[test]
fn what_steps_hold_and_when() {
    steps::judge();
}

/// Also those that no parameter decides.
#[test]
fn every_refusal_under_a_rulebook_of_the_law_has_an_article() {
    steps::articles();
}

#[test]
fn complaints_and_suspensions() {
    judge(complaints::ROWS);
}

/// The table covers exactly the parameters of the shipped rulebooks, each once, save those nothing can be outside of.
#[test]
fn every_parameter_of_every_shipped_rulebook_has_its_row() {
    let rows = rows();
    let named: BTreeSet<&str> = rows.iter().map(|row| row.parameter).collect();
    assert_eq!(named.len(), rows.len(), "a parameter has two rows");
    let (mut missing, mut written) = (Vec::new(), BTreeSet::new());
    for book in Book::shipped() {
        for parameter in book.parameters() {
            let row = rows.iter().find(|row| row.parameter == parameter);
            if row.is_none() {
                missing.push(format!("{}: {parameter}", book.name));
            }
            written.insert(parameter);
        }
    }
    assert!(missing.is_empty(), "no row judges {missing:?}");
    let stray: Vec<_> = named.iter().filter(|name| !written.contains(**name)).collect();
    assert!(stray.is_empty(), "no shipped rulebook has {stray:?}");
    for (book, parameter, reason) in WITHOUT_OUTSIDE {
        let book = Book::shipped().into_iter().find(|one| one.name == *book).unwrap();
        assert!(book.has(parameter), "{}: {parameter}", book.name);
        let zero = book.rules.number(parameter).is_none_or(|number| number == 0)
            && book.due(parameter, 1_790_000_000_000) <= 1_790_000_000_000;
        assert!(zero && reason.starts_with('0'), "{}: {parameter} has an outside", book.name);
    }
}

/// What a parameter's row says becomes of a record outside of it is what is judged.
#[test]
fn what_is_outside_is_what_its_row_says() {
    for row in rows() {
        let outside = parameters::find(row.parameter).unwrap().outside;
        let judged = match row.judged {
            Judged::Refused(_) => Outside::Refused,
            Judged::Flagged => Outside::Late,
            Judged::Fails => Outside::Fails,
        };
        assert!(outside == judged || outside == Outside::Decides, "{}: {outside:?}", row.parameter);
    }
}

/// A chain with days of half a second, where the same scenes run live, can publish every shipped rulebook.
#[test]
fn every_shipped_rulebook_parses_in_a_world_of_short_days() {
    setting::set(setting::Setting { day_ms: 450, hour_ms: 1500, ..setting::Setting::default() });
    for book in Book::shipped() {
        let short = Book::of(&law::book(&book.text));
        assert_eq!((short.rules.nature(), short.parameters()), ("trial", book.parameters()), "{}", book.name);
    }
    setting::set(setting::Setting::default());
}
