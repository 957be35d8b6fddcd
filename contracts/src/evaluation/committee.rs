//! The evaluation committee: who sits on it, and scores sealed before any is visible.

use crate::rulebook::parameters;
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId};
use biaozheng_ledger::json::from_strict;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::bidding::bid::Bid;
use crate::bidding::standing;
use crate::evaluation::draw::Draw;
use crate::evaluation::methods::BlindCode;
use crate::evaluation::{blind, refusals, session, state_key, terms};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead, load};
use crate::machine::text::secret;
use crate::project::{BidName, Member, Project};
use crate::rulebook::Rulebook;
use crate::rulebook::limits::COMMITTEE_MAX;
pub use biaozheng_draw::records::{Drawn, DrawnMember};

/// A committee this large, with so many experts, is what the rulebook asks.
pub(crate) fn composition(rulebook: &Rulebook, count: usize, experts: usize) -> Result<(), Refusal> {
    let share = (experts as u64).saturating_mul(1000)
        >= (count as u64).saturating_mul(rulebook.count(&parameters::EXPERT_SHARE_MIN_PERMILLE));
    let odd = !rulebook.flag(&parameters::COMMITTEE_ODD) || count % 2 == 1;
    let enough = count as u64 >= rulebook.count(&parameters::COMMITTEE_MIN) && count > 0;
    if enough && odd && share && experts <= count && count <= COMMITTEE_MAX {
        return Ok(());
    }
    let value = format!(
        "{count} members, {experts} experts; needs at least {}, odd: {}, experts at least {} ‰",
        rulebook.text(&parameters::COMMITTEE_MIN),
        rulebook.text(&parameters::COMMITTEE_ODD),
        rulebook.text(&parameters::EXPERT_SHARE_MIN_PERMILLE)
    );
    let rule = if !enough || count > COMMITTEE_MAX || experts > count {
        parameters::COMMITTEE_MIN.name
    } else if !odd {
        parameters::COMMITTEE_ODD.name
    } else {
        parameters::EXPERT_SHARE_MIN_PERMILLE.name
    };
    Err(refusals::COMMITTEE.by(rulebook, rule, value).into())
}

pub(crate) fn draw(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let body: Drawn = act.body()?;
    let rulebook = project.pinned(act.state)?;
    let count = body.members.len();
    let experts = body.members.iter().filter(|member| member.expert).count();
    composition(&rulebook, count, experts)?;
    let ids: BTreeSet<_> = body.members.iter().map(|member| &member.member).collect();
    let keys: BTreeSet<_> = body.members.iter().map(|member| member.key).collect();
    let usable = body.members.iter().all(|member| member.key.prepare().is_ok());
    if !project.committee.is_empty() || !usable || ids.len() != count || keys.len() != count {
        return Err(refusals::COMMITTEE.because("drawn once, with different ids and usable keys").into());
    }
    as_requested(act, &id, &rulebook, count, experts, body.list)?;
    project.committee = body.members.into_iter().map(seated).collect();
    act.reached(&id, &mut project, Stage::Opened)
}

/// A drawn member as the project keeps it.
pub(crate) fn seated(one: DrawnMember) -> Member {
    Member { id: one.member, key: one.key, expert: one.expert, identity: *one.identity.digest() }
}

/// A committee from a draw: the draw has its seed, the composition is the requested one, the list is committed to.
fn as_requested(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    rulebook: &Rulebook,
    count: usize,
    experts: usize,
    list: Option<DocumentDigest>,
) -> Result<(), Refusal> {
    let Some(mut draw) = Draw::load(act.state, id)? else {
        let required = rulebook.optional_count(&parameters::COMMITTEE_BY_DRAW).unwrap_or(0) != 0;
        return if required || list.is_some() {
            Err(refusals::DRAW_REQUIRED.under(rulebook, rulebook.text(&parameters::COMMITTEE_BY_DRAW)).into())
        } else {
            Ok(())
        };
    };
    if draw.seed.is_none() {
        return Err(refusals::DRAW_UNSEEDED.because(format!("{} missing", draw.missing().len())).into());
    }
    let list = list.filter(|_| count == usize::from(draw.size) && experts == usize::from(draw.experts));
    let Some(list) = list else {
        return Err(refusals::DRAW_LIST
            .because(format!("{} members, {} experts", draw.size, draw.experts))
            .into());
    };
    draw.list = Some(*list.digest());
    draw.store(act, id)
}

/// `scores.sealed/1`, by a member with its session key, before any score is visible.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoresSealed {
    pub commitment: DocumentDigest,
}

/// `scores.revealed/1`, by a member after all have sealed.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoresRevealed {
    /// A [`ScoreSheet`] as JSON text, exactly as sealed.
    pub sheet: String,
    /// 64 hexadecimal digits.
    pub salt: String,
}

/// What a member gives: for every lot, bid and criterion, 0 to 10,000 hundredths of a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreSheet {
    pub scores: Vec<BidScores>,
    /// Blind criteria: what stands here names codes, never bids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blind: Vec<BlindScores>,
}

/// A member's scores of one scrubbed part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlindScores {
    pub lot: String,
    pub code: BlindCode,
    pub criteria: BTreeMap<String, u32>,
}

/// A member's scores of one bid, by criterion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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

/// A committee member's scores with its id.
pub(crate) type MemberScores = (OrgId, Scores);

/// The author is a member of the committee and signs with its session key.
pub(crate) fn member(act: &Act<'_, '_, '_>, project: &Project) -> Result<OrgId, Refusal> {
    let author = &act.payload.author;
    if project.committee.iter().any(|member| member.id == author.org && member.key == author.key) {
        Ok(author.org.clone())
    } else {
        refusals::NOT_MEMBER.err()
    }
}

pub(crate) fn evaluating(act: &Act<'_, '_, '_>) -> Result<Project, Refusal> {
    let project = Project::expect(act.state, &act.project_id()?)?;
    act.rule()?.at(&project)?;
    project.not_suspended()?;
    Ok(project)
}

pub(crate) fn seal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let mut project = evaluating(act)?;
    let id = act.project_id()?;
    let key = state_key::score(&id, &member(act, &project)?);
    act.follows(Some(project.step))?;
    if act.state.get(&key)?.is_some() {
        return refusals::SCORES_SEALED.err();
    }
    let body: ScoresSealed = act.body()?;
    session::note_overtime(act, &id, &mut project)?;
    Ok(act.state.put(key, &Scores { commitment: *body.commitment.digest(), revealed: None })?)
}

pub(crate) fn reveal(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let project = evaluating(act)?;
    let id = act.project_id()?;
    let member = member(act, &project)?;
    let key = state_key::score(&id, &member);
    act.follows(Some(project.step))?;
    let all = all_scores(act.state, &id, &project)?;
    if all.len() < project.committee.len() {
        return Err(refusals::SCORES_WAIT
            .because(format!("{} of {}", all.len(), project.committee.len()))
            .into());
    }
    let mut scores: Scores = load(act.state, &key)?.ok_or_else(|| refusals::SCORES_WAIT.reject())?;
    let body: ScoresRevealed = act.body()?;
    let salt = secret(&body.salt)?;
    if commitment(&id, &member, &salt, &body.sheet) != scores.commitment || scores.revealed.is_some() {
        return refusals::SCORES_COMMITMENT.err();
    }
    let sheet: ScoreSheet =
        from_strict(body.sheet.as_bytes()).map_err(|error| refusals::SCORES.because(error))?;
    scores.revealed = Some(complete(act.state, &id, &project, sheet)?);
    Ok(act.state.put(key, &scores)?)
}

/// Every opened bid, every criterion the committee scores, once each, within range; blind ones by code alone.
fn complete(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    sheet: ScoreSheet,
) -> Result<Vec<Given>, Refusal> {
    let terms = terms::of(state, id)?;
    let bids: Vec<Bid> = standing::bids(state, id)?.into_iter().filter(|bid| bid.opened.is_some()).collect();
    let opened = blind::mapping(state, id, &terms, &bids)?;
    let owners = opened.ok_or_else(|| Refusal::from(refusals::BLIND_CLOSED.reject()))?;
    let mut wanted = BTreeSet::new();
    for bid in &bids {
        for criterion in project.criteria.iter().filter(|one| !one.price) {
            wanted.insert((bid.lot.clone(), bid.name.clone(), criterion.id.clone()));
        }
    }
    let hidden = |criterion: &String| terms.blind.contains(criterion);
    let mut rows = Vec::new();
    for one in sheet.scores {
        if let Some(named) = one.criteria.keys().find(|criterion| hidden(criterion)) {
            return Err(refusals::SCORES.because(format!("{named} is blind: name codes")).into());
        }
        rows.push((one.lot, one.bid, one.criteria));
    }
    for one in sheet.blind {
        let bid = owners.get(&(one.lot.clone(), one.code.clone()));
        let bid = bid.ok_or_else(|| refusals::SCORES.because(format!("no code {}", one.code)))?;
        if let Some(open) = one.criteria.keys().find(|criterion| !hidden(criterion)) {
            return Err(refusals::SCORES.because(format!("{open} is not blind")).into());
        }
        rows.push((one.lot, bid.clone(), one.criteria));
    }
    let mut given = Vec::new();
    for (lot, bid, criteria) in rows {
        for (criterion, points) in criteria {
            if !wanted.remove(&(lot.clone(), bid.clone(), criterion.clone())) || points > 10_000 {
                return Err(refusals::SCORES.because(format!("{criterion} of {}", bid.bidder)).into());
            }
            given.push((lot.clone(), bid.clone(), criterion, points));
        }
    }
    if wanted.is_empty() {
        Ok(given)
    } else {
        Err(refusals::SCORES.because(format!("{} missing", wanted.len())).into())
    }
}

/// The scores of those who sit on the committee now: a replaced member's stay in state and count no longer (条例48).
pub(crate) fn all_scores(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
) -> Result<Vec<MemberScores>, StateFailure> {
    let mut found = Vec::new();
    for member in &project.committee {
        if let Some(scores) = load(state, &state_key::score(id, &member.id))? {
            found.push((member.id.clone(), scores));
        }
    }
    Ok(found)
}
