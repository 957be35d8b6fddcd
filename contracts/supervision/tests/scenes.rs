//! The demo's scenes, played in memory to the archive: which alerts each raises, when it is over and long after.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "../../tests/support/categories.rs"]
mod bodies;
#[path = "../../tests/support/registers.rs"]
mod registers;
#[path = "../../tests/support/remote.rs"]
mod remote;
#[path = "../../ocds/tests/support/scene.rs"]
mod scene;
#[path = "../../tests/support/scenes.rs"]
mod scenes;
#[path = "../../tests/support/world.rs"]
mod world;

use biaozheng_supervision::{SHIPPED_RULES, SupervisionRules, collusion, process};
use scene::shown;
use world::*;

fn raised(world: &World, now: TimeMs) -> Vec<&'static str> {
    let process = shown(world);
    let rules = SupervisionRules::parse(SHIPPED_RULES).unwrap();
    let mut found = process::check(&process, now).unwrap();
    found.extend(collusion::check(&process, &rules).unwrap());
    found.iter().map(|finding| finding.rule).collect()
}

#[test]
fn a_scene_raises_what_it_is_about_and_nothing_else() {
    type Play = fn() -> World;
    let all: [(&str, Play, &[&str]); 9] = [
        ("engineering", scenes::engineering, &[]),
        ("metro", scenes::metro, &[]),
        ("invited", scenes::invited, &[]),
        ("procurement", scenes::procurement, &["collusion.same_device"]),
        ("land", scenes::land, &[]),
        ("mining", scenes::mining, &[]),
        ("assets", scenes::assets, &[]),
        ("auction", scenes::auction, &[]),
        ("sub venue", scenes::sub_venue_drops_out, &[]),
    ];
    let long_after = |world: &World| TimeMs::new(world.now + 400 * day());
    for (name, play, wanted) in all {
        let mut world = play();
        let (records, history) = world.chained();
        world.step(archive(records, history));
        assert_eq!((name, raised(&world, TimeMs::new(world.now)).as_slice()), (name, wanted));
        assert_eq!((name, raised(&world, long_after(&world)).as_slice()), (name, wanted), "long after");
    }
}
