//! A record's payload: the JSON its author signs.
//!
//! ```json
//! {"chain":"sha256:…","type":"tender.published/1",
//!  "author":{"org":"91350100M000100Y43","key":"ed25519:…"},
//!  "cosigners":[{"org":"…","key":"…"}],
//!  "project":"P-2026-000123","previous":"sha256:…",
//!  "made_at_ms":1790000000000,"tool":"biaozheng-client/0.1.0",
//!  "documents":[{"name":"notice.pdf","digest":"sha256:…","size":48211,"media_type":"application/pdf"}],
//!  "body":{…}}
//! ```
//!
//! The public keys stand in the payload, so an envelope verifies by itself; that key and organisation
//! belong together is the contracts' business and judged at the block's height.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::ids::{ChainId, DocumentDigest, OrgId, ProjectId, RecordId, TimeMs};
use crate::json::{StrictJsonError, from_strict};
use crate::key::PublicKey;
use crate::limits::{
    DOCUMENT_NAME_BYTES_MAX, DOCUMENTS_PER_RECORD_MAX, RECORD_PAYLOAD_BYTES_MAX, RECORD_TYPE_BYTES_MAX,
    SIGNATURES_PER_RECORD_MAX, TOOL_BYTES_MAX,
};

/// DSSE payload type of every record.
pub const RECORD_PAYLOAD_TYPE: &str = "application/vnd.biaozheng.record+json";

/// A record's type with its version, such as `tender.published/1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct RecordType(String);

impl RecordType {
    /// # Errors
    /// Unless the text is `name/version`: dotted lower-case words, a slash, a number without leading zero.
    pub fn new(text: &str) -> Result<Self, PayloadError> {
        let refuse = || PayloadError::RecordType;
        let (name, version) = text.split_once('/').ok_or_else(refuse)?;
        let word = |word: &str| {
            !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                && word.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        };
        let number = version.bytes().all(|b| b.is_ascii_digit())
            && !version.is_empty()
            && version.len() <= 4
            && !version.starts_with('0');
        if text.len() > RECORD_TYPE_BYTES_MAX || !name.split('.').all(word) || !number {
            return Err(refuse());
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its version.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.split_once('/').map_or(self.0.as_str(), |(name, _)| name)
    }
}

impl fmt::Display for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RecordType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for RecordType {
    type Err = PayloadError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl Serialize for RecordType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RecordType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// Someone who signs: the organisation it acts for and the key it signs with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    pub org: OrgId,
    pub key: PublicKey,
}

/// A document kept outside the chain and named by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentReference {
    /// A plain file name for people; never used as a path.
    pub name: String,
    pub digest: DocumentDigest,
    /// Bytes.
    pub size: u64,
    /// RFC 6838 media type.
    pub media_type: String,
}

/// What an author signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    pub chain: ChainId,
    #[serde(rename = "type")]
    pub record_type: RecordType,
    pub author: Party,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cosigners: Vec<Party>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<RecordId>,
    /// When the author's tool made the record, by the author's clock. Evidence, never a rule's input.
    pub made_at_ms: TimeMs,
    /// Which program made it, with its version.
    pub tool: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentReference>,
    /// The act's own data, read by its contract.
    pub body: Value,
}

/// Why bytes are not a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    #[error("the payload has {0} bytes, at most {RECORD_PAYLOAD_BYTES_MAX} are allowed")]
    TooLarge(usize),
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    #[error("a record type is dotted lower-case words, '/', and a version, such as tender.published/1")]
    RecordType,
    #[error("at most {SIGNATURES_PER_RECORD_MAX} people sign one record")]
    TooManySigners,
    #[error("the same key signs twice")]
    RepeatedSigner,
    #[error(
        "at most {DOCUMENTS_PER_RECORD_MAX} documents, each with a name of 1 to {DOCUMENT_NAME_BYTES_MAX} bytes without control characters"
    )]
    Documents,
    #[error("'tool' is 1 to {TOOL_BYTES_MAX} printable ASCII characters")]
    Tool,
    #[error("'made_at_ms' is beyond 2^53 - 1")]
    Time,
    #[error("'body' is a JSON object")]
    Body,
}

impl Payload {
    /// Parses the bytes as signed, strictly.
    ///
    /// # Errors
    /// [`PayloadError`], whose message says which field and what is expected.
    pub fn decode(bytes: &[u8]) -> Result<Self, PayloadError> {
        if bytes.len() > RECORD_PAYLOAD_BYTES_MAX {
            return Err(PayloadError::TooLarge(bytes.len()));
        }
        let payload: Self = from_strict(bytes)?;
        payload.check()?;
        Ok(payload)
    }

    /// The bytes to sign. The author's tool calls this once; afterwards the bytes are kept as they are.
    ///
    /// # Errors
    /// When the payload breaks a limit.
    pub fn encode(&self) -> Result<Vec<u8>, PayloadError> {
        let bytes = serde_json::to_vec(self).map_err(|_| PayloadError::Body)?;
        // What was written must read back: floats and repeated keys cannot hide in `body`.
        Self::decode(&bytes)?;
        Ok(bytes)
    }

    /// Everyone who signs, in the order of the signatures: author, then cosigners.
    pub fn signers(&self) -> impl Iterator<Item = &Party> {
        std::iter::once(&self.author).chain(&self.cosigners)
    }

    fn check(&self) -> Result<(), PayloadError> {
        if self.cosigners.len() >= SIGNATURES_PER_RECORD_MAX {
            return Err(PayloadError::TooManySigners);
        }
        let mut keys: Vec<_> = self.signers().map(|party| party.key).collect();
        keys.sort_unstable();
        if keys.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(PayloadError::RepeatedSigner);
        }
        if self.tool.is_empty()
            || self.tool.len() > TOOL_BYTES_MAX
            || !self.tool.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        {
            return Err(PayloadError::Tool);
        }
        if self.made_at_ms > TimeMs::MAX {
            return Err(PayloadError::Time);
        }
        let fine = |document: &DocumentReference| {
            !document.name.is_empty()
                && document.name.len() <= DOCUMENT_NAME_BYTES_MAX
                && !document.name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\'))
                && document.name != "."
                && document.name != ".."
                && (3..=127).contains(&document.media_type.len())
                && document.media_type.contains('/')
                && document.media_type.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        if self.documents.len() > DOCUMENTS_PER_RECORD_MAX || !self.documents.iter().all(fine) {
            return Err(PayloadError::Documents);
        }
        if !self.body.is_object() {
            return Err(PayloadError::Body);
        }
        Ok(())
    }
}
