//! The chain's groups that open sealed bids and sign tokens.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Base64, Digest, Identifier, TimeMs};
use super::words::EntryFate;

/// The group bids are sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sealing {
    /// The record its keys stand in.
    pub record: Digest,
    /// The newest start of a ceremony for this group; its certificate shows how long slots are.
    pub started: Digest,
    pub keys: Base64,
    pub epoch: u32,
    pub slot_ms: u64,
    /// How many slots ahead entries are taken.
    pub ahead: u32,
    /// Of the newest block.
    pub time_ms: TimeMs,
    /// Labels that wait for the group.
    pub due: u64,
    pub tokens: Option<TokenGroup>,
}

/// The group that signs bidders' tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenGroup {
    pub record: Digest,
    pub epoch: u32,
    pub keys: Base64,
    /// Tokens each bidder may have.
    pub quota: u32,
    /// And each member.
    pub member_quota: u32,
    pub valid_until_ms: TimeMs,
}

/// The blind signatures a request has got: each member's, over all points in their order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSignatures {
    pub request: Digest,
    pub members: Vec<Vec<Base64>>,
}

/// A sealed entry, without its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The record that entered it.
    pub record: Digest,
    pub slot: u64,
    /// In the slot, from 0.
    pub place: u32,
    pub entered_ms: TimeMs,
    pub height: u64,
    /// When its slot is over and opened.
    pub opens_ms: TimeMs,
    pub fate: EntryFate,
    /// Why it names nothing it could be a bid for.
    pub code: Option<String>,
}

/// What the opening record of a project has to list, or why it cannot be made yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    pub project: Identifier,
    /// Who makes the record.
    pub centre: Identifier,
    /// What the record names as `previous`.
    pub previous: Digest,
    pub deadline_ms: TimeMs,
    /// Of the newest block.
    pub time_ms: TimeMs,
    /// The body's `lots`; null while the record would be refused.
    pub lots: Option<Vec<StandingLot>>,
    /// False once `lots` is what the record will hold. True before that, and where bidders opened themselves and the group
    /// did not: it may come back before the record and open more.
    pub may_change: bool,
    pub waits: Option<Waiting>,
}

/// A lot with the bids that stand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingLot {
    pub lot: String,
    pub bids: Vec<StandingBid>,
}

/// A bid by its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingBid {
    pub bidder: Identifier,
    /// Counts one bidder's bids from 1.
    pub number: u8,
}

/// Why an opening record would be refused now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiting {
    pub code: String,
    pub rule: String,
    pub article: Option<String>,
    pub message: String,
    pub message_zh: String,
}
