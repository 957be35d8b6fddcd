//! Strict JSON for signed payloads: what two parsers could read differently is refused.
//!
//! Refused before any signature is checked: repeated keys, numbers that are not integers of
//! magnitude below 2^53, nesting deeper than [`JSON_DEPTH_MAX`], containers of more than
//! [`JSON_MEMBERS_MAX`] members, trailing bytes.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::limits::{JSON_DEPTH_MAX, JSON_MEMBERS_MAX};

const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Why a text is not strict JSON; the message names the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not strict JSON: {0}")]
pub struct StrictJsonError(String);

/// Parses bytes into a value under the rules above.
///
/// # Errors
/// [`StrictJsonError`] with line and column.
pub fn parse_strict(text: &[u8]) -> Result<Value, StrictJsonError> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| StrictJsonError(error.to_string()))?;
    Ok(value)
}

/// Parses strictly into a type; unknown fields are the type's own business (`deny_unknown_fields`).
///
/// # Errors
/// As [`parse_strict`], or when the value does not fit the type.
pub fn from_strict<T: for<'de> Deserialize<'de>>(text: &[u8]) -> Result<T, StrictJsonError> {
    serde_json::from_value(parse_strict(text)?).map_err(|error| StrictJsonError(error.to_string()))
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.saturating_add(1);
        if depth > JSON_DEPTH_MAX {
            return Err(E::custom(format_args!("nested deeper than {JSON_DEPTH_MAX}")));
        }
        Ok(Self { depth })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with integers only and no repeated keys")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > INTEGER_MAX {
            return Err(E::custom("an integer beyond 2^53 - 1"));
        }
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > INTEGER_MAX {
            return Err(E::custom("an integer beyond 2^53 - 1"));
        }
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number that is not an integer; amounts are whole minor units"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(inner)? {
            if items.len() >= JSON_MEMBERS_MAX {
                return Err(A::Error::custom(format_args!("more than {JSON_MEMBERS_MAX} items")));
            }
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if members.len() >= JSON_MEMBERS_MAX {
                return Err(A::Error::custom(format_args!("more than {JSON_MEMBERS_MAX} members")));
            }
            let value = access.next_value_seed(inner)?;
            if members.contains_key(&key) {
                return Err(A::Error::custom("a repeated key"));
            }
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_parsers_disagree_about() {
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"b":1}}"#,
            "1.0",
            "1e3",
            "-0.5",
            "9007199254740992",
            "-9007199254740992",
            "[1] 2",
            "",
            "nul",
            "{'a':1}",
            "\u{feff}{}",
        ] {
            assert!(parse_strict(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse_strict(&[b'"', 0xff, b'"']).is_err(), "not UTF-8");
        assert!(parse_strict(format!("{}{}", "[".repeat(17), "]".repeat(17)).as_bytes()).is_err());
        assert!(parse_strict(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).as_bytes()).is_err());
        assert!(parse_strict(format!("{}{}", "[".repeat(16), "]".repeat(16)).as_bytes()).is_ok());
        assert!(parse_strict(b"{\"a\":9007199254740991,\"b\":[true,null,\"x\"]}").is_ok());
    }
}
