//! Prints a signed record and a receipt as JSON with the signers' keys, for DSSE verifiers of other makers:
//!
//! ```json
//! {"record":{"envelope":{…},"keys":[{"keyid":"<64 hex>","public":"<64 hex>"}],"pae":"<hex>"},"receipt":{…}}
//! ```
//! The keys are for show: their seeds stand in this file.

use std::io::Write;

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::envelope::Envelope;
use biaozheng_ledger::ids::{ChainId, OrgId, TimeMs};
use biaozheng_ledger::key::SecretKey;
use biaozheng_ledger::payload::{Party, Payload, RecordType};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_ledger::record::Record;
use serde_json::{Value, json};

fn sample(envelope: &Envelope, keys: &[&SecretKey]) -> Result<Value, serde_json::Error> {
    let key = |key: &&SecretKey| {
        let public = key.public();
        json!({"keyid": public.id().digest().hex(), "public": hex::encode(public.bytes())})
    };
    Ok(json!({
        "envelope": serde_json::from_str::<Value>(&envelope.to_json())?,
        "keys": keys.iter().map(key).collect::<Vec<_>>(),
        "pae": hex::encode(envelope.pre_authentication_encoding()),
    }))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (agency, expert, node) =
        (SecretKey::from_seed(&[1; 32]), SecretKey::from_seed(&[2; 32]), SecretKey::from_seed(&[3; 32]));
    let chain = ChainId::new(Digest::of(b"a chain for show"));
    let party = |org: &str, key: &SecretKey| OrgId::new(org).map(|org| Party { org, key: key.public() });
    let payload = Payload {
        chain,
        record_type: RecordType::new("evidence.recorded/1")?,
        author: party("91350100M000100Y43", &agency)?,
        cosigners: vec![party("EXPERT-7", &expert)?],
        project: None,
        previous: None,
        made_at_ms: TimeMs::new(1_790_000_000_000),
        tool: "biaozheng-example/1".to_owned(),
        documents: vec![],
        body: json!({"title": "评标报告"}),
    };
    let record = Record::sign(&payload, &[&agency, &expert])?;
    let receipt = Receipt {
        chain,
        record: record.id(),
        node: "city".to_owned(),
        key: node.public(),
        received_at_ms: TimeMs::new(1_790_000_000_100),
        promised_by_ms: TimeMs::new(1_790_000_010_100),
        history_size: None,
    };
    let all = json!({
        "record": sample(record.envelope(), &[&agency, &expert])?,
        "receipt": sample(&receipt.sign(&node), &[&node])?,
    });
    writeln!(std::io::stdout(), "{all}")?;
    Ok(())
}
