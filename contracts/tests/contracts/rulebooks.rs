//! Rules as data: a category's steps, what a district tightens, and calendars.

mod calendars;
mod steps;
mod tightening;

use biaozheng_contracts::CODES_RULES;
use biaozheng_contracts::shown;
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::project;
use biaozheng_scenes::world::World;
use serde_json::Value;

pub(crate) const SHIPPED: &[&str] = &[
    include_str!("../../rulebooks/auction.toml"),
    include_str!("../../rulebooks/engineering-open.toml"),
    include_str!("../../rulebooks/government-procurement.toml"),
    include_str!("../../rulebooks/invited-tender.toml"),
    include_str!("../../rulebooks/land-use-right.toml"),
    include_str!("../../rulebooks/metro.toml"),
    include_str!("../../rulebooks/mining-right.toml"),
    include_str!("../../rulebooks/replay-tsuchiura.toml"),
    include_str!("../../rulebooks/state-assets.toml"),
];

pub(crate) fn shown(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()
}

#[test]
fn every_code_is_met() {
    forget();
    steps::rules();
    tightening::rules();
    calendars::rules();
    let missed = unmet(CODES_RULES);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
