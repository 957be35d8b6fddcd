//! Scores that need a written reason before a report stands. A flag deletes nothing: the score counts as given.
//!
//! - **unanimity**: members differ on a criterion the documents call objective;
//! - **distance**: a score's robust z is above `outlier_z_hundredths`; not looked for when the rulebook has none;
//! - **decisive**: with this one score left out, another bid would stand first or level; when `outlier_decisive`.

use crate::rulebook::parameters;
use std::collections::BTreeSet;

use biaozheng_ledger::ids::OrgId;
use serde::{Deserialize, Serialize};

use super::ranking::weighted_key;
use crate::evaluation::methods::is_outlier;
use crate::evaluation::ranking::{Basis, Candidate, Points, term};
use crate::project::{BidName, Criterion, Project};
use crate::rulebook::Rulebook;

/// Why something is flagged.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    Unanimity,
    Distance,
    Decisive,
}

/// What needs a reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    pub kind: FlagKind,
    pub bid: BidName,
    pub criterion: String,
    /// Whose score; absent where the members as a whole disagree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<OrgId>,
}

/// All flags of a lot's standing bids.
pub(crate) fn flags(
    project: &Project,
    basis: &Basis,
    rulebook: &Rulebook,
    lot: &str,
    candidates: &[Candidate],
) -> BTreeSet<Flag> {
    let mut found = BTreeSet::new();
    let decisive = rulebook.optional_count(&parameters::OUTLIER_DECISIVE).unwrap_or(0) != 0;
    for candidate in candidates {
        let bid = candidate.ranked.name();
        for criterion in project.criteria.iter().filter(|criterion| !criterion.price) {
            let key = (lot.to_owned(), bid.clone(), criterion.id.clone());
            let Some(points) = basis.points.get(&key) else { continue };
            let mut flag = |kind, member: Option<&OrgId>| {
                let (bid, criterion, member) = (bid.clone(), criterion.id.clone(), member.cloned());
                found.insert(Flag { kind, bid, criterion, member });
            };
            if basis.terms.objective.contains(&criterion.id) {
                let values: BTreeSet<u32> = points.iter().map(|(_, given)| *given).collect();
                if values.len() > 1 {
                    flag(FlagKind::Unanimity, None);
                }
            }
            if let Some(threshold) = rulebook.optional_count(&parameters::OUTLIER_Z_HUNDREDTHS) {
                far(points, threshold).for_each(|member| flag(FlagKind::Distance, Some(member)));
            }
            if decisive && points.len() > 1 {
                for (member, _) in points {
                    if turns(basis, lot, candidates, candidate, criterion, member) {
                        flag(FlagKind::Decisive, Some(member));
                    }
                }
            }
        }
    }
    found
}

fn far(points: &Points, threshold: u64) -> impl Iterator<Item = &OrgId> {
    let values: Vec<u32> = points.iter().map(|(_, given)| *given).collect();
    points.iter().filter(move |(_, given)| is_outlier(&values, *given, threshold)).map(|(member, _)| member)
}

/// True when leaving out one member's score of this bid and criterion would change who stands first.
fn turns(
    basis: &Basis,
    lot: &str,
    candidates: &[Candidate],
    candidate: &Candidate,
    criterion: &Criterion,
    member: &OrgId,
) -> bool {
    let (Some(score), Some(first)) = (candidate.ranked.score, candidates.iter().map(|one| one.key).min())
    else {
        return false;
    };
    let bid = candidate.ranked.name();
    let points = |without| term(basis.aggregated(lot, &bid, &criterion.id, without), criterion);
    let changed = score.saturating_sub(points(None)).saturating_add(points(Some(member)));
    let key = weighted_key(changed, candidate.ranked.price);
    if candidate.key == first {
        let others = candidates.iter().filter(|one| one.ranked.name() != bid).map(|one| one.key);
        others.min().is_some_and(|other| key >= other && candidate.key < other)
    } else {
        key <= first
    }
}
