//! What the types cannot say of a row: a fault is named with what is to be done.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::rulebook::Procedure;
use crate::rulebook::catalogue;
use crate::rulebook::owed::Owed;
use crate::rulebook::parameter::{Count, Direction, Duration, Fits, Guard, Outside, Place};

/// Whether the direction means something for values of the form.
fn fits_form(direction: Direction, form: Form) -> bool {
    match direction {
        Direction::Rise | Direction::Fall => !matches!(form, Form::Flag | Form::Word(_) | Form::Words(_)),
        Direction::On | Direction::Off => form == Form::Flag,
        Direction::Shrink | Direction::Grow => matches!(form, Form::Words(_)),
        Direction::Fixed => true,
    }
}

fn is_number(form: Form) -> bool {
    matches!(form, Form::Count | Form::Permille | Form::Flag | Form::Amount)
}

/// What a row still needs before rulebooks may have the parameter.
fn faults(row: &Parameter<Form>) -> Vec<String> {
    let mut found = Vec::new();
    let mut need = |is: bool, what: String| {
        if !is {
            found.push(format!("{}: {what}", row.name));
        }
    };
    let timed = row.form == Form::Duration;
    need(
        timed != (row.duty == Owed::NoTime),
        "say who owes what by the end of a duration, and of nothing else".into(),
    );
    need(timed != row.counted_from.is_empty(), "say where a duration starts, and nothing else".into());
    need(!row.effect.is_empty(), "say its effect".into());
    need(fits_form(row.stricter, row.form), format!("{:?} is no direction of a {}", row.stricter, row.form));
    need(row.fits.is_empty() || is_number(row.form), "only numbers are bounded".into());
    let whole = row.fits.contains(&Fits::AtMost(1000));
    need(row.form != Form::Permille || whole, "a share of a thousand is at most 1000".into());
    let nowhere = row.tenders == Place::Foreign && row.listings == Place::Foreign;
    need(!nowhere, "say whose rulebook has it: tenders' or listings'".into());
    need(!row.read_by.is_empty(), "say which step reads it".into());
    for fits in row.fits {
        if let Fits::NotAbove(other) | Fits::SumAtMost(other, _) | Fits::OnlyWith(other) = *fits {
            need(find(other).is_some_and(|other| is_number(other.form)), format!("no number '{other}'"));
        }
    }
    for guard in row.read_by {
        if let Guard::At { step, procedures, .. } = *guard {
            let rows: Vec<_> = catalogue::ROWS.iter().filter(|one| one.name == step).collect();
            let known = |procedure: &Procedure| rows.iter().any(|one| one.procedures.contains(procedure));
            need(!rows.is_empty() && procedures.iter().all(known), format!("no step '{step}'"));
        }
    }
    if let Owed::Limit(limit) = row.duty {
        let types = crate::records::types();
        for name in limit.starts.iter().chain(limit.ends).filter(|name| !types.contains(name)) {
            need(false, format!("no record type '{name}'"));
        }
        need(limit.formula.contains(row.name), "the duty's formula names it".into());
    }
    found
}

#[test]
fn every_row_is_whole() {
    let found: Vec<_> = all().flat_map(faults).collect();
    assert!(found.is_empty(), "{found:#?}");
    let names: BTreeSet<_> = all().map(|row| row.name).collect();
    assert_eq!(names.len(), all().count(), "a name has two rows");
    let mut groups = BTreeMap::new();
    for row in all() {
        if let Some(group) = row.together {
            groups.entry(group).or_insert_with(Vec::new).push(row.name);
        }
    }
    let alone: Vec<_> = groups.values().filter(|names| names.len() < 2).collect();
    assert!(alone.is_empty(), "comes with nothing: {alone:?}");
}

/// A parameter that somebody made up and did not think through compiles only with every field, and is then told apart.
#[test]
fn a_made_up_parameter_is_told_what_it_lacks() {
    const VISITS_WITHIN: Parameter<Duration> = Parameter {
        name: "visits_within",
        form: Duration,
        stricter: Direction::On,
        fits: &[Fits::AtMost(3)],
        read_by: &[],
        duty: Owed::NoTime,
        tenders: Place::Foreign,
        listings: Place::Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "",
    };
    let found = faults(&VISITS_WITHIN.any());
    let expected = [
        "say who owes what by the end of a duration, and of nothing else",
        "say where a duration starts, and nothing else",
        "say its effect",
        "On is no direction of a duration",
        "only numbers are bounded",
        "say whose rulebook has it: tenders' or listings'",
        "say which step reads it",
    ];
    assert_eq!(found, expected.map(|what| format!("visits_within: {what}")));

    const VISITS_MIN: Parameter<Count> = Parameter {
        name: "visits_min",
        form: Count,
        stricter: Direction::Rise,
        fits: &[Fits::NotAbove("visits_max")],
        read_by: &[Guard::At { step: "tender.publish/1", procedures: &[], place: 1 }],
        duty: Owed::NoTime,
        tenders: Place::Required,
        listings: Place::Foreign,
        together: None,
        outside: Outside::Refused,
        counted_from: "",
        effect: "Visits of the site.",
    };
    let found = faults(&VISITS_MIN.any());
    assert_eq!(found, ["visits_min: no number 'visits_max'", "visits_min: no step 'tender.publish/1'"]);
}

/// Two parameters at one place would be listed in an order that nobody chose.
#[test]
fn the_guards_of_a_step_have_places_of_their_own() {
    let mut places: BTreeMap<(&str, u8), Vec<&str>> = BTreeMap::new();
    for row in all() {
        for guard in row.read_by {
            let place = match *guard {
                Guard::At { step, place, .. } => (step, place),
                Guard::Suspended { place, .. } => ("suspended", place),
            };
            places.entry(place).or_default().push(row.name);
        }
    }
    let shared: Vec<_> = places.iter().filter(|(_, names)| names.len() > 1).collect();
    assert!(shared.is_empty(), "{shared:?}");
    let gaps: Vec<_> = places
        .keys()
        .filter(|(step, place)| *place != 1 && !places.contains_key(&(*step, place - 1)))
        .collect();
    assert!(gaps.is_empty(), "no guard before {gaps:?}");
}
