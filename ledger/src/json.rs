//! Strict JSON for signed payloads: what two parsers could read differently is refused.
//!
//! Refused before any signature is checked: repeated keys, numbers that are not integers of
//! magnitude below 2^53, nesting deeper than [`JSON_DEPTH_MAX`], containers of more than
//! [`JSON_MEMBERS_MAX`] members, trailing bytes. A struct is written as an object and never as an array.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
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
    T::deserialize(Named(parse_strict(text)?)).map_err(|error| StrictJsonError(error.to_string()))
}

/// A value whose structs are objects. serde would also read `["…",12,3]` as a struct by position, a second
/// spelling that no other parser shares.
struct Named(Value);

impl<'de> IntoDeserializer<'de, serde_json::Error> for Named {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Named {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut access = SeqDeserializer::new(items.into_iter().map(Named));
                let value = visitor.visit_seq(&mut access)?;
                access.end().map(|()| value)
            }
            Value::Object(members) => {
                let mut access =
                    MapDeserializer::new(members.into_iter().map(|(key, one)| (key, Named(one))));
                let value = visitor.visit_map(&mut access)?;
                access.end().map(|()| value)
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(_) => Err(Self::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
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
    fn a_struct_is_an_object_and_never_an_array() {
        #[derive(Deserialize, PartialEq, Debug)]
        #[serde(deny_unknown_fields)]
        struct Inner {
            a: u8,
            b: Option<String>,
        }
        #[derive(Deserialize, PartialEq, Debug)]
        #[serde(deny_unknown_fields)]
        struct Outer {
            inner: Inner,
            all: Vec<Inner>,
            any: Value,
        }
        let read = |text: &str| from_strict::<Outer>(text.as_bytes());
        let outer = read(r#"{"inner":{"a":1,"b":null},"all":[{"a":2,"b":"x"}],"any":{"z":[1]}}"#).unwrap();
        assert_eq!(outer.inner, Inner { a: 1, b: None });
        assert_eq!(outer.all, [Inner { a: 2, b: Some("x".into()) }]);
        assert_eq!(outer.any, serde_json::json!({"z": [1]}));
        for bad in [
            r#"{"inner":[1,null],"all":[],"any":1}"#,
            r#"{"inner":{"a":1},"all":[[2,"x"]],"any":1}"#,
            r#"[{"a":1},[],1]"#,
            r#"{"inner":{"a":1},"all":[],"any":1,"more":1}"#,
            r#"{"inner":{"a":256},"all":[],"any":1}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

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
