//! `metamorphic-log` judges a certificate that a running node gave (`tests/live/run`).

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::unwrap_used)]

use biaozheng_ledger::certificate::Certificate;
use biaozheng_ledger::entry::LogEntry;
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::tlog_proof::TlogProof;
use metamorphic_log::checkpoint::Checkpoint;
use metamorphic_log::note::{SignedNote, VerifierKey};

fn file(variable: &str) -> String {
    let path = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} names a file; see tests/live/run"));
    std::fs::read_to_string(path).unwrap()
}

#[test]
#[ignore = "needs a certificate of a running node: tests/live/run"]
fn metamorphic_log_accepts_a_live_certificate_and_refuses_it_changed() {
    let certificate = Certificate::from_json(file("BIAOZHENG_LIVE_CERTIFICATE").as_bytes()).unwrap();
    let policy: Policy = file("BIAOZHENG_LIVE_POLICY").parse().unwrap();
    let proof: TlogProof = certificate.proof.parse().unwrap();
    let note = proof.checkpoint.to_string();
    let texts = policy.logs().iter().chain(policy.witnesses().iter().map(|(_, key)| key));
    let keys: Vec<VerifierKey> = texts.map(|key| VerifierKey::parse(&key.to_string()).unwrap()).collect();
    let signed = SignedNote::parse(&note).unwrap();
    assert!(signed.verify(&keys).unwrap().len() >= 2, "a log key and a quorum");
    let log: Vec<VerifierKey> = keys.into_iter().take(policy.logs().len()).collect();
    let checkpoint = Checkpoint::from_signed_note(&note, &log).unwrap();
    let block = certificate.block;
    let entry = LogEntry {
        record: certificate.record,
        height: block.height,
        time: block.time_ms,
        position: block.position,
    };
    let path: Vec<Vec<u8>> = proof.path.iter().map(|hash| hash.to_vec()).collect();
    let (size, root) = (checkpoint.size(), *checkpoint.root_hash());
    let holds = |index: u64, leaf: &[u8; 32]| {
        metamorphic_log::proof::verify_inclusion(index, size, leaf, &path, &root).is_ok()
    };
    assert!(holds(proof.index, &entry.leaf_hash()));
    assert!(!holds(proof.index, &LogEntry { position: block.position + 1, ..entry }.leaf_hash()));
    assert!(!holds(proof.index ^ 1, &entry.leaf_hash()));
    let changed = note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1);
    assert!(Checkpoint::from_signed_note(&changed, &log).is_err());
}
