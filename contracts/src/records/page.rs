//! Schemas as text for people: one line a field, nested ones indented; and the page `docs/records.md`.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::texts;
use crate::records::{Form, forms};

const HEAD: &str = "\
# Records

This page is generated from the types that read the bodies (`cargo test -p biaozheng-contracts --test records -- --ignored
regenerate`), and a test holds it to them. `biaozheng record types`, `record schema TYPE` and `record example TYPE` say the
same on a command line, `GET /v1/record-types` and the schemas of `/openapi.json` to programs.

A record is a signed payload ([formats](formats.md)) whose `body` is an object as below. Objects have no other members than
those named. A field without \"may be left out\" has to be there. Money is in minor units of the currency, so 80万元 is
`80000000` (分). Times are milliseconds since 1970-01-01T00:00:00Z: `1796086800000` is 2026-12-01 09:00 in Beijing.

Keys, digests and signatures of the examples are made up, so nobody can submit an example as it is.
";

/// The page.
#[must_use]
pub fn page() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("\n## Texts inside bodies\n");
    for form in texts() {
        section(&mut text, form);
    }
    text.push_str("\n## Record types\n");
    for form in forms() {
        section(&mut text, &form);
    }
    text
}

fn section(text: &mut String, form: &Form) {
    let _ = write!(text, "\n### `{}`\n\n{}\n", form.name, described(form));
    if let Some(example) = form.example() {
        let example = serde_json::to_string_pretty(example).unwrap_or_default();
        let _ = write!(text, "\n```json\n{example}\n```\n");
    }
}

/// What a form is and its fields, as Markdown that also reads well on a terminal.
#[must_use]
pub fn described(form: &Form) -> String {
    let schema = form.schema();
    let mut text = String::new();
    if let Some(what) = schema.get("description").and_then(Value::as_str) {
        let _ = writeln!(text, "{}", one_line(what));
    }
    let place = if form.in_project { "It belongs to a project." } else { "It needs no project." };
    let _ = writeln!(text, "{place}");
    let mut list = String::new();
    members(&mut list, &schema, 0);
    if !list.is_empty() {
        let _ = write!(text, "\n{list}");
    }
    text.trim_end().to_owned()
}

/// Doc comments name types of the code in brackets; a reader of this page wants the words.
fn one_line(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace("[`", "`").replace("`]", "`").replace("crate::", "")
}

/// The fields of an object, of the items of a list, or of each choice.
fn members(text: &mut String, schema: &Value, depth: usize) {
    let object = unwrapped(schema);
    for choice in choices(object) {
        if choice.get("properties").is_some() {
            let name = constant(choice).unwrap_or_default();
            let indent = "  ".repeat(depth);
            let what = choice.get("description").and_then(Value::as_str).map(one_line).unwrap_or_default();
            let colon = if what.is_empty() { "" } else { ": " };
            let _ = writeln!(text, "{indent}- {name}{colon}{what}");
            fields(text, choice, depth.saturating_add(1));
        }
    }
    fields(text, object, depth);
}

fn fields(text: &mut String, object: &Value, depth: usize) {
    let empty = Map::new();
    let properties = object.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required = object.get("required").and_then(Value::as_array);
    for (name, field) in properties {
        if field.get("const").is_some() {
            continue;
        }
        let must = required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
        let left_out = if must { "" } else { ", may be left out" };
        let what = field.get("description").and_then(Value::as_str).map(one_line).unwrap_or_default();
        let colon = if what.is_empty() { "" } else { ": " };
        let indent = "  ".repeat(depth);
        let _ = writeln!(text, "{indent}- `{name}` ({}{left_out}){colon}{what}", kind(field));
        members(text, field, depth.saturating_add(1));
    }
}

/// Behind null, lists and maps: what they hold.
fn unwrapped(schema: &Value) -> &Value {
    if let Some(items) = schema.get("items") {
        return unwrapped(items);
    }
    if let Some(values) = schema.get("additionalProperties").filter(|one| one.is_object()) {
        return unwrapped(values);
    }
    match schema.get("anyOf").and_then(Value::as_array) {
        Some(all) => all.iter().find(|one| !is_null(one)).map_or(schema, unwrapped),
        None => schema,
    }
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("oneOf").and_then(Value::as_array).into_iter().flatten()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

/// The tag of a choice, such as `kind` = `beacon`.
fn constant(choice: &Value) -> Option<String> {
    let properties = choice.get("properties")?.as_object()?;
    properties
        .iter()
        .find_map(|(name, field)| Some(format!("where `{name}` is `{}`", field.get("const")?.as_str()?)))
}

/// What stands in a field, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    let words = words_of(schema);
    if !words.is_empty() {
        return format!(
            "one of {}",
            words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
        );
    }
    let named: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect()
        }
        _ => Vec::new(),
    };
    match named.first() {
        Some(&"string") => "text".to_owned(),
        Some(&"integer" | &"number") => "number".to_owned(),
        Some(&"boolean") => "true or false".to_owned(),
        Some(&"array") => "list".to_owned(),
        Some(_) => "object".to_owned(),
        None => match schema.get("anyOf").and_then(Value::as_array) {
            Some(all) => all.iter().find(|one| !is_null(one)).map_or_else(|| "value".to_owned(), kind),
            None => "object".to_owned(),
        },
    }
}

/// The words an enumeration takes.
fn words_of(schema: &Value) -> Vec<&str> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let one = |choice: &'_ Value| choice.get("const").and_then(Value::as_str).map(str::len).is_some();
    let single = choices(schema).filter(|choice| one(choice));
    let mut words: Vec<&str> = listed.collect();
    for choice in single {
        words.extend(choice.get("const").and_then(Value::as_str));
    }
    for choice in choices(schema) {
        words.extend(
            choice.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str),
        );
    }
    words
}
