//! What a sealed bid promises: it opens at its time, for everybody alike, and for nobody before or under another name.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::group::{RecoverError, WrongSignature, recover, sign_partial, trusted_dealer};
use biaozheng_seal::label::{Label, Slot};
use biaozheng_seal::limits::{SEALED_ENTRY_BYTES_MAX, SIZE_CLASS_BYTES};
use biaozheng_seal::sealing::*;

const CANARY: &[u8] = b"canary: 3,141,592.65 yuan";

fn opened_bid(world: &World, entry: &SealedEntry) -> SealedBid {
    match open_outer(&world.group, &world.slot_key(), entry).unwrap() {
        OpenedEntry::Bid(bid) => bid,
        other => panic!("a bid, not {other:?}"),
    }
}

#[test]
fn a_bid_opens_in_two_steps_after_any_trip_through_bytes() {
    let world = World::new();
    for length in [0, 1, 1_020, 1_021, 5_000, 32_764] {
        let bid = bid("T-1", 1, 1, &vec![7; length]);
        let (entry, _) = world.seal(1, &bid, 9);
        let entry = SealedEntry::from_bytes(&entry.to_bytes()).unwrap();
        let sealed = opened_bid(&world, &entry);
        assert_eq!(sealed.identity(), &bid.identity);
        assert_eq!(open_inner(&world.group, &world.tender_key("T-1"), &sealed).unwrap(), bid.body);
    }
    let too_long = bid("T-1", 1, 1, &vec![7; 32_765]);
    let refused = seal(&world.group, SLOT, &too_long, &bidder(1), &seed(9));
    assert_eq!(refused.err(), Some(SealError::BodyTooLong { found: 32_765 }));
    let refused = seal(&world.group, SLOT, &bid("T-1", 1, 1, b""), &bidder(2), &seed(9));
    assert_eq!(refused.err(), Some(SealError::OtherKey));
}

#[test]
fn shares_of_one_fewer_than_a_quorum_cannot_open() {
    let world = World::new();
    let label = Label::slot(&chain(), SLOT);
    let parts: Vec<_> = world.shares[..2].iter().map(|share| sign_partial(share, &label).unwrap()).collect();
    let error = recover(&world.polynomial, &label, &parts).unwrap_err();
    assert_eq!(error, RecoverError::TooFew { valid: 2, quorum: 3, faulty: vec![] });
    // Nor is one member's own part a key.
    let alone = <[u8; 48]>::try_from(&parts[0].to_bytes()[2..]).unwrap();
    let alone = biaozheng_seal::group::GroupSignature::from_bytes(&alone).unwrap();
    assert_eq!(SlotKey::new(&world.group, SLOT, alone), Err(WrongSignature));
}

#[test]
fn the_signature_of_an_earlier_slot_another_tender_or_a_beacon_opens_nothing() {
    let world = World::new();
    let earlier = Slot::new(SLOT.get() - 1);
    for label in [
        Label::slot(&chain(), earlier),
        Label::tender(&chain(), &tender("T-1")),
        Label::beacon(&chain(), &biaozheng_ledger::digest::Digest::of(b"x")),
    ] {
        assert_eq!(SlotKey::new(&world.group, SLOT, world.sign(&label)), Err(WrongSignature));
    }
    let (entry, _) = world.seal(1, &bid("T-1", 1, 1, CANARY), 9);
    let early = SlotKey::new(&world.group, earlier, world.sign(&Label::slot(&chain(), earlier))).unwrap();
    assert_eq!(open_outer(&world.group, &early, &entry), Err(OpeningFailure::OtherSlot));
    let sealed = opened_bid(&world, &entry);
    let other = open_inner(&world.group, &world.tender_key("T-2"), &sealed);
    assert_eq!(other, Err(OpeningFailure::OtherOpening));
}

#[test]
fn an_entry_moved_to_an_earlier_slot_does_not_open_there() {
    let world = World::new();
    let (entry, _) = world.seal(1, &bid("T-1", 1, 1, CANARY), 9);
    let earlier = Slot::new(SLOT.get() - 1);
    let mut bytes = entry.to_bytes();
    bytes[6..14].copy_from_slice(&earlier.get().to_be_bytes());
    let moved = SealedEntry::from_bytes(&bytes).unwrap();
    let early = SlotKey::new(&world.group, earlier, world.sign(&Label::slot(&chain(), earlier))).unwrap();
    assert_eq!(open_outer(&world.group, &early, &moved), Err(OpeningFailure::OuterKey));
}

/// A rival who sees the opened outer layer cannot pass the body off as its own: every name is authenticated.
#[test]
fn a_ciphertext_copied_under_another_bidder_lot_tender_or_sequence_fails() {
    let world = World::new();
    let original = bid("T-1", 1, 1, CANARY);
    let (entry, _) = world.seal(1, &original, 9);
    let inner = inner_layer(&world, &entry);
    let mut others = vec![original.identity.clone(); 4];
    others[0].bidder = bid("T-1", 2, 1, b"").identity.bidder;
    others[1].lot = LotId::new("2").unwrap();
    others[2].sequence = 2;
    others[3].bidder_key = bidder(2).public();
    for identity in others {
        let number = if identity.bidder_key == bidder(2).public() { 2 } else { 1 };
        let copy = wrap(&world, &identity, number, &inner);
        let sealed = opened_bid(&world, &copy);
        let opened = open_inner(&world.group, &world.tender_key("T-1"), &sealed);
        assert_eq!(opened, Err(OpeningFailure::InnerCipher), "{identity:?}");
    }
    let mut elsewhere = original.identity.clone();
    elsewhere.opening = tender("T-2");
    let sealed = opened_bid(&world, &wrap(&world, &elsewhere, 1, &inner));
    let opened = open_inner(&world.group, &world.tender_key("T-2"), &sealed);
    assert_eq!(opened, Err(OpeningFailure::InnerKey));
    // The same under its own name is fine, so the copy fails for its name and nothing else.
    let sealed = opened_bid(&world, &wrap(&world, &original.identity, 1, &inner));
    assert_eq!(open_inner(&world.group, &world.tender_key("T-1"), &sealed).unwrap(), CANARY);
}

#[test]
fn a_bit_flipped_anywhere_is_refused_or_fails_to_open() {
    let world = World::new();
    let (entry, _) = world.seal(1, &bid("T-1", 1, 1, CANARY), 9);
    let bytes = entry.to_bytes();
    let key = world.slot_key();
    for place in (0..bytes.len()).step_by(7).chain(0..16) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let Ok(changed) = SealedEntry::from_bytes(&changed) else { continue };
        assert!(open_outer(&world.group, &key, &changed).is_err(), "byte {place}");
    }
}

#[test]
fn bids_withdrawals_and_dummies_of_a_class_have_one_length() {
    let world = World::new();
    for class in SizeClass::all() {
        let smallest =
            if class.number() == 0 { 0 } else { SIZE_CLASS_BYTES[usize::from(class.number()) - 1] };
        let small = world.seal(1, &bid("T", 1, 1, &vec![1; smallest]), 2).0;
        let long_name = "T".repeat(64);
        let large = world.seal(1, &bid(&long_name, 1, 1, &vec![1; class.body_bytes_max()]), 3).0;
        let identity = bid(&long_name, 1, 2, b"").identity;
        let withdrawal =
            seal_withdrawal(&world.group, SLOT, &identity, class, &bidder(1), &seed(4)).unwrap().0;
        let dummy = seal_dummy(&world.group, SLOT, class, &seed(5));
        let all = [small, large, withdrawal, dummy];
        for entry in &all {
            assert_eq!(entry.class(), class);
            assert_eq!(entry.to_bytes().len(), all[0].to_bytes().len());
            // Everything readable, the head of 14 bytes, is the same.
            assert_eq!(entry.to_bytes()[..14], all[0].to_bytes()[..14]);
            assert!(entry.to_bytes().len() <= SEALED_ENTRY_BYTES_MAX);
        }
        assert_eq!(open_outer(&world.group, &world.slot_key(), &all[3]), Ok(OpenedEntry::Dummy));
    }
}

/// Dummies drawn with the bids' mix of classes have the bids' lengths, and no byte of the ciphertexts leans one way.
#[test]
fn dummies_look_like_bids() {
    let world = World::new();
    let (mut bids, mut dummies) = (Vec::new(), Vec::new());
    for n in 0..64 {
        let class = SizeClass::new(n % 2).unwrap();
        bids.push(world.seal(1, &bid("T-1", 1, 1, &vec![0; class.body_bytes_max()]), n).0.to_bytes());
        dummies.push(seal_dummy(&world.group, SLOT, class, &seed(n)).to_bytes());
    }
    let lengths = |entries: &[Vec<u8>]| entries.iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(&bids), lengths(&dummies));
    let ones = |entries: &[Vec<u8>]| -> f64 {
        let bits: u32 = entries.iter().flat_map(|e| &e[174..]).map(|byte| byte.count_ones()).sum();
        f64::from(bits) / entries.iter().map(|e| (e.len() - 174) as f64 * 8.0).sum::<f64>()
    };
    for share in [ones(&bids), ones(&dummies)] {
        assert!((share - 0.5).abs() < 0.005, "{share}"); // seven standard deviations
    }
}

#[test]
fn names_and_body_stand_in_no_byte_of_the_traffic_nor_of_one_fewer_than_a_quorums_memory() {
    let world = World::new();
    let name = "CANARY-TENDER-NAME";
    let mut secret = bid(name, 1, 1, CANARY);
    secret.identity.lot = LotId::new("CANARY-LOT").unwrap();
    let (entry, proof) = world.seal(1, &secret, 9);
    let mut seen = entry.to_bytes();
    seen.extend(format!("{entry:?}").bytes());
    seen.extend(world.polynomial.to_bytes());
    let label = Label::slot(&chain(), Slot::new(1));
    for share in &world.shares[..2] {
        let key = biaozheng_seal::group::StorageKey::new([3; 32]);
        seen.extend(share.seal_at_rest(&key, &world.group.key, &seed(8)));
        seen.extend(format!("{share:?}").bytes());
        seen.extend(sign_partial(share, &label).unwrap().to_bytes());
    }
    let needles: [&[u8]; 5] =
        [CANARY, name.as_bytes(), b"CANARY-LOT", b"BIDDER-1", secret.identity.bidder_key.bytes()];
    for needle in needles {
        assert!(!seen.windows(needle.len()).any(|window| window == needle), "{}", needle.escape_ascii());
        // The bidder's own proof holds each of them, so the search can find what it looks for.
        assert!(proof.to_bytes().windows(needle.len()).any(|window| window == needle));
    }
    // After the slot's opening the names are known and the body is not.
    let sealed = format!("{:?}", opened_bid(&world, &entry));
    let body_as_list = format!("{CANARY:?}");
    assert!(!sealed.contains(body_as_list.trim_matches(['[', ']'])) && sealed.contains(name));
}

#[test]
fn replacements_withdrawals_copies_and_strangers_are_sorted_by_the_order_on_chain() {
    let world = World::new();
    let withdraw = |number, sequence, fresh| {
        let identity = bid("T-1", number, sequence, b"").identity;
        let class = SizeClass::new(0).unwrap();
        seal_withdrawal(&world.group, SLOT, &identity, class, &bidder(number), &seed(fresh)).unwrap().0
    };
    let mut stranger = bid("T-1", 9, 99, b"");
    stranger.identity.bidder = bid("T-1", 2, 1, b"").identity.bidder;
    let first = world.seal(1, &bid("T-1", 1, 1, b"one"), 10).0;
    let mut spoiled = first.to_bytes();
    *spoiled.last_mut().unwrap() ^= 1;
    let entries = [
        SealedEntry::from_bytes(&spoiled).unwrap(), // 0: a rival's spoiled copy, first on chain
        first.clone(),                              // 1: replaced by 3
        world.seal(2, &bid("T-1", 2, 1, b"two"), 11).0, // 2: stands
        world.seal(1, &bid("T-1", 1, 2, b"one again"), 12).0, // 3: stands
        first,                                      // 4: copy
        world.seal(3, &bid("T-1", 3, 1, b"three"), 13).0, // 5: withdrawn by 6
        withdraw(3, 2, 14),                         // 6
        withdraw(1, 1, 15),                         // 7: overtaken by 3
        world.seal(9, &stranger, 16).0,             // 8: a stranger in bidder 2's name
        seal_dummy(&world.group, SLOT, SizeClass::new(0).unwrap(), &seed(17)), // 9
    ];
    let key = world.slot_key();
    let opened: Vec<_> =
        entries.into_iter().map(|e| (e.clone(), open_outer(&world.group, &key, &e))).collect();
    let result = standing(&opened, |identity| identity.bidder_key != bidder(9).public());
    assert_eq!(result.bids.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(
        (result.superseded.as_slice(), result.copies.as_slice()),
        ([1, 5, 6, 7].as_slice(), [4].as_slice())
    );
    assert_eq!(result.failed, [(0, OpeningFailure::OuterCipher), (8, OpeningFailure::UnknownBidder)]);
    assert_eq!(result.dummies, 1);
}

#[test]
fn the_bidders_proof_opens_its_entry_without_the_group_and_no_other() {
    let world = World::new();
    let (entry, proof) = world.seal(1, &bid("T-1", 1, 1, CANARY), 9);
    let read = OpeningProof::from_bytes(&proof.to_bytes()).unwrap();
    assert_eq!((read.verify(&world.group, &entry), read.body()), (Ok(()), Some(CANARY)));
    let (other, _) = world.seal(1, &bid("T-1", 1, 1, CANARY), 10);
    assert_eq!(read.verify(&world.group, &other), Err(ProofError::OtherEntry));
    for place in 0..proof.to_bytes().len() {
        let mut changed = proof.to_bytes().to_vec();
        changed[place] ^= 1;
        let holds =
            OpeningProof::from_bytes(&changed).is_ok_and(|it| it.verify(&world.group, &entry).is_ok());
        assert!(!holds, "byte {place}");
    }
    let identity = bid("T-1", 1, 2, b"").identity;
    let class = SizeClass::new(1).unwrap();
    let (entry, proof) = seal_withdrawal(&world.group, SLOT, &identity, class, &bidder(1), &seed(3)).unwrap();
    assert_eq!((proof.verify(&world.group, &entry), proof.body()), (Ok(()), None));
}

#[test]
fn another_groups_signature_does_not_open() {
    let world = World::new();
    let (polynomial, shares) =
        trusted_dealer::deal(&seed(2), biaozheng_seal::group::Purpose::Sealing, 4).unwrap();
    let label = Label::slot(&chain(), SLOT);
    let parts: Vec<_> = shares.iter().map(|share| sign_partial(share, &label).unwrap()).collect();
    let foreign = recover(&polynomial, &label, &parts).unwrap().signature;
    assert_eq!(SlotKey::new(&world.group, SLOT, foreign), Err(WrongSignature));
}

/// Takes an entry apart as anybody can after its slot has opened.
fn inner_layer(world: &World, entry: &SealedEntry) -> Vec<u8> {
    opened_bid(world, entry).inner_bytes().to_vec()
}

/// Signs and seals somebody's inner layer under a name of one's own.
fn wrap(world: &World, identity: &BidIdentity, number: u8, inner: &[u8]) -> SealedEntry {
    let class = SizeClass::new(0).unwrap();
    wrap_inner(&world.group, SLOT, identity, class, inner, &bidder(number), &seed(77)).unwrap()
}
