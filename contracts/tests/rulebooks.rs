//! Rules as data: a category's steps, what a district tightens, and calendars.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "rulebooks/calendars.rs"]
mod calendars;
#[path = "rulebooks/steps.rs"]
mod steps;
#[path = "rulebooks/tightening.rs"]
mod tightening;
#[path = "support/world.rs"]
mod world;

use biaozheng_contracts::CODES_RULES;
use biaozheng_contracts::shown;
use world::*;

pub(crate) const SHIPPED: &[&str] = &[
    include_str!("../rulebooks/auction.toml"),
    include_str!("../rulebooks/engineering-open.toml"),
    include_str!("../rulebooks/government-procurement.toml"),
    include_str!("../rulebooks/invited-tender.toml"),
    include_str!("../rulebooks/land-use-right.toml"),
    include_str!("../rulebooks/metro.toml"),
    include_str!("../rulebooks/mining-right.toml"),
    include_str!("../rulebooks/replay-tsuchiura.toml"),
    include_str!("../rulebooks/state-assets.toml"),
];

pub(crate) fn shown(world: &World) -> Value {
    shown::project(&world.state, &project()).unwrap().unwrap()
}

#[test]
fn every_code_is_met() {
    steps::rules();
    tightening::rules();
    calendars::rules();
    let missed: Vec<_> =
        SEEN.with(|seen| CODES_RULES.iter().filter(|code| !seen.borrow().contains(*code)).copied().collect());
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
