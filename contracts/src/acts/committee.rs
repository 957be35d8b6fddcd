//! The evaluation committee: who sits on it, and scores sealed before any is visible.

use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use biaozheng_ledger::key::PublicKey;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::{Act, opening};
use crate::limits::COMMITTEE_MAX;
use crate::participant::{Role, author};
use crate::project::{BidName, Member, Project, Stage};
use crate::reject::{self, Refusal};
use crate::state::{StateFailure, StateRead, load, load_all};
use crate::state_key;

/// A member under a session id and key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnMember {
    pub member: OrgId,
    pub key: PublicKey,
    /// False for the tenderee's own representative.
    pub expert: bool,
    /// Salted commitment to the expert's registration.
    pub identity: DocumentDigest,
}

/// `experts.drawn/1`, by the hosting centre.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawn {
    pub members: Vec<DrawnMember>,
}

pub(crate) fn draw(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let by = author(act.state, act.payload, act.block.height, &[Role::CityCentre, Role::DistrictCentre])?;
    let (id, mut project) = act.step(&[Stage::Opened])?;
    project.by_centre(&by.org)?;
    project.not_suspended()?;
    let body: Drawn = act.body()?;
    let rulebook = project.pinned(act.state)?;
    let count = body.members.len();
    let experts = body.members.iter().filter(|member| member.expert).count();
    let ids: BTreeSet<_> = body.members.iter().map(|member| &member.member).collect();
    let keys: BTreeSet<_> = body.members.iter().map(|member| member.key).collect();
    let share = (experts as u64).saturating_mul(1000)
        >= (count as u64).saturating_mul(rulebook.count("expert_share_min_permille"));
    let odd = !rulebook.flag("committee_odd") || count % 2 == 1;
    let enough = count as u64 >= rulebook.count("committee_min") && count > 0;
    let usable = body.members.iter().all(|member| member.key.prepare().is_ok());
    let fresh = project.committee.is_empty();
    if !(enough && odd && share && fresh && usable)
        || count > COMMITTEE_MAX
        || ids.len() != count
        || keys.len() != count
    {
        let value = format!(
            "{count} members, {experts} experts; needs at least {}, odd: {}, experts at least {} ‰",
            rulebook.text("committee_min"),
            rulebook.text("committee_odd"),
            rulebook.text("expert_share_min_permille")
        );
        return Err(reject::COMMITTEE.under(&rulebook, value).into());
    }
    project.committee = body
        .members
        .into_iter()
        .map(|one| Member {
            id: one.member,
            key: one.key,
            expert: one.expert,
            identity: *one.identity.digest(),
        })
        .collect();
    act.reached(&id, &mut project, Stage::Opened)
}

/// `scores.sealed/1`, by a member with its session key, before any score is visible.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoresSealed {
    pub commitment: DocumentDigest,
}

/// `scores.revealed/1`, by a member after all have sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoresRevealed {
    /// A [`ScoreSheet`] as JSON text, exactly as sealed.
    pub sheet: String,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// What a member gives: for every lot, bid and criterion, 0 to 10,000 hundredths of a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreSheet {
    pub scores: Vec<BidScores>,
}

/// A member's scores of one bid, by criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidScores {
    pub lot: String,
    pub bid: BidName,
    pub criteria: BTreeMap<String, u32>,
}

/// The commitment to a score sheet; it holds for this member of this project only.
#[must_use]
pub fn commitment(project: &ProjectId, member: &OrgId, salt: &[u8; 32], sheet: &str) -> Digest {
    FieldHasher::new("biaozheng/scores/v1")
        .field(project.as_str().as_bytes())
        .field(member.as_str().as_bytes())
        .field(salt)
        .field(sheet.as_bytes())
        .finish()
}

/// One given score: lot, bid, criterion, hundredths of a point.
pub(crate) type Given = (String, BidName, String, u32);

#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub(crate) struct Scores {
    pub(crate) commitment: Digest,
    pub(crate) revealed: Option<Vec<Given>>,
}

/// The author is a member of the committee and signs with its session key.
fn member(act: &Act<'_, '_, '_>, project: &Project) -> Result<OrgId, Refusal> {
    let author = &act.payload.author;
    if project.committee.iter().any(|member| member.id == author.org && member.key == author.key) {
        Ok(author.org.clone())
    } else {
        reject::NOT_MEMBER.err()
    }
}

fn evaluating(act: &Act<'_, '_, '_>) -> Result<Project, Refusal> {
    let project = Project::expect(act.state, &act.project_id()?)?;
    project.at(&[Stage::Opened])?;
    project.not_suspended()?;
    Ok(project)
}

pub(crate) fn seal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let project = evaluating(act)?;
    let key = state_key::score(&act.project_id()?, &member(act, &project)?);
    act.follows(Some(project.step))?;
    if act.state.get(&key)?.is_some() {
        return reject::SCORES_SEALED.err();
    }
    let body: ScoresSealed = act.body()?;
    Ok(act.state.put(key, &Scores { commitment: *body.commitment.digest(), revealed: None })?)
}

pub(crate) fn reveal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let project = evaluating(act)?;
    let id = act.project_id()?;
    let member = member(act, &project)?;
    let key = state_key::score(&id, &member);
    act.follows(Some(project.step))?;
    let all = all_scores(act.state, &id)?;
    if all.len() < project.committee.len() {
        return Err(reject::SCORES_WAIT
            .because(format!("{} of {}", all.len(), project.committee.len()))
            .into());
    }
    let mut scores: Scores = load(act.state, &key)?.ok_or_else(|| reject::SCORES_WAIT.reject())?;
    let body: ScoresRevealed = act.body()?;
    let salt =
        format!("sha256:{}", body.salt).parse::<Digest>().map_err(|error| reject::BODY.because(error))?;
    if commitment(&id, &member, salt.bytes(), &body.sheet) != scores.commitment || scores.revealed.is_some() {
        return reject::SCORES_COMMITMENT.err();
    }
    let sheet: ScoreSheet =
        from_strict(body.sheet.as_bytes()).map_err(|error| reject::SCORES.because(error))?;
    scores.revealed = Some(complete(act.state, &id, &project, sheet)?);
    Ok(act.state.put(key, &scores)?)
}

/// Every opened bid, every criterion the committee scores, once each, within range.
fn complete(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    sheet: ScoreSheet,
) -> Result<Vec<Given>, Refusal> {
    let criteria: Vec<&str> =
        project.criteria.iter().filter(|one| !one.price).map(|one| one.id.as_str()).collect();
    let mut wanted = BTreeSet::new();
    for bid in opening::bids(state, id)?.into_iter().filter(|bid| bid.opened.is_some()) {
        for criterion in &criteria {
            wanted.insert((bid.lot.clone(), bid.name.clone(), (*criterion).to_owned()));
        }
    }
    let mut given = Vec::new();
    for one in sheet.scores {
        for (criterion, points) in one.criteria {
            if !wanted.remove(&(one.lot.clone(), one.bid.clone(), criterion.clone())) || points > 10_000 {
                return Err(reject::SCORES.because(format!("{criterion} of {}", one.bid.bidder)).into());
            }
            given.push((one.lot.clone(), one.bid.clone(), criterion, points));
        }
    }
    if wanted.is_empty() {
        Ok(given)
    } else {
        Err(reject::SCORES.because(format!("{} missing", wanted.len())).into())
    }
}

pub(crate) fn all_scores(state: &dyn StateRead, id: &ProjectId) -> Result<Vec<Scores>, StateFailure> {
    Ok(load_all(state, &state_key::scores(id), COMMITTEE_MAX)?
        .into_iter()
        .map(|(_, scores)| scores)
        .collect())
}
