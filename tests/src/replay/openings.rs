//! What the ledger shows of sealed bids: of each slot its entries, how many were bids, and when they opened.
//!
//! Counted from certified records alone, the outer layers opened anew with the signatures on chain; no node is asked.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::sealing::slot::slot_end;
use biaozheng_ledger::ids::{ProjectId, TimeMs};
use biaozheng_ledger::payload::Payload;
use biaozheng_seal::group::GroupSignature;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{OpenedEntry, SealedEntry, SealingGroup, SlotKey, open_outer};
use serde::Serialize;
use serde_json::Value;

/// A slot that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenedSlot {
    pub slot: u64,
    pub entries: u64,
    pub dummies: u64,
    /// Bids and replacements of bids.
    pub bids: u64,
    pub withdrawals: u64,
    /// Entries whose outer layer does not open, by their sealer's doing.
    pub broken: u64,
    /// From the slot's end, which is the deadline, to the block that shows its signature.
    pub opened_after_ms: u64,
}

/// Reads records in the order of the chain.
#[derive(Debug)]
pub(super) struct Openings {
    group: SealingGroup,
    slot_ms: u64,
    shut: BTreeMap<u64, Vec<SealedEntry>>,
    deadlines: BTreeMap<ProjectId, u64>,
    opened: BTreeSet<ProjectId>,
    pub(super) slots: Vec<OpenedSlot>,
    /// Envelopes that the opening records of sealed tenders list.
    pub(super) standing: u64,
    /// The longest from a tender's deadline to the block that shows the signature which opens its bodies.
    pub(super) tender_after_ms_max: u64,
}

impl Openings {
    #[must_use]
    pub(super) const fn of(group: SealingGroup, slot_ms: u64) -> Self {
        Self {
            group,
            slot_ms,
            shut: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            opened: BTreeSet::new(),
            slots: Vec::new(),
            standing: 0,
            tender_after_ms_max: 0,
        }
    }

    /// Takes the next record, with its block's time.
    pub(super) fn take(&mut self, payload: &Payload, time: TimeMs) {
        let number = |pointer: &str| payload.body.pointer(pointer).and_then(Value::as_u64);
        let project = payload.project.as_ref();
        match payload.record_type.name() {
            "sealed.entered" => {
                if let Ok((entry, _)) = entry::read(payload) {
                    self.shut.entry(entry.slot().get()).or_default().push(entry);
                }
            }
            "slot.opened" => {
                let signature = payload.body.get("signature").and_then(Value::as_str);
                if let Some((slot, signature)) = number("/slot").zip(signature) {
                    self.open(slot, signature, time);
                }
            }
            "tender.opened" => {
                if let Some(project) = project.filter(|project| self.opened.insert((*project).clone())) {
                    let deadline = self.deadlines.get(project).copied().unwrap_or(time.get());
                    let after = time.get().saturating_sub(deadline);
                    self.tender_after_ms_max = self.tender_after_ms_max.max(after);
                }
            }
            "bids.opened" if project.is_some_and(|project| self.opened.contains(project)) => {
                self.standing = self.standing.saturating_add(listed(&payload.body));
            }
            _ => {
                let deadline = number("/deadline_ms").or_else(|| number("/terms/deadline_ms"));
                if let Some((project, deadline)) = project.zip(deadline) {
                    self.deadlines.insert(project.clone(), deadline);
                }
            }
        }
    }

    /// The first record with the slot's signature: everything in it opens now. Later ones have no more to open here.
    fn open(&mut self, slot: u64, signature: &str, time: TimeMs) {
        let bytes = hex::decode(signature).ok().and_then(|bytes| <[u8; 48]>::try_from(bytes).ok());
        let signature = bytes.and_then(|bytes| GroupSignature::from_bytes(&bytes).ok());
        let Some(key) = signature.and_then(|one| SlotKey::new(&self.group, Slot::new(slot), one).ok()) else {
            return;
        };
        let Some(entries) = self.shut.remove(&slot) else { return };
        let mut line = OpenedSlot {
            slot,
            entries: entries.len() as u64,
            dummies: 0,
            bids: 0,
            withdrawals: 0,
            broken: 0,
            opened_after_ms: time.get().saturating_sub(slot_end(slot, self.slot_ms).get()),
        };
        for entry in &entries {
            let count = match open_outer(&self.group, &key, entry) {
                Ok(OpenedEntry::Dummy) => &mut line.dummies,
                Ok(OpenedEntry::Bid(_)) => &mut line.bids,
                Ok(OpenedEntry::Withdrawal(_)) => &mut line.withdrawals,
                Err(_) => &mut line.broken,
            };
            *count = count.saturating_add(1);
        }
        self.slots.push(line);
    }
}

/// The first envelopes of the bidders an opening record lists; further offers stand behind them.
fn listed(body: &Value) -> u64 {
    let lots = body.get("lots").and_then(Value::as_array).into_iter().flatten();
    let bids = lots.filter_map(|lot| lot.get("bids").and_then(Value::as_array)).flatten();
    bids.filter(|bid| bid.get("number").and_then(Value::as_u64) == Some(1)).count() as u64
}
