//! Exact fractions: money, ratios and quartiles without rounding.
//!
//! **Invariant:** every result is exact; a division by zero gives nothing. Rounding happens only when a value is shown.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "integers without a bound do not overflow; divisors are checked"
)]

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Longest decimal text that is read, and the largest power of ten in it.
const DIGITS_MAX: usize = 400;
/// Decimal places of [`Exact`]'s text.
const PLACES: u32 = 6;

/// An exact fraction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(BigRational);

impl Exact {
    #[must_use]
    pub fn whole(value: u64) -> Self {
        Self(BigRational::from_integer(value.into()))
    }

    #[must_use]
    pub fn ratio(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator != 0).then(|| Self(BigRational::new(numerator.into(), denominator.into())))
    }

    /// Reads `-12`, `0.05`, `1.5e3`; nothing for any other text or one of more than 400 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > DIGITS_MAX {
            return None;
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let power = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        let size = power.unsigned_abs();
        if usize::try_from(size).ok()? > DIGITS_MAX {
            return None;
        }
        let number: BigInt = all.parse().ok()?;
        let number = if negative { -number } else { number };
        let scale = BigInt::from(10u8).pow(size);
        let value = if power < 0 {
            BigRational::new(number, scale)
        } else {
            BigRational::from_integer(number * scale)
        };
        Some(Self(value))
    }

    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    #[must_use]
    pub fn over(&self, other: &Self) -> Option<Self> {
        (!other.0.is_zero()).then(|| Self(&self.0 / &other.0))
    }

    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    #[must_use]
    pub fn distance(&self, other: &Self) -> Self {
        Self((&self.0 - &other.0).abs())
    }

    /// The quantile at `percent`, interpolated at `(n + 1/3) p + 1/3` (Hyndman and Fan's definition 8, which Cardinal
    /// uses through statrs). Nothing for no values.
    #[must_use]
    pub fn quantile(values: &[Self], percent: u8) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort();
        let count = u64::try_from(sorted.len()).ok()?;
        let place = (3 * count + 1) * u64::from(percent) + 100;
        let below = usize::try_from(place / 300).ok()?;
        let Some(first) = below.checked_sub(1) else { return sorted.first().cloned() };
        match (sorted.get(first), sorted.get(below)) {
            (Some(a), Some(b)) => Some(a.plus(&Self::ratio(place % 300, 300)?.times(&b.minus(a)))),
            _ => sorted.last().cloned(),
        }
    }
}

/// At most six decimal places, rounded half up, without trailing zeros.
impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = BigInt::from(10u8).pow(PLACES);
        let scaled = (self.0.abs() * BigRational::from_integer(scale.clone())).round().to_integer();
        let sign = if self.0.is_negative() && !scaled.is_zero() { "-" } else { "" };
        let fraction = format!("{:0>6}", (&scaled % &scale).to_string());
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{point}{fraction}", &scaled / &scale)
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom("a decimal number as a text, such as \"0.05\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_decimals() {
        for (text, shown) in [
            ("1820000.0", "1820000"),
            ("0.05", "0.05"),
            ("-1.5e3", "-1500"),
            ("1e-7", "0"),
            ("0.0000005", "0.000001"),
        ] {
            assert_eq!(Exact::parse(text).unwrap().to_string(), shown);
        }
        for bad in ["", ".", ".5", "1e999999", "nan", "1.2.3", "--1", "1e", "+1"] {
            assert_eq!(Exact::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn quantiles_interpolate_at_n_plus_a_third() {
        let of = |values: &[u64], percent| {
            let values: Vec<Exact> = values.iter().map(|value| Exact::whole(*value)).collect();
            Exact::quantile(&values, percent)
        };
        assert_eq!(of(&[], 25), None);
        assert_eq!(of(&[7], 75), Some(Exact::whole(7)));
        // n = 4: h = 17/12, so 1 + 5/12 of the way from the first value to the second.
        assert_eq!(of(&[4, 1, 3, 2], 25), Exact::ratio(17, 12));
        assert_eq!(of(&[4, 1, 3, 2], 75), Exact::ratio(43, 12));
        assert_eq!(of(&[4, 1, 3, 2], 50), Exact::ratio(5, 2));
        assert_eq!((of(&[4, 1], 0), of(&[4, 1], 100)), (Some(Exact::whole(1)), Some(Exact::whole(4))));
    }
}
