//! Bids sealed to the chain's group.

use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::threshold::grouped;
use biaozheng_scenes::world::World;
use serde_json::json;

use super::table::*;

pub(crate) const ROWS: &[Row] = &[refused("sealing_signature_window", "sealed.bind_time", binding)];

/// A bidder binds what stands only once the group's time is over. Here the moment too early is the one outside.
fn binding(book: &Book, outside: bool) -> (World, Draft) {
    // The chain with the group goes on under a version of its rulebook that has this book's parameter.
    let parameter = "sealing_signature_window";
    let line = |text: &str| text.lines().find(|line| line.starts_with(parameter)).unwrap().to_owned();
    let mut made = grouped();
    let pinned = made.world.book.replace(&line(&made.world.book), &line(&book.text));
    made.world.book = pinned.replace("version = 1\n", "version = 2\n");
    let toml = made.world.book.clone();
    made.world.ok(draft("rulebook.published/1", "CITY", json!({"toml": toml})));
    made.world.register();
    made.world.publish(made.published());
    let proof = made.bid("B1", 90_000_000, 1);
    made.world.now = book.due(parameter, made.world.deadline()) + u64::from(!outside);
    let record = made.bound("B1", &proof);
    (made.world, record)
}
