//! The chain's groups that open sealed bids and sign tokens.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Base64, Digest, TimeMs};

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
