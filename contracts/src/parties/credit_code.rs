//! 统一社会信用代码, the unified social credit code of GB 32100-2015: 17 characters and a check digit.
//!
//! ```text
//! character  1      2     3–8           9–17                      18
//! meaning    body   kind  division      GB 11714 organisation     check: 31 − Σ cᵢ·3^(i−1) mod 31
//! ```
//! Characters are `0-9 A-Z` without `I O S V Z`, in this order worth 0 to 30.

use std::fmt;
use std::str::FromStr;

use biaozheng_ledger::digest::{Digest, FieldHasher};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const ALPHABET: &[u8; MODULUS] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const MODULUS: usize = 31;
const LENGTH: usize = 18;

/// A code whose check digit is right.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CreditCode(String);

/// Why a text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    #[error(
        "a unified social credit code has 18 of 0-9 A-Z without I O S V Z, the third to eighth being digits"
    )]
    Form,
    #[error("the check digit of the unified social credit code is {expected}, not {found}")]
    CheckDigit { expected: char, found: char },
}

impl CreditCode {
    /// # Errors
    /// [`CreditCodeError`].
    pub fn new(text: &str) -> Result<Self, CreditCodeError> {
        let bytes: &[u8; LENGTH] = text.as_bytes().try_into().map_err(|_| CreditCodeError::Form)?;
        if bytes.iter().skip(2).take(6).any(|byte| !byte.is_ascii_digit()) {
            return Err(CreditCodeError::Form);
        }
        let (mut sum, mut weight) = (0usize, 1usize);
        for byte in bytes.iter().take(LENGTH.saturating_sub(1)) {
            let value = value(*byte).ok_or(CreditCodeError::Form)?;
            sum = sum.saturating_add(value.saturating_mul(weight)) % MODULUS;
            weight = weight.saturating_mul(3) % MODULUS;
        }
        let [.., found] = *bytes;
        value(found).ok_or(CreditCodeError::Form)?;
        let check = MODULUS.saturating_sub(sum) % MODULUS;
        let expected = ALPHABET.get(check).copied().ok_or(CreditCodeError::Form)?;
        if expected != found {
            return Err(CreditCodeError::CheckDigit { expected: expected.into(), found: found.into() });
        }
        Ok(Self(text.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn value(byte: u8) -> Option<usize> {
    ALPHABET.iter().position(|one| *one == byte)
}

/// What stands on chain where a code names a natural person: `H("biaozheng/credit-code/v1", salt (32 bytes), code)`.
#[must_use]
pub fn credit_code_commitment(code: &CreditCode, salt: &[u8; 32]) -> Digest {
    FieldHasher::new("biaozheng/credit-code/v1").field(salt).field(code.0.as_bytes()).finish()
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl Serialize for CreditCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

biaozheng_ledger::inline_schema!(CreditCode, {
    "type": "string", "pattern": "^[0-9A-HJ-NPQRTUWXY]{18}$",
    "description": "统一社会信用代码 (GB 32100), whose last character is its check character.",
});

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&<String as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID: &str = "91350100M000100Y43";

    /// Alphabet and weights as the standard prints them, written down a second time.
    #[test]
    fn the_check_digit_is_the_standards() {
        assert!(CreditCode::new(VALID).is_ok());
        let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
        let values = [9, 1, 3, 5, 0, 1, 0, 0, 21, 0, 0, 0, 1, 0, 0, 30, 4];
        let sum: usize = weights.iter().zip(values).map(|(weight, value)| weight * value).sum();
        assert_eq!(ALPHABET[(31 - sum % 31) % 31], b'3');
    }

    #[test]
    fn every_other_character_in_every_place_and_every_neighbour_swap_is_refused() {
        let bytes = VALID.as_bytes();
        for place in 0..LENGTH {
            for other in ALPHABET.iter().filter(|other| **other != bytes[place]) {
                let mut changed = bytes.to_vec();
                changed[place] = *other;
                assert!(CreditCode::new(std::str::from_utf8(&changed).unwrap()).is_err());
            }
            if place + 1 < LENGTH && bytes[place] != bytes[place + 1] {
                let mut swapped = bytes.to_vec();
                swapped.swap(place, place + 1);
                assert!(CreditCode::new(std::str::from_utf8(&swapped).unwrap()).is_err());
            }
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "91350100M000100Y4",
            "91350100M000100Y433",
            "91350100m000100Y43",
            "91350100I000100Y43",
            "9135010標00100Y43",
        ] {
            assert_eq!(CreditCode::new(bad), Err(CreditCodeError::Form), "{bad}");
        }
        assert_eq!(
            CreditCode::new("91350100M000100Y44"),
            Err(CreditCodeError::CheckDigit { expected: '3', found: '4' })
        );
    }
}
