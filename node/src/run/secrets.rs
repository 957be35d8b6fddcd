//! The secret keys a node starts with, each held against the genesis, and whether the signer guard lets it vote.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use biaozheng_ledger::genesis::{Genesis, NodeEntry};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_store::Store;
use tracing::warn;

use super::config::Config;
use super::keys::read_secret;
use crate::chain::consensus::{EngineLog, Guard};
use crate::chain::executor::StoredState;
use crate::log::checkpointer::CosignerKeys;
use biaozheng_contracts::chain::validators;

/// What a node needs to speak in its name.
#[derive(Debug)]
pub(super) struct Secrets {
    pub(super) network: SecretKey,
    pub(super) api: SecretKey,
    /// `None` for a node that only follows.
    pub(super) consensus: Option<SecretKey>,
    pub(super) cosigner: Option<CosignerKeys>,
}

fn read(config: &Config, name: &str) -> anyhow::Result<SecretKey> {
    let path = config.keys_path().join(format!("{name}.key"));
    ensure!(path.exists(), missing(&path));
    Ok(read_secret(&path)?)
}

fn missing(path: &Path) -> String {
    format!(
        "{} is missing 密钥文件缺失: is its disk mounted? Put the node's own key back from where it is kept; another one is not this node's",
        path.display()
    )
}

impl Secrets {
    /// # Errors
    /// When one is missing, exposed or not the one the genesis names.
    pub(super) fn read(config: &Config, genesis: &Genesis) -> anyhow::Result<Self> {
        let entry = entry(config, genesis)?;
        let (network, api) = (read(config, "network")?, read(config, "api")?);
        ensure!(network.public() == entry.network_key, "keys/network.key is not the one the genesis names");
        ensure!(api.public() == entry.api_key, "keys/api.key is not the one the genesis names");
        // A node the genesis lets follow may have a key since: it votes from the block on from which the chain names it.
        let consensus = if entry.consensus_key.is_some() || config.voting_key_path().exists() {
            Some(read(config, "consensus")?)
        } else {
            None
        };
        let cosigner = match entry.consensus_key {
            None => None,
            Some(_) => Some(CosignerKeys { cosigner: read(config, "cosigner")?, log: read(config, "log")? }),
        };
        Ok(Self { network, api, consensus, cosigner })
    }

    /// Lays the voting key aside where the guard knows of signatures above the store. Gives the height up to which the node
    /// follows then.
    ///
    /// # Errors
    /// When the key is another node's, or guard and engine's log do not fit the store.
    pub(super) fn guarded(
        &mut self,
        config: &Config,
        genesis: &Genesis,
        store: &Store,
    ) -> anyhow::Result<Option<u64>> {
        if let Some(key) = &self.consensus {
            check_voting_key(&key.public(), &config.name, genesis, store)?;
        }
        let (first, engine_log) = (store.tip().height, EngineLog::read(&config.consensus_path())?);
        let follow = match &self.consensus {
            Some(_) => {
                let is_of_next = engine_log.is_of(first.next());
                Guard::open(&config.guard_path())?.follow_until(first.get(), is_of_next)
            }
            None => None,
        };
        if let Some(height) = follow {
            warn!(
                height,
                "the signer guard knows of signatures above this node's store: following until that block is decided, then voting again"
            );
            self.consensus = None;
        }
        Ok(follow)
    }
}

fn entry<'a>(config: &Config, genesis: &'a Genesis) -> anyhow::Result<&'a NodeEntry> {
    let mut nodes = genesis.rest.nodes.iter();
    nodes
        .find(|node| node.name == config.name)
        .with_context(|| format!("the genesis names no node '{}'", config.name))
}

/// Refuses a key that votes for another node: with this node's own guard it would sign twice.
fn check_voting_key(key: &PublicKey, name: &str, genesis: &Genesis, store: &Store) -> anyhow::Result<()> {
    let named = genesis.rest.nodes.iter().find(|node| node.consensus_key == Some(*key));
    let named = named.map(|node| node.name.clone());
    let voted = validators::node_of(&StoredState(store), &key.id());
    let voted = voted.map_err(|error| anyhow::anyhow!(error.0))?;
    if let Some(other) = [&named, &voted].into_iter().flatten().find(|other| *other != name) {
        bail!(
            "keys/consensus.key is the key of {other}: two nodes that vote with one key sign twice 该密钥属于其他节点"
        );
    }
    if named.is_none() && voted.is_none() {
        warn!(
            "keys/consensus.key is not known to the chain yet: this node follows until `biaozheng validators` names it"
        );
    }
    Ok(())
}
