//! Sealed entries: admitted by token, signed by nobody known.
//!
//! **Invariant:** nothing of an entry's record but entry and token says anything: its author is [`TOKEN_HOLDER`] with the
//! token's one-time key, and every other member of the payload is fixed. What it is, only its slot's opening tells.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::ids::{OrgId, TimeMs};
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::record::{Record, RecordError};
use biaozheng_seal::limits::{SEALED_ENTRY_BYTES_MAX, TOKEN_BYTES};
use biaozheng_seal::sealing::SealedEntry;
use biaozheng_seal::tokens::{SpentToken, TokenGroup, UnspentToken};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::moment::BeijingTime;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::{StateRead, load};
use crate::machine::{act, memory};
use crate::parties::registration::TOKEN_HOLDER;
use crate::sealing::ceremony::bytes;
use crate::sealing::entered::{Entered, TOKEN_TOOL};
use crate::sealing::group::{Group, GroupPurpose};
use crate::sealing::limits::SLOT_ENTRIES_MAX;
use crate::sealing::slot::{SlotState, slot_end};
use crate::sealing::{refusals, state_key};

/// `sealed.entered/1`, by whoever holds a token.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SealedEntered {
    /// The entry in base64.
    pub entry: String,
    /// The token, spent on it, in base64.
    pub token: String,
}

/// The record of an entry: spends the token, and signs the envelope with its one-time key.
///
/// # Errors
/// Never for an entry of this program's own making: its form is fixed.
///
/// # Panics
/// Never: the fixed names are valid.
pub fn record(
    chain: &biaozheng_ledger::ids::ChainId,
    token: UnspentToken,
    entry: &SealedEntry,
) -> Result<Record, RecordError> {
    let key = token.one_time_key().clone();
    let spent = token.spend(entry);
    let body = serde_json::json!({
        "entry": BASE64.encode(entry.to_bytes()), "token": BASE64.encode(spent.to_bytes()),
    });
    let payload = Payload {
        chain: *chain,
        record_type: RecordType::new("sealed.entered/1").expect("a valid name"),
        author: Party { org: OrgId::new(TOKEN_HOLDER).expect("a valid name"), key: key.public() },
        cosigners: Vec::new(),
        project: None,
        previous: None,
        made_at_ms: TimeMs::new(0),
        tool: TOKEN_TOOL.to_owned(),
        documents: Vec::new(),
        body,
    };
    Record::sign(&payload, &[&key])
}

/// Entry and token of a record whose form is right.
///
/// # Errors
/// What is wrong with the form, for every other record.
pub fn read(payload: &Payload) -> Result<(SealedEntry, SpentToken), Reject> {
    let body: SealedEntered = act::body(payload)?;
    let form = |error: &dyn std::fmt::Display| refusals::ENTRY_FORM.because(error);
    let entry = bytes(&body.entry, SEALED_ENTRY_BYTES_MAX)?;
    let entry = SealedEntry::from_bytes(&entry).map_err(|error| form(&error))?;
    let token = SpentToken::from_bytes(&bytes(&body.token, TOKEN_BYTES)?).map_err(|error| form(&error))?;
    let alone = payload.author.org.as_str() == TOKEN_HOLDER
        && payload.author.key == *token.one_time()
        && payload.cosigners.is_empty()
        && payload.project.is_none()
        && payload.previous.is_none()
        && payload.made_at_ms == TimeMs::new(0)
        && payload.tool == TOKEN_TOOL
        && payload.documents.is_empty();
    if alone { Ok((entry, token)) } else { Err(refusals::ENTRY_AUTHOR.reject()) }
}

pub(crate) fn check(payload: &Payload) -> Result<(), Reject> {
    read(payload).map(drop)
}

pub(crate) fn enter(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (entry, token) = read(act.payload)?;
    let group = Group::sealing(act.state)?.ok_or_else(|| refusals::NO_GROUP.reject())?;
    let GroupPurpose::Sealing { slot_ms, ahead } = group.purpose else { return refusals::NO_GROUP.err() };
    let (slot, now) = (entry.slot().get(), act.block.time);
    let latest = now.get().checked_div(slot_ms).unwrap_or(0).saturating_add(u64::from(ahead));
    if slot_end(slot, slot_ms) <= now || slot > latest || slot_end(slot, slot_ms) > TimeMs::MAX {
        return Err(refusals::ENTRY_SLOT.saying(out_of_time(slot, slot_ms, now, latest)).into());
    }
    let digest = entry.digest();
    if act.state.get(&state_key::sealed_bytes(&digest))?.is_some() {
        return refusals::ENTRY_REPEATED.err();
    }
    let nullifier = admit(act, &entry, &token)?;
    let mut kept: SlotState = load(act.state, &state_key::slot(slot))?.unwrap_or_default();
    if kept.entries >= SLOT_ENTRIES_MAX {
        return Err(refusals::ENTRY_SLOT
            .saying(Spoken::new(
                format!("full: {SLOT_ENTRIES_MAX} entries"),
                format!("时段已满：{SLOT_ENTRIES_MAX} 个条目"),
            ))
            .into());
    }
    let entered = Entered {
        version: 1,
        record: act.id,
        digest,
        at: now,
        height: act.block.height,
        bytes: entry.to_bytes(),
        fate: None,
    };
    act.state.put(state_key::sealed_entry(slot, kept.entries), &entered)?;
    let place = kept.entries;
    kept.entries = place.saturating_add(1);
    act.state.put(state_key::slot(slot), &kept)?;
    act.state.put(state_key::pending_slot(slot), &slot)?;
    act.state.put(state_key::sealed_bytes(&digest), &(slot, place))?;
    Ok(act.state.put(nullifier, &act.id)?)
}

/// Why a slot takes nothing now: it is over, or it is too early for it.
fn out_of_time(slot: u64, slot_ms: u64, now: TimeMs, latest: u64) -> Spoken {
    let end = slot_end(slot, slot_ms);
    let (ends, at) = (BeijingTime(end), BeijingTime(now));
    if end <= now {
        return Spoken::new(
            format!("slot {slot} is over since {ends}, now {at}"),
            format!("时段 {slot} 已于 {ends} 结束，当前 {at}"),
        );
    }
    let early_ms = slot.saturating_sub(latest).saturating_mul(slot_ms);
    let from = BeijingTime(now.saturating_add(early_ms));
    Spoken::new(
        format!(
            "slot {slot} is too far ahead: it ends {ends}, now {at}; it takes entries from about {from} on"
        ),
        format!("时段 {slot} 尚远：于 {ends} 结束，当前 {at}；约自 {from} 起接收"),
    )
}

/// Checks the token; gives the key under which it counts as spent.
fn admit(act: &Act<'_, '_, '_>, entry: &SealedEntry, token: &SpentToken) -> Result<Vec<u8>, Refusal> {
    let refuse = |why: &dyn std::fmt::Display| Refusal::from(refusals::ENTRY_TOKEN.because(why));
    let epoch = token.epoch();
    let signers = Group::tokens(act.state, epoch)?.ok_or_else(|| refuse(&format!("no epoch {epoch}")))?;
    let GroupPurpose::Tokens { valid_until_ms, .. } = signers.purpose else {
        return refusals::NO_GROUP.err();
    };
    if act.block.time >= valid_until_ms {
        return Err(refuse(&format!("epoch {epoch} is over")));
    }
    let group = TokenGroup { chain: act.block.chain, epoch, key: signers.epoch_keys(act.state)?.group_key() };
    let key = || {
        let hasher = FieldHasher::new("memory/spent").field(group.chain.bytes()).field(&group.key.to_bytes());
        hasher.field(&token.to_bytes()).digest(&entry.digest()).finish()
    };
    let verified = memory::of(act.state, |memory| &memory.spent, key, || token.verify(&group, entry));
    let nullifier = verified.map_err(|error| refuse(&error))?;
    let spent = state_key::nullifier(epoch, nullifier.digest());
    if act.state.get(&spent)?.is_some() { refusals::TOKEN_SPENT.err() } else { Ok(spent) }
}
