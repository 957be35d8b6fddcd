//! Evidence against a log: one JSON file that proves, with no node in reach, that somebody who signed broke
//! the log's promises.
//!
//! ```json
//! {"format":"biaozheng-evidence/1",
//!  "genesis":"<genesis document>",
//!  "conflict":{"first":"<signed note>","second":"<signed note>",
//!              "first_root_in_second":"sha256:…","path":["sha256:…"]},
//!  "broken_promise":{"receipt":"<DSSE JSON>","window":{…}},
//!  "disorder":{"window":{…}}}
//! ```
//! with exactly one of the three. A window is a stretch of the log under a checkpoint (see [`Window`]).
//!
//! **Invariant:** what [`Evidence::verify`] calls proven follows from signatures and hashes in the file alone.
//! The auditor that made it is not believed, and nothing in it goes unchecked.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest::Digest;
use crate::genesis::{Genesis, GenesisError};
use crate::ids::{ChainId, Height, RecordId, TimeMs};
use crate::json::from_strict;
use crate::limits::EVIDENCE_BYTES_MAX;
use crate::merkle::{Hash, ProofError};
use crate::note::NoteError;
use crate::policy::{Policy, PolicyError};
use crate::refusal::Refusal;
use crate::statement::StatementError;

mod conflict;
mod promise;
mod window;

pub use conflict::Conflict;
pub use promise::{BrokenPromise, PROMISE_RUNNING_MS, Running};
pub use window::{Window, disorder_in};

/// The format this program writes and reads.
pub const EVIDENCE_FORMAT: &str = "biaozheng-evidence/1";

/// A piece of evidence as written; nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub format: String,
    /// The genesis document: who may sign, and what the chain is called.
    pub genesis: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict: Option<Conflict>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_promise: Option<BrokenPromise>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disorder: Option<Disorder>,
}

/// Entries that no log of this chain may hold in this order, under a quorum's checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disorder {
    pub window: Window,
}

/// One of the three claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    Conflict(Conflict),
    BrokenPromise(BrokenPromise),
    Disorder(Disorder),
}

/// What a verified piece of evidence proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "proven")]
pub enum Proven {
    /// Two trees of one log that cannot both be true were signed.
    Conflict {
        /// A quorum stands behind both: whoever trusted the log was deceived.
        fork: bool,
        /// Leaves of the two trees.
        sizes: (u64, u64),
        /// The keys that broke their word, by the centres' names.
        accused: Vec<String>,
    },
    /// A node promised a record by a time, and the log ran past that time without it. The node's signed
    /// [refusal](crate::refusal) of that time would answer it.
    BrokenPromise {
        node: String,
        record: RecordId,
        promised_by_ms: TimeMs,
        /// A block time of the log beyond the promise.
        log_reached_ms: TimeMs,
        /// True where the log was shown from its first entry; else from where the node had looked, by its own receipt: a
        /// certificate of the record in an earlier block would show that the node signed what is false.
        whole_log: bool,
    },
    /// A quorum signed a log that holds what no log may hold.
    Disorder { index: u64, what: String },
}

/// Evidence that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceVerdict {
    pub chain: ChainId,
    /// True when the chain was one the verifier brought along. Anybody can make up a chain and break it.
    pub anchored: bool,
    #[serde(flatten)]
    pub proven: Proven,
}

/// Why evidence proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    #[error("the file has more than {EVIDENCE_BYTES_MAX} bytes")]
    TooLarge,
    #[error("not evidence: {0}")]
    Json(String),
    #[error("evidence format {0:?} is unknown to this program; use a newer one")]
    Format(String),
    #[error("evidence makes exactly one claim, this one makes {0}")]
    Claims(usize),
    #[error("genesis: {0}")]
    Genesis(String),
    #[error("the evidence is about chain {found}, not the expected {expected}")]
    OtherChain { found: ChainId, expected: ChainId },
    #[error("the expected policy is not that of the evidence's chain")]
    OtherPolicy,
    #[error("checkpoint: {0}")]
    Note(#[from] NoteError),
    #[error("checkpoint: {0}")]
    Policy(#[from] PolicyError),
    #[error("the checkpoint is one of another log")]
    OtherLog,
    #[error("proof: {0}")]
    Proof(#[from] ProofError),
    #[error("the two trees agree")]
    NoConflict,
    #[error("nobody of the policy signed what the accusation needs signed")]
    NobodySigned,
    #[error("the node's statement: {0}")]
    Statement(#[from] StatementError),
    #[error("the receipt is not by the key the genesis names for its node")]
    OtherNode,
    #[error("the stretch of the log is malformed: {0}")]
    Window(&'static str),
    #[error("the log has the record at leaf {0}, before it had run for as long as was promised")]
    Kept(u64),
    #[error(
        "the stretch of the log begins behind what the node had looked through by its receipt: the record may stand before it. Show the log from its first entry, or from the receipt's 'history_size' on"
    )]
    Beginning,
    #[error(
        "the log is not shown to have run for as long as was promised: while it stands still for want of a quorum, no node can keep its promise"
    )]
    Standing,
    #[error(
        "the node signed in time that the rules refused the record on the state of block {height}: {code}"
    )]
    Refused { height: Height, code: String },
    #[error("the refusal given is not of this node and record, or not of the promised time")]
    OtherRefusal,
    #[error("the stretch of the log does not reach beyond the receipt's promise")]
    Span,
    #[error("the entries are in order")]
    InOrder,
}

impl From<GenesisError> for EvidenceError {
    fn from(error: GenesisError) -> Self {
        Self::Genesis(error.to_string())
    }
}

impl Evidence {
    /// Puts a claim into its file's form.
    #[must_use]
    pub fn new(genesis: &Genesis, claim: Claim) -> Self {
        let mut evidence = Self {
            format: EVIDENCE_FORMAT.to_owned(),
            genesis: genesis.to_json(),
            conflict: None,
            broken_promise: None,
            disorder: None,
        };
        match claim {
            Claim::Conflict(conflict) => evidence.conflict = Some(conflict),
            Claim::BrokenPromise(promise) => evidence.broken_promise = Some(promise),
            Claim::Disorder(disorder) => evidence.disorder = Some(disorder),
        }
        evidence
    }

    /// Reads evidence strictly.
    ///
    /// # Errors
    /// [`EvidenceError`]: the input is unusable, which is not the same as proving nothing.
    pub fn from_json(text: &[u8]) -> Result<Self, EvidenceError> {
        if text.len() > EVIDENCE_BYTES_MAX {
            return Err(EvidenceError::TooLarge);
        }
        let evidence: Self = from_strict(text).map_err(|error| EvidenceError::Json(error.to_string()))?;
        if evidence.format != EVIDENCE_FORMAT {
            return Err(EvidenceError::Format(evidence.format));
        }
        match evidence.claims() {
            1 => Ok(evidence),
            other => Err(EvidenceError::Claims(other)),
        }
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("strings, numbers and lists always serialise");
        text.push('\n');
        text
    }

    fn claims(&self) -> usize {
        [self.conflict.is_some(), self.broken_promise.is_some(), self.disorder.is_some()]
            .into_iter()
            .filter(|claimed| *claimed)
            .count()
    }

    /// Verifies the evidence, against a chain and a policy the verifier brought along where there are any.
    ///
    /// # Errors
    /// [`EvidenceError`] naming what does not hold.
    pub fn verify(
        &self,
        chain: Option<ChainId>,
        policy: Option<&Policy>,
    ) -> Result<EvidenceVerdict, EvidenceError> {
        let genesis = Genesis::from_json(self.genesis.as_bytes())?;
        let found = genesis.chain_id();
        if let Some(expected) = chain.filter(|expected| *expected != found) {
            return Err(EvidenceError::OtherChain { found, expected });
        }
        if policy.is_some_and(|policy| !genesis.policy().is_ok_and(|own| own == *policy)) {
            return Err(EvidenceError::OtherPolicy);
        }
        let proven = match (&self.conflict, &self.broken_promise, &self.disorder) {
            (Some(conflict), None, None) => conflict.verify(&genesis)?,
            (None, Some(promise), None) => promise.verify(&genesis)?,
            (None, None, Some(disorder)) => disorder.verify(&genesis)?,
            _ => return Err(EvidenceError::Claims(self.claims())),
        };
        Ok(EvidenceVerdict { chain: found, anchored: chain.is_some() || policy.is_some(), proven })
    }
}

impl Evidence {
    /// Holds a node's signed refusal against the claim that it broke its promise; gives the refusal where it answers the
    /// claim. It is the node's word: whether the rules do refuse the record there, those find out who may see both.
    ///
    /// # Errors
    /// [`EvidenceError`] where it answers nothing, which leaves the claim as it was.
    pub fn answered_by(&self, refusal: &[u8]) -> Result<Refusal, EvidenceError> {
        let promise = self.broken_promise.as_ref().ok_or(EvidenceError::OtherRefusal)?;
        promise.answered_by(refusal, &Genesis::from_json(self.genesis.as_bytes())?)
    }
}

impl Disorder {
    fn verify(&self, genesis: &Genesis) -> Result<Proven, EvidenceError> {
        let shown = self.window.verify(genesis)?;
        let (index, what) = window::first_disorder(self.window.first, &shown, &genesis.chain_id())
            .ok_or(EvidenceError::InOrder)?;
        Ok(Proven::Disorder { index, what: what.to_owned() })
    }
}

/// A hash of the history tree as it stands in the file: `sha256:…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeHash(Hash);

impl NodeHash {
    #[must_use]
    pub const fn new(hash: Hash) -> Self {
        Self(hash)
    }

    #[must_use]
    pub const fn bytes(&self) -> &Hash {
        &self.0
    }
}

impl Serialize for NodeHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Digest::sha256(self.0))
    }
}

impl<'de> Deserialize<'de> for NodeHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        let digest: Digest = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(*digest.bytes()))
    }
}

fn written(hashes: &[Hash]) -> Vec<NodeHash> {
    hashes.iter().copied().map(NodeHash).collect()
}

fn read(hashes: &[NodeHash]) -> Vec<Hash> {
    hashes.iter().map(|hash| hash.0).collect()
}
