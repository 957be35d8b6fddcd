//! K of the benchmark price: one value of a published range, from the same seed, for each lot its own.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::randomness::Seed;
use crate::stream::Stream;

/// The range K is drawn from, in thousandths: `min`, `min + step`, … up to `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KRange {
    pub min_permille: u32,
    pub max_permille: u32,
    pub step_permille: u32,
}

impl KRange {
    const fn steps(self) -> u32 {
        match self.max_permille.saturating_sub(self.min_permille).checked_div(self.step_permille) {
            Some(steps) => steps,
            None => 0,
        }
    }

    /// A range of one value needs no draw.
    #[must_use]
    pub const fn is_fixed(self) -> bool {
        self.steps() == 0
    }
}

/// K for one lot, in thousandths: `min + step × Stream("biaozheng/benchmark-k/v1/" lot, seed).below(steps + 1)`.
#[must_use]
pub fn draw_k(range: KRange, seed: &Seed, lot: &str) -> u32 {
    let mut stream = Stream::new(&format!("biaozheng/benchmark-k/v1/{lot}"), seed.digest());
    let chosen = stream.below(u64::from(range.steps()).saturating_add(1));
    let chosen = u32::try_from(chosen).unwrap_or(0);
    range.min_permille.saturating_add(range.step_permille.saturating_mul(chosen))
}
