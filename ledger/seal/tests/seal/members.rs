//! A member's keys: what nobody could encrypt a share to is no member's key.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::ChainId;
use biaozheng_seal::dkg::{Ceremony, Member, NodeSecret, acknowledge, deal};
use biaozheng_seal::group::{GroupSignature, PublicPolynomial, Purpose};
use biaozheng_seal::seed::Seed;
use biaozheng_seal::tokens::{BlindPartial, BlindRequest};
use proptest::prelude::*;

/// Every X25519 key of small order, little-endian: of order 4 and 8, of order 4 on the twist, and the two of these that
/// have a second encoding below 2^255. The highest bit is not looked at, so each is a key with it and without.
const SMALL: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn node(n: u8) -> NodeSecret {
    NodeSecret::from_seed(&Seed::new([n; 32]))
}

/// A member's bytes with this share key.
fn with_share_key(n: u8, share_key: &[u8]) -> [u8; Member::SIZE_BYTES] {
    let mut bytes = node(n).member().to_bytes();
    bytes[32..].copy_from_slice(share_key);
    bytes
}

#[test]
fn a_share_key_of_small_order_is_no_members() {
    for digits in SMALL {
        let mut share_key = hex::decode(digits).unwrap();
        for high in [0, 0x80] {
            share_key[31] ^= high;
            let refused = Member::from_bytes(&with_share_key(4, &share_key)).unwrap_err();
            assert!(refused.to_string().contains("share key of small order"), "{digits}: {refused}");
        }
    }
}

/// What is taken can be dealt to, by everybody.
#[test]
fn with_a_key_that_is_taken_every_honest_member_deals() {
    // Nine is the base point; a key beside it that is on the twist; the largest encoding.
    let mut largest = [0xff; 32];
    largest[31] = 0x7f;
    let keys = [[9; 1].as_slice(), &[2], &largest].map(|start| {
        let mut key = [0; 32];
        key[..start.len()].copy_from_slice(start);
        key
    });
    for share_key in keys {
        let cheat = Member::from_bytes(&with_share_key(4, &share_key)).unwrap();
        let honest = [node(1), node(2), node(3)];
        let members: Vec<Member> = honest.iter().map(|one| *one.member()).chain([cheat]).collect();
        let chain = ChainId::new(Digest::of(b"chain"));
        let ceremony = Ceremony::first(&chain, Purpose::Sealing, 0, &members).unwrap();
        for dealer in &honest {
            let dealt = deal(&ceremony, dealer, None, &Seed::new([9; 32])).unwrap();
            assert!(honest.iter().all(|player| acknowledge(&ceremony, player, &dealt).is_ok()));
        }
    }
}

/// The groups of signatures have no point of small order but the identity, and it is none of theirs.
#[test]
fn the_identity_is_no_signature_no_blinded_point_and_no_key() {
    let mut g1 = [0; 48];
    g1[0] = 0xc0;
    assert!(GroupSignature::from_bytes(&g1).is_err());
    assert!(BlindRequest::from_bytes(&g1).is_err());
    assert!(BlindPartial::from_bytes(&[&[0, 1], g1.as_slice()].concat()).is_err());
    let mut g2 = [0; 96];
    g2[0] = 0xc0;
    let polynomial = [&[0, 1, 0, 1], g2.as_slice()].concat();
    assert!(PublicPolynomial::from_bytes(&polynomial).is_err());
}

proptest! {
    #[test]
    fn every_other_key_reads_back(seed in any::<[u8; 32]>()) {
        let bytes = NodeSecret::from_seed(&Seed::new(seed)).member().to_bytes();
        prop_assert_eq!(Member::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    }
}
