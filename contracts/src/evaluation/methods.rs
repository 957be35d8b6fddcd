//! Evaluation methods: exact integers, each value rounded once, half up, in hundredths of a point.
//!
//! **Invariant:** pure arithmetic without floats. Within the stated bounds nothing overflows; the published terms are
//! checked against those bounds before a tender stands.

mod aggregate;
mod blind;
mod deviation;
mod outlier;
mod price;
mod terms;

pub use aggregate::{Aggregate, aggregate};
pub use blind::{BlindCode, code};
pub use deviation::{Deviation, evaluated_price};
pub use outlier::is_outlier;
pub use price::{Benchmark, KRange, PriceScore, benchmark_score, draw_k, lowest_ratio_score};
pub use terms::Terms;

/// Full marks: 100 points in hundredths.
pub const FULL_MARKS: u64 = 10_000;

/// `numerator / denominator`, rounded half up; 0 when there is nothing to divide by.
#[must_use]
pub fn half_up(numerator: u128, denominator: u128) -> u64 {
    let doubled = numerator.saturating_mul(2).saturating_add(denominator);
    let result = doubled.checked_div(denominator.saturating_mul(2)).unwrap_or(0);
    u64::try_from(result).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use crate::evaluation::methods::half_up;

    #[test]
    fn rounds_half_up() {
        for (n, d, expected) in [(1, 2, 1), (1, 3, 0), (2, 3, 1), (5, 2, 3), (0, 7, 0), (7, 0, 0)] {
            assert_eq!(half_up(n, d), expected, "{n}/{d}");
        }
    }
}
