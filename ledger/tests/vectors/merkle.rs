//! `merkle.json`: log entries, leaf hashes, roots, inclusion and consistency proofs.

use biaozheng_ledger::entry::{LogEntry, genesis_entry};
use biaozheng_ledger::ids::{ChainId, Height, RecordId, TimeMs};
use biaozheng_ledger::merkle::{Hash, empty_root, leaf_hash, root_of, verify_consistency, verify_inclusion};
use serde::{Deserialize, Serialize};

use crate::{Golden, check, hash, make};
use biaozheng_ledger_scenes::chain::SmallChain;

pub(crate) const GOLDEN: Golden = Golden {
    name: "merkle.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "RFC 6962 over SHA-256: the log's entries with their leaf hashes, the root of every size, and proofs \
             good and bad. Hashes in hexadecimal, paths leaf side first.",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    genesis: Genesis,
    entries: Vec<Entry>,
    /// The root of the first 0, 1, 2 … leaves, the genesis entry first.
    roots: Vec<String>,
    inclusions: Vec<Inclusion>,
    consistencies: Vec<Consistency>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Genesis {
    chain: ChainId,
    entry: String,
    leaf: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    record: RecordId,
    height: u64,
    time_ms: u64,
    position: u32,
    entry: String,
    leaf: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inclusion {
    name: String,
    leaf: String,
    index: u64,
    size: u64,
    path: Vec<String>,
    root: String,
    valid: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Consistency {
    name: String,
    old_size: u64,
    new_size: u64,
    path: Vec<String>,
    old_root: String,
    new_root: String,
    valid: bool,
}

fn path(digits: &[String]) -> Vec<Hash> {
    digits.iter().map(|one| hash(one)).collect()
}

fn digits(path: &[Hash]) -> Vec<String> {
    path.iter().map(hex::encode).collect()
}

fn judge(vectors: &Vectors) {
    let Genesis { chain, entry, leaf } = &vectors.genesis;
    assert_eq!(&genesis_entry(chain), entry.as_bytes());
    assert_eq!(hex::encode(leaf_hash(entry.as_bytes())), *leaf);
    let mut leaves = vec![hash(leaf)];
    for one in &vectors.entries {
        let entry = LogEntry {
            record: one.record,
            height: Height::new(one.height),
            time: TimeMs::new(one.time_ms),
            position: one.position,
        };
        assert_eq!(entry.encode(), one.entry.as_bytes());
        assert_eq!(hex::encode(entry.leaf_hash()), one.leaf);
        leaves.push(entry.leaf_hash());
    }
    assert_eq!(vectors.roots.len(), leaves.len() + 1);
    assert_eq!(vectors.roots[0], hex::encode(empty_root()));
    for (size, root) in vectors.roots.iter().enumerate() {
        assert_eq!(hex::encode(root_of(leaves[..size].iter().copied())), *root);
    }
    assert!(vectors.inclusions.len() > 25 && vectors.consistencies.len() > 25);
    for one in &vectors.inclusions {
        let verdict =
            verify_inclusion(&hash(&one.leaf), one.index, one.size, &path(&one.path), &hash(&one.root));
        assert_eq!(verdict.is_ok(), one.valid, "{}", one.name);
    }
    for one in &vectors.consistencies {
        let (old, new) = (hash(&one.old_root), hash(&one.new_root));
        let verdict = verify_consistency(one.old_size, one.new_size, &path(&one.path), &old, &new);
        assert_eq!(verdict.is_ok(), one.valid, "{}", one.name);
    }
}

fn vectors() -> Vectors {
    let chain = SmallChain::new("vectors");
    let text = |index: usize| String::from_utf8(chain.entries[index].clone()).expect("ASCII");
    let leaf = |index: usize| hex::encode(leaf_hash(&chain.entries[index]));
    let entries = chain.records.iter().enumerate().map(|(number, (record, block))| Entry {
        record: record.id(),
        height: block.height.get(),
        time_ms: block.time_ms.get(),
        position: block.position,
        entry: text(number + 1),
        leaf: leaf(number + 1),
    });
    let root = |size: u64| hex::encode(chain.root(size));
    let (mut inclusions, mut consistencies) = (Vec::new(), Vec::new());
    for size in 1..=chain.size() {
        inclusions.extend((0..size).map(|index| Inclusion {
            name: format!("{index} of {size}"),
            leaf: leaf(index as usize),
            index,
            size,
            path: digits(&chain.inclusion(index, size)),
            root: root(size),
            valid: true,
        }));
        consistencies.extend((1..=size).map(|old| Consistency {
            name: format!("{old} to {size}"),
            old_size: old,
            new_size: size,
            path: digits(&chain.consistency(old, size)),
            old_root: root(old),
            new_root: root(size),
            valid: true,
        }));
    }
    inclusions.extend(bad_inclusions(&chain));
    consistencies.extend(bad_consistencies(&chain));
    Vectors {
        genesis: Genesis { chain: chain.id(), entry: text(0), leaf: leaf(0) },
        entries: entries.collect(),
        roots: (0..=chain.size()).map(root).collect(),
        inclusions,
        consistencies,
    }
}

fn bad_inclusions(chain: &SmallChain) -> Vec<Inclusion> {
    let good = chain.inclusion(3, 7);
    let leaf = leaf_hash(&chain.entries[3]);
    let longer = [good.clone(), vec![[0; 32]]].concat();
    let mut swapped = good.clone();
    swapped.swap(0, 1);
    let node = biaozheng_ledger::merkle::node_hash(&good[0], &leaf);
    [
        ("index beyond the tree", leaf, 7, 7, good.clone(), chain.root(7)),
        ("another index", leaf, 2, 7, good.clone(), chain.root(7)),
        ("another size", leaf, 3, 9, good.clone(), chain.root(7)),
        ("another leaf", [9; 32], 3, 7, good.clone(), chain.root(7)),
        ("another root", leaf, 3, 7, good.clone(), chain.root(6)),
        ("a hash too many", leaf, 3, 7, longer, chain.root(7)),
        ("a hash too few", leaf, 3, 7, good[..good.len() - 1].to_vec(), chain.root(7)),
        ("hashes in another order", leaf, 3, 7, swapped, chain.root(7)),
        ("an inner node as a leaf", node, 3, 7, good[1..].to_vec(), chain.root(7)),
        ("no path in a tree of one", [9; 32], 0, 1, vec![], chain.root(1)),
        ("an empty tree", leaf, 0, 0, vec![], empty_root()),
        ("64 hashes", leaf, 0, u64::MAX >> 11, vec![[0; 32]; 64], [0; 32]),
    ]
    .into_iter()
    .map(|(name, leaf, index, size, path, root)| Inclusion {
        name: name.into(),
        leaf: hex::encode(leaf),
        index,
        size,
        path: digits(&path),
        root: hex::encode(root),
        valid: false,
    })
    .collect()
}

fn bad_consistencies(chain: &SmallChain) -> Vec<Consistency> {
    let good = chain.consistency(3, 7);
    let longer = [good.clone(), vec![[0; 32]]].concat();
    let shorter = good[..good.len() - 1].to_vec();
    let (three, seven) = (chain.root(3), chain.root(7));
    [
        ("from nothing", 0, 7, vec![], empty_root(), seven),
        ("backwards", 7, 3, good.clone(), seven, three),
        ("another old root", 3, 7, good.clone(), chain.root(2), seven),
        ("another new root", 3, 7, good.clone(), three, chain.root(6)),
        ("another old size", 2, 7, good, three, seven),
        ("a hash too many", 3, 7, longer, three, seven),
        ("a hash too few", 3, 7, shorter, three, seven),
        ("no path", 3, 7, vec![], three, seven),
        ("a path between equals", 7, 7, vec![[0; 32]], seven, seven),
        ("equal sizes, other roots", 7, 7, vec![], three, seven),
    ]
    .into_iter()
    .map(|(name, old_size, new_size, path, old, new)| Consistency {
        name: name.into(),
        old_size,
        new_size,
        path: digits(&path),
        old_root: hex::encode(old),
        new_root: hex::encode(new),
        valid: false,
    })
    .collect()
}
