//! Golden vectors for sealers in other languages: what is sealed with which seed, and the digest of every layer that
//! comes out. More cases than `sealing.json` has, of every class, and short. A changed vector is a changed format:
//!
//! ```text
//! cargo test -p biaozheng-seal --test client_vectors -- --ignored regenerate
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::PathBuf;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::group::GroupKey;
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    about: String,
    regenerate: String,
    chain: String,
    group_key: String,
    cases: Vec<Case>,
    /// Bytes that are no group key.
    refused_keys: Vec<Refused>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    why: String,
    key: String,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// `bid`, `withdrawal` or `dummy`.
    kind: String,
    slot: u64,
    class: u8,
    tender: String,
    opening_number: u32,
    lot: String,
    bidder: String,
    bidder_seed: String,
    sequence: u32,
    /// The body is so many bytes, each the low byte of its place times 7.
    body_bytes: usize,
    seed: String,
    entry: String,
    proof: Option<String>,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/client.json")
}

fn body(length: usize) -> Vec<u8> {
    (0..length).map(|place| place.wrapping_mul(7).to_le_bytes()[0]).collect()
}

fn case(world: &World, kind: &str, number: u8, length: usize) -> Case {
    let tender_name = if number.is_multiple_of(2) { "T-1" } else { "2026-350100-48-01-000123" };
    let mut one = bid(tender_name, number, u32::from(number) * 1_000_003, &body(length));
    one.identity.opening.number = u32::from(number) + 1;
    one.identity.lot = LotId::new(&"L".repeat(usize::from(number) + 1)).unwrap();
    let (slot, secret) = (Slot::new(SLOT.get() + u64::from(number)), bidder(number));
    let class = SizeClass::of(length).unwrap();
    let (entry, proof) = match kind {
        "bid" => {
            let (entry, proof) = seal(&world.group, slot, &one, &secret, &seed(number)).unwrap();
            (entry, Some(proof))
        }
        "withdrawal" => {
            let sealed = seal_withdrawal(&world.group, slot, &one.identity, class, &secret, &seed(number));
            let (entry, proof) = sealed.unwrap();
            (entry, Some(proof))
        }
        _ => (seal_dummy(&world.group, slot, class, &seed(number)), None),
    };
    Case {
        kind: kind.to_owned(),
        slot: slot.get(),
        class: class.number(),
        tender: one.identity.opening.tender.as_str().to_owned(),
        opening_number: one.identity.opening.number,
        lot: one.identity.lot.as_str().to_owned(),
        bidder: one.identity.bidder.as_str().to_owned(),
        bidder_seed: hex::encode([number; 32]),
        sequence: one.identity.sequence,
        body_bytes: length,
        seed: hex::encode([number; 32]),
        entry: entry.digest().to_string(),
        proof: proof.map(|it| Digest::of(&it.to_bytes()).to_string()),
    }
}

fn refused_keys(world: &World) -> Vec<Refused> {
    let good = world.group.key.to_bytes();
    let changed = |why: &str, change: &dyn Fn(&mut [u8; 96])| {
        let mut key = good;
        change(&mut key);
        Refused { why: why.to_owned(), key: hex::encode(key) }
    };
    vec![
        changed("the neutral element", &|key| {
            *key = [0; 96];
            key[0] = 0xc0;
        }),
        changed("not marked as compressed", &|key| key[0] &= 0x7f),
        changed("neutral element with something in it", &|key| key[0] |= 0x40),
        changed("a coordinate above the modulus", &|key| key[48..].fill(0xff)),
        // Half of all coordinates have a point on the curve, and nearly every such point is outside the group.
        changed("no point, or one outside the group: + 1", &|key| key[95] ^= 1),
        changed("no point, or one outside the group: + 2", &|key| key[95] ^= 2),
        changed("no point, or one outside the group: + 4", &|key| key[95] ^= 4),
        changed("no point, or one outside the group: + 8", &|key| key[95] ^= 8),
    ]
}

fn make() -> Vectors {
    let world = World::new();
    let lengths =
        [(1, 0), (2, 1_020), (3, 1_021), (4, 4_092), (5, 4_093), (6, 16_380), (7, 16_381), (8, 32_764)];
    let bids = lengths.map(|(number, length)| case(&world, "bid", number, length));
    let others = [
        case(&world, "withdrawal", 9, 0),
        case(&world, "withdrawal", 10, 32_764),
        case(&world, "dummy", 11, 0),
        case(&world, "dummy", 12, 5_000),
    ];
    let refused_keys = refused_keys(&world);
    assert!(refused_keys.iter().all(|it| read_key(&it.key).is_none()));
    Vectors {
        about: "What is sealed with which seed, and the digests of the entry and of its opening proof."
            .to_owned(),
        regenerate: "cargo test -p biaozheng-seal --test client_vectors -- --ignored regenerate".to_owned(),
        chain: chain().to_string(),
        group_key: hex::encode(world.group.key.to_bytes()),
        cases: bids.into_iter().chain(others).collect(),
        refused_keys,
    }
}

fn read_key(digits: &str) -> Option<GroupKey> {
    GroupKey::from_bytes(&hex::decode(digits).unwrap().try_into().unwrap()).ok()
}

#[test]
fn the_file_is_what_the_program_seals() {
    let golden: Vectors = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    assert_eq!(golden, make());
}

#[test]
#[ignore = "writes the golden file"]
fn regenerate() {
    let text = serde_json::to_string_pretty(&make()).unwrap();
    std::fs::write(path(), text + "\n").unwrap();
}
