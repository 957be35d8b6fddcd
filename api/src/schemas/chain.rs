//! Blocks, proofs between trees, and the genesis.

use serde::Deserialize;
use utoipa::ToSchema;

use super::records::Record;
use super::spelling::{Digest, Hex, Hex32, Identifier, PublicKey, TimeMs};
use super::words::Role;

/// A block's header.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockLine {
    pub height: u64,
    pub time_ms: TimeMs,
    pub hash: Digest,
    pub previous: Digest,
    /// The proposer's name in the genesis.
    pub proposer: Option<String>,
    /// How many.
    pub records: u32,
    /// Leaves of the history tree after this block.
    pub history_size: u64,
    pub history_root: Hex32,
    pub state_root: Digest,
    pub rulebook_hash: Digest,
}

/// A block: its header and the ids of its records. An event's `data` is one too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    pub height: u64,
    pub time_ms: TimeMs,
    pub hash: Digest,
    pub previous: Digest,
    pub proposer: Option<String>,
    pub records: u32,
    pub history_size: u64,
    pub history_root: Hex32,
    pub state_root: Digest,
    pub rulebook_hash: Digest,
    pub record_ids: Vec<Digest>,
}

/// A block as it was decided, and a page of its records in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecidedBlock {
    pub height: u64,
    /// The header's bytes, which the validators voted on.
    pub header: Hex,
    /// The validators' commit certificate.
    pub commit: Hex,
    pub items: Vec<Record>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// RFC 9162 consistency proof.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    pub from: u64,
    pub to: u64,
    pub path: Vec<Hex32>,
}

/// RFC 9162 inclusion proof of a record in the history tree of `size` leaves.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Inclusion {
    pub record: Digest,
    pub leaf: u64,
    pub size: u64,
    /// From the leaf's sibling up.
    pub path: Vec<Hex32>,
}

/// Everything the nodes agreed on before the first block.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    pub trust: TrustRoot,
    pub rest: GenesisRest,
}

/// What makes a checkpoint of this chain trusted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrustRoot {
    pub label: String,
    /// Cosignatures that make a quorum.
    pub threshold: u32,
    pub cosigners: Vec<GenesisCosigner>,
}

/// A centre's cosigning and log keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisCosigner {
    pub name: String,
    pub cosigner_key: PublicKey,
    pub log_key: PublicKey,
}

/// The part a certificate names by its digest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisRest {
    pub version: u32,
    pub created_at_ms: TimeMs,
    pub nonce: Hex32,
    pub time: TimeBounds,
    pub nodes: Vec<GenesisNode>,
    pub participants: Vec<GenesisParticipant>,
}

/// How far a block's time may stray from a voter's clock.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeBounds {
    pub precision_ms: u64,
    pub delay_ms: u64,
}

/// A node of the consortium.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisNode {
    pub name: String,
    /// Observers have none.
    #[schema(nullable = false)]
    pub consensus_key: Option<PublicKey>,
    pub network_key: PublicKey,
    /// Signs receipts.
    pub api_key: PublicKey,
}

/// Whose nodes vote on blocks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Validators {
    /// Changes since the genesis.
    pub number: u32,
    /// The first block they decide.
    pub from_height: u64,
    /// The `validators.changed/1` that named them; the genesis' have none.
    pub record: Option<Digest>,
    /// Votes that decide a block.
    pub quorum: u32,
    /// In the order in which they propose.
    pub validators: Vec<VotingNode>,
}

/// A node that votes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VotingNode {
    pub node: String,
    /// Nothing where the genesis does not say whose node it is.
    pub org: Option<Identifier>,
    pub key: PublicKey,
    /// Records that prove that this key signed twice where it may sign once.
    pub misbehaved: Vec<Digest>,
}

/// A participant from the first block on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenesisParticipant {
    pub org: Identifier,
    pub name: String,
    pub roles: Vec<Role>,
    pub keys: Vec<PublicKey>,
    /// Names of its nodes.
    #[schema(nullable = false)]
    pub nodes: Option<Vec<String>>,
}
