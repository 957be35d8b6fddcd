//! Rulebooks already parsed, and those already tightened: a text is named by its digest, so what comes of it never changes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use biaozheng_ledger::digest::Digest;

use crate::machine::state::StateFailure;
use crate::rulebook::Rulebook;

/// A chain has a rulebook for each category, the few older ones its open tenders pin, and a text of each district for
/// some of them.
const KEPT_MAX: usize = 256;

/// A rulebook's text and, where a district tightened it, that text.
type Name = (Digest, Option<Digest>);

static KEPT: Mutex<BTreeMap<Name, Rulebook>> = Mutex::new(BTreeMap::new());

fn kept(name: Name, make: impl FnOnce() -> Result<Rulebook, StateFailure>) -> Result<Rulebook, StateFailure> {
    if let Some(book) = KEPT.lock().unwrap_or_else(PoisonError::into_inner).get(&name) {
        return Ok(book.clone());
    }
    let book = make()?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= KEPT_MAX {
        kept.clear();
    }
    kept.insert(name, book.clone());
    Ok(book)
}

/// The rulebook of a text that state holds. One that does not parse is our failure.
pub(super) fn book(digest: &Digest, text: &str) -> Result<Rulebook, StateFailure> {
    kept((*digest, None), || {
        Rulebook::parse(text).map_err(|error| StateFailure(format!("rulebook {digest}: {error}")))
    })
}

/// What a district's text makes of a rulebook, both named by their digests.
pub(super) fn tightened(
    rulebook: &Digest,
    tightening: &Digest,
    make: impl FnOnce() -> Result<Rulebook, StateFailure>,
) -> Result<Rulebook, StateFailure> {
    kept((*rulebook, Some(*tightening)), make)
}
