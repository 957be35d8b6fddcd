//! Minor units as JSON numbers of the major unit, exactly.

use biaozheng_contracts::Amount;
use serde_json::{Number, Value, json};

use crate::model::ExportError;

/// Decimal places of a currency (ISO 4217).
fn places(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// `1820000`, `12.5`: the major unit as a decimal text without trailing zeros.
pub(crate) fn decimal(amount: Amount, currency: &str) -> String {
    let places = places(currency);
    let unit = 10u64.checked_pow(places).unwrap_or(1);
    let whole = amount.get().checked_div(unit).unwrap_or(0);
    let rest = amount.get().checked_rem(unit).unwrap_or(0);
    let width = usize::try_from(places).unwrap_or(0);
    let fraction = format!("{rest:0>width$}");
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_string() } else { format!("{whole}.{fraction}") }
}

/// An OCDS Value. A number that JSON readers would round is refused instead.
pub(crate) fn value(amount: Amount, currency: &str) -> Result<Value, ExportError> {
    let text = decimal(amount, currency);
    let number: Number = text.parse().map_err(|_| ExportError::Amount(amount.get()))?;
    if number.to_string() != text {
        return Err(ExportError::Amount(amount.get()));
    }
    Ok(json!({"amount": number, "currency": currency}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_become_exact_numbers_or_nothing() {
        let of =
            |minor, currency| value(Amount::new(minor).unwrap(), currency).map(|v| v["amount"].to_string());
        for (minor, currency, text) in [
            (1_820_000, "JPY", "1820000"),
            (1_250, "CNY", "12.5"),
            (1, "CNY", "0.01"),
            (100, "CNY", "1"),
            (1_005, "KWD", "1.005"),
            (0, "CNY", "0"),
        ] {
            assert_eq!(of(minor, currency).unwrap(), text);
        }
        // 2^53 - 1 fen: neighbouring doubles are more than a fen apart.
        assert_eq!(of((1 << 53) - 1, "CNY"), Err(ExportError::Amount((1 << 53) - 1)));
    }
}
