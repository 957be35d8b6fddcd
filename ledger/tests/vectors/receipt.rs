//! `receipt.json`: a node's signed promise.

use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::receipt::{RECEIPT_PAYLOAD_TYPE, Receipt};
use serde::{Deserialize, Serialize};

use crate::chain::{START_MS, SmallChain, test_key};
use crate::{Golden, check, make};

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
    };
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
    ]
    .into_iter()
    .map(|(name, envelope)| {
        let envelope = envelope.to_json();
        Case { name: name.into(), receipt: Receipt::verify(envelope.as_bytes()).ok(), envelope }
    })
    .collect()
}
