//! Openings: this member's part of every label that is due, and the record once a quorum is there.

use std::time::Instant;

use biaozheng_contracts::StateRead;
use biaozheng_contracts::opening::due;
use biaozheng_contracts::opening::due::{Due, DueLabel};
use biaozheng_contracts::sealing::group;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::group::{recover, sign_partial};
use serde_json::json;
use tracing::warn;

use super::{SEND_AGAIN, Sealer, Waiting, Work};
use crate::chain::consensus::Fatal;
use crate::chain::misbehaviour::STAGGER;
use crate::peers::gossip::Message;

impl Sealer {
    pub(super) fn openings(&self, state: &dyn StateRead, time: TimeMs, work: &mut Work) -> Result<(), Fatal> {
        let Some(keys) = group::sealing_keys(state)? else { return Ok(()) };
        let keys = keys.keys;
        let pending = due::pending(state, &self.chain, time)?;
        self.metrics.due.set(i64::try_from(pending.len()).unwrap_or(i64::MAX));
        {
            let mut held = self.held();
            held.set_group(keys.polynomial());
            let due = |label: &[u8]| pending.iter().any(|one| one.label.message() == label);
            held.partials.retain(|label, _| due(label));
            held.ahead.retain(|label, _| due(label));
            for one in pending.iter().filter(|one| one.signature.is_none()) {
                let fresh = || Waiting::new(one.label.clone());
                held.partials.entry(one.label.message().to_vec()).or_insert_with(fresh);
            }
        }
        let share = self.share(&format!("sealing-{}", keys.epoch().get()), &keys.polynomial())?;
        let mut slots = 0u32;
        for one in &pending {
            if let (None, Some(share)) = (one.signature, &share) {
                let made = sign_partial(share, &one.label);
                match made {
                    Ok(partial) => self.send(one, partial, work),
                    Err(error) => warn!(%error, "a share of another purpose"),
                }
            }
            // Slots open one after another.
            if matches!(one.due, Due::Slot(_)) {
                slots = slots.saturating_add(1);
                if slots > 1 {
                    continue;
                }
            }
            let rank = share.as_ref().map_or(keys.members().len(), |share| usize::from(share.index().get()));
            if let Some(signature) = one.signature.or_else(|| self.combine(one, &keys)) {
                self.open_ahead(state, &self.chain, one, &signature)?;
                self.submit_opening(one, signature, rank, work);
            }
        }
        Ok(())
    }

    /// Keeps this member's own part, and sends it to the others now and then until the label is no longer due.
    fn send(&self, one: &DueLabel, partial: biaozheng_seal::group::PartialSignature, work: &mut Work) {
        let mut held = self.held();
        let Some(waiting) = held.partials.get_mut(one.label.message()) else { return };
        if waiting.parts.insert(partial.index().get(), partial).is_none() {
            self.metrics.partials_made.inc();
        }
        if waiting.sent.is_none_or(|at| at.elapsed() >= SEND_AGAIN) {
            waiting.sent = Some(Instant::now());
            let (label, partial) = (one.label.message().to_vec(), partial.to_bytes());
            work.messages.push(Message::Partial { label, partial });
        }
    }

    /// The group's signature, once a quorum's parts are here.
    fn combine(&self, one: &DueLabel, keys: &EpochKeys) -> Option<[u8; 48]> {
        let polynomial = keys.polynomial();
        let parts: Vec<_> = {
            let held = self.held();
            let waiting = held.partials.get(one.label.message())?;
            if waiting.signature.is_some() {
                return waiting.signature;
            }
            waiting.parts.values().copied().collect()
        };
        if parts.len() < polynomial.quorum() {
            return None;
        }
        match recover(&polynomial, &one.label, &parts) {
            Ok(recovered) => {
                let signature = recovered.signature.to_bytes();
                if let Some(waiting) = self.held().partials.get_mut(one.label.message()) {
                    waiting.signature = Some(signature);
                }
                Some(signature)
            }
            Err(error) => {
                self.metrics.partials_bad.inc();
                warn!(%error, "parts that verified one by one give no signature");
                None
            }
        }
    }

    /// Submits the opening; members of a higher index wait a little for those of a lower one.
    fn submit_opening(&self, one: &DueLabel, signature: [u8; 48], rank: usize, work: &mut Work) {
        let wait = STAGGER.saturating_mul(u32::try_from(rank).unwrap_or(u32::MAX));
        let what = format!("{:?}/{}", one.due, one.from);
        {
            let mut held = self.held();
            let since = held.ready.entry(what.clone()).or_insert_with(Instant::now);
            if since.elapsed() < wait {
                return;
            }
        }
        let (signature, from) = (hex::encode(signature), one.from);
        match &one.due {
            Due::Slot(slot) => {
                let body = json!({"slot": slot, "signature": signature, "from": from});
                self.record(work, what, "slot.opened/1", None, body);
            }
            Due::Tender(id) => {
                let body = json!({"signature": signature, "from": from});
                self.record(work, what, "tender.opened/1", Some(id), body);
            }
            Due::Beacon(id) => {
                let body = json!({"signature": signature});
                self.record(work, what, "beacon.recovered/1", Some(id), body);
            }
        }
    }
}
