//! A body's structs are objects. serde would also read them from arrays by position, which no other verifier does, so a
//! record would have two spellings and a page that shows names would show nothing of the second.

use std::collections::BTreeSet;

use biaozheng_contracts::evaluation::methods::{Aggregate, PriceScore};
use biaozheng_contracts::randomness::Source;
use biaozheng_contracts::sealing::group::GroupPurpose;
use biaozheng_ledger::json::from_value;
use biaozheng_ledger::record::{Record, VerifiedRecord};
use biaozheng_scenes::play;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Bodies that hold what others wrote, in any form.
const FREE: &[&str] = &["history.imported/1"];
/// Objects of more members have too many orders to try them all.
const MEMBERS_MAX: usize = 5;

/// The places of every object below a value, as JSON pointers.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if !at.is_empty() {
                found.push(at.to_owned());
            }
            members.iter().for_each(|(name, one)| objects(one, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, one)| objects(one, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// Every order of these values.
fn orders(values: &[Value]) -> Vec<Vec<Value>> {
    if values.len() < 2 {
        return vec![values.to_vec()];
    }
    let mut all = Vec::new();
    for first in 0..values.len() {
        let mut rest = values.to_vec();
        let one = rest.remove(first);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, one.clone());
            order
        }));
    }
    all
}

fn with_body(record: &VerifiedRecord, body: &Value) -> VerifiedRecord {
    let mut payload: Value = serde_json::from_slice(&record.envelope().payload).unwrap();
    payload["body"] = body.clone();
    let mut envelope = record.envelope().clone();
    envelope.payload = serde_json::to_vec(&payload).unwrap();
    // The form of bodies is asked, not signatures.
    VerifiedRecord::trust(Record::from_envelope(envelope).unwrap())
}

#[test]
fn no_struct_of_any_record_is_read_from_an_array() {
    let (mut seen, mut tried) = (BTreeSet::new(), 0);
    for (scene, play) in play::ALL {
        for (record, ..) in &play().log {
            let kind = record.payload().record_type.as_str().to_owned();
            let body = &record.payload().body;
            let mut places = Vec::new();
            objects(body, "", &mut places);
            for place in places {
                let name: String = place.chars().filter(|c| !c.is_ascii_digit()).collect();
                if FREE.contains(&kind.as_str()) || !seen.insert((kind.clone(), name)) {
                    continue;
                }
                let members: Vec<Value> =
                    body.pointer(&place).and_then(Value::as_object).unwrap().values().cloned().collect();
                if members.len() > MEMBERS_MAX {
                    continue;
                }
                for order in orders(&members) {
                    let mut changed = body.clone();
                    *changed.pointer_mut(&place).unwrap() = Value::Array(order);
                    let refused = biaozheng_contracts::check(&with_body(record, &changed));
                    let code = refused.as_ref().err().map(|reject| reject.code);
                    assert_eq!(code, Some("record.body"), "{scene} {kind} {place}: {changed}");
                    tried += 1;
                }
            }
        }
    }
    assert!(seen.len() > 25 && tried > 100, "{} places, {tried} arrays", seen.len());
}

fn refused<T: DeserializeOwned + std::fmt::Debug>(good: &Value, bad: &[Value]) {
    from_value::<T>(good).unwrap();
    for one in bad {
        assert!(from_value::<T>(one).is_err(), "{one}");
    }
}

#[test]
fn what_has_a_kind_is_an_object_too() {
    refused::<Source>(
        &json!({"kind": "beacon"}),
        &[json!(["beacon"]), json!({"kind": "beacon", "parties": []}), json!({"kind": "commit_reveal"})],
    );
    refused::<Source>(
        &json!({"kind": "commit_reveal", "parties": ["A"]}),
        &[json!(["commit_reveal", ["A"]]), json!(["commit_reveal", {"parties": ["A"]}])],
    );
    refused::<Aggregate>(&json!({"kind": "mean"}), &[json!(["mean"]), json!("mean")]);
    refused::<Aggregate>(
        &json!({"kind": "trimmed", "low": 1, "high": 1}),
        &[
            json!(["trimmed", 1, 1]),
            json!({"kind": "trimmed", "low": 1}),
            json!({"kind": "mean", "low": null}),
        ],
    );
    refused::<PriceScore>(&json!({"kind": "lowest_ratio"}), &[json!(["lowest_ratio"])]);
    let k = json!({"min_permille": 950, "max_permille": 980, "step_permille": 5});
    let benchmark =
        |k: &Value| json!({"kind": "benchmark", "k": k, "e_above_milli": 2000, "e_below_milli": 1000});
    let positions = orders(&[json!(950), json!(980), json!(5)]);
    let mut bad: Vec<Value> = positions.into_iter().map(|k| benchmark(&Value::Array(k))).collect();
    bad.push(json!(["benchmark", k, 2000, 1000]));
    bad.push(json!({"kind": "benchmark", "k": k, "e_above_milli": 2000}));
    refused::<PriceScore>(&benchmark(&k), &bad);
    refused::<GroupPurpose>(
        &json!({"kind": "sealing", "slot_ms": 60_000, "ahead": 4}),
        &[
            json!(["sealing", 60_000, 4]),
            json!({"kind": "sealing", "slot_ms": 60_000, "ahead": 4, "epoch": 1}),
        ],
    );
    refused::<GroupPurpose>(
        &json!({"kind": "tokens", "epoch": 1, "quota": 2, "member_quota": 3, "valid_until_ms": 4}),
        &[
            json!(["tokens", 1, 2, 3, 4]),
            json!({"kind": "tokens", "epoch": 1, "quota": 2, "member_quota": 3}),
        ],
    );
}
