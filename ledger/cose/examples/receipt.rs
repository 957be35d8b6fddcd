//! Prints receipts with what a stock verifier needs beside them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::print_stdout
)]

use biaozheng_cose::{ReceiptProof, sign_receipt};
use biaozheng_ledger_scenes::chain::{CENTRES, SmallChain, entry, test_key};
use serde_json::json;

fn main() {
    let chain = SmallChain::new("cose");
    let mut all = Vec::new();
    for (number, (record, block)) in chain.records.iter().enumerate() {
        let (index, size) = (number as u64 + 1, chain.size());
        let proof = ReceiptProof {
            entry: entry(record.id(), *block),
            index,
            path: chain.inclusion(index, size),
            checkpoint: chain.checkpoint(size),
        };
        let key = test_key(&format!("cose/log/{}", CENTRES[number % 2]));
        all.push(json!({
            "receipt": hex::encode(sign_receipt(&key, &proof).unwrap()),
            "entry": hex::encode(proof.entry.encode()),
            "key": hex::encode(key.public().bytes()),
            "key_id": key.public().id().digest().hex(),
            "origin": proof.checkpoint.origin.as_str(),
            "record": record.id(),
            "root": hex::encode(chain.root(size)),
            "size": size,
            "index": index,
            "certificate": chain.certificate(number).to_json(),
            "policy": chain.policy.to_string(),
        }));
    }
    println!("{}", json!(all));
}
