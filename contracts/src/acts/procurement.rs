//! What government procurement (政府采购) asks beyond a tender: weights and score of the price, and a reported result that
//! changes on named grounds only.

use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_ledger::ids::{OrgId, ProjectId};
use serde::{Deserialize, Serialize};

use super::committee::Scores;
use super::evaluation::{self, Reported};
use super::{Act, tender, terms};
use crate::execute::text;
use crate::limits::CORRECTIONS_MAX;
use crate::methods::PriceScore;
use crate::project::{BidName, Method, Project};
use crate::reject::{Refusal, categories as codes, model};
use crate::rulebook::Rulebook;
use crate::state::{Overlay, StateFailure, StateRead, load};
use crate::state_key;

/// What is bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProcurementKind {
    /// 货物
    Goods,
    /// 服务
    Services,
    /// 工程
    Works,
}

/// The notice fits the category: kind named, price weight and price score as the rulebook asks.
pub(crate) fn check_notice(body: &tender::Published, rulebook: &Rulebook) -> Result<(), Refusal> {
    let asks = |parameter: &str| rulebook.has(parameter);
    let kinds = asks(parameters::PRICE_WEIGHT_GOODS_MIN_PERMILLE.name)
        || asks(parameters::PRICE_WEIGHT_SERVICES_MIN_PERMILLE.name);
    if kinds != body.procurement.is_some() {
        return Err(codes::PROCUREMENT_KIND.because(rulebook.category()).into());
    }
    let parameter = match body.procurement {
        Some(ProcurementKind::Goods) => Some(&parameters::PRICE_WEIGHT_GOODS_MIN_PERMILLE),
        Some(ProcurementKind::Services) => Some(&parameters::PRICE_WEIGHT_SERVICES_MIN_PERMILLE),
        Some(ProcurementKind::Works) | None => None,
    };
    let weight = body.criteria.iter().filter(|one| one.price).map(|one| u64::from(one.weight_permille)).sum();
    if body.method == Method::Weighted
        && let Some(parameter) = parameter
        && let Some(least) = rulebook.optional_count(parameter).filter(|least| *least > weight)
    {
        return Err(codes::PRICE_WEIGHT
            .by(rulebook, parameter.name, format!("{weight} ‰, needs {least} ‰"))
            .into());
    }
    let plain = body.evaluation.as_ref().is_none_or(|terms| terms.price_score == PriceScore::LowestRatio);
    if !plain && rulebook.optional_count(&parameters::PRICE_SCORE_LOWEST_RATIO).unwrap_or(0) != 0 {
        return Err(codes::PRICE_SCORE.under(rulebook, "lowest / price × 100").into());
    }
    Ok(())
}

/// A notice may call its tender voluntary only below the scale of its kind, over all lots: what is bought together is not
/// split to stay below it (招标投标法4). A lot counts with its estimate or its ceiling, the higher: the notice itself allows
/// prices up to there. A voluntary tender is free in its choice among the candidates (条例55 binds the others) while what
/// is awarded stays below the scale too; every other rule of the rulebook holds for it.
pub(crate) fn keep_scale(
    state: &mut Overlay<'_>,
    id: &ProjectId,
    body: &tender::Published,
    rulebook: &Rulebook,
) -> Result<(), Refusal> {
    let Some(kind) = body.voluntary else { return Ok(()) };
    let parameter = match kind {
        ProcurementKind::Works => &parameters::MANDATORY_SCALE_WORKS,
        ProcurementKind::Goods => &parameters::MANDATORY_SCALE_GOODS,
        ProcurementKind::Services => &parameters::MANDATORY_SCALE_SERVICES,
    };
    let worth =
        |lot: &tender::PublishedLot| lot.ceiling.map_or(lot.estimate, |most| most.max(lot.estimate)).get();
    let sum = body.lots.iter().fold(0u64, |sum, lot| sum.saturating_add(worth(lot)));
    match rulebook.optional_count(parameter) {
        Some(scale) if sum < scale => Ok(state.put(state_key::voluntary(id), &scale)?),
        Some(scale) => {
            Err(model::VOLUNTARY.by(rulebook, parameter.name, format!("{sum}, from {scale} on")).into())
        }
        None => Err(model::VOLUNTARY.because(rulebook.category()).into()),
    }
}

/// True where the law does not ask for the tender.
pub(crate) fn is_voluntary(state: &dyn StateRead, id: &ProjectId) -> Result<bool, StateFailure> {
    Ok(voluntary_below(state, id)?.is_some())
}

/// The scale a voluntary tender was published below; nothing for one the law asks for.
pub(crate) fn voluntary_below(state: &dyn StateRead, id: &ProjectId) -> Result<Option<u64>, StateFailure> {
    load(state, &state_key::voluntary(id))
}

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
        return Err(codes::CORRECTION_GROUND.under(&rulebook, ground).into());
    }
    if body.corrections.is_empty() || body.corrections.len() > CORRECTIONS_MAX {
        return Err(codes::CORRECTION.because(format!("1 to {CORRECTIONS_MAX} points")).into());
    }
    let mut named = BTreeSet::new();
    for one in &body.corrections {
        if !named.insert((&one.member, &one.lot, &one.bid, &one.criterion)) {
            return Err(codes::CORRECTION.because(&one.member).into());
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
    let refuse = || codes::CORRECTION.because(format!("{} of {}", one.criterion, one.bid.bidder));
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
    let scores = super::committee::all_scores(act.state, id, project)?;
    for one in corrections {
        let rows = scores.iter().flat_map(|(_, scores)| scores.revealed.iter().flatten());
        let same = rows.filter(|row| row.0 == one.lot && row.1 == one.bid && row.2 == one.criterion);
        let points: BTreeSet<u32> = same.map(|row| row.3).collect();
        if !objective.contains(&one.criterion) || points.len() != 1 {
            return Err(codes::CORRECTION.because(format!("{} is not agreed on", one.criterion)).into());
        }
    }
    Ok(())
}
