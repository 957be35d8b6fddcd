//! Annulment by a regulator, tendering again, and the approval of the method; a refusal beside every rule.

use biaozheng_contracts::{CODES_ENDS, Rulebook};
use biaozheng_contracts::{archive, shown};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_scenes::bodies::{LAND, Notice, bond_received, bond_refunded};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::law;
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{Setting, day, key, project, set};
use biaozheng_scenes::tender::{archive, award, candidates, contract, ranked, registered};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn digest(of: &str) -> String {
    Digest::of(of.as_bytes()).to_string()
}

/// Upon a complaint, or the regulator's own finding.
fn annulled(complaint: Option<RecordId>) -> Draft {
    let mut body = json!({"article": "招标投标法实施条例81", "reason": "串通投标影响中标结果", "decision": digest("decision")});
    if let Some(complaint) = complaint {
        body["complaint"] = json!(complaint);
    }
    draft("tender.annulled/1", "REG", body)
}

fn shown(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()
}

fn published() -> World {
    let mut world = World::new();
    world.register();
    world.publish(world.published());
    world
}

/// The same tender at each of its stages.
fn stages() -> Vec<(&'static str, World)> {
    let mut world = published();
    let mut found = vec![("published", world.clone())];
    world.open_with(&[("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)]);
    found.push(("opened", world.clone()));
    world.draw();
    world.report(ranked(&[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)]));
    found.push(("evaluated", world.clone()));
    world.step(candidates(&["B2", "B1", "B3"]));
    found.push(("publicised", world.clone()));
    world.now += 3 * day();
    world.step(award("B2", 80_000_000, &[]));
    found.push(("awarded", world.clone()));
    world.step(contract(80_000_000, 0).also("B2"));
    found.push(("contracted", world.clone()));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已报告"})));
    found.push(("supervised", world));
    found
}

fn archived(world: &mut World) {
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!(shown(world)["stage"], "archived");
}

#[test]
fn a_regulator_annuls_from_every_stage_between_the_notice_and_the_archive() {
    let mut fresh = World::new();
    fresh.register();
    fresh.refused(annulled(None).at(fresh.step), "project.stage");
    for (stage, mut world) in stages() {
        assert_eq!(shown(&world)["stage"], stage);
        assert_eq!(shown(&world)["annulment"], json!(null));
        let closed = !["published", "opened"].contains(&stage);
        for other in ["OWNER", "EAST", "CITY", "B1"] {
            let mut theirs = annulled(None);
            theirs.by = vec![(other.into(), key(other))];
            world.refused(theirs.at(world.step), "participant.role");
        }
        world.refused(annulled(None).at(world.terms.filter(|_| closed)), "record.previous");
        let record = world.step(annulled(None));
        let shown = shown(&world);
        assert_eq!(
            (&shown["stage"], &shown["end_reason"]),
            (&json!("annulled"), &json!("串通投标影响中标结果"))
        );
        let annulment = &shown["annulment"];
        assert_eq!((&annulment["record"], &annulment["by"]), (&json!(record), &json!("REG")));
        assert_eq!(
            (&annulment["article"], &annulment["complaint"]),
            (&json!("招标投标法实施条例81"), &json!(null))
        );
        // Nothing goes on, the bids of one that was not opened stay shut, and it is archived as it is.
        world.refused(annulled(None).at(world.step), "project.stage");
        world.refused(award("B2", 80_000_000, &[]).at(world.step), "project.stage");
        world.refused(
            draft("tender.failed/1", "OWNER", json!({"reason": "x"})).at(world.step),
            "project.stage",
        );
        assert_eq!(shown["lots"][0]["bids"].is_null(), stage == "published", "{stage}");
        archived(&mut world);
        world.refused(annulled(None).at(world.step), "project.stage");
        let until = TimeMs::new(world.now + 1);
        let counted = archive::view::indicators(&world.state, None, TimeMs::new(0), until).unwrap().unwrap();
        assert_eq!((counted.projects, counted.annulled, counted.supervised), (1, 1, 0));
    }
    let mut failed = stages().remove(1).1;
    failed.step(draft("tender.failed/1", "OWNER", json!({"reason": "全部否决"})));
    failed.refused(annulled(None).at(failed.step), "project.stage");
}

fn listing(book: &str, world: &World) -> Value {
    let from_ms = world.now + 40 * day();
    let notice = Notice {
        rulebook: Rulebook::digest(book),
        asset: "land_use_right",
        start: 50_000_000_000,
        increment: 100_000_000,
        reserve: None,
        bond: 10_000_000_000,
        viewing_ms: None,
        from_ms,
        until_ms: from_ms + 20 * day(),
    };
    notice.body(&project())
}

#[test]
fn a_listing_is_annulled_too() {
    let mut world = World::new();
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": LAND})));
    world.register();
    world.step(draft("listing.published/1", "OWNER", listing(LAND, &world)));
    world.step(annulled(None));
    archived(&mut world);
}

fn letter(complaint: &RecordId, outcome: &str) -> Draft {
    let body = json!({"complaint": complaint, "outcome": outcome, "decision": digest("decision")});
    draft("complaint.decided/1", "REG", body).at(Some(*complaint))
}

#[test]
fn an_upheld_complaint_is_named_and_no_other() {
    let (_, mut world) = stages().remove(4);
    let filed = |world: &World, by: &str| {
        draft(
            "complaint.filed/1",
            by,
            json!({"matter": "conduct", "known_ms": world.now, "letter": digest(by)}),
        )
        .at(None)
    };
    let complaint = world.ok(filed(&world, "B1"));
    world.refused(annulled(Some(complaint)).at(world.step), "annulment.complaint");
    let body = json!({"complaint": complaint, "suspends": true});
    world.ok(draft("complaint.accepted/1", "REG", body).at(Some(complaint)));
    world.refused(annulled(Some(complaint)).at(world.step), "annulment.complaint");
    let mut other = world.clone();
    other.ok(letter(&complaint, "dismissed"));
    other.refused(annulled(Some(complaint)).at(other.step), "annulment.complaint");
    other.refused(annulled(other.step).at(other.step), "annulment.complaint");
    // The suspension holds nothing of this back.
    world.fine(annulled(None).at(world.step));
    world.ok(letter(&complaint, "upheld"));
    let mut unsaid = annulled(Some(complaint));
    unsaid.body["article"] = json!(" ");
    world.refused(unsaid.at(world.step), "record.text");
    let mut unsaid = annulled(Some(complaint));
    unsaid.body["reason"] = json!("");
    world.refused(unsaid.at(world.step), "record.text");
    world.step(annulled(Some(complaint)));
    assert_eq!(shown(&world)["annulment"]["complaint"], json!(complaint));
    archived(&mut world);
}

/// As after a failure: at any time, without a limit of its own; after a contract within that one's.
#[test]
fn bonds_go_back_after_an_annulment() {
    let mut world = published();
    let bond = world
        .ok(draft("bond.received/1", "EAST", bond_received(&project(), "B1", 2_000_000, 1)).at(world.terms));
    world.seal("B1", Some(1));
    let back = || draft("bond.refunded/1", "EAST", bond_refunded(bond, "B1", 2_000_000, 1)).at(Some(bond));
    world.refused(back(), "bond.standing");
    world.step(annulled(None));
    world.now += 40 * day();
    world.ok(back());
    assert_eq!(shown(&world)["late"], json!([]));
    archived(&mut world);
}

fn again(of: &str) -> Value {
    let mut body = registered();
    body["retender_of"] = json!(of);
    body
}

/// Whatever `of` does happens in a project of this name.
fn in_project<T>(name: &str, of: impl FnOnce() -> T) -> T {
    set(Setting { project: name.into(), ..Setting::default() });
    let given = of();
    set(Setting::default());
    given
}

#[test]
fn what_ended_is_tendered_again_once_by_its_tenderee() {
    let register = |body: &Value| draft("project.registered/1", "OWNER", body.clone()).at(None);
    let mut ended: Vec<(&str, World)> = Vec::new();
    for end in ["tender.failed/1", "tender.terminated/1", "tender.annulled/1"] {
        let (_, mut world) = stages().remove(1);
        in_project("P-2", || world.refused(register(&again("P-1")), "retender.not_ended"));
        match end {
            "tender.annulled/1" => world.step(annulled(None)),
            other => world.step(draft(other, "OWNER", json!({"reason": "重来"}))),
        };
        ended.push((end, world));
    }
    for (end, mut world) in ended {
        let body =
            json!({"org": "OWNER2", "name": "other", "roles": ["tenderee"], "key": key("OWNER2").public()});
        world.ok(draft("participant.registered/1", "CITY", body));
        in_project("P-2", || {
            let mut theirs = again("P-1");
            theirs["tenderee"] = json!("OWNER2");
            world.refused(draft("project.registered/1", "OWNER2", theirs).at(None), "retender.tenderee");
            world.refused(register(&again("P-9")), "project.unknown");
            world.refused(register(&again("P-2")), "project.unknown");
        });
        // Before its archive is sealed and after.
        in_project("P-2", || world.fine(register(&again("P-1"))));
        archived(&mut world);
        in_project("P-2", || {
            world.ok(register(&again("P-1")));
            assert_eq!(shown(&world)["retender_of"], "P-1", "{end}");
        });
        assert_eq!(
            (&shown(&world)["retendered_as"], &shown(&world)["retender_of"]),
            (&json!("P-2"), &json!(null))
        );
        in_project("P-3", || {
            world.refused(register(&again("P-1")), "retender.exists");
            world.refused(register(&again("P-2")), "retender.not_ended");
            world.fine(register(&registered()));
        });
    }
}

/// A rulebook that asks for the approval of the method.
fn asking(text: &str, value: bool) -> String {
    let line = format!(
        "method_approval = {{ value = {value}, article = \"招标投标法实施条例7\", basis = \"statute\" }}\n"
    );
    let text = text.replacen("[parameter]\n", &format!("[parameter]\n{line}"), 1);
    let mut out = String::new();
    for one in text.lines() {
        let first = ["\"tender.published/1\" = {", "\"listing.published/1\" = {"]
            .iter()
            .any(|step| one.starts_with(step));
        let one =
            if first { one.replace("guards = [", "guards = [\"method_approval\", ") } else { one.to_owned() };
        out.push_str(&format!("{one}\n"));
    }
    out
}

#[test]
fn the_approval_of_the_method_is_asked_where_the_rulebook_asks() {
    let approval = json!({"by": "市发展和改革委员会", "document": digest("批复")});
    for (text, kind) in [(law(), "tender.published/1"), (LAND.to_owned(), "listing.published/1")] {
        for (asked, given) in [(true, false), (true, true), (false, false)] {
            let book = asking(&text, asked);
            let mut world = World::under(book.clone());
            let mut body = registered();
            if given {
                body["method_approval"] = approval.clone();
            }
            world.step(draft("project.registered/1", "OWNER", body));
            assert_eq!(shown(&world)["method_approval"], if given { approval.clone() } else { json!(null) });
            let mut body = world.published();
            if kind == "listing.published/1" {
                body = listing(&book, &world);
            }
            let notice = draft(kind, "OWNER", body).at(world.step);
            if asked && !given {
                let reject = world.refused(notice, "tender.method_approval");
                assert_eq!(reject.rule, "method_approval");
                assert_eq!(reject.article.as_deref(), Some("招标投标法实施条例7"));
            } else {
                world.ok(notice);
            }
        }
    }
    let world = World::new();
    let mut body = registered();
    body["method_approval"] = json!({"by": "", "document": digest("批复")});
    world.refused(draft("project.registered/1", "OWNER", body).at(None), "record.text");
}

#[test]
fn every_code_is_met() {
    forget();
    an_upheld_complaint_is_named_and_no_other();
    what_ended_is_tendered_again_once_by_its_tenderee();
    the_approval_of_the_method_is_asked_where_the_rulebook_asks();
    let missed = unmet(CODES_ENDS);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
