//! Programs nobody here wrote verify what this ledger signs, and refuse it once it is changed.
//!
//! - `signed_note`: notes with 0x01 signatures; it refuses 0x04 key texts and passes over such lines;
//! - `tlog_tiles`: checkpoint texts, inclusion, consistency;
//! - `ct-merkle`: a whole RFC 6962 tree of its own over our entries, inclusion, consistency.
//!
//! `metamorphic-log` has a workspace of its own in `tests/interop/metamorphic`; DSSE envelopes are verified by a
//! stock verifier in `tests/interop`.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::unwrap_used
)]

use biaozheng_ledger::merkle::leaf_hash;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger_scenes::chain::SmallChain;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2_011::Sha256;
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::tlog::{Hash as TileHash, check_record, check_tree};

/// The note with one bit of its root's text changed.
fn tampered(note: &SignedNote) -> String {
    let text = note.to_string();
    let root = note.text.lines().nth(2).unwrap();
    let other = if root.starts_with('A') { "B" } else { "A" };
    text.replacen(root, &format!("{other}{}", &root[1..]), 1)
}

#[test]
fn tlog_tiles_accepts_every_proof_of_the_log() {
    let chain = SmallChain::new("interop");
    for size in 1..=chain.size() {
        let root = chain.root(size);
        for index in 0..size {
            let (leaf, path) = (leaf_hash(&chain.entries[index as usize]), chain.inclusion(index, size));
            let tiles: Vec<_> = path.iter().copied().map(TileHash).collect();
            check_record(&tiles, size, TileHash(root), index, TileHash(leaf)).unwrap();
            assert!(check_record(&tiles, size, TileHash([7; 32]), index, TileHash(leaf)).is_err());
        }
        for old in 1..=size {
            let (old_root, path) = (chain.root(old), chain.consistency(old, size));
            let tiles: Vec<_> = path.iter().copied().map(TileHash).collect();
            check_tree(&tiles, size, TileHash(root), old, TileHash(old_root)).unwrap();
            assert!(check_tree(&tiles, size, TileHash(root), old, TileHash([7; 32])).is_err());
        }
    }
}

#[test]
fn signed_note_and_tlog_tiles_accept_the_checkpoint_by_its_log_key() {
    let chain = SmallChain::new("interop");
    let note = chain.signed(chain.size(), &[0, 1, 2]);
    let verifier = StandardVerifier::new(&chain.policy.logs()[0].to_string()).unwrap();
    let known = VerifierList::new(vec![Box::new(verifier)]);
    let (valid, others) = Note::from_bytes(note.to_string().as_bytes()).unwrap().verify(&known).unwrap();
    assert_eq!((valid.len(), others.len()), (1, 3), "cosignatures are lines it does not know");
    assert!(Note::from_bytes(tampered(&note).as_bytes()).unwrap().verify(&known).is_err());
    assert!(
        StandardVerifier::new(&chain.policy.witnesses()[0].1.to_string()).is_err(),
        "0x04 is not its own"
    );
    let checkpoint = tlog_tiles::checkpoint::Checkpoint::from_bytes(note.text.as_bytes()).unwrap();
    assert_eq!(checkpoint.origin(), chain.genesis.origin().unwrap().as_str());
    assert_eq!((checkpoint.size(), checkpoint.hash().0), (chain.size(), chain.root(chain.size())));
    assert_eq!(checkpoint.to_bytes(), note.text.as_bytes());
}

#[test]
fn ct_merkle_builds_the_same_tree_and_accepts_our_proofs() {
    let chain = SmallChain::new("interop");
    let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut roots: Vec<RootHash<Sha256>> = Vec::new();
    for (index, entry) in chain.entries.iter().enumerate() {
        tree.push(entry.clone());
        let root = tree.root();
        assert_eq!(root.as_bytes().as_slice(), chain.root(index as u64 + 1));
        roots.push(root);
    }
    let size = chain.size();
    let newest = roots.last().unwrap();
    for (index, entry) in chain.entries.iter().enumerate() {
        let path = chain.inclusion(index as u64, size);
        let proof = InclusionProof::<Sha256>::try_from_bytes(path.concat()).unwrap();
        newest.verify_inclusion(entry, index as u64, &proof).unwrap();
        assert!(newest.verify_inclusion(&b"another".to_vec(), index as u64, &proof).is_err());
        assert_eq!(tree.prove_inclusion(index).as_bytes(), path.concat());
    }
    for (old, old_root) in roots.iter().enumerate() {
        let path = chain.consistency(old as u64 + 1, size).concat();
        let proof = ConsistencyProof::<Sha256>::try_from_bytes(path).unwrap();
        newest.verify_consistency(old_root, &proof).unwrap();
    }
}
