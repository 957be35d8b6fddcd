//! What a committed block brings about in this node, effect by effect, in their order.
//!
//! **Invariant:** the block is on disk, synced, before the first of them; none of them is an answer to anybody that the
//! disk does not bear out. A crash between two of them loses nothing: what the next start needs it reads from the store.

use std::sync::Arc;

use biaozheng_ledger::block::Header;
use biaozheng_ledger::validator::{Validator, ValidatorSet};
use biaozheng_store::{CommittedRecord, Store};
use tracing::info;

use super::progress::Progress;
use super::project_order::ProjectOrder;
use super::voters::Voters;
use crate::chain::consensus::Fatal;
use crate::intake::mempool::Mempool;
use crate::intake::recent::Recent;
use crate::intake::settlements::{Settlement, Settlements};
use crate::log::checkpointer::Checkpointer;
use crate::peers::gossip::Gossip;
use crate::peers::outgoing::send;
use crate::run::clock::now;
use crate::run::identity::Identity;
use crate::run::metrics::Metrics;

/// Whom a committed block concerns.
#[derive(Debug)]
pub struct Effects {
    pub identity: Arc<Identity>,
    pub store: Store,
    pub voters: Arc<Voters>,
    pub mempool: Arc<Mempool>,
    pub projects: Arc<ProjectOrder>,
    pub recent: Arc<Recent>,
    pub progress: Arc<Progress>,
    pub metrics: Arc<Metrics>,
    pub settlements: Arc<Settlements>,
    pub checkpointer: Arc<Checkpointer>,
    pub gossip: Gossip,
}

/// A block that is on disk, and who decides the next one.
#[derive(Debug)]
pub struct CommittedBlock {
    pub header: Header,
    pub records: Vec<CommittedRecord>,
    /// Who decided it.
    pub before: Arc<ValidatorSet>,
    pub deciding: Arc<ValidatorSet>,
}

impl Effects {
    /// Everything that follows, in this order.
    ///
    /// # Errors
    /// [`Fatal`] when the chain names this node's voting key for another node, or a checkpoint cannot be stored.
    pub fn follow(&self, block: &CommittedBlock) -> Result<(), Fatal> {
        self.change_voters(block)?;
        self.leave_pool(block);
        self.list_projects(block);
        self.move_on(block);
        self.count(block);
        self.wake_waiters(block);
        self.cosign(block)?;
        self.look_at_early_checkpoints()?;
        self.forget_undecided(block)
    }

    /// Other validators may decide from the next block on, this node among them or not.
    fn change_voters(&self, block: &CommittedBlock) -> Result<(), Fatal> {
        let deciding = &block.deciding;
        if *deciding == block.before {
            return Ok(());
        }
        let identity = &self.identity;
        let foreign = |one: &&Validator| Some(one.key) == identity.voting_key && one.name != identity.name;
        if let Some(other) = deciding.all().iter().find(foreign) {
            return Err(Fatal::new(format!(
                "the chain names this node's voting key for {}: two nodes that vote with one key sign twice",
                other.name
            )));
        }
        let names: Vec<&str> = deciding.all().iter().map(|one| one.name.as_str()).collect();
        info!(height = %block.header.height.next(), validators = ?names, "other validators decide from here on");
        self.voters.change(Arc::clone(deciding));
        if !self.voters.votes() {
            // Those who gave them to it push them to who votes now.
            self.mempool.keep_own();
        }
        Ok(())
    }

    /// The block's records wait no longer; those of this node's own clients are kept until their certificates are fetched.
    fn leave_pool(&self, block: &CommittedBlock) {
        let waited = self.mempool.remove(block.records.iter().map(|record| &record.id));
        self.recent.put(&block.header, &block.records, waited);
    }

    /// Projects that began go to the front of the newest.
    fn list_projects(&self, block: &CommittedBlock) {
        self.projects.committed(&block.records);
    }

    /// Whoever waits for a height hears of it.
    fn move_on(&self, block: &CommittedBlock) {
        self.progress.commit(block.header.height, block.records.len(), now());
    }

    fn count(&self, block: &CommittedBlock) {
        self.metrics.committed(&block.header, block.records.len());
    }

    /// Clients that wait for a record hear that it is in a block.
    fn wake_waiters(&self, block: &CommittedBlock) {
        for record in &block.records {
            self.settlements.settle(&record.id, &Settlement::Committed { leaf: record.leaf_index });
        }
    }

    /// This node's line under the new tree, and what lines of others make of it.
    fn cosign(&self, block: &CommittedBlock) -> Result<(), Fatal> {
        for outgoing in self.checkpointer.committed(&block.header)? {
            send(&self.gossip, outgoing);
        }
        Ok(())
    }

    /// Complete checkpoints of others that came before their block.
    fn look_at_early_checkpoints(&self) -> Result<(), Fatal> {
        self.checkpointer.retry_early()
    }

    /// Bodies that were proposed up to this height are not needed any more.
    fn forget_undecided(&self, block: &CommittedBlock) -> Result<(), Fatal> {
        self.store.prune_undecided(block.header.height).map_err(|error| Fatal::new(error.to_string()))
    }
}
