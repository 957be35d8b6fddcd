//! How a certificate is verified, step by step: each method looks at one thing and reports it.
//!
//! **Invariant:** a step either proves its claim with strict cryptography or stops the run. Only `record`,
//! `signatures`, `anchor` and `document` can be skipped, and each says why.

use super::{Certificate, Expectations, Step, StepOutcome, StepReport, Verification};
use crate::digest::Digest;
use crate::entry::LogEntry;
use crate::genesis::TrustRoot;
use crate::ids::ChainId;
use crate::merkle::verify_inclusion;
use crate::note::{NoteAlgorithm, NoteKey, SignedNote};
use crate::policy::{Cosigned, Policy};
use crate::record::Record;
use crate::tlog_proof::TlogProof;

/// One verification under way.
pub(super) struct Run<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) expected: &'a Expectations<'a>,
    steps: Vec<StepReport>,
    pub(super) record: Option<Record>,
    chain: Option<ChainId>,
    /// The earliest time somebody trusted from outside the chain vouches for, Unix milliseconds.
    pub(super) dated_ms: Option<u64>,
}

fn beside(outside: &[NoteKey]) -> String {
    if outside.is_empty() {
        return String::new();
    }
    let names: Vec<_> = outside.iter().map(NoteKey::name).collect();
    format!("; beside them, by the keys in this file: {}", names.join(", "))
}

/// A failed step was reported; nothing after it is looked at.
pub(super) struct Stop;

pub(super) fn run(certificate: &Certificate, expected: &Expectations<'_>) -> Verification {
    let mut run = Run { certificate, expected, steps: Vec::new(), record: None, chain: None, dated_ms: None };
    let whole = run.all();
    Verification {
        chain: run.chain,
        anchored: whole.is_ok() && expected.has_anchor(),
        steps: run.steps,
        dated_ms: run.dated_ms,
    }
}

impl Run<'_> {
    fn all(&mut self) -> Result<(), Stop> {
        self.record_step()?;
        let (policy, chain) = self.chain_step()?;
        self.signatures_step(&chain)?;
        let (cosigned, proof) = self.checkpoint_step(&policy)?;
        self.inclusion_step(&cosigned, &proof)?;
        self.time_step(&cosigned)?;
        self.timestamp_steps(&proof.checkpoint)?;
        let parent = self.parent_steps(&chain, &policy, &cosigned)?;
        self.anchor_step(&chain, &policy, &proof, parent)?;
        self.document_step()
    }

    pub(super) fn report(&mut self, step: Step, outcome: StepOutcome) -> Result<(), Stop> {
        let failed = matches!(outcome, StepOutcome::Failed(_));
        self.steps.push(StepReport { step, outcome });
        if failed { Err(Stop) } else { Ok(()) }
    }

    pub(super) fn pass(&mut self, step: Step, seen: String) -> Result<(), Stop> {
        self.report(step, StepOutcome::Passed(seen))
    }

    pub(super) fn fail<T>(&mut self, step: Step, reason: impl ToString) -> Result<T, Stop> {
        self.report(step, StepOutcome::Failed(reason.to_string()))?;
        Err(Stop)
    }

    fn record_step(&mut self) -> Result<(), Stop> {
        let step = Step::Record;
        let named = self.certificate.record;
        let inside = self.certificate.envelope.as_ref().map(ToString::to_string);
        let inside = inside.as_ref().map(|text| Record::from_json(text.as_bytes())).transpose();
        let given = self.expected.envelope.map(Record::from_json).transpose();
        let (inside, given) = match (inside, given) {
            (Err(error), _) => return self.fail(step, error),
            (_, Err(error)) => return self.fail(step, format!("the envelope you gave: {error}")),
            (Ok(inside), Ok(given)) => (inside, given),
        };
        if let Some(other) = inside.iter().chain(&given).find(|record| record.id() != named) {
            return self.fail(step, format!("the envelope is record {}, not {named}", other.id()));
        }
        if let (Some(inside), Some(given)) = (&inside, &given)
            && inside.envelope() != given.envelope()
        {
            return self.fail(step, "the envelope you gave has other signatures than the certificate's");
        }
        let Some(record) = inside.or(given) else {
            let reason = format!("the body is not public; this certificate is for the digest {named}");
            return self.report(step, StepOutcome::Skipped(reason));
        };
        let payload = record.payload();
        let project = payload.project.as_ref().map(|one| format!(", project {one}")).unwrap_or_default();
        let seen = format!("{named}, {} by {}{project}", payload.record_type, payload.author.org);
        self.record = Some(record);
        self.pass(step, seen)
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
        let outside = match self.outside_witnesses(policy, &proof.checkpoint) {
            Ok(outside) => outside,
            Err(reason) => return self.fail(step, reason),
        };
        if let Some(line) = policy.first_foreign_line_beside(&proof.checkpoint, &outside) {
            let name = proof.checkpoint.signatures.get(line).map_or("", |line| line.name.as_str());
            return self.fail(
                step,
                format!("signature line {line} ('{name}') is not a valid one by a key of the policy"),
            );
        }
        let names: Vec<_> = cosigned.cosigners.iter().map(|(name, _)| name.as_str()).collect();
        let seen = format!(
            "{} of {} cosigners: {}; tree of {}{}",
            names.len(),
            cosigned.cosigners_known,
            names.join(", "),
            cosigned.checkpoint.size,
            beside(&outside)
        );
        self.pass(step, seen)?;
        Ok((cosigned, proof))
    }

    /// The keys of the certificate's outside witnesses. Each is of one spelling, none is a key of the policy, and
    /// each has its line, so that no byte of them is without meaning.
    fn outside_witnesses(&self, policy: &Policy, note: &SignedNote) -> Result<Vec<NoteKey>, String> {
        let mut outside: Vec<NoteKey> = Vec::with_capacity(self.certificate.witnesses.len());
        for text in &self.certificate.witnesses {
            let key = text.parse::<NoteKey>().ok().filter(|key| key.to_string() == *text);
            let key = key.filter(|key| key.algorithm() == NoteAlgorithm::CosignatureV1);
            let key = key.ok_or("an outside witness's key text is not one of a cosigner")?;
            let mut known = policy.witnesses().iter().map(|(_, key)| key).chain(&outside);
            if known.any(|other| other.key() == key.key()) {
                return Err(format!("outside witness '{}' stands twice", key.name()));
            }
            if key.find_valid(note).is_none() {
                return Err(format!("outside witness '{}' has no valid line in the checkpoint", key.name()));
            }
            outside.push(key);
        }
        Ok(outside)
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

    fn anchor_step(
        &mut self,
        chain: &ChainId,
        own: &Policy,
        proof: &TlogProof,
        parent: Option<String>,
    ) -> Result<(), Stop> {
        let step = Step::Anchor;
        if self.expected.asks_parent() && parent.is_none() {
            return self.fail(step, "no parent chain of this certificate is the one you trust");
        }
        if let Some(expected) = self.expected.chain.filter(|expected| expected != chain) {
            return self.fail(step, format!("this is chain {chain}, you expected {expected}"));
        }
        let judged = self
            .expected
            .policies
            .map(|policies| policies.judge(&proof.checkpoint, self.certificate.block.height, self.dated_ms));
        let dated = match judged.transpose() {
            Err(error) => return self.fail(step, format!("under your dated policies: {error}")),
            Ok(dated) => dated,
        };
        if self.expected.policy == Some(own) {
            // The same policy on the same checkpoint: the checkpoint step has shown it.
            return self.pass(step, "your policy is the very one of the certificate".to_owned());
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
        if let Some(seen) = dated {
            return self.pass(step, seen);
        }
        if self.expected.chain.is_some() {
            return self.pass(step, "the chain is the one you named".to_owned());
        }
        if let Some(seen) = parent {
            return self.pass(step, seen);
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
