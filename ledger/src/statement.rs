//! What a node says of one record, over its own key: a DSSE envelope with one signature by the key its payload names.
//! Receipts and refusals are such statements.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::envelope::{Envelope, EnvelopeError};
use crate::json::{StrictJsonError, from_strict};
use crate::key::{KeyError, PublicKey, SecretKey};

/// Why an envelope is not such a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    #[error("a node's statement has one signature, by the key it names: {0}")]
    Signature(#[from] KeyError),
}

/// A payload that names the key it is signed with.
pub(crate) trait Statement: Serialize + DeserializeOwned {
    /// DSSE payload type.
    const PAYLOAD_TYPE: &'static str;

    fn key(&self) -> &PublicKey;
}

pub(crate) fn sign<T: Statement>(statement: &T, key: &SecretKey) -> Envelope {
    let payload = serde_json::to_vec(statement).expect("strings and numbers always serialise");
    Envelope::sign(T::PAYLOAD_TYPE, payload, &[key])
}

/// Reads a statement and verifies its signature. Whether the key is a node's is not known here.
pub(crate) fn verify<T: Statement>(json: &[u8]) -> Result<T, StatementError> {
    let envelope = Envelope::from_json(json, T::PAYLOAD_TYPE)?;
    let statement: T = from_strict(&envelope.payload)?;
    let [one] = envelope.signatures.as_slice() else { return Err(EnvelopeError::SignatureCount.into()) };
    if one.key_id != statement.key().id() {
        return Err(KeyError::Mismatch.into());
    }
    statement.key().verify(&envelope.pre_authentication_encoding(), &one.signature)?;
    Ok(statement)
}
