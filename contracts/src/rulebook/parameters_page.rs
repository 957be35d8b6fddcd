//! The tables of parameters in docs/rulebook.md, written from the rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::owed::{Bound, Owed};
use super::parameter::{Direction, Fits, Form, Guard, Outside, Parameter, Place, Together};
use super::parameters::{self, SECTIONS};

type Row = Parameter<Form>;

/// The page with its tables as the rows have them, each between its `<!-- NAME: … -->` and `<!-- end -->`; nothing when a
/// marker is missing.
#[must_use]
pub fn filled(page: &str) -> Option<String> {
    let tables = [
        ("parameters", parameters_table()),
        ("directions", directions()),
        ("bounds", bounds()),
        ("readers", readers()),
    ];
    tables.iter().try_fold(page.to_owned(), |page, (name, table)| {
        let (before, rest) = page.split_once(&format!("<!-- {name}:"))?;
        let (about, rest) = rest.split_once("-->\n")?;
        let (_, after) = rest.split_once("<!-- end -->")?;
        Some(format!("{before}<!-- {name}:{about}-->\n\n{table}\n<!-- end -->{after}"))
    })
}

fn names(rows: &[&Row]) -> String {
    rows.iter().map(|row| format!("`{}`", row.name)).collect::<Vec<_>>().join(", ")
}

const fn without(place: Place) -> &'static str {
    match place {
        Place::Required => "needed",
        Place::Optional(then) => then,
        Place::Foreign => "—",
    }
}

/// One table for each section; what comes together after them.
fn parameters_table() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        let _ = write!(
            text,
            "### {}\n\n| name | form | counted from | effect | outside | left out of a tender | left out of a listing |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n",
            section.title
        );
        for row in section.rows {
            let outside = match row.outside {
                Outside::Refused => "refused",
                Outside::Late => "noted",
                Outside::Fails => "fails",
                Outside::Decides => "—",
            };
            let from = if row.counted_from.is_empty() { "—" } else { row.counted_from };
            let (tenders, listings) = (without(row.tenders), without(row.listings));
            let _ = writeln!(
                text,
                "| `{}` | {} | {from} | {} | {outside} | {tenders} | {listings} |",
                row.name, row.form, row.effect
            );
        }
        text.push('\n');
    }
    let mut groups: BTreeMap<Together, Vec<&Row>> = BTreeMap::new();
    for row in parameters::all() {
        if let Some(group) = row.together {
            groups.entry(group).or_default().push(row);
        }
    }
    text.push_str("Some parameters come together; a rulebook that has one of a line has all of it:\n\n");
    for rows in groups.values() {
        let _ = writeln!(text, "- {}", names(rows));
    }
    text
}

fn directions() -> String {
    let mut text = String::new();
    for (direction, words) in [
        (Direction::Rise, "It may raise"),
        (Direction::Fall, "It may lower"),
        (Direction::On, "It may set to true"),
        (Direction::Off, "It may set to false"),
        (Direction::Grow, "It may add words to"),
        (Direction::Shrink, "It may take words from"),
        (Direction::Fixed, "It may not change (`tightening.parameter`)"),
    ] {
        let rows: Vec<&Row> = parameters::all().filter(|row| row.stricter == direction).collect();
        let _ = writeln!(text, "- {words}: {}.", names(&rows));
    }
    text
}

fn bounds() -> String {
    let mut text = String::from("| parameter | its value |\n| --- | --- |\n");
    for row in parameters::all().filter(|row| !row.fits.is_empty()) {
        let bounds = row.fits.iter().map(|fits| match fits {
            Fits::AtLeast(least) => format!("at least {least}"),
            Fits::AtMost(most) => format!("at most {most}"),
            Fits::NotAbove(other) => format!("not above `{other}`"),
            Fits::SumAtMost(other, most) => format!("with `{other}` at most {most}"),
            Fits::OnlyWith(other) => format!("true only with `{other}`"),
        });
        let _ = writeln!(text, "| `{}` | {} |", row.name, bounds.collect::<Vec<_>>().join("; "));
    }
    text
}

/// The records that read each, and the rule of supervision that tells when one is late.
fn readers() -> String {
    let mut text = String::from("| parameter | read by | rule of supervision |\n| --- | --- | --- |\n");
    for row in parameters::all() {
        let steps = row.read_by.iter().map(|guard| match *guard {
            Guard::At { step, procedures: &[], .. } => format!("`{step}`"),
            Guard::At { step, procedures, .. } => {
                let words = procedures.iter().map(|one| format!("{one:?}").to_lowercase());
                format!("`{step}` ({})", words.collect::<Vec<_>>().join(", "))
            }
            Guard::Suspended { contract: true, .. } => "every step that a suspension stops".to_owned(),
            Guard::Suspended { contract: false, .. } => {
                "every step that a suspension stops but the contract".to_owned()
            }
        });
        let duty = match row.duty {
            Owed::Limit(limit) => {
                let bound = if limit.bound == Bound::Most { "most" } else { "least" };
                format!("`{}`, at {bound}", limit.rule)
            }
            Owed::Nothing(why) => format!("none: {why}"),
            Owed::NoTime => "—".to_owned(),
        };
        let _ = writeln!(text, "| `{}` | {} | {duty} |", row.name, steps.collect::<Vec<_>>().join(", "));
    }
    text
}
