//! What the registers hold: participants, credit, licences, ratings, sittings, imported history, indicators.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Digest, Identifier, PublicKey, TimeMs};
use super::words::{CreditKind, CreditSeverity, KeyPurpose, KeyRevocationReason, LicenceStatus, Role, Stage};

/// A participant with roles and keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    pub org: Identifier,
    /// Empty for experts, of whom a commitment is kept.
    pub name: String,
    pub identity: Option<Digest>,
    pub roles: Vec<Role>,
    pub keys: Vec<HeldKey>,
    pub revoked: bool,
    pub revocation: Option<Revocation>,
}

/// A key of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HeldKey {
    pub key: PublicKey,
    /// The first height at which it signs.
    pub from: u64,
    /// The first height at which it no longer signs.
    pub until: Option<u64>,
    pub purposes: Vec<KeyPurpose>,
    pub valid_until_ms: Option<TimeMs>,
    pub revocation: Option<Revocation>,
    /// The record that named it; null for a key of the genesis.
    pub record: Option<Digest>,
    /// Who answers for it. 0: the organisation itself, through every key before. Each key the city centre brought in (after
    /// a loss) begins the next line: it decides in no key ceremony, and seals bids only for tenders published when all
    /// earlier lines had ended.
    pub line: u32,
}

/// How a key or a registration ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    pub reason: Option<KeyRevocationReason>,
    pub note: String,
    pub time_ms: TimeMs,
    pub record: Digest,
}

/// A participant's credit events, and the code it is known by elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credit {
    pub subject: Identifier,
    pub events: Vec<CreditEvent>,
    pub credit_code: Option<RegisteredCode>,
}

/// 统一社会信用代码, or a commitment where it names a natural person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RegisteredCode {
    Open(OpenCode),
    Commitment(CommittedCode),
}

/// A code in the open.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenCode {
    #[schema(pattern = "^[0-9A-Z]{18}$")]
    pub credit_code: String,
}

/// A commitment to a code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommittedCode {
    pub commitment: Digest,
}

/// A credit event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditEvent {
    pub record: Digest,
    pub by: Identifier,
    pub kind: CreditKind,
    pub source: String,
    /// The article it stands on.
    pub basis: String,
    pub severity: CreditSeverity,
    pub from_ms: TimeMs,
    pub expires_ms: TimeMs,
    pub appeal: Option<CreditAppeal>,
    /// At the newest block.
    pub holds: bool,
    pub disqualifies: bool,
}

/// An appeal against a credit event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditAppeal {
    pub record: Digest,
    pub decision: Option<Digest>,
    pub overturned: bool,
}

/// A licence and its history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    pub authority: Identifier,
    pub number: String,
    pub holder: Identifier,
    pub kind: String,
    pub valid_from_ms: TimeMs,
    pub valid_until_ms: TimeMs,
    pub record: Digest,
    /// At the newest block.
    pub status: LicenceStatus,
    pub changes: Vec<LicenceChange>,
}

/// Something that happened to a licence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceChange {
    pub change: LicenceChangeKind,
    pub time_ms: TimeMs,
    pub record: Digest,
    pub reason: String,
}

/// What happened to a licence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicenceChangeKind {
    Suspended(Suspension),
    Reinstated,
    Revoked,
}

/// A suspension, until it ends by itself or the licence is reinstated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    pub until: Option<TimeMs>,
}

/// What a tender requires of bidders, and what its opening found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    pub required_licences: Vec<String>,
    /// Empty before the opening.
    pub bids: Vec<BidEligibility>,
}

/// What was found of a bid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BidEligibility {
    pub lot: String,
    pub bidder: Identifier,
    pub number: u8,
    pub eligible: bool,
    /// Disqualifying credit events that held.
    pub credit_events: Vec<Digest>,
    pub missing_licences: Vec<String>,
    /// Licences it was found eligible by.
    pub licences: Vec<Digest>,
}

/// How a step was rated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepRatings {
    pub step: Stage,
    /// How often each of 1 to 5 was given.
    #[schema(min_items = 5, max_items = 5)]
    pub counts: Vec<u32>,
    pub ratings: u64,
    pub sum: u64,
}

/// A witnessed sitting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sitting {
    pub sitting: Identifier,
    /// Who keeps the hosting centre's log; null before its first entry.
    pub recorder: Option<Identifier>,
    /// Of all venues.
    pub log_entries: u32,
    /// Each venue that has a log.
    pub venues: Vec<VenueLog>,
    /// Venues of the evaluation's session that have none, where the sitting is one of the evaluation.
    pub without_log: Vec<Identifier>,
    pub incidents: Vec<Digest>,
    pub cameras: Vec<CameraRange>,
    pub recordings: Vec<Recording>,
    /// The record that reported it.
    pub report: Option<Digest>,
}

/// A venue's log of a sitting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueLog {
    /// The centre whose venue it is.
    pub venue: Identifier,
    pub entries: u32,
    /// Who keeps it.
    pub recorder: Identifier,
}

/// One camera's chain as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CameraRange {
    pub camera: Identifier,
    pub last_index: u64,
    pub segments: u64,
    pub gaps: u64,
    /// How often index or clock began anew.
    pub runs: u64,
    pub head: Digest,
}

/// One camera's recording.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    pub camera: Identifier,
    pub recorder: Identifier,
    /// The recorder's clock minus the reference clock.
    pub clock_offset_ms: i64,
    /// The longest time between two segments that is no gap.
    pub joint_ms: u32,
    pub bytes: u64,
    pub first_started_ms: TimeMs,
    pub last_ended_ms: Option<TimeMs>,
    /// The record of the newest batch.
    pub last_record: Digest,
    pub recorded_at_ms: TimeMs,
}

/// A past project, imported as evidence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportedProject {
    /// Always true.
    pub imported: bool,
    /// Always false.
    pub under_these_rules: bool,
    /// Open Contracting ID.
    pub ocid: String,
    pub source: String,
    pub licence: String,
    pub digest: Digest,
    pub summary: String,
    pub by: Identifier,
    pub record: Digest,
    pub imported_at_ms: TimeMs,
    pub version: u32,
}

/// A sum over a count, not reduced.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    pub numerator: u64,
    pub denominator: u64,
}

/// The business-environment indicators of a period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicators {
    /// Archives sealed in the period.
    pub projects: u64,
    pub supervised: u64,
    pub failed: u64,
    pub terminated: u64,
    /// By a regulator.
    pub annulled: u64,
    /// Mean days between steps, by the two steps' names: milliseconds over projects × 86,400,000.
    pub days: BTreeMap<String, Fraction>,
    pub bidders_per_lot: Fraction,
    pub awards_to_rank_1: Fraction,
    /// By currency, in minor units.
    pub award_to_ceiling: BTreeMap<String, Fraction>,
    pub objections_in_time: Fraction,
    pub complete_archives: Fraction,
    pub completeness: Fraction,
    pub electronic_steps: Fraction,
}

/// A publication of indicators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedIndicators {
    pub record: Digest,
    /// Null for all centres.
    pub centre: Option<Identifier>,
    pub from_ms: TimeMs,
    pub until_ms: TimeMs,
    pub by: Identifier,
    pub published_at_ms: TimeMs,
}
