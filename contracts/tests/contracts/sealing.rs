//! Bids that open themselves: ceremony, tokens, entries, openings and what goes wrong with each.

mod ceremony;
mod consent;
mod entries;
mod keys;
mod opening;

use biaozheng_contracts::CODES_SEALING;
use biaozheng_scenes::refusals::{forget, unmet};

#[test]
fn every_code_is_met() {
    forget();
    ceremony::refusals();
    consent::seats_are_of_different_founders_and_no_fewer_than_four();
    consent::nobody_alone_starts_a_ceremony();
    ceremony::tokens_are_counted_and_a_tampered_signature_is_named();
    entries::refusals();
    opening::refusals();
    opening::bidders_open_with_their_proofs_when_the_group_does_not();
    let missed = unmet(CODES_SEALING);
    assert!(missed.is_empty(), "{missed:?}");
}
