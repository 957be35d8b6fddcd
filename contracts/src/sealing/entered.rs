//! An entry in state, and what became of it.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde_json::{Value, json};

use crate::machine::state::{StateFailure, StateRead, load};
use crate::sealing::group::Group;
use crate::sealing::slot::slot_end;
use crate::sealing::state_key;

/// The tool of a sealed entry: none is named.
pub const TOKEN_TOOL: &str = "sealed";

/// What became of an entry.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) enum Fate {
    Dummy,
    Stands,
    /// Replaced or withdrawn, or the withdrawal itself.
    Superseded,
    Copy,
    Late,
    /// Does not open, or names nothing it could be a bid for: code.
    Failed(String),
}

/// An entry in state.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Entered {
    pub(crate) version: u8,
    pub(crate) record: RecordId,
    pub(crate) digest: Digest,
    pub(crate) at: TimeMs,
    pub(crate) height: Height,
    /// Empty once its outer layer is open; the record keeps them.
    pub(crate) bytes: Vec<u8>,
    pub(crate) fate: Option<Fate>,
}

/// A sealed entry by its bytes' digest: where it stands, and what became of it once its slot was opened. Whose it is and
/// for which tender it was is not said here; only who sealed it knows the digest's meaning. Nothing for one that is not there.
///
/// # Errors
/// When the state cannot be read.
pub fn entry(state: &dyn StateRead, digest: &Digest) -> Result<Option<Value>, StateFailure> {
    let Some((slot, place)) = load::<(u64, u32)>(state, &state_key::sealed_bytes(digest))? else {
        return Ok(None);
    };
    let missing = || StateFailure("a slot without its entry".into());
    let entered: Entered = load(state, &state_key::sealed_entry(slot, place))?.ok_or_else(missing)?;
    let slot_ms = Group::sealing(state)?.map_or(0, |group| group.slot_ms());
    let (fate, code) = match entered.fate {
        None => ("waiting", None),
        Some(Fate::Dummy) => ("dummy", None),
        Some(Fate::Stands) => ("stands", None),
        Some(Fate::Superseded) => ("superseded", None),
        Some(Fate::Copy) => ("copy", None),
        Some(Fate::Late) => ("late", None),
        Some(Fate::Failed(code)) => ("failed", Some(code)),
    };
    Ok(Some(json!({
        "record": entered.record, "slot": slot, "place": place, "entered_ms": entered.at,
        "height": entered.height, "opens_ms": slot_end(slot, slot_ms), "fate": fate, "code": code,
    })))
}
