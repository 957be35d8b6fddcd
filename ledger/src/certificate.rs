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
//! `envelope` is `null` where the record's body is not public; the certificate then speaks of its digest.
//!
//! **Invariant:** everything in a certificate is checked; there is no field whose change goes unnoticed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::digest::Digest;
use crate::entry::LogEntry;
use crate::genesis::TrustRoot;
use crate::ids::{ChainId, Height, RecordId, TimeMs};
use crate::json::from_strict;
use crate::limits::CERTIFICATE_BYTES_MAX;
use crate::merkle::verify_inclusion;
use crate::policy::{Cosigned, Policy};
use crate::record::Record;
use crate::tlog_proof::TlogProof;

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
}

/// What a verifier brings along.
#[derive(Clone, Debug, Default)]
pub struct Expectations<'a> {
    /// A policy the verifier got from elsewhere.
    pub policy: Option<&'a Policy>,
    /// The chain the verifier expects.
    pub chain: Option<ChainId>,
    /// The record's envelope where the certificate holds only its digest.
    pub envelope: Option<&'a [u8]>,
    /// SHA-256 and size of a document that should be one of the record's.
    pub document: Option<(Digest, u64)>,
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
        let mut run = Run { certificate: self, expected, steps: Vec::new(), record: None, chain: None };
        let whole = run.all();
        Verification {
            chain: run.chain,
            anchored: whole.is_ok() && (expected.policy.is_some() || expected.chain.is_some()),
            steps: run.steps,
        }
    }
}

impl Verification {
    /// Valid when no step failed.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.failed_step().is_none()
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

/// One verification under way.
struct Run<'a> {
    certificate: &'a Certificate,
    expected: &'a Expectations<'a>,
    steps: Vec<StepReport>,
    record: Option<Record>,
    chain: Option<ChainId>,
}

/// A failed step was reported; nothing after it is looked at.
struct Stop;

impl Run<'_> {
    fn all(&mut self) -> Result<(), Stop> {
        self.record_step()?;
        let (policy, chain) = self.chain_step()?;
        self.signatures_step(&chain)?;
        let (cosigned, proof) = self.checkpoint_step(&policy)?;
        self.inclusion_step(&cosigned, &proof)?;
        self.time_step(&cosigned)?;
        self.anchor_step(&chain, &proof)?;
        self.document_step()
    }

    fn report(&mut self, step: Step, outcome: StepOutcome) -> Result<(), Stop> {
        let failed = matches!(outcome, StepOutcome::Failed(_));
        self.steps.push(StepReport { step, outcome });
        if failed { Err(Stop) } else { Ok(()) }
    }

    fn pass(&mut self, step: Step, seen: String) -> Result<(), Stop> {
        self.report(step, StepOutcome::Passed(seen))
    }

    fn fail<T>(&mut self, step: Step, reason: impl ToString) -> Result<T, Stop> {
        self.report(step, StepOutcome::Failed(reason.to_string()))?;
        Err(Stop)
    }

    fn record_step(&mut self) -> Result<(), Stop> {
        let named = self.certificate.record;
        let inside = self.certificate.envelope.as_ref().map(ToString::to_string);
        let text = match (&inside, self.expected.envelope) {
            (Some(text), _) => text.as_bytes(),
            (None, Some(given)) => given,
            (None, None) => {
                let reason = format!("the body is not public; this certificate is for the digest {named}");
                return self.report(Step::Record, StepOutcome::Skipped(reason));
            }
        };
        match Record::from_json(text) {
            Err(error) => self.fail(Step::Record, error),
            Ok(record) if record.id() != named => {
                self.fail(Step::Record, format!("the envelope is record {}, not {named}", record.id()))
            }
            Ok(record) => {
                let payload = record.payload();
                let seen = format!("{named}, {} by {}", payload.record_type, payload.author.org);
                self.record = Some(record);
                self.pass(Step::Record, seen)
            }
        }
    }

    fn chain_step(&mut self) -> Result<(Policy, ChainId), Stop> {
        let step = Step::Chain;
        let Ok(policy) = self.certificate.policy.parse::<Policy>() else {
            return self.fail(step, "the policy cannot be read");
        };
        if policy.to_string() != self.certificate.policy {
            return self.fail(step, "the policy is not in its one canonical form");
        }
        let Ok(remainder) = self.certificate.genesis_remainder.parse::<Digest>() else {
            return self.fail(step, "the genesis remainder is not a digest");
        };
        let Some((trust, origin)) = TrustRoot::from_policy(&policy) else {
            return self.fail(step, "the policy is not one a Biaozheng genesis makes");
        };
        let chain = trust.chain_id(&remainder);
        if origin.chain() != chain {
            let reason = format!("policy and genesis make chain {chain}, the log is of {}", origin.chain());
            return self.fail(step, reason);
        }
        self.chain = Some(chain);
        self.pass(step, format!("{chain}, log '{}'", origin.as_str()))?;
        Ok((policy, chain))
    }

    fn signatures_step(&mut self, chain: &ChainId) -> Result<(), Stop> {
        let Some(record) = self.record.clone() else {
            let reason = "the body is not public, so its signatures are not in this file".to_owned();
            return self.report(Step::Signatures, StepOutcome::Skipped(reason));
        };
        match record.verify(chain) {
            Err(error) => self.fail(Step::Signatures, error),
            Ok(record) => {
                let names: Vec<_> = record.payload().signers().map(|one| one.org.to_string()).collect();
                self.pass(
                    Step::Signatures,
                    format!("{} of {}: {}", names.len(), names.len(), names.join(", ")),
                )
            }
        }
    }

    fn checkpoint_step(&mut self, policy: &Policy) -> Result<(Cosigned, TlogProof), Stop> {
        let step = Step::Checkpoint;
        let proof: TlogProof = match self.certificate.proof.parse() {
            Ok(proof) => proof,
            Err(error) => return self.fail(step, error),
        };
        let cosigned = match policy.verify(&proof.checkpoint) {
            Ok(cosigned) => cosigned,
            Err(error) => return self.fail(step, error),
        };
        if let Some(line) = policy.first_foreign_line(&proof.checkpoint) {
            let name = proof.checkpoint.signatures.get(line).map_or("", |line| line.name.as_str());
            return self.fail(
                step,
                format!("signature line {line} ('{name}') is not a valid one by a key of the policy"),
            );
        }
        let names: Vec<_> = cosigned.cosigners.iter().map(|(name, _)| name.as_str()).collect();
        let seen = format!(
            "{} of {} cosigners: {}; tree of {}",
            names.len(),
            cosigned.cosigners_known,
            names.join(", "),
            cosigned.checkpoint.size
        );
        self.pass(step, seen)?;
        Ok((cosigned, proof))
    }

    fn inclusion_step(&mut self, cosigned: &Cosigned, proof: &TlogProof) -> Result<(), Stop> {
        let block = self.certificate.block;
        let entry = LogEntry {
            record: self.certificate.record,
            height: block.height,
            time: block.time_ms,
            position: block.position,
        };
        let Cosigned { checkpoint, .. } = cosigned;
        let verdict =
            verify_inclusion(&entry.leaf_hash(), proof.index, checkpoint.size, &proof.path, &checkpoint.root);
        match verdict {
            Err(error) => self.fail(Step::Inclusion, error),
            Ok(()) => self.pass(
                Step::Inclusion,
                format!(
                    "leaf {} of {}, block {} at {} ms, record {} of it",
                    proof.index, checkpoint.size, block.height, block.time_ms, block.position
                ),
            ),
        }
    }

    fn time_step(&mut self, cosigned: &Cosigned) -> Result<(), Stop> {
        let block = self.certificate.block.time_ms.seconds();
        match cosigned.cosigners.iter().find(|(_, time)| *time < block) {
            Some((name, time)) => {
                self.fail(Step::Time, format!("'{name}' cosigned at {time} s, before the block's {block} s"))
            }
            None => self.pass(Step::Time, format!("block {block} s, cosigned not before it")),
        }
    }

    fn anchor_step(&mut self, chain: &ChainId, proof: &TlogProof) -> Result<(), Stop> {
        let step = Step::Anchor;
        if let Some(expected) = self.expected.chain.filter(|expected| expected != chain) {
            return self.fail(step, format!("this is chain {chain}, you expected {expected}"));
        }
        if let Some(policy) = self.expected.policy {
            return match policy.verify(&proof.checkpoint) {
                Err(error) => self.fail(step, format!("under your policy: {error}")),
                Ok(cosigned) => {
                    let names: Vec<_> = cosigned.cosigners.iter().map(|(name, _)| name.as_str()).collect();
                    self.pass(step, format!("your policy's quorum is reached by {}", names.join(", ")))
                }
            };
        }
        if self.expected.chain.is_some() {
            return self.pass(step, "the chain is the one you named".to_owned());
        }
        let reason = format!("no policy or chain was given; compare {chain} with a copy you got elsewhere");
        self.report(step, StepOutcome::Skipped(reason))
    }

    fn document_step(&mut self) -> Result<(), Stop> {
        let step = Step::Document;
        let Some((digest, size)) = self.expected.document else {
            return self.report(step, StepOutcome::Skipped("no document was given".to_owned()));
        };
        let Some(record) = &self.record else {
            return self.fail(step, "the record's body is not in reach, so its documents are not known");
        };
        let found = record
            .payload()
            .documents
            .iter()
            .find(|document| *document.digest.digest() == digest && document.size == size)
            .map(|document| document.name.clone());
        match found {
            Some(name) => self.pass(step, format!("{digest} is '{name}' of the record")),
            None => self.fail(step, format!("content differs: no document of the record has {digest}")),
        }
    }
}
