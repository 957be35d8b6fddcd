//! k: a client's sealed entry leaves its node at a moment of its own, and the disk does not take it.

use std::process::Stdio;
use std::time::Duration;

use biaozheng_client::{Patience, Wait, author};
use biaozheng_ledger::receipt::Receipt;
use biaozheng_tests::cluster::{Cluster, program};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::attack::stage::{SLOT_MS, Stage};

/// Starts a node so that a file that may grow no more is an error of its write, not the process's end. What it logs comes
/// over a pipe: a file could not grow either.
pub(crate) fn spawn(cluster: &Cluster, index: usize) -> Child {
    Command::new("bash")
        .args(["-c", "trap '' XFSZ && exec \"$0\" start --home \"$1\""])
        .arg(program("biaozheng").unwrap())
        .arg(cluster.home(index))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// The entry was acknowledged; now no file takes another byte. A node that cannot write what it lets out stops.
pub(crate) async fn k_a_record_that_cannot_be_written_stops_the_node(
    stage: &mut Stage,
    mut node: Child,
    index: usize,
) {
    let mut stderr = node.stderr.take().unwrap();
    let logged = tokio::spawn(async move {
        let mut text = String::new();
        stderr.read_to_string(&mut text).await.map(|_| text)
    });
    let height = stage.chain.cluster.height_of(0).await.unwrap();
    stage.chain.cluster.reach(index, height, Duration::from_secs(60)).await.unwrap();
    let deadline = stage.chain.deadline_after(SLOT_MS, Duration::from_secs(14));
    stage.publish("P-DISK", deadline, json!({})).await;
    let height = stage.chain.cluster.height_of(0).await.unwrap();
    stage.chain.cluster.reach(index, height, Duration::from_secs(60)).await.unwrap();
    let record = stage.seal("P-DISK", deadline, (3, 1, 70_000_000));
    let client = stage.chain.cluster.client(index).unwrap();
    let sent = client.submit_until(&record, Wait::Receipt, Patience::default()).await.unwrap();
    let receipt = Receipt::verify(sent.receipt.to_string().as_bytes()).unwrap();
    // The node promises a block within a minute of the moment.
    let moment = receipt.promised_by_ms.get() - 60_000;
    println!("it leaves in {} ms", moment.saturating_sub(author::clock().get()));
    let id = node.id().unwrap().to_string();
    let limited = Command::new("prlimit").args(["--pid", &id, "--fsize=0:"]).status().await.unwrap();
    assert!(limited.success());
    let ended = tokio::time::timeout(Duration::from_secs(40), node.wait()).await;
    let status = ended.expect("a node whose disk fails stops").unwrap();
    let text = logged.await.unwrap().unwrap();
    let tail: Vec<&str> = text.lines().rev().take(6).collect();
    println!("it ended with {status}:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"));
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    assert!(text.contains("File too large"), "{text}");
    // The others go on without it.
    let record = stage.chain.city.record("evidence.recorded/1", json!({"n": 9}));
    let record = record.sign(author::clock()).unwrap();
    assert!(stage.submit(0, &record).await.unwrap().reached(Wait::Committed));
}
