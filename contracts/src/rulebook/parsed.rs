//! Rulebooks already parsed: a text is named by its digest, so what it parses to never changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use biaozheng_ledger::digest::Digest;

use super::Rulebook;
use crate::state::StateFailure;

/// A chain has a rulebook for each category, and the few older ones its open tenders pin.
const KEPT_MAX: usize = 64;

static KEPT: Mutex<BTreeMap<Digest, Rulebook>> = Mutex::new(BTreeMap::new());

/// The rulebook of a text that state holds. One that does not parse is our failure.
pub(super) fn book(digest: &Digest, text: &str) -> Result<Rulebook, StateFailure> {
    if let Some(book) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(digest) {
        return Ok(book.clone());
    }
    let book = Rulebook::parse(text).map_err(|error| StateFailure(format!("rulebook {digest}: {error}")))?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(*digest, book.clone());
    Ok(book)
}
