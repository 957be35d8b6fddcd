//! The bodies of records among the schemas, where programs look for them: each by its type, from the contracts' own types.

use biaozheng_contracts::records::{Form, forms, texts};
use serde_json::{Value, json};

/// Adds a schema for the body of every record type, with its example.
pub(crate) fn enter_bodies(description: &mut Value) {
    let Some(schemas) = description.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for form in texts().iter().copied().chain(forms()) {
        let mut schema = form.schema();
        untitled(&mut schema);
        if let (Some(schema), Some(example)) = (schema.as_object_mut(), form.example()) {
            schema.insert("examples".to_owned(), json!([example]));
        }
        schemas.insert(component(&form), schema);
    }
}

/// Takes the titles out, which are names of Rust's types: several acts have a `Published`, and generators name what they
/// make by the title where there is one, by the component and the member otherwise. Defaults that are no plain values go
/// too: one generator refuses them in a choice, and docs/records.md has them.
fn untitled(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("title").is_some_and(Value::is_string) {
                members.remove("title");
            }
            if members.get("default").is_some_and(|one| one.is_object() || one.is_array() || one.is_null()) {
                members.remove("default");
            }
            // What is an example or a default is no schema.
            let schemas = members
                .iter_mut()
                .filter(|(name, _)| !matches!(name.as_str(), "examples" | "default" | "const" | "enum"));
            schemas.for_each(|(_, inner)| untitled(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(untitled),
        _ => {}
    }
}

/// `tender.published/1` is `TenderPublished1Body`: names of components have no dots that generators would lose.
pub(crate) fn component(form: &Form) -> String {
    let mut name = String::new();
    let mut upper = true;
    for letter in form.name.chars() {
        if !letter.is_ascii_alphanumeric() {
            upper = true;
        } else if std::mem::take(&mut upper) {
            name.extend(letter.to_uppercase());
        } else {
            name.push(letter);
        }
    }
    name + "Body"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_type_has_a_component_of_its_own() {
        let mut description = json!({"components": {"schemas": {}}});
        enter_bodies(&mut description);
        let schemas = description["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas.len(), forms().count() + texts().len(), "no two share a name");
        let tender = &schemas["TenderPublished1Body"];
        assert_eq!(tender["properties"]["documents_until_ms"]["type"], "integer");
        assert!(tender["examples"][0]["lots"].is_array());
        assert!(!schemas.values().any(|one| one.get("title").is_some_and(Value::is_string)));
        assert!(schemas.contains_key("ParticipantKeyAdded1Body") && schemas.contains_key("BidBody"));
    }
}
