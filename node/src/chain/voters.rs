//! Who decides the next block, and whether this node is one of them.

use std::sync::Arc;

use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::validator::ValidatorSet;
use tokio::sync::watch;

use crate::peers::gossip::{Gossip, PeerStatus};

/// The validators of the next block, and who of them is in reach.
#[derive(Debug)]
pub struct Voters {
    own: Option<PublicKey>,
    deciding: watch::Sender<Arc<ValidatorSet>>,
    gossip: Gossip,
}

impl Voters {
    /// `own` is the key this node votes with where it has a vote.
    #[must_use]
    pub fn new(own: Option<PublicKey>, validators: ValidatorSet, gossip: Gossip) -> Self {
        gossip.vote(&validators);
        Self { own, deciding: watch::Sender::new(Arc::new(validators)), gossip }
    }

    /// Who decides the next block.
    #[must_use]
    pub fn validators(&self) -> Arc<ValidatorSet> {
        Arc::clone(&self.deciding.borrow())
    }

    /// The key this node votes with where it has a vote.
    #[must_use]
    pub const fn own(&self) -> Option<&PublicKey> {
        self.own.as_ref()
    }

    /// True when this node votes on the next block.
    #[must_use]
    pub fn votes(&self) -> bool {
        self.own.is_some_and(|own| self.validators().all().iter().any(|voter| voter.key == own))
    }

    /// Says who votes from the next block on.
    pub fn change(&self, validators: Arc<ValidatorSet>) {
        self.gossip.vote(&validators);
        self.deciding.send_replace(validators);
    }

    /// Names of the validators this node cannot reach now (never itself), in order.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let missing = |peer: PeerStatus| (peer.validator && !peer.connected).then_some(peer.name);
        let mut names: Vec<String> = self.gossip.peers().into_iter().filter_map(missing).collect();
        names.sort_unstable();
        names
    }

    /// True when so many validators are in reach that blocks can be decided.
    #[must_use]
    pub fn quorum_in_reach(&self) -> bool {
        let set = self.validators();
        set.all().len().saturating_sub(self.missing().len()) >= set.quorum()
    }
}
