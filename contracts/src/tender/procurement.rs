//! What government procurement (政府采购) asks beyond a tender: weights and score of the price, and a reported result that
//! changes on named grounds only.

use crate::rulebook::parameters;
use biaozheng_ledger::ids::ProjectId;
use serde::{Deserialize, Serialize};

use crate::evaluation::methods::PriceScore;
use crate::machine::refusal::Refusal;
use crate::machine::state::{Overlay, StateFailure, StateRead, load};
use crate::project::Method;
use crate::rulebook::Rulebook;
use crate::tender;
use crate::tender::{refusals, state_key};

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
        return Err(refusals::PROCUREMENT_KIND.because(rulebook.category()).into());
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
        return Err(refusals::PRICE_WEIGHT
            .by(rulebook, parameter.name, format!("{weight} ‰, needs {least} ‰"))
            .into());
    }
    let plain = body.evaluation.as_ref().is_none_or(|terms| terms.price_score == PriceScore::LowestRatio);
    if !plain && rulebook.optional_count(&parameters::PRICE_SCORE_LOWEST_RATIO).unwrap_or(0) != 0 {
        return Err(refusals::PRICE_SCORE.under(rulebook, "lowest / price × 100").into());
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
            Err(refusals::VOLUNTARY.by(rulebook, parameter.name, format!("{sum}, from {scale} on")).into())
        }
        None => Err(refusals::VOLUNTARY.because(rulebook.category()).into()),
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
