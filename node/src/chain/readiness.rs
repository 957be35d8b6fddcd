//! Whether this node may promise anything now, and if not, why.

use std::sync::Arc;
use std::time::Duration;

use biaozheng_ledger::ids::Height;
use biaozheng_store::Store;

use super::progress::Progress;
use super::voters::Voters;
use crate::intake::mempool::Mempool;
use crate::run::stop::Stop;

/// What readiness follows from.
#[derive(Debug)]
pub struct Readiness {
    pub store: Store,
    pub mempool: Arc<Mempool>,
    pub progress: Arc<Progress>,
    pub voters: Arc<Voters>,
    pub stop: Stop,
    /// How often this node makes a block while nothing waits.
    pub heartbeat: Duration,
}

impl Readiness {
    /// How long nothing has been decided although something should be.
    #[must_use]
    pub fn standing(&self) -> Option<Duration> {
        // Who does not vote makes no blocks: it waits for what it acknowledged, and the heartbeat is the others'.
        let votes = self.voters.votes();
        self.progress.standing(self.mempool.longest_wait(!votes), votes.then_some(self.heartbeat))
    }

    /// Empty when ready, else what is wrong.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let mut reasons = Vec::new();
        if self.stop.has_failed() {
            reasons.push(
                "this node stopped itself because it cannot trust its disk or its engine; see its log".into(),
            );
        }
        if !self.voters.quorum_in_reach() {
            let missing = self.voters.missing().join(", ");
            reasons.push(format!("too few validators are in reach to decide blocks; missing: {missing}"));
        }
        if self.store.tip().height == Height::GENESIS {
            reasons.push("no block yet".into());
        } else if reasons.is_empty()
            && let Some(standing) = self.standing()
        {
            reasons.push(format!(
                "no block for {} s although one is due: nothing is promised until blocks are decided again",
                standing.as_secs()
            ));
        }
        reasons
    }
}
