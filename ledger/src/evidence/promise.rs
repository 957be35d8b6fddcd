//! A receipt whose promise the log did not keep.

use serde::{Deserialize, Serialize};

use super::{EvidenceError, Proven, Window, window};
use crate::entry::Entry;
use crate::genesis::Genesis;
use crate::receipt::Receipt;
use crate::refusal::Refusal;

/// A node's receipt, and the log from before it was given until after its promise, without the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokenPromise {
    /// DSSE JSON as the node gave it.
    pub receipt: String,
    pub window: Window,
}

impl BrokenPromise {
    pub(super) fn answered_by(&self, refusal: &[u8], genesis: &Genesis) -> Result<Refusal, EvidenceError> {
        let (refusal, receipt) = (Refusal::verify(refusal)?, Receipt::verify(self.receipt.as_bytes())?);
        // A record that is held back until its time is over is refused by right, and the promise broken all the same: the
        // state has to be one of the promised time, by the log's own clock.
        let beyond = self.window.verify(genesis)?.iter().any(|bytes| match Entry::decode(bytes) {
            Ok(Entry::Record(entry)) => entry.height <= refusal.height && entry.time > receipt.promised_by_ms,
            _ => false,
        });
        if beyond || !refusal.answers(&receipt, genesis) {
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
        let entries = self.window.verify(genesis)?;
        if window::first_disorder(self.window.first, &entries, &genesis.chain_id()).is_some() {
            return Err(EvidenceError::Window("its entries are not in order, which is another claim"));
        }
        let decoded = (self.window.first..).zip(entries.iter().filter_map(|bytes| Entry::decode(bytes).ok()));
        let records: Vec<_> = decoded
            .filter_map(|(index, entry)| match entry {
                Entry::Record(record) => Some((index, record)),
                Entry::Genesis(_) => None,
            })
            .collect();
        let in_time = |time| time <= receipt.promised_by_ms;
        let kept = records.iter().find(|(_, entry)| entry.record == receipt.record && in_time(entry.time));
        if let Some((index, _)) = kept {
            return Err(EvidenceError::Kept(*index));
        }
        let whole_log = self.window.first == 0;
        let from_before =
            whole_log || records.first().is_some_and(|(_, entry)| entry.time < receipt.received_at_ms);
        let (_, last) = records.last().filter(|(_, last)| !in_time(last.time)).ok_or(EvidenceError::Span)?;
        if !from_before || receipt.promised_by_ms < receipt.received_at_ms {
            return Err(EvidenceError::Span);
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
