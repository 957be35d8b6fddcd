//! Alerts, running time limits, and other chains' checkpoints held here.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Digest, Identifier, TimeMs};
use super::words::{AlertDisposition, AlertSeverity, Dating, Stage};

/// A regulator's alert: what it says and why, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    pub alert: Digest,
    pub by: Identifier,
    pub due_ms: TimeMs,
    pub disposed: Option<Digest>,
    pub open: bool,
    /// The rule that found it.
    pub kind: String,
    pub severity: AlertSeverity,
    pub message: String,
    pub message_zh: String,
    pub project: Option<Identifier>,
    /// Whom it points at.
    pub organisations: Option<Vec<Identifier>>,
    pub raised_ms: TimeMs,
    /// The records the rule looked at.
    pub records: Option<Vec<Digest>>,
    pub formula: String,
    pub threshold: String,
    pub found: String,
    pub rules: SupervisionRules,
    pub disposition: Option<Disposition>,
}

/// The supervision rules an alert was computed under.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupervisionRules {
    pub version: u32,
    pub digest: Digest,
}

/// How and why an alert was disposed of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disposition {
    pub record: Digest,
    pub disposition: AlertDisposition,
    pub reason: String,
    pub by: Identifier,
    pub time_ms: TimeMs,
}

/// A time limit that runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    pub project: Identifier,
    pub title: String,
    pub stage: Stage,
    pub tenderee: Identifier,
    pub centre: Identifier,
    /// The rulebook's parameter, or `deadline` for one the notice set.
    pub rule: String,
    pub article: Option<String>,
    /// The parameter's value as written; empty for one the notice set.
    pub limit: String,
    pub from_ms: TimeMs,
    pub due_ms: TimeMs,
    /// The objection or complaint it is about.
    pub about: Option<Digest>,
    pub rulebook: Option<Digest>,
}

/// A chain that enters its checkpoints here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisteredChain {
    pub chain: Digest,
    pub title: String,
    /// C2SP policy.
    pub policy: String,
    pub genesis_remainder: Digest,
    pub registered: ChainRegistration,
    pub retired: Option<ChainRetirement>,
    /// The record that keeps the evidence of a split.
    pub split: Option<Digest>,
    pub newest: Option<AnchoredCheckpoint>,
    /// Anchored checkpoints.
    pub count: u64,
}

/// When a chain was registered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainRegistration {
    pub record: Digest,
    pub time_ms: TimeMs,
}

/// When a chain ended, and which one follows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChainRetirement {
    pub record: Digest,
    pub time_ms: TimeMs,
    pub successor: Option<Digest>,
}

/// Another chain's checkpoint, held here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnchoredCheckpoint {
    pub size: u64,
    pub root: Digest,
    pub record: Digest,
    pub time_ms: TimeMs,
    pub by: Identifier,
}

/// Policies with the times in which they held.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedPolicies {
    pub format: PoliciesFormat,
    pub policies: Vec<DatedPolicy>,
}

/// The format of dated policies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub enum PoliciesFormat {
    #[serde(rename = "biaozheng-policies/1")]
    First,
}

/// One policy and when it held. Bounds that are left out do not bind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DatedPolicy {
    pub policy: String,
    #[schema(nullable = false)]
    pub from_ms: Option<TimeMs>,
    #[schema(nullable = false)]
    pub until_ms: Option<TimeMs>,
    #[schema(nullable = false)]
    pub last_height: Option<u64>,
    #[schema(nullable = false)]
    pub last_size: Option<u64>,
    /// `claimed` when left out.
    #[schema(nullable = false)]
    pub dating: Option<Dating>,
}
