//! A node about itself.

use serde::Deserialize;
use utoipa::ToSchema;

use super::spelling::{Digest, PublicKey, TimeMs};
use super::words::{ConsensusStep, DiskContent, GroupPurpose, NextBlockReason, NodeKeyPurpose, NodeRole};

/// Where a node stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Status {
    pub name: String,
    pub role: NodeRole,
    pub version: String,
    pub chain: Digest,
    pub height: u64,
    pub block_time_ms: TimeMs,
    pub last_block_age_ms: u64,
    /// The longest time between blocks when nothing happens.
    pub heartbeat_ms: u64,
    /// Leaves of the committed tree.
    pub history_size: u64,
    /// Leaves under a cosigned checkpoint.
    pub certified_size: u64,
    pub witnesses: Vec<OutsideWitness>,
    /// Records that wait for a block.
    pub waiting: u64,
    pub peers: Vec<Peer>,
    pub missing_validators: Vec<String>,
    pub quorum: u32,
    pub validators: u32,
    /// Observers and engines that do not answer have none.
    pub consensus: Option<Consensus>,
    pub next_block: NextBlock,
    /// Messages the consensus engine threw away while it caught up, since the start.
    pub engine_dropped_messages: u64,
    /// This node's clock less the other validators', where they agree that it is off.
    pub own_clock_ahead_ms: Option<i64>,
    /// Validators whose blocks this node refused for their time in the last five minutes.
    pub clocks_off: Vec<ClockOff>,
    pub ready: bool,
    /// Why it is not ready.
    pub reasons: Vec<String>,
}

/// A validator whose clock is off, as this node sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockOff {
    pub name: String,
    /// Its clock less the others'; below 0 it is behind.
    pub ahead_ms: i64,
    /// Its blocks that were refused for their time, without a pause of five minutes.
    pub refused: u64,
}

/// A witness outside the consortium.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutsideWitness {
    pub name: String,
    /// Its key text.
    pub key: String,
    /// Leaves of the newest tree that has its line.
    pub size: u64,
    /// Why it did not cosign when it was asked last.
    pub trouble: Option<String>,
}

/// Another node of the consortium.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    pub name: String,
    pub validator: bool,
    pub connected: bool,
    pub height: u64,
    pub tree_size: u64,
    /// When it said so; null when it never did.
    pub told_ms: Option<TimeMs>,
}

/// Where consensus stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consensus {
    pub height: u64,
    pub round: Option<u32>,
    pub step: ConsensusStep,
    pub proposer: Option<String>,
}

/// What the next block waits for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextBlock {
    pub reason: NextBlockReason,
    /// With `heartbeat`.
    #[schema(nullable = false)]
    pub in_ms: Option<u64>,
}

/// A node for those who run it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorView {
    pub time_ms: TimeMs,
    pub disks: Vec<Disk>,
    pub ledger_bytes: u64,
    /// How long keys are used; 0 for ever.
    pub key_days: u64,
    pub keys: Vec<NodeKey>,
    pub groups: Vec<GroupKeys>,
}

/// Room on a disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disk {
    pub holds: DiskContent,
    pub free_bytes: u64,
    pub total_bytes: u64,
}

/// A key of this node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeKey {
    pub purpose: NodeKeyPurpose,
    pub key: Option<PublicKey>,
    pub made_ms: TimeMs,
    pub valid_until_ms: Option<TimeMs>,
}

/// Keys of a group this node is in, which the chain lets expire.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupKeys {
    pub purpose: GroupPurpose,
    pub record: Digest,
    pub epoch: u32,
    pub valid_until_ms: TimeMs,
}

/// The process runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Live {
    pub live: bool,
}

/// The node can promise and serve.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ready {
    pub ready: bool,
}
