//! Quantified deviations of 经评审的最低投标价法: what the documents add to a price, item by item.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::evaluation::methods::half_up;
use crate::machine::amount::Amount;

/// An item of the documents. Both parts are added when both are there.
#[derive(
    Clone,
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
pub struct Deviation {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Amount>,
    /// Of the bid's own price.
    #[serde(default)]
    pub permille: u32,
}

/// Price plus what the found items add; each share of the price rounded half up to a minor unit.
#[must_use]
pub fn evaluated_price<'a>(price: u64, found: impl IntoIterator<Item = &'a Deviation>) -> u64 {
    found.into_iter().fold(price, |sum, item| {
        let share = half_up(u128::from(price).saturating_mul(u128::from(item.permille)), 1000);
        sum.saturating_add(item.amount.map_or(0, Amount::get)).saturating_add(share)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_shares_add_up() {
        let item = |amount: Option<u64>, permille| Deviation {
            id: "d".into(),
            amount: amount.map(|amount| Amount::new(amount).unwrap()),
            permille,
        };
        // 1 % of 12,345.67 yuan is 123.4567: 123.46.
        let items = [item(Some(50_000), 0), item(None, 10)];
        assert_eq!(evaluated_price(1_234_567, &items), 1_234_567 + 50_000 + 12_346);
        assert_eq!(evaluated_price(1_234_567, &[]), 1_234_567);
    }
}
