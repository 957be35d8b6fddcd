//! The OpenAPI description is a golden file: a change to the API shows in review.
#![allow(clippy::unwrap_used)]

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

fn description() -> String {
    format!("{}\n", biaozheng_api::openapi().to_pretty_json().unwrap())
}

#[test]
fn the_description_is_the_golden_file() {
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    assert!(
        golden == description(),
        "the API changed; if on purpose: cargo test -p biaozheng-api -- --ignored regenerate"
    );
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
            assert!(
                answers.keys().any(|status| status.starts_with('2')),
                "{method} {path} documents no success"
            );
        }
    }
}

#[test]
#[ignore = "writes the golden file"]
fn regenerate() {
    std::fs::write(GOLDEN, description()).unwrap();
}
