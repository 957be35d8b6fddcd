//! A node's secret keys: one per purpose, each compared with the genesis before it is used.
//!
//! The files themselves are the business of [`biaozheng_client::key_file`], which bidders' tools share.

use std::path::{Path, PathBuf};

use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::key::{PublicKey, SecretKey};

pub use biaozheng_client::key_file::{
    KeyFileError, create, create_pair, create_public, generate, public_path, read as read_secret, read_public,
};

/// What a key is for. No key serves two purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Votes and proposals.
    Consensus,
    /// Cosignatures under checkpoints.
    Cosigner,
    /// The log's own signature under a checkpoint that has its quorum.
    Log,
    /// libp2p identity.
    Network,
    /// Receipts.
    Api,
}

impl Purpose {
    /// Those of a validator.
    pub const VALIDATOR: [Self; 5] = [Self::Consensus, Self::Cosigner, Self::Log, Self::Network, Self::Api];
    /// Those of an observer.
    pub const OBSERVER: [Self; 2] = [Self::Network, Self::Api];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consensus => "consensus",
            Self::Cosigner => "cosigner",
            Self::Log => "log",
            Self::Network => "network",
            Self::Api => "api",
        }
    }

    /// `consensus.key`, …
    #[must_use]
    pub fn file_name(self) -> String {
        format!("{}.key", self.name())
    }
}

/// All secret keys of a node.
#[derive(Clone, Debug)]
pub struct NodeKeys {
    pub network: SecretKey,
    pub api: SecretKey,
    /// `None` for an observer.
    pub validator: Option<ValidatorKeys>,
}

/// What only a validator has.
#[derive(Clone, Debug)]
pub struct ValidatorKeys {
    pub consensus: SecretKey,
    pub cosigner: SecretKey,
    pub log: SecretKey,
}

/// Why a node cannot use its keys.
#[derive(Debug, thiserror::Error)]
pub enum NodeKeysError {
    #[error(transparent)]
    File(#[from] KeyFileError),
    #[error("the genesis has no node {0:?}")]
    UnknownNode(String),
    #[error(transparent)]
    Mismatch(Box<KeyMismatch>),
}

/// A key file that holds another key than the genesis names.
#[derive(Debug, thiserror::Error)]
#[error(
    "{path}: this is {found}, the genesis names {expected} as the {purpose} key of {node} 密钥与创世文件不符",
    path = .path.display(),
    purpose = .purpose.name()
)]
pub struct KeyMismatch {
    pub path: PathBuf,
    pub purpose: Purpose,
    pub node: String,
    pub found: PublicKey,
    pub expected: PublicKey,
}

impl NodeKeys {
    /// Reads the keys the node `name` of `genesis` needs from the folder `keys`.
    ///
    /// # Errors
    /// [`NodeKeysError`]: a file is missing, exposed or damaged, or holds another key than the genesis names.
    pub fn load(keys: &Path, name: &str, genesis: &Genesis) -> Result<Self, NodeKeysError> {
        let unknown = || NodeKeysError::UnknownNode(name.to_owned());
        let entry = genesis.rest.nodes.iter().find(|node| node.name == name).ok_or_else(unknown)?;
        let read_as = |purpose: Purpose, expected: PublicKey| {
            let path = keys.join(purpose.file_name());
            let key = read_secret(&path)?;
            if key.public() == expected {
                return Ok(key);
            }
            let (found, node) = (key.public(), name.to_owned());
            Err(NodeKeysError::Mismatch(Box::new(KeyMismatch { path, purpose, node, found, expected })))
        };
        let validator = match entry.consensus_key {
            None => None,
            Some(consensus) => {
                let one = genesis.trust.cosigners.iter().find(|one| one.name == name).ok_or_else(unknown)?;
                Some(ValidatorKeys {
                    consensus: read_as(Purpose::Consensus, consensus)?,
                    cosigner: read_as(Purpose::Cosigner, one.cosigner_key)?,
                    log: read_as(Purpose::Log, one.log_key)?,
                })
            }
        };
        Ok(Self {
            network: read_as(Purpose::Network, entry.network_key)?,
            api: read_as(Purpose::Api, entry.api_key)?,
            validator,
        })
    }
}
