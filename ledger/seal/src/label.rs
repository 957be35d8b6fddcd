//! What the group signs, and so what opens when it does.
//!
//! **Invariant:** two different subjects, purposes or chains never have the same message: every field stands behind
//! its length. A label does not name the epoch, because resharing keeps the group's key and old ciphertexts must open.
//!
//! ```text
//! message = field("slot" | "tender" | "beacon") field(chain id, 32 bytes) field(subject)...
//! slot:   number, 8 bytes        tender: tender, opening number 4 bytes        beacon: subject, 32 bytes
//! field   = length as four big-endian bytes, then the bytes
//! ```

use std::fmt;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, ProjectId};

use crate::bytes::Writer;

/// Separates this project's group signatures from everybody else's.
pub(crate) const NAMESPACE: &[u8] = b"biaozheng/threshold/v1";

/// A time slot after which outer layers open; how numbers follow from block time is the rulebook's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u64);

impl Slot {
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// One opening of one tender. A postponed opening keeps its number and stays shut; a tender that starts anew takes
/// the next one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TenderOpening {
    pub tender: ProjectId,
    pub number: u32,
}

/// A message for the group to sign.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(Vec<u8>);

impl Label {
    /// Opens the outer layer of every entry of a time slot.
    #[must_use]
    pub fn slot(chain: &ChainId, slot: Slot) -> Self {
        Self::new("slot", chain, &[&slot.get().to_be_bytes()])
    }

    /// Opens the bodies of one tender's bids.
    #[must_use]
    pub fn tender(chain: &ChainId, opening: &TenderOpening) -> Self {
        Self::new("tender", chain, &[opening.tender.as_str().as_bytes(), &opening.number.to_be_bytes()])
    }

    /// Draws a random value for a subject that was fixed on chain before.
    #[must_use]
    pub fn beacon(chain: &ChainId, subject: &Digest) -> Self {
        Self::new("beacon", chain, &[subject.bytes()])
    }

    fn new(purpose: &str, chain: &ChainId, subject: &[&[u8]]) -> Self {
        let start = Writer::default().field(purpose.as_bytes()).field(chain.bytes());
        Self(subject.iter().fold(start, |writer, part| writer.field(part)).finish())
    }

    /// The bytes that are signed, behind the namespace `biaozheng/threshold/v1`.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({})", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_other_subjects_purposes_and_chains_differ() {
        let (one, two) = (ChainId::new(Digest::of(b"1")), ChainId::new(Digest::of(b"2")));
        let tender = |name: &str, number| TenderOpening { tender: ProjectId::new(name).unwrap(), number };
        let labels = [
            Label::slot(&one, Slot::new(1)),
            Label::slot(&one, Slot::new(2)),
            Label::slot(&two, Slot::new(1)),
            Label::tender(&one, &tender("T-1", 1)),
            Label::tender(&one, &tender("T-1", 2)),
            Label::tender(&one, &tender("T-11", 1)),
            Label::beacon(&one, &Digest::of(b"1")),
            Label::beacon(&one, &Digest::of(b"2")),
        ];
        let distinct: std::collections::BTreeSet<_> = labels.iter().collect();
        assert_eq!(distinct.len(), labels.len());
        assert!(labels.iter().all(|label| label.message().len() <= crate::limits::LABEL_BYTES_MAX));
    }
}
