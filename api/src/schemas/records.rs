//! Records, what a node promises of them, and their certificates.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use biaozheng_ledger::certificate::CERTIFICATE_FORMAT;
use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::spelling::{Base64, Digest, Hex32, Identifier, RecordType, TimeMs};
use super::words::{RecordStage, VerificationOutcome, VerificationStep};

/// A DSSE envelope: a payload with its type and signatures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Envelope {
    pub payload_type: String,
    pub payload: Base64,
    #[schema(min_items = 1, max_items = 33)]
    pub signatures: Vec<EnvelopeSignature>,
}

/// A signature over the payload's pre-authentication encoding.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    pub keyid: Hex32,
    /// 64 bytes.
    pub sig: Base64,
}

/// A record's place in the ledger; what follows `public` is there when it is true.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Record {
    Public(PublicRecord),
    Closed(ClosedRecord),
}

/// A record anyone may read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicRecord {
    pub record: Digest,
    pub height: u64,
    /// Counts the block's records from 0.
    pub position: u32,
    pub time_ms: TimeMs,
    /// Index in the history tree.
    pub leaf: u64,
    #[schema(inline)]
    pub public: Yes,
    #[serde(rename = "type")]
    pub kind: RecordType,
    pub author: Identifier,
    pub project: Option<Identifier>,
    pub envelope: Envelope,
}

/// A record whose body is not shown, or not yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosedRecord {
    pub record: Digest,
    pub height: u64,
    pub position: u32,
    pub time_ms: TimeMs,
    pub leaf: u64,
    #[schema(inline)]
    pub public: No,
}

/// A flag that has one value in its place.
macro_rules! flag {
    ($($(#[$doc:meta])* $name:ident = $value:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "bool")]
        pub struct $name;

        impl TryFrom<bool> for $name {
            type Error = &'static str;

            fn try_from(value: bool) -> Result<Self, &'static str> {
                if value == $value { Ok(Self) } else { Err(concat!(stringify!($value), " is expected")) }
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([$value])).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}

flag! {
    /// `true`.
    Yes = true;
    /// `false`.
    No = false;
}

/// What became of a submitted record until the answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submitted {
    pub record: Digest,
    pub stage: RecordStage,
    /// The node's signed promise that the record will stand in the ledger; null where it stands there already.
    pub receipt: Option<Envelope>,
    /// Where the record stood already when it was submitted; null where the node gave a receipt.
    pub block: Option<BlockFacts>,
    /// With the stage `certified`.
    #[schema(nullable = false)]
    pub certificate: Option<Certificate>,
}

/// Proves, with no node in reach, that a record stands in the ledger. See docs/formats.md.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub format: CertificateFormat,
    pub record: Digest,
    /// Null where the body is not public.
    pub envelope: Option<Envelope>,
    pub block: BlockFacts,
    /// C2SP tlog-proof.
    pub proof: String,
    /// C2SP policy.
    pub policy: String,
    pub genesis_remainder: String,
    /// How the checkpoint entered a parent chain, and so on upwards.
    #[schema(nullable = false, no_recursion, max_items = 4)]
    pub anchors: Option<Vec<Anchor>>,
    /// RFC 3161 tokens over the checkpoint.
    #[schema(nullable = false, max_items = 8)]
    pub timestamps: Option<Vec<Base64>>,
    /// Key texts of witnesses outside the consortium.
    #[schema(nullable = false, max_items = 8)]
    pub witnesses: Option<Vec<String>>,
}

/// The format of certificates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub enum CertificateFormat {
    #[serde(rename = "biaozheng-certificate/1")]
    First,
}

impl CertificateFormat {
    /// What the ledger writes.
    pub const TEXT: &'static str = CERTIFICATE_FORMAT;
}

/// Where in the chain a record stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockFacts {
    pub height: u64,
    pub time_ms: TimeMs,
    pub position: u32,
}

/// One step up: the parent's certificate of the anchoring record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    #[schema(no_recursion)]
    pub certificate: Box<Certificate>,
    /// RFC 9162, from the size below to the anchored size.
    pub consistency: Vec<Digest>,
}

/// A verification: every step in order, up to the first that fails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub valid: bool,
    /// The step that failed.
    pub failed: Option<VerificationStep>,
    pub steps: Vec<StepReport>,
    pub chain: Option<Digest>,
    /// Held against this node's chain.
    pub anchored: bool,
    /// By then the checkpoint existed, as somebody outside the chain says.
    #[schema(nullable = false)]
    pub dated_ms: Option<u64>,
}

/// A step with its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepReport {
    pub step: VerificationStep,
    pub outcome: VerificationOutcome,
    /// What was seen, or why.
    pub detail: String,
}

/// A document that is here now.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredDocument {
    pub record: Digest,
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

/// A record type.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordTypeLine {
    #[serde(rename = "type")]
    pub record_type: RecordType,
    /// Its records name a project.
    pub in_project: bool,
    /// Where `/openapi.json` has the JSON Schema of its body, with an example: `#/components/schemas/…`.
    pub schema: String,
}
