//! Four validators and an observer as real processes: kills, outages, newcomers, and bad input over HTTP.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use biaozheng_client::{Author, Client, Patience, Wait, author};
use biaozheng_ledger::certificate::{Certificate, Expectations};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, ProjectId, RecordId};
use biaozheng_ledger::policy::Policy;
use biaozheng_ledger::record::Record;
use biaozheng_tests::cluster::{Cluster, VALIDATORS};
use biaozheng_tests::tender::{Trial, commitment_body};
use serde_json::{Value, json};
use tokio::sync::Mutex;

const SOON: Duration = Duration::from_secs(60);

fn evidence(author: &Author, number: u64) -> Record {
    author.record("evidence.recorded/1", json!({"n": number})).sign(author::clock()).unwrap()
}

async fn founded(label: &str) -> (tempfile::TempDir, Cluster) {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::found(&folder.path().join("consortium"), label).await.unwrap();
    (folder, cluster)
}

/// Every record id of a node's blocks.
async fn ledger(client: &Client, height: u64) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for height in 1..=height {
        ids.extend(client.block(Height::new(height)).await.unwrap().record_ids);
    }
    ids
}

async fn hashes(client: &Client, height: u64) -> Vec<Value> {
    let mut all = Vec::new();
    for at in 1..=height {
        let url = format!("{}/v1/blocks/{at}", client.base_url());
        let block: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        all.push(block["hash"].clone());
    }
    all
}

async fn submitted(client: &Client, record: &Record, wait: Wait) -> Result<RecordId, String> {
    let patience = Patience { total: Duration::from_secs(20), ..Patience::default() };
    match client.submit_until(record, wait, patience).await {
        Ok(done) if done.reached(wait) => Ok(done.record),
        Ok(_) => Err("received only".into()),
        Err(error) => Err(error.to_string()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_through_kills_outages_and_newcomers() {
    let (_folder, mut cluster) = founded("faults").await;
    cluster.start(0..4).await.unwrap();
    let org = Arc::new(cluster.organisation(VALIDATORS[0].1).unwrap());
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let (stop, numbers) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut load = tokio::task::JoinSet::new();
    for task in 0..12usize {
        let client = cluster.client(task % 4).unwrap();
        let (org, stop) = (Arc::clone(&org), Arc::clone(&stop));
        let (numbers, acknowledged) = (Arc::clone(&numbers), Arc::clone(&acknowledged));
        load.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let record = evidence(&org, numbers.fetch_add(1, Ordering::Relaxed));
                let envelope = record.envelope().to_json();
                // A receipt is a promise: from here on the record must not be lost.
                match client.submit(&envelope, Wait::Receipt, Duration::from_secs(5)).await {
                    Ok(_) => drop(acknowledged.lock().await.insert(record.id())),
                    Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        });
    }
    let at = cluster.height_of(0).await.unwrap();
    cluster.reach(0, at + 5, SOON).await.unwrap();
    cluster.kill(3).await.unwrap();
    // One down: the chain goes on.
    let at = cluster.height_of(0).await.unwrap();
    cluster.reach(0, at + 10, SOON).await.unwrap();
    let before = acknowledged.lock().await.len();
    cluster.spawn(3).unwrap();
    cluster.started(3, SOON).await.unwrap();
    let at = cluster.height_of(0).await.unwrap();
    cluster.reach(3, at, SOON).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    while load.join_next().await.is_some() {}
    assert!(acknowledged.lock().await.len() > before, "records were acknowledged while one node was down");

    // Two down: nothing is acknowledged. With them back, it is again.
    cluster.kill(2).await.unwrap();
    cluster.kill(3).await.unwrap();
    let client = cluster.client(0).unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    while client.ready().await.is_ok() {
        assert!(tokio::time::Instant::now() < deadline, "the node stays ready without a quorum");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let orphan = evidence(&org, 1_000_000);
    let refused = client.submit(&orphan.envelope().to_json(), Wait::Receipt, Duration::from_secs(5)).await;
    assert_eq!(refused.unwrap_err().code(), Some("not_ready"));
    let status = client.status_json().await.unwrap();
    assert_eq!(status["missing_validators"], json!(["north", "west"]).clone(), "{status}");
    for index in [2, 3] {
        cluster.spawn(index).unwrap();
    }
    for index in [2, 3] {
        cluster.started(index, SOON).await.unwrap();
    }
    submitted(&client, &orphan, Wait::Certificate).await.unwrap();
    // Sent again, to the same node and to another: what stands is answered with its block, and nothing is promised.
    for index in [0, 1] {
        let again = cluster.client(index).unwrap();
        let committed = again.submit(&orphan.envelope().to_json(), Wait::Committed, SOON).await.unwrap();
        let again = again.submit(&orphan.envelope().to_json(), Wait::Receipt, SOON).await.unwrap();
        assert!(again.receipt.is_null() && again.reached(Wait::Committed), "{again:?}");
        assert_eq!(again.block, committed.block);
        assert!(again.block.is_some_and(|block| block.height.get() > 0), "{again:?}");
    }

    // An observer from nothing follows, and every acknowledged record stands, on every node, in one order.
    cluster.spawn(4).unwrap();
    cluster.started(4, SOON).await.unwrap();
    let wanted = acknowledged.lock().await.clone();
    let deadline = tokio::time::Instant::now() + SOON;
    let observer = cluster.client(4).unwrap();
    loop {
        let tip = cluster.height_of(0).await.unwrap();
        cluster.reach(4, tip, SOON).await.unwrap();
        let found: BTreeSet<RecordId> = ledger(&observer, tip).await.into_iter().collect();
        let missing = wanted.difference(&found).count();
        if missing == 0 {
            break;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "{missing} of {} acknowledged records are lost",
            wanted.len()
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let tip = cluster.height_of(4).await.unwrap();
    let reference = hashes(&observer, tip).await;
    for index in 0..4 {
        cluster.reach(index, tip, SOON).await.unwrap();
        assert_eq!(
            hashes(&cluster.client(index).unwrap(), tip).await,
            reference,
            "node {index} has another chain"
        );
    }
    let ids = ledger(&observer, tip).await;
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "a record stands twice");
    cluster.stop().await;
}

async fn post(url: &str, body: Vec<u8>) -> (u16, Value) {
    let http = reqwest::Client::new();
    let answer = http.post(format!("{url}/v1/records")).header("content-type", "application/json").body(body);
    let answer = answer.send().await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
    let body: Value = answer.json().await.unwrap();
    if status >= 400 {
        assert_eq!(kind.as_deref(), Some("application/problem+json"));
        assert!(body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{body}");
    }
    (status, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_clear_error_and_loses_nothing() {
    let (_folder, mut cluster) = founded("inputs").await;
    cluster.start(0..5).await.unwrap();
    let org = cluster.organisation(VALIDATORS[0].1).unwrap();
    let (client, url) = (cluster.client(0).unwrap(), cluster.url(0));
    let good = evidence(&org, 1);
    let text = good.envelope().to_json();
    let id = submitted(&client, &good, Wait::Certificate).await.unwrap();

    let (status, body) = post(&url, text.as_bytes()[..text.len() / 2].to_vec()).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("record.malformed")), "truncated");
    let (status, body) = post(&url, vec![b' '; 2 * 1024 * 1024]).await;
    assert_eq!((status, body["code"].as_str()), (413, Some("too_large")), "oversized");
    let (status, body) = post(&url, text.replacen('{', "{\"extra\":1,", 1).into_bytes()).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("record.malformed")), "unknown member");
    let elsewhere = Author::new(
        org.org().clone(),
        biaozheng_client::key_file::generate().unwrap(),
        biaozheng_ledger::ids::ChainId::new(Digest::of(b"another chain")),
    );
    let (status, body) = post(&url, evidence(&elsewhere, 2).envelope().to_json().into_bytes()).await;
    assert_eq!((status, body["code"].as_str()), (400, Some("record.malformed")), "wrong chain");
    assert!(body["detail"].as_str().unwrap().contains("chain"), "{body}");
    let mut forged: Value = serde_json::from_str(&text).unwrap();
    let other = evidence(&org, 3).envelope().to_json();
    forged["signatures"] = serde_json::from_str::<Value>(&other).unwrap()["signatures"].clone();
    let (status, body) = post(&url, forged.to_string().into_bytes()).await;
    // The id does not cover signatures, and it stands in the chain: the answer is the one to a replay, and what is stored
    // stays as it was signed.
    assert_eq!((status, body["record"].as_str()), (200, Some(id.to_string().as_str())), "{body}");
    assert!(
        body["receipt"].is_null() && body["block"]["height"].is_u64(),
        "nothing is promised again: {body}"
    );
    let stored = client.record(&id).await.unwrap();
    assert_eq!(
        stored["envelope"],
        serde_json::from_str::<Value>(&text).unwrap(),
        "forged signatures are stored"
    );
    let mut forged: Value = serde_json::from_str(&evidence(&org, 4).envelope().to_json()).unwrap();
    forged["signatures"] = serde_json::from_str::<Value>(&other).unwrap()["signatures"].clone();
    let (status, body) = post(&url, forged.to_string().into_bytes()).await;
    assert_eq!((status, body["code"].as_str()), (403, Some("record.signature")), "badly signed");
    let stranger =
        Author::new(org.org().clone(), biaozheng_client::key_file::generate().unwrap(), cluster.chain);
    let (status, body) = post(&url, evidence(&stranger, 5).envelope().to_json().into_bytes()).await;
    assert_eq!(
        (status, body["code"].as_str()),
        (422, Some("key.unknown")),
        "a key that is not the organisation's"
    );
    assert!(body["message_zh"].as_str().is_some());
    let odd = org.record("evidence.unheard/1", json!({})).sign(author::clock()).unwrap();
    let (status, body) = post(&url, odd.envelope().to_json().into_bytes()).await;
    assert_eq!((status, body["code"].as_str()), (422, Some("record.type_unknown")));
    // Replayed: the same record again is answered, and stands once.
    let (status, _) = post(&url, text.clone().into_bytes()).await;
    assert_eq!(status, 200);

    for (path, expected) in [
        ("/v1/records/sha256:00", 400),
        ("/v1/nothing", 404),
        ("/v1/records/sha256:0000000000000000000000000000000000000000000000000000000000000000", 404),
        ("/v1/blocks/999999", 404),
        ("/v1/blocks/x", 400),
        ("/v1/blocks?limit=0", 400),
        ("/v1/blocks?limit=1&what=1", 400),
        ("/v1/projects/..%2f..%2fetc", 400),
        ("/v1/participants/%3Cscript%3E", 400),
        ("/v1/consistency?from=5&to=1", 404),
        ("/openapi.json", 200),
        ("/v1/status", 200),
    ] {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
        assert!(answer.headers().contains_key("x-request-id"), "{path}");
    }

    // The observer serves a certificate that verifies under the consortium's policy.
    let tip = cluster.height_of(0).await.unwrap();
    cluster.reach(4, tip, SOON).await.unwrap();
    let observer = cluster.client(4).unwrap();
    let deadline = tokio::time::Instant::now() + SOON;
    let certificate = loop {
        match observer.certificate(&id).await {
            Ok(text) => break text,
            Err(error) => assert!(tokio::time::Instant::now() < deadline && error.is_pending(), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let policy: Policy = std::fs::read_to_string(cluster.policy_file()).unwrap().parse().unwrap();
    let expected =
        Expectations { policy: Some(&policy), chain: Some(cluster.chain), ..Expectations::default() };
    let verification = Certificate::from_json(certificate.as_bytes()).unwrap().verify(&expected);
    assert!(verification.is_valid(), "{:?}", verification.failed_step());
    let metrics = observer.metrics().await.unwrap();
    assert!(metrics.contains("biaozheng_height") && metrics.ends_with("# EOF\n"), "OpenMetrics text");
    let tip = cluster.height_of(0).await.unwrap();
    let ids = ledger(&client, tip).await;
    assert_eq!(ids.iter().filter(|found| **found == id).count(), 1);
    cluster.stop().await;
}

/// A bid as its commitment, signed.
fn sealed_bid(bidder: &Author, published: RecordId, text: &str) -> Record {
    let project = ProjectId::new("P-1").unwrap();
    let body = commitment_body(&project, bidder, &[9; 32], text);
    bidder.record("bid.sealed/1", body).project(project).previous(published).sign(author::clock()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_bid_is_refused_by_its_rule_and_the_bids_in_time_are_opened() {
    let (_folder, mut cluster) = founded("late").await;
    cluster.start(0..4).await.unwrap();
    let mut chain = Trial::prepare(cluster, 4).await.unwrap();
    let deadline = author::clock().get() + 8_000;
    let published = chain.publish_for_commitments("P-1", deadline).await.unwrap();
    let (late, in_time) = chain.bidders.split_last().unwrap();
    let client = chain.cluster.client(0).unwrap();
    let mut bids = Vec::new();
    for (bidder, price) in in_time.iter().zip([90_000_000, 80_000_000, 95_000_000]) {
        let text = json!({"price": price}).to_string();
        let record = sealed_bid(bidder, published, &text);
        bids.push((bidder, text, submitted(&client, &record, Wait::Certificate).await.unwrap()));
    }
    // Signed in time and sent late: block time decides.
    let record = sealed_bid(late, published, "{\"price\":70000000}");
    tokio::time::sleep(Duration::from_millis(deadline.saturating_sub(author::clock().get()))).await;
    for index in 0..VALIDATORS.len() {
        let envelope = record.envelope().to_json().into_bytes();
        let (status, problem) = post(&chain.cluster.url(index), envelope).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some("bid.late")), "{problem}");
        assert_eq!(problem["rule"], "deadline", "{problem}");
        assert!(problem["message_zh"].as_str().unwrap().contains("截止时间已过"), "{problem}");
    }
    for (bidder, text, sealed) in &bids {
        let body = json!({"lot": "1", "bid": text, "salt": hex::encode([9; 32])});
        chain.put(bidder, "bid.revealed/1", Some("P-1"), Some(*sealed), body).await.unwrap();
    }
    let opened: Vec<Value> =
        bids.iter().map(|(bidder, ..)| json!({"bidder": bidder.org(), "number": 1})).collect();
    let body = json!({"lots": [{"lot": "1", "bids": opened}]});
    let opening = chain.put(&chain.city, "bids.opened/1", Some("P-1"), Some(published), body).await.unwrap();
    // No node has anything of the late one; those in time stand on every node, with their prices.
    let height = client.record(&opening).await.unwrap()["height"].as_u64().unwrap();
    for index in 0..VALIDATORS.len() {
        chain.cluster.reach(index, height, SOON).await.unwrap();
        let node = chain.cluster.client(index).unwrap();
        assert_eq!(node.record(&record.id()).await.unwrap_err().code(), Some("not_found"), "node {index}");
        let shown = node.project(&ProjectId::new("P-1").unwrap()).await.unwrap();
        let held = shown["lots"][0]["bids"].as_array().unwrap();
        let mut prices: Vec<_> = held
            .iter()
            .map(|bid| (bid["bidder"].as_str().unwrap(), bid["price"].as_u64().unwrap()))
            .collect();
        prices.sort_unstable();
        assert_eq!(prices, [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)], "node {index}");
        for (.., sealed) in &bids {
            assert_eq!(node.record(sealed).await.unwrap()["public"], true, "node {index}");
        }
    }
    chain.cluster.stop().await;
}
