//! `record.json`: payloads, record ids, and what makes a record verify.

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::ChainId;
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use biaozheng_ledger::record::Record;
use serde::{Deserialize, Serialize};

use crate::{Golden, check, make};
use biaozheng_ledger_scenes::chain::{SmallChain, test_key};

pub(crate) const GOLDEN: Golden = Golden {
    name: "record.json",
    check: |text| check::<Vec<Case>>(text, judge),
    make: || {
        make(
            "Records as DSSE JSON. 'id' is null where the form is refused; 'verifies' says whether chain and \
             signatures hold on the chain named.",
            cases(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    chain: ChainId,
    envelope: String,
    /// The payload as signed, for reading; absent where the envelope has none.
    payload: String,
    id: Option<String>,
    verifies: bool,
}

fn judge(cases: &Vec<Case>) {
    assert!(cases.len() > 15);
    for case in cases {
        let record = Record::from_json(case.envelope.as_bytes());
        let id = record.as_ref().ok().map(|record| record.id().to_string());
        assert_eq!(id, case.id, "{}: {record:?}", case.name);
        let envelope =
            Envelope::from_json(case.envelope.as_bytes(), RECORD_PAYLOAD_TYPE).expect("an envelope");
        assert_eq!(envelope.payload, case.payload.as_bytes(), "{}", case.name);
        let verifies = record.is_ok_and(|record| record.verify(&case.chain).is_ok());
        assert_eq!(verifies, case.verifies, "{}", case.name);
    }
}

/// The first document a payload names, as its text has it.
fn document(text: &str) -> String {
    let start = text.find("\"documents\":[").expect("a document") + "\"documents\":[".len();
    let end = text[start..].find('}').expect("an object") + start + 1;
    text[start..end].to_owned()
}

/// The values of an object in the order they stand in, as serde's own readers take a struct by position.
fn as_list(object: &str) -> String {
    let mut values = Vec::new();
    let mut reader = serde_json::Deserializer::from_str(object);
    let ordered: Ordered = Deserialize::deserialize(&mut reader).expect("an object");
    values.extend(ordered.0.iter().map(ToString::to_string));
    format!("[{}]", values.join(","))
}

/// The values of an object, in order.
struct Ordered(Vec<serde_json::Value>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> serde::de::Visitor<'de> for Values {
            type Value = Ordered;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Ordered, A::Error> {
                let mut all = Vec::new();
                while let Some((_, value)) = access.next_entry::<String, serde_json::Value>()? {
                    all.push(value);
                }
                Ok(Ordered(all))
            }
        }
        deserializer.deserialize_map(Values)
    }
}

fn cases() -> Vec<Case> {
    let chain = SmallChain::new("vectors");
    let case = |name: &str, envelope: &Envelope, chain: ChainId| {
        let record = Record::from_envelope(envelope.clone());
        Case {
            name: name.into(),
            chain,
            envelope: envelope.to_json(),
            payload: String::from_utf8(envelope.payload.clone()).expect("UTF-8"),
            id: record.as_ref().ok().map(|record| record.id().to_string()),
            verifies: record.is_ok_and(|record| record.verify(&chain).is_ok()),
        }
    };
    let good = chain.records[0].0.envelope();
    let mut cases = vec![
        case("with a document", good, chain.id()),
        case("plain", chain.records[1].0.envelope(), chain.id()),
        case("with a cosigner", chain.records[2].0.envelope(), chain.id()),
        case("another chain", good, ChainId::new(Digest::of(b"elsewhere"))),
    ];
    let mut foreign = good.clone();
    foreign.signatures[0].signature = test_key("author").sign(b"something else");
    cases.push(case("signature over something else", &foreign, chain.id()));
    foreign.signatures[0] =
        Envelope::sign(RECORD_PAYLOAD_TYPE, foreign.payload.clone(), &[&test_key("two")]).signatures[0];
    cases.push(case("signed by a key the payload does not name", &foreign, chain.id()));
    let mut cut = chain.records[2].0.envelope().clone();
    cut.signatures.pop();
    cases.push(case("the cosigner's signature missing", &cut, chain.id()));
    cut.signatures.insert(0, chain.records[2].0.envelope().signatures[1]);
    cases.push(case("signatures in another order", &cut, chain.id()));

    let text = String::from_utf8(good.payload.clone()).expect("UTF-8");
    let author = format!("\"author\":{}", serde_json::to_string(&chain.payload(0).author).expect("JSON"));
    let org_first: serde_json::Value = serde_json::from_str(&format!("{{{author}}}")).expect("JSON");
    let as_array =
        serde_json::to_string(&org_first["author"].as_object().unwrap().values().collect::<Vec<_>>());
    for (name, payload) in [
        ("other white space is another record", text.replacen(',', ", ", 1)),
        ("optional members as null", text.replacen("\"made_at_ms\"", "\"previous\":null,\"made_at_ms\"", 1)),
        ("unknown member", text.replacen('{', "{\"extra\":1,", 1)),
        ("repeated member", text.replacen("\"tool\"", "\"tool\":\"x\",\"tool\"", 1)),
        ("author as an array", text.replacen(&author, &format!("\"author\":{}", as_array.expect("JSON")), 1)),
        ("a document as an array", text.replacen(&document(&text), &as_list(&document(&text)), 1)),
        ("the payload as an array", as_list(&text)),
        ("float in the body", text.replacen("\"ceiling\":1234500", "\"ceiling\":12345.0", 1)),
        ("body is a list", text.replacen(&text[text.find("\"body\":").unwrap()..], "\"body\":[]}", 1)),
        (
            "time beyond 2^53-1",
            text.replacen("\"made_at_ms\":1790000000000", "\"made_at_ms\":9007199254740992", 1),
        ),
        ("type in capitals", text.replacen("tender.published/1", "Tender.published/1", 1)),
        ("type with version 01", text.replacen("tender.published/1", "tender.published/01", 1)),
        ("organisation with a space", text.replacen("91350100M000100Y43", "9135 0100M000100Y43", 1)),
        ("document name is a path", text.replacen("招标公告.pdf", "../招标公告.pdf", 1)),
        ("document name with a control character", text.replacen("招标公告.pdf", "\\u001b[2J", 1)),
        ("digest in capitals", text.replacen("sha256:", "SHA256:", 1)),
        ("tool with a line break", text.replacen("biaozheng-test/1", "a\\nb", 1)),
    ] {
        assert_ne!(payload, text, "{name}");
        let envelope = Envelope::sign(RECORD_PAYLOAD_TYPE, payload.into_bytes(), &[&test_key("author")]);
        cases.push(case(name, &envelope, chain.id()));
    }
    cases
}
