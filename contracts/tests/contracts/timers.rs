//! Running time limits: which ones each stage of a tender has, by which rule, and that their ends are the rulebook's.

use biaozheng_contracts::Rulebook;
use biaozheng_contracts::oversight::timers::timers;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::draft::draft;
use biaozheng_scenes::law::law;
use biaozheng_scenes::setting::{day, project};
use biaozheng_scenes::tender::{award, candidates, evaluated};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn running(world: &World) -> Vec<Value> {
    timers(&world.state, None, 10, TimeMs::new(world.now)).unwrap().0
}

fn rules(world: &World) -> Vec<String> {
    running(world).iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
}

/// Each limit ends where the pinned rulebook says, counted from where it says it counts.
fn assert_from_the_rulebook(world: &World) {
    let book = Rulebook::parse(&law()).unwrap();
    for one in running(world).iter().filter(|one| one["rule"] != "deadline") {
        let from = TimeMs::new(one["from_ms"].as_u64().unwrap());
        let rule = one["rule"].as_str().unwrap();
        assert_eq!(one["due_ms"].as_u64(), book.due(rule, from).map(TimeMs::get), "{rule}");
        assert_eq!(one["article"].as_str(), book.article(rule), "{rule}");
        assert_eq!(one["limit"], book.text(rule), "{rule}");
    }
}

#[test]
fn a_tender_has_the_limits_of_its_stage() {
    let mut world = World::new();
    assert!(running(&world).is_empty());
    world.register();
    assert!(running(&world).is_empty(), "nothing runs before a rulebook is pinned");
    let notice = world.published();
    world.publish(notice);
    let deadline = running(&world);
    assert_eq!(rules(&world), ["deadline"]);
    assert_eq!(deadline[0]["due_ms"].as_u64(), Some(world.deadline()));
    let before = world.now;
    world.now = world.deadline();
    assert_eq!(rules(&world), ["reveal_window"], "after the deadline the opening is owed");
    assert_from_the_rulebook(&world);
    world.now = before;

    let mut world = evaluated();
    assert_eq!(rules(&world), ["publicity_start"]);
    assert_from_the_rulebook(&world);
    world.step(candidates(&["B2", "B1", "B3"]));
    assert_eq!(rules(&world)[0], "publicity_min");
    let objection =
        world.ok(draft("objection.raised/1", "B1", json!({"concerns": "result", "text": "排名有误"}))
            .at(world.terms));
    let open: Vec<Value> =
        running(&world).into_iter().filter(|one| one["about"] == objection.to_string()).collect();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0]["rule"], "objection_reply_max");
    assert_from_the_rulebook(&world);
    world.ok(draft("objection.answered/1", "OWNER", json!({"objection": objection, "text": "排名无误"}))
        .at(Some(objection)));
    assert!(!rules(&world).contains(&"objection_reply_max".to_owned()), "an answer ends it");

    world.now += 4 * day();
    world.step(award("B2", 80_000_000, &[]));
    assert_eq!(rules(&world), ["contract_max", "regulator_report_max"]);
    assert_from_the_rulebook(&world);
}

#[test]
fn pages_go_on_after_the_last_project_looked_at() {
    let world = evaluated();
    let (first, next) = timers(&world.state, None, 1, TimeMs::new(world.now)).unwrap();
    assert_eq!((first.len(), next.as_ref()), (1, Some(&project())));
    let (second, next) = timers(&world.state, next.as_ref(), 1, TimeMs::new(world.now)).unwrap();
    assert_eq!((second.len(), next), (0, None));
}

#[test]
fn nothing_in_them_tells_of_bidders() {
    let mut world = World::new();
    world.register();
    let notice = world.published();
    world.publish(notice);
    let before = running(&world);
    world.seal("B1", Some(90_000_000));
    assert_eq!(before, running(&world));
}
