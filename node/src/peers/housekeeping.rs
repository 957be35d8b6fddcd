//! Looks after what got stuck: own records nobody included, lines nobody answered, waiters who left.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_store::Store;

use super::gossip::{Gossip, Message};
use crate::chain::consensus::Fatal;
use crate::intake::door::encoded;
use crate::intake::judge::Judge;
use crate::intake::mempool::Mempool;
use crate::intake::refusals::Refusals;
use crate::intake::settlements::Settlements;
use crate::log::checkpointer::Checkpointer;
use crate::run::stop::Stop;

/// Own records of one push; the others follow at the next.
const PUSHED_MAX: usize = 4096;
/// Own records tried anew at a time.
const TRIED_MAX: usize = 256;

/// The task, and what it looks after.
#[derive(Debug)]
pub struct Housekeeping {
    pub store: Store,
    pub judge: Judge,
    pub mempool: Arc<Mempool>,
    pub refusals: Arc<Refusals>,
    pub settlements: Arc<Settlements>,
    pub checkpointer: Arc<Checkpointer>,
    pub gossip: Gossip,
    pub stop: Stop,
}

/// Sends this node's own waiting records to the validators again.
pub fn push_again(mempool: &Mempool, gossip: &Gossip, age: Duration) {
    let waiting = mempool.own_older_than(age, PUSHED_MAX);
    if !waiting.is_empty() {
        gossip.records(waiting.iter().map(|record| encoded(record.envelope())).collect());
    }
}

impl Housekeeping {
    /// A round each second, until the disk fails.
    pub async fn run(self) {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.settlements.sweep();
            push_again(&self.mempool, &self.gossip, Duration::from_secs(3));
            self.ask_for_lines();
            // Read when it leaves.
            self.gossip.broadcast(Message::Clock { time_ms: 0 }, false);
            if let Err(fatal) = tokio::task::block_in_place(|| self.try_again()) {
                self.stop.stop(&fatal);
                return;
            }
        }
    }

    fn ask_for_lines(&self) {
        if let Some(line) = self.checkpointer.open_line() {
            self.gossip.broadcast(Message::Cosignature { size: line.size, line: line.line }, false);
            self.gossip.broadcast(Message::WantCheckpoint, false);
        } else if self.settlements.certified_size() < self.store.tip().history_size {
            self.gossip.broadcast(Message::WantCheckpoint, false);
        }
    }

    /// What the rules refuse by now is told and forgotten.
    fn try_again(&self) -> Result<(), Fatal> {
        let stuck = self.mempool.own_older_than(Duration::from_secs(2), TRIED_MAX);
        stuck.iter().try_for_each(|record| match self.judge.trial(record)? {
            Ok(()) => Ok(()),
            Err(reject) => self.refusals.refuse(&record.id(), reject),
        })
    }
}
