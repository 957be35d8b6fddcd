//! How the members' points for one criterion of one bid become one number.

use biaozheng_ledger::json::present;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::methods::half_up;

/// As the tender's documents say. Without a word of theirs: the mean of all.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "AggregateForm")]
#[schemars(!try_from, deny_unknown_fields)]
pub enum Aggregate {
    /// The mean of all members' points.
    #[default]
    Mean,
    /// The mean without so many of the lowest and of the highest. Where that would leave nobody, the mean of all.
    Trimmed { low: u8, high: u8 },
}

/// An aggregate as it is written: a struct of its own, so that the reader sees that it is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AggregateForm {
    kind: AggregateKind,
    #[serde(default, deserialize_with = "present")]
    low: Option<u8>,
    #[serde(default, deserialize_with = "present")]
    high: Option<u8>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AggregateKind {
    Mean,
    Trimmed,
}

impl TryFrom<AggregateForm> for Aggregate {
    type Error = &'static str;

    fn try_from(form: AggregateForm) -> Result<Self, Self::Error> {
        match (form.kind, form.low, form.high) {
            (AggregateKind::Mean, None, None) => Ok(Self::Mean),
            (AggregateKind::Mean, ..) => Err("the mean has no other fields"),
            (AggregateKind::Trimmed, Some(low), Some(high)) => Ok(Self::Trimmed { low, high }),
            (AggregateKind::Trimmed, ..) => Err("a trimmed mean has the fields `low` and `high`"),
        }
    }
}

/// The aggregate in the points' own unit, rounded half up; 0 of no points.
#[must_use]
pub fn aggregate(points: &[u32], how: Aggregate) -> u64 {
    let mut sorted = points.to_vec();
    sorted.sort_unstable();
    let kept = match how {
        Aggregate::Mean => sorted.as_slice(),
        Aggregate::Trimmed { low, high } => {
            let end = sorted.len().saturating_sub(usize::from(high));
            sorted.get(usize::from(low)..end).filter(|kept| !kept.is_empty()).unwrap_or(&sorted)
        }
    };
    half_up(kept.iter().map(|points| u128::from(*points)).sum(), kept.len() as u128)
}

#[cfg(test)]
mod tests {
    use crate::evaluation::methods::{Aggregate, aggregate};

    #[test]
    fn the_mean_rounds_half_up_and_trimming_drops_the_ends() {
        let trimmed = Aggregate::Trimmed { low: 1, high: 1 };
        for (points, how, expected) in [
            (&[8000, 8001][..], Aggregate::Mean, 8001),
            (&[8000, 8000, 8001], Aggregate::Mean, 8000),
            (&[9000, 1000, 8000, 8500, 10_000], trimmed, 8500),
            (&[9000, 1000, 8000, 8500, 10_000], Aggregate::Trimmed { low: 0, high: 2 }, 5833),
            (&[7000, 9000], trimmed, 8000),
            (&[], trimmed, 0),
        ] {
            assert_eq!(aggregate(points, how), expected, "{points:?} {how:?}");
        }
    }
}
