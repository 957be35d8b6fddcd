//! A receipt: a node's signed promise that a record it was given will stand in the ledger by a certain time.
//! A DSSE envelope, so that suppression can be proved with stock tools.

use serde::{Deserialize, Serialize};

use crate::envelope::{Envelope, EnvelopeError};
use crate::ids::{ChainId, RecordId, TimeMs};
use crate::json::{StrictJsonError, from_strict};
use crate::key::{KeyError, PublicKey, SecretKey};

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
    /// The latest block time the record will carry, while a quorum of nodes runs.
    pub promised_by_ms: TimeMs,
}

/// Why an envelope is not a receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    #[error("a receipt has one signature, by the key it names: {0}")]
    Signature(#[from] KeyError),
}

impl Receipt {
    #[must_use]
    pub fn sign(&self, key: &SecretKey) -> Envelope {
        let payload = serde_json::to_vec(self).expect("strings and numbers always serialise");
        Envelope::sign(RECEIPT_PAYLOAD_TYPE, payload, &[key])
    }

    /// Reads a receipt and verifies its signature. Whether the key is a node's is for the caller to compare
    /// with the genesis.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(json: &[u8]) -> Result<Self, ReceiptError> {
        let envelope = Envelope::from_json(json, RECEIPT_PAYLOAD_TYPE)?;
        let receipt: Self = from_strict(&envelope.payload)?;
        let [one] = envelope.signatures.as_slice() else { return Err(EnvelopeError::SignatureCount.into()) };
        if one.key_id != receipt.key.id() {
            return Err(KeyError::Mismatch.into());
        }
        receipt.key.verify(&envelope.pre_authentication_encoding(), &one.signature)?;
        Ok(receipt)
    }
}
