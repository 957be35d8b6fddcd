//! 营商环境 indicators: computed from what the ledger holds of ended projects, in exact integers.
//!
//! A project counts when its archive is sealed; what is needed of it is kept then, so a period's numbers never change
//! and cost no second reading of every bid. Fractions are sums over counts, not reduced: `17/20` says twenty were counted,
//! `0/0` that none was. Tenders that failed unopened count as failed; their bidders stay uncounted (招标投标法 22).

use crate::rulebook::parameters;
use std::collections::{BTreeMap, BTreeSet};

use biaozheng_ledger::ids::{OrgId, ProjectId, TimeMs};
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::archive::paper::ElectronicSteps;
use crate::archive::state_key;
use crate::bidding::standing;
use crate::machine::act::Act;
use crate::machine::refusal::Refusal;
use crate::machine::stage::Stage;
use crate::machine::state::{StateFailure, StateRead};
use crate::project;
use crate::project::Project;
use crate::project::limits::LOTS_MAX;
use crate::rulebook::limits::INDICATOR_PROJECTS_MAX;

const DAY_MS: u64 = 86_400_000;
/// Beyond it JSON numbers are not exact everywhere.
const EXACT_MAX: u128 = (1 << 53) - 1;

/// Steps whose distance is counted, in days of 24 hours.
pub(crate) const STEPS: &[(&str, Stage, Stage)] = &[
    ("registered_to_published", Stage::Registered, Stage::Published),
    ("published_to_opened", Stage::Published, Stage::Opened),
    ("opened_to_evaluated", Stage::Opened, Stage::Evaluated),
    ("evaluated_to_publicised", Stage::Evaluated, Stage::Publicised),
    ("publicised_to_awarded", Stage::Publicised, Stage::Awarded),
    ("awarded_to_contracted", Stage::Awarded, Stage::Contracted),
    ("contracted_to_supervised", Stage::Contracted, Stage::Supervised),
    ("published_to_contracted", Stage::Published, Stage::Contracted),
];

/// A sum over a count, not reduced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fraction {
    pub numerator: u64,
    pub denominator: u64,
}

/// The indicators of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicators {
    /// Archives sealed in the period.
    pub projects: u64,
    pub supervised: u64,
    pub failed: u64,
    pub terminated: u64,
    /// By a regulator.
    #[serde(default)]
    pub annulled: u64,
    /// Mean days between steps: milliseconds over projects × 86,400,000.
    pub days: BTreeMap<String, Fraction>,
    /// Bidders over opened lots.
    pub bidders_per_lot: Fraction,
    /// Awards to the first of the ranking over awards.
    pub awards_to_rank_1: Fraction,
    /// Award prices over ceiling prices of the same lots, by currency, in minor units.
    pub award_to_ceiling: BTreeMap<String, Fraction>,
    /// Objections answered in time over objections.
    pub objections_in_time: Fraction,
    /// Archives without a missing item over archives.
    pub complete_archives: Fraction,
    /// Records on chain over records on chain and items named as missing.
    pub completeness: Fraction,
    /// Steps that ran electronically over steps the projects came to.
    pub electronic_steps: Fraction,
}

impl Indicators {
    /// The first number that differs.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<&'static str> {
        let same = [
            ("projects", self.projects == other.projects),
            ("supervised", self.supervised == other.supervised),
            ("failed", self.failed == other.failed),
            ("terminated", self.terminated == other.terminated),
            ("annulled", self.annulled == other.annulled),
            ("days", self.days == other.days),
            ("bidders_per_lot", self.bidders_per_lot == other.bidders_per_lot),
            ("awards_to_rank_1", self.awards_to_rank_1 == other.awards_to_rank_1),
            ("award_to_ceiling", self.award_to_ceiling == other.award_to_ceiling),
            ("objections_in_time", self.objections_in_time == other.objections_in_time),
            ("complete_archives", self.complete_archives == other.complete_archives),
            ("completeness", self.completeness == other.completeness),
            ("electronic_steps", self.electronic_steps == other.electronic_steps),
        ];
        same.into_iter().find(|(_, same)| !same).map(|(name, _)| name)
    }
}

/// What an ended project contributes.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Summary {
    centre: OrgId,
    outcome: Stage,
    ended: TimeMs,
    times: Vec<(Stage, TimeMs)>,
    opened_lots: u64,
    bidders: u64,
    awards: u64,
    awards_to_rank_1: u64,
    currency: Option<String>,
    award_sum: u64,
    ceiling_sum: u64,
    objections: u64,
    objections_in_time: u64,
    records: u64,
    missing: u64,
    steps: u64,
    electronic_steps: u64,
}

/// Keeps what indicators need of a project whose archive is sealed with this record.
pub(crate) fn note_end(
    act: &mut Act<'_, '_, '_>,
    id: &ProjectId,
    project: &Project,
    records: u64,
    missing: usize,
) -> Result<(), Refusal> {
    let mut summary = summarise(act.state, id, project, records, missing as u64)?;
    summary.ended = act.block.time;
    Ok(act.state.put(state_key::ended(act.block.time, id), &summary)?)
}

fn summarise(
    state: &dyn StateRead,
    id: &ProjectId,
    project: &Project,
    records: u64,
    missing: u64,
) -> Result<Summary, Refusal> {
    let opened = project.times.iter().any(|(stage, _)| *stage == Stage::Opened);
    let mut bidders: BTreeSet<(String, OrgId)> = BTreeSet::new();
    if opened {
        bidders.extend(standing::bids(state, id)?.into_iter().map(|bid| (bid.lot, bid.name.bidder)));
    }
    let awarded: Vec<_> =
        project.lots.iter().filter_map(|lot| lot.award.as_ref().map(|award| (lot, award))).collect();
    let with_ceiling: Vec<_> =
        awarded.iter().filter_map(|(lot, award)| lot.ceiling.map(|ceiling| (ceiling, award.price))).collect();
    let sum = |values: &mut dyn Iterator<Item = u64>| values.fold(0u64, u64::saturating_add);
    let prefix = project::state_key::objection_prefix(id);
    let objections = state.scan(&prefix, None, INDICATOR_PROJECTS_MAX)?.len() as u64;
    let replies = [parameters::OBJECTION_REPLY_MAX.name, parameters::OBJECTION_OPENING_REPLY_MAX.name];
    let late = project.late.iter().filter(|rule| replies.contains(&rule.as_str())).count() as u64;
    let unanswered = project::objection::unanswered(state, id)?;
    let currency = match project.rulebook {
        Some(_) => Some(project.pinned(state)?.currency().to_owned()),
        None => None,
    };
    let completeness = ElectronicSteps::of(state, id, project)?;
    Ok(Summary {
        centre: project.centre.clone(),
        outcome: project.stage,
        ended: TimeMs::new(0),
        times: project.times.clone(),
        opened_lots: if opened { project.lots.len().min(LOTS_MAX) as u64 } else { 0 },
        bidders: bidders.len() as u64,
        awards: awarded.len() as u64,
        awards_to_rank_1: awarded.iter().filter(|(lot, award)| lot.ranking.first() == Some(award)).count()
            as u64,
        currency,
        award_sum: sum(&mut with_ceiling.iter().map(|(_, price)| price.get())),
        ceiling_sum: sum(&mut with_ceiling.iter().map(|(ceiling, _)| ceiling.get())),
        objections,
        objections_in_time: objections.saturating_sub(late).saturating_sub(unanswered),
        records,
        missing,
        steps: completeness.steps.len() as u64,
        electronic_steps: completeness.electronic(),
    })
}

/// Sums that may pass 2^53 on the way.
#[derive(Clone, Copy, Default)]
struct Sum {
    numerator: u128,
    denominator: u128,
}

impl Sum {
    fn add(&mut self, numerator: u64, denominator: u64) {
        self.numerator = self.numerator.saturating_add(numerator.into());
        self.denominator = self.denominator.saturating_add(denominator.into());
    }

    fn exact(self) -> Option<Fraction> {
        let exact = |value: u128| u64::try_from(value).ok().filter(|_| value <= EXACT_MAX);
        Some(Fraction { numerator: exact(self.numerator)?, denominator: exact(self.denominator)? })
    }
}

/// The indicators of the projects that ended from `from` on and before `until`; nothing when there are more than
/// 10,000, or a sum passes 2^53 - 1: a shorter period has an answer.
///
/// # Errors
/// When the state cannot be read.
pub fn compute(
    state: &dyn StateRead,
    centre: Option<&OrgId>,
    from: TimeMs,
    until: TimeMs,
) -> Result<Option<Indicators>, StateFailure> {
    let after = state_key::ended_from(from);
    let rows = state.scan(state_key::ENDED, Some(&after), INDICATOR_PROJECTS_MAX.saturating_add(1))?;
    let mut summaries = Vec::new();
    for (key, bytes) in rows {
        let summary: Summary = borsh::from_slice(&bytes)
            .map_err(|error| StateFailure(format!("{}: {error}", key.escape_ascii())))?;
        if summary.ended >= until {
            break;
        }
        summaries.push(summary);
    }
    if summaries.len() > INDICATOR_PROJECTS_MAX {
        return Ok(None);
    }
    summaries.retain(|one| centre.is_none_or(|centre| *centre == one.centre));
    Ok(total(&summaries))
}

fn total(summaries: &[Summary]) -> Option<Indicators> {
    let ended_as = |stage: Stage| summaries.iter().filter(|one| one.outcome == stage).count() as u64;
    let ratio = |part: fn(&Summary) -> (u64, u64)| {
        let mut sum = Sum::default();
        for summary in summaries {
            let (numerator, denominator) = part(summary);
            sum.add(numerator, denominator);
        }
        sum.exact()
    };
    let mut days = BTreeMap::new();
    for (name, from, to) in STEPS {
        let mut sum = Sum::default();
        for summary in summaries {
            if let (Some(from), Some(to)) = (reached(summary, *from), reached(summary, *to)) {
                sum.add(to.saturating_since(from), DAY_MS);
            }
        }
        days.insert((*name).to_owned(), sum.exact()?);
    }
    let mut costs: BTreeMap<String, Sum> = BTreeMap::new();
    for summary in summaries.iter().filter(|one| one.ceiling_sum > 0) {
        if let Some(currency) = &summary.currency {
            costs.entry(currency.clone()).or_default().add(summary.award_sum, summary.ceiling_sum);
        }
    }
    let costs: Option<BTreeMap<_, _>> =
        costs.into_iter().map(|(currency, sum)| Some((currency, sum.exact()?))).collect();
    Some(Indicators {
        projects: summaries.len() as u64,
        supervised: ended_as(Stage::Supervised),
        failed: ended_as(Stage::Failed),
        terminated: ended_as(Stage::Terminated),
        annulled: ended_as(Stage::Annulled),
        days,
        bidders_per_lot: ratio(|one| (one.bidders, one.opened_lots))?,
        awards_to_rank_1: ratio(|one| (one.awards_to_rank_1, one.awards))?,
        award_to_ceiling: costs?,
        objections_in_time: ratio(|one| (one.objections_in_time, one.objections))?,
        complete_archives: ratio(|one| (u64::from(one.missing == 0), 1))?,
        completeness: ratio(|one| (one.records, one.records.saturating_add(one.missing)))?,
        electronic_steps: ratio(|one| (one.electronic_steps, one.steps))?,
    })
}

fn reached(summary: &Summary, stage: Stage) -> Option<TimeMs> {
    summary.times.iter().rev().find(|(reached, _)| *reached == stage).map(|(_, time)| *time)
}
