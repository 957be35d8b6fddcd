//! Golden vectors of what an author signs: drafts with their keys, and the envelope this library makes of each. The
//! clients in other languages read the same file and must make the same bytes. A changed vector is a changed format:
//!
//! ```text
//! cargo test -p biaozheng-client --test author_vectors -- --ignored regenerate
//! ```

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "tests")]

use std::path::PathBuf;

use biaozheng_client::author::{Author, document};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::DocumentReference;
use biaozheng_ledger::record::Record;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    about: String,
    regenerate: String,
    vectors: Vec<Case>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signer {
    org: String,
    /// 32 bytes of a secret key made for these tests.
    seed: String,
    chain: ChainId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    author: Signer,
    cosigners: Vec<Signer>,
    #[serde(rename = "type")]
    record_type: String,
    body: Value,
    project: Option<String>,
    previous: Option<RecordId>,
    documents: Vec<DocumentReference>,
    made_at_ms: u64,
    tool: String,
    /// What is signed; null where the draft is refused.
    envelope: Option<String>,
    id: Option<RecordId>,
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/author.json")
}

fn signer(number: u8, chain: &[u8]) -> Signer {
    let seed = hex::encode([number; 32]);
    Signer { org: format!("ORG-{number}"), seed, chain: ChainId::new(Digest::of(chain)) }
}

fn author(signer: &Signer, tool: &str) -> Option<Author> {
    let seed: [u8; 32] = hex::decode(&signer.seed).unwrap().try_into().unwrap();
    let org = OrgId::new(&signer.org).ok()?;
    Some(Author::new(org, SecretKey::from_seed(&seed), signer.chain).with_tool(tool))
}

fn sign(case: &Case) -> Option<Record> {
    let one = author(&case.author, &case.tool)?;
    let others: Option<Vec<_>> = case.cosigners.iter().map(|it| author(it, &case.tool)).collect();
    let others = others?;
    let mut draft = one.record(&case.record_type, &case.body);
    if let Some(project) = &case.project {
        draft = draft.project(ProjectId::new(project).ok()?);
    }
    if let Some(previous) = case.previous {
        draft = draft.previous(previous);
    }
    draft = case.documents.iter().cloned().fold(draft, |draft, it| draft.document(it));
    draft = others.iter().fold(draft, |draft, it| draft.cosign(it));
    draft.sign(TimeMs::new(case.made_at_ms)).ok()
}

fn plain() -> Case {
    Case {
        name: String::new(),
        author: signer(1, b"chain"),
        cosigners: Vec::new(),
        record_type: "tender.published/1".to_owned(),
        body: json!({"number": 0, "title": "道路维修工程", "ceiling": 1_234_500}),
        project: None,
        previous: None,
        documents: Vec::new(),
        made_at_ms: 1_790_000_000_000,
        tool: "biaozheng-vectors/1".to_owned(),
        envelope: None,
        id: None,
    }
}

fn changed(name: &str, change: impl FnOnce(&mut Case)) -> Case {
    let mut case = Case { name: name.to_owned(), ..plain() };
    change(&mut case);
    let record = sign(&case);
    case.envelope = record.as_ref().map(|it| it.envelope().to_json());
    case.id = record.as_ref().map(Record::id);
    case
}

fn pdf(name: &str) -> DocumentReference {
    document(name, b"%PDF", "application/pdf")
}

/// The cases of [`signed`] stand first.
const SIGNED: usize = 10;

fn signed() -> Vec<Case> {
    let before = RecordId::new(Digest::of(b"before"));
    let odd = "\u{0}\u{8}\t\n\u{b}\u{c}\r\u{1f}\"\\/\u{7f}\u{80}\u{2028}\u{2029}\u{feff}é标\u{1d11e}";
    let deep = json!({"a": {"b": [[[{"c": []}], {}], null, true, false, -1, 0]}});
    vec![
        changed("plain", |_| ()),
        changed("everything", |it| {
            it.record_type = "evaluation.reported/12".to_owned();
            it.project = Some("P-2026-000123".to_owned());
            it.previous = Some(before);
            it.documents = vec![pdf("报告.pdf"), document("空.txt", b"", "text/plain")];
            it.cosigners = vec![signer(2, b"chain"), signer(3, b"chain")];
        }),
        changed("every character that JSON could spell in two ways", |it| it.body = json!({odd: odd})),
        changed("members keep their order", |it| it.body = json!({"z": 1, "a": 2, "标": 3, "B": 4})),
        changed("nested, with every kind of value", |it| it.body = deep.clone()),
        changed("largest integers", |it| {
            it.body = json!({"most": 9_007_199_254_740_991_i64, "least": -9_007_199_254_740_991_i64});
            it.made_at_ms = 9_007_199_254_740_991;
        }),
        changed("empty body", |it| it.body = json!({})),
        changed("33 signers", |it| it.cosigners = (2..=33).map(|number| signer(number, b"chain")).collect()),
        changed("longest names", |it| {
            it.author.org = format!("9{}", "x".repeat(63));
            it.project = Some("a:b.c_d-e".to_owned());
            it.tool = "~".repeat(64);
            it.documents = vec![pdf(&"标".repeat(85))];
        }),
        changed("another chain", |it| it.author = signer(1, b"other")),
    ]
}

fn refused() -> Vec<Case> {
    vec![
        changed("a body that is a list", |it| it.body = json!([])),
        changed("a fraction", |it| it.body = json!({"price": 1.5})),
        changed("an integer beyond 2^53", |it| it.body = json!({"price": 9_007_199_254_740_992_i64})),
        changed("nested too deep", |it| {
            it.body = (0..16).fold(json!({}), |inner, _| json!({"a": inner}));
        }),
        changed("a capital in the type", |it| it.record_type = "Tender/1".to_owned()),
        changed("a type without version", |it| it.record_type = "tender".to_owned()),
        changed("an organisation with a space", |it| it.author.org = "ORG 1".to_owned()),
        changed("an empty project", |it| it.project = Some(String::new())),
        changed("a project in Chinese", |it| it.project = Some("标段".to_owned())),
        changed("the same key twice", |it| it.cosigners = vec![signer(1, b"chain")]),
        changed("a cosigner of another chain", |it| it.cosigners = vec![signer(2, b"other")]),
        changed("34 signers", |it| it.cosigners = (2..=34).map(|number| signer(number, b"chain")).collect()),
        changed("an empty tool", |it| it.tool = String::new()),
        changed("a tool that is not ASCII", |it| it.tool = "标".to_owned()),
        changed("a document name with a slash", |it| it.documents = vec![pdf("../x.pdf")]),
        changed("a document name that is too long", |it| it.documents = vec![pdf(&"标".repeat(86))]),
        changed("a media type without slash", |it| it.documents = vec![document("x", b"", "pdf")]),
        changed("257 documents", |it| it.documents = vec![pdf("x.pdf"); 257]),
        changed("a payload beyond 48 KiB", |it| it.body = json!({"x": "x".repeat(49_152)})),
    ]
}

fn make() -> Vectors {
    Vectors {
        about: "Drafts of records with the keys of their signers, and the envelope and id an author makes of each. \
                'envelope' and 'id' are null where the draft is refused."
            .to_owned(),
        regenerate: "cargo test -p biaozheng-client --test author_vectors -- --ignored regenerate".to_owned(),
        vectors: signed().into_iter().chain(refused()).collect(),
    }
}

#[test]
fn the_file_is_what_the_library_signs() {
    let golden: Vectors = serde_json::from_str(&std::fs::read_to_string(path()).unwrap()).unwrap();
    assert_eq!(golden, make());
    let (signed, refused) = golden.vectors.split_at(SIGNED);
    assert!(refused.len() > 15 && refused.iter().all(|case| case.envelope.is_none() && case.id.is_none()));
    for case in signed {
        let record = Record::from_json(case.envelope.as_ref().unwrap().as_bytes()).unwrap();
        assert_eq!(Some(record.id()), case.id, "{}", case.name);
        assert!(record.verify(&case.author.chain).is_ok(), "{}", case.name);
    }
}

#[test]
#[ignore = "writes the golden file"]
fn regenerate() {
    let text = serde_json::to_string_pretty(&make()).unwrap();
    std::fs::write(path(), text + "\n").unwrap();
}
