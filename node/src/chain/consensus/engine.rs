//! Configures and starts the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::key::{PublicKey, SecretKey};
use libp2p::{PeerId, identity};
use malachite_app::config::{
    ConsensusConfig, DiscoveryConfig, NodeConfig, P2pConfig, PubSubProtocol, ValuePayload, ValueSyncConfig,
};
use malachite_app::types::Keypair;
use malachite_app::types::codec::Codec as _;
use malachite_app_channel::{
    ConsensusContext, ConsensusRequest, EngineBuilder, EngineHandle, NetworkContext, NetworkIdentity,
    RequestContext, SyncContext, WalContext,
};
use malachite_signing::Signer as _;
use tokio::sync::{mpsc, watch};
use tracing::error;

use super::application::{Application, Demand};
use super::codec::Borsh;
use super::context::{Address, Ctx};
use super::driver::Driver;
use super::guard::Guard;
use super::lock::Prevotes;
use super::parts::Assembler;
use super::places::{self, PeerPlace};
use super::signer::{GuardedSigner, StrictVerifier};
use super::timeouts::RoundTimeouts;
use crate::intake::keyring::Keyring;
use crate::peers::peering::Lookup;

/// What the engine needs to run.
pub struct ConsensusSettings {
    pub chain: ChainId,
    /// Holds `consensus/` (the engine's log) and `guard/`.
    pub home: PathBuf,
    pub moniker: String,
    pub listen: SocketAddr,
    /// The other nodes of the genesis.
    pub peers: Vec<PeerPlace>,
    pub network_key: SecretKey,
    /// `None` for an observer.
    pub consensus_key: Option<SecretKey>,
    pub timeouts: RoundTimeouts,
    pub demand: Demand,
}

impl std::fmt::Debug for ConsensusSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ConsensusSettings({} on {})", self.moniker, self.chain)
    }
}

/// Where consensus stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsensusState {
    pub height: u64,
    pub round: Option<u32>,
    pub step: String,
    pub proposer: Option<PublicKey>,
}

/// The running engine.
pub struct ConsensusHandle {
    requests: mpsc::Sender<ConsensusRequest<Ctx>>,
    engine: EngineHandle,
    failed: watch::Receiver<bool>,
    stopping: Arc<AtomicBool>,
}

impl std::fmt::Debug for ConsensusHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConsensusHandle")
    }
}

/// The libp2p name of a node's network key.
///
/// # Errors
/// When the key is no Ed25519 point.
pub fn peer_id(key: &PublicKey) -> anyhow::Result<PeerId> {
    let key = identity::ed25519::PublicKey::try_from_bytes(key.bytes()).context("network key")?;
    Ok(identity::PublicKey::from(key).to_peer_id())
}

#[derive(Debug, Clone)]
struct EngineConfig {
    moniker: String,
    consensus: ConsensusConfig,
    sync: ValueSyncConfig,
}

impl NodeConfig for EngineConfig {
    fn moniker(&self) -> &str {
        &self.moniker
    }

    fn consensus(&self) -> &ConsensusConfig {
        &self.consensus
    }

    fn consensus_mut(&mut self) -> &mut ConsensusConfig {
        &mut self.consensus
    }

    fn value_sync(&self) -> &ValueSyncConfig {
        &self.sync
    }

    fn value_sync_mut(&mut self) -> &mut ValueSyncConfig {
        &mut self.sync
    }
}

fn engine_config(settings: &ConsensusSettings) -> anyhow::Result<EngineConfig> {
    let family = if settings.listen.is_ipv4() { "ip4" } else { "ip6" };
    let listen = format!("/{family}/{}/tcp/{}", settings.listen.ip(), settings.listen.port());
    let p2p = P2pConfig {
        listen_addr: listen.parse()?,
        persistent_peers: settings.peers.iter().map(PeerPlace::at_first).collect(),
        persistent_peers_only: true,
        discovery: DiscoveryConfig {
            enabled: false,
            // Many nodes of a test consortium share one address.
            max_connections_per_ip: 256,
            ..DiscoveryConfig::default()
        },
        // Every node is connected to every other: nothing needs relaying, signing and verifying once more.
        protocol: PubSubProtocol::Broadcast,
        ..P2pConfig::default()
    };
    Ok(EngineConfig {
        moniker: settings.moniker.clone(),
        consensus: ConsensusConfig {
            p2p,
            value_payload: ValuePayload::ProposalAndParts,
            ..ConsensusConfig::default()
        },
        sync: ValueSyncConfig {
            status_update_interval: Duration::from_secs(2),
            request_timeout: Duration::from_secs(5),
            ..ValueSyncConfig::default()
        },
    })
}

/// Who this node is in the engine's network, and what it signs and verifies with: a validator behind the signer guard, or
/// a node that only follows.
async fn voice(
    settings: &ConsensusSettings,
    prevotes: Prevotes,
) -> anyhow::Result<(NetworkIdentity, ConsensusContext<Ctx>)> {
    let mut seed = *settings.network_key.seed();
    let keypair = Keypair::ed25519_from_bytes(&mut seed).context("network key")?;
    let verifier = StrictVerifier { chain: settings.chain, keys: Arc::new(Keyring::default()), prevotes };
    let Some(key) = settings.consensus_key.clone() else {
        let address = Address(settings.network_key.public());
        let identity = NetworkIdentity::new(settings.moniker.clone(), keypair, None);
        return Ok((identity, ConsensusContext::new_full_node(address, Box::new(verifier))));
    };
    let guard = Arc::new(Mutex::new(Guard::open(&settings.home.join("guard"))?));
    let public = key.public();
    let signer = GuardedSigner { chain: settings.chain, key, guard };
    let peer = keypair.public().to_peer_id().to_bytes();
    let proof = signer
        .sign_validator_proof(public.bytes().to_vec(), peer)
        .await
        .map_err(|error| anyhow!("validator proof: {error}"))?;
    let proof = Borsh.encode(&proof)?;
    let address = Address(public);
    let identity =
        NetworkIdentity::new_validator(settings.moniker.clone(), keypair, address.to_string(), proof);
    Ok((identity, ConsensusContext::new_validator(address, Box::new(verifier), Box::new(signer))))
}

/// Starts the engine and the loop that serves it.
///
/// # Errors
/// When the guard refuses, the address cannot be listened on, or a key is unusable.
pub async fn start(settings: ConsensusSettings, app: impl Application) -> anyhow::Result<ConsensusHandle> {
    let config = engine_config(&settings)?;
    let log = settings.home.join("consensus");
    std::fs::create_dir_all(&log)?;
    let prevotes = Prevotes::default();
    let own = settings.consensus_key.clone();
    let (identity, consensus) = voice(&settings, prevotes.clone()).await?;
    let (channels, engine) = EngineBuilder::new(Ctx, config)
        .with_default_wal(WalContext::new(log.join("engine.wal"), Borsh))
        .with_default_network(NetworkContext::new(identity, Borsh))
        .with_default_sync(SyncContext::new(Borsh))
        .with_default_consensus(consensus)
        .with_default_request(RequestContext::new(64))
        .build()
        .await
        .map_err(|error| anyhow!("the consensus engine does not start: {error:#}"))?;
    let driver = Driver {
        app,
        chain: settings.chain,
        own,
        keys: Keyring::default(),
        round: 0,
        judged: BTreeMap::new(),
        told: BTreeSet::new(),
        wrong: BTreeMap::new(),
        timeouts: settings.timeouts.linear(),
        demand: settings.demand,
        network: channels.network.clone(),
        parts: Assembler::default(),
        streams: 0,
        prevotes,
    };
    let (fail, failed) = watch::channel(false);
    let stopping = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stopping);
    let (messages, requests) = (channels.consensus, channels.requests.clone());
    // The rest of the channels lives as long as the loop.
    let (events, network) = (channels.events, channels.net_requests);
    tokio::spawn(places::keep(settings.peers, network.clone(), Lookup::default(), fail.subscribe()));
    tokio::spawn(async move {
        let end = driver.run(messages).await;
        if let Err(fatal) = end
            && !stopped.load(Ordering::Relaxed)
        {
            error!(%fatal, "consensus cannot go on");
        }
        fail.send_replace(true);
        drop((events, network));
    });
    Ok(ConsensusHandle { requests, engine, failed, stopping })
}

/// The engine's count, for whatever reason each was thrown away.
fn dropped_messages(text: &str) -> u64 {
    let samples = text.lines().filter(|line| !line.starts_with('#') && line.contains(DROPPED));
    samples.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).fold(0, u64::saturating_add)
}

/// What the engine calls them.
const DROPPED: &str = "dropped_buffered_messages_total";

impl ConsensusHandle {
    /// Resolves when the engine or the loop has ended, or the engine reports that its log is unsafe.
    pub async fn failed(&self) {
        let mut failed = self.failed.clone();
        loop {
            let ended = failed.wait_for(|failed| *failed);
            match tokio::time::timeout(Duration::from_secs(2), ended).await {
                Ok(_) => return,
                Err(_) if self.engine_is_unsafe() => {
                    error!(
                        "the engine stopped itself: its write-ahead log is damaged or cannot be written 共识引擎日志已损坏. The signer guard knows what was signed: leave guard/ as it is, look at the disk, start once; if it ends again put consensus/ aside and start. See docs/operating.md, 'A damaged engine log'"
                    );
                    return;
                }
                Err(_) => {}
            }
        }
    }

    /// Messages the engine threw away while it caught up, since the start.
    #[must_use]
    pub fn dropped_messages(&self) -> u64 {
        let mut text = String::new();
        malachite_metrics::export(&mut text);
        dropped_messages(&text)
    }

    fn engine_is_unsafe(&self) -> bool {
        let mut text = String::new();
        malachite_metrics::export(&mut text);
        text.lines().any(|line| {
            line.contains("safety_failure") && !line.starts_with('#') && line.trim_end().ends_with(" 1")
        })
    }

    /// Where consensus stands; `None` while the engine does not answer.
    pub async fn state(&self) -> Option<ConsensusState> {
        let dump = tokio::time::timeout(Duration::from_secs(1), ConsensusRequest::dump_state(&self.requests));
        let dump = dump.await.ok()?.ok()??;
        Some(ConsensusState {
            height: dump.consensus.height.0,
            round: dump.consensus.round.as_u32(),
            step: format!("{:?}", dump.consensus.step).to_lowercase(),
            proposer: dump.proposer.map(|address| address.0),
        })
    }

    /// Stops the engine and waits until it is down.
    pub async fn shutdown(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        if let Err(error) = self.engine.actor.stop_and_wait(None, None).await {
            error!(%error, "the engine did not stop in order");
        }
    }
}

#[cfg(test)]
mod tests {
    use malachite_metrics::{DropReason, DropReasonLabel, Metrics, SharedRegistry};

    use super::*;

    #[test]
    fn the_engines_own_count_of_dropped_messages_is_read() {
        let metrics = Metrics::register(&SharedRegistry::global().with_moniker("city"));
        for (reason, times) in [(DropReason::BufferFull, 3), (DropReason::Restart, 2)] {
            metrics.dropped_buffered_messages.get_or_create(&DropReasonLabel::new(reason)).inc_by(times);
        }
        let mut text = String::new();
        malachite_metrics::export(&mut text);
        assert_eq!(dropped_messages(&text), 5, "{text}");
        assert_eq!(dropped_messages("# nothing\n"), 0);
    }
}
