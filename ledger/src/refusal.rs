//! A refusal: a node's signed word that the rules refused a record it had given a receipt for.
//!
//! A record that passed its trial can be refused when it is built into a block, because another one came first. The
//! refusal answers the receipt: it says by which rule and on which state, so whoever may see that state and the record
//! executes it there and finds whether it is true.

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::genesis::Genesis;
use crate::ids::{ChainId, Height, RecordId, TimeMs};
use crate::key::{PublicKey, SecretKey};
use crate::receipt::Receipt;
use crate::statement::{self, Statement, StatementError};

/// DSSE payload type of refusals.
pub const REFUSAL_PAYLOAD_TYPE: &str = "application/vnd.biaozheng.refusal+json";

/// What the node found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    pub chain: ChainId,
    pub record: RecordId,
    /// The node's name in the genesis.
    pub node: String,
    pub key: PublicKey,
    /// The block on whose state, with records before it in the next one, the record was refused.
    pub height: Height,
    /// By the node's clock.
    pub refused_at_ms: TimeMs,
    /// The refusal's stable code.
    pub code: String,
    pub rule: String,
}

impl Statement for Refusal {
    const PAYLOAD_TYPE: &'static str = REFUSAL_PAYLOAD_TYPE;

    fn key(&self) -> &PublicKey {
        &self.key
    }
}

impl Refusal {
    #[must_use]
    pub fn sign(&self, key: &SecretKey) -> Envelope {
        statement::sign(self, key)
    }

    /// Reads a refusal and verifies its signature. Whether the key is a node's is for the caller to compare
    /// with the genesis.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn verify(json: &[u8]) -> Result<Self, StatementError> {
        statement::verify(json)
    }

    /// Whether this answers a receipt of a node of this chain: the same node's word about the same record, by its key in
    /// the genesis, given no later than `until`, when the promise was due: later than promised by as long as the log stood.
    #[must_use]
    pub fn answers(&self, receipt: &Receipt, until: TimeMs, genesis: &Genesis) -> bool {
        let own = genesis.rest.nodes.iter().find(|node| node.name == self.node);
        own.is_some_and(|node| node.api_key == self.key)
            && self.chain == genesis.chain_id()
            && (self.record, &self.node, self.key) == (receipt.record, &receipt.node, receipt.key)
            && (receipt.received_at_ms..=receipt.promised_by_ms.max(until)).contains(&self.refused_at_ms)
    }
}
