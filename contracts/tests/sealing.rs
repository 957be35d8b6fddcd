//! Bids that open themselves: ceremony, tokens, entries, openings and what goes wrong with each.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "support/remote.rs"]
mod remote;
#[path = "support/threshold.rs"]
mod threshold;
#[path = "support/world.rs"]
mod world;

#[path = "sealing/ceremony.rs"]
mod ceremony;
#[path = "sealing/consent.rs"]
mod consent;
#[path = "sealing/entries.rs"]
mod entries;
#[path = "sealing/keys.rs"]
mod keys;
#[path = "sealing/opening.rs"]
mod opening;

use biaozheng_contracts::CODES_SEALING;
use world::SEEN;

#[test]
fn every_code_is_met() {
    ceremony::refusals();
    consent::seats_are_of_different_founders_and_no_fewer_than_four();
    consent::nobody_alone_starts_a_ceremony();
    ceremony::tokens_are_counted_and_a_tampered_signature_is_named();
    entries::refusals();
    opening::refusals();
    opening::bidders_open_with_their_proofs_when_the_group_does_not();
    let missed: Vec<_> = SEEN
        .with(|seen| CODES_SEALING.iter().filter(|code| !seen.borrow().contains(*code)).copied().collect());
    assert!(missed.is_empty(), "{missed:?}");
}
