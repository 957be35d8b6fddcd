//! Money: whole minor units, no floats.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

/// Minor units of the tender's currency (分 for CNY, yen for JPY), at most 2^53 - 1.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, BorshSerialize, BorshDeserialize,
)]
#[serde(transparent)]
pub struct Amount(u64);

/// Beyond 2^53 - 1 minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an amount is 0 to 2^53 - 1 minor units")]
pub struct AmountError;

impl Amount {
    /// # Errors
    /// [`AmountError`].
    pub const fn new(minor_units: u64) -> Result<Self, AmountError> {
        if minor_units > (1 << 53) - 1 { Err(AmountError) } else { Ok(Self(minor_units)) }
    }

    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// `self × permille / 1000`, rounded down.
    #[must_use]
    pub fn permille(self, permille: u64) -> u64 {
        let product = u128::from(self.0).saturating_mul(u128::from(permille)) / 1000;
        u64::try_from(product).unwrap_or(u64::MAX)
    }
}

biaozheng_ledger::inline_schema!(Amount, {
    "type": "integer", "minimum": 0, "maximum": 9_007_199_254_740_991_u64,
    "description": "Money in minor units of the currency: 分 for CNY, so 80万元 is 80000000.",
});

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(<u64 as Deserialize>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
