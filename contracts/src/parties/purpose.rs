//! What a key is for, how long, and why it stopped: judged at the block, so that a record signed before stays valid.
//! Who asks it of every signer is [`crate::parties::signing`].

use biaozheng_ledger::ids::{RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// What a key signs.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 签名: everything the organisation may do.
    Sign,
    /// 电子印章: documents that bind the organisation to others.
    Seal,
    /// 会话: what a device records in its name.
    Session,
}

/// Why a key or a registration ended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum KeyRevocationReason {
    Compromised,
    Lost,
    Superseded,
    Ceased,
}

/// How a key or a registration ended.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Revocation {
    /// Of a key; the end of a registration has its note alone.
    pub(crate) reason: Option<KeyRevocationReason>,
    pub(crate) note: String,
    /// Of the block.
    pub(crate) time: TimeMs,
    pub(crate) record: RecordId,
}
