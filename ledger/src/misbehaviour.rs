//! Two votes or proposals that one validator signed at one place of consensus: what only a faulty or a stolen key does.
//!
//! ```json
//! {"voter":"ed25519:…","step":"precommit","height":81,"round":0,
//!  "first":{"block":null,"signature":"<base64>"},"second":{"block":"sha256:…","signature":"<base64>"}}
//! ```
//! Votes may be for nil (`block` null), proposals not; a proposal has `valid_round` where it takes up a block of an earlier
//! round. The two stand in the order of their blocks, so that one pair has one spelling.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use crate::commit::{VoteKind, proposal_digest, vote_digest};
use crate::digest::Digest;
use crate::ids::{BlockHash, ChainId, Height};
use crate::key::{PublicKey, Signature};

/// What was signed twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Proposal,
    Prevote,
    Precommit,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub block: Option<BlockHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_round: Option<u32>,
    /// 64 bytes in standard base64.
    pub signature: String,
}

/// The proof that a validator signed two things where it may sign one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Misbehaviour {
    pub voter: PublicKey,
    pub step: Step,
    pub height: Height,
    pub round: u32,
    pub first: Choice,
    pub second: Choice,
}

/// Why it proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MisbehaviourError {
    #[error("the two are for one block, or do not stand in the order of their blocks")]
    Order,
    #[error("a proposal names a block, and only a proposal a valid round")]
    Form,
    #[error("a signature does not hold")]
    Signature,
}

impl Choice {
    #[must_use]
    pub fn new(block: Option<BlockHash>, valid_round: Option<u32>, signature: &Signature) -> Self {
        Self { block, valid_round, signature: BASE64.encode(signature.bytes()) }
    }

    fn signature(&self) -> Result<Signature, MisbehaviourError> {
        let bytes = BASE64.decode(&self.signature).map_err(|_| MisbehaviourError::Signature)?;
        Signature::from_slice(&bytes).map_err(|_| MisbehaviourError::Signature)
    }
}

impl Misbehaviour {
    /// Of the two, in the order they have; `None` when both are for one block.
    #[must_use]
    pub fn of(
        (voter, step): (PublicKey, Step),
        (height, round): (Height, u32),
        one: Choice,
        other: Choice,
    ) -> Option<Self> {
        let (first, second) = match one.block.cmp(&other.block) {
            std::cmp::Ordering::Less => (one, other),
            std::cmp::Ordering::Equal => return None,
            std::cmp::Ordering::Greater => (other, one),
        };
        Some(Self { voter, step, height, round, first, second })
    }

    fn digest(&self, chain: &ChainId, choice: &Choice) -> Result<Digest, MisbehaviourError> {
        let (place, block) = ((self.height, Some(self.round)), choice.block.as_ref());
        let vote = |kind| match choice.valid_round {
            None => Ok(vote_digest(chain, kind, place, block, &self.voter)),
            Some(_) => Err(MisbehaviourError::Form),
        };
        match self.step {
            Step::Prevote => vote(VoteKind::Prevote),
            Step::Precommit => vote(VoteKind::Precommit),
            Step::Proposal => {
                let block = block.ok_or(MisbehaviourError::Form)?;
                Ok(proposal_digest(chain, place, choice.valid_round, block, &self.voter))
            }
        }
    }

    /// Holds both signatures against the chain's rules of signing. That the key was a validator's then, state says.
    ///
    /// # Errors
    /// [`MisbehaviourError`].
    pub fn verify(&self, chain: &ChainId) -> Result<(), MisbehaviourError> {
        if self.first.block >= self.second.block {
            return Err(MisbehaviourError::Order);
        }
        for choice in [&self.first, &self.second] {
            let digest = self.digest(chain, choice)?;
            let holds = self.voter.verify(digest.bytes(), &choice.signature()?);
            holds.map_err(|_| MisbehaviourError::Signature)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::from_strict;
    use crate::key::SecretKey;

    fn signed(step: Step, block: Option<u8>, valid_round: Option<u32>) -> Choice {
        let (key, chain) = (SecretKey::from_seed(&[7; 32]), ChainId::new(Digest::of(b"chain")));
        let block = block.map(|n| BlockHash::new(Digest::of(&[n])));
        let place = (Height::new(81), Some(2));
        let digest = match step {
            Step::Prevote => vote_digest(&chain, VoteKind::Prevote, place, block.as_ref(), &key.public()),
            Step::Precommit => vote_digest(&chain, VoteKind::Precommit, place, block.as_ref(), &key.public()),
            Step::Proposal => {
                proposal_digest(&chain, place, valid_round, block.as_ref().unwrap(), &key.public())
            }
        };
        Choice::new(block, valid_round, &key.sign(digest.bytes()))
    }

    fn made(step: Step, one: Choice, other: Choice) -> Option<Misbehaviour> {
        let voter = SecretKey::from_seed(&[7; 32]).public();
        Misbehaviour::of((voter, step), (Height::new(81), 2), one, other)
    }

    #[test]
    fn two_of_one_step_and_place_convict_and_nothing_else_does() {
        let chain = ChainId::new(Digest::of(b"chain"));
        for step in [Step::Prevote, Step::Precommit] {
            let proof = made(step, signed(step, Some(1), None), signed(step, None, None)).unwrap();
            assert_eq!(proof.verify(&chain), Ok(()));
            let text = serde_json::to_string(&proof).unwrap();
            assert_eq!(from_strict::<Misbehaviour>(text.as_bytes()).unwrap(), proof);
            let turned =
                Misbehaviour { first: proof.second.clone(), second: proof.first.clone(), ..proof.clone() };
            assert_eq!(turned.verify(&chain), Err(MisbehaviourError::Order));
            for changed in [
                Misbehaviour { round: 3, ..proof.clone() },
                Misbehaviour { height: Height::new(82), ..proof.clone() },
                Misbehaviour { voter: SecretKey::from_seed(&[8; 32]).public(), ..proof.clone() },
            ] {
                assert_eq!(changed.verify(&chain), Err(MisbehaviourError::Signature));
            }
            let other = ChainId::new(Digest::of(b"other"));
            assert_eq!(proof.verify(&other), Err(MisbehaviourError::Signature));
        }
        // A prevote and a precommit are no pair, and one vote twice is none.
        let mixed =
            made(Step::Prevote, signed(Step::Prevote, Some(1), None), signed(Step::Precommit, Some(2), None));
        assert_eq!(mixed.unwrap().verify(&chain), Err(MisbehaviourError::Signature));
        let same = signed(Step::Prevote, Some(1), None);
        assert_eq!(made(Step::Prevote, same.clone(), same), None);
        let proposals = |round| {
            made(
                Step::Proposal,
                signed(Step::Proposal, Some(1), round),
                signed(Step::Proposal, Some(2), None),
            )
            .unwrap()
        };
        assert_eq!((proposals(None).verify(&chain), proposals(Some(1)).verify(&chain)), (Ok(()), Ok(())));
        let mut nothing = proposals(None);
        nothing.first.block = None;
        assert_eq!(nothing.verify(&chain), Err(MisbehaviourError::Form));
        let mut vote =
            made(Step::Prevote, signed(Step::Prevote, Some(1), None), signed(Step::Prevote, None, None))
                .unwrap();
        vote.first.valid_round = Some(0);
        assert_eq!(vote.verify(&chain), Err(MisbehaviourError::Form));
    }
}
