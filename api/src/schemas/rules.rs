//! Rulebooks, what districts tighten, and calendars.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Day, Digest, Identifier, TimeMs};
use super::words::RulebookNature;

/// The newest rulebook of a category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulebookLine {
    pub category: String,
    pub version: u32,
    pub digest: Digest,
    pub title: String,
    pub title_zh: String,
    pub nature: RulebookNature,
    /// ISO 4217.
    pub currency: String,
}

/// The newest text of a district centre and category.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tightening {
    pub category: String,
    pub centre: Identifier,
    pub version: u32,
    pub digest: Digest,
    pub record: Option<Digest>,
    pub title: String,
    pub title_zh: String,
    /// The rulebook it was written against.
    pub base: Digest,
    /// Against the newest rulebook.
    pub parameters: Option<TightenedParameters>,
}

/// What a district's text changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TightenedParameters {
    pub tightened: Vec<TightenedParameter>,
    /// Parameters the city meanwhile made as strict or stricter.
    pub lapsed: Vec<String>,
}

/// A stricter value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TightenedParameter {
    pub parameter: String,
    pub base: String,
    pub value: String,
    pub article: Option<String>,
}

/// A year's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub year: u16,
    pub version: u32,
    pub holidays: Vec<Day>,
    /// Weekend days that are worked.
    pub working_days: Vec<Day>,
    pub source: String,
    pub published_ms: TimeMs,
    pub record: Digest,
}
