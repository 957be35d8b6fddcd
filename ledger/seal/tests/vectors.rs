//! Golden vectors: `ledger/seal/tests/vectors/sealing.json`. Sealing is deterministic in its seed, so the bytes of every format are
//! fixed. Recomputing the file is a separate, deliberate command; a changed vector is a changed format:
//!
//! ```text
//! cargo test -p biaozheng-seal --test vectors -- --ignored regenerate
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::PathBuf;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::beacon::beacon_value;
use biaozheng_seal::dkg::{Board, Ceremony, NodeSecret, acknowledge, conclude, deal};
use biaozheng_seal::group::{
    GroupKey, GroupSignature, PartialSignature, PublicPolynomial, Purpose, recover, sign_partial,
    trusted_dealer,
};
use biaozheng_seal::label::Label;
use biaozheng_seal::sealing::*;
use biaozheng_seal::tokens::{TokenGroup, request_token, sign_blindly};
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    about: String,
    regenerate: String,
    chain: String,
    polynomial: String,
    group_key: String,
    slot: u64,
    slot_label: String,
    slot_partials: Vec<String>,
    slot_signature: String,
    tender: String,
    tender_label: String,
    tender_signature: String,
    body: String,
    entry: String,
    proof: String,
    withdrawal: String,
    dummy: String,
    beacon_subject: String,
    beacon_signature: String,
    beacon_value: String,
    token: String,
    ceremony_deal: String,
    ceremony_acknowledgement: String,
    ceremony_log: String,
    ceremony_keys: String,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/sealing.json")
}

fn make() -> Vectors {
    let world = World::new();
    let slot_label = Label::slot(&chain(), SLOT);
    let tender_label = Label::tender(&chain(), &tender("T-1"));
    let one = bid("T-1", 1, 1, "报价 3,141,592.65 元".as_bytes());
    let (entry, proof) = world.seal(1, &one, 9);
    let class = SizeClass::new(0).unwrap();
    let identity = bid("T-1", 1, 2, b"").identity;
    let withdrawal = seal_withdrawal(&world.group, SLOT, &identity, class, &bidder(1), &seed(10)).unwrap().0;
    let subject = Digest::of(b"candidates");
    let beacon = world.sign(&Label::beacon(&chain(), &subject));
    let partials =
        world.shares.iter().map(|it| hex::encode(sign_partial(it, &slot_label).unwrap().to_bytes()));
    let (dealt, acknowledged, log, keys) = ceremony();
    Vectors {
        about: "Sealed bids: the bytes of every format, made from fixed seeds; numbers and layouts in docs/sealing.md"
            .to_owned(),
        regenerate: "cargo test -p biaozheng-seal --test vectors -- --ignored regenerate".to_owned(),
        chain: chain().to_string(),
        polynomial: hex::encode(world.polynomial.to_bytes()),
        group_key: hex::encode(world.group.key.to_bytes()),
        slot: SLOT.get(),
        slot_label: hex::encode(slot_label.message()),
        slot_partials: partials.collect(),
        slot_signature: hex::encode(world.sign(&slot_label).to_bytes()),
        tender: "T-1".to_owned(),
        tender_label: hex::encode(tender_label.message()),
        tender_signature: hex::encode(world.sign(&tender_label).to_bytes()),
        body: hex::encode(&one.body),
        entry: hex::encode(entry.to_bytes()),
        proof: hex::encode(proof.to_bytes()),
        withdrawal: hex::encode(withdrawal.to_bytes()),
        dummy: hex::encode(seal_dummy(&world.group, SLOT, class, &seed(11)).to_bytes()),
        beacon_subject: subject.to_string(),
        beacon_signature: hex::encode(beacon.to_bytes()),
        beacon_value: beacon_value(&world.group.key, &chain(), &subject, &beacon).unwrap().to_string(),
        token: hex::encode(token(&entry)),
        ceremony_deal: dealt,
        ceremony_acknowledgement: acknowledged,
        ceremony_log: log,
        ceremony_keys: keys,
    }
}

fn token(entry: &SealedEntry) -> Vec<u8> {
    let (polynomial, shares) = trusted_dealer::deal(&seed(3), Purpose::Tokens(3), 4).unwrap();
    let group = TokenGroup { chain: chain(), epoch: 3, key: polynomial.group_key() };
    let pending = request_token(&group, &seed(12));
    let sign = |share| sign_blindly(&group, share, pending.request()).unwrap();
    let parts: Vec<_> = shares.iter().map(sign).collect();
    pending.finish(&group, &polynomial, &parts).unwrap().spend(entry).to_bytes()
}

/// First deal, first acknowledgement, first log, and the keys of a ceremony of four.
fn ceremony() -> (String, String, String, String) {
    let nodes: Vec<_> = (1..=4).map(|n| NodeSecret::from_seed(&seed(n))).collect();
    let members: Vec<_> = nodes.iter().map(|node| *node.member()).collect();
    let ceremony = Ceremony::first(&chain(), Purpose::Sealing, 1, &members).unwrap();
    let mut board = Board::new(ceremony.clone());
    let deals: Vec<_> = nodes.iter().map(|node| deal(&ceremony, node, None, &seed(5)).unwrap()).collect();
    deals.iter().for_each(|it| board.enter_deal(it.clone()).unwrap());
    board.advance();
    let said: Vec<_> = nodes
        .iter()
        .flat_map(|node| deals.iter().map(|it| acknowledge(&ceremony, node, it).unwrap()))
        .collect();
    said.iter().for_each(|it| board.enter_acknowledgement(*it).unwrap());
    board.advance();
    let logs: Vec<_> = nodes.iter().map(|node| conclude(&board, node, None, &seed(5)).unwrap()).collect();
    for log in &logs {
        board.enter_log(log.clone()).unwrap();
    }
    board.advance();
    (
        hex::encode(deals[0].to_bytes()),
        hex::encode(said[0].to_bytes()),
        hex::encode(logs[0].to_bytes()),
        hex::encode(board.finalise().unwrap().to_bytes()),
    )
}

#[test]
fn the_file_is_what_the_program_makes_and_its_parts_open_one_another() {
    let text = std::fs::read_to_string(path()).unwrap();
    let golden: Vectors = serde_json::from_str(&text).unwrap();
    assert_eq!(golden, make());
    let raw = |text: &str| hex::decode(text).unwrap();
    let polynomial = PublicPolynomial::from_bytes(&raw(&golden.polynomial)).unwrap();
    let key = GroupKey::from_bytes(&raw(&golden.group_key).try_into().unwrap()).unwrap();
    assert_eq!(polynomial.group_key(), key);
    let group = SealingGroup { chain: golden.chain.parse().unwrap(), key };
    let parts: Vec<_> =
        golden.slot_partials.iter().map(|it| PartialSignature::from_bytes(&raw(it)).unwrap()).collect();
    let recovered = recover(&polynomial, &Label::slot(&group.chain, SLOT), &parts).unwrap();
    assert_eq!(hex::encode(recovered.signature.to_bytes()), golden.slot_signature);
    let slot = SlotKey::new(&group, SLOT, recovered.signature).unwrap();
    let entry = SealedEntry::from_bytes(&raw(&golden.entry)).unwrap();
    let OpenedEntry::Bid(sealed) = open_outer(&group, &slot, &entry).unwrap() else { panic!("a bid") };
    let signature = GroupSignature::from_bytes(&raw(&golden.tender_signature).try_into().unwrap()).unwrap();
    let tender_key = TenderKey::new(&group, tender(&golden.tender), signature).unwrap();
    assert_eq!(open_inner(&group, &tender_key, &sealed).unwrap(), raw(&golden.body));
    let dummy = SealedEntry::from_bytes(&raw(&golden.dummy)).unwrap();
    assert_eq!(open_outer(&group, &slot, &dummy), Ok(OpenedEntry::Dummy));
}

#[test]
#[ignore = "writes the golden file"]
fn regenerate() {
    let text = serde_json::to_string_pretty(&make()).unwrap();
    std::fs::write(path(), text + "\n").unwrap();
}
