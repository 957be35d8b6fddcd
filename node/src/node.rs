//! Puts a node together and runs it until it is told to stop or cannot trust itself any more.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use biaozheng_contracts::Founding;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::Height;
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::record::Record;
use biaozheng_ledger::validator::ValidatorSet;
use biaozheng_store::Store;
use tokio::sync::{mpsc, watch};
use tracing::{error, info, warn};

use crate::application::{NodeApplication, demand, send};
use crate::checkpointer::{Checkpointer, CosignerKeys};
use crate::clock::now;
use crate::clocks::Clocks;
use crate::config::Config;
use crate::consensus::{self, ConsensusSettings, EngineLog, Guard};
use crate::documents::Documents;
use crate::executor::{Executor, StoredState, next_validators};
use crate::gossip::{self, Peer};
use crate::journal::Journal;
use crate::keyring::Keyring;
use crate::keys::read_secret;
use crate::mempool::Mempool;
use crate::metrics::Metrics;
use crate::misbehaviour::Seen;
use crate::project_order::ProjectOrder;
use crate::recent::Recent;
use crate::settlements::Settlements;
use crate::shared::{Progress, Shared};
use crate::timestamping::Timestamps;
use crate::witnessing::Witnessing;
use biaozheng_contracts::chain::validators;

/// Makes the store and the signer guard of a new node. Done once, on purpose: a node that finds its guard
/// missing refuses to sign instead of making a new one.
///
/// # Errors
/// When anything is there already.
pub fn initialise(home: &Path, genesis: &Genesis) -> anyhow::Result<()> {
    drop(Store::create(&home.join("data"), genesis)?);
    if home.join("keys").join("consensus.key").exists() {
        Guard::create(&home.join("guard")).context("signer guard")?;
    }
    Ok(())
}

/// Requests of peers that wait to be looked at, each of `message_bytes_max` at the most; while they are that many, peers are
/// read no further.
const FROM_PEERS_MAX: usize = 128;

/// A node that runs.
#[derive(Debug)]
pub struct RunningNode {
    pub shared: Arc<Shared>,
    pub api_address: std::net::SocketAddr,
}

/// Why a node ended in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to.
    Stopped,
    /// A validator that only followed may vote from now on: start it again.
    GuardPassed,
}

/// Runs a node until `stop` resolves. `started` hears once, when blocks advance.
///
/// # Errors
/// When it cannot start, or has to stop because it cannot trust its disk or its engine.
pub async fn run(
    config: Config,
    stop: impl Future<Output = ()> + Send + 'static,
    started: impl FnOnce(&RunningNode, Height) + Send + 'static,
) -> anyhow::Result<Ended> {
    crate::damage::check(&config.home)?;
    let genesis_json = std::fs::read_to_string(config.home.join("genesis.json"))
        .with_context(|| format!("reading {}", config.home.join("genesis.json").display()))?;
    let genesis = Genesis::from_json(genesis_json.as_bytes())?;
    let chain = genesis.chain_id();
    let entry = genesis
        .rest
        .nodes
        .iter()
        .find(|node| node.name == config.name)
        .with_context(|| format!("the genesis names no node '{}'", config.name))?
        .clone();
    let key = |name: &str| {
        let path = config.keys_path().join(format!("{name}.key"));
        let missing = format!(
            "{} is missing 密钥文件缺失: is its disk mounted? Put the node's own key back from where it is kept; another one is not this node's",
            path.display()
        );
        ensure!(path.exists(), missing);
        anyhow::Ok(read_secret(&path)?)
    };
    let (network_key, api_key) = (key("network")?, key("api")?);
    ensure!(network_key.public() == entry.network_key, "keys/network.key is not the one the genesis names");
    ensure!(api_key.public() == entry.api_key, "keys/api.key is not the one the genesis names");
    // A node the genesis lets follow may have a key since: it votes from the block on from which the chain names it.
    let consensus_key = if entry.consensus_key.is_some() || config.voting_key_path().exists() {
        Some(key("consensus")?)
    } else {
        None
    };
    let cosigner = match entry.consensus_key {
        None => None,
        Some(_) => Some(CosignerKeys { cosigner: key("cosigner")?, log: key("log")? }),
    };

    let connections_max = crate::descriptors::provide(&config, genesis.rest.nodes.len())?;
    let documents = Documents::start(&config.documents).await?;
    let store = Store::open(&config.home.join("data"), &chain)?;
    let first = store.tip().height;
    if let Some(key) = &consensus_key {
        check_voting_key(&key.public(), &config.name, &genesis, &store)?;
    }
    let engine_log = EngineLog::read(&config.consensus_path())?;
    let follow = match &consensus_key {
        Some(_) => {
            Guard::open(&config.guard_path())?.follow_until(first.get(), engine_log.is_of(first.next()))
        }
        None => None,
    };
    let consensus_key = match follow {
        Some(height) => {
            warn!(
                height,
                "the signer guard knows of signatures above this node's store: following until that block is decided, then voting again"
            );
            None
        }
        None => consensus_key,
    };
    let settlements = Arc::new(Settlements::default());
    let keyring = Arc::new(Keyring::default());
    config.check_against(&genesis)?;
    let validators = next_validators(&store, &genesis).map_err(|error| anyhow::anyhow!(error.0))?;
    let outside = config.witnesses.iter().map(|one| one.key.clone()).collect();
    let publish_wait = Duration::from_millis(config.witnessing.publish_wait_ms);
    let checkpointer =
        Checkpointer::open(store.clone(), &genesis, &config.name, cosigner, Arc::clone(&settlements))?
            .with_witnesses(outside, publish_wait)?;
    let (events, from_peers) = mpsc::channel(FROM_PEERS_MAX);
    let peers = gossip_peers(&config, &genesis)?;
    let gossip = gossip::start(&config.gossip, &network_key, peers, events).await?;
    let executor = Executor::open(store.clone(), &genesis, Arc::clone(&keyring))?;
    let sealer = crate::sealing::Sealer::open(&config, chain)?.map(Arc::new);
    let shared = Arc::new(Shared {
        sealer,
        founding: Founding::of(&genesis)?,
        voting_key: consensus_key.as_ref().map(SecretKey::public),
        validators: watch::Sender::new(Arc::new(ValidatorSet::new(Vec::new()))),
        mempool: Mempool::new(config.mempool.records_max, config.mempool.bytes_max),
        recent: Recent::default(),
        projects: ProjectOrder::load(&StoredState(&store))?,
        journal: Journal::start(store.clone()),
        progress: Progress::new(first, now()),
        metrics: Metrics::new(),
        clocks: Clocks::default(),
        genesis_json,
        chain,
        api_key,
        keyring,
        settlements,
        checkpointer,
        witnessing: Witnessing::default(),
        misbehaviour: Seen::load(&config.home, &chain)?,
        timestamps: Timestamps::open(&config.home)?,
        gossip,
        store,
        genesis,
        config,
    });
    shared.vote(Arc::new(validators));
    restore_pending(&shared)?;
    // The newest block's line may not have left before a crash; it can be made again.
    if let Some(header) = &shared.store.tip().header {
        for outgoing in shared.checkpointer.committed(header)? {
            send(&shared, outgoing);
        }
    }
    let operator = Arc::default();
    crate::control::start(Arc::clone(&shared), Arc::clone(&operator))?;
    tokio::spawn(crate::ingest::run(Arc::clone(&shared), from_peers));
    tokio::spawn(crate::ingest::housekeeping(Arc::clone(&shared)));
    tokio::spawn(crate::reach::run(Arc::clone(&shared)));
    tokio::spawn(crate::sealing::run(Arc::clone(&shared)));
    crate::witnessing::start(&shared)?;
    crate::timestamping::start(&shared)?;

    let listener = tokio::net::TcpListener::bind(shared.config.api.listen)
        .await
        .with_context(|| format!("the API cannot listen on {}", shared.config.api.listen))?;
    let api_address = listener.local_addr()?;
    let application = NodeApplication::new(
        Arc::clone(&shared),
        executor,
        consensus_key.as_ref().map(|k| k.public()).as_ref(),
    );
    let settings = consensus_settings(&shared, network_key, consensus_key)?;
    let consensus = Arc::new(consensus::start(settings, application).await?);
    let hooks = Arc::new(crate::webhook::start(&shared)?);
    let _ = operator.set(Arc::downgrade(&hooks));
    let backend =
        crate::backend::NodeBackend::new(Arc::clone(&shared), Arc::clone(&consensus), documents, hooks);
    let backend = Arc::new(backend);
    let (stop_api, api_stopped) = tokio::sync::oneshot::channel::<()>();
    let limits = crate::backend::api_limits(&shared.config, connections_max);
    let server = tokio::spawn(biaozheng_api::serve(listener, backend, limits, async move {
        let _ = api_stopped.await;
    }));
    // One block at once, so that 'started' means that blocks advance.
    shared.progress.want(first.next().get());
    let running = RunningNode { shared: Arc::clone(&shared), api_address };
    tokio::spawn(announce(running, first, started));

    let mut ended = Ended::Stopped;
    tokio::select! {
        () = stop => info!("stopping"),
        () = consensus.failed() => {
            shared.progress.fail();
            error!("consensus stopped; nothing is acknowledged any more");
        }
        () = watch_failure(Arc::clone(&shared)) => {}
        () = passed(&shared, follow) => {
            info!("the chain has passed the signer guard: this validator votes again");
            ended = Ended::GuardPassed;
        }
    }
    let failed = shared.progress.has_failed();
    let _ = stop_api.send(());
    consensus.shutdown().await;
    let _ = tokio::time::timeout(Duration::from_secs(5), server).await;
    if let Some(failure) = shared.store.failure() {
        crate::damage::keep(&shared.config.home, &failure);
        return Err(anyhow::Error::new(failure)
            .context("the node stopped 节点已停止; it acknowledged nothing it has not stored"));
    }
    if failed {
        bail!(
            "the node stopped because it cannot go on safely; the log says why. It acknowledged nothing it has not stored"
        );
    }
    Ok(ended)
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

/// Resolves once the block a follower waits for is committed; never for others.
async fn passed(shared: &Shared, follow: Option<u64>) {
    let Some(height) = follow else { return std::future::pending().await };
    let mut committed = shared.progress.committed.subscribe();
    if committed.wait_for(|tip| tip.get() >= height).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Resolves when some part failed, or the store met damage or a failing disk on whoever's read or write.
async fn watch_failure(shared: Arc<Shared>) {
    while !shared.progress.has_failed() {
        if let Some(failure) = shared.store.failure() {
            error!(%failure, "stopping: this node cannot trust its store");
            shared.progress.fail();
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Says when blocks advance, and meanwhile what is missing.
async fn announce(running: RunningNode, first: Height, started: impl FnOnce(&RunningNode, Height)) {
    let shared = &running.shared;
    let mut committed = shared.progress.committed.subscribe();
    loop {
        let advance = committed.wait_for(|height| *height > first);
        match tokio::time::timeout(Duration::from_secs(3), advance).await {
            Ok(Ok(height)) => {
                let height = *height;
                started(&running, height);
                return;
            }
            Ok(Err(_)) => return,
            Err(_) => {
                let missing = shared.missing_validators();
                if missing.is_empty() {
                    info!("all validators are connected; waiting for the next block");
                } else {
                    warn!(missing = ?missing, "blocks do not advance yet: these validators are not connected");
                }
                shared.progress.want(shared.store.tip().height.next().get());
                shared.gossip.broadcast(
                    gossip::Message::Wake { height: shared.store.tip().height.next().get() },
                    false,
                );
            }
        }
    }
}

/// Records that were acknowledged before a restart wait for their block again.
fn restore_pending(shared: &Shared) -> anyhow::Result<()> {
    // All of them, which the store bounds: the cover held some beside the pool, and the limits may have been made smaller.
    let stored = shared.store.pending(usize::MAX)?;
    let count = stored.len();
    if let Some(sealer) = &shared.sealer {
        sealer.resume(shared)?;
    }
    for (received, envelope) in stored {
        let record = Record::from_envelope(envelope).and_then(|record| crate::ingest::verify(shared, record));
        match record {
            Ok(record) if shared.store.contains(&record.id())? => {
                shared.store.remove_pending(&[record.id()])?
            }
            Ok(record) => {
                let held = shared.sealer.as_ref().map(|one| one.hold(shared, &record)).transpose()?;
                if held.flatten().is_none() {
                    shared.mempool.insert_promised(Arc::new(record), received);
                }
            }
            Err(reason) => {
                let what = shared.store.found_damaged(format!(
                    "a record this node acknowledged does not verify any more: {reason}"
                ));
                return Err(what.into());
            }
        }
    }
    if count > 0 {
        info!(count, "records acknowledged before the restart wait for their block");
    }
    Ok(())
}

fn gossip_peers(config: &Config, genesis: &Genesis) -> anyhow::Result<Vec<Peer>> {
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

fn consensus_settings(
    shared: &Arc<Shared>,
    network_key: SecretKey,
    consensus_key: Option<SecretKey>,
) -> anyhow::Result<ConsensusSettings> {
    let config = &shared.config;
    let mut peers = Vec::new();
    for node in shared.genesis.rest.nodes.iter().filter(|node| node.name != config.name) {
        let address = config.peers.iter().find(|peer| peer.name == node.name);
        peers.push(consensus::PeerPlace {
            name: node.name.clone(),
            id: consensus::peer_id(&node.network_key)?,
            address: address.map(|peer| peer.consensus.parse()).transpose()?,
        });
    }
    let waiting = Arc::clone(shared);
    Ok(ConsensusSettings {
        chain: shared.chain,
        home: config.home.clone(),
        moniker: config.name.clone(),
        listen: config.consensus.listen,
        peers,
        network_key,
        consensus_key,
        timeouts: config.consensus.timeouts(),
        demand: Arc::new(move |next| Box::pin(demand(Arc::clone(&waiting), next))),
    })
}
