//! Records this node took and the rules refuse now, because another one came first: remembered and told.
//!
//! **Invariant:** a refusal of a record this node gave a receipt for is signed with the receipt's key, and answers it.

use std::sync::Arc;

use biaozheng_contracts::Reject;
use biaozheng_ledger::ids::RecordId;
use biaozheng_ledger::refusal::Refusal as SignedRefusal;
use biaozheng_store::Store;
use serde_json::{Value, json};

use super::mempool::Mempool;
use super::settlements::{Settlement, Settlements};
use crate::chain::consensus::Fatal;
use crate::run::clock::now;
use crate::run::identity::Identity;
use crate::run::metrics::Metrics;

/// What a refusal touches.
#[derive(Debug)]
pub struct Refusals {
    pub identity: Arc<Identity>,
    pub store: Store,
    pub mempool: Arc<Mempool>,
    pub settlements: Arc<Settlements>,
    pub metrics: Arc<Metrics>,
}

/// The reject as clients and the store see it.
fn reject_json(reject: &Reject) -> Value {
    json!({
        "code": reject.code, "rule": reject.rule, "value": reject.value, "article": reject.article,
        "message": reject.message, "message_zh": reject.message_zh,
    })
}

impl Refusals {
    /// Takes a refused record out of the pool, and tells who waits for it.
    ///
    /// # Errors
    /// [`Fatal`] when it cannot be written.
    pub fn refuse(&self, id: &RecordId, reject: Reject) -> Result<(), Fatal> {
        let disk = |error: biaozheng_store::StoreError| Fatal::new(error.to_string());
        let own = self.mempool.get(id).is_some_and(|waiting| waiting.own);
        drop(self.mempool.remove([id]));
        if own {
            self.store.remove_pending(&[*id]).map_err(disk)?;
        }
        // A record that stands in the chain was not refused: the same one came twice.
        if let Some(stored) = self.store.record(id).map_err(disk)? {
            self.settlements.settle(id, &Settlement::Committed { leaf: stored.leaf_index });
            return Ok(());
        }
        if own {
            let mut outcome = reject_json(&reject);
            if let Some(members) = outcome.as_object_mut() {
                members.insert("refusal".to_owned(), self.signed(id, &reject));
            }
            self.store.put_outcome(id, &outcome.to_string()).map_err(disk)?;
        }
        self.metrics.intake.refused.inc();
        self.settlements.settle(id, &Settlement::Refused(reject));
        Ok(())
    }

    /// This node's answer to its own receipt.
    fn signed(&self, id: &RecordId, reject: &Reject) -> Value {
        let identity = &self.identity;
        let refusal = SignedRefusal {
            chain: identity.chain,
            record: *id,
            node: identity.name.clone(),
            key: identity.api_key.public(),
            height: self.store.tip().height,
            refused_at_ms: now(),
            code: reject.code.to_owned(),
            rule: reject.rule.clone(),
        };
        refusal.sign(&identity.api_key).to_value()
    }
}
