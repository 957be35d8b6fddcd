//! Evaluation methods against exact fractions of another library, and against examples worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout
)]

use biaozheng_contracts::evaluation::methods::{
    Aggregate, Benchmark, KRange, PriceScore, Terms, aggregate, benchmark_score, draw_k, is_outlier,
    lowest_ratio_score,
};
use biaozheng_contracts::randomness::Seed;
use biaozheng_contracts::{Criterion, Method};
use biaozheng_ledger::digest::Digest;
use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;

fn whole(value: u64) -> BigRational {
    BigRational::from_integer(BigInt::from(value))
}

fn ratio(part: u64, of: u64) -> BigRational {
    whole(part) / whole(of)
}

/// Half up: ⌊x + 1/2⌋.
fn rounded(value: &BigRational) -> BigInt {
    (value + ratio(1, 2)).floor().to_integer()
}

fn mean(values: &[u64]) -> BigRational {
    values.iter().fold(whole(0), |sum, value| sum + whole(*value)) / whole(values.len() as u64)
}

fn median(values: &[BigRational]) -> BigRational {
    let mut sorted = values.to_vec();
    sorted.sort();
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
        sorted[middle].clone()
    } else {
        (&sorted[middle - 1] + &sorted[middle]) / whole(2)
    }
}

fn abs(value: BigRational) -> BigRational {
    if value < whole(0) { -value } else { value }
}

/// F by its definition, with nothing shared with the code under test.
fn expected(price: u64, prices: &[u64], rule: &Benchmark, k: u32) -> BigInt {
    let mut sorted = prices.to_vec();
    sorted.sort_unstable();
    if sorted.len() >= usize::from(rule.trim_from) {
        sorted = sorted[usize::from(rule.trim_low)..sorted.len() - usize::from(rule.trim_high)].to_vec();
    }
    let d = mean(&sorted) * ratio(u64::from(k), 1000);
    let e = if whole(price) > d { rule.e_above_milli } else { rule.e_below_milli };
    let off = abs(whole(price) - &d) / d * whole(100);
    let f = whole(100) - ratio(u64::from(e), 1000) * off;
    let f = if f < whole(0) { whole(0) } else { f };
    rounded(&(f * whole(100)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn benchmark_scores_are_the_exact_fraction_rounded_once(
        prices in proptest::collection::vec(1u64..=(1 << 53) - 1, 5..40),
        close in proptest::collection::vec(900_000_000u64..1_100_000_000, 5..40),
        near in any::<bool>(),
        (k, below, more) in (1u32..=2000, 1u32..=50_000, 0u32..=50_000),
        (low, high) in (0u8..=2, 0u8..=2),
    ) {
        let prices = if near { close } else { prices };
        let rule = Benchmark {
            k: KRange { min_permille: k, max_permille: k, step_permille: 0 },
            e_above_milli: below + more,
            e_below_milli: below,
            trim_low: low,
            trim_high: high,
            trim_from: 5,
        };
        prop_assert!(rule.fits());
        for price in &prices {
            let score = benchmark_score(*price, &prices, &rule, k);
            prop_assert_eq!(BigInt::from(score), expected(*price, &prices, &rule, k));
        }
    }

    #[test]
    fn means_ratios_and_outliers_are_exact(
        points in proptest::collection::vec(0u32..=10_000, 1..31),
        price in 1u64..=(1 << 53) - 1,
        share in 1u64..=1000,
        threshold in 1u64..=1000,
    ) {
        let values: Vec<u64> = points.iter().map(|points| u64::from(*points)).collect();
        prop_assert_eq!(BigInt::from(aggregate(&points, Aggregate::Mean)), rounded(&mean(&values)));
        let lowest = u64::try_from(u128::from(price) * u128::from(share) / 1000).unwrap();
        let exact = ratio(lowest, price) * whole(10_000);
        prop_assert_eq!(BigInt::from(lowest_ratio_score(price, lowest)), rounded(&exact));
        let exact: Vec<BigRational> = values.iter().map(|value| whole(*value)).collect();
        let middle = median(&exact);
        let distances: Vec<BigRational> = exact.iter().map(|value| abs(value - &middle)).collect();
        let spread = median(&distances);
        for (given, distance) in points.iter().zip(&distances) {
            // z > t/100, multiplied by MAD so that it holds for MAD = 0 too.
            let far = ratio(6745, 10_000) * distance > ratio(threshold, 100) * &spread;
            prop_assert_eq!(is_outlier(&points, *given, threshold), far);
        }
    }
}

const fn rule(above: u32, below: u32, trim_from: u16) -> Benchmark {
    Benchmark {
        k: KRange { min_permille: 950, max_permille: 1000, step_permille: 5 },
        e_above_milli: above,
        e_below_milli: below,
        trim_low: if trim_from > 0 { 1 } else { 0 },
        trim_high: if trim_from > 0 { 1 } else { 0 },
        trim_from,
    }
}

#[test]
fn benchmark_examples_worked_out_by_hand() {
    // Mean of 900, 1000, 1100 is 1000; K = 0.98: D = 980. Above D E = 2, below E = 1.
    let prices = [90_000, 100_000, 110_000];
    let two = rule(2000, 1000, 0);
    // |900 − 980| / 980 = 8.16326… %: F = 100 − 8.16326 = 91.8367.
    assert_eq!(benchmark_score(90_000, &prices, &two, 980), 9184);
    // 20 / 980 = 2.04081… %, twice: 95.9184.
    assert_eq!(benchmark_score(100_000, &prices, &two, 980), 9592);
    // 120 / 980 = 12.24489… %, twice: 75.5102.
    assert_eq!(benchmark_score(110_000, &prices, &two, 980), 7551);
    assert_eq!(two.shown(&prices, 980), 98_000);
    // Exactly D: full marks. K = 1: the middle one.
    assert_eq!(benchmark_score(100_000, &prices, &two, 1000), 10_000);
    // Five prices trimmed of 500 and 2000: the mean stays 1000; 2000 is 100 % above: 100 − 2 × 100 is below 0.
    let five = [50_000, 90_000, 100_000, 110_000, 200_000];
    let trimmed = rule(2000, 1000, 5);
    assert_eq!(trimmed.shown(&five, 1000), 100_000);
    assert_eq!(benchmark_score(200_000, &five, &trimmed, 1000), 0);
    assert_eq!(benchmark_score(50_000, &five, &trimmed, 1000), 5000);
    // With four prices nothing is trimmed: D = (500 + 900 + 1000 + 1100) / 4 = 875.
    assert_eq!(trimmed.shown(&five[..4], 1000), 87_500);
    // Half a hundredth rounds up: E = 1, D = 20000, P = 20001: 0.005 % lost, 99.995 points.
    assert_eq!(
        benchmark_score(20_001, &[20_000, 20_000, 20_001, 19_999], &rule(1000, 1000, 0), 1000),
        10_000
    );
    assert_eq!(benchmark_score(20_003, &[20_000, 20_000, 20_003, 19_997], &rule(1000, 1000, 0), 1000), 9999);
}

#[test]
fn government_procurement_examples() {
    assert_eq!(lowest_ratio_score(80_000, 80_000), 10_000);
    assert_eq!(lowest_ratio_score(90_000, 80_000), 8889);
    assert_eq!(lowest_ratio_score(96_000, 80_000), 8333);
    assert_eq!(lowest_ratio_score(0, 0), 10_000);
}

#[test]
fn k_is_drawn_from_its_range_each_step_alike_and_each_lot_apart() {
    let range = rule(1, 1, 0).k;
    let mut counts = [0u32; 11];
    let mut differ = 0;
    for n in 0..11_000u64 {
        let seed = Seed::new(Digest::of(&n.to_be_bytes()));
        let k = draw_k(range, &seed, "1");
        assert!((950..=1000).contains(&k) && k.is_multiple_of(5));
        counts[usize::try_from((k - 950) / 5).unwrap()] += 1;
        differ += u32::from(k != draw_k(range, &seed, "2"));
    }
    // χ² of 11 equal cells, 10 degrees of freedom: 29.6 is passed once in a thousand.
    let squared: f64 = counts.iter().map(|count| (f64::from(*count) - 1000.0).powi(2) / 1000.0).sum();
    println!("K: chi-square {squared:.2} of 10 degrees of freedom, {counts:?}");
    assert!(squared < 29.6, "{squared}");
    assert!((9_700..10_300).contains(&differ), "ten of eleven lots differ: {differ}");
}

#[test]
fn terms_must_fit_the_method() {
    let criteria = [
        Criterion { id: "tech".into(), weight_permille: 600, price: false },
        Criterion { id: "price".into(), weight_permille: 400, price: true },
    ];
    let fit = |terms: &Terms, method| terms.fit(method, &criteria);
    let good = rule(2000, 1000, 3);
    let with = |benchmark| Terms { price_score: PriceScore::Benchmark(benchmark), ..Terms::default() };
    assert!(fit(&Terms::default(), Method::Weighted) && fit(&with(good), Method::Weighted));
    assert!(!fit(&with(good), Method::LowestPrice), "no scores there");
    let blind = |id: &str| Terms { blind: vec![id.into()], ..Terms::default() };
    assert!(fit(&blind("tech"), Method::Weighted) && !fit(&blind("price"), Method::Weighted));
    assert!(!fit(&blind("other"), Method::Weighted));
    let range =
        |min_permille, max_permille, step_permille| KRange { min_permille, max_permille, step_permille };
    for bad in [
        Benchmark { e_below_milli: 2001, ..good },
        Benchmark { e_below_milli: 0, ..good },
        Benchmark { e_above_milli: 100_001, ..good },
        Benchmark { trim_from: 2, ..good },
        Benchmark { k: range(0, 1000, 5), ..good },
        Benchmark { k: range(1000, 950, 5), ..good },
        Benchmark { k: range(950, 1000, 0), ..good },
        Benchmark { k: range(950, 1000, 7), ..good },
        Benchmark { k: range(950, 2001, 1), ..good },
    ] {
        assert!(!fit(&with(bad), Method::Weighted), "{bad:?}");
    }
}
