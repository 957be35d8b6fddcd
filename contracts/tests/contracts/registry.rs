//! Keys, credit, licences, ratings, digital witness, imported history, indicators: each rule just inside and just outside.

mod keys;
mod outcomes;
mod sitting;
mod standing;

use biaozheng_contracts::CODES_REGISTRY;
use biaozheng_scenes::refusals::{forget, unmet};

/// Bidders and prices, best first.
pub(crate) const ALL: &[(&str, u64)] = &[("B2", 80_000_000), ("B1", 90_000_000), ("B3", 95_000_000)];

/// Every refusal of this area is met, each beside what is just inside the rule.
#[test]
fn every_rule_refuses_just_outside_and_every_code_is_met() {
    forget();
    keys::keys_hold_for_their_time_and_purpose();
    keys::a_cosigner_answers_for_its_key_like_the_author();
    keys::credit_codes_are_unique_and_a_persons_stays_a_commitment();
    standing::credit_events_count_until_they_expire_or_are_overturned();
    standing::a_penalised_bid_is_sealed_like_any_other_and_out_at_the_opening();
    standing::licences_change_only_by_their_authority();
    standing::a_revoked_licence_blocks_and_an_earlier_opening_keeps_its_finding();
    outcomes::each_participant_rates_a_finished_step_once();
    sitting::a_sitting_is_logged_chained_and_reported();
    sitting::cameras_and_incidents_are_bounded();
    sitting::each_venue_of_a_session_has_its_log_and_one_without_is_named();
    sitting::venues_of_a_sitting_are_bounded();
    outcomes::imported_history_stays_apart();
    outcomes::indicators_are_recomputed();
    let missed = unmet(CODES_REGISTRY);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
