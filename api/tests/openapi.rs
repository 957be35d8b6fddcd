//! The OpenAPI description is a golden file: a change to the API shows in review.
#![allow(clippy::unwrap_used)]

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

fn description() -> String {
    format!("{}\n", serde_json::to_string_pretty(&biaozheng_api::openapi()).unwrap())
}

#[test]
fn the_description_is_the_golden_file() {
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    assert!(
        golden == description(),
        "the API changed; if on purpose: cargo test -p biaozheng-api -- --ignored regenerate"
    );
}

/// Linters ask a description where it is served and how one logs in: here, and not at all. `npx @redocly/cli@2.77.0 lint
/// api/openapi.json` finds no error; three warnings are about probes that refuse nothing.
#[test]
fn it_says_where_it_is_served_and_that_nobody_logs_in() {
    let value: serde_json::Value = serde_json::from_str(&description()).unwrap();
    assert_eq!(value["servers"][0]["url"], "/");
    assert_eq!(value["security"], serde_json::json!([{}]));
}

#[test]
fn every_operation_documents_its_failures() {
    let value: serde_json::Value = serde_json::from_str(&description()).unwrap();
    assert_eq!(value["openapi"].as_str().unwrap().split('.').take(2).collect::<Vec<_>>(), ["3", "1"]);
    let paths = value["paths"].as_object().unwrap();
    assert!(paths.len() >= 20, "{} paths", paths.len());
    for (path, operations) in paths.iter().filter(|(path, _)| path.starts_with("/v1")) {
        for (method, operation) in operations.as_object().unwrap() {
            let answers = operation["responses"].as_object().unwrap();
            assert!(answers.contains_key("400"), "{method} {path} documents no 400");
            for (status, answer) in answers {
                let text = answer["description"].as_str().unwrap_or_default();
                assert!(!text.is_empty(), "{method} {path} does not say what {status} means");
            }
            assert!(
                answers.keys().any(|status| status.starts_with('2')),
                "{method} {path} documents no success"
            );
        }
    }
}

fn visit(value: &serde_json::Value, found: &mut impl FnMut(&serde_json::Value)) {
    found(value);
    match value {
        serde_json::Value::Object(members) => members.values().for_each(|one| visit(one, found)),
        serde_json::Value::Array(items) => items.iter().for_each(|one| visit(one, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_object_is_closed() {
    let value: serde_json::Value = serde_json::from_str(&description()).unwrap();
    let mut references = 0;
    visit(&value, &mut |one| {
        if let Some(reference) = one.get("$ref").and_then(serde_json::Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(value.pointer(pointer).is_some(), "{reference} leads nowhere");
            references += 1;
        }
        if one.get("type").is_some_and(|kind| kind == "object") {
            assert!(one.get("additionalProperties").is_some(), "an open object: {one}");
            assert_ne!(one["additionalProperties"], true, "an open object: {one}");
        }
    });
    assert!(references > 300, "{references}");
}

#[test]
fn every_answer_and_body_in_json_names_its_schema() {
    let value: serde_json::Value = serde_json::from_str(&description()).unwrap();
    let mut named = 0;
    visit(&value["paths"], &mut |one| {
        let content = one.get("content").and_then(|content| content.get("application/json"));
        if let Some(content) = content {
            let reference = content["schema"].get("$ref");
            assert!(reference.is_some(), "an answer without a named schema: {one}");
            named += 1;
        }
    });
    assert!(named >= 40, "{named}");
}

#[test]
fn every_list_comes_in_pages_and_every_page_that_is_cut_takes_a_cursor() {
    // One answer holds all of these; docs/api.md says what bounds them.
    const WHOLE: [&str; 8] = [
        "/v1/calendars",
        "/v1/participants/{org}/licences",
        "/v1/participants/{org}/ratings",
        "/v1/projects/{id}/complaints",
        "/v1/projects/{id}/ratings",
        "/v1/record-types",
        "/v1/rulebooks",
        "/v1/tightenings",
    ];
    let value: serde_json::Value = serde_json::from_str(&description()).unwrap();
    let mut whole = Vec::new();
    for (path, operations) in value["paths"].as_object().unwrap() {
        let operation = &operations["get"];
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_ne!(schema["type"], "array", "{path} answers a bare array");
        let page = schema["$ref"].as_str().and_then(|to| value.pointer(to.trim_start_matches('#')));
        if page.is_none_or(|page| page["properties"].get("next").is_none()) {
            continue;
        }
        let parameters = operation["parameters"].as_array();
        let cursor = parameters.into_iter().flatten().any(|one| one["name"] == "after");
        if !cursor {
            whole.push(path.as_str());
        }
    }
    assert_eq!(whole, WHOLE);
}

#[test]
#[ignore = "writes the golden file"]
fn regenerate() {
    std::fs::write(GOLDEN, description()).unwrap();
}

/// Two answers' types of one name would be one schema, the later's, and nothing else would say so.
#[test]
fn no_two_types_of_answers_share_a_name() {
    let mut seen = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir("src/schemas").unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        let names = source.lines().filter_map(|line| {
            let rest = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum "))?;
            rest.split(|c: char| !c.is_alphanumeric()).next().map(str::to_owned)
        });
        for name in names {
            let before = seen.insert(name.clone(), path.clone());
            assert_eq!(before, None, "{name} stands in {} too", path.display());
        }
    }
    assert!(seen.len() > 80, "{}", seen.len());
}
