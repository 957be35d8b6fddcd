//! A receipt whose promise the log did not keep.
//!
//! A node promises a block *while a quorum of nodes runs*. So what makes the node itself at fault is three things at once,
//! and each has to follow from the file:
//!
//! 1. It promised, by the key the genesis names for it.
//! 2. The record is nowhere in the log up to where the promise is overdue. A stretch that begins after the first leaf says
//!    nothing about what stands before; there the node's own word counts, where the receipt has it: it had looked through
//!    the first `history_size` leaves and the record was none of them. A word that is false is the node's own fault.
//! 3. The log ran for as long as was promised ([`Running`]). Blocks are made by others; a log that stands because more than
//!    a third of them are away keeps nobody's record, and the first block after it comes late for all.
//!
//! A node that is away itself while the log runs is at fault: that is what a promise is for.
//!
//! **Invariant:** no message of others convicts a node that gives receipts only for what is not in the ledger, and puts each
//! record before the validators until it is.

use serde::{Deserialize, Serialize};

use super::{EvidenceError, Proven, Window, window};
use crate::entry::{Entry, LogEntry};
use crate::genesis::Genesis;
use crate::ids::TimeMs;
use crate::receipt::Receipt;
use crate::refusal::Refusal;

/// Of a promise's time, so much is asked to have run: the last of it. What a node keeps back for a moment of its own
/// (sealed entries) is promised for no less after that moment. Milliseconds.
pub const PROMISE_RUNNING_MS: u64 = 60_000;
/// Between two blocks that are shown, no more counts as time the log ran, milliseconds: a consortium that decides makes a
/// block for a waiting record within a round or two, of about three seconds each.
const PAUSE_MS: u64 = 5_000;
/// Nor more than this part of what was promised, so that a few blocks at least were made without the record.
const PARTS: u64 = 4;

/// A node's receipt, and the log from before it was given until after its promise, without the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenPromise {
    /// DSSE JSON as the node gave it.
    pub receipt: String,
    pub window: Window,
}

/// How long the log ran of the time a receipt promises, by the times of its blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    /// What still has to run, milliseconds.
    left: u64,
    /// The most that counts between two blocks.
    most: u64,
    at: TimeMs,
    over: bool,
}

impl Running {
    #[must_use]
    pub fn of(receipt: &Receipt) -> Self {
        let promised = receipt.promised_by_ms;
        let earliest = TimeMs::new(promised.get().saturating_sub(PROMISE_RUNNING_MS));
        let at = receipt.received_at_ms.max(earliest);
        let left = promised.saturating_since(at);
        Self { left, most: PAUSE_MS.min(left.checked_div(PARTS).unwrap_or(0)).max(1), at, over: false }
    }

    /// From when on the log has to run.
    #[must_use]
    pub const fn start(&self) -> TimeMs {
        self.at
    }

    /// Takes the time of the next block that is shown. True when the promise is overdue there: before this block the log
    /// had run for all of the time promised.
    pub fn is_over_at(&mut self, time: TimeMs) -> bool {
        if self.over || time <= self.at {
            return self.over;
        }
        match self.left.checked_sub(time.saturating_since(self.at).min(self.most)) {
            Some(left) => (self.left, self.at) = (left, time),
            None => self.over = true,
        }
        self.over
    }

    /// The promised time, later by as long as the log stood still.
    #[must_use]
    pub const fn until(&self) -> TimeMs {
        self.at.saturating_add(self.left)
    }
}

/// The records a window shows, and where the promise is overdue among them.
struct Shown {
    records: Vec<(u64, LogEntry)>,
    running: Running,
    /// Place of the first record beyond; nothing where the log did not run that long.
    overdue: Option<usize>,
}

impl Shown {
    fn of(window: &Window, receipt: &Receipt, genesis: &Genesis) -> Result<Self, EvidenceError> {
        let entries = window.verify(genesis)?;
        if window::first_disorder(window.first, &entries, &genesis.chain_id()).is_some() {
            return Err(EvidenceError::Window("its entries are not in order, which is another claim"));
        }
        let decoded = (window.first..).zip(entries.iter().filter_map(|bytes| Entry::decode(bytes).ok()));
        let records: Vec<_> = decoded
            .filter_map(|(index, entry)| match entry {
                Entry::Record(record) => Some((index, record)),
                Entry::Genesis(_) => None,
            })
            .collect();
        let mut running = Running::of(receipt);
        let overdue = records.iter().position(|(_, entry)| running.is_over_at(entry.time));
        Ok(Self { records, running, overdue })
    }
}

impl BrokenPromise {
    pub(super) fn answered_by(&self, refusal: &[u8], genesis: &Genesis) -> Result<Refusal, EvidenceError> {
        let (refusal, receipt) = (Refusal::verify(refusal)?, Receipt::verify(self.receipt.as_bytes())?);
        let shown = Shown::of(&self.window, &receipt, genesis)?;
        // A record that is held back until its time is over is refused by right, and the promise broken all the same: the
        // state has to be one of the promised time, by the log's own clock.
        let overdue = shown.overdue.and_then(|place| shown.records.get(place..)).unwrap_or_default();
        let beyond = overdue.iter().any(|(_, entry)| entry.height <= refusal.height);
        if beyond || !refusal.answers(&receipt, shown.running.until(), genesis) {
            return Err(EvidenceError::OtherRefusal);
        }
        Ok(refusal)
    }

    pub(super) fn verify(&self, genesis: &Genesis) -> Result<Proven, EvidenceError> {
        let receipt = Receipt::verify(self.receipt.as_bytes())?;
        let owner = genesis.rest.nodes.iter().find(|node| node.name == receipt.node);
        if receipt.chain != genesis.chain_id() || owner.is_none_or(|node| node.api_key != receipt.key) {
            return Err(EvidenceError::OtherNode);
        }
        let shown = Shown::of(&self.window, &receipt, genesis)?;
        let found = shown.records.iter().position(|(_, entry)| entry.record == receipt.record);
        if let Some((index, _)) = found
            .filter(|place| shown.overdue.is_none_or(|overdue| *place < overdue))
            .and_then(|place| shown.records.get(place))
        {
            return Err(EvidenceError::Kept(*index));
        }
        let whole_log = self.window.first == 0;
        if !whole_log && receipt.history_size.is_none_or(|size| self.window.first > size) {
            return Err(EvidenceError::Beginning);
        }
        let (_, last) = shown
            .records
            .last()
            .filter(|(_, last)| last.time > receipt.promised_by_ms)
            .ok_or(EvidenceError::Span)?;
        if receipt.promised_by_ms < receipt.received_at_ms {
            return Err(EvidenceError::Span);
        }
        if shown.overdue.is_none() {
            return Err(EvidenceError::Standing);
        }
        Ok(Proven::BrokenPromise {
            node: receipt.node,
            record: receipt.record,
            promised_by_ms: receipt.promised_by_ms,
            log_reached_ms: last.time,
            whole_log,
        })
    }
}
