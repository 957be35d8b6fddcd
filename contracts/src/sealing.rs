//! Bids that open themselves, as the chain keeps them: groups, slots, entries, and what is due.
//!
//! All cryptography is `biaozheng_seal`'s. What is said in a ceremony, which slot is over and what may be opened follows
//! from state and block time alone.
//!
//! **Invariant:** [`due`] is the one place that says which label a member may sign: state in, labels out.

mod ahead;
mod completeness;
mod due;
pub(crate) mod waiting;
mod windows;

use std::sync::Arc;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ledger::json::present;
use biaozheng_ledger::key::PublicKey;
use biaozheng_seal::dkg::{
    Acknowledgement, Board, Ceremony, Deal, DealerLog, EpochKeys, LogVerdict, Member, Phase,
};
use biaozheng_seal::group::Purpose;
use biaozheng_seal::label::{Slot, TenderOpening};
use biaozheng_seal::sealing::SealingGroup;
use biaozheng_seal::tokens::{BlindPartial, BlindRequest, TokenGroup};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::limits::DUE_MAX;
use crate::memory;
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

pub use ahead::{Layer, layers};
pub use completeness::{BoundBid, Completeness, CompletenessCheck, EntryFate, InChain, check_completeness};
pub use due::{Due, DueLabel, due, next_moment, pending};
pub(crate) use due::{enough, slots_are_shut, tender_is_due};
pub use waiting::deadline_slots;
pub(crate) use windows::Windows;

/// The author of a sealed entry: nobody. No participant is registered under this name.
pub const TOKEN_HOLDER: &str = "TOKEN";
/// The tool of a sealed entry: none is named.
pub const TOKEN_TOOL: &str = "sealed";
/// Why a bid does not stand whose bidder bound another of its entries.
pub(crate) const BOUND_OTHER: &str = "seal.bound_other";
/// A project is tendered once; one that starts anew is a new project.
pub const OPENING_NUMBER: u32 = 1;

/// How the bids of a tender are sealed, where its notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealedBy {
    /// To the chain's group; the protocol opens.
    Group,
}

/// What a group is for, with its numbers. The city centre fixes them with the ceremony's start.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "PurposeForm")]
#[schemars(!try_from, deny_unknown_fields)]
pub enum GroupPurpose {
    /// Slot `n` is the block times from `n × slot_ms` to before `(n + 1) × slot_ms`. Entries come for the slot that
    /// runs, and for at most `ahead` after it.
    Sealing { slot_ms: u64, ahead: u32 },
    /// One epoch of tokens: how many each bidder may have, how many each member, and until when they admit.
    Tokens { epoch: u32, quota: u32, member_quota: u32, valid_until_ms: TimeMs },
}

/// A purpose as it is written: a struct of its own, so that the reader sees that it is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PurposeForm {
    kind: PurposeKind,
    #[serde(default, deserialize_with = "present")]
    slot_ms: Option<u64>,
    #[serde(default, deserialize_with = "present")]
    ahead: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    epoch: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    quota: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    member_quota: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    valid_until_ms: Option<TimeMs>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PurposeKind {
    Sealing,
    Tokens,
}

impl TryFrom<PurposeForm> for GroupPurpose {
    type Error = &'static str;

    fn try_from(form: PurposeForm) -> Result<Self, Self::Error> {
        let PurposeForm { kind, slot_ms, ahead, epoch, quota, member_quota, valid_until_ms } = form;
        match (kind, (slot_ms, ahead), (epoch, quota, member_quota, valid_until_ms)) {
            (PurposeKind::Sealing, (Some(slot_ms), Some(ahead)), (None, None, None, None)) => {
                Ok(Self::Sealing { slot_ms, ahead })
            }
            (
                PurposeKind::Tokens,
                (None, None),
                (Some(epoch), Some(quota), Some(member_quota), Some(valid_until_ms)),
            ) => Ok(Self::Tokens { epoch, quota, member_quota, valid_until_ms }),
            (PurposeKind::Sealing, ..) => Err("a group for sealing has the fields `slot_ms` and `ahead`"),
            (PurposeKind::Tokens, ..) => {
                Err("a group for tokens has the fields `epoch`, `quota`, `member_quota` and `valid_until_ms`")
            }
        }
    }
}

impl GroupPurpose {
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Sealing { .. } => "sealing",
            Self::Tokens { .. } => "tokens",
        }
    }

    pub(crate) const fn of_keys(self) -> Purpose {
        match self {
            Self::Sealing { .. } => Purpose::Sealing,
            Self::Tokens { epoch, .. } => Purpose::Tokens(epoch),
        }
    }
}

/// A member's organisation and its keys for ceremonies.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Seat {
    pub(crate) org: OrgId,
    pub(crate) member: [u8; Member::SIZE_BYTES],
}

impl Seat {
    /// The member's signing key. Both keys were checked before the seat came into state.
    pub(crate) fn key(&self) -> Option<PublicKey> {
        self.member.first_chunk().copied().map(PublicKey::ed25519)
    }
}

/// A ceremony in state; its messages stand beside it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Running {
    pub(crate) version: u8,
    pub(crate) record: RecordId,
    pub(crate) round: u64,
    pub(crate) purpose: GroupPurpose,
    pub(crate) seats: Vec<Seat>,
    /// Keys of the epoch before; empty for a new key.
    pub(crate) previous: Vec<u8>,
    /// First block times at which each phase is over.
    pub(crate) dealing_until: TimeMs,
    pub(crate) acknowledging_until: TimeMs,
    pub(crate) concluding_until: TimeMs,
    pub(crate) finalised: bool,
}

/// A group in state.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Group {
    pub(crate) version: u8,
    /// The `dkg.finalised/1` that made it.
    pub(crate) record: RecordId,
    pub(crate) purpose: GroupPurpose,
    pub(crate) keys: Vec<u8>,
    pub(crate) seats: Vec<Seat>,
}

/// A slot in state.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct SlotState {
    pub(crate) entries: u32,
    /// Entries whose outer layer was opened, from the first.
    pub(crate) opened: u32,
    pub(crate) signature: Option<[u8; 48]>,
    /// The first `slot.opened/1`.
    pub(crate) record: Option<RecordId>,
}

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

/// A tender whose bids are sealed to the group.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub(crate) struct SealedTender {
    pub(crate) version: u8,
    /// The block of its notice: the line of keys that spoke for a bidder before it is the one that may bid.
    pub(crate) published: (Height, TimeMs),
    pub(crate) signature: Option<[u8; 48]>,
    /// Bodies looked at.
    pub(crate) opened: u32,
    /// The last of them.
    pub(crate) cursor: Option<Vec<u8>>,
    pub(crate) complete: bool,
    /// Bidders a lot must have; below that its bids go back shut (条例44).
    pub(crate) bidders_least: u64,
    /// Lots that have them.
    pub(crate) lots_enough: u32,
    /// A bidder has proved what it sealed: prices are visible, and nobody binds any more.
    pub(crate) proving: bool,
    /// Where it stands among the coming deadlines, and among the tenders whose bodies fall due.
    pub(crate) coming: Option<TimeMs>,
    pub(crate) due_from: Option<TimeMs>,
}

/// What a bidder bound in the fallback, before anybody proved: the entry that stands, by its own word.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct BoundEntry {
    pub(crate) version: u8,
    pub(crate) record: RecordId,
    pub(crate) sequence: u32,
    pub(crate) slot: u64,
    pub(crate) place: u32,
}

/// Who opened a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) enum OpenedBy {
    Group,
    /// With its proof, after the group's time was over.
    Bidder,
}

/// The newest word of a bidder on a lot, bid or withdrawal.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct NewestBid {
    pub(crate) version: u8,
    pub(crate) sequence: u32,
    pub(crate) slot: u64,
    pub(crate) place: u32,
    pub(crate) key: PublicKey,
    pub(crate) withdrawn: bool,
    /// The inner layer; the body once it is open.
    pub(crate) inner: Vec<u8>,
    pub(crate) opened_by: Option<OpenedBy>,
    pub(crate) failure: Option<String>,
}

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

fn damaged(what: &str) -> StateFailure {
    StateFailure(format!("{what} on chain does not decode"))
}

impl Running {
    pub(crate) fn load(state: &dyn StateRead, kind: &str) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::ceremony(kind))
    }

    pub(crate) fn phase(&self, now: TimeMs) -> Phase {
        if now < self.dealing_until {
            Phase::Dealing
        } else if now < self.acknowledging_until {
            Phase::Acknowledging
        } else if now < self.concluding_until {
            Phase::Concluding
        } else {
            Phase::Closed
        }
    }

    pub(crate) fn ceremony(&self, chain: &ChainId) -> Result<Ceremony, StateFailure> {
        let failed = |_| damaged("a ceremony");
        let members: Vec<Member> = self
            .seats
            .iter()
            .map(|seat| Member::from_bytes(&seat.member))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        if self.previous.is_empty() {
            return Ceremony::first(chain, self.purpose.of_keys(), self.round, &members)
                .map_err(|_| damaged("a ceremony"));
        }
        let previous = EpochKeys::from_bytes(&self.previous).map_err(failed)?;
        let dealers = dealers(&previous, &members);
        Ceremony::reshare(chain, self.round, &previous, &dealers, &members).map_err(|_| damaged("a ceremony"))
    }

    pub(crate) fn seat(&self, key: &PublicKey) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.key().as_ref() == Some(key))
    }

    /// The board as it stands at a block time.
    pub(crate) fn board(
        &self,
        state: &dyn StateRead,
        chain: &ChainId,
        now: TimeMs,
    ) -> Result<Board, StateFailure> {
        let kind = self.purpose.kind();
        let part = |part| load_all::<Vec<u8>>(state, &state_key::ceremony_part(kind, part), 64 * 64);
        let mut deals = Vec::new();
        for (_, bytes) in part("deal")? {
            deals.push(Deal::from_bytes(&bytes).map_err(|_| damaged("a deal"))?);
        }
        // Only the dealers' closing words need them.
        let kept = if self.phase(now) < Phase::Closed { part("ack")? } else { Vec::new() };
        let mut acknowledgements = Vec::new();
        for (_, bytes) in kept {
            let one = Acknowledgement::from_bytes(&bytes).map_err(|_| damaged("an acknowledgement"))?;
            acknowledgements.push(one);
        }
        Ok(Board::restore(self.ceremony(chain)?, self.phase(now), deals, acknowledgements, self.logs(state)?))
    }

    fn logs(&self, state: &dyn StateRead) -> Result<Vec<(DealerLog, LogVerdict)>, StateFailure> {
        let prefix = state_key::ceremony_part(self.purpose.kind(), "log");
        let kept: Vec<(_, (Vec<u8>, u8, String))> = load_all(state, &prefix, 64)?;
        let verdict = |number, why: String| match number {
            0 => LogVerdict::Usable,
            1 => LogVerdict::Withheld,
            _ => LogVerdict::Faulty(why),
        };
        let read = |(_, (bytes, number, why)): (_, (Vec<u8>, u8, String))| {
            let log = DealerLog::from_bytes(&bytes).map_err(|_| damaged("a dealer's log"))?;
            Ok((log, verdict(number, why)))
        };
        kept.into_iter().map(read).collect()
    }
}

/// The members of the epoch before that are members still: they deal.
pub(crate) fn dealers(previous: &EpochKeys, members: &[Member]) -> Vec<PublicKey> {
    let stays = |key: &PublicKey| members.iter().any(|member| member.key() == key);
    previous.members().into_iter().filter(stays).collect()
}

impl Group {
    pub(crate) fn sealing(state: &dyn StateRead) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::sealing_group())
    }

    pub(crate) fn tokens(state: &dyn StateRead, epoch: u32) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::token_group(epoch))
    }

    /// The keys; read once a node, for their points are checked and the members' public keys computed.
    pub(crate) fn epoch_keys(&self, state: &dyn StateRead) -> Result<Arc<EpochKeys>, StateFailure> {
        let read = || EpochKeys::from_bytes(&self.keys).map(Arc::new).map_err(|_| damaged("a group"));
        memory::of(state, |memory| &memory.groups, || Digest::of(&self.keys), read)
    }

    pub(crate) fn of_chain(
        &self,
        state: &dyn StateRead,
        chain: &ChainId,
    ) -> Result<SealingGroup, StateFailure> {
        Ok(SealingGroup { chain: *chain, key: self.epoch_keys(state)?.group_key() })
    }

    pub(crate) fn has_org(&self, org: &OrgId) -> bool {
        self.seats.iter().any(|seat| seat.org == *org)
    }

    pub(crate) const fn slot_ms(&self) -> u64 {
        match self.purpose {
            GroupPurpose::Sealing { slot_ms, .. } => slot_ms,
            GroupPurpose::Tokens { .. } => 0,
        }
    }
}

/// The first block time at which a slot is over.
#[must_use]
pub fn slot_end(slot: u64, slot_ms: u64) -> TimeMs {
    TimeMs::new(slot.saturating_add(1).saturating_mul(slot_ms))
}

/// The slot that ends at a deadline; nothing for a deadline that is no slot's end.
#[must_use]
pub fn slot_of_deadline(deadline: TimeMs, slot_ms: u64) -> Option<Slot> {
    let (number, rest) = (deadline.get().checked_div(slot_ms)?, deadline.get().checked_rem(slot_ms)?);
    if rest == 0 { number.checked_sub(1).map(Slot::new) } else { None }
}

pub(crate) fn opening_of(project: &ProjectId) -> TenderOpening {
    TenderOpening { tender: project.clone(), number: OPENING_NUMBER }
}

// -- what nodes and clients read --

/// The group of the bids: its public keys and the length of its slots.
#[derive(Clone, Debug)]
pub struct SealingKeys {
    /// The `dkg.finalised/1` they stand in: whoever seals holds its certificate against them.
    pub record: RecordId,
    /// The newest `dkg.started/1` of the bids' group: of the ceremony that made the keys, or of one that deals them anew.
    /// Either has the length of the slots in it.
    pub started: RecordId,
    pub keys: Arc<EpochKeys>,
    pub slot_ms: u64,
    pub ahead: u32,
}

/// # Errors
/// When the state cannot be read.
pub fn sealing_keys(state: &dyn StateRead) -> Result<Option<SealingKeys>, StateFailure> {
    let Some(group) = Group::sealing(state)? else { return Ok(None) };
    let GroupPurpose::Sealing { slot_ms, ahead } = group.purpose else { return Err(damaged("a group")) };
    let started = Running::load(state, "sealing")?.ok_or_else(|| damaged("a ceremony"))?.record;
    Ok(Some(SealingKeys { record: group.record, started, keys: group.epoch_keys(state)?, slot_ms, ahead }))
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

/// The newest ceremonies' records, and whether each is finalised: all that is asked while none runs.
///
/// # Errors
/// When the state cannot be read.
pub fn newest_ceremonies(state: &dyn StateRead) -> Result<Vec<(RecordId, bool)>, StateFailure> {
    let mut found = Vec::new();
    for kind in ["sealing", "tokens"] {
        found.extend(Running::load(state, kind)?.map(|one| (one.record, one.finalised)));
    }
    Ok(found)
}

/// A ceremony as a member sees it.
#[derive(Clone, Debug)]
pub struct CeremonyView {
    pub record: RecordId,
    pub purpose: GroupPurpose,
    pub board: Board,
    /// The block time from which on it is closed.
    pub closes_at: TimeMs,
    pub finalised: bool,
    /// Organisations with their members' keys.
    pub seats: Vec<(OrgId, PublicKey)>,
}

/// The newest ceremony for the bids and for tokens.
///
/// # Errors
/// When the state cannot be read.
pub fn ceremonies(
    state: &dyn StateRead,
    chain: &ChainId,
    now: TimeMs,
) -> Result<Vec<CeremonyView>, StateFailure> {
    let mut views = Vec::new();
    for kind in ["sealing", "tokens"] {
        let Some(running) = Running::load(state, kind)? else { continue };
        let seats = running.seats.iter().filter_map(|seat| Some((seat.org.clone(), seat.key()?))).collect();
        views.push(CeremonyView {
            record: running.record,
            purpose: running.purpose,
            board: running.board(state, chain, now)?,
            closes_at: running.concluding_until,
            finalised: running.finalised,
            seats,
        });
    }
    Ok(views)
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
