//! Alerts of the regulator and what became of them.
//!
//! **Invariant:** an alert is a lead. It changes no project, suspends nothing, and is disposed of once, with a reason.

use std::collections::BTreeSet;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, RecordId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::machine::act::Act;
use crate::machine::block::Event;
use crate::machine::refusal::{Refusal, Reject};
use crate::machine::spoken::Spoken;
use crate::machine::state::load;
use crate::machine::text::text;
use crate::oversight::limits::{ALERT_NAMES_MAX, RULE_ID_BYTES_MAX};
use crate::oversight::{refusals, state_key};
use crate::parties::participant::{Role, author};
use crate::project::Project;

/// How much it weighs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

/// The supervision rules an alert was computed under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnderRules {
    pub version: u32,
    /// Digest of the rules' text.
    pub digest: DocumentDigest,
}

/// `alert.raised/1`, by a regulator; `project` when it is about one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Raised {
    pub rule: String,
    pub severity: Severity,
    /// The records the rule looked at, in their order on the chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<RecordId>,
    /// Whom they point at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub organisations: Vec<OrgId>,
    pub formula: String,
    pub threshold: String,
    pub found: String,
    pub rules: UnderRules,
    /// When the regulator must have disposed of it.
    pub due_ms: TimeMs,
    pub text: String,
    pub text_zh: String,
}

/// An alert in state.
#[derive(BorshSerialize, BorshDeserialize)]
pub(crate) struct AlertState {
    pub(crate) by: OrgId,
    about: Digest,
    pub(crate) due: TimeMs,
    pub(crate) disposed: Option<RecordId>,
}

fn different<T: Ord>(items: &[T]) -> bool {
    items.len() <= ALERT_NAMES_MAX && items.iter().collect::<BTreeSet<_>>().len() == items.len()
}

fn form(body: &Raised) -> Result<(), Reject> {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let rule = &body.rule;
    let fits = !rule.is_empty() && rule.len() <= RULE_ID_BYTES_MAX && rule.bytes().all(known);
    if !fits || body.rules.version == 0 {
        return Err(refusals::ALERT_RULE.reject());
    }
    let none = body.records.is_empty() && body.organisations.is_empty();
    if none || !different(&body.records) || !different(&body.organisations) {
        return Err(refusals::ALERT_NAMES.reject());
    }
    for part in [&body.formula, &body.threshold, &body.found, &body.text, &body.text_zh] {
        text(part)?;
    }
    Ok(())
}

fn about(body: &Raised) -> Digest {
    let mut hasher = FieldHasher::new("biaozheng/alert/v1").field(body.rule.as_bytes());
    hasher = hasher.number(body.records.len() as u64);
    for record in &body.records {
        hasher = hasher.digest(record.digest());
    }
    for org in &body.organisations {
        hasher = hasher.field(org.as_str().as_bytes());
    }
    hasher.finish()
}

pub(crate) fn raise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::Regulator])?;
    let body: Raised = act.body()?;
    form(&body)?;
    if let Some(project) = &act.payload.project {
        Project::expect(act.state, project)?;
    }
    if body.due_ms <= act.block.time {
        return Err(refusals::ALERT_DUE.saying(Spoken::until(body.due_ms)).into());
    }
    let about = about(&body);
    let open: Option<RecordId> = load(act.state, &state_key::open_alert(&about))?;
    if let Some(open) = open {
        let state: Option<AlertState> = load(act.state, &state_key::alert(open.digest()))?;
        if state.is_some_and(|state| state.disposed.is_none()) {
            return Err(refusals::ALERT_OPEN.because(open).into());
        }
    }
    let state = AlertState { by: by.org, about, due: body.due_ms, disposed: None };
    act.state.put(state_key::alert(act.id.digest()), &state)?;
    Ok(act.state.put(state_key::open_alert(&about), &act.id)?)
}

/// What became of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// 查无问题
    Dismissed,
    /// 已说明
    Explained,
    /// 已整改
    Remedied,
    /// 查实
    Confirmed,
    /// 移送
    Referred,
}

/// `alert.disposed/1`, by a regulator; `previous` names the alert, `project` is the alert's.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Disposed {
    pub alert: RecordId,
    pub disposition: Disposition,
    pub reason: String,
}

pub(crate) fn dispose(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    author(act.state, act.payload, act.block.height, &[Role::Regulator])?;
    let body: Disposed = act.body()?;
    text(&body.reason)?;
    act.follows(Some(body.alert))?;
    if let Some(project) = &act.payload.project {
        Project::expect(act.state, project)?;
    }
    let key = state_key::alert(body.alert.digest());
    let state: Option<AlertState> = load(act.state, &key)?;
    let Some(mut state) = state.filter(|state| state.disposed.is_none()) else {
        return Err(refusals::ALERT_UNKNOWN.because(body.alert).into());
    };
    if let Some(project) = act.payload.project.clone().filter(|_| act.block.time > state.due) {
        act.events.push(Event::Late { project, rule: "alert_due".into() });
    }
    state.disposed = Some(act.id);
    Ok(act.state.put(key, &state)?)
}
