//! From the candidates to the contract and its report to the regulator.

pub(crate) mod refusals;

use crate::rulebook::parameters;
use biaozheng_ledger::ids::DocumentDigest;
use serde::{Deserialize, Serialize};

use crate::listing::deal;
use crate::machine::act::Act;
use crate::machine::amount::Amount;
use crate::machine::refusal::Refusal;
use crate::machine::spoken::Spoken;
use crate::machine::stage::Stage;
use crate::parties::participant::signer;
use crate::project::refusals::LOTS;
use crate::project::{BidName, Ranked};
use crate::tender::procurement;

/// `candidates.publicised/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publicised {
    pub lots: Vec<LotCandidates>,
}

/// A lot's candidates in rank order.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotCandidates {
    pub lot: String,
    pub candidates: Vec<BidName>,
}

pub(crate) fn publicise(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let rulebook = project.pinned(act.state)?;
    let body: Publicised = act.body()?;
    let most = usize::try_from(rulebook.count(&parameters::CANDIDATES_MAX)).unwrap_or(usize::MAX);
    let ranked = project.lots.iter().filter(|lot| !lot.failed);
    let fits = ranked.clone().count() == body.lots.len()
        && ranked.zip(&body.lots).all(|(lot, listed)| {
            let first: Vec<BidName> =
                lot.ranking.iter().take(listed.candidates.len()).map(Ranked::name).collect();
            lot.id == listed.lot && first == listed.candidates && (1..=most).contains(&first.len())
        });
    if !fits {
        return Err(refusals::CANDIDATES.under(&rulebook, format!("at most {most}")).into());
    }
    for listed in &body.lots {
        project.lot_mut(&listed.lot)?.publicised = listed.candidates.len() as u64;
    }
    if act.block.time > rulebook.after(&parameters::PUBLICITY_START, project.time_of(Stage::Evaluated)) {
        act.note_late(&id, &mut project, parameters::PUBLICITY_START.name);
    }
    act.reached(&id, &mut project, Stage::Publicised)
}

/// Grounds of 条例55 on which the award may pass over rank 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// 放弃中标
    Declined,
    /// 因不可抗力不能履行合同
    ForceMajeure,
    /// 未提交履约保证金
    NoPerformanceBond,
    /// 查实存在影响中标结果的违法行为
    Illegal,
}

/// `award.notified/1`, by the tenderee.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notified {
    pub lots: Vec<LotAward>,
}

/// A lot's award.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotAward {
    pub lot: String,
    pub bid: BidName,
    pub price: Amount,
    /// One ground for each better-ranked bid that is passed over, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
}

pub(crate) fn notify(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    project.not_suspended()?;
    let rulebook = project.pinned(act.state)?;
    let earliest = rulebook.after(&parameters::PUBLICITY_MIN, project.time_of(Stage::Publicised));
    if act.block.time < earliest {
        let value = Spoken::earliest(&rulebook.text(&parameters::PUBLICITY_MIN), earliest);
        return Err(refusals::PUBLICITY.saying_under(&rulebook, value).into());
    }
    let body: Notified = act.body()?;
    let open: Vec<&str> = project.lots.iter().filter(|lot| !lot.failed).map(|lot| lot.id.as_str()).collect();
    if !body.lots.iter().map(|lot| lot.lot.as_str()).eq(open.iter().copied()) {
        return Err(LOTS.because(format!("the award covers {}", open.join(", "))).into());
    }
    // 条例55 binds tenders the law asks for, and what is awarded decides as well as what was estimated.
    let awarded = body.lots.iter().fold(0u64, |sum, lot| sum.saturating_add(lot.price.get()));
    let free = procurement::voluntary_below(act.state, &id)?.is_some_and(|scale| awarded < scale);
    let bound = rulebook.flag(&parameters::AWARD_RANK_1) && !free;
    for award in body.lots {
        let lot = project.lot_mut(&award.lot)?;
        let candidates = usize::try_from(lot.publicised).unwrap_or(usize::MAX);
        let rank = lot.ranking.iter().take(candidates).position(|ranked| ranked.name() == award.bid);
        let Some((rank, ranked)) =
            rank.and_then(|rank| lot.ranking.get(rank).map(|ranked| (rank, ranked.clone())))
        else {
            return Err(refusals::AWARD_RANK.under(&rulebook, "not a publicised candidate").into());
        };
        if bound && award.grounds.len() != rank {
            let value = format!("rank {}, {} grounds", rank.saturating_add(1), award.grounds.len());
            return Err(refusals::AWARD_RANK.under(&rulebook, value).into());
        }
        if award.price != ranked.price {
            return Err(refusals::AWARD_PRICE.because(format!("bid {}", ranked.price.get())).into());
        }
        lot.award = Some(ranked);
    }
    let due = rulebook.optional_after(&parameters::AWARD_MAX, project.time_of(Stage::Publicised));
    if due.is_some_and(|due| act.block.time > due) {
        act.note_late(&id, &mut project, parameters::AWARD_MAX.name);
    }
    act.reached(&id, &mut project, Stage::Awarded)
}

/// `contract.signed/1`, by the tenderee, cosigned by the winner. One record for each awarded lot.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractSigned {
    pub lot: String,
    pub price: Amount,
    pub performance_bond: Amount,
    /// Digest of the signed contract.
    pub contract: DocumentDigest,
}

pub(crate) fn sign_contract(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let rulebook = project.pinned(act.state)?;
    deal::publicity_is_over(&project, &rulebook, act.block.time)?;
    let body: ContractSigned = act.body()?;
    let [winner] = act.payload.cosigners.as_slice() else { return refusals::CONTRACT_TERMS.err() };
    let winner = signer(act.state, winner, act.block.height)?;
    let lot = project.lot_mut(&body.lot)?;
    let as_awarded = lot
        .award
        .as_ref()
        .is_some_and(|award| award.bidder == winner.org && award.price == body.price && !lot.contracted);
    if !as_awarded {
        return refusals::CONTRACT_TERMS.err();
    }
    let most = body.price.permille(rulebook.optional_count(&parameters::PERF_BOND_MAX_PERMILLE).unwrap_or(0));
    if body.performance_bond.get() > most {
        return Err(refusals::PERFORMANCE_BOND.under(&rulebook, format!("at most {most}")).into());
    }
    lot.contracted = true;
    if act.block.time > rulebook.after(&parameters::CONTRACT_MAX, project.time_of(Stage::Awarded)) {
        act.note_late(&id, &mut project, parameters::CONTRACT_MAX.name);
    }
    let all = project.lots.iter().all(|lot| lot.failed || lot.contracted);
    let stage = if all { Stage::Contracted } else { Stage::Awarded };
    act.reached(&id, &mut project, stage)
}

/// `supervision.reported/1`, by the tenderee to the regulator.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Supervised {
    pub summary: String,
}

pub(crate) fn report_supervision(act: &mut Act<'_, '_, '_>) -> Result<(), Refusal> {
    let (id, mut project, _) = act.step()?;
    let body: Supervised = act.body()?;
    crate::machine::text::text(&body.summary)?;
    let rulebook = project.pinned(act.state)?;
    if act.block.time > rulebook.after(&parameters::REGULATOR_REPORT_MAX, project.time_of(Stage::Awarded)) {
        act.note_late(&id, &mut project, parameters::REGULATOR_REPORT_MAX.name);
    }
    let due = rulebook.optional_after(&parameters::CONTRACT_FILING_MAX, project.time_of(Stage::Contracted));
    if due.is_some_and(|due| act.block.time > due) {
        act.note_late(&id, &mut project, parameters::CONTRACT_FILING_MAX.name);
    }
    act.reached(&id, &mut project, Stage::Supervised)
}
