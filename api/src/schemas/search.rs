//! What a search by words finds.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::Identifier;
use super::words::{Role, Stage};

/// A project or a participant in whose texts all the words occur.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchHit {
    pub kind: SearchKind,
    pub id: Identifier,
    /// Title or name; empty for experts, of whom a commitment is kept.
    pub title: String,
    /// Of a project.
    pub stage: Option<Stage>,
    /// Of a participant; empty for a project.
    pub roles: Vec<Role>,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchKind {
    Project,
    Participant,
}
