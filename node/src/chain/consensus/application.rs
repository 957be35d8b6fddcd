//! What the engine asks of the node.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use biaozheng_ledger::ids::{BlockHash, Height};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use bytes::Bytes;

/// A proposed block, this node's or another's: header and records as encoded by the ledger, and the id the body would be
/// decided under ([`Application::block_id`]), which is computed once.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub id: BlockHash,
    pub body: Bytes,
}

/// This node's verdict about a body. `id` is its header's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    pub id: BlockHash,
    pub valid: bool,
}

/// How a body came to this node, which says whether its time is still to be judged.
///
/// A block's time is judged by those who see it while it is new. Once a quorum has prevoted for it, enough honest nodes
/// have judged it, and some may be locked on it: refusing it later because time has passed would stand the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'a> {
    /// Proposed now by the round's proposer; nobody is known to have accepted it.
    Fresh(&'a PublicKey),
    /// Proposed again by the round's proposer, with a verified proof that a quorum prevoted for it.
    Locked(&'a PublicKey),
    /// Decided; it came by value sync, whose proposer is not to be trusted.
    Decided,
}

impl Source<'_> {
    /// Whether a body's time is to be judged now: only what is new is. `accepted` says that this node has judged it valid
    /// before, in any round of this height; nothing has been put into it since.
    #[must_use]
    pub const fn is_new(&self, accepted: bool) -> bool {
        matches!(self, Self::Fresh(_)) && !accepted
    }

    /// The round's proposer, where it is known.
    #[must_use]
    pub const fn proposer(&self) -> Option<&PublicKey> {
        match self {
            Self::Fresh(key) | Self::Locked(key) => Some(key),
            Self::Decided => None,
        }
    }
}

/// A decided block with the proof that it was decided.
#[derive(Clone, Debug)]
pub struct Decided {
    pub height: Height,
    pub round: u32,
    pub id: BlockHash,
    /// See `biaozheng_ledger::commit`.
    pub certificate: Bytes,
}

/// A voter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorInfo {
    pub name: String,
    pub key: PublicKey,
    /// Always 1: threshold keys count heads.
    pub power: u64,
}

/// Our own failure: the disk, or a broken invariant. The node stops; it never turns into a verdict.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Fatal(String);

impl Fatal {
    #[must_use]
    pub const fn new(reason: String) -> Self {
        Self(reason)
    }
}

/// Resolves when the next height has a reason to start. Runs beside the loop, which stays responsive.
pub type Demand = Arc<dyn Fn(Height) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// The node behind the engine. Every answer is durable before it is given.
#[async_trait]
pub trait Application: Send + 'static {
    /// Height of the newest committed block, 0 at the genesis.
    fn committed(&self) -> Height;

    /// Lowest height whose block can be handed to others.
    fn min_height(&self) -> Height;

    /// Who votes at this height, which is always the next one.
    fn validators(&self, height: Height) -> Vec<ValidatorInfo>;

    /// Builds a block; the same for the same height and round, restarts included.
    async fn propose(&mut self, height: Height, round: u32) -> Result<Proposal, Fatal>;

    /// The id a body would be decided under, well-formed or not: its header's hash.
    fn block_id(&self, body: &Bytes) -> BlockHash;

    /// Judges a body, whoever made it, with its id. What is wrong with it is a verdict; [`Fatal`] is this node's own failure alone.
    async fn assess(
        &mut self,
        height: Height,
        round: u32,
        source: Source<'_>,
        proposal: Proposal,
    ) -> Result<Assessment, Fatal>;

    /// What was seen in a round before a crash.
    async fn undecided(&mut self, height: Height, round: u32) -> Result<Vec<(PublicKey, Assessment)>, Fatal>;

    /// A body seen at a height, for sending it again.
    async fn body_of(&mut self, height: Height, id: BlockHash) -> Result<Option<Bytes>, Fatal>;

    /// Commits; durable when it returns.
    async fn commit(&mut self, decided: Decided) -> Result<(), Fatal>;

    /// Certificate and body of a committed height, for a node that catches up.
    async fn decided(&mut self, height: Height) -> Result<Option<(Bytes, Bytes)>, Fatal>;

    /// Double votes and proposals of the last height; `unproven` more are none for the chain, since both are for one block.
    async fn misbehaviour(&mut self, seen: Vec<Misbehaviour>, unproven: usize);

    async fn round_started(&mut self, height: Height, round: u32, proposer: &PublicKey);
}
