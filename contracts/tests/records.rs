//! Schemas and examples of record bodies, held against the decoders that read them, and the page made of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;

use biaozheng_contracts::bidding::bid;
use biaozheng_contracts::evaluation::committee;
use biaozheng_contracts::records::{Form, form, forms, nearest, page, texts};
use biaozheng_contracts::sealing::entry;
use biaozheng_contracts::{check_body, records};
use serde_json::{Value, json};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/records.md");

fn all() -> impl Iterator<Item = Form> {
    texts().iter().copied().chain(forms())
}

/// What the decoder of a type says to a body, and whether it wants a project.
fn refused(name: &str, body: &Value, project: bool) -> Option<(String, String)> {
    let body = body.clone();
    check_body(name, body, project).err().map(|reject| (reject.code.to_owned(), reject.message))
}

#[test]
fn every_record_type_has_a_schema_and_an_example() {
    let known: Vec<&str> = forms().map(|form| form.name).collect();
    assert_eq!(
        known,
        records::types(),
        "contracts/src/records/bodies.rs names every type, in the order of ACTS"
    );
    for form in all() {
        let schema = form.schema();
        assert_eq!(schema["type"], "object", "{}", form.name);
        assert!(schema["description"].is_string(), "{}: its type has no documentation", form.name);
        assert!(!schema.to_string().contains("\"$ref\""), "{}: a schema is in one piece", form.name);
        assert!(form.example().is_some(), "{}: no example in contracts/records/examples.json", form.name);
    }
    let examples: serde_json::Map<String, Value> =
        serde_json::from_str(include_str!("../records/examples.json")).unwrap();
    for name in examples.keys() {
        assert!(form(name).is_some(), "{name} is no record type");
    }
}

#[test]
fn every_example_is_what_its_decoder_and_its_schema_take() {
    for form in forms() {
        let example = form.example().unwrap();
        if form.name == "sealed.entered/1" {
            // Its entry and token are cryptography, which the check opens; made-up ones are of the form alone.
            serde_json::from_value::<entry::SealedEntered>(example.clone()).unwrap();
            continue;
        }
        assert_eq!(refused(form.name, example, form.in_project), None, "{}", form.name);
        fits(&form.schema(), example, form.name);
        let apart = refused(form.name, example, false);
        assert_eq!(
            apart.is_some_and(|(code, _)| code == "record.project_missing"),
            form.in_project,
            "{}",
            form.name
        );
    }
    let [bid, scores] = texts() else { panic!("two texts") };
    let text = |form: &Form| form.example().unwrap().to_string();
    let read: bid::BidBody = biaozheng_ledger::json::from_strict(text(bid).as_bytes()).unwrap();
    assert_eq!(read.price.unwrap().in_yuan(), "800,000.00");
    let read: committee::ScoreSheet = biaozheng_ledger::json::from_strict(text(scores).as_bytes()).unwrap();
    assert!(!read.scores.is_empty());
    for form in texts() {
        fits(&form.schema(), form.example().unwrap(), form.name);
    }
}

/// The part of JSON Schema that the schemas use: types, members, words. Enough to see that a schema and an example are of
/// one kind.
fn fits(schema: &Value, value: &Value, place: &str) {
    assert!(accepts(schema, value), "{place}: {value} does not fit {schema}");
}

fn accepts(schema: &Value, value: &Value) -> bool {
    let any =
        |name: &str| schema[name].as_array().is_none_or(|all| all.iter().any(|one| accepts(one, value)));
    let of_type = |kind: &str| match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other}"),
    };
    let typed = match &schema["type"] {
        Value::String(kind) => of_type(kind),
        Value::Array(kinds) => kinds.iter().any(|kind| of_type(kind.as_str().unwrap())),
        _ => true,
    };
    let words = schema["enum"].as_array().is_none_or(|all| all.contains(value));
    let constant = schema.get("const").is_none_or(|one| one == value);
    let items = value
        .as_array()
        .is_none_or(|all| all.iter().all(|one| schema.get("items").is_none_or(|items| accepts(items, one))));
    let members = value.as_object().is_none_or(|members| {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let more = schema.get("additionalProperties");
        required.iter().all(|name| members.contains_key(name.as_str().unwrap()))
            && members.iter().all(|(name, one)| match schema["properties"].get(name) {
                Some(known) => accepts(known, one),
                None => {
                    more.is_none_or(|more| more != &json!(false) && (!more.is_object() || accepts(more, one)))
                }
            })
    });
    typed && words && constant && items && members && any("anyOf") && any("oneOf")
}

/// The fields a refusal lists, which are those of the decoder itself.
fn listed(message: &str) -> Option<BTreeSet<String>> {
    let list = message.split("the fields are ").nth(1)?.trim_end_matches(')');
    Some(list.split(", ").map(str::to_owned).collect())
}

#[test]
fn every_field_a_decoder_takes_is_in_the_schema_and_no_other() {
    let mut counted = 0;
    for form in forms() {
        let Some((code, message)) = refused(form.name, &json!({"\u{3b1}": 1}), form.in_project) else {
            assert_eq!(form.name, "evidence.recorded/1", "takes any member");
            continue;
        };
        assert_eq!(code, "record.body", "{}", form.name);
        let schema = form.schema();
        let described: BTreeSet<String> =
            schema["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()).collect();
        let taken = listed(&message).unwrap_or_default();
        assert_eq!(described, taken, "{}: {message}", form.name);
        counted += taken.len();
        inside(&form, &schema, form.example().unwrap(), &mut Vec::new(), &mut counted);
    }
    assert!(counted > 400, "{counted} fields were compared");
}

/// The same for every object inside an example: an unknown member at its place is answered with the fields of that place.
fn inside(form: &Form, schema: &Value, value: &Value, path: &mut Vec<String>, counted: &mut usize) {
    match value {
        Value::Object(members) => {
            if !path.is_empty() && schema["additionalProperties"] == json!(false) {
                let mut body = form.example().unwrap().clone();
                let place = path.iter().fold(&mut body, |at, step| match step.parse::<usize>() {
                    Ok(index) if at.is_array() => &mut at[index],
                    _ => &mut at[step.as_str()],
                });
                place["\u{3b1}"] = json!(1);
                let (_, message) = refused(form.name, &body, form.in_project).unwrap();
                if let Some(taken) = listed(&message) {
                    let described: BTreeSet<String> =
                        schema["properties"].as_object().unwrap().keys().cloned().collect();
                    assert_eq!(described, taken, "{} {path:?}: {message}", form.name);
                    *counted += taken.len();
                }
            }
            for (name, one) in members {
                if let Some(next) = schema["properties"].get(name) {
                    path.push(name.clone());
                    inside(form, behind_null(next), one, path, counted);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            for (index, one) in items.iter().enumerate().take(1) {
                path.push(index.to_string());
                inside(form, &schema["items"], one, path, counted);
                path.pop();
            }
        }
        _ => {}
    }
}

fn behind_null(schema: &Value) -> &Value {
    let all = schema["anyOf"].as_array();
    all.and_then(|all| all.iter().find(|one| one["type"] != "null")).unwrap_or(schema)
}

#[test]
fn the_calendars_that_ship_are_taken_and_every_weekend_day_in_them_is_one() {
    let text = include_str!("../calendars/2026.json");
    let body: Value = serde_json::from_str(text).unwrap();
    assert_eq!(refused("calendar.published/1", &body, false), None);
    assert_eq!(
        form("calendar.published/1").unwrap().example(),
        Some(&body),
        "the example is the shipped one"
    );
    let (holidays, worked) = (body["holidays"].as_array().unwrap(), body["working_days"].as_array().unwrap());
    // 国办发明电〔2025〕7号: 3, 9, 3, 5, 3, 3 and 7 days off, six weekend days worked.
    assert_eq!((holidays.len(), worked.len()), (33, 6));
}

#[test]
fn a_name_that_is_not_known_finds_the_nearest() {
    assert_eq!(nearest("tender.publish/1"), Some("tender.published/1"));
    assert_eq!(nearest("bids"), Some("bid"));
    let unknown = refused("tender.clarify/1", &json!({}), true).unwrap();
    assert_eq!(unknown.0, "record.type_unknown");
    assert!(unknown.1.contains("did you mean tender.clarified/1?"), "{}", unknown.1);
}

#[test]
fn the_page_is_current() {
    assert!(
        std::fs::read_to_string(PAGE).unwrap_or_default() == page(),
        "docs/records.md is old; run: cargo test -p biaozheng-contracts --test records -- --ignored regenerate"
    );
}

#[test]
#[ignore = "writes docs/records.md"]
fn regenerate() {
    std::fs::write(PAGE, page()).unwrap();
}
