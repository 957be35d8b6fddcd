//! What the real `biaozheng seal` says to the node that takes the entry: the entry, and nothing that names tender or bidder.
//!
//! The program runs as a bidder runs it, through a listened line. That the search would see it is shown by the same program
//! over the same line, once it is told that one node may know both.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use biaozheng_client::{Author, author, key_file};
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::capture::Capture;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use biaozheng_tests::search::Words;
use biaozheng_tests::tender::Trial;
use serde_json::json;

const SLOT_MS: u64 = 20_000;
const TENDER: &str = "TENDER-THE-LINE-MUST-NOT-SAY";
const BIDDER: &str = "BIDDER-THE-LINE-MUST-NOT-SAY";
const CANARY: &str = "CANARY-IN-THE-BID-8d21e0";

async fn biaozheng(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::new(program("biaozheng").unwrap());
    let output = command.args(arguments).current_dir(folder).output().await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_that_takes_the_entry_hears_neither_tender_nor_bidder() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "line").await.unwrap();
    let members = groups::prepare(&cluster, |_| 0).await.unwrap();
    cluster.start(0..4).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 8, member_quota: 400, phase_ms: 5000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let chain = Trial::prepare(cluster, 1).await.unwrap();
    let secret = SecretKey::from_seed(&[203; 32]);
    let party = Author::new(OrgId::new(BIDDER).unwrap(), secret.clone(), chain.cluster.chain);
    chain.register(&party, "bidder").await.unwrap();
    key_file::create(&folder.join("b.key"), &secret).unwrap();
    std::fs::write(folder.join("chain-id"), chain.cluster.chain.to_string()).unwrap();
    std::fs::write(folder.join("bid"), json!({"price": 90_000_000, "statement": CANARY}).to_string())
        .unwrap();

    // Long before: tokens. Then two tenders of the same deadline, one of which is meant, and the terms of all.
    let (first, other) = (chain.cluster.url(0), chain.cluster.url(2));
    let office = ["--chain", "chain-id", "--key", "b.key", "--org", BIDDER];
    let fetch = ["tokens", "fetch", "--count", "3", "--wallet", "tokens", "--api", &first];
    let (code, said) = biaozheng(folder, &[&fetch[..], &office].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(75));
    chain.publish(TENDER, deadline).await.unwrap();
    chain.publish("ANOTHER-TENDER-OF-THAT-DAY", deadline).await.unwrap();
    let height = chain.cluster.height_of(0).await.unwrap();
    chain.cluster.reach(2, height, Duration::from_secs(30)).await.unwrap();
    let mut exported = (None, String::new());
    for _ in 0..50 {
        let export = ["export", "terms", "--api", &other, "--chain", "chain-id", "--out", "open.terms"];
        exported = biaozheng(folder, &export).await;
        if exported.0 != Some(3) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(exported.0 == Some(0) && exported.1.contains("2 tenders"), "{}", exported.1);

    let line = Capture::before(&chain.cluster.url(1)).await.unwrap();
    let listened = line.url();
    let words = Words::default()
        .with("bid", CANARY.as_bytes())
        .with("tender", TENDER.as_bytes())
        .with("bidder", BIDDER.as_bytes())
        .with("bidder's key", secret.public().bytes());
    let seal = ["seal", "bid", "--wallet", "tokens", "--project", TENDER, "--out"];
    let heard = || words.in_bytes(&line.heard().concat());

    // One node for both is refused, given or left out, and so is a deadline that is not the records'.
    for place in [vec!["--api", &listened], vec!["--api", &listened, "--enter-at", &listened]] {
        let (code, said) = biaozheng(folder, &[&seal[..], &["refused"], &place, &office].concat()).await;
        assert!(code == Some(1) && said.contains("--same-node"), "{said}");
    }
    let terms = ["--terms", "open.terms", "--enter-at", &listened];
    let wrong = jiff::Timestamp::from_millisecond(i64::try_from(deadline - SLOT_MS).unwrap()).unwrap();
    let wrong = ["--deadline", &wrong.to_string()].map(str::to_owned);
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let (code, said) = biaozheng(folder, &[&seal[..], &["refused"], &terms, &wrong, &office].concat()).await;
    assert!(code == Some(1) && said.contains("截止时间不符"), "{said}");
    assert!(!folder.join("refused.proof").exists() && line.heard().is_empty(), "nothing was made or sent");

    // As a bidder does it: the entry goes over the line, and its certificate comes back.
    let right = jiff::Timestamp::from_millisecond(i64::try_from(deadline).unwrap()).unwrap().to_string();
    let right = ["--deadline", &right];
    let (code, said) = biaozheng(folder, &[&seal[..], &["first"], &terms, &right, &office].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    assert!(folder.join("first.cert.json").exists());
    let record = std::fs::read(folder.join("first.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let payload = record["payload"].as_str().unwrap().as_bytes();
    let entry = Words::default().with("the entry", &payload[..60]);
    assert!(!entry.in_bytes(&line.heard().concat()).is_empty(), "the entry went over this line");
    assert_eq!(heard(), BTreeSet::new(), "what went to the node that takes the entry");

    // Told that this node may know both, the program asks it for the tender, and the search finds it.
    let same = ["--api", &listened, "--same-node", "--sequence", "2"];
    let (code, said) = biaozheng(folder, &[&seal[..], &["second"], &same, &office].concat()).await;
    assert_eq!(code, Some(0), "{said}");
    let found = heard();
    assert!(
        !found.is_empty() && found.iter().all(|word| format!("{word:?}").contains("tender")),
        "{found:?}"
    );
    assert!(author::clock().get() < deadline, "the bids were to be in before the deadline");
    let Trial { mut cluster, .. } = chain;
    cluster.stop().await;
}
