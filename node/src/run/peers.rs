//! Where the other nodes of the genesis are, for both networks.

use biaozheng_ledger::genesis::Genesis;

use super::config::Config;
use crate::chain::consensus::{self, PeerPlace};
use crate::peers::gossip::Peer;

/// For records and cosignatures.
pub(super) fn gossip_peers(config: &Config, genesis: &Genesis) -> anyhow::Result<Vec<Peer>> {
    let mut peers = Vec::new();
    for node in genesis.rest.nodes.iter().filter(|node| node.name != config.name) {
        let address = config.peers.iter().find(|peer| peer.name == node.name);
        peers.push(Peer {
            name: node.name.clone(),
            id: consensus::peer_id(&node.network_key)?,
            address: address.map(|peer| peer.gossip.parse()).transpose()?,
            cosigns: node.consensus_key.is_some(),
        });
    }
    Ok(peers)
}

/// For the engine.
pub(super) fn consensus_peers(config: &Config, genesis: &Genesis) -> anyhow::Result<Vec<PeerPlace>> {
    let mut peers = Vec::new();
    for node in genesis.rest.nodes.iter().filter(|node| node.name != config.name) {
        let address = config.peers.iter().find(|peer| peer.name == node.name);
        peers.push(PeerPlace {
            name: node.name.clone(),
            id: consensus::peer_id(&node.network_key)?,
            address: address.map(|peer| peer.consensus.parse()).transpose()?,
        });
    }
    Ok(peers)
}
