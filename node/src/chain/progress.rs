//! Where this node stands: its newest block, when it came, and what its peers say of theirs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_ledger::ids::{Height, TimeMs};
use tokio::sync::watch;

/// Longer without a block although a record waits, and nothing more is promised: several rounds have passed in vain.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for a heartbeat's block, which nobody waits for.
const HEARTBEAT_PATIENCE: Duration = Duration::from_secs(30);

/// Records of a block from which on the next one is paced.
pub const LOAD: u64 = 16;

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
    /// Of blocks that followed each other under load, a moving mean, µs; 0 before there were two.
    loaded_block_us: AtomicU64,
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
            loaded_block_us: AtomicU64::new(0),
            peers: Mutex::default(),
        }
    }

    pub fn commit(&self, height: Height, records: usize, now: TimeMs) {
        self.last_commit_ms.store(now.get(), Ordering::Relaxed);
        let at = Instant::now();
        let before = {
            let mut last = self.last_commit_at.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *last, at)
        };
        self.took(height, records, at.saturating_duration_since(before));
    }

    /// A block of so many records was committed, so long after the one before.
    pub fn took(&self, height: Height, records: usize, after: Duration) {
        let before = self.last_records.swap(records as u64, Ordering::Relaxed);
        // Only blocks that were made because much waited say how long one takes.
        if before >= LOAD && records as u64 >= LOAD {
            let mean = self.loaded_block_us.load(Ordering::Relaxed);
            let took = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
            let mean = if mean == 0 { took } else { (mean / 8).saturating_mul(7).saturating_add(took / 8) };
            self.loaded_block_us.store(mean.max(1), Ordering::Relaxed);
        }
        self.committed.send_replace(height);
    }

    /// How long a block takes under load, as this node saw it; `None` before it saw one.
    #[must_use]
    pub fn loaded_block_ms(&self) -> Option<u64> {
        let mean = self.loaded_block_us.load(Ordering::Relaxed);
        (mean > 0).then(|| mean.div_ceil(1000))
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
