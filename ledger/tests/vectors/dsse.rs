//! `dsse.json`: pre-authentication encoding, and envelopes as JSON and binary.

use biaozheng_ledger::envelope::{Envelope, pre_authentication_encoding};
use biaozheng_ledger::payload::RECORD_PAYLOAD_TYPE;
use serde::{Deserialize, Serialize};

use crate::{Golden, bytes, check, make};
use biaozheng_ledger_scenes::chain::SmallChain;

pub(crate) const GOLDEN: Golden = Golden {
    name: "dsse.json",
    check: |text| check::<Vectors>(text, judge),
    make: || {
        make(
            "DSSE v1.0.2: pre-authentication encoding; envelopes in JSON with their binary form, or refused. \
             Signatures are not verified here.",
            vectors(),
        )
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    pre_authentication_encodings: Vec<Encoding>,
    envelopes: Vec<Case>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Encoding {
    payload_type: String,
    payload: String,
    encoding: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    json: String,
    /// The binary form in hexadecimal, or `null` where the JSON is refused.
    binary: Option<String>,
}

fn judge(vectors: &Vectors) {
    assert!(vectors.pre_authentication_encodings.len() >= 3 && vectors.envelopes.len() > 10);
    for one in &vectors.pre_authentication_encodings {
        let encoding = pre_authentication_encoding(&one.payload_type, &bytes(&one.payload));
        assert_eq!(hex::encode(encoding), one.encoding);
    }
    for case in &vectors.envelopes {
        let envelope = Envelope::from_json(case.json.as_bytes(), RECORD_PAYLOAD_TYPE);
        assert_eq!(envelope.is_ok(), case.binary.is_some(), "{}: {envelope:?}", case.name);
        if let (Ok(envelope), Some(binary)) = (envelope, &case.binary) {
            let mut out = Vec::new();
            envelope.encode(&mut out);
            assert_eq!(hex::encode(&out), *binary, "{}", case.name);
            let (again, rest) = Envelope::decode(&out, RECORD_PAYLOAD_TYPE).expect("what was written reads");
            assert!(rest.is_empty() && again == envelope);
            assert_eq!(Envelope::from_json(again.to_json().as_bytes(), RECORD_PAYLOAD_TYPE), Ok(again));
        }
    }
}

fn vectors() -> Vectors {
    let encoding = |payload_type: &str, payload: &[u8]| Encoding {
        payload_type: payload_type.into(),
        payload: hex::encode(payload),
        encoding: hex::encode(pre_authentication_encoding(payload_type, payload)),
    };
    let chain = SmallChain::new("vectors");
    let one = chain.records[0].0.envelope();
    let two = chain.records[2].0.envelope();
    let binary = |envelope: &Envelope| {
        let mut out = Vec::new();
        envelope.encode(&mut out);
        Some(hex::encode(out))
    };
    let json = one.to_json();
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let (payload, sig) =
        (value["payload"].as_str().unwrap(), value["signatures"][0]["sig"].as_str().unwrap());
    let keyid = value["signatures"][0]["keyid"].as_str().unwrap();
    let url_safe = payload.replace('+', "-").replace('/', "_");
    let url_safe = if url_safe == payload { format!("{payload}-_-_") } else { url_safe };
    let mut case = vec![
        Case { name: "one signature".into(), json: json.clone(), binary: binary(one) },
        Case { name: "two signatures".into(), json: two.to_json(), binary: binary(two) },
        Case {
            name: "indented".into(),
            json: serde_json::to_string_pretty(&value).expect("JSON"),
            binary: binary(one),
        },
    ];
    for (name, bad) in [
        ("another payload type", json.replacen("record+json", "receipt+json", 1)),
        ("unknown member", json.replacen('{', "{\"extra\":1,", 1)),
        ("repeated member", json.replacen('{', "{\"payload\":\"\",", 1)),
        ("unknown member of a signature", json.replacen("{\"keyid\"", "{\"cert\":\"\",\"keyid\"", 1)),
        (
            "signature as an array",
            json.replacen(
                &format!("{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}"),
                &format!("[\"{keyid}\",\"{sig}\"]"),
                1,
            ),
        ),
        ("no signatures", json.replacen(&json[json.find("[{").unwrap()..=json.rfind(']').unwrap()], "[]", 1)),
        ("key id in capitals", json.replacen(keyid, &keyid.to_uppercase(), 1)),
        ("key id cut short", json.replacen(keyid, &keyid[..62], 1)),
        ("signature without padding", json.replacen(sig, sig.trim_end_matches('='), 1)),
        ("signature with a spare bit", json.replacen(sig, &spare_bit(sig), 1)),
        ("signature of 63 bytes", json.replacen(sig, &format!("{}=", &sig[..83]).replace("===", "=="), 1)),
        ("payload in base64url", json.replacen(payload, &url_safe, 1)),
        (
            "payload with a line break",
            json.replacen(payload, &format!("{}\\n{}", &payload[..4], &payload[4..]), 1),
        ),
        (
            "34 signatures",
            json.replacen(
                "}]}",
                &format!("}}{}]}}", format!(",{{\"keyid\":\"{keyid}\",\"sig\":\"{sig}\"}}").repeat(33)),
                1,
            ),
        ),
    ] {
        assert_ne!(bad, json, "{name}");
        case.push(Case { name: name.into(), json: bad, binary: None });
    }
    Vectors {
        pre_authentication_encodings: vec![
            encoding("http://example.com/HelloWorld", b"hello world"),
            encoding("", b""),
            encoding(RECORD_PAYLOAD_TYPE, "{\"标\":\"证\"}".as_bytes()),
            encoding("标证", &[0, 0xff, b' ', b'\n']),
        ],
        envelopes: case,
    }
}

/// The last letter before the padding, raised by one: bits that decode to nothing.
fn spare_bit(sig: &str) -> String {
    let mut letters = sig.to_owned().into_bytes();
    let place = sig.find('=').expect("64 bytes end in padding") - 1;
    letters[place] += 1;
    String::from_utf8(letters).expect("ASCII")
}
