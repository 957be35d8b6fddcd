//! A centre changes who signs a step, or leaves one out, by data alone; a table that cannot be followed is refused by name.

use std::collections::BTreeSet;

use biaozheng_contracts::Rulebook;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{day, key};
use biaozheng_scenes::tender::{archive, award, candidates, contract, ranked};
use biaozheng_scenes::world::World;
use serde_json::json;

use super::SHIPPED;

fn without_steps(text: &str) -> String {
    text[..text.find("[step]").unwrap()].to_owned()
}

/// The text with one step's line replaced; an empty one leaves it out.
fn with_step(text: &str, name: &str, line: &str) -> String {
    // A table of its own: the articles name steps too.
    let head = format!("\"{name}\" = {{");
    let found = text.lines().find(|one| one.starts_with(&head)).unwrap();
    text.replace(&format!("{found}\n"), line)
}

fn changed(text: &str, name: &str, from: &str, to: &str) -> String {
    // A table of its own: the articles name steps too.
    let head = format!("\"{name}\" = {{");
    let found = text.lines().find(|one| one.starts_with(&head)).unwrap();
    assert!(found.contains(from), "{name}: {from}");
    text.replace(found, &found.replace(from, to))
}

/// The text without the parameters of these names, and without them among the guards of its steps.
fn without_parameters(text: &str, names: &[&str]) -> String {
    let kept = text.lines().filter(|line| !names.iter().any(|name| line.starts_with(&format!("{name} = "))));
    let mut kept: String = kept.map(|line| format!("{line}\n")).collect();
    for name in names {
        kept = kept.replace(&format!(", \"{name}\""), "").replace(&format!("\"{name}\", "), "");
        kept = kept.replace(&format!(", guards = [\"{name}\"]"), "");
    }
    kept
}

/// Without a table all that the engine knows for the category holds; the shipped tables say exactly that.
#[test]
fn the_shipped_tables_are_what_holds_without_one() {
    for text in SHIPPED {
        let book = Rulebook::parse(text).unwrap();
        let plain = Rulebook::parse(&without_steps(text)).unwrap();
        assert!(book.has_steps() && !plain.has_steps(), "{}", book.category());
        assert_eq!(book.steps(), plain.steps(), "{}", book.category());
        assert_eq!(&text[text.find("[step]").unwrap()..], plain.steps_text(), "{}", book.category());
    }
}

/// What code calls a record type is one: a misspelt name would be a rule that never holds.
#[test]
fn every_record_type_that_is_named_is_one() {
    let types = biaozheng_contracts::records::types();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> = ["src", "supervision/src", "ocds/src"].map(|folder| root.join(folder)).into();
    let (mut unknown, mut named) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // Tests name some that are none on purpose.
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            for word in text.split('"').filter(|word| is_like_a_type(word) && !path.ends_with("tests.rs")) {
                named += 1;
                if !types.contains(&word.split(':').next().unwrap()) {
                    unknown.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    assert!(unknown.is_empty(), "no record type is called {unknown:#?}");
    assert!(named > 200, "the code was not read: {named}");
}

/// `tender.published/1`, or with a case behind a colon.
fn is_like_a_type(word: &str) -> bool {
    let (name, case) = word.split_once(':').unwrap_or((word, "documents"));
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let Some((name, version)) = name.split_once('/') else { return false };
    let named = name.split_once('.').is_some_and(|(subject, what)| plain(subject) && plain(what));
    named && plain(case) && !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn a_misspelt_record_type_would_be_listed() {
    assert!(is_like_a_type("tender.publish/1") && is_like_a_type("objection.raise/1:opening"));
    assert!(!is_like_a_type("biaozheng/rulebooks/v1") && !is_like_a_type("record.type"));
}

/// Writes the shipped tables anew from what the engine can do.
#[test]
#[ignore = "rewrites rulebooks; run it deliberately"]
fn regenerate() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rulebooks");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = without_steps(&std::fs::read_to_string(&path).unwrap());
        let steps = Rulebook::parse(&text).unwrap().steps_text();
        std::fs::write(path, format!("{text}{steps}")).unwrap();
    }
}

#[test]
fn every_parameter_guards_a_step() {
    for text in SHIPPED {
        let book = Rulebook::parse(text).unwrap();
        let guards: BTreeSet<String> = book.steps().into_iter().flat_map(|step| step.guards).collect();
        let parameters: BTreeSet<String> = book.parameters().map(str::to_owned).collect();
        assert_eq!(guards, parameters, "{}", book.category());
    }
}

#[test]
fn a_table_that_cannot_be_followed_names_what_is_wrong() {
    let law = law();
    let publicised = "candidates.publicised/1";
    let more = |line: &str| format!("{law}{line}\n");
    for (text, named) in [
        (
            more("\"tender.dreamt/1\" = { from = [\"opened\"], roles = [\"tenderee\"] }"),
            "'tender.dreamt/1': no record type",
        ),
        (
            more("\"listing.closed/1\" = { from = [\"listed\"], roles = [\"city_centre\"] }"),
            "'listing.closed/1' belongs to another procedure",
        ),
        (
            more("\"prequal.applied/1\" = { from = [\"prequalifying\"], roles = [\"bidder\"] }"),
            "'prequal.applied/1' is of no use without parameter 'prequal_prep_min'",
        ),
        (changed(&law, publicised, "\"evaluated\"", "\"judged\""), "unknown stage 'judged'"),
        // The record's code counts from the report: it cannot come earlier.
        (changed(&law, publicised, "\"evaluated\"", "\"opened\""), "cannot come from stage 'opened'"),
        (changed(&law, publicised, "to = [\"publicised\"]", "to = [\"awarded\"]"), "leads to publicised"),
        (changed(&law, publicised, "\"agency\"", "\"mayor\""), "unknown role 'mayor'"),
        // Nobody but the tenderee side or the centre.
        (changed(&law, publicised, "\"agency\"", "\"bidder\""), "cannot be signed by 'bidder'"),
        (
            changed(&law, publicised, "roles = [\"tenderee\", \"agency\"]", "roles = []"),
            "cannot be signed by 'nobody'",
        ),
        (changed(&law, "contract.signed/1", "\"winner\"", "\"members\""), "cosigned by winner"),
        (changed(&law, "contract.signed/1", ", cosigners = \"winner\"", ""), "cosigned by winner"),
        (
            changed(&law, "award.notified/1", "\"publicity_min\", ", ""),
            "'award.notified/1' drops the guard 'publicity_min'",
        ),
        (
            changed(&law, publicised, "\"candidates_max\"", "\"candidates_max\", \"min_bidders\""),
            "names 'min_bidders'",
        ),
        // What is due whatever the stage is not put off to one that is past; a right is nobody's to drop.
        (
            changed(&law, "complaint.filed/1", "from = [\"*\"]", "from = [\"archived\"]"),
            "'complaint.filed/1' cannot come from stage 'archived'",
        ),
        (
            changed(&law, "objection.answered/1", "from = [\"*\"]", "from = [\"failed\"]"),
            "'objection.answered/1' cannot come from stage 'failed'",
        ),
        (
            changed(&law, "complaint.filed/1", "\"bidder\", ", ""),
            "'complaint.filed/1' is a right of 'bidder' too",
        ),
        // The regulator's power is nobody's to drop or to narrow.
        (with_step(&law, "tender.annulled/1", ""), "'tender.annulled/1' is missing"),
        (
            changed(&law, "tender.annulled/1", "\"awarded\", ", ""),
            "'tender.annulled/1' is a power of the regulator's from stage 'awarded' too",
        ),
        (
            changed(&law, "tender.annulled/1", "\"regulator\"", "\"city_centre\""),
            "'tender.annulled/1' cannot be signed by 'city_centre'",
        ),
        (changed(&law, "archive.sealed/1", ", \"annulled\"", ""), "from stage 'annulled' no step leads on"),
        (with_step(&law, "evaluation.session_opened/1", ""), "'evaluation.session_opened/1' is missing"),
        (with_step(&law, "bid.withdrawn/1", ""), "'bid.withdrawn/1' is missing"),
        (with_step(&law, "objection.raised/1:result", ""), "'objection.raised/1:result' is missing"),
        (
            with_step(&law, "objection.raised/1:opening", ""),
            "'objection_opening_window' guards step 'objection.raised/1:opening', which is left out",
        ),
        (
            with_step(&with_step(&law, "tender.amended/1", ""), "tender.clarified/1", ""),
            "'clarify_lead' guards step 'tender.clarified/1'",
        ),
        (
            changed(&law, "tender.published/1", "[\"registered\"]", "[\"registered\", \"prequalified\"]"),
            "stage 'prequalified', which step 'tender.published/1' comes from, cannot be reached",
        ),
        // A contract's report is the only way on from the contract.
        (
            changed(&law, "archive.sealed/1", "\"supervised\", ", ""),
            "from stage 'contracted' no step leads on",
        ),
        (law.replace("[step]", "[step.x]\nfrom = []\nroles = []\nstages = []\n[step]"), "not a rulebook"),
    ] {
        let error = Rulebook::parse(&text).unwrap_err().to_string();
        assert!(error.contains(named), "{named}: {error}");
    }
}

/// The hosting centre publicises the candidates, the agency may not award, documents are clarified and never amended, and
/// nobody objects about the opening: data alone.
fn changed_law() -> String {
    let text = without_parameters(&law(), &["objection_opening_window", "objection_opening_reply_max"]);
    let text = with_step(&text, "objection.raised/1:opening", "");
    let text = with_step(&text, "tender.amended/1", "");
    let roles = "roles = [\"tenderee\", \"agency\"]";
    let text = changed(&text, "candidates.publicised/1", roles, "roles = [\"district_centre\"]");
    changed(&text, "award.notified/1", roles, "roles = [\"tenderee\"]")
}

#[test]
fn a_tender_runs_under_steps_changed_by_data_alone() {
    rules();
}

pub(crate) fn rules() {
    let mut world = World::under(changed_law());
    world.register();
    let body = world.published();
    world.publish(body);
    let change = |kind: &'static str| draft(kind, "OWNER", json!({"text": "补充"})).at(world.step);
    let refused = world.refused(change("tender.amended/1"), "project.step");
    assert!(refused.message.contains("tender.amended/1"), "{refused}");
    world.fine(change("tender.clarified/1"));
    let mut world = played_to_the_opening(world);
    let objection = |world: &World, concerns: &str| {
        draft("objection.raised/1", "B1", json!({"concerns": concerns, "text": "疑问"})).at(world.terms)
    };
    world.refused(objection(&world, "opening"), "project.step");
    world.draw();
    let report = world.reported(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    world.step(report);
    world.fine(objection(&world, "result"));
    world.refused(candidates(&["B2", "B1"]).at(world.step), "participant.role");
    let by = |who: &str, mut record: Draft| {
        record.by = vec![(who.into(), key(who))];
        record
    };
    // The project's own centre, not any of that role.
    world.refused(by("CITY", candidates(&["B2", "B1"])).at(world.step), "participant.role");
    world.step(by("EAST", candidates(&["B2", "B1"])));
    world.now += 3 * day();
    world.refused(by("AGENT", award("B2", 80_000_000, &[])).at(world.step), "participant.role");
    world.step(award("B2", 80_000_000, &[]));
    world.step(contract(80_000_000, 0).also("B2"));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已报告"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!(super::shown(&world)["stage"], "archived");
}

fn played_to_the_opening(mut world: World) -> World {
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    world
}

/// A new version's steps reach the tenders that pin it, and no other.
#[test]
fn a_new_versions_steps_do_not_touch_a_tender_that_pinned_the_old_one() {
    let mut world = World::new();
    world.register();
    let body = world.published();
    world.publish(body);
    let newer = changed_law().replacen("version = 1\n", "version = 2\n", 1);
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": newer})));
    world.fine(draft("tender.amended/1", "OWNER", json!({"text": "修改"})).at(world.step));
    let mut world = played_to_the_opening(world);
    let objection = json!({"concerns": "opening", "text": "疑问"});
    world.fine(draft("objection.raised/1", "B1", objection).at(world.terms));
    world.draw();
    let report = world.reported(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    world.step(report);
    world.fine(candidates(&["B2", "B1"]).at(world.step));
}

/// A text as it was before there were tables.
#[test]
fn a_text_without_a_table_has_all_the_steps_of_its_procedure() {
    let mut world = World::under(without_steps(&law()));
    world.register();
    let body = world.published();
    world.publish(body);
    world.fine(draft("tender.amended/1", "OWNER", json!({"text": "修改"})).at(world.step));
    world
        .refused(draft("tender.amended/1", "B1", json!({"text": "修改"})).at(world.step), "participant.role");
    world.refused(draft("bids.opened/1", "EAST", json!({"lots": []})).at(world.step), "opening.early");
}
