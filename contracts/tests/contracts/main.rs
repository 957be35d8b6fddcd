//! The contracts' rules, area by area, played in worlds in memory: one binary, since each links the same crates.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod alerts;
mod anchoring;
mod annulment;
mod attacks;
mod categories;
mod complaints;
mod evaluation;
mod lifecycle;
mod models;
mod positions;
mod registry;
mod rulebooks;
mod rules;
mod scenes;
mod sealing;
mod search;
mod timers;
mod validators;
