//! Why a body is not of its type's form, in both languages: which member, at which place, and what would fit.
//!
//! **Invariant:** this explains a refusal and never makes one: whether a body is taken is decided before by the type's own
//! decoder, and what is said here only says why. Text of the sender's stands in it cut and without control characters.

use std::fmt::{self, Display};

use serde::de::value::{MapAccessDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use crate::machine::spoken::{Spoken, nearest};

/// Most letters of the sender's own text in a refusal.
const QUOTED_CHARS_MAX: usize = 60;
/// Most bytes of a place such as `lots[3].ceiling`.
const PLACE_BYTES_MAX: usize = 200;

/// What is wrong, and where.
#[derive(Debug)]
struct Fault {
    /// Innermost last, written from the outside in.
    place: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Unknown { found: String, known: &'static [&'static str] },
    Missing { name: &'static str, known: &'static [&'static str] },
    Twice(&'static str),
    Type { found: String, wanted: String },
    Variant { found: String, known: &'static [&'static str] },
    Length { found: usize, wanted: String },
    Other(String),
}

fn quoted(text: &str) -> String {
    let mut shown: String =
        text.chars().filter(|letter| !letter.is_control()).take(QUOTED_CHARS_MAX).collect();
    if text.chars().count() > QUOTED_CHARS_MAX {
        shown.push('…');
    }
    shown
}

impl From<What> for Fault {
    fn from(what: What) -> Self {
        Self { place: String::new(), what }
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spoken().en)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: Display>(text: T) -> Self {
        What::Other(quoted_long(&text.to_string())).into()
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        What::Type { found: quoted(&found.to_string()), wanted: wanted.to_string() }.into()
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn invalid_length(found: usize, wanted: &dyn Expected) -> Self {
        What::Length { found, wanted: wanted.to_string() }.into()
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        What::Variant { found: quoted(found), known }.into()
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        What::Unknown { found: quoted(found), known }.into()
    }

    fn missing_field(name: &'static str) -> Self {
        What::Missing { name, known: &[] }.into()
    }

    fn duplicate_field(name: &'static str) -> Self {
        What::Twice(name).into()
    }
}

/// Text of a type's own parser, which may quote the sender.
fn quoted_long(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(4 * QUOTED_CHARS_MAX).collect()
}

impl Fault {
    /// Says that it lies inside a member or item.
    fn within(mut self, outer: &str) -> Self {
        let separator = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        if self.place.len().saturating_add(outer.len()) < PLACE_BYTES_MAX {
            self.place = format!("{outer}{separator}{}", self.place);
        }
        self
    }

    /// A missing member's siblings: serde names the member alone.
    fn of(mut self, fields: &'static [&'static str]) -> Self {
        if let What::Missing { known, .. } = &mut self.what
            && self.place.is_empty()
            && known.is_empty()
        {
            *known = fields;
        }
        self
    }

    fn spoken(&self) -> Spoken {
        let spoken = self.what.spoken();
        if self.place.is_empty() {
            return spoken;
        }
        Spoken::new(format!("{}: {}", self.place, spoken.en), format!("{}：{}", self.place, spoken.zh))
    }
}

impl What {
    fn spoken(&self) -> Spoken {
        match self {
            Self::Unknown { found, known } => unknown(found, known),
            Self::Missing { name, known: [] } => {
                Spoken::new(format!("field '{name}' is missing"), format!("缺少字段 {name}"))
            }
            Self::Missing { name, known } => Spoken::new(
                format!("field '{name}' is missing; the fields are {}", known.join(", ")),
                format!("缺少字段 {name}；全部字段：{}", known.join("、")),
            ),
            Self::Twice(name) => {
                Spoken::new(format!("field '{name}' stands twice"), format!("字段 {name} 重复"))
            }
            Self::Type { found, wanted } => Spoken::new(
                format!("expected {wanted}, found {found}"),
                format!("应为{}，实为{}", kind_zh(wanted), kind_zh(found)),
            ),
            Self::Variant { found, known } => Spoken::new(
                format!("'{found}' is none of {}", known.join(", ")),
                format!("“{found}”不在允许的取值之内：{}", known.join("、")),
            ),
            Self::Length { found, wanted } => Spoken::new(
                format!("{found} items, expected {wanted}"),
                format!("共 {found} 项，应为 {wanted}"),
            ),
            Self::Other(text) => Spoken::new(text, text),
        }
    }
}

fn unknown(found: &str, known: &'static [&'static str]) -> Spoken {
    if known.is_empty() {
        return Spoken::new(
            format!("there is no field '{found}'; the body is empty"),
            format!("没有字段 {found}；该内容应为空对象"),
        );
    }
    let meant = nearest(known.iter().copied(), found);
    let en = meant.map_or_else(String::new, |name| format!(" (did you mean '{name}'?)"));
    let zh = meant.map_or_else(String::new, |name| format!("（是否应为 {name}？）"));
    Spoken::new(
        format!("there is no field '{found}'{en}; the fields are {}", known.join(", ")),
        format!("没有字段 {found}{zh}；全部字段：{}", known.join("、")),
    )
}

/// What serde calls a kind of value, in Chinese; a type's own description as it is.
fn kind_zh(kind: &str) -> String {
    const KINDS: &[(&str, &str)] = &[
        ("a string", "文本"),
        ("string", "文本"),
        ("a sequence", "列表"),
        ("sequence", "列表"),
        ("a map", "对象"),
        ("map", "对象"),
        ("a boolean", "true 或 false"),
        ("boolean", "布尔值"),
        ("integer", "整数"),
        ("null", "空值 null"),
        ("unit value", "空值 null"),
        ("Option value", "空值 null"),
        ("u8", "0 至 255 的整数"),
        ("u16", "0 至 65535 的整数"),
        ("u32", "非负整数（32 位）"),
        ("u64", "非负整数"),
        ("i64", "整数"),
        ("usize", "非负整数"),
    ];
    let named = |name: &str| KINDS.iter().find(|(known, _)| *known == name).map(|(_, zh)| (*zh).to_owned());
    if let Some(zh) = named(kind) {
        return zh;
    }
    // 'string "abc"', 'integer `5`': the kind, then the value.
    if let Some((name, value)) = kind.split_once(' ')
        && let Some(zh) = named(name)
        && !value.is_empty()
    {
        return format!("{zh} {value}");
    }
    kind.strip_prefix("struct ").map_or_else(|| kind.to_owned(), |_| "对象".to_owned())
}

/// Why a value that its type refused was refused; nothing where this reader finds no fault.
pub(super) fn explain<T: DeserializeOwned>(value: &Value) -> Option<Spoken> {
    T::deserialize(Reader(value)).err().map(|fault| fault.spoken())
}

/// Reads a value as `serde_json` does, and keeps the place.
#[derive(Clone, Copy)]
struct Reader<'a>(&'a Value);

impl<'de> IntoDeserializer<'de, Fault> for Reader<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

struct Items<'a>(std::iter::Enumerate<std::slice::Iter<'a, Value>>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((place, item)) = self.0.next() else { return Ok(None) };
        seed.deserialize(Reader(item)).map(Some).map_err(|fault| fault.within(&format!("[{place}]")))
    }
}

struct Members<'a> {
    left: serde_json::map::Iter<'a>,
    value: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.value = Some((name, value));
        seed.deserialize(StrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let (name, value) = self.value.take().unwrap_or(("", &Value::Null));
        seed.deserialize(Reader(value)).map_err(|fault| fault.within(&quoted(name)))
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(value), _) => visitor.visit_u64(value),
                (None, Some(value)) => visitor.visit_i64(value),
                (None, None) => Err(What::Other("a number that is not an integer".into()).into()),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(Items(items.iter().enumerate())),
            Value::Object(members) => visitor.visit_map(Members { left: members.iter(), value: None }),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Array(_) => Err(Fault::invalid_type(Unexpected::Seq, &"a map")),
            _ => self.deserialize_any(visitor).map_err(|fault| fault.of(fields)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(text) => {
                StrDeserializer::<Fault>::new(text).deserialize_enum(name, variants, visitor)
            }
            Value::Object(members) => {
                let entries = members.iter().map(|(name, value)| (name.as_str(), Reader(value)));
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(entries)))
            }
            other => Err(Fault::invalid_type(kind_of(other), &"a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

const fn kind_of(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(_) => Unexpected::Other("a number"),
        Value::String(_) => Unexpected::Other("a string"),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;
    use crate::bidding::bid;
    use crate::evaluation::committee;
    use crate::tender::Published;

    fn refused<T: DeserializeOwned>(value: &Value) -> Spoken {
        assert!(T::deserialize(value).is_err(), "{value}");
        explain::<T>(value).unwrap()
    }

    #[test]
    fn an_unknown_field_is_answered_with_every_field_there_is() {
        let spoken = refused::<Published>(&json!({"x": 1}));
        for name in ["rulebook", "documents_until_ms", "required_licences", "voluntary"] {
            assert!(spoken.en.contains(name) && spoken.zh.contains(name), "{name}: {}", spoken.en);
        }
        assert!(spoken.zh.starts_with("没有字段 x；全部字段："), "{}", spoken.zh);
        assert_eq!(spoken.en.matches(", ").count(), 16, "the list is whole: {}", spoken.en);
        let near = refused::<bid::Revealed>(&json!({"lot": "1", "bids": "x", "salt": ""}));
        assert!(near.en.contains("did you mean 'bid'?") && near.zh.contains("是否应为 bid"), "{}", near.en);
    }

    #[test]
    fn what_is_missing_or_of_another_type_is_named_with_its_place() {
        let sheet = json!({"scores": [{"lot": "1", "bid": {"bidder": "B1"}, "criteria": {"tech": "90"}}]});
        let spoken = refused::<committee::ScoreSheet>(&sheet);
        assert!(
            spoken.en.starts_with("scores[0].criteria.tech: expected u32, found string"),
            "{}",
            spoken.en
        );
        assert!(
            spoken.zh.starts_with("scores[0].criteria.tech：应为非负整数（32 位），实为文本"),
            "{}",
            spoken.zh
        );
        let spoken = refused::<committee::ScoreSheet>(&json!({"scores": [{"lot": "1", "criteria": {}}]}));
        assert_eq!(spoken.zh, "scores[0]：缺少字段 bid；全部字段：lot、bid、criteria");
        let spoken = refused::<Published>(&json!({"method": "cheapest"}));
        assert!(
            spoken.zh.contains("method：“cheapest”不在允许的取值之内：lowest_price、weighted"),
            "{}",
            spoken.zh
        );
    }

    #[test]
    fn text_of_the_sender_is_cut_and_clean() {
        let long = "x\u{7}".repeat(5000);
        let spoken = refused::<committee::ScoresSealed>(&json!({long: 1}));
        assert!(spoken.en.len() < 400 && !spoken.en.contains('\u{7}'), "{}", spoken.en.len());
        let mut deep = json!({"criteria": 1});
        deep["lot"] = json!("y".repeat(100_000));
        assert!(refused::<committee::ScoreSheet>(&json!({"scores": [deep]})).en.len() < 400);
        #[derive(Debug, Deserialize, schemars::JsonSchema)]
        struct Any {
            #[serde(rename = "a")]
            _a: Vec<u8>,
        }
        assert!(refused::<Any>(&json!({"a": ["z".repeat(100_000)]})).en.len() < 400);
    }
}
