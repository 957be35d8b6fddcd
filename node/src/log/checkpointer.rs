//! From committed blocks to cosigned checkpoints.
//!
//! Every validator cosigns the history tree of each block it committed, with a key that signs nothing else
//! and the block's own time, so the line can be made again. Once a quorum's lines are together, a validator
//! adds its log signature; the whole is stored, handed to observers, and certificates follow from it.
//!
//! **Invariant:** a cosigner signs only decided blocks, never a smaller tree than before, and the log key
//! signs only a checkpoint that already has the quorum.
//!
//! # From block to checkpoint, step by step
//!
//! 1. *Upon a committed block* (`committed`): the checkpoint is origin, size and root of the block's history tree. A block
//!    without records leaves the tree as it was, and nothing more happens. A validator signs the checkpoint with its cosigner
//!    key and the block's time, and sends that line to all nodes.
//! 2. *Upon a line of a peer* (`cosigned`): the line must be of that peer's own cosigner key. A line for a tree that this node
//!    has committed is verified against this node's own text. One that does not match is an alarm, since its cosigner may
//!    have seen another tree. A line for a tree ahead is kept within bounds until the block comes.
//! 3. *Upon a quorum of valid lines* (the policy's threshold): a validator puts its log signature in front, stores the note,
//!    and sends it to the others. Observers collect no quorum; they wait for a complete note.
//! 4. *Upon a complete note of a peer* (`completed`): it counts only for a tree that this node has committed itself, with a
//!    quorum of the policy and no foreign line. A note with a valid quorum and another root is logged as SPLIT VIEW. A note
//!    for a tree ahead is kept until its block comes (`retry_early`).
//! 5. *Each second*, a validator offers its line for the newest incomplete tree again (`open_line`): lines may be lost with a
//!    connection. A newer checkpoint covers older trees, so at most `OPEN_SIZES_MAX` trees are collected at one time.
//!
//! *After a crash* nothing is lost: a line follows from the block alone, so the newest block's line is made again on start.
//!
//! Lines of witnesses outside the consortium (`crate::log::witnessing`) are added to complete checkpoints afterwards. They
//! stay out of what nodes send each other: every node takes from peers what the chain's own policy says and nothing else.

mod early;
mod publication;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_cose::{ReceiptError, ReceiptProof, sign_receipt};
use biaozheng_ledger::block::Header;
use biaozheng_ledger::checkpoint::{Checkpoint, Origin};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::limits::PUBLISHED_SIGNATURES_MAX;
use biaozheng_ledger::note::{NoteAlgorithm, NoteKey, NoteSignature, SignedNote};
use biaozheng_ledger::policy::Policy;
use biaozheng_store::Store;
use tokio::sync::watch;
use tracing::{debug, warn};

use self::early::Early;
use self::publication::Publication;
pub use self::publication::WholeCheckpoint;
use crate::chain::consensus::Fatal;
use crate::intake::keyring::Keyring;
use crate::intake::settlements::Settlements;

/// Tree sizes whose lines are collected at one time; older ones are dropped, a newer checkpoint covers them.
const OPEN_SIZES_MAX: usize = 64;

/// A cosignature on its way between nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    pub size: u64,
    /// A note signature line.
    pub line: String,
}

/// What the checkpointer wants sent to the other nodes.
#[derive(Debug, Clone)]
pub enum Outgoing {
    Cosignature(Cosignature),
    /// A complete note, for observers and for those who missed lines.
    Complete(String),
}

/// This validator's cosigning and log keys.
#[derive(Debug)]
pub struct CosignerKeys {
    pub cosigner: SecretKey,
    pub log: SecretKey,
}

/// Collects lines until a quorum stands.
#[derive(Debug)]
pub struct Checkpointer {
    store: Store,
    origin: Origin,
    policy: Policy,
    threshold: usize,
    /// This node's cosigner key (with its place in the policy) and log key; `None` for observers.
    own: Option<(NoteKey, NoteKey, CosignerKeys)>,
    settlements: Arc<Settlements>,
    keys: Keyring,
    open: Mutex<Open>,
    publication: Publication,
    /// Held while a witness's line is added to a stored checkpoint.
    adding: Mutex<()>,
}

#[derive(Debug, Default)]
struct Open {
    /// Committed trees without a complete checkpoint: text and valid lines by cosigner.
    sizes: BTreeMap<u64, Collecting>,
    early: Early,
    complete: u64,
    /// The newest tree whose lines are collected or were: the store may be a block ahead of it for a moment, and a line
    /// that comes in that moment is early.
    newest: u64,
}

#[derive(Debug)]
struct Collecting {
    text: String,
    lines: BTreeMap<usize, NoteSignature>,
}

impl Checkpointer {
    /// # Errors
    /// When the keys are not those the genesis names for this node, or the newest checkpoint cannot be read.
    pub fn open(
        store: Store,
        genesis: &Genesis,
        name: &str,
        keys: Option<CosignerKeys>,
        settlements: Arc<Settlements>,
    ) -> anyhow::Result<Self> {
        let (policy, origin) = (genesis.policy()?, genesis.origin()?);
        let own = match keys {
            None => None,
            Some(keys) => {
                let cosigner = NoteKey::new(name, NoteAlgorithm::CosignatureV1, keys.cosigner.public())?;
                let log = NoteKey::new(origin.as_str(), NoteAlgorithm::Ed25519, keys.log.public())?;
                let known = policy.witnesses().iter().any(|(_, key)| *key == cosigner);
                anyhow::ensure!(
                    known && policy.logs().contains(&log),
                    "the genesis names other cosigner or log keys for '{name}'; use the key files this consortium was set up with"
                );
                Some((cosigner, log, keys))
            }
        };
        let checkpointer = Self {
            origin,
            threshold: genesis.trust.threshold,
            policy,
            own,
            settlements,
            keys: Keyring::default(),
            open: Mutex::default(),
            publication: Publication::new(Vec::new(), Duration::ZERO),
            adding: Mutex::default(),
            store,
        };
        checkpointer.lock().newest = checkpointer.store.tip().history_size;
        if let Some((size, note)) = checkpointer.store.latest_checkpoint()? {
            checkpointer.publication.complete(
                size,
                checkpointer.policy.own_lines(&note.parse()?),
                Instant::now(),
            );
            checkpointer.lock().complete = size;
            checkpointer.settlements.certify(size);
        }
        Ok(checkpointer)
    }

    /// The same, with the outside witnesses of a configuration: the newest checkpoint keeps those of their lines that
    /// are stored with it.
    ///
    /// # Errors
    /// When the newest checkpoint cannot be read.
    pub fn with_witnesses(mut self, outside: Vec<NoteKey>, publish_wait: Duration) -> anyhow::Result<Self> {
        self.publication = Publication::new(outside, publish_wait);
        let Some((size, text)) = self.store.latest_checkpoint()? else { return Ok(self) };
        let (note, now) = (text.parse::<SignedNote>()?, Instant::now());
        let mut own = self.policy.own_lines(&note);
        self.publication.complete(size, own.clone(), now);
        let lines: Vec<NoteSignature> =
            self.publication.outside().iter().filter_map(|key| line_of(key, &note)).collect();
        if !lines.is_empty() {
            own.signatures.extend(lines);
            self.publication.witnessed(size, own, now);
        }
        Ok(self)
    }

    /// A receipt over a checkpoint that has the quorum, by this node's log key; nothing from an observer.
    ///
    /// # Errors
    /// When the proof does not hold: nothing false is signed.
    pub fn cose_receipt(&self, proof: &ReceiptProof) -> Result<Option<Vec<u8>>, ReceiptError> {
        self.own.as_ref().map(|(_, _, keys)| sign_receipt(&keys.log, proof)).transpose()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cosigns a block just committed and gives what is to be sent.
    ///
    /// # Errors
    /// [`Fatal`] when a complete checkpoint cannot be stored.
    pub fn committed(&self, header: &Header) -> Result<Vec<Outgoing>, Fatal> {
        let size = header.history_size;
        let checkpoint = Checkpoint { origin: self.origin.clone(), size, root: header.history_root };
        let text = checkpoint.to_string();
        let mut outgoing = Vec::new();
        let mut lines = {
            let mut open = self.lock();
            open.newest = open.newest.max(size);
            if size <= open.complete || open.sizes.contains_key(&size) {
                // An empty block leaves the tree as it was; its checkpoint stands already.
                return Ok(outgoing);
            }
            open.sizes.insert(size, Collecting { text: text.clone(), lines: BTreeMap::new() });
            while open.sizes.len() > OPEN_SIZES_MAX {
                open.sizes.pop_first();
            }
            open.early.take_lines(size)
        };
        if let Some((key, _, secret)) = &self.own {
            let line = key.sign(&secret.cosigner, &text, header.time.seconds());
            outgoing.push(Outgoing::Cosignature(Cosignature { size, line: line.to_string() }));
            let own = self.policy.witnesses().iter().position(|(_, of)| of == key);
            lines.extend(own.map(|place| (place, line)));
        }
        for (place, line) in lines {
            outgoing.extend(self.collect(size, place, line)?);
        }
        Ok(outgoing)
    }

    /// Our line for the newest tree that still lacks a quorum: sent again now and then, since a line may be
    /// lost with a connection.
    #[must_use]
    pub fn open_line(&self) -> Option<Cosignature> {
        let (own, ..) = self.own.as_ref()?;
        let place = self.policy.witnesses().iter().position(|(_, key)| key == own)?;
        let open = self.lock();
        let (size, collecting) = open.sizes.last_key_value()?;
        let line = collecting.lines.get(&place)?.to_string();
        Some(Cosignature { size: *size, line })
    }

    /// Takes a cosignature of the node `peer`, by whose connection it came: a node sends its own lines and no others.
    ///
    /// # Errors
    /// [`Fatal`] when a complete checkpoint cannot be stored.
    pub fn cosigned(&self, peer: &str, cosignature: &Cosignature) -> Result<Option<Outgoing>, Fatal> {
        match early::line_of(&self.policy, peer, &cosignature.line) {
            Some((place, line)) => self.collect(cosignature.size, place, line),
            None => {
                debug!(peer, size = cosignature.size, "what a peer sent is no line of its own cosigner key");
                Ok(None)
            }
        }
    }

    /// Takes a line of the cosigner at a place of the policy.
    fn collect(&self, size: u64, place: usize, line: NoteSignature) -> Result<Option<Outgoing>, Fatal> {
        let text = {
            let mut open = self.lock();
            if size <= open.complete {
                return Ok(None);
            }
            let Some(collecting) = open.sizes.get(&size) else {
                let newest = open.newest;
                if !open.early.keep_line(newest, size, place, line) {
                    debug!(
                        size,
                        place, "an early cosignature is dropped; it is sent again while it is wanted"
                    );
                }
                return Ok(None);
            };
            if collecting.lines.contains_key(&place) {
                return Ok(None);
            }
            collecting.text.clone()
        };
        let note = SignedNote { text, signatures: vec![line.clone()] };
        let prepare = |key: &_| self.keys.prepare(key);
        let witness = self.policy.witnesses().get(place);
        let valid = witness.and_then(|(_, key)| key.find_valid_with(&note, prepare)).is_some();
        if !valid {
            // Either damaged or a cosigner that saw another tree of this size: a fork worth an alarm.
            warn!(size, cosigner = %line.name, "cosignature does not match the tree this node committed");
            return Ok(None);
        }
        let complete = {
            let mut open = self.lock();
            let Some(collecting) = open.sizes.get_mut(&size) else { return Ok(None) };
            collecting.lines.insert(place, line);
            if collecting.lines.len() < self.threshold || self.own.is_none() {
                return Ok(None);
            }
            SignedNote {
                text: collecting.text.clone(),
                signatures: collecting.lines.values().take(self.threshold).cloned().collect(),
            }
        };
        let Some((_, log, keys)) = &self.own else { return Ok(None) };
        let mut note = complete;
        note.signatures.insert(0, log.sign(&keys.log, &note.text, 0));
        self.store_complete(size, &note).map(|()| Some(Outgoing::Complete(note.to_string())))
    }

    /// Takes a complete checkpoint of another node: how observers get theirs.
    ///
    /// # Errors
    /// [`Fatal`] when it cannot be stored or read back.
    pub fn completed(&self, text: &str) -> Result<(), Fatal> {
        let Ok(note) = text.parse::<SignedNote>() else { return Ok(()) };
        let Ok(checkpoint) = note.text.parse::<Checkpoint>() else { return Ok(()) };
        let size = checkpoint.size;
        if size <= self.lock().complete || checkpoint.origin != self.origin {
            return Ok(());
        }
        // Only trees this node committed itself: what it serves, it has checked.
        let early = size > self.store.tip().history_size;
        if early && self.lock().early.has_note(size) {
            return Ok(());
        }
        if self.policy.verify(&note).is_err() || self.policy.first_foreign_line(&note).is_some() {
            warn!(size, "a checkpoint without a valid quorum was sent and is passed over");
            return Ok(());
        }
        if early {
            self.lock().early.keep_note(size, note);
            return Ok(());
        }
        let root =
            biaozheng_ledger::merkle::root_at(size, &self.store).map_err(|e| Fatal::new(e.to_string()))?;
        if root != checkpoint.root {
            warn!(size, "SPLIT VIEW: a quorum cosigned another tree of this size than this node committed");
            return Ok(());
        }
        self.store_complete(size, &note)
    }

    /// Looks again at complete notes that came before their block.
    ///
    /// # Errors
    /// As [`Checkpointer::completed`].
    pub fn retry_early(&self) -> Result<(), Fatal> {
        let ready = self.lock().early.take_notes(self.store.tip().history_size);
        ready.iter().try_for_each(|early| self.completed(&early.to_string()))
    }

    /// The newest complete checkpoint without outsiders' lines, for a node that asks.
    #[must_use]
    pub fn latest(&self) -> Option<Arc<(u64, String)>> {
        self.publication.own()
    }

    /// The newest complete checkpoint with its tree's size.
    #[must_use]
    pub fn newest(&self) -> Option<WholeCheckpoint> {
        self.publication.newest()
    }

    /// The best complete checkpoint over a leaf: one with outside witnesses' lines where there is one.
    #[must_use]
    pub fn covering(&self, leaf: u64) -> Option<WholeCheckpoint> {
        self.publication.covering(leaf)
    }

    /// The checkpoint to be shown now.
    #[must_use]
    pub fn published(&self) -> Option<WholeCheckpoint> {
        self.publication.shown(Instant::now())
    }

    /// Hears of complete checkpoints over larger trees.
    #[must_use]
    pub fn sizes(&self) -> watch::Receiver<u64> {
        self.publication.sizes()
    }

    /// Leaves under the newest checkpoint with an outside witness's line; 0 for none.
    #[must_use]
    pub fn witnessed_size(&self) -> u64 {
        self.publication.witnessed_size()
    }

    /// The note with the lines of the chain's own policy alone: also what a witness is asked to cosign.
    #[must_use]
    pub fn own_lines(&self, note: &SignedNote) -> SignedNote {
        self.policy.own_lines(note)
    }

    /// Key texts of the outside witnesses whose lines a note has.
    #[must_use]
    pub fn outside_keys(&self, note: &SignedNote) -> Vec<String> {
        let there = |key: &&NoteKey| line_of(key, note).is_some();
        self.publication.outside().iter().filter(there).map(ToString::to_string).collect()
    }

    /// Adds an outside witness's line to a complete checkpoint, beside those it has by now. The line is valid: whoever
    /// asked, beginning at `asked`, has verified it.
    ///
    /// # Errors
    /// [`Fatal`] when the checkpoint cannot be read or stored.
    pub fn witnessed(
        &self,
        size: u64,
        note: &SignedNote,
        line: NoteSignature,
        asked: Instant,
    ) -> Result<(), Fatal> {
        let disk = |error: biaozheng_store::StoreError| Fatal::new(error.to_string());
        let _one_at_a_time = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = self.store.checkpoint_at_or_after(size).map_err(disk)?;
        let stored = stored.filter(|(of, _)| *of == size).and_then(|(_, text)| text.parse().ok());
        let mut whole: SignedNote = stored.unwrap_or_else(|| note.clone());
        whole.signatures.retain(|other| other.name != line.name || other.key_id != line.key_id);
        if whole.signatures.len() >= PUBLISHED_SIGNATURES_MAX {
            debug!(witness = %line.name, "no room for a witness's line: verifiers need not read more");
            return Ok(());
        }
        whole.signatures.push(line);
        self.store.put_checkpoint(size, &whole.to_string()).map_err(disk)?;
        self.publication.witnessed(size, whole, asked);
        Ok(())
    }

    fn store_complete(&self, size: u64, note: &SignedNote) -> Result<(), Fatal> {
        self.store.put_checkpoint(size, &note.to_string()).map_err(|error| Fatal::new(error.to_string()))?;
        {
            let mut open = self.lock();
            open.complete = open.complete.max(size);
            open.sizes = open.sizes.split_off(&size.saturating_add(1));
        }
        self.publication.complete(size, note.clone(), Instant::now());
        self.settlements.certify(size);
        Ok(())
    }
}

/// The line by a key, where a note has one that looks like its.
fn line_of(key: &NoteKey, note: &SignedNote) -> Option<NoteSignature> {
    note.signatures.iter().find(|line| line.name == key.name() && line.key_id == key.id()).cloned()
}
