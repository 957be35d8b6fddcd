//! One validator's wall clock is five seconds off, on real processes: it is named, and costs little of the block rate.
//!
//! Needs the Debian package faketime and two minutes:
//! `cargo test --release --workspace --test clocks -- --ignored --nocapture`
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::cast_precision_loss,
    clippy::print_stdout
)]

use std::time::Duration;

use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::standing::Load;
use tokio::time::{Instant, sleep};

const MEASURED: Duration = Duration::from_secs(20);

/// Blocks a second at the first node.
async fn rate(cluster: &Cluster) -> f64 {
    let (begun, before) = (Instant::now(), cluster.height_of(0).await.unwrap());
    sleep(MEASURED).await;
    let blocks = cluster.height_of(0).await.unwrap() - before;
    blocks as f64 / begun.elapsed().as_secs_f64()
}

/// Proposed blocks a node voted against.
async fn refused(cluster: &Cluster, node: usize) -> u64 {
    let metrics = reqwest::get(format!("{}/metrics", cluster.url(node))).await.unwrap().text().await.unwrap();
    let line = metrics.lines().find_map(|line| line.strip_prefix("biaozheng_invalid_proposals_total "));
    line.unwrap_or_else(|| panic!("{metrics}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs faketime and two minutes"]
async fn a_clock_five_seconds_off_is_named_and_costs_little() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&folder.path().join("consortium"), "clocks").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let load = Load::begin(&cluster).unwrap();
    for offset in ["+0s", "+5s", "+0s", "-5s", "+0s"] {
        cluster.kill(3).await.unwrap();
        cluster.set_clock_off(3, offset);
        cluster.start([3]).await.unwrap();
        sleep(Duration::from_secs(8)).await;
        let before = (refused(&cluster, 0).await, refused(&cluster, 3).await);
        let status = cluster.client(3).unwrap().status_json().await.unwrap();
        let ahead = status["own_clock_ahead_ms"].as_i64().unwrap_or(0);
        let wanted = offset.trim_end_matches('s').parse::<i64>().unwrap() * 1000;
        assert!(
            (ahead - wanted).abs() < 500,
            "its clock is off by {offset} and it says {ahead} ms: {status}"
        );
        println!("{offset}: {:.1} blocks a second", rate(&cluster).await);
        let after = (refused(&cluster, 0).await, refused(&cluster, 3).await);
        assert_eq!(
            before, after,
            "{offset}: once it knows nobody refuses its blocks, and it refuses nobody's"
        );
    }
    load.end().await;
    cluster.stop().await;
}
