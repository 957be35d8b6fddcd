//! `metamorphic-log` verifies what this ledger signs: key texts and signatures 0x01 and 0x04, checkpoints,
//! inclusion, consistency; and refuses it once it is changed.
//!
//! A workspace of its own, because its release pins a pre-release of `p256` that no other package may then leave.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::unwrap_used)]

use biaozheng_ledger::merkle::{Hash, leaf_hash};
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger_scenes::chain::SmallChain;
use metamorphic_log::checkpoint::Checkpoint as OtherCheckpoint;
use metamorphic_log::note::{SignatureType, SignedNote as OtherNote, VerifierKey};

fn as_vectors(path: &[Hash]) -> Vec<Vec<u8>> {
    path.iter().map(|hash| hash.to_vec()).collect()
}

/// The note with one bit of its root's text changed.
fn tampered(note: &SignedNote) -> String {
    let text = note.to_string();
    let root = note.text.lines().nth(2).unwrap();
    let other = if root.starts_with('A') { "B" } else { "A" };
    text.replacen(root, &format!("{other}{}", &root[1..]), 1)
}

#[test]
fn metamorphic_log_accepts_log_signatures_and_cosignatures() {
    let chain = SmallChain::new("interop");
    let note = chain.signed(chain.size(), &[0, 1, 2, 3]);
    let log = VerifierKey::parse(&chain.policy.logs()[0].to_string()).unwrap();
    assert_eq!(log.signature_type(), SignatureType::Ed25519);
    let mut keys = vec![log];
    for (_, key) in chain.policy.witnesses() {
        let parsed = VerifierKey::parse(&key.to_string()).unwrap();
        assert_eq!(parsed.signature_type(), SignatureType::CosignatureV1Ed25519);
        assert_eq!(parsed.encode(), key.to_string(), "the key text is theirs too");
        assert_eq!(parsed.key_id().to_be_bytes(), key.id());
        keys.push(parsed);
    }
    let parsed = OtherNote::parse(&note.to_string()).unwrap();
    assert_eq!(parsed.verify(&keys).unwrap().len(), 5, "one log and four cosigners");
    for key in &keys {
        let alone = std::slice::from_ref(key);
        let checkpoint = OtherCheckpoint::from_signed_note(&note.to_string(), alone).unwrap();
        assert_eq!(checkpoint.size(), chain.size());
        assert_eq!(checkpoint.root_hash().to_vec(), chain.root(chain.size()));
        assert_eq!(checkpoint.marshal(), note.text);
        assert!(OtherCheckpoint::from_signed_note(&tampered(&note), alone).is_err());
    }
}

#[test]
fn metamorphic_log_accepts_every_proof_of_the_log() {
    let chain = SmallChain::new("interop");
    for size in 1..=chain.size() {
        let root = chain.root(size);
        for index in 0..size {
            let (leaf, path) = (leaf_hash(&chain.entries[index as usize]), chain.inclusion(index, size));
            let theirs = as_vectors(&path);
            metamorphic_log::proof::verify_inclusion(index, size, &leaf, &theirs, &root).unwrap();
            assert!(
                metamorphic_log::proof::verify_inclusion(index, size, &root, &theirs, &leaf).is_err()
                    || size == 1
            );
        }
        for old in 1..=size {
            let (old_root, path) = (chain.root(old), chain.consistency(old, size));
            let theirs = as_vectors(&path);
            metamorphic_log::proof::verify_consistency(old, size, &theirs, &old_root, &root).unwrap();
        }
    }
}
