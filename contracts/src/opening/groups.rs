//! The chain's groups for sealed bids and tokens, as anyone may see them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use super::due;
use crate::machine::block::BlockContext;
use crate::machine::state::{StateFailure, StateRead};
use crate::sealing::{group, requests};

/// The groups as they are at a block, and how many labels are due there; nothing before there is a group for bids.
///
/// # Errors
/// When the state cannot be read.
pub fn groups(state: &dyn StateRead, block: &BlockContext) -> Result<Option<Value>, StateFailure> {
    let Some(group) = group::sealing_keys(state)? else { return Ok(None) };
    let epoch = requests::newest_token_epoch(state)?;
    let tokens = epoch.map(|epoch| requests::token_keys(state, &block.chain, epoch)).transpose()?;
    let tokens = tokens.flatten().map(|one| {
        json!({
            "record": one.record, "epoch": one.group.epoch, "keys": BASE64.encode(one.keys.to_bytes()),
            "quota": one.quota, "member_quota": one.member_quota, "valid_until_ms": one.valid_until,
        })
    });
    let due = due::pending(state, &block.chain, block.time)?.len();
    Ok(Some(json!({
        "record": group.record, "started": group.started, "keys": BASE64.encode(group.keys.to_bytes()),
        "epoch": group.keys.epoch().get(), "slot_ms": group.slot_ms, "ahead": group.ahead,
        "time_ms": block.time, "due": due, "tokens": tokens,
    })))
}
