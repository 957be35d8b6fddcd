//! g: early lines of a cosigner, of any length and size, over the real record network.

use std::sync::Arc;
use std::time::{Duration, Instant};

use biaozheng_client::{Patience, Wait, author, key_file};
use biaozheng_ledger::checkpoint::Checkpoint;
use biaozheng_node::peers::gossip::Message;
use serde_json::json;

use crate::attack::stage::{Stage, soon};
use crate::cheat::member;

/// Long lines to each node, and their length: what was kept of one peer at a time was 4 GiB.
const LONG: usize = 60;
const LONG_BYTES: usize = 3 << 20;
/// Well-formed lines by the peer's own key, each for another tree that is not there yet.
const WELL_FORMED: u64 = 3_000;
/// The most a node's memory may grow meanwhile.
const GROWN_BYTES_MAX: u64 = 96 << 20;

/// A number of a process by its name in its status.
fn number(process: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The node of one validator is stopped, and a program with all its keys speaks in its place.
pub(crate) async fn g_early_lines_are_bounded(stage: &mut Stage, cheat: usize) {
    let cluster = &mut stage.chain.cluster;
    cluster.kill(cheat).await.unwrap();
    let running: Vec<usize> = (0..4).filter(|index| *index != cheat).collect();
    let resident = |index: &usize| number(cluster.process(*index).unwrap(), "VmRSS") << 10;
    let before: Vec<u64> = running.iter().map(resident).collect();
    let home = cluster.home(cheat);
    let gossip = member::connect(&home, &cluster.genesis).await.unwrap();
    let connected = || gossip.peers().iter().filter(|peer| peer.connected).count() >= 3;
    soon("the connections", connected).await;

    let name = biaozheng_tests::cluster::Cluster::name(cheat);
    let policy = cluster.genesis.policy().unwrap();
    let (_, key) = policy.witnesses().iter().find(|(_, key)| key.name() == name).unwrap().clone();
    let secret = key_file::read(&home.join("keys/cosigner.key")).unwrap();
    let tip = cluster.client(0).unwrap().status().await.unwrap().height;
    let origin = cluster.genesis.origin().unwrap();
    for n in 0..WELL_FORMED {
        // Trees soon after the newest one, and trees no log will ever have.
        let size = if n % 2 == 0 { tip + 10 + n } else { u64::MAX - n };
        let text = Checkpoint { origin: origin.clone(), size, root: [7; 32] }.to_string();
        let line = key.sign(&secret, &text, 1).to_string();
        gossip.broadcast(Message::Cosignature { size, line }, false);
        if n % 200 == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    let long = "x".repeat(LONG_BYTES);
    for n in 0..LONG {
        gossip.broadcast(Message::Cosignature { size: tip + 5 + n as u64, line: long.clone() }, false);
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    // Records wait behind small messages, so when this one has come the flood has: nobody else was given it.
    let org = cluster.organisation("CITY").unwrap();
    let last = org.record("evidence.recorded/1", json!({"flood": "last"})).sign(author::clock()).unwrap();
    let mut bytes = Vec::new();
    last.envelope().encode(&mut bytes);
    gossip.records(vec![Arc::new(bytes)]);
    let began = Instant::now();
    while !cluster.client(0).unwrap().record(&last.id()).await.is_ok_and(|one| one["height"].is_u64()) {
        assert!(began.elapsed() < Duration::from_secs(60), "the flood did not come through");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("the flood took {:?} more", began.elapsed());

    // Honest traffic goes on, up to a certificate.
    let began = Instant::now();
    for index in &running {
        let record =
            org.record("evidence.recorded/1", json!({"flood": index})).sign(author::clock()).unwrap();
        let client = cluster.client(*index).unwrap();
        let sent = client.submit_until(&record, Wait::Certificate, Patience::default()).await.unwrap();
        assert!(sent.reached(Wait::Certificate));
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    for (index, bytes) in running.iter().zip(&before) {
        let grown = resident(index).saturating_sub(*bytes);
        println!("node {index}: grown by {} KiB", grown >> 10);
        assert!(grown < GROWN_BYTES_MAX, "node {index} has grown by {grown} bytes");
    }
}
