//! A receipt: a node's signed promise that a record it was given will stand in the ledger by a certain time.
//! A DSSE envelope, so that suppression can be proved with stock tools.
//!
//! **Invariant:** a node promises nothing about a record that stands in the ledger: it answers with its block. With
//! `history_size` it says how much of the log it looked through before it promised, so that a stretch of the log from
//! there on shows whether the promise was kept.

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::ids::{ChainId, RecordId, TimeMs};
use crate::key::{PublicKey, SecretKey};
use crate::statement::{self, Statement, StatementError};

/// DSSE payload type of receipts.
pub const RECEIPT_PAYLOAD_TYPE: &str = "application/vnd.biaozheng.receipt+json";

/// What the node promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    pub chain: ChainId,
    pub record: RecordId,
    /// The node's name in the genesis.
    pub node: String,
    pub key: PublicKey,
    /// By the node's clock.
    pub received_at_ms: TimeMs,
    /// The latest block time the record will carry, while a quorum of nodes runs: a time the log stands still for others'
    /// sake does not count (`crate::evidence::Running`).
    pub promised_by_ms: TimeMs,
    /// The node's word that the record is none of the log's first so many leaves. Receipts of before this member have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history_size: Option<u64>,
}

impl Statement for Receipt {
    const PAYLOAD_TYPE: &'static str = RECEIPT_PAYLOAD_TYPE;

    fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl Receipt {
    #[must_use]
    pub fn sign(&self, key: &SecretKey) -> Envelope {
        statement::sign(self, key)
    }

    /// Reads a receipt and verifies its signature. Whether the key is a node's is for the caller to compare
    /// with the genesis.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn verify(json: &[u8]) -> Result<Self, StatementError> {
        statement::verify(json)
    }
}
