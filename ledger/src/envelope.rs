//! DSSE envelopes (secure-systems-lab DSSE v1.0.2): JSON at the edge, a compact binary form inside blocks.
//!
//! JSON: `{"payloadType":"…","payload":"<base64>","signatures":[{"keyid":"<64 hex>","sig":"<base64>"}]}`
//!
//! Binary, all integers big-endian:
//! ```text
//! count u8 ‖ count × (key id 32 ‖ algorithm u8 ‖ signature 64) ‖ payload length u32 ‖ payload
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::KeyId;
use crate::json::from_strict;
use crate::key::{SecretKey, Signature, SignatureAlgorithm};
use crate::limits::{ENVELOPE_JSON_BYTES_MAX, RECORD_PAYLOAD_BYTES_MAX, SIGNATURES_PER_RECORD_MAX};

/// One signature with the name of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnvelopeSignature {
    pub key_id: KeyId,
    pub signature: Signature,
}

/// A payload with its type and signatures; nothing about them is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    pub payload_type: String,
    pub payload: Vec<u8>,
    pub signatures: Vec<EnvelopeSignature>,
}

/// Why bytes are not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the envelope has {0} bytes, at most {ENVELOPE_JSON_BYTES_MAX} are allowed")]
    TooLarge(usize),
    #[error("the payload has {0} bytes, at most {RECORD_PAYLOAD_BYTES_MAX} are allowed")]
    PayloadTooLarge(usize),
    #[error("not a DSSE envelope: {0}")]
    Json(String),
    #[error("the payload type is {found:?}, expected {expected:?}")]
    PayloadType { found: String, expected: &'static str },
    #[error("an envelope has 1 to {SIGNATURES_PER_RECORD_MAX} signatures")]
    SignatureCount,
    #[error(
        "signature {0}: 'keyid' is 64 hexadecimal digits, 'sig' 64 bytes, both in their one canonical form"
    )]
    Signature(usize),
    #[error("'payload' is not canonical standard base64")]
    Base64,
    #[error("the binary envelope is cut short or has bytes left over")]
    Binary,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonEnvelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    payload: String,
    signatures: Vec<JsonSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonSignature {
    keyid: String,
    sig: String,
}

/// DSSE's pre-authentication encoding: `DSSEv1 <len type> <type> <len payload> <payload>`.
#[must_use]
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(payload.len().saturating_add(payload_type.len()).saturating_add(32));
    out.extend_from_slice(b"DSSEv1 ");
    out.extend_from_slice(payload_type.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload_type.as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(payload);
    out
}

impl Envelope {
    /// Signs with each key in turn.
    #[must_use]
    pub fn sign(payload_type: &str, payload: Vec<u8>, keys: &[&SecretKey]) -> Self {
        let message = pre_authentication_encoding(payload_type, &payload);
        let signatures = keys
            .iter()
            .map(|key| EnvelopeSignature { key_id: key.public().id(), signature: key.sign(&message) })
            .collect();
        Self { payload_type: payload_type.to_owned(), payload, signatures }
    }

    #[must_use]
    pub fn pre_authentication_encoding(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }

    /// Reads the JSON form; refuses unknown or repeated members and any second spelling of base64.
    ///
    /// # Errors
    /// [`EnvelopeError`]; limits are checked before anything is decoded.
    pub fn from_json(text: &[u8], payload_type: &'static str) -> Result<Self, EnvelopeError> {
        if text.len() > ENVELOPE_JSON_BYTES_MAX {
            return Err(EnvelopeError::TooLarge(text.len()));
        }
        let raw: JsonEnvelope = from_strict(text).map_err(|error| EnvelopeError::Json(error.to_string()))?;
        if raw.payload_type != payload_type {
            let found = raw.payload_type.chars().take(80).collect();
            return Err(EnvelopeError::PayloadType { found, expected: payload_type });
        }
        if raw.signatures.is_empty() || raw.signatures.len() > SIGNATURES_PER_RECORD_MAX {
            return Err(EnvelopeError::SignatureCount);
        }
        let payload = BASE64.decode(&raw.payload).map_err(|_| EnvelopeError::Base64)?;
        if payload.len() > RECORD_PAYLOAD_BYTES_MAX {
            return Err(EnvelopeError::PayloadTooLarge(payload.len()));
        }
        let mut signatures = Vec::with_capacity(raw.signatures.len());
        for (index, one) in raw.signatures.iter().enumerate() {
            let refuse = EnvelopeError::Signature(index);
            let digits: Digest = format!("sha256:{}", one.keyid).parse().map_err(|_| refuse.clone())?;
            let bytes = BASE64.decode(&one.sig).map_err(|_| refuse.clone())?;
            let signature = Signature::from_slice(&bytes).map_err(|_| refuse)?;
            signatures.push(EnvelopeSignature { key_id: KeyId::new(digits), signature });
        }
        Ok(Self { payload_type: raw.payload_type, payload, signatures })
    }

    /// The one JSON form: compact, members in the order of the DSSE specification.
    #[must_use]
    pub fn to_json(&self) -> String {
        let raw = JsonEnvelope {
            payload_type: self.payload_type.clone(),
            payload: BASE64.encode(&self.payload),
            signatures: self
                .signatures
                .iter()
                .map(|one| JsonSignature {
                    keyid: one.key_id.digest().hex(),
                    sig: BASE64.encode(one.signature.bytes()),
                })
                .collect(),
        };
        serde_json::to_string(&raw).expect("strings and lists always serialise")
    }

    /// The JSON form as a value, for documents an envelope is part of.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .map(|one| {
                serde_json::json!({
                    "keyid": one.key_id.digest().hex(), "sig": BASE64.encode(one.signature.bytes()),
                })
            })
            .collect();
        serde_json::json!({
            "payloadType": self.payload_type, "payload": BASE64.encode(&self.payload), "signatures": signatures,
        })
    }

    /// Appends the binary form. The payload type is not stored: a block holds records only.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let count = u8::try_from(self.signatures.len())
            .expect("at most SIGNATURES_PER_RECORD_MAX, checked when read");
        out.push(count);
        for one in &self.signatures {
            out.extend_from_slice(one.key_id.bytes());
            out.push(one.signature.algorithm() as u8);
            out.extend_from_slice(one.signature.bytes());
        }
        let length =
            u32::try_from(self.payload.len()).expect("at most RECORD_PAYLOAD_BYTES_MAX, checked when read");
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.payload);
    }

    /// Length of the binary form, bytes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        self.signatures.len().saturating_mul(97).saturating_add(self.payload.len()).saturating_add(5)
    }

    /// Reads one binary envelope of the given payload type from the front of `bytes`; gives the rest back.
    ///
    /// # Errors
    /// [`EnvelopeError`] when cut short or beyond a limit.
    pub fn decode<'a>(bytes: &'a [u8], payload_type: &str) -> Result<(Self, &'a [u8]), EnvelopeError> {
        let (count, mut rest) = bytes.split_first().ok_or(EnvelopeError::Binary)?;
        let count = usize::from(*count);
        if count == 0 || count > SIGNATURES_PER_RECORD_MAX {
            return Err(EnvelopeError::SignatureCount);
        }
        let mut signatures = Vec::with_capacity(count);
        for _ in 0..count {
            let (key_id, after) = rest.split_first_chunk::<32>().ok_or(EnvelopeError::Binary)?;
            let (algorithm, after) = after.split_first().ok_or(EnvelopeError::Binary)?;
            let (signature, after) = after.split_first_chunk::<64>().ok_or(EnvelopeError::Binary)?;
            if *algorithm != SignatureAlgorithm::Ed25519 as u8 {
                return Err(EnvelopeError::Binary);
            }
            signatures.push(EnvelopeSignature {
                key_id: KeyId::new(Digest::sha256(*key_id)),
                signature: Signature::ed25519(*signature),
            });
            rest = after;
        }
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(EnvelopeError::Binary)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| EnvelopeError::Binary)?;
        if length > RECORD_PAYLOAD_BYTES_MAX {
            return Err(EnvelopeError::PayloadTooLarge(length));
        }
        let (payload, rest) = rest.split_at_checked(length).ok_or(EnvelopeError::Binary)?;
        Ok((Self { payload_type: payload_type.to_owned(), payload: payload.to_vec(), signatures }, rest))
    }
}
