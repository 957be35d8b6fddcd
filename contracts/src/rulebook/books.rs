//! Rulebooks as anyone may read them.

use biaozheng_ledger::digest::Digest;
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::rulebook::{Rulebook, state_key};

/// The newest rulebook of each category.
///
/// # Errors
/// When the state cannot be read.
pub fn rulebooks(state: &dyn StateRead) -> Result<Vec<Value>, StateFailure> {
    let newest: Vec<(Vec<u8>, (u32, Digest))> = load_all(state, state_key::NEWEST_RULEBOOKS, 1000)?;
    let mut found = Vec::new();
    for (_, (version, digest)) in newest {
        let Some(book) = Rulebook::load(state, &digest)? else { continue };
        let (title, title_zh) = book.titles();
        found.push(json!({
            "category": book.category(), "version": version, "digest": digest.to_string(), "title": title,
            "title_zh": title_zh, "nature": book.nature(), "currency": book.currency(),
        }));
    }
    Ok(found)
}

/// A rulebook's text by its digest.
///
/// # Errors
/// When the state cannot be read.
pub fn rulebook(state: &dyn StateRead, digest: &Digest) -> Result<Option<String>, StateFailure> {
    load(state, &state_key::rulebook(digest))
}
