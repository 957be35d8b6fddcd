//! Where this node stands, for `/v1/status` and `/metrics`.

use std::sync::Arc;

use biaozheng_ledger::ids::TimeMs;
use biaozheng_store::Store;
use biaozheng_webhook::Hooks;
use prometheus_client::metrics::gauge::Gauge;
use serde_json::{Value, json};

use crate::chain::consensus::ConsensusHandle;
use crate::chain::readiness::Readiness;
use crate::intake::settlements::Settlements;
use crate::log::checkpointer::Checkpointer;
use crate::log::witnessing::{LogWitnessStatus, LogWitnesses};
use crate::peers::gossip::Gossip;
use crate::run::clock::now;
use crate::run::clocks::{Clocks, Off, View};
use crate::run::identity::Identity;
use crate::run::metrics::Metrics;

/// What there is to tell of.
#[derive(Debug)]
pub struct Status {
    pub identity: Arc<Identity>,
    pub store: Store,
    pub readiness: Arc<Readiness>,
    pub settlements: Arc<Settlements>,
    pub checkpointer: Arc<Checkpointer>,
    pub witnessing: Arc<LogWitnesses>,
    pub clocks: Arc<Clocks>,
    pub gossip: Gossip,
    pub consensus: Arc<ConsensusHandle>,
    pub hooks: Arc<Hooks>,
    pub metrics: Arc<Metrics>,
    pub heartbeat_ms: u64,
}

fn set(gauge: &Gauge, value: u64) {
    gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
}

impl Status {
    /// Whose clock is off, as proposals show.
    fn clocks_off(&self) -> View {
        let identity = &self.identity;
        let precision_ms = identity.genesis.rest.time.precision_ms;
        let validators = self.readiness.voters.validators();
        self.clocks.view(&validators, identity.voter().as_ref(), precision_ms, now())
    }

    fn peers(&self) -> Vec<Value> {
        let show = |peer: crate::peers::gossip::PeerStatus| {
            let place = self.readiness.progress.peer(&peer.name);
            json!({
                "name": peer.name, "validator": peer.validator, "connected": peer.connected,
                "height": place.height, "tree_size": place.tree_size,
                "told_ms": (place.told > TimeMs::new(0)).then_some(place.told),
            })
        };
        self.gossip.peers().into_iter().map(show).collect()
    }

    fn witnesses(&self) -> Vec<Value> {
        let show = |one: LogWitnessStatus| json!({"name": one.name, "key": one.key, "size": one.size, "trouble": one.trouble});
        self.witnessing.all().into_iter().map(show).collect()
    }

    pub(super) async fn show(&self) -> Value {
        let Readiness { mempool, progress, voters, .. } = &*self.readiness;
        let consensus = self.consensus.state().await;
        let names = voters.validators();
        let proposer = consensus
            .as_ref()
            .and_then(|state| state.proposer)
            .and_then(|key| names.all().iter().find(|one| one.key == key).map(|one| one.name.clone()));
        let reasons = self.readiness.reasons();
        let clocks = self.clocks_off();
        let off = |one: &Off| json!({"name": one.name, "ahead_ms": one.ahead_ms, "refused": one.refused});
        let tip = self.store.tip();
        let idle_ms = now().saturating_since(progress.last_commit());
        json!({
            "name": self.identity.name,
            "role": if voters.votes() { "validator" } else { "observer" },
            "version": env!("CARGO_PKG_VERSION"),
            "chain": self.identity.chain, "height": tip.height, "block_time_ms": tip.time,
            "last_block_age_ms": idle_ms, "heartbeat_ms": self.heartbeat_ms,
            "history_size": tip.history_size, "certified_size": self.settlements.certified_size(),
            "witnesses": self.witnesses(),
            "waiting": mempool.len(), "peers": self.peers(),
            "missing_validators": voters.missing(), "quorum": names.quorum(),
            "validators": names.all().len(),
            "consensus": consensus.map(|state| json!({
                "height": state.height, "round": state.round, "step": state.step, "proposer": proposer,
            })),
            "next_block": if mempool.is_empty() {
                json!({"reason": "heartbeat", "in_ms": self.heartbeat_ms.saturating_sub(idle_ms)})
            } else {
                json!({"reason": "records wait"})
            },
            "engine_dropped_messages": self.consensus.dropped_messages(),
            "own_clock_ahead_ms": clocks.own_ahead_ms,
            "clocks_off": clocks.off.iter().map(off).collect::<Vec<_>>(),
            "ready": reasons.is_empty(), "reasons": reasons,
        })
    }

    /// OpenMetrics text, with what is only known when it is asked for.
    pub(super) fn metrics(&self) -> String {
        let (metrics, tip) = (&self.metrics, self.store.tip());
        set(&metrics.intake.waiting, self.readiness.mempool.len() as u64);
        set(&metrics.chain.height, tip.height.get());
        set(&metrics.chain.tree_size, tip.history_size);
        set(&metrics.log.certified_size, self.settlements.certified_size());
        let connected = self.gossip.peers().iter().filter(|peer| peer.connected).count();
        set(&metrics.chain.peers_connected, connected as u64);
        set(&metrics.disk_bytes, self.store.disk_bytes().unwrap_or(0));
        set(&metrics.log.witnessed_size, self.checkpointer.witnessed_size());
        set(&metrics.webhooks.behind, self.hooks.behind(tip.height.get()));
        set(&metrics.webhooks.aside, self.hooks.set_aside() as u64);
        let dropped = self.consensus.dropped_messages();
        metrics.chain.engine_dropped.inc_by(dropped.saturating_sub(metrics.chain.engine_dropped.get()));
        let clocks = self.clocks_off();
        metrics.chain.own_clock_ahead.set(clocks.own_ahead_ms.unwrap_or(0));
        let off = (clocks.off.len() as u64).saturating_add(u64::from(clocks.own_ahead_ms.is_some()));
        set(&metrics.chain.clocks_off, off);
        metrics.text()
    }
}
