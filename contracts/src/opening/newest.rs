//! The newest word of a bidder on a lot, and what it bound in the fallback.

use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};

/// Why a bid does not stand whose bidder bound another of its entries.
pub(crate) const BOUND_OTHER: &str = "seal.bound_other";

/// What a bidder bound in the fallback, before anybody proved: the entry that stands, by its own word.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct BoundEntry {
    pub(crate) version: u8,
    pub(crate) record: RecordId,
    pub(crate) sequence: u32,
    pub(crate) slot: u64,
    pub(crate) place: u32,
}

/// Who opened a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) enum OpenedBy {
    Group,
    /// With its proof, after the group's time was over.
    Bidder,
}

/// The newest word of a bidder on a lot, bid or withdrawal.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct NewestBid {
    pub(crate) version: u8,
    pub(crate) sequence: u32,
    pub(crate) slot: u64,
    pub(crate) place: u32,
    pub(crate) key: PublicKey,
    pub(crate) withdrawn: bool,
    /// The inner layer; the body once it is open.
    pub(crate) inner: Vec<u8>,
    pub(crate) opened_by: Option<OpenedBy>,
    pub(crate) failure: Option<String>,
}
