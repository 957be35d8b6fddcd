//! What the node's tasks share: one value, behind one `Arc`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_contracts::Founding;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, Height, TimeMs};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::validator::ValidatorSet;
use biaozheng_store::Store;
use tokio::sync::watch;
use tracing::error;

use crate::chain::consensus::Fatal;
use crate::chain::misbehaviour::Seen;
use crate::chain::project_order::ProjectOrder;
use crate::intake::journal::Journal;
use crate::intake::keyring::Keyring;
use crate::intake::mempool::Mempool;
use crate::intake::recent::Recent;
use crate::intake::settlements::Settlements;
use crate::log::checkpointer::Checkpointer;
use crate::log::timestamping::Timestamps;
use crate::log::witnessing::Witnessing;
use crate::peers::gossip::Gossip;
use crate::run::clock::now;
use crate::run::clocks::{Clocks, View};
use crate::run::config::Config;
use crate::run::metrics::Metrics;
use crate::sealing::Sealer;

/// Longer without a block although a record waits, and nothing more is promised: several rounds have passed in vain.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for a heartbeat's block, which nobody waits for.
const HEARTBEAT_PATIENCE: Duration = Duration::from_secs(30);

/// The parts of a running node.
#[derive(Debug)]
pub struct Shared {
    pub config: Config,
    pub genesis: Genesis,
    pub genesis_json: String,
    pub chain: ChainId,
    pub founding: Founding,
    /// The key this node votes with where it has a vote; `None` for one that only follows.
    pub voting_key: Option<PublicKey>,
    pub api_key: SecretKey,
    pub store: Store,
    pub keyring: Arc<Keyring>,
    pub mempool: Mempool,
    pub recent: Recent,
    pub projects: ProjectOrder,
    /// Who decides the next block.
    pub validators: watch::Sender<Arc<ValidatorSet>>,
    pub settlements: Arc<Settlements>,
    pub checkpointer: Checkpointer,
    pub journal: Journal,
    pub gossip: Gossip,
    pub metrics: Metrics,
    pub progress: Progress,
    /// What proposals say of everybody's clock.
    pub clocks: Clocks,
    /// Outside witnesses, as they were when they were asked last.
    pub witnessing: Witnessing,
    /// The newest checkpoint an authority dated.
    pub timestamps: Timestamps,
    /// Validators that signed twice, as this node saw it.
    pub misbehaviour: Seen,
    /// This node's part in the groups of sealed bids, where it has one.
    pub sealer: Option<Arc<Sealer>>,
}

/// Where this node stands, for `status`, readiness and those who wait.
#[derive(Debug)]
pub struct Progress {
    /// The highest height someone wants to start.
    pub wanted: watch::Sender<u64>,
    /// The committed height.
    pub committed: watch::Sender<Height>,
    last_commit_ms: AtomicU64,
    /// The same by a clock that nobody sets.
    last_commit_at: Mutex<Instant>,
    last_records: AtomicU64,
    failed: AtomicBool,
    peers: Mutex<BTreeMap<String, PeerPlace>>,
}

/// Where a peer said it stands. Nobody proves it: for those who run nodes, and for nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct PeerPlace {
    /// Its newest block, as it last told.
    pub height: Option<u64>,
    /// Leaves of the newest tree it cosigned.
    pub tree_size: Option<u64>,
    pub told: TimeMs,
}

impl Progress {
    #[must_use]
    pub fn new(height: Height, now: TimeMs) -> Self {
        Self {
            wanted: watch::Sender::new(0),
            committed: watch::Sender::new(height),
            last_commit_ms: AtomicU64::new(now.get()),
            last_commit_at: Mutex::new(Instant::now()),
            last_records: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            peers: Mutex::default(),
        }
    }

    pub fn commit(&self, height: Height, records: usize, now: TimeMs) {
        self.last_records.store(records as u64, Ordering::Relaxed);
        self.last_commit_ms.store(now.get(), Ordering::Relaxed);
        *self.last_commit_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.committed.send_replace(height);
    }

    /// A peer told a height or a tree. Peers are the nodes of the genesis, so there are few.
    pub fn peer_told(&self, name: &str, height: Option<u64>, tree_size: Option<u64>, now: TimeMs) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let place = peers.entry(name.to_owned()).or_default();
        *place = PeerPlace {
            height: place.height.max(height),
            tree_size: place.tree_size.max(tree_size),
            told: now,
        };
    }

    #[must_use]
    pub fn peer(&self, name: &str) -> PeerPlace {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers.get(name).copied().unwrap_or_default()
    }

    /// By this node's clock.
    #[must_use]
    pub fn last_commit(&self) -> TimeMs {
        TimeMs::new(self.last_commit_ms.load(Ordering::Relaxed))
    }

    /// How long nothing has been decided although something should be: `waits` is how long the first waiting record has
    /// waited, `heartbeat` after how long this node makes a block with none, where it makes blocks. `None` while blocks come, or need not.
    #[must_use]
    pub fn standing(&self, waits: Option<Duration>, heartbeat: Option<Duration>) -> Option<Duration> {
        let since = self.last_commit_at.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        match waits {
            Some(waits) if waits.min(since) > PATIENCE => Some(since),
            _ if heartbeat.is_some_and(|every| since > every.saturating_add(HEARTBEAT_PATIENCE)) => {
                Some(since)
            }
            _ => None,
        }
    }

    /// Records of the newest block this node wrote since it started.
    #[must_use]
    pub fn last_records(&self) -> u64 {
        self.last_records.load(Ordering::Relaxed)
    }

    pub fn want(&self, height: u64) {
        self.wanted.send_if_modified(|wanted| {
            let higher = height > *wanted;
            *wanted = height.max(*wanted);
            higher
        });
    }

    /// Consensus or the disk failed: nothing is acknowledged any more. Whoever has a reason to name calls [`Shared::stop`].
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// The one treatment of what a task finds it cannot trust (its disk, its state): the reason is written, nothing is
    /// acknowledged any more, and the node ends. A rule's refusal never comes here.
    pub fn stop(&self, fatal: &Fatal) {
        error!(%fatal, "stopping: this node cannot trust its disk");
        self.progress.fail();
    }

    /// As [`Shared::stop`], for whoever hands the failure on in words of its own.
    pub fn stopped<E: ToString>(&self, failure: E) -> E {
        self.stop(&Fatal::new(failure.to_string()));
        failure
    }

    /// Who decides the next block.
    #[must_use]
    pub fn validators(&self) -> Arc<ValidatorSet> {
        Arc::clone(&self.validators.borrow())
    }

    /// True when this node votes on the next block.
    #[must_use]
    pub fn votes(&self) -> bool {
        self.voting_key.is_some_and(|own| self.validators().all().iter().any(|one| one.key == own))
    }

    /// Whose clock is off, as proposals show.
    #[must_use]
    pub fn clocks_off(&self) -> View {
        let own = self.voting_key.map(|key| key.id());
        self.clocks.view(&self.validators(), own.as_ref(), self.genesis.rest.time.precision_ms, now())
    }

    /// Says who votes from the next block on.
    pub fn vote(&self, validators: Arc<ValidatorSet>) {
        self.gossip.vote(&validators);
        self.validators.send_replace(validators);
    }

    /// Names of the validators this node cannot reach now (never itself), in order.
    #[must_use]
    pub fn missing_validators(&self) -> Vec<String> {
        let missing =
            |peer: crate::peers::gossip::PeerStatus| (peer.validator && !peer.connected).then_some(peer.name);
        let mut names: Vec<String> = self.gossip.peers().into_iter().filter_map(missing).collect();
        names.sort_unstable();
        names
    }

    /// How long nothing has been decided although something should be.
    #[must_use]
    pub fn standing(&self) -> Option<Duration> {
        // Who does not vote makes no blocks: it waits for what it acknowledged, and the heartbeat is the others'.
        let votes = self.votes();
        let heartbeat = votes.then(|| Duration::from_millis(self.config.blocks.heartbeat_ms));
        self.progress.standing(self.mempool.longest_wait(!votes), heartbeat)
    }

    /// True when so many validators are in reach that blocks can be decided.
    #[must_use]
    pub fn quorum_in_reach(&self) -> bool {
        let set = self.validators();
        set.all().len().saturating_sub(self.missing_validators().len()) >= set.quorum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_stands_when_what_is_due_does_not_come() {
        let (second, heartbeat) = (Duration::from_secs(1), Some(Duration::from_secs(30)));
        let progress = Progress::new(Height::new(7), TimeMs::new(0));
        let ago = |ago: Duration| {
            *progress.last_commit_at.lock().unwrap() = Instant::now().checked_sub(ago).unwrap()
        };
        assert_eq!(progress.standing(None, heartbeat), None);
        ago(11 * second);
        assert_eq!(progress.standing(None, heartbeat), None, "nothing waits, and the heartbeat is not due");
        assert_eq!(progress.standing(Some(second), heartbeat), None, "the record has just come");
        assert!(progress.standing(Some(11 * second), heartbeat).unwrap() >= 11 * second);
        ago(59 * second);
        assert_eq!(progress.standing(None, heartbeat), None);
        ago(61 * second);
        assert!(progress.standing(None, heartbeat).is_some(), "the heartbeat's block is missing");
        assert_eq!(progress.standing(None, None), None, "one that only follows makes no heartbeat");
        progress.commit(Height::new(8), 1, TimeMs::new(1));
        assert_eq!(progress.standing(Some(99 * second), heartbeat), None, "blocks come");
    }
}
