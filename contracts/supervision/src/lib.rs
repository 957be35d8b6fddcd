//! Supervision: rules over public records that raise alerts.
//!
//! **Invariant:** pure. Time and data are arguments, every number is a rulebook's or a quartile of the data, nothing
//! rounds, and an alert is a lead for the regulator: it changes no record.
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        clippy::cast_possible_truncation
    )
)]

mod exact;
pub mod limits;
pub mod red_flags;

pub use exact::Exact;
