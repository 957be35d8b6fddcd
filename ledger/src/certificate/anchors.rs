//! The way from a certificate's checkpoint up through parent chains.
//!
//! ```json
//! "anchors":[{"certificate":{…of the anchoring record, in the parent chain…},"consistency":["sha256:…"]}, …]
//! ```
//! The first anchor is about the certificate's own checkpoint, each further one about the checkpoint of the anchor
//! before it.
//!
//! **Invariant:** each level is a whole certificate, verified as one; the list is flat and short, so no depth grows.

use serde::{Deserialize, Serialize};

use super::steps::{Run, Stop};
use super::{Certificate, Expectations, Step};
use crate::anchoring::{ANCHORED_TYPE, AnchoredCheckpoint, check_growth};
use crate::checkpoint::Checkpoint;
use crate::evidence::NodeHash;
use crate::ids::{ChainId, TimeMs};
use crate::json::from_value;
use crate::limits::{ANCHORS_PER_CERTIFICATE_MAX, CERTIFICATE_BYTES_MAX};
use crate::merkle::Hash;
use crate::note::SignedNote;
use crate::policy::{Cosigned, Policy};
use crate::record::Record;
use crate::tlog_proof::TlogProof;

/// One step up: the parent's certificate of the anchoring record, and the proof that the anchored tree begins with
/// the tree below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Without anchors of its own; with the record's envelope.
    pub certificate: Certificate,
    /// RFC 9162, from the size below to the anchored size; empty where they are the same.
    pub consistency: Vec<NodeHash>,
}

/// Why something does not go into a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttachError {
    #[error("the certificate's own proof or policy cannot be read")]
    Certificate,
    #[error("with it the certificate would be larger or higher than certificates are")]
    TooLarge,
    #[error("the timestamp does not hold: {0}")]
    Timestamp(String),
    #[error("the anchor does not hold: {step}: {reason}")]
    Anchor { step: &'static str, reason: String },
}

/// What is known of a level once it holds.
struct Level {
    chain: ChainId,
    policy: Policy,
    note: SignedNote,
    checkpoint: Checkpoint,
    record: Record,
    anchored_at: TimeMs,
}

impl Certificate {
    /// This certificate with an anchor on top: the parent's certificate of the record that anchors its checkpoint, or
    /// a later one of the same tree. The parent's own anchors come along.
    ///
    /// # Errors
    /// [`AttachError`]: nothing is attached that would not verify.
    pub fn with_anchor(mut self, parent: &Self, consistency: &[Hash]) -> Result<Self, AttachError> {
        let mut certificate = parent.clone();
        let above = std::mem::take(&mut certificate.anchors);
        let consistency = consistency.iter().copied().map(NodeHash::new).collect();
        self.anchors.push(Anchor { certificate, consistency });
        self.anchors.extend(above);
        if self.anchors.len() > ANCHORS_PER_CERTIFICATE_MAX {
            return Err(AttachError::TooLarge);
        }
        let verification = self.verify(&Expectations::default());
        if let Some((step, reason)) = verification.failed_step() {
            return Err(AttachError::Anchor { step: step.name(), reason: reason.to_owned() });
        }
        self.bounded()
    }

    pub(super) fn bounded(self) -> Result<Self, AttachError> {
        if self.to_json().len() > CERTIFICATE_BYTES_MAX { Err(AttachError::TooLarge) } else { Ok(self) }
    }
}

impl Expectations<'_> {
    pub(super) const fn asks_parent(&self) -> bool {
        self.parent_policies.is_some() || self.parent_chain.is_some()
    }

    /// True when the verifier brought along something to trust.
    #[must_use]
    pub const fn has_anchor(&self) -> bool {
        self.policy.is_some() || self.policies.is_some() || self.chain.is_some() || self.asks_parent()
    }
}

impl Run<'_> {
    /// Verifies every level. Gives what the trusted parent is, where one of them is the expected.
    pub(super) fn parent_steps(
        &mut self,
        chain: &ChainId,
        policy: &Policy,
        cosigned: &Cosigned,
    ) -> Result<Option<String>, Stop> {
        if self.certificate.anchors.len() > ANCHORS_PER_CERTIFICATE_MAX {
            return self.fail(Step::Parent, format!("more than {ANCHORS_PER_CERTIFICATE_MAX} anchors"));
        }
        let (mut chain, mut policy) = (*chain, policy.clone());
        let mut below = cosigned.checkpoint.clone();
        let mut trusted = None;
        let mut chains = vec![chain];
        for (number, anchor) in (1usize..).zip(&self.certificate.anchors) {
            let level = self.parent_step(number, anchor, &chains)?;
            self.anchored_step(number, &level, &chain, &policy, &below, anchor)?;
            if trusted.is_none() {
                trusted = self.trusts(&level, anchor, number);
                if trusted.is_some() {
                    // A block time of the chain that is trusted; those of the levels below are only claims.
                    self.dated(level.anchored_at.get());
                }
            }
            chains.push(level.chain);
            (chain, policy, below) = (level.chain, level.policy, level.checkpoint);
        }
        Ok(trusted)
    }

    /// The parent's certificate, as a certificate of its own.
    fn parent_step(&mut self, number: usize, anchor: &Anchor, seen: &[ChainId]) -> Result<Level, Stop> {
        let (step, inner) = (Step::Parent, &anchor.certificate);
        if !inner.anchors.is_empty() {
            return self.fail(step, format!("level {number}: its certificate has anchors of its own"));
        }
        let expected = Expectations { timestamps: self.expected.timestamps, ..Expectations::default() };
        let verification = inner.verify(&expected);
        if let Some((failed, reason)) = verification.failed_step() {
            return self.fail(step, format!("level {number}: {}: {reason}", failed.name()));
        }
        let envelope = inner.envelope.as_ref().map(ToString::to_string);
        let record = envelope.and_then(|text| Record::from_json(text.as_bytes()).ok());
        let policy = inner.policy.parse::<Policy>().ok();
        let proof = inner.proof.parse::<TlogProof>().ok();
        let (Some(record), Some(policy), Some(proof), Some(chain), true) =
            (record, policy, proof, verification.chain, verification.is_valid())
        else {
            return self
                .fail(step, format!("level {number}: the anchoring record is not in its certificate"));
        };
        if seen.contains(&chain) {
            return self.fail(step, format!("level {number}: chain {chain} stands below itself"));
        }
        let Ok(checkpoint) = proof.checkpoint.text.parse::<Checkpoint>() else {
            return self.fail(step, format!("level {number}: its checkpoint cannot be read"));
        };
        let block = inner.block;
        self.pass(
            step,
            format!(
                "level {number}: {} is in {chain}, block {} at {} ms",
                inner.record, block.height, block.time_ms
            ),
        )?;
        for report in verification.steps.into_iter().filter(|report| report.step == Step::Timestamp) {
            // A timestamp above this checkpoint is one of it too: the anchoring record is under that root.
            self.report(report.step, report.outcome)?;
        }
        if let Some(time) = verification.dated_ms {
            self.dated(time);
        }
        Ok(Level { chain, policy, note: proof.checkpoint, checkpoint, record, anchored_at: block.time_ms })
    }

    /// What the anchoring record says, and that the tree below is the beginning of the anchored one.
    fn anchored_step(
        &mut self,
        number: usize,
        level: &Level,
        chain: &ChainId,
        policy: &Policy,
        below: &Checkpoint,
        anchor: &Anchor,
    ) -> Result<(), Stop> {
        let step = Step::Anchored;
        let payload = level.record.payload();
        if payload.record_type.as_str() != ANCHORED_TYPE {
            return self.fail(step, format!("level {number}: the record is a {}", payload.record_type));
        }
        let Ok(body) = from_value::<AnchoredCheckpoint>(&payload.body) else {
            return self
                .fail(step, format!("level {number}: the record's body is not an anchored checkpoint"));
        };
        if body.chain != *chain {
            return self.fail(step, format!("level {number}: it anchors chain {}", body.chain));
        }
        let Ok(note) = body.checkpoint.parse::<SignedNote>() else {
            return self.fail(step, format!("level {number}: the anchored checkpoint is no signed note"));
        };
        let anchored = match policy.verify(&note) {
            Err(error) => return self.fail(step, format!("level {number}: {error}")),
            Ok(cosigned) => cosigned.checkpoint,
        };
        if anchored.origin != below.origin {
            return self.fail(step, format!("level {number}: it is of log '{}'", anchored.origin));
        }
        self.pass(step, format!("level {number}: tree of {}, by {}", anchored.size, payload.author.org))?;
        let path = &anchor.consistency;
        let grown = check_growth((below.size, &below.root), (anchored.size, &anchored.root), path);
        match grown {
            Err(error) => self.fail(Step::Consistency, format!("level {number}: {error}")),
            Ok(()) => self.pass(
                Step::Consistency,
                format!(
                    "level {number}: the tree of {} is the beginning of that of {}",
                    below.size, anchored.size
                ),
            ),
        }
    }

    /// What is trusted about a level, if the verifier asked for a parent and this is it.
    fn trusts(&self, level: &Level, anchor: &Anchor, number: usize) -> Option<String> {
        let expected = self.expected;
        if !expected.asks_parent() || expected.parent_chain.is_some_and(|chain| chain != level.chain) {
            return None;
        }
        let seen = match expected.parent_policies {
            None => "the one you named".to_owned(),
            Some(policies) => {
                let dated = self.dated_ms;
                policies.judge(&level.note, anchor.certificate.block.height, dated).ok()?
            }
        };
        Some(format!("parent chain {} at level {number} anchors this one: {seen}", level.chain))
    }
}
