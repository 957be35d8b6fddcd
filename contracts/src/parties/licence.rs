//! 电子证照: licences issued, suspended, reinstated and revoked by their authority.
//!
//! **Invariant:** a licence's history only grows, and its status is a function of that history and a block's time.

use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::text;
use crate::parties::limits::{
    LICENCE_CHANGES_MAX, LICENCE_KINDS_MAX, LICENCE_NAME_BYTES_MAX, LICENCES_PER_HOLDER_MAX,
};
use crate::parties::participant::{Participant, Role, author, signer};
use crate::parties::{refusals, state_key};

/// A kind or a number: 1 to 96 bytes of text without control characters or outer spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(transparent)]
pub struct LicenceKind(String);

/// Why a text is no kind and no number of a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a licence's kind or number is 1 to {LICENCE_NAME_BYTES_MAX} bytes without control characters or outer spaces"
)]
pub struct LicenceNameError;

impl LicenceKind {
    /// # Errors
    /// [`LicenceNameError`].
    pub fn new(text: &str) -> Result<Self, LicenceNameError> {
        let fits = (1..=LICENCE_NAME_BYTES_MAX).contains(&text.len())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(LicenceNameError) }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

biaozheng_ledger::inline_schema!(LicenceKind, {
    "type": "string", "minLength": 1, "maxLength": LICENCE_NAME_BYTES_MAX,
    "description": "A kind or number of licence: up to 96 bytes, no spaces around it, no control characters.",
});

impl<'de> Deserialize<'de> for LicenceKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// `licence.authority_named/1`, by the city centre: which kinds an organisation answers for; none ends it.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorityNamed {
    pub authority: OrgId,
    pub kinds: Vec<LicenceKind>,
}

/// `licence.issued/1`, by an authority for the kind.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// The authority's number of this licence.
    pub number: LicenceKind,
    pub holder: OrgId,
    pub kind: LicenceKind,
    pub valid_from_ms: TimeMs,
    /// Valid no longer from this time on.
    pub valid_until_ms: TimeMs,
    /// Digest of the licence's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentDigest>,
}

/// `licence.suspended/1`, by the authority that issued it.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspended {
    pub number: LicenceKind,
    pub reason: String,
    /// When it ends by itself; otherwise when it is reinstated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<TimeMs>,
}

/// `licence.reinstated/1` and `licence.revoked/1`, by the authority that issued it.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    pub number: LicenceKind,
    pub reason: String,
}

/// What happened to a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    Suspended { until: Option<TimeMs> },
    Reinstated,
    Revoked,
}

/// Whether a licence counts at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceStatus {
    NotYetValid,
    Valid,
    Suspended,
    Expired,
    Revoked,
}

/// A licence in state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(crate) struct Licence {
    pub(crate) authority: OrgId,
    pub(crate) number: LicenceKind,
    pub(crate) holder: OrgId,
    pub(crate) kind: LicenceKind,
    pub(crate) from: TimeMs,
    pub(crate) until: TimeMs,
    pub(crate) record: RecordId,
    /// With block time, record and reason.
    pub(crate) changes: Vec<(Change, TimeMs, RecordId, String)>,
}

impl Licence {
    /// By everything on chain so far.
    pub(crate) fn status(&self, now: TimeMs) -> LicenceStatus {
        match self.changes.last().map(|(change, ..)| *change) {
            Some(Change::Revoked) => LicenceStatus::Revoked,
            _ if now >= self.until => LicenceStatus::Expired,
            _ if now < self.from => LicenceStatus::NotYetValid,
            Some(Change::Suspended { until }) if until.is_none_or(|until| now < until) => {
                LicenceStatus::Suspended
            }
            _ => LicenceStatus::Valid,
        }
    }

    pub(crate) fn load(
        state: &dyn StateRead,
        authority: &OrgId,
        number: &LicenceKind,
    ) -> Result<Option<Self>, StateFailure> {
        load(state, &state_key::licence(authority, number.as_str()))
    }

    fn store(&self, act: &mut Act<'_, '_, '_>) -> Result<(), StateFailure> {
        act.state.put(state_key::licence(&self.authority, self.number.as_str()), self)
    }
}

/// Every licence a participant ever held.
pub(crate) fn held(state: &dyn StateRead, holder: &OrgId) -> Result<Vec<Licence>, StateFailure> {
    let names: Vec<(OrgId, LicenceKind)> = load(state, &state_key::licences_of(holder))?.unwrap_or_default();
    let missing = || StateFailure("a holder's licence is not in state".into());
    names.iter().map(|(by, number)| Licence::load(state, by, number)?.ok_or_else(missing)).collect()
}

/// At most 16 different kinds.
pub(crate) fn check_kinds(kinds: &[LicenceKind]) -> Result<(), Refusal> {
    let different: std::collections::BTreeSet<_> = kinds.iter().collect();
    if different.len() != kinds.len() || kinds.len() > LICENCE_KINDS_MAX {
        return refusals::LICENCE_KINDS.err();
    }
    Ok(())
}

pub(crate) fn name_authority(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::CityCentre])?;
    let body: AuthorityNamed = act.body()?;
    if Participant::load(act.state, &body.authority)?.is_none() {
        return Err(refusals::UNKNOWN_ORG.because(&body.authority).into());
    }
    check_kinds(&body.kinds)?;
    Ok(act.state.put(state_key::licence_authority(&body.authority), &body.kinds)?)
}

pub(crate) fn issue(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    let body: Issued = act.body()?;
    let kinds: Vec<LicenceKind> =
        load(act.state, &state_key::licence_authority(&by.org))?.unwrap_or_default();
    if !kinds.contains(&body.kind) {
        return Err(refusals::LICENCE_AUTHORITY.because(body.kind.as_str()).into());
    }
    if Participant::load(act.state, &body.holder)?.is_none() {
        return Err(refusals::UNKNOWN_ORG.because(&body.holder).into());
    }
    if body.valid_until_ms <= body.valid_from_ms || body.valid_until_ms > TimeMs::MAX {
        return refusals::LICENCE_VALIDITY.err();
    }
    let holder_key = state_key::licences_of(&body.holder);
    let mut names: Vec<(OrgId, LicenceKind)> = load(act.state, &holder_key)?.unwrap_or_default();
    if Licence::load(act.state, &by.org, &body.number)?.is_some() || names.len() >= LICENCES_PER_HOLDER_MAX {
        return Err(refusals::LICENCE_EXISTS.because(body.number.as_str()).into());
    }
    names.push((by.org.clone(), body.number.clone()));
    act.state.put(holder_key, &names)?;
    let licence = Licence {
        authority: by.org,
        number: body.number,
        holder: body.holder,
        kind: body.kind,
        from: body.valid_from_ms,
        until: body.valid_until_ms,
        record: act.id,
        changes: Vec::new(),
    };
    Ok(licence.store(act)?)
}

/// Adds a change, if the licence's status is one of `from`.
fn change(
    act: &mut Act<'_, '_, '_>,
    number: &LicenceKind,
    reason: String,
    change: Change,
    from: &[LicenceStatus],
) -> Result<(), Refusal> {
    let by = signer(act.state, &act.payload.author, act.block.height)?;
    text(&reason)?;
    let found = Licence::load(act.state, &by.org, number)?;
    let mut licence = found.ok_or_else(|| refusals::LICENCE_UNKNOWN.because(number.as_str()))?;
    let status = licence.status(act.block.time);
    // Room for the revocation is kept: it must never be refused for the number of changes before it.
    let full = licence.changes.len() >= LICENCE_CHANGES_MAX.saturating_sub(1) && change != Change::Revoked;
    if !from.contains(&status) || full {
        return Err(refusals::LICENCE_STATUS.because(format!("{status:?}")).into());
    }
    licence.changes.push((change, act.block.time, act.id, reason));
    Ok(licence.store(act)?)
}

pub(crate) fn suspend(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Suspended = act.body()?;
    if body.until_ms.is_some_and(|until| until <= act.block.time) {
        return refusals::LICENCE_VALIDITY.err();
    }
    let suspended = Change::Suspended { until: body.until_ms };
    change(act, &body.number, body.reason, suspended, &[LicenceStatus::Valid, LicenceStatus::NotYetValid])
}

pub(crate) fn reinstate(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Changed = act.body()?;
    change(act, &body.number, body.reason, Change::Reinstated, &[LicenceStatus::Suspended])
}

pub(crate) fn revoke(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let body: Changed = act.body()?;
    let from =
        [LicenceStatus::Valid, LicenceStatus::NotYetValid, LicenceStatus::Suspended, LicenceStatus::Expired];
    change(act, &body.number, body.reason, Change::Revoked, &from)
}
