//! The key ceremony as records: start, deals, acknowledgements, dealers' logs, result.
//!
//! **Invariant:** state holds only messages a board took. The phase follows from block time and the start's record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use biaozheng_ledger::ids::{OrgId, TimeMs};
use biaozheng_ledger::key::PublicKey;
use biaozheng_seal::dkg::{
    Acknowledgement, Board, BoardError, Ceremony, Deal, DealerLog, EpochKeys, LogVerdict, Member,
};
use biaozheng_seal::group::Epoch;
use biaozheng_seal::limits::{CEREMONY_MESSAGE_BYTES_MAX, EPOCH_KEYS_BYTES_MAX, MEMBERS_MAX};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::state::{StateRead, load};
use crate::parties::participant::{Role, author, signer};
use crate::sealing::group::{Group, GroupPurpose, GroupSeat};
use crate::sealing::limits::{SLOTS_AHEAD_MAX, TOKEN_QUOTA_MAX};
use crate::sealing::running::{Running, dealers};
use crate::sealing::{refusals, seats, state_key};

/// A member as the start names it.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedMember {
    /// The participant whose node it is.
    pub org: OrgId,
    /// Its two public keys for ceremonies, 128 hexadecimal digits.
    pub member: String,
}

/// `dkg.started/1`, by the city centre; cosigned as [`consent`] says.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Started {
    pub purpose: GroupPurpose,
    /// 0 for the group's first; one more each time its key is dealt anew. Of tokens always 0: they get a new key.
    pub epoch: u32,
    pub members: Vec<NamedMember>,
    /// Deals come before this block time, acknowledgements before the next, logs before the last.
    pub dealing_until_ms: TimeMs,
    pub acknowledging_until_ms: TimeMs,
    pub concluding_until_ms: TimeMs,
}

/// Which ceremony a message belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Sealing,
    Tokens,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sealing => "sealing",
            Self::Tokens => "tokens",
        }
    }
}

/// `dkg.dealt/1`, `dkg.acknowledged/1`, `dkg.concluded/1`, `dkg.finalised/1`, by an organisation for its node.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub kind: Kind,
    /// The message in base64: deal, acknowledgement, dealer's log or epoch keys.
    pub message: String,
}

pub(crate) fn bytes(text: &str, most: usize) -> Result<Vec<u8>, Reject> {
    if text.len() > most.saturating_mul(4).div_ceil(3).saturating_add(4) {
        return Err(refusals::ENTRY_FORM.because(format!("at most {most} bytes")));
    }
    BASE64.decode(text).map_err(|error| refusals::ENTRY_FORM.because(error))
}

pub(crate) fn form(error: impl std::fmt::Display) -> Refusal {
    refusals::ENTRY_FORM.because(error).into()
}

pub(crate) fn start(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: Started = act.body()?;
    let kind = body.purpose.kind();
    let before = Running::load(act.state, kind)?;
    let now = act.block.time;
    if before.as_ref().is_some_and(|one| !one.finalised && now < one.concluding_until) {
        return refusals::CEREMONY_RUNNING.err();
    }
    let ends =
        [now, body.dealing_until_ms, body.acknowledging_until_ms, body.concluding_until_ms, TimeMs::MAX];
    if !ends.is_sorted_by(|a, b| a < b) {
        return Err(refusals::CEREMONY_TERMS.because("phases").into());
    }
    let seats = seats::seats(act, &body.members)?;
    seats::check(act, &seats)?;
    let previous = previous(act, &body, before.as_ref())?;
    let running = Running {
        version: 1,
        record: act.id,
        round: before.map_or(0, |one| one.round.saturating_add(1)),
        purpose: body.purpose,
        seats,
        previous,
        dealing_until: body.dealing_until_ms,
        acknowledging_until: body.acknowledging_until_ms,
        concluding_until: body.concluding_until_ms,
        finalised: false,
    };
    check_ceremony(act, &running, body.epoch)?;
    // What was said in the ceremony before is in the records; state keeps one ceremony of a kind.
    let most = MEMBERS_MAX.saturating_mul(MEMBERS_MAX.saturating_add(2));
    for (key, _) in act.state.scan(&state_key::ceremony_messages(kind), None, most)? {
        act.state.remove(key);
    }
    Ok(act.state.put(state_key::ceremony(kind), &running)?)
}

/// The numbers of the purpose, and the keys that are dealt anew.
fn previous(act: &Act<'_, '_, '_>, body: &Started, before: Option<&Running>) -> Result<Vec<u8>, Refusal> {
    let refuse = |what: &str| Refusal::from(refusals::CEREMONY_TERMS.because(what));
    match body.purpose {
        GroupPurpose::Sealing { slot_ms, ahead } => {
            let group = Group::sealing(act.state)?;
            // A slot's number must mean the same times for ever.
            let other = group.as_ref().is_some_and(|group| group.slot_ms() != slot_ms);
            if slot_ms == 0 || other || ahead > SLOTS_AHEAD_MAX {
                return Err(refuse("slots"));
            }
            Ok(group.map(|group| group.keys).unwrap_or_default())
        }
        GroupPurpose::Tokens { epoch, quota, member_quota, valid_until_ms } => {
            let newest = match before.map(|one| (one.purpose, one.finalised)) {
                Some((GroupPurpose::Tokens { epoch, .. }, true)) => epoch,
                Some((GroupPurpose::Tokens { epoch, .. }, false)) => epoch.saturating_sub(1),
                _ => 0,
            };
            let fits = newest.checked_add(1) == Some(epoch) && valid_until_ms > body.concluding_until_ms;
            if !fits
                || quota > TOKEN_QUOTA_MAX
                || member_quota > TOKEN_QUOTA_MAX
                || valid_until_ms > TimeMs::MAX
            {
                return Err(refuse("tokens"));
            }
            Ok(Vec::new())
        }
    }
}

fn check_ceremony(act: &Act<'_, '_, '_>, running: &Running, epoch: u32) -> Result<(), Refusal> {
    let refuse = |error: &dyn std::fmt::Display| Refusal::from(refusals::CEREMONY_TERMS.because(error));
    // Here every seat's keys are read before anything of the ceremony is in state: what nobody could deal to gets no seat.
    let member = |seat: &GroupSeat| {
        Member::from_bytes(&seat.member).map_err(|error| refuse(&format!("{}: {error}", seat.org)))
    };
    let members: Vec<Member> = running.seats.iter().map(member).collect::<Result<_, _>>()?;
    let chain = &act.block.chain;
    let ceremony = if running.previous.is_empty() {
        Ceremony::first(chain, running.purpose.of_keys(), running.round, &members)
    } else {
        let keys = EpochKeys::from_bytes(&running.previous).map_err(|error| refuse(&error))?;
        let dealers = dealers(&keys, &members);
        Ceremony::reshare(chain, running.round, &keys, &dealers, &members)
    };
    let ceremony = ceremony.map_err(|error| refuse(&error))?;
    if ceremony.epoch() != Epoch::new(epoch) {
        return Err(refuse(&format!("epoch {} is next", ceremony.epoch().get())));
    }
    Ok(())
}

fn running(act: &Act<'_, '_, '_>, kind: Kind) -> Result<Running, Refusal> {
    let found = Running::load(act.state, kind.name())?.filter(|one| !one.finalised);
    found.ok_or_else(|| refusals::CEREMONY_NONE.reject().into())
}

/// The message's member is a seat of the author's organisation.
fn said_by(act: &Act<'_, '_, '_>, running: &Running, key: &PublicKey) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    match running.seat(key) {
        Some(seat) if seat.org == by.org => Ok(()),
        _ => Err(refusals::CEREMONY_MEMBER.because(key).into()),
    }
}

fn refused(error: BoardError) -> Refusal {
    refusals::CEREMONY_MESSAGE.because(error).into()
}

fn part(act: &Act<'_, '_, '_>, kind: Kind, part: &str, key: &PublicKey) -> Result<Option<Vec<u8>>, Refusal> {
    Ok(load(act.state, &state_key::ceremony_message(kind.name(), part, &hex::encode(key.bytes())))?)
}

fn kept_deal(act: &Act<'_, '_, '_>, kind: Kind, dealer: &PublicKey) -> Result<Option<Deal>, Refusal> {
    part(act, kind, "deal", dealer)?.map(|bytes| Deal::from_bytes(&bytes)).transpose().map_err(form)
}

pub(crate) fn deal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Said = act.body()?;
    let running = running(act, body.kind)?;
    let message = bytes(&body.message, CEREMONY_MESSAGE_BYTES_MAX)?;
    let deal = Deal::from_bytes(&message).map_err(form)?;
    let dealer = *deal.dealer();
    said_by(act, &running, &dealer)?;
    let before = kept_deal(act, body.kind, &dealer)?;
    let ceremony = running.ceremony(&act.block.chain)?;
    let mut board = Board::restore(ceremony, running.phase(act.block.time), before, None, None);
    board.enter_deal(deal).map_err(refused)?;
    let place = state_key::ceremony_message(body.kind.name(), "deal", &hex::encode(dealer.bytes()));
    Ok(act.state.put(place, &message)?)
}

pub(crate) fn acknowledge(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Said = act.body()?;
    let running = running(act, body.kind)?;
    let message = bytes(&body.message, CEREMONY_MESSAGE_BYTES_MAX)?;
    let acknowledged = Acknowledgement::from_bytes(&message).map_err(form)?;
    said_by(act, &running, acknowledged.player())?;
    let (dealer, player) =
        (hex::encode(acknowledged.dealer().bytes()), hex::encode(acknowledged.player().bytes()));
    let place = state_key::ceremony_message(body.kind.name(), "ack", &format!("{dealer}/{player}"));
    if act.state.get(&place)?.is_some() {
        return Err(refused(BoardError::Repeated));
    }
    let deal = kept_deal(act, body.kind, acknowledged.dealer())?;
    let ceremony = running.ceremony(&act.block.chain)?;
    let mut board = Board::restore(ceremony, running.phase(act.block.time), deal, None, None);
    board.enter_acknowledgement(acknowledged).map_err(refused)?;
    Ok(act.state.put(place, &message)?)
}

pub(crate) fn conclude(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Said = act.body()?;
    let running = running(act, body.kind)?;
    let message = bytes(&body.message, CEREMONY_MESSAGE_BYTES_MAX.saturating_mul(2))?;
    let log = DealerLog::from_bytes(&message).map_err(form)?;
    let dealer = *log.dealer();
    said_by(act, &running, &dealer)?;
    let mut board = running.board(act.state, &act.block.chain, act.block.time)?;
    let (number, why) = match board.enter_log(log).map_err(refused)? {
        LogVerdict::Usable => (0u8, String::new()),
        LogVerdict::Withheld => (1, String::new()),
        LogVerdict::Faulty(why) => (2, why.clone()),
    };
    let place = state_key::ceremony_message(body.kind.name(), "log", &hex::encode(dealer.bytes()));
    Ok(act.state.put(place, &(message, number, why))?)
}

pub(crate) fn finalise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Said = act.body()?;
    let mut running = running(act, body.kind)?;
    if !running.seats.iter().any(|seat| seat.org == by.org) {
        return Err(refusals::CEREMONY_MEMBER.because(&by.org).into());
    }
    let given = bytes(&body.message, EPOCH_KEYS_BYTES_MAX)?;
    let board = running.board(act.state, &act.block.chain, act.block.time)?;
    let keys = board.finalise().map_err(|error| refusals::CEREMONY_RESULT.because(error))?.to_bytes();
    if keys != given {
        return refusals::CEREMONY_RESULT.err();
    }
    let group =
        Group { version: 1, record: act.id, purpose: running.purpose, keys, seats: running.seats.clone() };
    let place = match running.purpose {
        GroupPurpose::Sealing { .. } => state_key::sealing_group(),
        GroupPurpose::Tokens { epoch, .. } => state_key::token_group(epoch),
    };
    act.state.put(place, &group)?;
    running.finalised = true;
    Ok(act.state.put(state_key::ceremony(body.kind.name()), &running)?)
}
