//! Slots: stretches of block time for which entries come, and their ends.

use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_seal::label::Slot;
use borsh::{BorshDeserialize, BorshSerialize};

/// A slot in state.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct SlotState {
    pub(crate) entries: u32,
    /// Entries whose outer layer was opened, from the first.
    pub(crate) opened: u32,
    pub(crate) signature: Option<[u8; 48]>,
    /// The first `slot.opened/1`.
    pub(crate) record: Option<RecordId>,
}

/// The first block time at which a slot is over.
#[must_use]
pub fn slot_end(slot: u64, slot_ms: u64) -> TimeMs {
    TimeMs::new(slot.saturating_add(1).saturating_mul(slot_ms))
}

/// The slot that ends at a deadline; nothing for a deadline that is no slot's end.
#[must_use]
pub fn slot_of_deadline(deadline: TimeMs, slot_ms: u64) -> Option<Slot> {
    let (number, rest) = (deadline.get().checked_div(slot_ms)?, deadline.get().checked_rem(slot_ms)?);
    if rest == 0 { number.checked_sub(1).map(Slot::new) } else { None }
}
