//! Complaints: from the objection to the decision, what stands still meanwhile, and a refusal beside every rule.

use biaozheng_contracts::project::complaints;
use biaozheng_contracts::shown;
use biaozheng_contracts::{CODES_COMPLAINT, Rulebook};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::law::{REPLAY, law};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{day, hour, project};
use biaozheng_scenes::tender::{archive, award, candidates, evaluated, opened};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn letter(name: &str) -> String {
    Digest::of(name.as_bytes()).to_string()
}

fn filed(by: &str, objection: Option<RecordId>) -> Draft {
    let body = json!({"matter": "objection", "objection": objection, "letter": letter(by)});
    draft("complaint.filed/1", by, body).at(objection)
}

fn of_conduct(by: &str, known: u64, name: &str) -> Draft {
    draft("complaint.filed/1", by, json!({"matter": "conduct", "known_ms": known, "letter": letter(name)}))
        .at(None)
}

fn accepted(complaint: RecordId, suspends: bool) -> Draft {
    draft("complaint.accepted/1", "REG", json!({"complaint": complaint, "suspends": suspends}))
        .at(Some(complaint))
}

fn declined(complaint: RecordId) -> Draft {
    draft("complaint.declined/1", "REG", json!({"complaint": complaint, "reason": "超过投诉时效"}))
        .at(Some(complaint))
}

fn decided(complaint: RecordId, outcome: &str) -> Draft {
    let body = json!({"complaint": complaint, "outcome": outcome, "decision": letter("decision")});
    draft("complaint.decided/1", "REG", body).at(Some(complaint))
}

fn raised(by: &str) -> Draft {
    draft("objection.raised/1", by, json!({"concerns": "result", "text": "排名有误"}))
}

fn answered(objection: RecordId) -> Draft {
    let body = json!({"objection": objection, "text": "排名无误"});
    draft("objection.answered/1", "OWNER", body).at(Some(objection))
}

/// The candidates are public, B1 objected and was answered.
fn objected() -> (World, RecordId) {
    let mut world = evaluated();
    world.step(candidates(&["B2", "B1", "B3"]));
    let objection = world.ok(raised("B1").at(world.terms));
    world.ok(answered(objection));
    (world, objection)
}

fn shown(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()
}

fn of_view(world: &World, field: &str) -> Value {
    complaints::complaints(&world.state, &project()).unwrap()[0][field].clone()
}

#[test]
fn an_award_waits_for_the_decision_and_the_archive_too() {
    let (mut world, objection) = objected();
    let book = Rulebook::parse(&world.book).unwrap();
    let award = || award("B2", 80_000_000, &[]);
    let complaint = world.ok(filed("B1", Some(objection)));
    world.now += 3 * day();
    assert_eq!(
        (shown(&world)["complaints_pending"].clone(), of_view(&world, "step")),
        (json!(1), json!("filed"))
    );
    let due = book.due("complaint_accept_max", TimeMs::new(world.now - 3 * day())).unwrap();
    assert_eq!(of_view(&world, "due_ms"), json!(due));
    world.fine(award().at(world.step));
    world.ok(accepted(complaint, true));
    assert_eq!(of_view(&world, "suspends"), true);
    world.refused(award().at(world.step), "complaint.suspends");
    // As long as it takes: this rulebook bounds no suspension.
    let mut later = world.clone();
    later.now += 400 * day();
    later.refused(award().at(later.step), "complaint.suspends");
    // The project may be ended, and its archive waits for the decision.
    later.step(draft("tender.terminated/1", "OWNER", json!({"reason": "项目取消"})));
    let (records, history) = later.chained();
    later.refused(archive(records, history).at(later.step), "complaint.undecided");
    later.ok(decided(complaint, "withdrawn"));
    let (records, history) = later.chained();
    let mut hasty = archive(records, history);
    hasty.body["retain_until_ms"] = json!(later.now);
    later.refused(hasty.at(later.step), "archive.retention");
    let kept = book.due("archive_retention_min", TimeMs::new(later.now)).unwrap();
    later.step(archive(records, history));
    assert_eq!(shown(&later)["retain_until_ms"], json!(kept), "as long as the rulebook asks");
    later.refused(of_conduct("B1", later.now, "after"), "project.stage");
    world.ok(decided(complaint, "dismissed"));
    assert_eq!((of_view(&world, "step"), of_view(&world, "outcome")), (json!("decided"), json!("dismissed")));
    assert_eq!(shown(&world)["complaints_pending"], 0);
    world.step(award());
}

#[test]
fn a_complaint_without_suspension_and_a_declined_one_stop_nothing() {
    let (world, objection) = objected();
    let mut run = world.clone();
    let complaint = run.ok(filed("B1", Some(objection)));
    run.now += 3 * day();
    let mut other = run.clone();
    run.ok(accepted(complaint, false));
    run.fine(award("B2", 80_000_000, &[]).at(run.step));
    other.ok(declined(complaint));
    assert_eq!(of_view(&other, "step"), "declined");
    other.fine(award("B2", 80_000_000, &[]).at(other.step));
    other.refused(decided(complaint, "upheld"), "complaint.unknown");
}

/// An unanswered objection is complained about from the day its answer was due.
#[test]
fn silence_is_complained_about_after_the_due_date() {
    let mut world = evaluated();
    let book = Rulebook::parse(&world.book).unwrap();
    let objection = world.ok(raised("B1").at(world.terms));
    let due = book.due("objection_reply_max", TimeMs::new(world.now)).unwrap();
    world.now = due.get();
    let early = world.refused(filed("B1", Some(objection)), "complaint.early");
    assert_eq!((early.rule.as_str(), early.article.as_deref()), ("objection_reply_max", Some("条例22")));
    world.now += 1;
    world.fine(filed("B1", Some(objection)));
    world.now = book.due("complaint_window", due).unwrap().get();
    world.fine(filed("B1", Some(objection)));
    world.now += 1;
    let late = world.refused(filed("B1", Some(objection)), "complaint.late");
    assert_eq!((late.rule.as_str(), late.article.as_deref()), ("complaint_window", Some("条例60")));
}

/// Bids of a tender suspended before its deadline stay shut at it.
#[test]
fn the_opening_waits_too() {
    let mut world = World::new();
    world.register();
    world.refused(of_conduct("B1", world.now, "early"), "project.stage");
    world.publish(world.published());
    let complaint = world.ok(of_conduct("B4", world.now, "bias"));
    world.ok(accepted(complaint, true));
    for name in ["B1", "B2", "B3"] {
        world.seal(name, Some(90_000_000));
    }
    world.now = world.deadline() + 3 * hour();
    world.refused(opened(&["B1", "B2", "B3"]).at(world.step), "complaint.suspends");
    world.ok(decided(complaint, "upheld"));
    // Whoever waited for the decision has the whole time to reveal after it.
    world.now += 2 * hour();
    world.refused(opened(&["B1", "B2", "B3"]).at(world.step), "opening.reveal_window");
    world.now += 1;
    world.step(opened(&["B1", "B2", "B3"]));
}

#[test]
fn every_code_is_met() {
    forget();
    an_award_waits_for_the_decision_and_the_archive_too();
    a_complaint_without_suspension_and_a_declined_one_stop_nothing();
    silence_is_complained_about_after_the_due_date();
    let (mut world, objection) = objected();
    // Only who objected complains about the matter, naming it; other matters name when they became known.
    world.refused(filed("B2", Some(objection)), "complaint.objection_first");
    world.refused(filed("B1", None), "complaint.objection_first");
    world.refused(filed("B1", world.step), "complaint.objection_first");
    world.refused(of_conduct("B2", world.now + 1, "bias"), "complaint.objection_first");
    let mut both = of_conduct("B1", world.now, "bias").at(Some(objection));
    both.body["objection"] = json!(objection);
    world.refused(both, "complaint.objection_first");
    world.refused(filed("B1", Some(objection)).at(None), "record.previous");
    world.refused(filed("EAST", Some(objection)), "participant.role");
    world.fine(of_conduct("OWNER", world.now - 10 * day(), "bias"));
    world.refused(of_conduct("OWNER", world.now - 10 * day() - 1, "bias"), "complaint.late");
    let complaint = world.ok(filed("B1", Some(objection)));
    world.refused(filed("B1", Some(objection)), "complaint.exists");
    // One at a time of each complainant, and never the same letter twice.
    let conduct = world.ok(of_conduct("B2", world.now, "bias"));
    world.refused(of_conduct("B2", world.now, "other"), "complaint.exists");
    world.fine(of_conduct("B3", world.now, "bias"));
    world.ok(declined(conduct));
    world.refused(of_conduct("B2", world.now, "bias"), "complaint.exists");
    world.fine(of_conduct("B2", world.now, "other"));
    // The regulator answers once, in order.
    world.refused(decided(complaint, "upheld"), "complaint.unknown");
    world.refused(accepted(objection, true), "complaint.unknown");
    let by_centre = draft("complaint.accepted/1", "EAST", json!({"complaint": complaint, "suspends": true}));
    world.refused(by_centre.at(Some(complaint)), "participant.role");
    let unreasoned = draft("complaint.declined/1", "REG", json!({"complaint": complaint, "reason": " "}));
    world.refused(unreasoned.at(Some(complaint)), "record.text");
    world.ok(accepted(complaint, false));
    world.refused(accepted(complaint, true), "complaint.unknown");
    world.refused(declined(complaint), "complaint.unknown");
    world.ok(decided(complaint, "upheld"));
    world.refused(decided(complaint, "dismissed"), "complaint.unknown");
    // A rulebook without complaints takes none.
    let mut replay = World::under(REPLAY.to_owned());
    replay.register();
    let mut body = replay.published();
    body["currency"] = json!("JPY");
    replay.publish(body);
    replay.refused(of_conduct("B1", replay.now, "bias"), "complaint.not_offered");
    let missed = unmet(CODES_COMPLAINT);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}

/// The windows come together, and none is without its others.
#[test]
fn half_a_complaint_procedure_is_no_rulebook() {
    for name in ["complaint_window", "complaint_accept_max", "complaint_decide_max"] {
        let law = law();
        let half: String =
            law.lines().filter(|line| !line.starts_with(name)).map(|line| format!("{line}\n")).collect();
        let error = Rulebook::parse(&half).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
}
