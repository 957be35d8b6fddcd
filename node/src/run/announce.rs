//! Says when blocks advance after a start, and meanwhile what is missing.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::ids::Height;
use biaozheng_store::Store;
use tracing::{info, warn};

use super::parts::Parts;
use crate::chain::progress::Progress;
use crate::chain::voters::Voters;
use crate::peers::gossip::{Gossip, Message};

/// What is watched until the first block after a start.
#[derive(Debug)]
pub(super) struct Announcement {
    store: Store,
    progress: Arc<Progress>,
    voters: Arc<Voters>,
    gossip: Gossip,
    first: Height,
}

impl Announcement {
    /// `first` is the height the node started at.
    pub(super) fn of(parts: &Parts, first: Height) -> Self {
        Self {
            store: parts.store().clone(),
            progress: Arc::clone(parts.progress()),
            voters: Arc::clone(parts.voters()),
            gossip: parts.gossip().clone(),
            first,
        }
    }

    /// Until blocks advance, and then says so to `started`.
    pub(super) async fn run(self, started: impl FnOnce(Height)) {
        let mut committed = self.progress.committed.subscribe();
        loop {
            let advance = committed.wait_for(|height| *height > self.first);
            match tokio::time::timeout(Duration::from_secs(3), advance).await {
                Ok(Ok(height)) => {
                    let height = *height;
                    return started(height);
                }
                Ok(Err(_)) => return,
                Err(_) => self.say_what_is_missing(),
            }
        }
    }

    fn say_what_is_missing(&self) {
        let missing = self.voters.missing();
        if missing.is_empty() {
            info!("all validators are connected; waiting for the next block");
        } else {
            warn!(missing = ?missing, "blocks do not advance yet: these validators are not connected");
        }
        let next = self.store.tip().height.next().get();
        self.progress.want(next);
        self.gossip.broadcast(Message::Wake { height: next }, false);
    }
}
