//! A reported result that changes on named grounds only (政府采购).

use crate::rulebook::parameters;
use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use crate::evaluation;
use crate::evaluation::committee::Scores;
use crate::evaluation::limits::CORRECTIONS_MAX;
use crate::evaluation::{Reported, committee, refusals, state_key, terms};
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::state::load;
use crate::machine::text::text;
use crate::project::{BidName, Project};

/// `result.corrected/1`, by the hosting centre, cosigned by the committee as the report was.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Corrected {
    /// One of the rulebook's `result_correction_grounds`.
    pub ground: String,
    pub reason: String,
    pub corrections: Vec<Correction>,
    /// The whole report anew; every node recomputes it from the corrected points.
    pub report: Reported,
}

/// A member's points for one criterion of one bid, as they should have been.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    pub member: OrgId,
    pub lot: String,
    pub bid: BidName,
    pub criterion: String,
    pub points: u32,
}

pub(crate) fn correct(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, project, _) = act.step()?;
    project.not_suspended()?;
    let body: Corrected = act.body()?;
    text(&body.reason)?;
    let rulebook = project.pinned(act.state)?;
    if !rulebook.lists(&parameters::RESULT_CORRECTION_GROUNDS, &body.ground) {
        let ground: String = body.ground.chars().take(40).collect();
        return Err(refusals::CORRECTION_GROUND.under(&rulebook, ground).into());
    }
    if body.corrections.is_empty() || body.corrections.len() > CORRECTIONS_MAX {
        return Err(refusals::CORRECTION.because(format!("1 to {CORRECTIONS_MAX} points")).into());
    }
    let mut named = BTreeSet::new();
    for one in &body.corrections {
        if !named.insert((&one.member, &one.lot, &one.bid, &one.criterion)) {
            return Err(refusals::CORRECTION.because(&one.member).into());
        }
        apply(act, &id, &project, one)?;
    }
    if body.ground == "objective_differs" {
        agree(act, &id, &project, &body.corrections)?;
    }
    evaluation::settle(act, &id, project, body.report)
}

/// Changes one score that was given.
fn apply(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    one: &Correction,
) -> Result<(), Refusal> {
    let refuse = || refusals::CORRECTION.because(format!("{} of {}", one.criterion, one.bid.bidder));
    let seated = project.committee.iter().any(|member| member.id == one.member);
    let key = state_key::score(id, &one.member);
    let scores: Option<Scores> = load(act.state, &key)?;
    let mut scores = scores.filter(|_| seated && one.points <= 10_000).ok_or_else(refuse)?;
    let mut given = scores.revealed.iter_mut().flatten();
    let row = given
        .find(|(lot, bid, criterion, _)| *lot == one.lot && *bid == one.bid && *criterion == one.criterion);
    let row = row.filter(|row| row.3 != one.points).ok_or_else(refuse)?;
    row.3 = one.points;
    Ok(act.state.put(key, &scores)?)
}

/// Objective criteria are corrected until every member gives the same.
fn agree(
    act: &Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    corrections: &[Correction],
) -> Result<(), Refusal> {
    let objective = terms::of(act.state, id)?.objective;
    let scores = committee::all_scores(act.state, id, project)?;
    for one in corrections {
        let rows = scores.iter().flat_map(|(_, scores)| scores.revealed.iter().flatten());
        let same = rows.filter(|row| row.0 == one.lot && row.1 == one.bid && row.2 == one.criterion);
        let points: BTreeSet<u32> = same.map(|row| row.3).collect();
        if !objective.contains(&one.criterion) || points.len() != 1 {
            return Err(refusals::CORRECTION.because(format!("{} is not agreed on", one.criterion)).into());
        }
    }
    Ok(())
}
