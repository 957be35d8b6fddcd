//! `--evidence`: what is proven, what is not, and what cannot be judged, by the real binary.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::arithmetic_side_effects)]

use std::path::Path;
use std::process::Command;

use biaozheng_ledger::evidence::{Claim, Conflict, Evidence};
use biaozheng_ledger::record::Record;
use biaozheng_ledger_scenes::chain::{SmallChain, test_key};

fn forked(number: u64) -> SmallChain {
    let mut chain = SmallChain::new("program");
    let record = Record::sign(&chain.payload(number), &[&test_key("author")]).unwrap();
    chain.append(record, 4, 0);
    chain
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biaozheng-verify"));
    let output = command.args(arguments).current_dir(folder).env_remove("LANG").output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_fork_is_proven_offline_and_only_about_the_chain_it_is_about() {
    let (a, b) = (forked(6), forked(7));
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let conflict = |second: &SmallChain| {
        let claim = Conflict::of_one_size(&a.signed(8, &[0, 1, 2]), &second.signed(8, &[1, 2, 3]));
        Evidence::new(&a.genesis, Claim::Conflict(claim)).to_json()
    };
    write("fork.json", &conflict(&b));
    write("same.json", &conflict(&a));
    write("garbage.json", "{}");
    write("policy", &a.policy.to_string());
    write("other-policy", &SmallChain::new("elsewhere").policy.to_string());
    let chain = a.id().to_string();

    let (code, text) = run(folder.path(), &["--evidence", "fork.json", "--policy", "policy"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("PROVEN") && text.contains(&chain), "{text}");
    // Three cosigned each, two of them both; the first centre's log key stands under both.
    assert!(text.contains("district-a (cosigner key), district-b (cosigner key)"), "{text}");
    let (code, text) = run(folder.path(), &["--evidence", "fork.json", "--json", "--chain", &chain]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, &value["verdict"], &value["detail"]["fork"]), (0, &"proven".into(), &true.into()));

    let (code, text) = run(folder.path(), &["--evidence", "fork.json"]);
    assert!(code == 0 && text.contains("nobody said which chain") && !text.contains("PROVEN"), "{text}");
    assert_eq!(run(folder.path(), &["--evidence", "fork.json", "--require-anchor"]).0, 2);
    assert_eq!(run(folder.path(), &["--evidence", "fork.json", "--policy", "other-policy"]).0, 1);
    let (code, text) = run(folder.path(), &["--evidence", "same.json", "--policy", "policy"]);
    assert!(code == 1 && text.contains("NOT PROVEN"), "{text}");
    for unusable in ["garbage.json", "none.json", "policy"] {
        assert_eq!(run(folder.path(), &["--evidence", unusable]).0, 2, "{unusable}");
    }
}
