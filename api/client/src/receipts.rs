//! Checking a node's receipt: the promise must be for this record, on this chain, by a node of the genesis.

use std::collections::BTreeMap;

use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{ChainId, RecordId};
use biaozheng_ledger::key::PublicKey;
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::statement::StatementError;

/// The chain and the keys its nodes sign receipts with.
#[derive(Clone, Debug)]
pub struct ReceiptVerifier {
    chain: ChainId,
    names: BTreeMap<PublicKey, String>,
}

/// Why a receipt proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptRefused {
    #[error(transparent)]
    Form(#[from] StatementError),
    #[error("the receipt is for chain {found}, expected {expected}")]
    Chain { found: ChainId, expected: ChainId },
    #[error("the receipt is for record {found}, expected {expected}")]
    Record { found: RecordId, expected: RecordId },
    #[error("the receipt's key {0} belongs to no node of the genesis")]
    UnknownKey(PublicKey),
    #[error("the receipt names node {named:?}, its key belongs to {owner:?}")]
    Node { named: String, owner: String },
    #[error("the receipt promises a time before it was given")]
    Promise,
    #[error(
        "the receipt does not say how much of the log its node had looked through: on a long log nobody could prove that \
         such a promise was broken"
    )]
    Unbounded,
}

impl ReceiptVerifier {
    #[must_use]
    pub fn new(genesis: &Genesis) -> Self {
        let names = genesis.rest.nodes.iter().map(|node| (node.api_key, node.name.clone())).collect();
        Self { chain: genesis.chain_id(), names }
    }

    #[must_use]
    pub const fn chain(&self) -> ChainId {
        self.chain
    }

    /// Verifies a receipt's DSSE JSON strictly, as one that its node can be held to, however long the log grows.
    ///
    /// # Errors
    /// [`ReceiptRefused`].
    pub fn verify(&self, json: &[u8], record: &RecordId) -> Result<Receipt, ReceiptRefused> {
        let receipt = self.verify_any(json, record)?;
        if receipt.history_size.is_none() { Err(ReceiptRefused::Unbounded) } else { Ok(receipt) }
    }

    /// The same, also for one that says nothing of the log, as nodes of before gave: for who judges what was kept.
    ///
    /// # Errors
    /// [`ReceiptRefused`].
    pub fn verify_any(&self, json: &[u8], record: &RecordId) -> Result<Receipt, ReceiptRefused> {
        let receipt = Receipt::verify(json)?;
        if receipt.chain != self.chain {
            return Err(ReceiptRefused::Chain { found: receipt.chain, expected: self.chain });
        }
        if receipt.record != *record {
            return Err(ReceiptRefused::Record { found: receipt.record, expected: *record });
        }
        let owner = self.names.get(&receipt.key).ok_or(ReceiptRefused::UnknownKey(receipt.key))?;
        if *owner != receipt.node {
            return Err(ReceiptRefused::Node { named: receipt.node, owner: owner.clone() });
        }
        if receipt.promised_by_ms < receipt.received_at_ms {
            return Err(ReceiptRefused::Promise);
        }
        Ok(receipt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::TimeMs;
    use biaozheng_ledger::key::SecretKey;

    fn receipt(key: &SecretKey, node: &str, chain: &[u8], record: &[u8], promise: u64) -> Vec<u8> {
        Receipt {
            chain: ChainId::new(Digest::of(chain)),
            record: RecordId::new(Digest::of(record)),
            node: node.into(),
            key: key.public(),
            received_at_ms: TimeMs::new(5),
            promised_by_ms: TimeMs::new(promise),
            history_size: Some(1),
        }
        .sign(key)
        .to_json()
        .into_bytes()
    }

    #[test]
    fn a_receipt_that_could_not_be_held_against_its_node_is_none() {
        let key = SecretKey::from_seed(&[1; 32]);
        let chain = ChainId::new(Digest::of(b"c"));
        let verifier = ReceiptVerifier { chain, names: [(key.public(), "suzhou".to_owned())].into() };
        let record = RecordId::new(Digest::of(b"r"));
        let mut own = Receipt::verify(&receipt(&key, "suzhou", b"c", b"r", 9)).unwrap();
        own.history_size = None;
        let json = own.sign(&key).to_json();
        assert!(matches!(verifier.verify(json.as_bytes(), &record), Err(ReceiptRefused::Unbounded)));
        assert!(verifier.verify_any(json.as_bytes(), &record).is_ok(), "an auditor judges it all the same");
    }

    #[test]
    fn every_way_a_receipt_can_lie_is_told_apart() {
        let (key, other) = (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]));
        let chain = ChainId::new(Digest::of(b"c"));
        let verifier = ReceiptVerifier { chain, names: [(key.public(), "suzhou".to_owned())].into() };
        let record = RecordId::new(Digest::of(b"r"));
        let verify = |json: &[u8]| verifier.verify(json, &record);
        assert!(verify(&receipt(&key, "suzhou", b"c", b"r", 9)).is_ok());
        assert!(matches!(verify(&receipt(&key, "suzhou", b"d", b"r", 9)), Err(ReceiptRefused::Chain { .. })));
        assert!(matches!(
            verify(&receipt(&key, "suzhou", b"c", b"s", 9)),
            Err(ReceiptRefused::Record { .. })
        ));
        assert!(matches!(
            verify(&receipt(&other, "suzhou", b"c", b"r", 9)),
            Err(ReceiptRefused::UnknownKey(_))
        ));
        assert!(matches!(verify(&receipt(&key, "wuxi", b"c", b"r", 9)), Err(ReceiptRefused::Node { .. })));
        assert!(matches!(verify(&receipt(&key, "suzhou", b"c", b"r", 4)), Err(ReceiptRefused::Promise)));
        let forged = String::from_utf8(receipt(&key, "suzhou", b"c", b"r", 9)).unwrap();
        let forged = forged.replacen("\"sig\":\"", "\"sig\":\"AAAA", 1);
        assert!(matches!(verify(forged.as_bytes()), Err(ReceiptRefused::Form(_))));
    }
}
