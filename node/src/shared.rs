//! What the node's tasks share: one value, behind one `Arc`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use biaozheng_contracts::Founding;
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, Height, TimeMs};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_ledger::validator::ValidatorSet;
use biaozheng_store::Store;
use tokio::sync::watch;

use crate::checkpointer::Checkpointer;
use crate::clock::now;
use crate::clocks::{Clocks, View};
use crate::config::Config;
use crate::gossip::Gossip;
use crate::journal::Journal;
use crate::keyring::Keyring;
use crate::mempool::Mempool;
use crate::metrics::Metrics;
use crate::misbehaviour::Seen;
use crate::project_order::ProjectOrder;
use crate::recent::Recent;
use crate::sealing::Sealer;
use crate::settlements::Settlements;
use crate::timestamping::Timestamps;
use crate::witnessing::Witnessing;

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
            last_records: AtomicU64::new(0),
            failed: AtomicBool::new(false),
            peers: Mutex::default(),
        }
    }

    pub fn commit(&self, height: Height, records: usize, now: TimeMs) {
        self.last_records.store(records as u64, Ordering::Relaxed);
        self.last_commit_ms.store(now.get(), Ordering::Relaxed);
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

    /// Consensus or the disk failed: nothing is acknowledged any more.
    pub fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }
}

impl Shared {
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
            |peer: crate::gossip::PeerStatus| (peer.validator && !peer.connected).then_some(peer.name);
        let mut names: Vec<String> = self.gossip.peers().into_iter().filter_map(missing).collect();
        names.sort_unstable();
        names
    }

    /// True when so many validators are in reach that blocks can be decided.
    #[must_use]
    pub fn quorum_in_reach(&self) -> bool {
        let set = self.validators();
        set.all().len().saturating_sub(self.missing_validators().len()) >= set.quorum()
    }
}
