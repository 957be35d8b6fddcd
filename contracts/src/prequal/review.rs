//! The opening of applications and their review: who passed becomes a list for each lot.

use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, OrgId};
use biaozheng_ledger::key::PublicKey;
use serde::{Deserialize, Serialize};

use super::Act;
use crate::bidding::admission::Admission;
use crate::evaluation::committee::{DrawnMember, composition};
use crate::evaluation::refusals::{COMMITTEE, NOT_MEMBER};
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::machine::state::load;
use crate::prequal::{applications, digest_of, refusals, state_key};
use crate::project::refusals::{DEADLINE_AHEAD, LOTS};

/// `prequal.opened/1`, by the hosting centre, after the deadline: all applications, and who reviews them.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// [`super::applications_digest`].
    pub applications: DocumentDigest,
    /// 资格审查委员会, under session ids and keys of its own.
    pub members: Vec<DrawnMember>,
}

/// `prequal.reviewed/1`, by the hosting centre, cosigned by every member.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reviewed {
    /// Every lot in the order of the notice.
    pub lots: Vec<ReviewedLot>,
}

/// A lot's outcome.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewedLot {
    pub lot: String,
    /// [`crate::acts::admission::root`] over those who passed. None: fewer passed than the rule asks; the lot fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<DocumentDigest>,
}

type Reviewers = Vec<(OrgId, PublicKey)>;

pub(crate) fn open(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    if act.block.time < project.deadline {
        return Err(DEADLINE_AHEAD.saying(Spoken::until(project.deadline)).into());
    }
    let body: Opened = act.body()?;
    if digest_of(&applications(act.state, &id)?) != *body.applications.digest() {
        return refusals::PREQUAL_OPENED.err();
    }
    let rulebook = project.pinned(act.state)?;
    let count = body.members.len();
    composition(&rulebook, count, body.members.iter().filter(|member| member.expert).count())?;
    let ids: BTreeSet<&OrgId> = body.members.iter().map(|member| &member.member).collect();
    let keys: BTreeSet<PublicKey> = body.members.iter().map(|member| member.key).collect();
    let usable = body.members.iter().all(|member| member.key.prepare().is_ok());
    if !usable || ids.len() != count || keys.len() != count {
        return Err(COMMITTEE.because("different ids and usable keys").into());
    }
    let reviewers: Reviewers = body.members.into_iter().map(|member| (member.member, member.key)).collect();
    act.state.put(state_key::reviewers(&id), &reviewers)?;
    act.reached(&id, &mut project, Stage::PrequalOpened)
}

pub(crate) fn review(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let body: Reviewed = act.body()?;
    let reviewers: Reviewers = load(act.state, &state_key::reviewers(&id))?.unwrap_or_default();
    let signed: BTreeSet<_> = act.payload.cosigners.iter().map(|party| (&party.org, party.key)).collect();
    let asked: BTreeSet<_> = reviewers.iter().map(|(member, key)| (member, *key)).collect();
    if signed != asked || act.payload.cosigners.len() != asked.len() {
        return NOT_MEMBER.err();
    }
    if !body.lots.iter().map(|lot| &lot.lot).eq(project.lots.iter().map(|lot| &lot.id)) {
        return LOTS.err();
    }
    let rulebook = project.pinned(act.state)?;
    let least = rulebook.count(&parameters::PREQUAL_PASS_MIN);
    let applied = applications(act.state, &id)?;
    let mut lists: Vec<(String, Digest)> = Vec::new();
    for reviewed in body.lots {
        let count = applied.iter().filter(|one| one.lots.contains(&reviewed.lot)).count() as u64;
        let Some(passed) = reviewed.passed else {
            project.lot_mut(&reviewed.lot)?.failed = true;
            continue;
        };
        if count < least {
            return Err(refusals::PREQUAL_FEW
                .under(&rulebook, format!("{}: needs {least}", reviewed.lot))
                .into());
        }
        lists.push((reviewed.lot, *passed.digest()));
    }
    if lists.is_empty() {
        let article = rulebook.article(&parameters::PREQUAL_PASS_MIN).unwrap_or_default();
        project.end_reason = format!("fewer than {least} applicants passed ({article})");
        return act.reached(&id, &mut project, Stage::Failed);
    }
    Admission { lists, least: parameters::PREQUAL_PASS_MIN.name.into(), disclosed: false }.store(act, &id)?;
    act.reached(&id, &mut project, Stage::Prequalified)
}
