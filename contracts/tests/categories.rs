//! The other trading categories: each from publication to archive, and tables of refusals with their neighbours.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/categories.rs"]
mod bodies;
#[path = "categories/bonds.rs"]
mod bonds;
#[path = "categories/listings.rs"]
mod listings;
#[path = "support/world.rs"]
mod world;

use biaozheng_contracts::CODES_CATEGORIES;
use world::*;

/// A world with one more rulebook in force and the project registered.
fn under(book: &str) -> World {
    let mut world = World::new();
    world.ok(draft("rulebook.published/1", "CITY", json!({"toml": book})));
    world.register();
    world
}

fn stage(world: &World) -> String {
    view::project(&world.state, &project()).unwrap().unwrap()["stage"].as_str().unwrap().to_owned()
}

fn late(world: &World) -> Value {
    view::project(&world.state, &project()).unwrap().unwrap()["late"].clone()
}

/// From the contract on every category goes the same way.
fn contract_to_archive(world: &mut World, winner: &str, price: u64) {
    world.step(contract(price, 0).also(winner));
    world.step(draft("supervision.reported/1", "OWNER", json!({"summary": "已按规定报告"})));
    let (records, history) = world.chained();
    world.step(archive(records, history));
    assert_eq!(stage(world), "archived");
}

#[test]
fn every_code_is_met() {
    listings::rules();
    bonds::rules();
    let missed: Vec<_> = SEEN.with(|seen| {
        CODES_CATEGORIES.iter().filter(|code| !seen.borrow().contains(*code)).copied().collect()
    });
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
