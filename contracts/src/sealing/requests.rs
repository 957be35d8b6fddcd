//! Requests for tokens, and what members have signed of them.

use biaozheng_ledger::ids::{ChainId, OrgId, RecordId, TimeMs};
use biaozheng_seal::dkg::EpochKeys;
use biaozheng_seal::tokens::{BlindPartial, BlindRequest, TokenGroup};
use borsh::{BorshDeserialize, BorshSerialize};
use std::sync::Arc;

use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::sealing::group::{Group, GroupPurpose, damaged};
use crate::sealing::limits::DUE_MAX;
use crate::sealing::running::Running;
use crate::sealing::state_key;

/// A request for tokens.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct TokenRequest {
    pub(crate) version: u8,
    pub(crate) org: OrgId,
    pub(crate) epoch: u32,
    pub(crate) points: Vec<[u8; 48]>,
    /// Indices of the members that have signed.
    pub(crate) signed: Vec<u16>,
}

/// The group of one token epoch.
#[derive(Clone, Debug)]
pub struct TokenKeys {
    /// The `dkg.finalised/1` they stand in.
    pub record: RecordId,
    pub group: TokenGroup,
    pub keys: Arc<EpochKeys>,
    pub quota: u32,
    pub member_quota: u32,
    pub valid_until: TimeMs,
}

/// # Errors
/// When the state cannot be read.
pub fn token_keys(
    state: &dyn StateRead,
    chain: &ChainId,
    epoch: u32,
) -> Result<Option<TokenKeys>, StateFailure> {
    let Some(group) = Group::tokens(state, epoch)? else { return Ok(None) };
    let GroupPurpose::Tokens { quota, member_quota, valid_until_ms, .. } = group.purpose else {
        return Err(damaged("a group of tokens"));
    };
    let keys = group.epoch_keys(state)?;
    let tokens = TokenGroup { chain: *chain, epoch, key: keys.group_key() };
    Ok(Some(TokenKeys {
        record: group.record,
        group: tokens,
        keys,
        quota,
        member_quota,
        valid_until: valid_until_ms,
    }))
}

/// The newest token epoch that has a group.
///
/// # Errors
/// When the state cannot be read.
pub fn newest_token_epoch(state: &dyn StateRead) -> Result<Option<u32>, StateFailure> {
    let Some(running) = Running::load(state, "tokens")? else { return Ok(None) };
    let GroupPurpose::Tokens { epoch, .. } = running.purpose else { return Err(damaged("a ceremony")) };
    if running.finalised { Ok(Some(epoch)) } else { Ok(epoch.checked_sub(1).filter(|epoch| *epoch > 0)) }
}

/// A request for tokens that a member may have to sign.
#[derive(Clone, Debug)]
pub struct UnsignedRequest {
    pub record: RecordId,
    pub epoch: u32,
    pub points: Vec<BlindRequest>,
    /// Indices of the members that have signed.
    pub signed: Vec<u16>,
}

fn unsigned(record: RecordId, request: &TokenRequest) -> Result<UnsignedRequest, StateFailure> {
    let points = request.points.iter().map(BlindRequest::from_bytes).collect::<Result<_, _>>();
    let points = points.map_err(|_| damaged("a request for tokens"))?;
    Ok(UnsignedRequest { record, epoch: request.epoch, points, signed: request.signed.clone() })
}

/// Requests that a quorum has not signed yet, the first [`DUE_MAX`] of the newest epoch and of the one before it; those that
/// are of no interest are not decoded. What was left of older epochs, whose tokens are over and whose shares may be gone,
/// keeps nobody waiting.
///
/// # Errors
/// When the state cannot be read.
pub fn unsigned_requests(
    state: &dyn StateRead,
    mut interests: impl FnMut(&RecordId) -> bool,
) -> Result<Vec<UnsignedRequest>, StateFailure> {
    let newest = newest_token_epoch(state)?;
    let mut waiting: Vec<(_, RecordId)> = Vec::new();
    for epoch in newest.into_iter().chain(newest.and_then(|newest| newest.checked_sub(1))) {
        waiting.extend(load_all(state, &state_key::unsigned_of_epoch(epoch), DUE_MAX)?);
    }
    let mut found = Vec::new();
    for (_, record) in waiting.into_iter().filter(|(_, record)| interests(record)) {
        let request: TokenRequest = load(state, &state_key::token_request(record.digest()))?
            .ok_or_else(|| damaged("a request for tokens"))?;
        found.push(unsigned(record, &request)?);
    }
    Ok(found)
}

/// The blind signatures a request has got, each member's over all points in their order.
///
/// # Errors
/// When the state cannot be read.
pub fn token_partials(
    state: &dyn StateRead,
    request: &RecordId,
) -> Result<Vec<Vec<BlindPartial>>, StateFailure> {
    let kept: Vec<(_, Vec<Vec<u8>>)> = load_all(state, &state_key::token_partials(request.digest()), 64)?;
    let read = |(_, one): (_, Vec<Vec<u8>>)| {
        one.iter().map(|bytes| BlindPartial::from_bytes(bytes)).collect::<Result<Vec<_>, _>>()
    };
    kept.into_iter().map(read).collect::<Result<_, _>>().map_err(|_| damaged("a blind signature"))
}
