//! The parts of a node, made once and handed to the tasks that use them.
//!
//! **Invariant:** only this file sees them all. What a task may touch is what its own struct holds.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::genesis::Genesis;
use biaozheng_store::Store;
use biaozheng_webhook::{Hooks, StartError};
use tokio::sync::mpsc;

use super::clock::now;
use super::clocks::Clocks;
use super::config::Config;
use super::identity::Identity;
use super::metrics::Metrics;
use super::peers::gossip_peers;
use super::secrets::Secrets;
use super::stop::Stop;
use crate::chain::application::{NodeApplication, Proposing};
use crate::chain::consensus::ConsensusHandle;
use crate::chain::demand::BlockDemand;
use crate::chain::effects::Effects;
use crate::chain::executor::{Executor, StoredState, next_validators};
use crate::chain::misbehaviour::Seen;
use crate::chain::progress::Progress;
use crate::chain::project_order::ProjectOrder;
use crate::chain::readiness::Readiness;
use crate::chain::voters::Voters;
use crate::intake::backlog::Pace;
use crate::intake::door::Door;
use crate::intake::journal::Journal;
use crate::intake::judge::Judge;
use crate::intake::keyring::Keyring;
use crate::intake::mempool::Mempool;
use crate::intake::recent::Recent;
use crate::intake::refusals::Refusals;
use crate::intake::settlements::Settlements;
use crate::log::certificates::Certificates;
use crate::log::checkpointer::{Checkpointer, CosignerKeys};
use crate::log::timestamping::{Timestamping, Timestamps};
use crate::log::witnessing::{LogWitnesses, Questions};
use crate::peers::gossip::{self, Gossip, GossipEvent};
use crate::peers::hearing::Hearing;
use crate::peers::housekeeping::Housekeeping;
use crate::peers::outgoing::send;
use crate::sealing::{Sealer, Sealing};
use crate::serve::backend::NodeBackend;
use crate::serve::blocks::Blocks;
use crate::serve::documents::Documents;
use crate::serve::operator::Operator;
use crate::serve::records::Records;
use crate::serve::status::Status;
use crate::serve::submitting::Submitting;
use crate::serve::webhook::{self, CommittedBlocks};

/// Requests of peers that wait to be looked at, each of `message_bytes_max` at the most; while they are that many, peers are
/// read no further.
const FROM_PEERS_MAX: usize = 128;

/// Everything several tasks hold.
#[derive(Debug)]
pub(super) struct Parts {
    config: Arc<Config>,
    identity: Arc<Identity>,
    store: Store,
    keyring: Arc<Keyring>,
    judge: Judge,
    mempool: Arc<Mempool>,
    refusals: Arc<Refusals>,
    settlements: Arc<Settlements>,
    recent: Arc<Recent>,
    door: Arc<Door>,
    projects: Arc<ProjectOrder>,
    progress: Arc<Progress>,
    voters: Arc<Voters>,
    readiness: Arc<Readiness>,
    clocks: Arc<Clocks>,
    misbehaviour: Arc<Seen>,
    checkpointer: Arc<Checkpointer>,
    timestamps: Arc<Timestamps>,
    witnessing: Arc<LogWitnesses>,
    sealer: Option<Arc<Sealer>>,
    gossip: Gossip,
    metrics: Arc<Metrics>,
    stop: Stop,
}

impl Parts {
    /// Makes them, and the swarm; gives what peers send. Nothing is taken from anybody yet.
    ///
    /// # Errors
    /// When the store, a key or a kept file cannot be used.
    pub(super) async fn make(
        config: Config,
        genesis: Genesis,
        genesis_json: String,
        store: Store,
        secrets: &mut Secrets,
    ) -> anyhow::Result<(Self, mpsc::Receiver<GossipEvent>)> {
        config.check_against(&genesis)?;
        let (events, from_peers) = mpsc::channel(FROM_PEERS_MAX);
        let peers = gossip_peers(&config, &genesis)?;
        let settlements = Arc::new(Settlements::default());
        let settled = Arc::clone(&settlements);
        let checkpointer = checkpointer(&config, &genesis, &store, secrets.cosigner.take(), settled)?;
        let gossip = gossip::start(&config.gossip, &secrets.network, peers, events).await?;
        let validators = next_validators(&store, &genesis).map_err(|error| anyhow::anyhow!(error.0))?;
        let chain = genesis.chain_id();
        let metrics = Arc::new(Metrics::new());
        let sealer = Sealer::open(&config, chain, &store, &metrics)?.map(Arc::new);
        let others = genesis.rest.nodes.len().saturating_sub(1);
        let voting_key = secrets.consensus.as_ref().map(biaozheng_ledger::key::SecretKey::public);
        let voters = Arc::new(Voters::new(voting_key, validators, gossip.clone()));
        let identity =
            Identity::new(config.name.clone(), genesis, genesis_json, voting_key, secrets.api.clone())?;
        let identity = Arc::new(identity);
        let keyring = Arc::new(Keyring::default());
        let mempool = Mempool::new(config.mempool.records_max, config.mempool.bytes_max).among(others);
        let mempool = Arc::new(mempool);
        let (progress, stop) = (Arc::new(Progress::new(store.tip().height, now())), Stop::default());
        let heartbeat = Duration::from_millis(config.blocks.heartbeat_ms);
        let readiness = Arc::new(Readiness {
            store: store.clone(),
            mempool: Arc::clone(&mempool),
            progress: Arc::clone(&progress),
            voters: Arc::clone(&voters),
            stop: stop.clone(),
            heartbeat,
        });
        let judge = Judge::new(Arc::clone(&identity), store.clone(), Arc::clone(&keyring));
        let door = Arc::new(door(&config, &judge, &readiness, sealer.as_ref(), (&gossip, &metrics)));
        let parts = Self {
            refusals: Arc::new(Refusals {
                identity: Arc::clone(&identity),
                store: store.clone(),
                mempool: Arc::clone(&mempool),
                settlements: Arc::clone(&settlements),
                metrics: Arc::clone(&metrics),
            }),
            recent: Arc::default(),
            projects: Arc::new(ProjectOrder::load(&StoredState(&store))?),
            clocks: Arc::default(),
            misbehaviour: Arc::new(Seen::load(&config.home, &chain)?),
            checkpointer: Arc::new(checkpointer),
            timestamps: Arc::new(Timestamps::open(&config.home)?),
            witnessing: Arc::default(),
            config: Arc::new(config),
            identity,
            keyring,
            judge,
            mempool,
            settlements,
            door,
            progress,
            voters,
            readiness,
            sealer,
            gossip,
            metrics,
            stop,
            store,
        };
        Ok((parts, from_peers))
    }

    /// What was acknowledged before a restart waits again, and the newest block's line is made again: it may not have left
    /// before a crash.
    ///
    /// # Errors
    /// When it cannot be read, or does not verify any more.
    pub(super) fn restore(&self) -> anyhow::Result<()> {
        if let Some(entries) = &self.door.entries {
            entries.resume()?;
        }
        let count = self.door.restore()?;
        if count > 0 {
            tracing::info!(count, "records acknowledged before the restart wait for their block");
        }
        if let Some(header) = &self.store.tip().header {
            for outgoing in self.checkpointer.committed(header)? {
                send(&self.gossip, outgoing);
            }
        }
        Ok(())
    }

    /// Starts the tasks that run beside consensus and the API.
    ///
    /// # Errors
    /// When a witness or an authority is configured that cannot be asked.
    pub(super) fn start_tasks(&self, from_peers: mpsc::Receiver<GossipEvent>) -> anyhow::Result<()> {
        tokio::spawn(self.hearing().run(from_peers));
        tokio::spawn(self.housekeeping().run());
        tokio::spawn(crate::peers::reach::run(self.gossip.clone()));
        if let Some(sealer) = &self.sealer {
            tokio::spawn(self.sealing(Arc::clone(sealer)).run());
        }
        self.questions().start(&self.config.witnesses)?;
        self.timestamping().start()
    }

    fn hearing(&self) -> Hearing {
        Hearing {
            store: self.store.clone(),
            door: Arc::clone(&self.door),
            checkpointer: Arc::clone(&self.checkpointer),
            progress: Arc::clone(&self.progress),
            voters: Arc::clone(&self.voters),
            clocks: Arc::clone(&self.clocks),
            sealer: self.sealer.clone(),
            gossip: self.gossip.clone(),
            stop: self.stop.clone(),
        }
    }

    fn housekeeping(&self) -> Housekeeping {
        Housekeeping {
            store: self.store.clone(),
            judge: self.judge.clone(),
            mempool: Arc::clone(&self.mempool),
            refusals: Arc::clone(&self.refusals),
            settlements: Arc::clone(&self.settlements),
            checkpointer: Arc::clone(&self.checkpointer),
            gossip: self.gossip.clone(),
            stop: self.stop.clone(),
        }
    }

    fn sealing(&self, sealer: Arc<Sealer>) -> Sealing {
        Sealing {
            sealer,
            store: self.store.clone(),
            door: Arc::clone(&self.door),
            progress: Arc::clone(&self.progress),
            misbehaviour: Arc::clone(&self.misbehaviour),
            gossip: self.gossip.clone(),
            stop: self.stop.clone(),
        }
    }

    fn questions(&self) -> Questions {
        Questions {
            store: self.store.clone(),
            checkpointer: Arc::clone(&self.checkpointer),
            witnessing: Arc::clone(&self.witnessing),
            settings: self.config.witnessing.clone(),
            metrics: Arc::clone(&self.metrics),
            stop: self.stop.clone(),
        }
    }

    fn timestamping(&self) -> Timestamping {
        Timestamping {
            settings: self.config.timestamps.clone(),
            timestamps: Arc::clone(&self.timestamps),
            checkpointer: Arc::clone(&self.checkpointer),
            metrics: Arc::clone(&self.metrics),
            stop: self.stop.clone(),
        }
    }

    /// The node as consensus sees it.
    ///
    /// # Errors
    /// When the stored state cannot be read.
    pub(super) fn application(&self) -> anyhow::Result<NodeApplication> {
        let identity = &self.identity;
        let executor = Executor::open(self.store.clone(), &identity.genesis, Arc::clone(&self.keyring))?;
        let proposing = Proposing {
            store: self.store.clone(),
            mempool: Arc::clone(&self.mempool),
            refusals: Arc::clone(&self.refusals),
            clocks: Arc::clone(&self.clocks),
            metrics: Arc::clone(&self.metrics),
            misbehaviour: Arc::clone(&self.misbehaviour),
            signs_records: self.sealer.is_some(),
            blocks: self.config.blocks.clone(),
            timeouts: self.config.consensus.timeouts(),
            bounds: identity.genesis.rest.time,
            stop: self.stop.clone(),
        };
        let effects = Effects {
            identity: Arc::clone(identity),
            store: self.store.clone(),
            voters: Arc::clone(&self.voters),
            mempool: Arc::clone(&self.mempool),
            projects: Arc::clone(&self.projects),
            recent: Arc::clone(&self.recent),
            progress: Arc::clone(&self.progress),
            metrics: Arc::clone(&self.metrics),
            settlements: Arc::clone(&self.settlements),
            checkpointer: Arc::clone(&self.checkpointer),
            gossip: self.gossip.clone(),
        };
        Ok(NodeApplication::new(proposing, effects, executor, identity.voting_key.as_ref()))
    }

    /// When the next block has a reason.
    pub(super) fn demand(&self) -> BlockDemand {
        BlockDemand {
            mempool: Arc::clone(&self.mempool),
            progress: Arc::clone(&self.progress),
            voters: Arc::clone(&self.voters),
            gossip: self.gossip.clone(),
            blocks: self.config.blocks.clone(),
        }
    }

    /// Starts the webhooks.
    ///
    /// # Errors
    /// When a secret or a cursor cannot be used.
    pub(super) fn hooks(&self) -> Result<Hooks, StartError> {
        let blocks = CommittedBlocks {
            store: self.store.clone(),
            progress: Arc::clone(&self.progress),
            metrics: Arc::clone(&self.metrics),
            stop: self.stop.clone(),
        };
        webhook::start(&self.config, &self.identity.chain, blocks)
    }

    /// The node behind the API.
    pub(super) fn backend(
        &self,
        consensus: Arc<ConsensusHandle>,
        documents: Documents,
        hooks: Arc<Hooks>,
    ) -> NodeBackend {
        let (identity, store) = (&self.identity, &self.store);
        let certificates = Arc::new(Certificates::new(
            Arc::clone(identity),
            store.clone(),
            Arc::clone(&self.recent),
            Arc::clone(&self.checkpointer),
            Arc::clone(&self.timestamps),
        ));
        let records = Arc::new(Records {
            store: store.clone(),
            door: Arc::clone(&self.door),
            certificates: Arc::clone(&certificates),
        });
        NodeBackend {
            submitting: Submitting {
                identity: Arc::clone(identity),
                store: store.clone(),
                door: Arc::clone(&self.door),
                settlements: Arc::clone(&self.settlements),
                certificates,
                promise_ms: self.config.mempool.promise_ms,
            },
            blocks: Blocks { chain: identity.chain, store: store.clone(), records: Arc::clone(&records) },
            records,
            projects: Arc::clone(&self.projects),
            status: self.status(consensus, hooks),
            operator: Operator {
                config: Arc::clone(&self.config),
                chain: identity.chain,
                store: store.clone(),
            },
            documents,
        }
    }

    fn status(&self, consensus: Arc<ConsensusHandle>, hooks: Arc<Hooks>) -> Status {
        Status {
            identity: Arc::clone(&self.identity),
            store: self.store.clone(),
            readiness: Arc::clone(&self.readiness),
            settlements: Arc::clone(&self.settlements),
            checkpointer: Arc::clone(&self.checkpointer),
            witnessing: Arc::clone(&self.witnessing),
            clocks: Arc::clone(&self.clocks),
            gossip: self.gossip.clone(),
            consensus,
            hooks,
            metrics: Arc::clone(&self.metrics),
            heartbeat_ms: self.config.blocks.heartbeat_ms,
        }
    }

    pub(super) fn config(&self) -> &Arc<Config> {
        &self.config
    }

    pub(super) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    pub(super) const fn store(&self) -> &Store {
        &self.store
    }

    pub(super) const fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(super) fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    pub(super) fn voters(&self) -> &Arc<Voters> {
        &self.voters
    }

    pub(super) const fn gossip(&self) -> &Gossip {
        &self.gossip
    }
}

/// The checkpointer with the outside witnesses of the configuration.
fn checkpointer(
    config: &Config,
    genesis: &Genesis,
    store: &Store,
    keys: Option<CosignerKeys>,
    settlements: Arc<Settlements>,
) -> anyhow::Result<Checkpointer> {
    let outside = config.witnesses.iter().map(|one| one.key.clone()).collect();
    let publish_wait = Duration::from_millis(config.witnessing.publish_wait_ms);
    Checkpointer::open(store.clone(), genesis, &config.name, keys, settlements)?
        .with_witnesses(outside, publish_wait)
}

/// A client's, a peer's and this node's own records come in here.
fn door(
    config: &Config,
    judge: &Judge,
    readiness: &Arc<Readiness>,
    sealer: Option<&Arc<Sealer>>,
    told: (&Gossip, &Arc<Metrics>),
) -> Door {
    let (gossip, metrics) = told;
    let store = readiness.store.clone();
    Door {
        judge: judge.clone(),
        mempool: Arc::clone(&readiness.mempool),
        journal: Journal::start(store.clone()),
        entries: sealer.map(|sealer| sealer.entries()),
        readiness: Arc::clone(readiness),
        pace: pace(config),
        gossip: gossip.clone(),
        metrics: Arc::clone(metrics),
        stop: readiness.stop.clone(),
        store,
    }
}

/// What a promise is held against.
fn pace(config: &Config) -> Pace {
    Pace {
        block_records_max: config.blocks.records_max,
        block_bytes_max: config.blocks.bytes_max,
        block_ms: config.consensus.propose_timeout_ms,
        promise_ms: config.mempool.promise_ms,
    }
}
