//! `receipt.json`: a node's signed promise.

use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::receipt::{RECEIPT_PAYLOAD_TYPE, Receipt};
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::{START_MS, SmallChain, test_key};

pub(crate) const GOLDEN: Golden = Golden {
    name: "receipt.json",
    check: |text| check::<Vec<Case>>(text, judge),
    make: || make("Receipts as DSSE JSON with what they promise, or null where they are refused.", cases()),
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    envelope: String,
    receipt: Option<Receipt>,
}

fn judge(cases: &Vec<Case>) {
    assert!(cases.len() >= 5);
    for case in cases {
        assert_eq!(Receipt::verify(case.envelope.as_bytes()).ok(), case.receipt, "{}", case.name);
    }
}

/// The values of a flat object, as serde's own readers would take them by position.
fn members(object: &str) -> String {
    let value: serde_json::Map<String, serde_json::Value> = serde_json::from_str(object).expect("JSON");
    ["chain", "record", "node", "key", "received_at_ms", "promised_by_ms"]
        .map(|name| value[name].to_string())
        .join(",")
}

fn cases() -> Vec<Case> {
    let chain = SmallChain::new("vectors");
    let (key, other) = (test_key("vectors/api/city"), test_key("vectors/api/district-a"));
    let receipt = Receipt {
        chain: chain.id(),
        record: chain.records[0].0.id(),
        node: "city".into(),
        key: key.public(),
        received_at_ms: TimeMs::new(START_MS),
        promised_by_ms: TimeMs::new(START_MS + 10_000),
        history_size: None,
    };
    let looked = Receipt { history_size: Some(1), ..receipt.clone() };
    let word = String::from_utf8(looked.sign(&key).payload).expect("JSON");
    let good = receipt.sign(&key);
    let payload = String::from_utf8(good.payload.clone()).expect("JSON");
    let sign = |payload: String| Envelope::sign(RECEIPT_PAYLOAD_TYPE, payload.into_bytes(), &[&key]);
    let mut later = good.clone();
    later.payload = payload.replacen("1790000010000", "1790000090000", 1).into_bytes();
    let mut twice = good.clone();
    twice.signatures.push(twice.signatures[0]);
    let mut record = good.clone();
    record.payload_type = "application/vnd.biaozheng.record+json".into();
    [
        ("a receipt", &good),
        ("signed by another key", &receipt.sign(&other)),
        ("the promise changed", &later),
        ("two signatures", &twice),
        ("as a record", &record),
        ("unknown member", &sign(payload.replacen('{', "{\"extra\":1,", 1))),
        ("no promise", &sign(payload.replacen(",\"promised_by_ms\":1790000010000", "", 1))),
        ("with what the node had looked through", &looked.sign(&key)),
        ("the same as null is none", &sign(word.replacen(":1}", ":null}", 1))),
        ("looked through less than nothing", &sign(word.replacen(":1}", ":-1}", 1))),
        ("a list in place of the statement", &sign(format!("[{}]", members(&payload)))),
    ]
    .into_iter()
    .map(|(name, envelope)| {
        let envelope = envelope.to_json();
        Case { name: name.into(), receipt: Receipt::verify(envelope.as_bytes()).ok(), envelope }
    })
    .collect()
}
