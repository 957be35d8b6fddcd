//! Price scores: the lowest price in relation, and the benchmark price.
//!
//! Prices are at most 2^53 − 1, bids of a lot at most 2000, K and E at most [`K_MAX`] and [`E_MAX`]: products stay
//! below 2^112.

pub use biaozheng_draw::{KRange, draw_k};
use biaozheng_ledger::json::present;
use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::methods::{FULL_MARKS, half_up};

/// Largest K, in thousandths.
const K_MAX: u32 = 2000;
/// Largest E, in thousandths of a point for each percent.
const E_MAX: u32 = 100_000;

/// How a price becomes points.
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
#[serde(tag = "kind", rename_all = "snake_case", try_from = "ScoreForm")]
#[schemars(!try_from, deny_unknown_fields)]
pub enum PriceScore {
    /// `lowest / price × 100` (政府采购货物和服务招标投标管理办法55): no price is trimmed.
    #[default]
    LowestRatio,
    Benchmark(Benchmark),
}

/// `D = mean(valid prices) × K`, `F = 100 − E × |P − D| / D × 100`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    BorshSerialize,
    BorshDeserialize,
    schemars::JsonSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    pub k: KRange,
    /// Points for each percent above D, in thousandths.
    pub e_above_milli: u32,
    /// The same below D; never more than above.
    pub e_below_milli: u32,
    /// Left out of the mean: so many of the lowest and highest, when at least `trim_from` prices are valid.
    #[serde(default)]
    pub trim_low: u8,
    #[serde(default)]
    pub trim_high: u8,
    #[serde(default)]
    pub trim_from: u16,
}

/// A rule for prices as it is written: a struct of its own, so that the reader sees that it is one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScoreForm {
    kind: ScoreKind,
    #[serde(default, deserialize_with = "present")]
    k: Option<KRange>,
    #[serde(default, deserialize_with = "present")]
    e_above_milli: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    e_below_milli: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    trim_low: Option<u8>,
    #[serde(default, deserialize_with = "present")]
    trim_high: Option<u8>,
    #[serde(default, deserialize_with = "present")]
    trim_from: Option<u16>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ScoreKind {
    LowestRatio,
    Benchmark,
}

impl TryFrom<ScoreForm> for PriceScore {
    type Error = &'static str;

    fn try_from(form: ScoreForm) -> Result<Self, Self::Error> {
        let ScoreForm { kind, k, e_above_milli, e_below_milli, trim_low, trim_high, trim_from } = form;
        match (kind, k, e_above_milli, e_below_milli) {
            (ScoreKind::Benchmark, Some(k), Some(e_above_milli), Some(e_below_milli)) => {
                Ok(Self::Benchmark(Benchmark {
                    k,
                    e_above_milli,
                    e_below_milli,
                    trim_low: trim_low.unwrap_or_default(),
                    trim_high: trim_high.unwrap_or_default(),
                    trim_from: trim_from.unwrap_or_default(),
                }))
            }
            (ScoreKind::Benchmark, ..) => {
                Err("a benchmark price has the fields `k`, `e_above_milli` and `e_below_milli`")
            }
            (ScoreKind::LowestRatio, None, None, None)
                if (trim_low, trim_high, trim_from) == (None, None, None) =>
            {
                Ok(Self::LowestRatio)
            }
            (ScoreKind::LowestRatio, ..) => Err("the lowest ratio has no other fields"),
        }
    }
}

impl Benchmark {
    /// The range is above zero and a whole number of steps, E is no higher below D than above, and trimming leaves
    /// somebody.
    #[must_use]
    pub const fn fits(&self) -> bool {
        let k = self.k;
        let span = k.max_permille.saturating_sub(k.min_permille);
        let whole = match span.checked_rem(k.step_permille) {
            Some(rest) => rest == 0,
            None => span == 0,
        };
        let trimmed = (self.trim_low as u16).saturating_add(self.trim_high as u16);
        let leaves = trimmed == 0 || self.trim_from > trimmed;
        k.min_permille > 0
            && k.min_permille <= k.max_permille
            && k.max_permille <= K_MAX
            && whole
            && leaves
            && self.e_above_milli <= E_MAX
            && self.e_below_milli <= self.e_above_milli
            && self.e_below_milli > 0
    }

    /// Sum and number of the prices D is the mean of.
    fn base(&self, prices: &[u64]) -> (u128, u128) {
        let mut sorted = prices.to_vec();
        sorted.sort_unstable();
        let end = sorted.len().saturating_sub(usize::from(self.trim_high));
        let inner = sorted.get(usize::from(self.trim_low)..end).filter(|inner| !inner.is_empty());
        let kept = match inner {
            Some(inner) if sorted.len() >= usize::from(self.trim_from) => inner,
            _ => sorted.as_slice(),
        };
        (kept.iter().map(|price| u128::from(*price)).sum(), kept.len() as u128)
    }

    /// D rounded half up to a minor unit, to be shown; scores use it unrounded.
    #[must_use]
    pub fn shown(&self, prices: &[u64], k_permille: u32) -> u64 {
        let (sum, count) = self.base(prices);
        half_up(sum.saturating_mul(u128::from(k_permille)), count.saturating_mul(1000))
    }
}

/// `lowest / price × 100` in hundredths, rounded half up; a price of zero is the lowest and has full marks.
#[must_use]
pub fn lowest_ratio_score(price: u64, lowest: u64) -> u64 {
    if price == 0 {
        FULL_MARKS
    } else {
        half_up(u128::from(lowest).saturating_mul(u128::from(FULL_MARKS)), u128::from(price))
    }
}

/// F in hundredths, rounded half up once, never below zero. `prices` are all valid bids' prices, this one too.
///
/// With `S` the sum and `n` the number of the prices in the mean: `D = S·K / (1000·n)`, so
/// `|P − D| / D = |1000·n·P − S·K| / (S·K)`, all of it exact.
#[must_use]
pub fn benchmark_score(price: u64, prices: &[u64], rule: &Benchmark, k_permille: u32) -> u64 {
    let (sum, count) = rule.base(prices);
    let benchmark = sum.saturating_mul(u128::from(k_permille));
    let scaled = u128::from(price).saturating_mul(count).saturating_mul(1000);
    let e_milli = if scaled > benchmark { rule.e_above_milli } else { rule.e_below_milli };
    // E is points for each percent: 100 × |P − D| / D percent, times E / 1000 points, times 100 hundredths.
    let lost = scaled.abs_diff(benchmark).saturating_mul(u128::from(e_milli)).saturating_mul(10);
    let full = benchmark.saturating_mul(u128::from(FULL_MARKS));
    half_up(full.saturating_sub(lost), benchmark)
}
