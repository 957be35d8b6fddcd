//! From public documents to a genesis, a policy, and a configuration for every node.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use biaozheng_contracts::GenesisParticipant;
use biaozheng_ledger::genesis::{Cosigner, Genesis, GenesisRest, NodeEntry, TimeBounds, TrustRoot};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::validator::quorum_of;
use rand::RngCore as _;

use super::folder::{Staging, private_folder, write_new};
use super::member::{PublicNode, Role};
use crate::run::config::{Config, HostPort, PeerAddress, RawConfig};

/// What is agreed on beside the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembly {
    /// Goes into the log's name: `a-z 0-9 -`, at most 32.
    pub label: String,
    pub time: TimeBounds,
    pub created_at_ms: TimeMs,
}

/// The genesis these nodes make.
///
/// # Errors
/// When a name or key is there twice, there is no city, or the genesis refuses them.
pub fn genesis_of(assembly: &Assembly, nodes: &[PublicNode]) -> anyhow::Result<Genesis> {
    ensure!(
        nodes.iter().any(|node| node.role == Role::City),
        "a consortium needs a city: it keeps the rulebooks 缺少市级中心"
    );
    let mut keys = BTreeSet::new();
    for node in nodes {
        let own: BTreeSet<_> = node.keys().collect();
        ensure!(own.len() == node.keys().count(), "{}: one key serves two purposes", node.name);
        // An organisation may run several nodes with one organisation key; all other keys are a node's own.
        let shared = |key| nodes.iter().any(|other| other.org == node.org && other.organisation_key == key);
        for key in own {
            ensure!(keys.insert(key) || shared(key), "{}: key {key} is another node's", node.name);
        }
    }
    let mut nonce = [0; 32];
    rand::rngs::OsRng.try_fill_bytes(&mut nonce).context("the operating system gives no random numbers")?;
    let cosigners: Vec<Cosigner> = nodes
        .iter()
        .filter_map(|node| {
            Some(Cosigner {
                name: node.name.clone(),
                cosigner_key: node.cosigner_key?,
                log_key: node.log_key?,
            })
        })
        .collect();
    let entry = |node: &PublicNode| NodeEntry {
        name: node.name.clone(),
        consensus_key: node.consensus_key,
        network_key: node.network_key,
        api_key: node.api_key,
    };
    let genesis = Genesis {
        trust: TrustRoot { label: assembly.label.clone(), threshold: quorum_of(cosigners.len()), cosigners },
        rest: GenesisRest {
            version: 1,
            created_at_ms: assembly.created_at_ms,
            nonce: hex::encode(nonce),
            time: assembly.time,
            nodes: nodes.iter().map(entry).collect(),
            participants: participants(nodes)?,
        },
    };
    // Read it back as every node will: what is written is known to be acceptable.
    let checked = Genesis::from_json(genesis.to_json().as_bytes()).context("these nodes make no genesis")?;
    ensure!(checked == genesis, "the genesis does not read back as it was written");
    Ok(genesis)
}

/// One participant per organisation, in the order of its first node.
fn participants(nodes: &[PublicNode]) -> anyhow::Result<Vec<serde_json::Value>> {
    let mut all: Vec<GenesisParticipant> = Vec::new();
    for node in nodes {
        let (role, key) = (node.role.participant_role(), node.organisation_key);
        match all.iter_mut().find(|known| known.org == node.org) {
            None => all.push(GenesisParticipant {
                org: node.org.clone(),
                name: node.name.clone(),
                roles: vec![role],
                keys: vec![key],
                nodes: vec![node.name.clone()],
            }),
            Some(known) => {
                known.nodes.push(node.name.clone());
                if !known.roles.contains(&role) {
                    known.roles.push(role);
                }
                if !known.keys.contains(&key) {
                    known.keys.push(key);
                }
            }
        }
    }
    all.iter().map(|one| Ok(serde_json::to_value(one)?)).collect()
}

/// The configuration of the node at `own`, with all others as its peers.
///
/// # Errors
/// When the addresses do not fit together.
pub(super) fn config_of(nodes: &[PublicNode], own: &PublicNode) -> anyhow::Result<String> {
    let mut raw = RawConfig { name: own.name.clone(), ..RawConfig::default() };
    raw.consensus.listen = listen_at(&own.consensus, own.consensus.port());
    raw.gossip.listen = listen_at(&own.gossip, own.gossip.port());
    raw.api.listen = listen_at(&own.gossip, own.api_port);
    let others = nodes.iter().filter(|node| node.name != own.name);
    raw.peers = others
        .map(|node| PeerAddress {
            name: node.name.clone(),
            consensus: node.consensus.to_string(),
            gossip: node.gossip.to_string(),
        })
        .collect();
    Config::new(Path::new(""), raw.clone()).with_context(|| format!("configuration of {}", own.name))?;
    Ok(raw.render())
}

/// A loopback address is listened on as it is; any other may stand for a machine behind a name or translation.
fn listen_at(address: &HostPort, port: u16) -> SocketAddr {
    match address.host().parse::<IpAddr>() {
        Ok(ip) => SocketAddr::new(ip, port),
        Err(_) if address.host() == "localhost" => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
        Err(_) => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port),
    }
}

/// Writes what everyone gets: genesis, policy, chain id.
pub(super) fn write_public(folder: &Path, genesis: &Genesis) -> anyhow::Result<()> {
    write_new(&folder.join("genesis.json"), &genesis.to_json())?;
    write_new(&folder.join("policy.txt"), &genesis.policy()?.to_string())?;
    write_new(&folder.join("chain-id.txt"), &format!("{}\n", genesis.chain_id()))
}

/// Writes `genesis.json policy.txt chain-id.txt configs/<node>.toml` into a new folder. No secret is needed.
///
/// # Errors
/// When the nodes do not fit together, or the folder exists.
pub fn assemble(out: &Path, assembly: &Assembly, nodes: &[PublicNode]) -> anyhow::Result<(PathBuf, Genesis)> {
    let staging = Staging::new(out)?;
    let genesis = genesis_of(assembly, nodes)?;
    write_public(staging.path(), &genesis)?;
    let configs = staging.path().join("configs");
    private_folder(&configs)?;
    for node in nodes {
        write_new(&configs.join(format!("{}.toml", node.name)), &config_of(nodes, node)?)?;
    }
    Ok((staging.finish()?, genesis))
}
