//! Whatever bytes come in, a decoder answers, and what it accepts it writes back the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::dkg::{
    Acknowledgement, Ceremony, Deal, DealerLog, EpochKeys, NodeSecret, acknowledge, deal,
};
use biaozheng_seal::group::{
    PartialSignature, PrivateShare, PublicPolynomial, Purpose, StorageKey, sign_partial,
};
use biaozheng_seal::label::Label;
use biaozheng_seal::sealing::{OpeningProof, SealedEntry};
use biaozheng_seal::tokens::{BlindPartial, SpentToken};
use proptest::prelude::*;

/// Reads bytes as everything; what is accepted must be written back the same.
fn read_all(bytes: &[u8]) {
    let mut written: Vec<Vec<u8>> = Vec::new();
    written.extend(SealedEntry::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(OpeningProof::from_bytes(bytes).map(|it| it.to_bytes().to_vec()));
    written.extend(PublicPolynomial::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(PartialSignature::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(BlindPartial::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(SpentToken::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(EpochKeys::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(Deal::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(Acknowledgement::from_bytes(bytes).map(|it| it.to_bytes()));
    written.extend(DealerLog::from_bytes(bytes).map(|it| it.to_bytes()));
    assert!(written.iter().all(|again| again == bytes));
}

/// One good example of most encodings, to be spoiled.
fn examples() -> Vec<Vec<u8>> {
    let world = World::new();
    let (entry, proof) = world.seal(1, &bid("T-1", 1, 1, b"body"), 9);
    let nodes: Vec<_> = (1..=4).map(|n| NodeSecret::from_seed(&seed(n))).collect();
    let members: Vec<_> = nodes.iter().map(|node| *node.member()).collect();
    let ceremony = Ceremony::first(&chain(), Purpose::Sealing, 1, &members).unwrap();
    let dealt = deal(&ceremony, &nodes[0], None, &seed(5)).unwrap();
    let acknowledged = acknowledge(&ceremony, &nodes[1], &dealt).unwrap();
    let part = sign_partial(&world.shares[0], &Label::slot(&chain(), SLOT)).unwrap();
    vec![
        entry.to_bytes(),
        proof.to_bytes().to_vec(),
        world.polynomial.to_bytes(),
        part.to_bytes(),
        dealt.to_bytes(),
        acknowledged.to_bytes(),
    ]
}

#[test]
fn every_example_reads_back_and_no_prefix_of_it_does() {
    for example in examples() {
        read_all(&example);
        for end in 0..example.len().min(400) {
            read_all(&example[..end]);
        }
        read_all(&[example.as_slice(), &[0]].concat());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), kind in 0_usize..8) {
        read_all(&bytes);
        let magic: [&[u8]; 8] =
            [b"BZSE\x01\x00", b"BZOP\x01", b"BZSH\x01", b"BZDD\x01", b"BZDA\x01", b"BZDL\x01", b"BZEK\x01", b"BZTK\x01"];
        read_all(&[magic[kind], &bytes].concat());
        let polynomial = World::new().polynomial;
        let stored = [magic[2], &bytes].concat();
        prop_assert!(PrivateShare::open_at_rest(&stored, &StorageKey::new([1; 32]), &polynomial).is_err());
    }

    #[test]
    fn spoiled_examples_never_panic(which in 0_usize..6, place in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = examples().swap_remove(which);
        let place = place.index(bytes.len());
        bytes[place] = to;
        read_all(&bytes);
    }
}
