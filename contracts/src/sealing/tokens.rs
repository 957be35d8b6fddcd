//! Tokens of admission: asked for by name, signed blindly by the group of their epoch.
//!
//! **Invariant:** an organisation never has more tokens of an epoch than the ceremony's start allows; the count is taken
//! when it asks. Who asked for how many is public, and says nothing about what they are spent on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::digest::FieldHasher;
use biaozheng_ledger::ids::RecordId;
use biaozheng_seal::tokens::{BlindPartial, BlindRequest, verify_partials};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::memory;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::state::load;
use crate::parties::participant::{Role, signer};
use crate::sealing::ceremony::{bytes, form};
use crate::sealing::group::{Group, GroupPurpose};
use crate::sealing::limits::TOKENS_PER_REQUEST_MAX;
use crate::sealing::requests::TokenRequest;
use crate::sealing::{refusals, state_key};

/// `token.requested/1`, by a bidder or a member's organisation.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requested {
    pub epoch: u32,
    /// Blinded points in base64, 48 bytes each.
    pub points: Vec<String>,
}

/// `token.signed/1`, by the organisation of a member of the epoch's group.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    pub request: RecordId,
    /// The member's blind signatures in base64, 50 bytes each, in the order of the points.
    pub partials: Vec<String>,
}

/// The blinded points as a record carries them.
#[must_use]
pub fn points_text(points: &[BlindRequest]) -> Vec<String> {
    points.iter().map(|point| BASE64.encode(point.to_bytes())).collect()
}

/// Blind signatures as a record carries them.
#[must_use]
pub fn partials_text(partials: &[BlindPartial]) -> Vec<String> {
    partials.iter().map(|partial| BASE64.encode(partial.to_bytes())).collect()
}

pub(crate) fn request(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Requested = act.body()?;
    let group =
        Group::tokens(act.state, body.epoch)?.ok_or_else(|| refusals::NO_GROUP.because(body.epoch))?;
    let GroupPurpose::Tokens { quota, member_quota, valid_until_ms, .. } = group.purpose else {
        return refusals::NO_GROUP.err();
    };
    if act.block.time >= valid_until_ms {
        return Err(refusals::NO_GROUP.because(format!("epoch {} is over", body.epoch)).into());
    }
    let allowed = match (group.has_org(&by.org), by.has(Role::Bidder)) {
        (true, _) => member_quota,
        (false, true) => quota,
        _ => {
            return Err(crate::parties::refusals::ROLE
                .saying(Spoken::new("needs a bidder or a member of the group", "须为投标人或密封群成员单位"))
                .into());
        }
    };
    let key = state_key::tokens_asked(body.epoch, &by.org);
    let before: u32 = load(act.state, &key)?.unwrap_or(0);
    let count = u32::try_from(body.points.len()).unwrap_or(u32::MAX);
    let after = before.saturating_add(count);
    if body.points.is_empty() || body.points.len() > TOKENS_PER_REQUEST_MAX || after > allowed {
        return Err(refusals::TOKEN_QUOTA.because(format!("{before} of {allowed} are used")).into());
    }
    let mut points = Vec::new();
    for text in &body.points {
        let point =
            <[u8; 48]>::try_from(bytes(text, 48)?).map_err(|_| form("a blinded point has 48 bytes"))?;
        BlindRequest::from_bytes(&point).map_err(form)?;
        points.push(point);
    }
    let request = TokenRequest { version: 1, org: by.org, epoch: body.epoch, points, signed: Vec::new() };
    act.state.put(key, &after)?;
    act.state.put(state_key::unsigned_tokens(body.epoch, act.id.digest()), &act.id)?;
    Ok(act.state.put(state_key::token_request(act.id.digest()), &request)?)
}

pub(crate) fn sign(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Signed = act.body()?;
    let place = state_key::token_request(body.request.digest());
    let mut request: TokenRequest =
        load(act.state, &place)?.ok_or_else(|| refusals::TOKEN_REQUEST.because(body.request))?;
    let group = Group::tokens(act.state, request.epoch)?.ok_or_else(|| refusals::NO_GROUP.reject())?;
    let keys = group.epoch_keys(act.state)?;
    let polynomial = keys.polynomial();
    if request.signed.len() >= polynomial.quorum() || body.partials.len() != request.points.len() {
        return Err(refusals::TOKEN_REQUEST.because(format!("{} have signed", request.signed.len())).into());
    }
    let (mut points, mut partials, mut index) = (Vec::new(), Vec::new(), None);
    for (text, point) in body.partials.iter().zip(&request.points) {
        let partial = BlindPartial::from_bytes(&bytes(text, 50)?).map_err(form)?;
        let point = BlindRequest::from_bytes(point).map_err(form)?;
        let mine = *index.get_or_insert(partial.index());
        let holder = keys.holder(mine);
        let seat = group.seats.iter().find(|seat| seat.key() == holder);
        if partial.index() != mine || seat.is_none_or(|seat| seat.org != by.org) {
            return Err(refusals::GROUP_MEMBER.because(format!("index {}", partial.index())).into());
        }
        points.push(point);
        partials.push(partial);
    }
    let kept: Vec<Vec<u8>> = partials.iter().map(BlindPartial::to_bytes).collect();
    let key = || {
        let start = FieldHasher::new("memory/partials").field(&group.keys).number(kept.len() as u64);
        let points = request.points.iter().fold(start, |hasher, point| hasher.field(point));
        kept.iter().fold(points, |hasher, partial| hasher.field(partial)).finish()
    };
    let verify = || verify_partials(&polynomial, &points, &partials).is_ok();
    if !memory::of(act.state, |memory| &memory.partials, key, verify) {
        // Rare, and its sender is to be named.
        verify_partials(&polynomial, &points, &partials)
            .map_err(|error| refusals::TOKEN_PARTIAL.because(error))?;
    }
    let index = index.ok_or_else(|| refusals::TOKEN_REQUEST.reject())?.get();
    if request.signed.contains(&index) {
        return Err(refusals::TOKEN_REQUEST.because(format!("member {index} has signed")).into());
    }
    request.signed.push(index);
    if request.signed.len() >= polynomial.quorum() {
        act.state.remove(state_key::unsigned_tokens(request.epoch, body.request.digest()));
    }
    act.state.put(state_key::token_partial(body.request.digest(), index), &kept)?;
    Ok(act.state.put(place, &request)?)
}
