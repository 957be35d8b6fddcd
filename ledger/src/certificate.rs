//! The certificate: one JSON file that proves, with no node in reach, that a record stands in the ledger.
//!
//! ```json
//! {"format":"biaozheng-certificate/1",
//!  "record":"sha256:…",
//!  "envelope":{"payloadType":"…","payload":"…","signatures":[…]},
//!  "block":{"height":12,"time_ms":1790000000000,"position":3},
//!  "proof":"c2sp.org/tlog-proof@v1\nindex 57\n…\n\n<cosigned checkpoint>",
//!  "policy":"log …\nwitness …\ngroup …\nquorum …\n",
//!  "genesis_remainder":"sha256:…"}
//! ```
//! Three members more may follow: `anchors`, how the checkpoint entered a parent chain (see [`Anchor`]),
//! `timestamps`, RFC 3161 tokens over the checkpoint's body, and `witnesses`, the keys of lines in the checkpoint that
//! are not the consortium's.
//! `envelope` is `null` where the record's body is not public; the certificate then speaks of its digest.
//!
//! **Invariant:** everything in a certificate is checked; there is no field whose change goes unnoticed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::ids::{ChainId, Height, RecordId, TimeMs};
use crate::json::from_strict;
use crate::limits::{
    ANCHORS_PER_CERTIFICATE_MAX, CERTIFICATE_BYTES_MAX, TIMESTAMPS_PER_CERTIFICATE_MAX,
    WITNESSES_PER_CERTIFICATE_MAX,
};
use crate::policy::Policy;
use crate::policy_history::PolicyHistory;

mod anchors;
mod standing;
mod steps;
mod timestamps;

pub use anchors::{Anchor, AttachError};
pub use standing::{Standing, StandingError};
pub use timestamps::{TimestampFinding, TimestampJudge, TimestampToken, checkpoint_digest};

/// The format this program writes and reads.
pub const CERTIFICATE_FORMAT: &str = "biaozheng-certificate/1";

/// Where in the chain a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockFacts {
    pub height: Height,
    pub time_ms: TimeMs,
    /// Counts the block's records from 0.
    pub position: u32,
}

/// A certificate as written; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub format: String,
    pub record: RecordId,
    /// DSSE JSON, or `null` where the body is not public. Present either way.
    #[serde(deserialize_with = "present")]
    pub envelope: Option<Value>,
    pub block: BlockFacts,
    /// C2SP tlog-proof text.
    pub proof: String,
    /// C2SP policy text.
    pub policy: String,
    /// `sha256:…` over the genesis without its trust part.
    pub genesis_remainder: String,
    /// How this checkpoint entered a parent chain, then how that one's entered its own, and so on upwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<Anchor>,
    /// When the checkpoint existed, by authorities outside the consortium.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<TimestampToken>,
    /// Key texts of witnesses outside the consortium, each with one line in the proof's checkpoint. They say whose
    /// lines these are and make nobody trusted: that is for the policy a verifier brings along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<String>,
}

/// `null` is a statement ("the body is not public"); leaving the member out is a mistake.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Option::<Value>::deserialize(deserializer)
}

/// The steps of a verification, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The envelope is well formed and hashes to the record id.
    Record,
    /// Author and cosigners signed exactly these bytes.
    Signatures,
    /// The policy is the chain's own: it and the rest of the genesis hash to the chain id.
    Chain,
    /// The quorum of cosigners and a log key signed the checkpoint, and nothing in it is foreign.
    Checkpoint,
    /// The record, at this height, time and position, is a leaf under the checkpoint's root.
    Inclusion,
    /// The cosigners' time is not before the block's.
    Time,
    /// The chain and the quorum are those of a trust anchor the verifier brought along.
    Anchor,
    /// The given document is one the record names.
    Document,
    /// The parent chain's certificate of the record that anchors the checkpoint holds by itself.
    Parent,
    /// That record anchors a checkpoint which this chain's own quorum signed.
    Anchored,
    /// The anchored tree begins with the certificate's.
    Consistency,
    /// An authority outside the consortium signed when the checkpoint existed.
    Timestamp,
}

impl Step {
    /// The stable name used in output and exit messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Signatures => "signatures",
            Self::Chain => "chain",
            Self::Checkpoint => "checkpoint",
            Self::Inclusion => "inclusion",
            Self::Time => "time",
            Self::Anchor => "anchor",
            Self::Document => "document",
            Self::Parent => "parent",
            Self::Anchored => "anchored",
            Self::Consistency => "consistency",
            Self::Timestamp => "timestamp",
        }
    }
}

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome", content = "detail")]
pub enum StepOutcome {
    /// Holds; says what was seen.
    Passed(String),
    /// Does not hold; says why.
    Failed(String),
    /// Not asked for or not possible; says why.
    Skipped(String),
    /// Consistent in itself, and said by somebody the verifier was not told to trust; says by whom.
    Unknown(String),
}

/// A step with its outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepReport {
    pub step: Step,
    #[serde(flatten)]
    pub outcome: StepOutcome,
}

/// The result of a verification: every step, in order; it stops at the first that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verification {
    pub steps: Vec<StepReport>,
    pub chain: Option<ChainId>,
    /// True when the certificate was held against an anchor from outside.
    pub anchored: bool,
    /// The earliest time, in Unix milliseconds, by which the checkpoint existed as somebody outside its chain says
    /// whom the verifier trusts: a timestamp authority or a parent chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dated_ms: Option<u64>,
}

/// Why a text cannot be judged at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("the file has more than {CERTIFICATE_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not a certificate: {0}")]
    Json(String),
    #[error("certificate format {0:?} is unknown to this program; use a newer one")]
    Format(String),
    #[error(
        "at most {ANCHORS_PER_CERTIFICATE_MAX} anchors one above the other, none with anchors of its own, {TIMESTAMPS_PER_CERTIFICATE_MAX} timestamps and {WITNESSES_PER_CERTIFICATE_MAX} outside witnesses"
    )]
    TooMany,
}

/// What a verifier brings along.
#[derive(Clone, Debug, Default)]
pub struct Expectations<'a> {
    /// A policy the verifier got from elsewhere.
    pub policy: Option<&'a Policy>,
    /// The chain the verifier expects.
    pub chain: Option<ChainId>,
    /// The record's envelope where the certificate holds only its digest. Where the certificate holds one too,
    /// both must be the same.
    pub envelope: Option<&'a [u8]>,
    /// SHA-256 and size of a document that should be one of the record's.
    pub document: Option<(Digest, u64)>,
    /// Policies with the times in which they held.
    pub policies: Option<&'a PolicyHistory>,
    /// A parent chain's policies: what its quorum took in is then trusted.
    pub parent_policies: Option<&'a PolicyHistory>,
    /// A parent chain, likewise.
    pub parent_chain: Option<ChainId>,
    /// Who judges timestamps; without one they are [`StepOutcome::Unknown`].
    pub timestamps: Option<&'a dyn TimestampJudge>,
}

impl Certificate {
    /// Reads a certificate strictly.
    ///
    /// # Errors
    /// [`CertificateError`]: the input is unusable, which is not the same as invalid.
    pub fn from_json(text: &[u8]) -> Result<Self, CertificateError> {
        if text.len() > CERTIFICATE_BYTES_MAX {
            return Err(CertificateError::TooLarge);
        }
        let certificate: Self =
            from_strict(text).map_err(|error| CertificateError::Json(error.to_string()))?;
        if certificate.format != CERTIFICATE_FORMAT {
            return Err(CertificateError::Format(certificate.format.chars().take(40).collect()));
        }
        let nested = |anchor: &Anchor| {
            let inner = &anchor.certificate;
            !inner.anchors.is_empty()
                || inner.timestamps.len() > TIMESTAMPS_PER_CERTIFICATE_MAX
                || inner.witnesses.len() > WITNESSES_PER_CERTIFICATE_MAX
                || inner.format != CERTIFICATE_FORMAT
        };
        if certificate.anchors.len() > ANCHORS_PER_CERTIFICATE_MAX
            || certificate.timestamps.len() > TIMESTAMPS_PER_CERTIFICATE_MAX
            || certificate.witnesses.len() > WITNESSES_PER_CERTIFICATE_MAX
            || certificate.anchors.iter().any(nested)
        {
            return Err(CertificateError::TooMany);
        }
        Ok(certificate)
    }

    /// The compact JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings, numbers and lists always serialise")
    }

    /// Verifies every step in order and stops at the first that fails.
    #[must_use]
    pub fn verify(&self, expected: &Expectations<'_>) -> Verification {
        steps::run(self, expected)
    }
}

impl Verification {
    /// Valid when no step failed and every step that is never skipped did pass: the absence of a failure alone
    /// is no evidence.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let passed = |step| {
            self.steps.iter().any(|one| one.step == step && matches!(one.outcome, StepOutcome::Passed(_)))
        };
        self.failed_step().is_none()
            && [Step::Chain, Step::Checkpoint, Step::Inclusion, Step::Time].into_iter().all(passed)
            && passed(Step::Record) == passed(Step::Signatures)
            && self.steps.last().is_some_and(|last| last.step == Step::Document)
    }

    /// The step that failed, with its reason.
    #[must_use]
    pub fn failed_step(&self) -> Option<(Step, &str)> {
        self.steps.iter().find_map(|report| match &report.outcome {
            StepOutcome::Failed(reason) => Some((report.step, reason.as_str())),
            _ => None,
        })
    }
}
