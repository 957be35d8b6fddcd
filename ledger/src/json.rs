//! Strict JSON for signed payloads: what two parsers could read differently is refused.
//!
//! Refused before any signature is checked: repeated keys, numbers that are not integers of
//! magnitude below 2^53, nesting deeper than [`JSON_DEPTH_MAX`], containers of more than
//! [`JSON_MEMBERS_MAX`] members, trailing bytes. A struct is written as an object and never as an array, a word of a
//! list of words as a string alone.
//!
//! **Invariant:** whatever somebody signed is read through [`from_strict`] or [`from_value`] and no other way: serde's
//! own readers take a struct by position too, a second spelling that no other verifier shares. `scripts/check` refuses
//! `serde_json`'s readers in the pure crates, and types whose reading serde buffers (`tag`, `untagged`, `flatten`), for
//! what is buffered leaves this module's sight: such a type is read by a form of its own (`try_from`).

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
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
pub fn from_strict<T: DeserializeOwned>(text: &[u8]) -> Result<T, StrictJsonError> {
    from_value(&parse_strict(text)?)
}

/// Reads a part of strict JSON, such as a record's body, into a type, under the same rules.
///
/// # Errors
/// When the value does not fit the type.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, StrictJsonError> {
    T::deserialize(Named(value)).map_err(|error| StrictJsonError(error.to_string()))
}

/// For an optional member that may be left out and, where it stands, has a value: `null` is none.
///
/// # Errors
/// The deserializer's.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A value whose structs are objects. serde would also read `["…",12,3]` as a struct by position, a second
/// spelling that no other parser shares.
#[derive(Clone, Copy)]
struct Named<'a>(&'a Value);

impl<'de> IntoDeserializer<'de, serde_json::Error> for Named<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Named<'de> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut access = SeqDeserializer::new(items.iter().map(Named));
                let value = visitor.visit_seq(&mut access)?;
                access.end().map(|()| value)
            }
            Value::Object(members) => {
                let mut access =
                    MapDeserializer::new(members.iter().map(|(key, one)| (key.as_str(), Named(one))));
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
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(Variant { word, content: None }),
            Value::Object(members) => {
                let mut members = members.iter();
                match (members.next(), members.next()) {
                    (Some((word, content)), None) => {
                        visitor.visit_enum(Variant { word, content: Some(content) })
                    }
                    _ => Err(Self::Error::invalid_value(Unexpected::Map, &"an object with one member")),
                }
            }
            other => Err(Self::Error::invalid_type(unexpected(other), &visitor)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

/// One variant of an enum: a word alone, or an object of the word and what belongs to it.
struct Variant<'a> {
    word: &'a str,
    content: Option<&'a Value>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = serde_json::Error;
    type Variant = Content<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Content<'de>), Self::Error> {
        Ok((seed.deserialize(self.word.into_deserializer())?, Content(self.content)))
    }
}

/// What stands beside a variant's word.
struct Content<'a>(Option<&'a Value>);

impl<'a> Content<'a> {
    fn value(self) -> Result<Named<'a>, serde_json::Error> {
        self.0.map(Named).ok_or_else(|| serde_json::Error::custom("this word has members of its own"))
    }
}

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = serde_json::Error;

    fn unit_variant(self) -> Result<(), Self::Error> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(Self::Error::invalid_type(Unexpected::Map, &"a string")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Self::Error> {
        seed.deserialize(self.value()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Self::Error> {
        self.value()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.value()?.deserialize_struct("", fields, visitor)
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(_) => Unexpected::Other("a number"),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
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
    fn a_variant_has_one_spelling_and_its_members_have_names() {
        #[derive(Deserialize, PartialEq, Debug)]
        #[serde(rename_all = "snake_case")]
        enum Any {
            Word,
            One(u8),
            Both(u8, u8),
            Members { a: u8 },
            Inner(Inner),
        }
        #[derive(Deserialize, PartialEq, Debug)]
        struct Inner {
            a: u8,
        }
        let read = |text: &str| from_strict::<Any>(text.as_bytes());
        assert_eq!(read(r#""word""#).unwrap(), Any::Word);
        assert_eq!(read(r#"{"one":1}"#).unwrap(), Any::One(1));
        assert_eq!(read(r#"{"both":[1,2]}"#).unwrap(), Any::Both(1, 2));
        assert_eq!(read(r#"{"members":{"a":1}}"#).unwrap(), Any::Members { a: 1 });
        assert_eq!(read(r#"{"inner":{"a":1}}"#).unwrap(), Any::Inner(Inner { a: 1 }));
        for bad in [
            r#"{"word":null}"#,
            r#"{"word":[]}"#,
            r#"["word"]"#,
            r#""one""#,
            r#"{"members":[1]}"#,
            r#"{"inner":[1]}"#,
            r#"{"one":1,"word":null}"#,
            "{}",
            r#""other""#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(from_value::<Inner>(&serde_json::json!([1])).is_err());
        assert_eq!(from_value::<Inner>(&serde_json::json!({"a": 1})).unwrap(), Inner { a: 1 });
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
