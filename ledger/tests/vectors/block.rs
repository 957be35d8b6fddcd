//! `block.json`: headers, their bytes and hashes, and whole blocks.

use biaozheng_ledger::block::{Block, Header, record_leaf, records_root};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{BlockHash, ChainId, Height, KeyId, StateRoot, TimeMs};
use serde::{Deserialize, Serialize};

use crate::{Golden, bytes, check, hash, make};
use biaozheng_ledger_scenes::chain::{START_MS, SmallChain, test_key};

pub(crate) const GOLDEN: Golden = Golden {
    name: "block.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "Block headers field by field, as bytes and hashed; whole blocks, and bytes that are none.",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    blocks: Vec<Case>,
    refused: Vec<Refused>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    chain: ChainId,
    height: u64,
    time_ms: u64,
    previous: BlockHash,
    proposer: KeyId,
    record_count: u32,
    records_root: String,
    history_size: u64,
    history_root: String,
    state_root: StateRoot,
    validators_hash: String,
    rulebook_hash: String,
    header: String,
    hash: BlockHash,
    record_leaves: Vec<String>,
    block: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refused {
    name: String,
    block: String,
}

fn header(case: &Case) -> Header {
    Header {
        chain: case.chain,
        height: Height::new(case.height),
        time: TimeMs::new(case.time_ms),
        previous: case.previous,
        proposer: case.proposer,
        record_count: case.record_count,
        records_root: hash(&case.records_root),
        history_size: case.history_size,
        history_root: hash(&case.history_root),
        state_root: case.state_root,
        validators_hash: case.validators_hash.parse().expect("a digest"),
        rulebook_hash: case.rulebook_hash.parse().expect("a digest"),
    }
}

fn judge(vectors: &Vectors) {
    assert!(vectors.blocks.len() >= 2 && vectors.refused.len() >= 5);
    for case in &vectors.blocks {
        let header = header(case);
        assert_eq!(hex::encode(header.encode()), case.header);
        assert_eq!(Header::decode(&bytes(&case.header)), Ok(header.clone()));
        assert_eq!(header.hash(), case.hash);
        let block = Block::decode(&bytes(&case.block)).expect("a block");
        assert_eq!(block.header, header);
        assert_eq!(hex::encode(block.encode()), case.block);
        assert_eq!(hex::encode(records_root(&block.envelopes)), case.records_root);
        let leaves: Vec<_> = block.envelopes.iter().map(|one| hex::encode(record_leaf(one))).collect();
        assert_eq!(leaves, case.record_leaves);
    }
    for case in &vectors.refused {
        assert!(Block::decode(&bytes(&case.block)).is_err(), "{}", case.name);
    }
}

fn vectors() -> Vectors {
    let chain = SmallChain::new("vectors");
    let mut previous = BlockHash::new(Digest::zero());
    let mut blocks = Vec::new();
    for height in 1..=2u64 {
        let first = (height as usize - 1) * 2;
        let envelopes: Vec<_> =
            chain.records[first..first + 2].iter().map(|(record, _)| record.envelope().clone()).collect();
        let envelopes = if height == 2 { vec![] } else { envelopes };
        let size = 1 + 2 * height;
        let header = Header {
            chain: chain.id(),
            height: Height::new(height),
            time: TimeMs::new(START_MS + height * 2000 + 345),
            previous,
            proposer: test_key("vectors/consensus/city").public().id(),
            record_count: envelopes.len() as u32,
            records_root: records_root(&envelopes),
            history_size: size,
            history_root: chain.root(size),
            state_root: StateRoot::new(Digest::of(format!("state {height}").as_bytes())),
            validators_hash: chain.genesis.validators().hash(),
            rulebook_hash: Digest::of(b"rulebook"),
        };
        previous = header.hash();
        blocks.push(case(&Block { header, envelopes }));
    }
    let good = bytes(&blocks[0].block);
    let changed = |place: usize, value: u8| {
        let mut bytes = good.clone();
        bytes[place] = value;
        hex::encode(bytes)
    };
    let refused = [
        ("another magic", changed(0, b'X')),
        ("reserved byte", changed(288, 1)),
        ("one record fewer announced", changed(119, 1)),
        ("one record more announced", changed(119, 3)),
        ("a byte of a signature", changed(289 + 1 + 32 + 1, good[289 + 34] ^ 1)),
        ("algorithm 2", changed(289 + 1 + 32, 2)),
        ("cut short", hex::encode(&good[..good.len() - 1])),
        ("a byte left over", hex::encode([&good[..], &[0]].concat())),
        ("nothing", String::new()),
    ];
    let refused = refused.into_iter().map(|(name, block)| Refused { name: name.into(), block }).collect();
    Vectors { blocks, refused }
}

fn case(block: &Block) -> Case {
    let header = &block.header;
    Case {
        chain: header.chain,
        height: header.height.get(),
        time_ms: header.time.get(),
        previous: header.previous,
        proposer: header.proposer,
        record_count: header.record_count,
        records_root: hex::encode(header.records_root),
        history_size: header.history_size,
        history_root: hex::encode(header.history_root),
        state_root: header.state_root,
        validators_hash: header.validators_hash.to_string(),
        rulebook_hash: header.rulebook_hash.to_string(),
        header: hex::encode(header.encode()),
        hash: header.hash(),
        record_leaves: block.envelopes.iter().map(|one| hex::encode(record_leaf(one))).collect(),
        block: hex::encode(block.encode()),
    }
}
