//! The genesis of a chain, and how its hash names the chain.
//!
//! `chain id = H("biaozheng/chain/v1", trust digest, remainder digest)`. The trust part — label, log keys,
//! cosigners, threshold — is hashed apart, so that a certificate carries only it and one digest for the
//! rest, and still proves that its policy is the chain's own.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::checkpoint::{CheckpointError, Origin};
use crate::digest::{Digest, FieldHasher};
use crate::ids::{ChainId, TimeMs};
use crate::json::{StrictJsonError, from_strict};
use crate::key::PublicKey;
use crate::limits::{GENESIS_BYTES_MAX, VALIDATORS_MAX};
use crate::note::{NoteAlgorithm, NoteError, NoteKey, check_name};
use crate::policy::Policy;
use crate::validator::{Validator, ValidatorSet, quorum_of};

/// What makes a checkpoint of this chain trusted from its first block on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustRoot {
    /// Goes into the log's origin: `a-z 0-9 -`.
    pub label: String,
    /// Cosignatures that make a quorum.
    pub threshold: usize,
    pub cosigners: Vec<Cosigner>,
}

/// A centre's cosigning and log keys, neither of them its consensus key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosigner {
    pub name: String,
    pub cosigner_key: PublicKey,
    pub log_key: PublicKey,
}

/// A node of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeEntry {
    pub name: String,
    /// Votes; absent for an observer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus_key: Option<PublicKey>,
    /// libp2p identity: connections from any other are refused.
    pub network_key: PublicKey,
    /// Signs receipts.
    pub api_key: PublicKey,
}

/// How far a block's time may stray from a voter's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeBounds {
    /// Milliseconds two honest clocks may differ by.
    pub precision_ms: u64,
    /// Milliseconds a proposal may take to arrive.
    pub delay_ms: u64,
}

/// Everything the nodes agree on before the first block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    pub trust: TrustRoot,
    pub rest: GenesisRest,
}

/// The part of the genesis a certificate names by digest only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisRest {
    pub version: u32,
    pub created_at_ms: TimeMs,
    /// Random, so that two consortia of the same names differ. 64 hexadecimal digits.
    pub nonce: String,
    pub time: TimeBounds,
    pub nodes: Vec<NodeEntry>,
    /// First participants, read by the contracts.
    pub participants: Vec<Value>,
}

/// Why a text is not a genesis.
#[derive(Debug, thiserror::Error)]
pub enum GenesisError {
    #[error("the genesis has more than {GENESIS_BYTES_MAX} bytes")]
    TooLarge,
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    #[error(transparent)]
    Name(#[from] NoteError),
    #[error(transparent)]
    Origin(#[from] CheckpointError),
    #[error("genesis version {0} is unknown to this program; use a newer one")]
    Version(u32),
    #[error(
        "a chain has 1 to {VALIDATORS_MAX} validators, each with a name and keys of its own; 'none' and 'quorum-group' are taken"
    )]
    Validators,
    #[error("the threshold must be more than two thirds of the cosigners and at most all of them")]
    Threshold,
}

impl TrustRoot {
    /// Commits to label, threshold, names and keys.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let start = FieldHasher::new("biaozheng/trust/v1")
            .field(self.label.as_bytes())
            .number(self.threshold as u64)
            .number(self.cosigners.len() as u64);
        self.cosigners
            .iter()
            .fold(start, |hasher, one| {
                hasher
                    .field(one.name.as_bytes())
                    .field(&[one.cosigner_key.algorithm() as u8])
                    .field(one.cosigner_key.bytes())
                    .field(&[one.log_key.algorithm() as u8])
                    .field(one.log_key.bytes())
            })
            .finish()
    }

    /// The chain this trust root and remainder make.
    #[must_use]
    pub fn chain_id(&self, remainder: &Digest) -> ChainId {
        ChainId::new(FieldHasher::new("biaozheng/chain/v1").digest(&self.digest()).digest(remainder).finish())
    }

    /// The C2SP policy text of this trust root on this chain.
    ///
    /// # Errors
    /// When a name or the label breaks the formats, a name or key stands twice, or the threshold is not one
    /// that two halves of the cosigners could never both reach.
    pub fn policy(&self, chain: &ChainId) -> Result<Policy, GenesisError> {
        self.check_threshold()?;
        let origin = Origin::new(&self.label, chain)?;
        let mut logs = Vec::with_capacity(self.cosigners.len());
        let mut witnesses = Vec::with_capacity(self.cosigners.len());
        for one in &self.cosigners {
            logs.push(NoteKey::new(origin.as_str(), NoteAlgorithm::Ed25519, one.log_key)?);
            let key = NoteKey::new(&one.name, NoteAlgorithm::CosignatureV1, one.cosigner_key)?;
            witnesses.push((one.name.clone(), key));
        }
        let policy = Policy::of_quorum(logs, witnesses, self.threshold);
        // Reading the text back refuses names and keys that stand twice or mean something in a policy.
        if policy.to_string().parse::<Policy>().as_ref() != Ok(&policy) {
            return Err(GenesisError::Validators);
        }
        Ok(policy)
    }

    fn check_threshold(&self) -> Result<(), GenesisError> {
        let n = self.cosigners.len();
        if self.threshold < quorum_of(n) || self.threshold > n {
            return Err(GenesisError::Threshold);
        }
        Ok(())
    }

    /// Reads the trust root back from a policy that [`TrustRoot::policy`] wrote; `None` for any other.
    #[must_use]
    pub fn from_policy(policy: &Policy) -> Option<(Self, Origin)> {
        let threshold = policy.plain_threshold()?;
        let origin: Origin = policy.logs().first()?.name().parse().ok()?;
        if policy.logs().len() != policy.witnesses().len() {
            return None;
        }
        let label = origin.as_str().split('/').nth(1)?.to_owned();
        let cosigners = policy
            .logs()
            .iter()
            .zip(policy.witnesses())
            .map(|(log, (name, witness))| Cosigner {
                name: name.clone(),
                cosigner_key: *witness.key(),
                log_key: *log.key(),
            })
            .collect();
        let trust = Self { label, threshold, cosigners };
        (trust.policy(&origin.chain()).ok()? == *policy).then_some((trust, origin))
    }
}

impl Genesis {
    /// Reads and checks a genesis document.
    ///
    /// # Errors
    /// [`GenesisError`], saying what is wrong.
    pub fn from_json(text: &[u8]) -> Result<Self, GenesisError> {
        if text.len() > GENESIS_BYTES_MAX {
            return Err(GenesisError::TooLarge);
        }
        let genesis: Self = from_strict(text)?;
        genesis.check()?;
        Ok(genesis)
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text =
            serde_json::to_string_pretty(self).expect("strings, numbers and lists always serialise");
        text.push('\n');
        text
    }

    /// Digest over the part that is not the trust root.
    #[must_use]
    pub fn remainder(&self) -> Digest {
        let bytes = serde_json::to_vec(&self.rest).expect("strings, numbers and lists always serialise");
        FieldHasher::new("biaozheng/genesis-rest/v1").field(&bytes).finish()
    }

    #[must_use]
    pub fn chain_id(&self) -> ChainId {
        self.trust.chain_id(&self.remainder())
    }

    /// # Errors
    /// When names break the formats; not after [`Genesis::from_json`].
    pub fn policy(&self) -> Result<Policy, GenesisError> {
        self.trust.policy(&self.chain_id())
    }

    /// # Errors
    /// When the label breaks the format; not after [`Genesis::from_json`].
    pub fn origin(&self) -> Result<Origin, GenesisError> {
        Ok(Origin::new(&self.trust.label, &self.chain_id())?)
    }

    #[must_use]
    pub fn validators(&self) -> ValidatorSet {
        let voting =
            |node: &NodeEntry| node.consensus_key.map(|key| Validator { name: node.name.clone(), key });
        ValidatorSet::new(self.rest.nodes.iter().filter_map(voting).collect())
    }

    fn check(&self) -> Result<(), GenesisError> {
        if self.rest.version != 1 {
            return Err(GenesisError::Version(self.rest.version));
        }
        let validators = self.validators();
        let mut names: Vec<_> = self.rest.nodes.iter().map(|node| node.name.as_str()).collect();
        names.iter().try_for_each(|name| check_name(name))?;
        let mut keys: Vec<PublicKey> = self
            .rest
            .nodes
            .iter()
            .flat_map(|node| [node.consensus_key, Some(node.network_key), Some(node.api_key)])
            .flatten()
            .chain(self.trust.cosigners.iter().flat_map(|one| [one.cosigner_key, one.log_key]))
            .collect();
        let (all_names, all_keys) = (names.len(), keys.len());
        names.sort_unstable();
        names.dedup();
        keys.sort_unstable();
        keys.dedup();
        let same =
            self.trust.cosigners.iter().map(|one| &one.name).eq(validators.all().iter().map(|v| &v.name));
        if validators.all().is_empty()
            || validators.all().len() > VALIDATORS_MAX
            || self.rest.nodes.len() > VALIDATORS_MAX.saturating_mul(4)
            || names.len() != all_names
            || keys.len() != all_keys
            || !same
            || keys.iter().any(|key| key.prepare().is_err())
        {
            return Err(GenesisError::Validators);
        }
        self.policy().map(|_| ())
    }
}
