//! Every scene of the demo, played in memory to the archive.

use biaozheng_contracts::shown;
use biaozheng_scenes::play;
use biaozheng_scenes::setting::project;
use biaozheng_scenes::tender::archive;
use serde_json::json;

#[test]
fn every_category_runs_from_registration_to_archive() {
    for (name, play) in play::ALL {
        let mut world = play();
        let (records, history) = world.chained();
        world.step(archive(records, history));
        let shown = shown::project(&world.state, &project()).unwrap().unwrap();
        assert_eq!((name, &shown["stage"]), (name, &json!("archived")));
        let rules = &shown["rules"];
        let taken = rules["parameters"]["tightened"].as_array().unwrap();
        assert_eq!((name, taken.len()), (name, if name == "metro" { 2 } else { 0 }));
        let pinned = rules["calendars"].as_array().unwrap().iter().filter(|one| one["pinned"] == true);
        assert_eq!((name, pinned.count()), (name, usize::from(name == "land")));
    }
}
