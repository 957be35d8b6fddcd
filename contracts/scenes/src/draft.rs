//! A record before it is signed: its type, who signs it, its body and papers.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::DocumentReference;
use serde_json::Value;

use crate::setting::key;

#[derive(Debug)]
pub struct Draft {
    pub kind: &'static str,
    pub by: Vec<(String, SecretKey)>,
    pub body: Value,
    pub project: bool,
    pub previous: Option<RecordId>,
    pub papers: Vec<(DocumentReference, Vec<u8>)>,
}

pub fn draft(kind: &'static str, by: &str, body: Value) -> Draft {
    Draft { kind, by: vec![(by.into(), key(by))], body, project: false, previous: None, papers: Vec::new() }
}

impl Draft {
    pub fn also(mut self, by: &str) -> Self {
        self.by.push((by.into(), key(by)));
        self
    }

    pub fn with_key(mut self, key: SecretKey) -> Self {
        self.by[0].1 = key;
        self
    }

    /// With a document of this name.
    pub fn paper(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let digest = DocumentDigest::new(Digest::of(bytes));
        let (name, media_type, size) = (name.into(), media_type.into(), bytes.len() as u64);
        self.papers.push((DocumentReference { name, digest, size, media_type }, bytes.into()));
        self
    }

    pub fn at(mut self, previous: Option<RecordId>) -> Self {
        self.project = true;
        self.previous = previous;
        self
    }
}
