//! Signatures of consensus: over a domain tag and the chain, behind the signer guard, verified strictly.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use biaozheng_ledger::commit::{self, VoteKind};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::{PublicKey, SecretKey, Signature};
use malachite_core_types::{NilOrVal, Round, SignedMessage, ValidatorProof, VoteExtensionScope, VoteType};
use malachite_signing::{Error, Signer, VerificationResult, Verifier};
use tracing::error;

use super::context::{Ctx, Proposal, Vote};
use super::guard::{Guard, Place};
use super::lock::Prevotes;
use crate::intake::keyring::Keyring;

/// The digest a voter signs; also what an auditor recomputes from a commit certificate.
pub(super) fn vote_digest(chain: &ChainId, vote: &Vote) -> Digest {
    let kind = match vote.kind {
        VoteType::Prevote => VoteKind::Prevote,
        VoteType::Precommit => VoteKind::Precommit,
    };
    let block = match &vote.value {
        NilOrVal::Nil => None,
        NilOrVal::Val(value) => Some(&value.0),
    };
    let place = (vote.height.ledger(), vote.round.as_u32());
    commit::vote_digest(chain, kind, place, block, &vote.address.0)
}

pub(super) fn proposal_digest(chain: &ChainId, proposal: &Proposal) -> Digest {
    let place = (proposal.height.ledger(), proposal.round.as_u32());
    let valid_round = proposal.pol_round.as_u32();
    commit::proposal_digest(chain, place, valid_round, &proposal.value.0, &proposal.address.0)
}

/// Verifies with remembered keys. The engine has every vote verified before it counts it, so this sees them all.
#[derive(Debug, Clone)]
pub(super) struct StrictVerifier {
    pub(super) chain: ChainId,
    pub(super) keys: Arc<Keyring>,
    /// Where prevotes that hold are kept.
    pub(super) prevotes: Prevotes,
}

impl StrictVerifier {
    fn check(&self, digest: &[u8], signature: &Signature, key: &PublicKey) -> VerificationResult {
        let verdict = self.keys.prepare(key).and_then(|key| key.verify(digest, signature));
        VerificationResult::from_bool(verdict.is_ok())
    }
}

#[async_trait]
impl Verifier<Ctx> for StrictVerifier {
    async fn verify_signed_vote(
        &self,
        vote: &Vote,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        let verdict = self.check(vote_digest(&self.chain, vote).bytes(), signature, key);
        if let (true, VoteType::Prevote, NilOrVal::Val(value), Some(round)) =
            (verdict.is_valid(), vote.kind, &vote.value, vote.round.as_u32())
            && vote.address.0 == *key
        {
            self.prevotes.keep(vote.height.0, round, value.0, (*key, *signature));
        }
        Ok(verdict)
    }

    async fn verify_signed_proposal(
        &self,
        proposal: &Proposal,
        signature: &Signature,
        key: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        Ok(self.check(proposal_digest(&self.chain, proposal).bytes(), signature, key))
    }

    /// Extensions are disabled: none is valid.
    async fn verify_signed_vote_extension(
        &self,
        _: &VoteExtensionScope<Ctx>,
        _: &bytes::Bytes,
        _: &Signature,
        _: &PublicKey,
    ) -> Result<VerificationResult, Error> {
        Ok(VerificationResult::Invalid)
    }

    async fn verify_validator_proof(&self, proof: &ValidatorProof<Ctx>) -> Result<VerificationResult, Error> {
        let Ok(key) = proof.decoded_public_key() else { return Ok(VerificationResult::Invalid) };
        Ok(self.check(&proof.preimage(), &proof.signature, &key))
    }
}

/// Signs behind the guard.
#[derive(Debug)]
pub(super) struct GuardedSigner {
    pub(super) chain: ChainId,
    pub(super) key: SecretKey,
    pub(super) guard: Arc<Mutex<Guard>>,
}

impl GuardedSigner {
    fn sign(&self, place: Place, digest: &Digest) -> Result<Signature, Error> {
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        guard.advance(place, digest).map_err(|refusal| {
            error!(%refusal, "not signed");
            Error::from_source(refusal)
        })?;
        Ok(self.key.sign(digest.bytes()))
    }

    fn place(height: u64, round: Round, step: u8) -> Result<Place, Error> {
        let round = round.as_u32().ok_or_else(|| Error::from_source("a vote without a round"))?;
        Ok(Place { height, round, step })
    }
}

#[async_trait]
impl Signer<Ctx> for GuardedSigner {
    async fn sign_vote(&self, vote: Vote) -> Result<SignedMessage<Ctx, Vote>, Error> {
        let step = match vote.kind {
            VoteType::Prevote => 2,
            VoteType::Precommit => 3,
        };
        let digest = vote_digest(&self.chain, &vote);
        let signature = self.sign(Self::place(vote.height.0, vote.round, step)?, &digest)?;
        Ok(SignedMessage::new(vote, signature))
    }

    async fn sign_proposal(&self, proposal: Proposal) -> Result<SignedMessage<Ctx, Proposal>, Error> {
        let digest = proposal_digest(&self.chain, &proposal);
        let signature = self.sign(Self::place(proposal.height.0, proposal.round, 1)?, &digest)?;
        Ok(SignedMessage::new(proposal, signature))
    }

    async fn sign_vote_extension(
        &self,
        _: VoteExtensionScope<Ctx>,
        _: bytes::Bytes,
    ) -> Result<SignedMessage<Ctx, bytes::Bytes>, Error> {
        Err(Error::from_source("vote extensions are disabled"))
    }

    /// Says which network identity is this validator's; no vote, so the guard has nothing to do with it.
    async fn sign_validator_proof(
        &self,
        key: Vec<u8>,
        peer_id: Vec<u8>,
    ) -> Result<ValidatorProof<Ctx>, Error> {
        let signature = self.key.sign(&ValidatorProof::<Ctx>::signing_bytes(&key, &peer_id));
        Ok(ValidatorProof::new(key, peer_id, signature))
    }
}
