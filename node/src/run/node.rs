//! Puts a node together and runs it until it is told to stop or cannot trust itself any more.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::Height;
use biaozheng_store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::{error, info};

use super::announce::Announcement;
use super::config::Config;
use super::parts::Parts;
use super::peers::consensus_peers;
use super::secrets::Secrets;
use super::stop::Stop;
use crate::chain::consensus::{self, ConsensusHandle, ConsensusSettings, Guard};
use crate::chain::progress::Progress;
use crate::serve::backend::api_limits;
use crate::serve::documents::Documents;

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

/// A node that runs.
#[derive(Debug)]
pub struct RunningNode {
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
    super::damage::check(&config.home)?;
    let genesis_json = std::fs::read_to_string(config.home.join("genesis.json"))
        .with_context(|| format!("reading {}", config.home.join("genesis.json").display()))?;
    let genesis = Genesis::from_json(genesis_json.as_bytes())?;
    let mut secrets = Secrets::read(&config, &genesis)?;
    let connections_max = super::descriptors::provide(&config, genesis.rest.nodes.len())?;
    let documents = Documents::start(&config.documents).await?;
    let store = Store::open(&config.home.join("data"), &genesis.chain_id())?;
    let first = store.tip().height;
    let follow = secrets.guarded(&config, &genesis, &store)?;
    let (parts, from_peers) = Parts::make(config, genesis, genesis_json, store, &mut secrets).await?;
    parts.restore()?;
    let operator = Arc::default();
    super::control::start(&parts.config().home, parts.store().clone(), Arc::clone(&operator))?;
    parts.start_tasks(from_peers)?;

    let listen = parts.config().api.listen;
    let listener =
        TcpListener::bind(listen).await.with_context(|| format!("the API cannot listen on {listen}"))?;
    let api_address = listener.local_addr()?;
    let settings = consensus_settings(&parts, secrets)?;
    let consensus = Arc::new(consensus::start(settings, parts.application()?).await?);
    let hooks = Arc::new(parts.hooks()?);
    let _ = operator.set(Arc::downgrade(&hooks));
    let backend = Arc::new(parts.backend(Arc::clone(&consensus), documents, hooks));
    let (stop_api, api_stopped) = oneshot::channel::<()>();
    let limits = api_limits(parts.config(), connections_max);
    let server = tokio::spawn(biaozheng_api::serve(listener, backend, limits, async move {
        let _ = api_stopped.await;
    }));
    // One block at once, so that 'started' means that blocks advance.
    parts.progress().want(first.next().get());
    let announcement = Announcement::of(&parts, first);
    tokio::spawn(announcement.run(move |height| started(&RunningNode { api_address }, height)));

    let ended = end(&parts, stop, &consensus, follow).await;
    let failed = parts.stop().has_failed();
    let _ = stop_api.send(());
    consensus.shutdown().await;
    let _ = tokio::time::timeout(Duration::from_secs(5), server).await;
    if let Some(failure) = parts.store().failure() {
        super::damage::keep(&parts.config().home, &failure);
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

/// Resolves once there is a reason to end.
async fn end(
    parts: &Parts,
    stop: impl Future<Output = ()>,
    consensus: &ConsensusHandle,
    follow: Option<u64>,
) -> Ended {
    tokio::select! {
        () = stop => info!("stopping"),
        () = consensus.failed() => {
            parts.stop().fail();
            error!("consensus stopped; nothing is acknowledged any more");
        }
        () = watch_failure(parts.stop(), parts.store()) => {}
        () = passed(parts.progress(), follow) => {
            info!("the chain has passed the signer guard: this validator votes again");
            return Ended::GuardPassed;
        }
    }
    Ended::Stopped
}

/// Resolves once the block a follower waits for is committed; never for others.
async fn passed(progress: &Progress, follow: Option<u64>) {
    let Some(height) = follow else { return std::future::pending().await };
    let mut committed = progress.committed.subscribe();
    if committed.wait_for(|tip| tip.get() >= height).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Resolves when some part failed, or the store met damage or a failing disk on whoever's read or write.
async fn watch_failure(stop: &Stop, store: &Store) {
    while !stop.has_failed() {
        if let Some(failure) = store.failure() {
            error!(%failure, "stopping: this node cannot trust its store");
            stop.fail();
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn consensus_settings(parts: &Parts, secrets: Secrets) -> anyhow::Result<ConsensusSettings> {
    let (config, identity, demand) = (parts.config(), parts.identity(), Arc::new(parts.demand()));
    Ok(ConsensusSettings {
        chain: identity.chain,
        home: config.home.clone(),
        moniker: config.name.clone(),
        listen: config.consensus.listen,
        peers: consensus_peers(config, &identity.genesis)?,
        network_key: secrets.network,
        consensus_key: secrets.consensus,
        timeouts: config.consensus.timeouts(),
        demand: Arc::new(move |next| {
            let demand = Arc::clone(&demand);
            Box::pin(async move { demand.wait(next).await })
        }),
    })
}
