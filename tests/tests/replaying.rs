//! An auditor executes the blocks of a running consortium again: it waits at sealed bids, and goes on to the tip once
//! they are opened.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::path::Path;
use std::time::Duration;

use biaozheng_client::author;
use biaozheng_ledger::ids::{ProjectId, RecordId};
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::tender::{Trial, commitment_body};
use serde_json::{Value, json};

const PROJECT: &str = "P-1";
const SALT: [u8; 32] = [9; 32];

/// A round of the audit over a validator and the observer: exit code and what it says.
async fn audit(cluster: &Cluster, state: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let genesis = cluster.folder.join("genesis.json");
    let output = tokio::process::Command::new(program("biaozheng").unwrap())
        .args(["audit", "--json", "--genesis", genesis.to_str().unwrap(), "--state", state.to_str().unwrap()])
        .args(more)
        .args([cluster.url(0), cluster.url(4)])
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (output.status.code(), report)
}

/// Nodes follow each other at their own pace: those asked are at one height before they are.
async fn level(cluster: &Cluster) -> u64 {
    let height = cluster.height_of(0).await.unwrap();
    cluster.reach(4, height, Duration::from_secs(60)).await.unwrap();
    height
}

async fn place(chain: &Trial, record: RecordId) -> Value {
    chain.look(&format!("/v1/records/{record}")).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_executes_a_running_chain_and_waits_for_its_sealed_bids() {
    let scratch = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&scratch.path().join("consortium"), "replaying").await.unwrap();
    cluster.start(0..5).await.unwrap();
    let mut chain = Trial::prepare(cluster, 3).await.unwrap();
    let state = scratch.path().join("audit");
    let height = level(&chain.cluster).await;
    let (code, report) = audit(&chain.cluster, &state, &[]).await;
    assert_eq!(code, Some(0), "{report}");
    assert!(report["replay"]["height"].as_u64().unwrap() >= height, "{report}");

    // A tender whose bids are commitments: closed until they are opened.
    let deadline = author::clock().get() + 6_000;
    let published = chain.publish_for_commitments(PROJECT, deadline).await.unwrap();
    let project = ProjectId::new(PROJECT).unwrap();
    let mut bids = Vec::new();
    for (bidder, price) in chain.bidders.iter().zip([90_000_000, 80_000_000, 95_000_000]) {
        let text = json!({"price": price}).to_string();
        let body = commitment_body(&project, bidder, &SALT, &text);
        let sealed = chain.put(bidder, "bid.sealed/1", Some(PROJECT), Some(published), body).await.unwrap();
        bids.push((bidder.clone(), text, sealed));
    }
    let first = place(&chain, bids[0].2).await;
    assert_eq!(first["public"], false, "{first}");
    let first = first["height"].as_u64().unwrap();
    level(&chain.cluster).await;
    let (code, report) = audit(&chain.cluster, &state, &[]).await;
    assert_eq!(code, Some(0), "a closed body is no error: {report}");
    assert_eq!(report["replay"]["height"], first - 1, "{report}");
    assert_eq!(report["replay"]["waits"], json!({"height": first, "record": bids[0].2}), "{report}");

    // Revealed and opened after the deadline: the same auditor goes on to the tip.
    tokio::time::sleep(Duration::from_millis(deadline.saturating_sub(author::clock().get()) + 500)).await;
    for (bidder, text, sealed) in &bids {
        let body = json!({"lot": "1", "bid": text, "salt": hex::encode(SALT)});
        chain.put(bidder, "bid.revealed/1", Some(PROJECT), Some(*sealed), body).await.unwrap();
    }
    let listed: Vec<Value> =
        bids.iter().map(|(bidder, _, _)| json!({"bidder": bidder.org(), "number": 1})).collect();
    let body = json!({"lots": [{"lot": "1", "bids": listed}]});
    chain.put(&chain.city, "bids.opened/1", Some(PROJECT), Some(published), body).await.unwrap();
    let height = level(&chain.cluster).await;
    let (code, report) = audit(&chain.cluster, &state, &[]).await;
    assert_eq!(code, Some(0), "{report}");
    assert!(report["replay"]["height"].as_u64().unwrap() >= height, "{report}");
    assert_eq!(
        (&report["replay"]["waits"], &report["replay"]["found"]),
        (&Value::Null, &json!([])),
        "{report}"
    );
    println!("executed again: {} blocks", report["replay"]["height"]);

    // Another auditor, from the genesis in one go, and one that is not to.
    let (code, again) = audit(&chain.cluster, &scratch.path().join("second"), &[]).await;
    assert!(code == Some(0) && again["replay"]["height"].as_u64().unwrap() >= height, "{again}");
    let (code, plain) = audit(&chain.cluster, &scratch.path().join("third"), &["--no-replay"]).await;
    assert!(code == Some(0) && plain["replay"].is_null(), "{plain}");
    chain.cluster.stop().await;
}
