//! A record: an envelope whose payload was read and, in [`VerifiedRecord`], whose signatures hold.
//!
//! Record id: SHA-256 of the DSSE pre-authentication encoding. It covers everything the author signed and
//! none of the signatures; a block commits to the signatures through the envelope's digest.

use crate::digest::Digest;
use crate::envelope::{Envelope, EnvelopeError};
use crate::ids::{ChainId, RecordId};
use crate::key::{KeyError, PublicKey, SecretKey, VerifyingKey};
use crate::payload::{Payload, PayloadError, RECORD_PAYLOAD_TYPE};

/// A well-formed record. Its signatures are not verified yet.
#[derive(Clone, Debug)]
pub struct Record {
    id: RecordId,
    envelope: Envelope,
    payload: Payload,
    message: Vec<u8>,
}

/// Why an envelope is not a record of this chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error("the record is for chain {found}, this is {expected}")]
    WrongChain { found: ChainId, expected: ChainId },
    #[error("the payload names {named} signers, the envelope has {found} signatures")]
    SignerCount { named: usize, found: usize },
    #[error("signature {index} is by key {found}, the payload names {named}")]
    SignerKey { index: usize, found: String, named: String },
    #[error("signature {index}: {source}")]
    Signature { index: usize, source: KeyError },
}

impl Record {
    /// Reads a record from DSSE JSON.
    ///
    /// # Errors
    /// [`RecordError`]: nothing is verified but form, limits, and that signers and signatures pair up.
    pub fn from_json(text: &[u8]) -> Result<Self, RecordError> {
        Self::from_envelope(Envelope::from_json(text, RECORD_PAYLOAD_TYPE)?)
    }

    /// Reads one record from the front of a block's bytes.
    ///
    /// # Errors
    /// As [`Record::from_json`].
    pub fn decode(bytes: &[u8]) -> Result<(Self, &[u8]), RecordError> {
        let (envelope, rest) = Envelope::decode(bytes, RECORD_PAYLOAD_TYPE)?;
        Ok((Self::from_envelope(envelope)?, rest))
    }

    /// # Errors
    /// As [`Record::from_json`].
    pub fn from_envelope(envelope: Envelope) -> Result<Self, RecordError> {
        if envelope.payload_type != RECORD_PAYLOAD_TYPE {
            let found = envelope.payload_type.chars().take(80).collect();
            return Err(EnvelopeError::PayloadType { found, expected: RECORD_PAYLOAD_TYPE }.into());
        }
        let payload = Payload::decode(&envelope.payload)?;
        let named = payload.signers().count();
        if named != envelope.signatures.len() {
            return Err(RecordError::SignerCount { named, found: envelope.signatures.len() });
        }
        for (index, (party, signature)) in payload.signers().zip(&envelope.signatures).enumerate() {
            let id = party.key.id();
            if id != signature.key_id {
                return Err(RecordError::SignerKey {
                    index,
                    found: signature.key_id.to_string(),
                    named: id.to_string(),
                });
            }
        }
        let message = envelope.pre_authentication_encoding();
        let id = RecordId::new(Digest::of(&message));
        Ok(Self { id, envelope, payload, message })
    }

    /// Makes a record: encodes the payload and signs it with the keys of author and cosigners, in order.
    ///
    /// # Errors
    /// When the payload breaks a limit or the keys are not those it names.
    pub fn sign(payload: &Payload, keys: &[&SecretKey]) -> Result<Self, RecordError> {
        Self::from_envelope(Envelope::sign(RECORD_PAYLOAD_TYPE, payload.encode()?, keys))
    }

    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.id
    }

    #[must_use]
    pub const fn payload(&self) -> &Payload {
        &self.payload
    }

    #[must_use]
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// Verifies every signature with its key, prepared by `prepare` (so that a node can remember keys).
    ///
    /// # Errors
    /// [`RecordError::WrongChain`], or [`RecordError::Signature`] with the index of the first that fails.
    pub fn verify_with(
        self,
        chain: &ChainId,
        mut prepare: impl FnMut(&PublicKey) -> Result<VerifyingKey, KeyError>,
    ) -> Result<VerifiedRecord, RecordError> {
        if self.payload.chain != *chain {
            return Err(RecordError::WrongChain { found: self.payload.chain, expected: *chain });
        }
        for (index, (party, one)) in self.payload.signers().zip(&self.envelope.signatures).enumerate() {
            prepare(&party.key)
                .and_then(|key| key.verify(&self.message, &one.signature))
                .map_err(|source| RecordError::Signature { index, source })?;
        }
        Ok(VerifiedRecord(self))
    }

    /// # Errors
    /// As [`Record::verify_with`].
    pub fn verify(self, chain: &ChainId) -> Result<VerifiedRecord, RecordError> {
        self.verify_with(chain, PublicKey::prepare)
    }
}

/// A record of this chain, every signature of which was verified strictly.
#[derive(Clone, Debug)]
pub struct VerifiedRecord(Record);

impl VerifiedRecord {
    #[must_use]
    pub const fn id(&self) -> RecordId {
        self.0.id
    }

    #[must_use]
    pub const fn payload(&self) -> &Payload {
        &self.0.payload
    }

    #[must_use]
    pub const fn envelope(&self) -> &Envelope {
        &self.0.envelope
    }

    #[must_use]
    pub const fn record(&self) -> &Record {
        &self.0
    }

    #[must_use]
    pub fn into_record(self) -> Record {
        self.0
    }

    /// Trusts a record whose verification this node remembers from an earlier time, such as its own
    /// committed blocks. The caller states why in a comment.
    #[must_use]
    pub const fn trust(record: Record) -> Self {
        Self(record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OrgId, TimeMs};
    use crate::payload::{Party, RecordType};
    use serde_json::json;

    fn chain() -> ChainId {
        ChainId::new(Digest::of(b"chain"))
    }

    fn payload(key: &SecretKey) -> Payload {
        Payload {
            chain: chain(),
            record_type: RecordType::new("evidence.recorded/1").unwrap(),
            author: Party { org: OrgId::new("ORG-1").unwrap(), key: key.public() },
            cosigners: vec![],
            project: None,
            previous: None,
            made_at_ms: TimeMs::new(1),
            tool: "test/1".into(),
            documents: vec![],
            body: json!({"note": "标"}),
        }
    }

    #[test]
    fn a_record_verifies_through_json_and_binary() {
        let key = SecretKey::from_seed(&[1; 32]);
        let record = Record::sign(&payload(&key), &[&key]).unwrap();
        let again = Record::from_json(record.envelope().to_json().as_bytes()).unwrap();
        assert_eq!(again.id(), record.id());
        let mut bytes = Vec::new();
        record.envelope().encode(&mut bytes);
        assert_eq!(bytes.len(), record.envelope().encoded_len());
        let (binary, rest) = Record::decode(&bytes).unwrap();
        assert!(rest.is_empty());
        assert_eq!(binary.envelope(), record.envelope());
        assert!(again.verify(&chain()).is_ok());
        for cut in 0..bytes.len() {
            assert!(Record::decode(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn another_chain_a_changed_payload_and_a_foreign_key_are_told_apart() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let record = Record::sign(&payload(&key), &[&key]).unwrap();
        let elsewhere = ChainId::new(Digest::of(b"elsewhere"));
        assert!(matches!(record.clone().verify(&elsewhere), Err(RecordError::WrongChain { .. })));
        let mut changed = record.envelope().clone();
        let place = changed.payload.windows(6).position(|w| w == b"test/1").unwrap();
        changed.payload[place] = b'b';
        let changed = Record::from_envelope(changed).unwrap();
        assert!(matches!(changed.verify(&chain()), Err(RecordError::Signature { index: 0, .. })));
        assert!(matches!(Record::sign(&payload(&key), &[&other]), Err(RecordError::SignerKey { .. })));
        assert!(matches!(
            Record::sign(&payload(&key), &[&key, &other]),
            Err(RecordError::SignerCount { .. })
        ));
    }

    #[test]
    fn unknown_and_repeated_members_are_refused() {
        let key = SecretKey::from_seed(&[1; 32]);
        let record = Record::sign(&payload(&key), &[&key]).unwrap();
        let text = record.envelope().to_json();
        let extra = text.replacen('{', "{\"extra\":1,", 1);
        assert!(Record::from_json(extra.as_bytes()).is_err());
        let good = String::from_utf8(record.envelope().payload.clone()).unwrap();
        for bad in [
            good.replacen('{', "{\"extra\":1,", 1),
            good.replacen("\"tool\"", "\"tool\":\"x\",\"tool\"", 1),
            good.replacen("\"made_at_ms\":1", "\"made_at_ms\":1.0", 1),
            good.replacen("evidence.recorded/1", "Evidence/01", 1),
            good.replacen("ORG-1", "ORG 1", 1),
        ] {
            let envelope = Envelope::sign(RECORD_PAYLOAD_TYPE, bad.clone().into_bytes(), &[&key]);
            assert!(matches!(Record::from_envelope(envelope), Err(RecordError::Payload(_))), "{bad}");
        }
    }
}
