//! The demo's scenes, played in memory to the archive: which alerts each raises, when it is over and long after.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger::ids::TimeMs;
use biaozheng_scenes::play;
use biaozheng_scenes::process::shown;
use biaozheng_scenes::setting::day;
use biaozheng_scenes::tender::archive;
use biaozheng_scenes::world::World;
use biaozheng_supervision::{SHIPPED_RULES, SupervisionRules, collusion, process};

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
        ("engineering", play::engineering, &[]),
        ("metro", play::metro, &[]),
        ("invited", play::invited, &[]),
        ("procurement", play::procurement, &["collusion.same_device"]),
        ("land", play::land, &[]),
        ("mining", play::mining, &[]),
        ("assets", play::assets, &[]),
        ("auction", play::auction, &[]),
        ("sub venue", play::sub_venue_drops_out, &[]),
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
