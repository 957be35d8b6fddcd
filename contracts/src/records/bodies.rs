//! What the body of each record type is made of, as a JSON Schema of the very type that reads it.
//!
//! **Invariant:** a schema comes from the type that reads the body; a test holds each against its decoder.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// `evidence.recorded/1`, by any participant: whatever it attests, with its documents.
#[derive(JsonSchema)]
#[serde(transparent)]
#[expect(dead_code, reason = "says the form that `project::evidence::check_evidence` checks")]
pub(super) struct Evidence(BTreeMap<String, Plain>);

/// A text, a number, true or false.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "says the form that `project::evidence::check_evidence` checks")]
enum Plain {
    Text(String),
    Number(i64),
    Flag(bool),
}

/// The schema of a type in one piece: nothing in it refers to anything outside.
pub(crate) fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.into_generator().into_root_schema_for::<T>().to_value()
}
