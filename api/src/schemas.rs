//! What the API answers, as types: the schemas of the OpenAPI description come from them, and tests hold them against
//! what a node and the contracts really say (`api/tests/answers.rs`, `tests/api/answers.py`).
//!
//! A member that has no value is `null` and never left out. The few that may be left out are never null; they say
//! `nullable = false`.
//!
//! **Invariant:** every type is closed: a member nobody described is an error, not an addition. Words are enums that do
//! not compile when the contracts learn another one (`words.rs`).

pub mod chain;
pub mod node;
pub mod oversight;
pub mod project;
pub mod records;
pub mod registry;
pub mod rules;
pub mod sealing;
pub mod search;
pub mod spelling;
pub mod words;

use serde::Deserialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}
