//! A score far from the others: robust z = 0.6745 · |x − median| / MAD, in integers.

/// The doubled median: exact for an even number too.
fn doubled_median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle).copied().unwrap_or(0);
    let lower = if sorted.len().is_multiple_of(2) { middle.checked_sub(1) } else { Some(middle) };
    lower.and_then(|at| sorted.get(at)).copied().unwrap_or(0).saturating_add(upper)
}

/// True when z is above `threshold_hundredths` / 100. Where MAD is zero, z of any other value is without bound.
///
/// With `d = |2x − 2·median|` and `m = 4·MAD`: `z = 0.6745 · 2d / m`, so `z > t/100 ⇔ 2 · 6745 · d > 100 · t · m`.
#[must_use]
pub fn is_outlier(points: &[u32], x: u32, threshold_hundredths: u64) -> bool {
    let all: Vec<u64> = points.iter().map(|points| u64::from(*points)).collect();
    let median = doubled_median(&all);
    let distance = |x: u64| x.saturating_mul(2).abs_diff(median);
    let distances: Vec<u64> = all.iter().map(|x| distance(*x)).collect();
    let spread = doubled_median(&distances);
    let own = u128::from(distance(u64::from(x)));
    own.saturating_mul(13_490)
        > u128::from(threshold_hundredths).saturating_mul(100).saturating_mul(u128::from(spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_exact() {
        for (values, doubled) in [(&[3, 1, 2][..], 4), (&[1, 2, 3, 4], 5), (&[7], 14), (&[], 0)] {
            assert_eq!(doubled_median(values), doubled, "{values:?}");
        }
    }

    #[test]
    fn the_threshold_is_passed_where_it_says() {
        // Median 8030, MAD 10: z(8050) = 1.349, z(8082) = 3.5074, z(8081) = 3.43995.
        let with = |last| [8010, 8020, 8030, 8040, last];
        assert!(is_outlier(&with(8082), 8082, 350));
        assert!(!is_outlier(&with(8081), 8081, 350));
        assert!(is_outlier(&with(8050), 8050, 134) && !is_outlier(&with(8050), 8050, 135));
        // Even number: median 8025, deviations 15 5 5 55, MAD 10: z(8080) = 3.709….
        assert!(is_outlier(&[8010, 8020, 8030, 8080], 8080, 370));
        assert!(!is_outlier(&[8010, 8020, 8030, 8080], 8080, 371));
        // Four the same: any other value stands out; the same value never.
        assert!(is_outlier(&[80, 80, 80, 80, 81], 81, 350));
        assert!(!is_outlier(&[80, 80, 80, 80, 80], 80, 0));
    }
}
