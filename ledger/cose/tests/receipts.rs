//! Receipts hold for their entry, log and key, and for nothing else.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use biaozheng_cose::{ReceiptError, ReceiptProof, sign_receipt, verify_receipt};
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger_scenes::chain::{CENTRES, SmallChain, entry, test_key};

fn proof(chain: &SmallChain, number: usize, size: u64) -> ReceiptProof {
    let (record, block) = &chain.records[number];
    let index = number as u64 + 1;
    let checkpoint = chain.checkpoint(size);
    ReceiptProof { entry: entry(record.id(), *block), index, path: chain.inclusion(index, size), checkpoint }
}

fn log_key(label: &str, centre: usize) -> SecretKey {
    test_key(&format!("{label}/log/{}", CENTRES[centre]))
}

#[test]
fn every_record_in_every_tree_by_every_signer() {
    let chain = SmallChain::new("cose");
    let log = chain.genesis.origin().unwrap();
    for number in 0..chain.records.len() {
        for size in number as u64 + 2..=chain.size() {
            let proof = proof(&chain, number, size);
            for centre in 0..2 {
                let key = log_key("cose", centre);
                let receipt = sign_receipt(&key, &proof).unwrap();
                let seen = verify_receipt(&receipt, &proof.entry, &log, &key.public()).unwrap();
                assert_eq!((seen.tree_size, seen.index, seen.root), (size, proof.index, chain.root(size)));
            }
        }
    }
}

#[test]
fn a_changed_bit_another_entry_log_or_key_is_refused() {
    let (chain, other) = (SmallChain::new("cose"), SmallChain::new("other"));
    let log = chain.genesis.origin().unwrap();
    let (one, key) = (proof(&chain, 2, 7), log_key("cose", 0));
    let receipt = sign_receipt(&key, &one).unwrap();
    let verify = |receipt: &[u8], entry: &LogEntry| verify_receipt(receipt, entry, &log, &key.public());
    assert!(verify(&receipt, &one.entry).unwrap().agrees_with(&one.checkpoint));
    let mut unsigned = 0;
    for bit in 0..receipt.len() * 8 {
        let mut changed = receipt.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        // Size and index are not signed; what is signed, the root, still holds, and a checkpoint tells.
        if let Ok(seen) = verify(&changed, &one.entry) {
            assert_eq!(seen.root, one.checkpoint.root, "bit {bit}");
            assert!(!seen.agrees_with(&one.checkpoint), "bit {bit}");
            unsigned += 1;
        }
    }
    assert!(unsigned <= 4, "{unsigned} bits of size and index");
    for length in 0..receipt.len() {
        assert!(verify(&receipt[..length], &one.entry).is_err());
    }
    assert!(verify(&[receipt.clone(), vec![0]].concat(), &one.entry).is_err());
    assert_eq!(verify(&[0; 5000], &one.entry), Err(ReceiptError::TooLarge));
    let next = proof(&chain, 3, 7);
    assert!(matches!(verify(&receipt, &next.entry), Err(ReceiptError::Record(_))));
    let moved = LogEntry { position: one.entry.position + 1, ..one.entry };
    assert_eq!(verify(&receipt, &moved), Err(ReceiptError::Signature));
    let elsewhere = verify_receipt(&receipt, &one.entry, &other.genesis.origin().unwrap(), &key.public());
    assert!(matches!(elsewhere, Err(ReceiptError::Log(_))));
    let stranger = verify_receipt(&receipt, &one.entry, &log, &log_key("cose", 1).public());
    assert_eq!(stranger, Err(ReceiptError::Key));
    let wrong = ReceiptProof { index: one.index + 1, ..one };
    assert_eq!(sign_receipt(&key, &wrong), Err(ReceiptError::Inclusion));
}
