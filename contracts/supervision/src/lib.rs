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

mod alert;
pub mod collusion;
mod exact;
mod leads;
pub mod limits;
pub mod process;
pub mod red_flags;
mod rules;
mod words;

pub use alert::{Alert, Finding};
pub use exact::Exact;
pub use leads::findings as red_flag_findings;
pub use rules::{RulesError, SupervisionRules, Weight};
pub use words::{Rule, rule, rules};

/// The rules this release ships.
pub const SHIPPED_RULES: &str = include_str!("../rules/supervision.toml");
