//! When the next block has a reason to be made.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::ids::Height;

use super::progress::{LOAD, Progress};
use super::voters::Voters;
use crate::intake::mempool::Mempool;
use crate::peers::gossip::{Gossip, Message};
use crate::run::clock::now;
use crate::run::config::BlockSettings;

/// What a block is waited for with.
#[derive(Debug)]
pub struct BlockDemand {
    pub mempool: Arc<Mempool>,
    pub progress: Arc<Progress>,
    pub voters: Arc<Voters>,
    pub gossip: Gossip,
    pub blocks: BlockSettings,
}

impl BlockDemand {
    /// Waits until the next block has a reason: a record, a peer that starts, or the heartbeat.
    ///
    /// An observer waits for nobody: it proposes nothing, and being early costs nothing.
    pub async fn wait(&self, next: Height) {
        if !self.voters.votes() {
            return;
        }
        let heartbeat = Duration::from_millis(self.blocks.heartbeat_ms);
        let mut wanted = self.progress.wanted.subscribe();
        tokio::select! {
            () = self.work() => {
                // Under load the records themselves, which everybody is sent, wake the others.
                if self.progress.last_records() >= LOAD {
                    return;
                }
            }
            _ = wanted.wait_for(|height| *height >= next.get()) => return,
            () = tokio::time::sleep(heartbeat) => {}
        }
        self.gossip.broadcast(Message::Wake { height: next.get() }, false);
    }

    /// Resolves when a block is worth making: at once for a lone record; under load after the pace, or when the
    /// pool holds half a block.
    async fn work(&self) {
        self.mempool.filled(1).await;
        if self.progress.last_records() < LOAD {
            return;
        }
        let since = now().get().saturating_sub(self.progress.last_commit().get());
        let left = Duration::from_millis(self.blocks.pace_ms.saturating_sub(since));
        let full = self.mempool.filled(self.blocks.records_max.div_ceil(2));
        let _ = tokio::time::timeout(left, full).await;
    }
}
