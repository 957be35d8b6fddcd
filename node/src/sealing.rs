//! This node's part in the groups of sealed bids: ceremonies, blind signatures, openings, and the cover of entries.
//!
//! After each committed block a step reads the state at the tip and does what is due: nothing is kept that a restart
//! would lose, but dummies' tokens. What a label is due for, [`biaozheng_contracts::opening::due::due`] alone says.
//!
//! **Invariant:** a share signs only labels of that list, computed here from a decided block; a peer's message never
//! makes this node sign. Secrets are read from files only their owner can read and leave them encrypted.

mod ahead;
mod ceremony;
pub mod cover;
mod dummies;
pub mod entries;
mod keys;
mod opening;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_client::Author;
use biaozheng_ledger::ids::{ChainId, ProjectId, RecordId};
use biaozheng_ledger::record::Record;
use biaozheng_seal::dkg::NodeSecret;
use biaozheng_seal::group::{PartialSignature, PrivateShare, PublicPolynomial, StorageKey};
use biaozheng_seal::label::Label;
use biaozheng_seal::seed::Seed;
use biaozheng_store::Store;
use futures::future::join_all;
use serde_json::Value;
use tokio::sync::Notify;
use tracing::{debug, warn};

use crate::chain::consensus::Fatal;
use crate::chain::executor::StoredState;
use crate::chain::misbehaviour::Seen;
use crate::chain::progress::Progress;
use crate::intake::door::{Door, From, NotTaken};
use crate::peers::gossip::{Gossip, Message};
use crate::run::clock::now;
use crate::run::metrics::SealingMetrics;
use crate::run::stop::Stop;
use entries::Entries;

use biaozheng_contracts::opening::due;
pub use keys::{MadeKeys, create_keys, read_keys};

/// How long a submitted record has before it is made anew.
const AGAIN: Duration = Duration::from_secs(8);
/// Between two sendings of the same partial signature.
const SEND_AGAIN: Duration = Duration::from_secs(1);
/// How long a peer that sent a bad part is not heard for that label. Not for ever: it may have been a step behind at a
/// change of the group, and its next part is good.
const SILENCE: Duration = Duration::from_secs(5);
/// A step reads the state beside the blocks that change it, and a block may come between two of its reads. What is the
/// disk's failure fails again: so often it is read again, after this pause, before the node stops.
const READ_AGAIN: u32 = 3;
const READ_PAUSE: Duration = Duration::from_millis(100);

/// A node's secrets and what it holds in memory for the present block.
pub struct Sealer {
    author: Author,
    node: NodeSecret,
    seed: Seed,
    storage: StorageKey,
    folder: PathBuf,
    chain: ChainId,
    /// How many entries of each size class leave at each moment.
    cover: usize,
    entries: Arc<Entries>,
    metrics: SealingMetrics,
    held: Mutex<Held>,
    /// A quorum's parts of a label are here: the next step need not wait for a block.
    complete: Notify,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({})", self.author.org())
    }
}

/// Bounded by the labels that are due and the members of the group.
#[derive(Default)]
struct Held {
    shares: BTreeMap<String, PrivateShare>,
    /// Ceremonies whose share this node has.
    taken: BTreeSet<RecordId>,
    /// By label; only labels that are due.
    partials: BTreeMap<Vec<u8>, Waiting>,
    group: Option<PublicPolynomial>,
    /// Records under way, by what they are for.
    submitted: BTreeMap<String, (Instant, RecordId)>,
    /// Since when an opening could be submitted.
    ready: BTreeMap<String, Instant>,
    stock: dummies::Stock,
    /// By label: how many layers were open when the next ones were begun.
    ahead: BTreeMap<Vec<u8>, u32>,
}

struct Waiting {
    label: Label,
    sent: Option<Instant>,
    parts: BTreeMap<u16, PartialSignature>,
    /// Peers that sent a bad one, and when: not heard for this label for [`SILENCE`].
    convicted: BTreeMap<String, Instant>,
    /// The group's, once a quorum's parts gave it.
    signature: Option<[u8; 48]>,
}

/// What one step found to do.
#[derive(Default)]
struct Work {
    records: Vec<(String, Record)>,
    messages: Vec<Message>,
    /// Sealed entries that leave now, clients' and dummies alike.
    entries: Vec<Record>,
}

impl Waiting {
    fn new(label: Label) -> Self {
        Self { label, sent: None, parts: BTreeMap::new(), convicted: BTreeMap::new(), signature: None }
    }

    fn is_silenced(&self, peer: &str) -> bool {
        self.convicted.get(peer).is_some_and(|at| at.elapsed() < SILENCE)
    }
}

impl Held {
    /// The group's keys of now. Parts of another epoch's shares do not go together with this one's.
    fn set_group(&mut self, group: PublicPolynomial) {
        if self.group.as_ref() != Some(&group) {
            self.partials.clear();
            self.group = Some(group);
        }
    }

    /// Where a part that was checked against `group` belongs; nowhere when the group changed meanwhile.
    fn waiting_under(&mut self, group: &PublicPolynomial, label: &[u8]) -> Option<&mut Waiting> {
        if self.group.as_ref() != Some(group) {
            return None;
        }
        self.partials.get_mut(label)
    }
}

impl Sealer {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a record for this purpose was made and may still be decided.
    fn is_under_way(&self, what: &str) -> bool {
        self.held().submitted.contains_key(what)
    }

    /// Since when something could be done that other members may do first.
    fn ready_since(&self, what: String) -> Instant {
        *self.held().ready.entry(what).or_insert_with(Instant::now)
    }

    /// A record in the organisation's name, unless one for the same purpose is under way.
    fn record(&self, work: &mut Work, what: String, kind: &str, project: Option<&ProjectId>, body: Value) {
        {
            let held = self.held();
            if held.submitted.contains_key(&what) {
                return;
            }
        }
        let mut draft = self.author.record(kind, body);
        if let Some(project) = project {
            draft = draft.project(project.clone());
        }
        match draft.sign(now()) {
            Ok(record) => work.records.push((what, record)),
            Err(error) => warn!(%error, kind, "a record of sealing cannot be made"),
        }
    }

    /// Where this node's clients' sealed entries wait for their moment.
    #[must_use]
    pub fn entries(&self) -> Arc<Entries> {
        Arc::clone(&self.entries)
    }

    /// The share of one epoch of a group, from memory or from its file.
    fn share(&self, name: &str, polynomial: &PublicPolynomial) -> Result<Option<PrivateShare>, Fatal> {
        let kept = self.held().shares.get(name).filter(|share| share.belongs_to(polynomial)).cloned();
        if kept.is_some() {
            return Ok(kept);
        }
        let read = keys::read_share(&self.folder, name, &self.storage, polynomial);
        let Some(share) = read.map_err(|error| Fatal::new(format!("share {name}: {error}")))? else {
            return Ok(None);
        };
        self.held().shares.insert(name.to_owned(), share.clone());
        Ok(Some(share))
    }

    /// A peer's part. Kept only for a label that this node itself finds due, and only if it verifies.
    pub fn received(&self, from: &str, label: &[u8], partial: &[u8]) {
        if partial.len() != PartialSignature::SIZE_BYTES {
            return;
        }
        let Ok(partial) = PartialSignature::from_bytes(partial) else { return };
        let (known, group) = {
            let held = self.held();
            let Some(waiting) = held.partials.get(label) else { return };
            if waiting.parts.contains_key(&partial.index().get()) || waiting.is_silenced(from) {
                return;
            }
            (waiting.label.clone(), held.group.clone())
        };
        let Some(group) = group else { return };
        match biaozheng_seal::group::verify_partial(&group, &known, &partial) {
            Ok(()) => {
                self.metrics.partials_taken.inc();
                if let Some(waiting) = self.held().waiting_under(&group, label) {
                    waiting.parts.insert(partial.index().get(), partial);
                    if waiting.parts.len() == group.quorum() {
                        self.complete.notify_one();
                    }
                }
            }
            Err(bad) => {
                self.metrics.partials_bad.inc();
                // The connection proves who sent it; whose part it says it is, anybody can write.
                warn!(from, member = %bad.sender, "a peer's partial signature is not of the share it claims");
                if let Some(waiting) = self.held().waiting_under(&group, label) {
                    waiting.convicted.insert(from.to_owned(), Instant::now());
                }
            }
        }
    }
}

/// The task: the sealer, and what its steps read and hand on to.
#[derive(Debug)]
pub struct Sealing {
    pub sealer: Arc<Sealer>,
    pub store: Store,
    pub door: Arc<Door>,
    pub progress: Arc<Progress>,
    pub misbehaviour: Arc<Seen>,
    pub gossip: Gossip,
    pub stop: Stop,
}

impl Sealing {
    /// A step after each block, when a label's parts are complete, and each second for what was lost on the way. It
    /// ends, and the node with it, where the disk fails.
    pub async fn run(self) {
        let mut committed = self.progress.committed.subscribe();
        let mut failed = 0u32;
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = tick.tick() => {}
                () = self.sealer.complete.notified() => {}
                changed = committed.changed() => if changed.is_err() { return },
            }
            let done = match tokio::task::block_in_place(|| self.step()) {
                Ok(work) => {
                    failed = 0;
                    self.perform(work).await
                }
                Err(fatal) if failed < READ_AGAIN => {
                    failed = failed.saturating_add(1);
                    warn!(%fatal, "sealing: the state cannot be read; reading it again");
                    tokio::time::sleep(READ_PAUSE).await;
                    self.sealer.complete.notify_one();
                    Ok(())
                }
                Err(fatal) => Err(fatal),
            };
            if let Err(fatal) = done {
                self.stop.stop(&fatal);
                return;
            }
        }
    }

    fn step(&self) -> Result<Work, Fatal> {
        let sealer = &self.sealer;
        // The time first: state read after it is never older.
        let time = self.store.tip().time;
        let state = StoredState(&self.store);
        // One that still waits for its block is not made again: under load that would double the load.
        let waits = |at: &Instant, id: &RecordId| at.elapsed() < AGAIN || self.door.mempool.contains(id);
        sealer.held().submitted.retain(|_, (at, id)| waits(at, id));
        // Blocks come when there is work; without this the chain would sleep over a phase's end.
        if due::next_moment(&state, time)?.is_some_and(|moment| moment <= now()) {
            self.progress.want(self.store.tip().height.next().get());
        }
        let mut work = Work::default();
        sealer.ceremonies(&state, time, &mut work)?;
        sealer.tokens(&state, &mut work)?;
        sealer.openings(&state, time, &mut work)?;
        self.show_misbehaviour(&mut work)?;
        sealer.cover(&state, &mut work)?;
        sealer.held().ready.retain(|_, at| at.elapsed() < AGAIN.saturating_mul(8));
        Ok(work)
    }

    /// Shows the chain who signed twice.
    fn show_misbehaviour(&self, work: &mut Work) -> Result<(), Fatal> {
        for one in self.misbehaviour.due(&self.store)? {
            let what = format!("misbehaved/{}/{}", one.voter.id().digest().hex(), one.height);
            match serde_json::to_value(&one) {
                Ok(body) => self.sealer.record(work, what, "validator.misbehaved/1", None, body),
                Err(error) => warn!(%error, "a proof of misbehaviour cannot be written"),
            }
        }
        Ok(())
    }

    async fn perform(&self, work: Work) -> Result<(), Fatal> {
        for message in work.messages {
            self.gossip.broadcast(message, false);
        }
        // All at once: the journal syncs them together.
        for left in join_all(work.entries.into_iter().map(|entry| self.leave(entry))).await {
            left?;
        }
        for (what, record) in work.records {
            self.submit(what, record).await?;
        }
        Ok(())
    }

    /// Lets one entry out, a client's or a dummy. A client's is in the journal already; written again it stays one. What
    /// the rules refuse by now is told and forgotten by the node's housekeeping, as for every record.
    async fn leave(&self, entry: Record) -> Result<(), Fatal> {
        match self.door.take(entry.clone(), From::Moment).await? {
            Ok(_) => debug!("a sealed entry left"),
            Err(NotTaken::Busy) => {
                warn!("the disk has too much to do: a sealed entry is late");
                self.sealer.entries.keep_late(entry);
            }
            Err(reason) => warn!(%reason, "a sealed entry does not verify"),
        }
        Ok(())
    }

    /// Submits a record of this node's own making.
    async fn submit(&self, what: String, record: Record) -> Result<(), Fatal> {
        let (sealer, id) = (&self.sealer, record.id());
        sealer.held().submitted.insert(what.clone(), (Instant::now(), id));
        let reason = match self.door.take(record, From::Own).await? {
            Ok(_) => {
                debug!(%id, "a record of sealing is submitted");
                sealer.metrics.submitted.inc();
                return Ok(());
            }
            Err(reason) => reason,
        };
        sealer.metrics.not_taken.inc();
        match &reason {
            // Mostly another member was first, and the next step finds nothing to do.
            NotTaken::Refused(_) => debug!(what, %reason, "a record of sealing is not taken"),
            _ => warn!(what, %reason, "a record of sealing is not taken; trying again"),
        }
        let mut held = sealer.held();
        held.submitted.remove(&what);
        held.stock.refused(&id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::ChainId;
    use biaozheng_seal::group::{Purpose, sign_partial, trusted_dealer};
    use biaozheng_seal::label::Slot;

    use super::*;

    #[test]
    fn parts_of_another_epoch_go_and_no_peer_is_silenced_for_ever() {
        let deal = |seed| trusted_dealer::deal(&Seed::new([seed; 32]), Purpose::Sealing, 4).unwrap();
        let ((old, shares), (new, _)) = (deal(1), deal(2));
        let label = Label::slot(&ChainId::new(Digest::of(b"chain")), Slot::new(7));
        let mut held = Held::default();
        held.set_group(old.clone());
        held.partials.insert(label.message().to_vec(), Waiting::new(label.clone()));
        let part = sign_partial(&shares[0], &label).unwrap();
        let waiting = held.waiting_under(&old, label.message()).unwrap();
        waiting.parts.insert(part.index().get(), part);
        waiting.convicted.insert("late".to_owned(), Instant::now());
        assert!(waiting.is_silenced("late") && !waiting.is_silenced("other"));
        let before = Instant::now().checked_sub(SILENCE).unwrap();
        waiting.convicted.insert("late".to_owned(), before);
        assert!(!waiting.is_silenced("late"), "heard again");

        held.set_group(old.clone());
        assert_eq!(held.partials.len(), 1, "the same group");
        held.set_group(new.clone());
        assert!(held.partials.is_empty(), "dealt anew");
        held.partials.insert(label.message().to_vec(), Waiting::new(label.clone()));
        assert!(held.waiting_under(&old, label.message()).is_none(), "checked before the change");
        assert!(held.waiting_under(&new, label.message()).is_some());
    }
}
