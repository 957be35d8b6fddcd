//! Codes of refusals, by the areas whose tests meet every one. Each domain has its own; what a test holds together is joined here.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, for which each would be an error"
)]

use crate::{
    archive, award, bidding, chain, evaluation, listing, machine, opening, oversight, parties, prequal,
    project, rulebook, sealing, tender,
};

type Codes = &'static [&'static str];

const fn count(lists: &[Codes]) -> usize {
    let (mut sum, mut at) = (0usize, 0usize);
    while at < lists.len() {
        sum += lists[at].len();
        at += 1;
    }
    sum
}

const fn join<const N: usize>(lists: &[Codes]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut to, mut list) = (0usize, 0usize);
    while list < lists.len() {
        let mut from = 0usize;
        while from < lists[list].len() {
            all[to] = lists[list][from];
            to += 1;
            from += 1;
        }
        list += 1;
    }
    all
}

macro_rules! joined {
    ($($(#[$doc:meta])* $name:ident = $($domain:ident)+;)*) => {$(
        $(#[$doc])*
        pub const $name: &[&str] = {
            const LISTS: &[Codes] = &[$($domain::refusals::$name),+];
            &join::<{ count(LISTS) }>(LISTS)
        };
    )*};
}

joined! {
    /// Of a tender from its registration to its archive.
    CODES = machine parties rulebook project bidding evaluation opening tender award archive;
    /// Of the registers: keys, credit, licences, ratings, sittings, history, indicators.
    CODES_REGISTRY = parties bidding archive oversight;
    /// Of the other categories: listings, procurement, invitation, prequalification, bonds.
    CODES_CATEGORIES = rulebook project bidding evaluation tender prequal listing;
    /// Of rules beside the rulebooks.
    CODES_RULES = rulebook;
    /// Of anchored chains.
    CODES_ANCHORING = chain;
    /// Of those who vote.
    CODES_VALIDATORS = chain;
    /// Of bids that open themselves.
    CODES_SEALING = sealing bidding opening tender;
    /// Of complaints.
    CODES_COMPLAINT = project archive;
    /// Of ends that start anew.
    CODES_ENDS = project tender;
    /// Of building models and steps on paper.
    CODES_MODEL = bidding tender archive;
    /// Of remote evaluation.
    CODES_EVALUATION = evaluation;
    /// Of alerts.
    CODES_SUPERVISION = oversight;
}
