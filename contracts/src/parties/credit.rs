//! Credit events: what an authority holds against or for a participant, with source, basis and expiry, and appeals.
//!
//! **Invariant:** an event is never erased. It stops counting when it expires or is overturned; an appeal by itself
//! suspends nothing (行政复议 does not stay the act either).

use biaozheng_ledger::ids::{OrgId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load, load_all};
use crate::machine::text::text;
use crate::parties::limits::{CREDIT_EVENTS_PER_SUBJECT_MAX, SOURCE_BYTES_MAX};
use crate::parties::participant::{Participant, Role, author, signer};
use crate::parties::{refusals, state_key};

/// What kind of event.
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
#[serde(rename_all = "snake_case")]
pub enum CreditKind {
    /// 行政处罚
    AdministrativePenalty,
    /// 取消投标资格
    BiddingBan,
    /// 失信被执行人
    DishonestDebtor,
    /// 重大税收违法
    TaxViolation,
    /// 合同违约
    ContractBreach,
    /// 表彰奖励
    Commendation,
}

/// What it does.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Information,
    Warning,
    /// Its subject's bids are out while it holds.
    Disqualifying,
}

/// `credit.recorded/1`, by a regulator or a centre.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    pub subject: OrgId,
    pub kind: CreditKind,
    /// Who found it and under which number: `信用中国`, a decision's reference.
    pub source: String,
    /// The article it stands on.
    pub basis: String,
    pub severity: Severity,
    pub from_ms: TimeMs,
    /// Counts no longer from this time on.
    pub expires_ms: TimeMs,
}

/// `credit.appealed/1`, by the subject. `previous` names the event.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Appealed {
    pub event: RecordId,
    pub text: String,
}

/// `credit.appeal_decided/1`, by a regulator. `previous` names the appeal.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    pub appeal: RecordId,
    pub overturned: bool,
    pub reason: String,
}

/// An event in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct CreditEvent {
    pub(crate) record: RecordId,
    pub(crate) by: OrgId,
    pub(crate) kind: CreditKind,
    pub(crate) source: String,
    pub(crate) basis: String,
    pub(crate) severity: Severity,
    pub(crate) from: TimeMs,
    pub(crate) expires: TimeMs,
    pub(crate) appeal: Option<Appeal>,
}

/// An appeal and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Appeal {
    pub(crate) record: RecordId,
    pub(crate) decision: Option<RecordId>,
    pub(crate) overturned: bool,
}

impl CreditEvent {
    pub(crate) fn holds(&self, now: TimeMs) -> bool {
        self.from <= now && now < self.expires && !self.overturned()
    }

    pub(crate) fn overturned(&self) -> bool {
        self.appeal.as_ref().is_some_and(|appeal| appeal.overturned)
    }

    pub(crate) fn disqualifies(&self, now: TimeMs) -> bool {
        self.severity == Severity::Disqualifying && self.holds(now)
    }
}

/// All events of a subject, in the order of their records' ids.
pub(crate) fn events(state: &dyn StateRead, subject: &OrgId) -> Result<Vec<CreditEvent>, StateFailure> {
    let most = usize::try_from(CREDIT_EVENTS_PER_SUBJECT_MAX).unwrap_or(usize::MAX);
    let all = load_all(state, &state_key::credit_events(subject), most)?;
    Ok(all.into_iter().map(|(_, event)| event).collect())
}

pub(crate) fn record(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(
        act.state,
        act.payload,
        act.block.height,
        &[Role::Regulator, Role::CityCentre, Role::DistrictCentre],
    )?;
    let body: Recorded = act.body()?;
    text(&body.source)?;
    text(&body.basis)?;
    if Participant::load(act.state, &body.subject)?.is_none() {
        return Err(refusals::UNKNOWN_ORG.because(&body.subject).into());
    }
    let count_key = state_key::credit_event_count(&body.subject);
    let count: u32 = load(act.state, &count_key)?.unwrap_or(0);
    let praised = body.kind == CreditKind::Commendation && body.severity != Severity::Information;
    if body.expires_ms <= body.from_ms
        || body.expires_ms > TimeMs::MAX
        || praised
        || count >= CREDIT_EVENTS_PER_SUBJECT_MAX
        || body.source.len().max(body.basis.len()) > SOURCE_BYTES_MAX
    {
        return refusals::CREDIT_FORM.err();
    }
    let event = CreditEvent {
        record: act.id,
        by: by.org,
        kind: body.kind,
        source: body.source,
        basis: body.basis,
        severity: body.severity,
        from: body.from_ms,
        expires: body.expires_ms,
        appeal: None,
    };
    act.state.put(count_key, &count.saturating_add(1))?;
    act.state.put(state_key::credit_record(act.id.digest()), &(body.subject.clone(), act.id))?;
    Ok(act.state.put(state_key::credit_event(&body.subject, act.id.digest()), &event)?)
}

/// The subject and the event that an event's or an appeal's record belongs to.
fn find(
    act: &Act<'_, '_, '_>,
    record: RecordId,
) -> Result<Option<(OrgId, Vec<u8>, CreditEvent)>, StateFailure> {
    let known: Option<(OrgId, RecordId)> = load(act.state, &state_key::credit_record(record.digest()))?;
    let Some((subject, event)) = known else { return Ok(None) };
    let key = state_key::credit_event(&subject, event.digest());
    Ok(load(act.state, &key)?.map(|event| (subject, key, event)))
}

pub(crate) fn appeal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Appealed = act.body()?;
    text(&body.text)?;
    let found = find(act, body.event)?.filter(|(.., event)| event.record == body.event);
    let Some((subject, key, mut event)) = found else { return refusals::CREDIT_UNKNOWN.err() };
    if by.org != subject {
        return refusals::ROLE.err();
    }
    act.follows(Some(body.event))?;
    if event.appeal.is_some() {
        return refusals::CREDIT_APPEALED.err();
    }
    event.appeal = Some(Appeal { record: act.id, decision: None, overturned: false });
    act.state.put(state_key::credit_record(act.id.digest()), &(subject, event.record))?;
    Ok(act.state.put(key, &event)?)
}

pub(crate) fn decide(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    // A centre holds no supervisory power (39号令): it may record, it does not decide.
    author(act.state, act.payload, act.block.height, &[Role::Regulator])?;
    let body: Decided = act.body()?;
    text(&body.reason)?;
    act.follows(Some(body.appeal))?;
    let Some((_, key, mut event)) = find(act, body.appeal)? else { return refusals::APPEAL_UNKNOWN.err() };
    let open = |appeal: &&mut Appeal| appeal.record == body.appeal && appeal.decision.is_none();
    let Some(appeal) = event.appeal.as_mut().filter(open) else { return refusals::APPEAL_UNKNOWN.err() };
    appeal.decision = Some(act.id);
    appeal.overturned = body.overturned;
    Ok(act.state.put(key, &event)?)
}
