//! Shortages that pass: file descriptors held by strangers, a limit that is too low, a node that is started again under
//! commands that watch it. Nothing of it ends a service for good.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::process::Stdio;
use std::time::{Duration, Instant};

use biaozheng_client::{Patience, Wait, author};
use biaozheng_tests::called::text;
use biaozheng_tests::cluster::program;
use biaozheng_tests::lone::Lone;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

const SOON: Duration = Duration::from_secs(60);

async fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program("biaozheng").unwrap()).args(arguments).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

/// Opens connections until the listener takes none for a while; they stay open as long as the list.
async fn hold(port: u16, count: usize) -> Vec<TcpStream> {
    let mut held = Vec::new();
    while held.len() < count {
        let connect = TcpStream::connect(("127.0.0.1", port));
        match tokio::time::timeout(Duration::from_secs(5), connect).await {
            Ok(Ok(mut stream)) => {
                let _ = stream.write_all(b"GET /v1/status HTTP/1.1\r\nHost: a\r\n").await;
                held.push(stream);
            }
            // The listen queue is full for good.
            _ => break,
        }
    }
    held
}

async fn record(node: &Lone, number: u64) {
    let record = node
        .centre()
        .unwrap()
        .record("evidence.recorded/1", json!({"n": number}))
        .sign(author::clock())
        .unwrap();
    let patience = Patience { total: SOON, ..Patience::default() };
    node.client().unwrap().submit_until(&record, Wait::Certificate, patience).await.unwrap();
}

fn logged(node: &Lone, words: &str) -> bool {
    std::fs::read_to_string(node.log()).unwrap().contains(words)
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_of_strangers_take_no_descriptor_the_node_needs() {
    let scratch = tempfile::tempdir().unwrap();
    let mut node = Lone::found(&scratch.path().join("lone"), "shortage").await.unwrap();
    // The soft limit is raised as far as it may be; the API gets what is left under the hard one.
    node.start("ulimit -Sn 256 && ulimit -Hn 2000").await.unwrap();
    assert!(logged(&node, "the limit of open files is raised"), "256 is raised");
    assert!(logged(&node, "the API takes fewer connections"), "2000 is too few for 4096 connections");
    let home = node.home();
    // More than either listener takes, and few enough for this process.
    let held = (hold(node.api_port, 450).await, hold(node.gossip_port, 300).await);
    let files = std::fs::read_dir(format!("/proc/{}/fd", node.process().unwrap())).unwrap().count();
    assert!(held.0.len() >= 300 && (300..2000).contains(&files), "{} held, {files} files", held.0.len());
    let (fine, said) =
        run(&["backup", "--home", text(&home), "--to", text(&scratch.path().join("one"))]).await;
    assert!(fine, "{said}");
    drop(held);

    // No descriptor at all for a while: whoever calls waits, and is served when there are some again.
    let id = node.process().unwrap().to_string();
    let limit = async |soft: &str| {
        let set = Command::new("prlimit").args(["--pid", &id, &format!("--nofile={soft}:")]).status();
        assert!(set.await.unwrap().success());
    };
    limit("16").await;
    let to = scratch.path().join("two");
    let backup = ["backup", "--home", text(&home), "--to", text(&to)];
    let status = async {
        let client = node.client().unwrap();
        client.status().await
    };
    let (saved, asked, ()) = tokio::join!(run(&backup), status, async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        limit("2000").await;
    });
    assert!(saved.0, "{}", saved.1);
    asked.unwrap();
    assert!(logged(&node, "connections cannot be accepted for now"));
    record(&node, 1).await;

    // A limit under which not even the node itself can work ends the start with what to do.
    node.kill().await.unwrap();
    let refused = node.start("ulimit -n 512").await.unwrap_err().to_string();
    assert!(
        refused.contains("this process may open 512 files") && refused.contains("ulimit -n"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_goes_on_outlives_the_nodes_restart() {
    let scratch = tempfile::tempdir().unwrap();
    let mut node = Lone::found(&scratch.path().join("lone"), "rounds").await.unwrap();
    node.start("").await.unwrap();
    let mut supervise = Command::new(program("biaozheng").unwrap())
        .args(["supervise", "--every-s", "1", "--api", &node.url()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(supervise.stdout.take().unwrap()).lines();
    let mut complained = BufReader::new(supervise.stderr.take().unwrap()).lines();
    assert!(said.next_line().await.unwrap().unwrap().contains("0 projects"));
    node.kill().await.unwrap();
    let line = tokio::time::timeout(SOON, complained.next_line()).await.unwrap().unwrap().unwrap();
    assert!(line.contains("trying again") && line.contains("cannot reach"), "{line}");
    let begun = Instant::now();
    node.start("").await.unwrap();
    let line = tokio::time::timeout(SOON, complained.next_line()).await.unwrap().unwrap().unwrap();
    assert!(line.contains("it goes on"), "{line}");
    assert!(begun.elapsed() < Duration::from_secs(60));
    while !said.next_line().await.unwrap().unwrap().contains("0 projects") {}
    assert!(supervise.try_wait().unwrap().is_none(), "it still runs");
}
