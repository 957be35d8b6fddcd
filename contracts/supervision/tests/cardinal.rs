//! Red flags equal Cardinal's: every unit fixture, every example of its documentation, and 800 real auctions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use biaozheng_supervision::Exact;
use biaozheng_supervision::red_flags::{Calculator, RedFlags, Settings};
use serde_json::Value;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data")
}

fn run(text: &str, settings: Settings) -> RedFlags {
    let mut calculator = Calculator::new(settings);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        calculator.add(&serde_json::from_str(line).unwrap()).unwrap();
    }
    calculator.finish()
}

type Flat = BTreeMap<(String, String, String), Exact>;

fn flat(flags: &RedFlags) -> Flat {
    let mut all = Flat::new();
    for (group, ids) in &flags.results {
        let group = serde_json::to_value(group).unwrap().as_str().unwrap().to_owned();
        for (id, values) in ids {
            for (indicator, value) in values {
                all.insert((group.clone(), id.clone(), indicator.to_string()), value.clone());
            }
        }
    }
    all
}

fn expected(value: &Value) -> Flat {
    let mut all = Flat::new();
    for (group, ids) in value.as_object().unwrap().iter().filter(|(group, _)| *group != "Meta") {
        for (id, values) in ids.as_object().unwrap() {
            for (indicator, value) in values.as_object().unwrap() {
                let value = Exact::parse(&value.to_string()).unwrap();
                all.insert((group.clone(), id.clone(), indicator.clone()), value);
            }
        }
    }
    all
}

/// The same keys, and values that differ by less than Cardinal's own rounding to doubles.
fn assert_equal(name: &str, found: &Flat, expected: &Flat) {
    let keys = |all: &Flat| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(found), keys(expected), "{name}");
    for (key, value) in expected {
        let most = Exact::parse("1e-14").unwrap().times(&value.plus(&Exact::whole(1)));
        assert!(found[key].distance(value) <= most, "{name} {key:?}: {} is not {value}", found[key]);
    }
}

/// A settings text that runs one indicator, with the options a fixture's name gives (as Cardinal's build does).
fn settings_of(name: &str) -> Settings {
    let mut parts = name.split('-');
    let indicator = parts.next().unwrap();
    let parts: Vec<&str> = parts.collect();
    let options = match parts.as_slice() {
        [option, value] if value.bytes().all(|b| b.is_ascii_digit()) => format!("{option} = {value}"),
        [option, values] => {
            let values: Vec<String> = values.split('+').map(|value| format!("{value:?}")).collect();
            format!("{option} = [{}]", values.join(", "))
        }
        [option, pairs @ ..] if parts.len() > 2 => {
            let pairs: Vec<String> =
                pairs.chunks(2).map(|pair| format!("{} = {}", pair[0], pair[1])).collect();
            format!("{option} = {{ {} }}", pairs.join(", "))
        }
        _ => String::new(),
    };
    let head = "no_price_comparison = [\"NPC\"]\nexcluded_method_details = [\"EXC\"]";
    toml::from_str(&format!("{head}\n[{indicator}]\n{options}\n")).unwrap()
}

#[test]
fn every_unit_fixture_gives_what_cardinal_gives() {
    let mut seen = 0;
    for entry in std::fs::read_dir(data().join("cardinal/indicators")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().unwrap() != "jsonl" {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap();
        let flags = run(&std::fs::read_to_string(&path).unwrap(), settings_of(name));
        let wanted = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
        let wanted = expected(&serde_json::from_str(&wanted).unwrap());
        assert!(!wanted.is_empty(), "{name}");
        assert_equal(name, &flat(&flags), &wanted);
        seen += 1;
    }
    assert_eq!(seen, 15);
}

/// What Cardinal's documentation prints below each example.
const EXAMPLES: &[(&str, &str, &str)] = &[
    ("003", "", r#"{"OCID":{"F":{"R003":1.0}}}"#),
    ("018", "", r#"{"OCID":{"F":{"R018":1.0}}}"#),
    ("024", "[R024]", r#"{"OCID":{"F":{"R024":1.0}},"Tenderer":{"W":{"R024":0.0},"L":{"R024":0.0}}}"#),
    ("025", "[R025]", r#"{"Tenderer":{"F":{"R025":0.16666666666666666}}}"#),
    ("028", "", r#"{"OCID":{"F":{"R028":1.0}},"Tenderer":{"D":{"R028":1.0},"V":{"R028":1.0}}}"#),
    ("030", "[R030]", r#"{"OCID":{"F":{"R030":1.0}},"Tenderer":{"W":{"R030":1.0}}}"#),
    ("035", "[R035]", r#"{"OCID":{"F":{"R035":1.0}},"Tenderer":{"V":{"R035":0.0}}}"#),
    ("036", "", r#"{"OCID":{"F":{"R036":1.0}}}"#),
    ("038", "", r#"{"Buyer":{"B":{"R038":0.5}}}"#),
    ("048", "[R048]\nminimum_contracting_processes = 1", r#"{"Tenderer":{"F":{"R048":2.0}}}"#),
    ("058", "", r#"{"OCID":{"F":{"R058":99.0}},"Tenderer":{"W":{"R058":0.0}}}"#),
];

#[test]
fn the_documentation_s_examples_give_what_it_prints() {
    for (number, settings, printed) in EXAMPLES {
        let text = std::fs::read_to_string(data().join(format!("cardinal/examples/{number}.jsonl"))).unwrap();
        let settings = if settings.is_empty() { Settings::all() } else { toml::from_str(settings).unwrap() };
        assert_equal(
            number,
            &flat(&run(&text, settings)),
            &expected(&serde_json::from_str(printed).unwrap()),
        );
    }
}

#[test]
fn eight_hundred_auctions_give_what_cardinal_gives() {
    let mut text = String::new();
    let file = std::fs::read(data().join("tsuchiura-800.jsonl.gz")).unwrap();
    flate2::read::GzDecoder::new(file.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 800);
    let settings = Settings { currency: Some("JPY".into()), r048: None, ..Settings::all() };
    let flags = run(&text, settings);
    let wanted = std::fs::read_to_string(data().join("tsuchiura-800.cardinal.json")).unwrap();
    let wanted: Value = serde_json::from_str(&wanted).unwrap();
    assert_equal("800", &flat(&flags), &expected(&wanted));
    for (indicator, fences) in &flags.fences {
        for (name, fence) in fences {
            let printed = Exact::parse(&wanted["Meta"][indicator.to_string()][name].to_string()).unwrap();
            assert!(
                fence.distance(&printed) <= Exact::parse("0.00005").unwrap(),
                "{indicator} {name}: {fence}"
            );
        }
    }
    assert_eq!(flags.fences.len(), wanted["Meta"].as_object().unwrap().len());
}
