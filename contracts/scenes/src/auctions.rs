//! Turns the real auctions into the records that the replay writes for them, with the same bodies and order.
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use biaozheng_contracts::Rulebook;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{DocumentDigest, Height, OrgId, ProjectId, RecordId, TimeMs};
use biaozheng_ocds::{Method, Process, ProcessRecord, Publication, Works};
use serde_json::{Value, json};

pub const RULEBOOK: &str = include_str!("../../rulebooks/replay-tsuchiura.toml");

/// All 800 releases, as the data have them.
pub fn releases() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/tsuchiura-800.jsonl.gz");
    let mut text = String::new();
    let file = std::fs::read(path).unwrap();
    flate2::read::GzDecoder::new(file.as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn publication() -> Publication {
    let extension =
        |name| format!("https://raw.githubusercontent.com/open-contracting-extensions/{name}/extension.json");
    Publication {
        uri: "https://node.example/ocds/records.json".into(),
        publisher: "Replay of Tsuchiura City's auctions".into(),
        published: TimeMs::new(1_790_000_000_000),
        ocid_prefix: String::new(),
        certificate_base: "https://node.example".into(),
        checkpoint_origin: "node.example/biaozheng".into(),
        extensions: vec![extension("ocds_bid_extension/v1.1.5"), extension("ocds_lots_extension/v1.1.5")],
        language: "en".into(),
    }
}

/// Whole units of a JSON amount such as `1820000.0`.
pub fn amount(value: &Value) -> u64 {
    let text = value["amount"].to_string();
    text.strip_suffix(".0").unwrap_or(&text).parse().unwrap()
}

#[derive(Debug)]
pub struct Writer {
    pub process: Process,
    time: u64,
    height: u64,
}

impl Writer {
    pub fn new(project: &str, time: u64) -> Self {
        let process = Process {
            unsealed: Vec::new(),
            project: ProjectId::new(project).unwrap(),
            records: Vec::new(),
            names: BTreeMap::new(),
            rulebook: RULEBOOK.into(),
            method: Method::Open,
            category: Works::Works,
        };
        Self { process, time, height: 10 }
    }

    pub fn at(&mut self, time: u64) {
        self.time = time;
    }

    pub fn record(&mut self, author: &str, record_type: &str, body: Value) -> RecordId {
        let place = format!("{} {}", self.process.project, self.process.records.len());
        let id = RecordId::new(Digest::of(place.as_bytes()));
        self.height += 1;
        self.process.records.push(ProcessRecord {
            id,
            record_type: record_type.into(),
            author: OrgId::new(author).unwrap(),
            time: TimeMs::new(self.time),
            body,
            height: Height::new(self.height),
            index: 0,
            certificate: Some(DocumentDigest::new(Digest::of(place.as_bytes()))),
        });
        self.time += 1;
        id
    }
}

/// A bid of the data with its name: a bidder's second bid has the number 2.
type Named<'a> = (Value, &'a Value);

fn named(release: &Value) -> Vec<Named<'_>> {
    let bids = release["bids"]["details"].as_array().unwrap();
    let bidder = |bid: &Value| bid["tenderers"][0]["id"].clone();
    let number = |at: usize| 1 + bids[..at].iter().filter(|other| bidder(other) == bidder(&bids[at])).count();
    bids.iter()
        .enumerate()
        .map(|(at, bid)| (json!({"bidder": bidder(bid), "number": number(at)}), bid))
        .collect()
}

/// One auction from its registration to its archive.
pub fn process(release: &Value) -> Process {
    let deadline: jiff::Timestamp = release["date"].as_str().unwrap().parse().unwrap();
    let deadline = u64::try_from(deadline.as_millisecond()).unwrap();
    let tender = &release["tender"];
    let buyer = release["buyer"]["id"].as_str().unwrap();
    let mut writer = Writer::new(release["ocid"].as_str().unwrap(), deadline - 30 * 86_400_000);
    for party in release["parties"].as_array().unwrap() {
        let org = OrgId::new(party["id"].as_str().unwrap()).unwrap();
        writer.process.names.insert(org, party["name"].as_str().unwrap().to_owned());
    }
    let number: u32 = tender["id"].as_str().unwrap().parse().unwrap();
    let body = json!({
        "title": tender["title"], "code": format!("2007-{number:06}-48-01-{number:06}"), "tenderee": buyer, "centre": "CITY",
    });
    writer.record(buyer, "project.registered/1", body);
    let notice = tender["description"].as_str().filter(|text| !text.trim().is_empty());
    let body = json!({
        "rulebook": Rulebook::digest(RULEBOOK).to_string(), "currency": "JPY", "method": "lowest_price",
        "notice": notice.unwrap_or(tender["title"].as_str().unwrap()),
        "lots": [{"id": "1", "title": tender["title"], "estimate": amount(&tender["value"])}],
        "documents_from_ms": deadline - 29 * 86_400_000, "documents_until_ms": deadline, "deadline_ms": deadline,
        "bid_bond": 0,
    });
    writer.record(buyer, "tender.published/1", body);
    bids(&mut writer, release, deadline);
    result(&mut writer, release, buyer);
    let body = json!({
        "records": writer.process.records.len(), "history": Digest::of(b"h").to_string(),
        "manifest": Digest::of(b"m").to_string(),
    });
    writer.record("CITY", "archive.sealed/1", body);
    writer.process
}

fn bids(writer: &mut Writer, release: &Value, deadline: u64) {
    let bids = named(release);
    let digest = Digest::of(b"sealed").to_string();
    writer.at(deadline - 3_600_000);
    for (name, _) in &bids {
        let body = json!({"lot": "1", "number": name["number"], "sequence": 1, "commitment": digest, "sealed_body": digest});
        writer.record(name["bidder"].as_str().unwrap(), "bid.sealed/1", body);
    }
    writer.at(deadline);
    for (name, bid) in &bids {
        let text = match bid.get("value") {
            Some(value) => json!({"price": amount(value)}).to_string(),
            None => "{}".to_owned(),
        };
        let body =
            json!({"lot": "1", "number": name["number"], "bid": text, "salt": Digest::of(b"salt").hex()});
        writer.record(name["bidder"].as_str().unwrap(), "bid.revealed/1", body);
    }
    let mut names: Vec<Value> = bids.into_iter().map(|(name, _)| name).collect();
    names.sort_by_key(|name| (name["bidder"].as_str().unwrap().to_owned(), name["number"].as_u64()));
    writer.record("CITY", "bids.opened/1", json!({"lots": [{"lot": "1", "bids": names}]}));
}

fn result(writer: &mut Writer, release: &Value, buyer: &str) {
    let bids = named(release);
    let award = release["awards"].get(0);
    let winner = award.map(|award| &award["suppliers"][0]["id"]);
    let (mut valid, out): (Vec<Named<'_>>, Vec<Named<'_>>) =
        bids.into_iter().partition(|(_, bid)| bid["status"] == "valid");
    valid.sort_by_key(|(name, bid)| (amount(&bid["value"]), Some(&name["bidder"]) != winner));
    let ranked = |(name, bid): &Named<'_>| {
        let mut ranked = name.clone();
        ranked["price"] = json!(amount(&bid["value"]));
        ranked
    };
    let ranking: Vec<Value> = valid.iter().map(ranked).collect();
    let out: Vec<Value> = out
        .into_iter()
        .map(|(name, _)| json!({"bid": name, "reason": "disqualified in the data replayed"}))
        .collect();
    let body = json!({"lots": [{"lot": "1", "ranking": ranking, "disqualified": out}]});
    writer.record("CITY", "evaluation.reported/1", body);
    let Some(award) = award else {
        if !valid.is_empty() {
            writer.record(buyer, "tender.failed/1", json!({"reason": "the data replayed have no award"}));
        }
        return;
    };
    assert_eq!(Some(&valid[0].0["bidder"]), winner);
    let candidates: Vec<Value> = valid.iter().take(3).map(|(name, _)| name.clone()).collect();
    let body = json!({"lots": [{"lot": "1", "candidates": candidates}]});
    writer.record(buyer, "candidates.publicised/1", body);
    let price = amount(&award["value"]);
    let body = json!({"lots": [{"lot": "1", "bid": valid[0].0, "price": price}]});
    writer.record(buyer, "award.notified/1", body);
    let contract = Digest::of(b"contract").to_string();
    let body = json!({"lot": "1", "price": price, "performance_bond": 0, "contract": contract});
    writer.record(buyer, "contract.signed/1", body);
    writer.record(buyer, "supervision.reported/1", json!({"summary": "awarded"}));
}
