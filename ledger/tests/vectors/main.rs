//! Golden vectors: every public format as JSON under `tests/vectors`, read here and by the verifier written in
//! JavaScript. A file nobody reads, a member nobody knows, and an empty list fail the run.
//!
//! One module a file: its members (serde, unknown ones refused), `make` and `check`. Recomputing the files is a
//! separate, deliberate command; look at the difference before you keep it, for a changed vector is a changed
//! format:
//!
//! ```text
//! cargo test --release -p biaozheng-ledger --test vectors -- --ignored regenerate
//! ```

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::unwrap_used
)]

mod block;
mod certificate;
mod dsse;
mod ed25519;
mod edge_signatures;
mod merkle;
mod note;
mod policy;
mod receipt;
mod record;
mod strict_json;
mod tlog_proof;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const COMMAND: &str = "cargo test --release -p biaozheng-ledger --test vectors -- --ignored regenerate";

/// What every file looks like.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorFile<T> {
    about: String,
    regenerate: String,
    vectors: T,
}

/// A file with its reader and its writer.
struct Golden {
    name: &'static str,
    check: fn(&str),
    make: fn() -> String,
}

fn check<T: DeserializeOwned>(text: &str, judge: fn(&T)) {
    let file: VectorFile<T> = serde_json::from_str(text).expect("every member is known");
    assert_eq!(file.regenerate, COMMAND);
    judge(&file.vectors);
}

fn make<T: Serialize>(about: &str, vectors: T) -> String {
    let file = VectorFile { about: about.to_owned(), regenerate: COMMAND.to_owned(), vectors };
    serde_json::to_string_pretty(&file).expect("plain data") + "\n"
}

const ALL: &[Golden] = &[
    block::GOLDEN,
    certificate::GOLDEN,
    dsse::GOLDEN,
    ed25519::GOLDEN,
    merkle::GOLDEN,
    note::GOLDEN,
    policy::GOLDEN,
    receipt::GOLDEN,
    record::GOLDEN,
    strict_json::GOLDEN,
    tlog_proof::GOLDEN,
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

/// Bytes from the hexadecimal digits of a vector.
fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits).expect("hexadecimal digits")
}

/// A hash from the hexadecimal digits of a vector.
fn hash(digits: &str) -> [u8; 32] {
    bytes(digits).try_into().expect("32 bytes")
}

#[test]
fn every_vector_holds_and_every_file_is_read() {
    let found: BTreeSet<String> = fs::read_dir(folder())
        .expect("tests/vectors exists")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("a plain name"))
        .collect();
    let known: BTreeSet<String> = ALL.iter().map(|golden| golden.name.to_owned()).collect();
    assert_eq!(found, known, "every file has a reader, every reader a file");
    for golden in ALL {
        let text = fs::read_to_string(folder().join(golden.name)).expect("readable");
        (golden.check)(&text);
    }
}

#[test]
fn the_examples_of_the_documentation_are_vectors() {
    let read = |path: PathBuf| fs::read_to_string(path).expect("readable");
    let vectors: String = ALL.iter().map(|golden| read(folder().join(golden.name))).collect();
    let text = read(folder().join("../../docs/formats.md"));
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let long: Vec<&str> = text.split(|c| !part(c)).filter(|word| word.len() >= 40).collect();
    assert!(long.len() > 10, "digests, keys and signatures");
    for word in long {
        assert!(vectors.contains(word), "{word} is in docs/formats.md and in no vector");
    }
}

#[test]
fn an_unknown_member_fails() {
    let text = fs::read_to_string(folder().join(strict_json::GOLDEN.name)).expect("readable");
    let extra = text.replacen("\"text\":", "\"unread\": 1, \"text\":", 1);
    assert_ne!(extra, text);
    assert!(std::panic::catch_unwind(|| (strict_json::GOLDEN.check)(&extra)).is_err());
}

#[test]
#[ignore = "rewrites tests/vectors; run it deliberately"]
fn regenerate() {
    for golden in ALL {
        let text = (golden.make)();
        (golden.check)(&text);
        fs::write(folder().join(golden.name), text).expect("writable");
    }
}
